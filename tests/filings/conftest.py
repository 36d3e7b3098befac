"""The makers need packages that tests do not: they are no place to look for tests."""

collect_ignore_glob = ["make/*"]
