"""Data with source and note, not code: `table("name")` reads `rules/name.csv` once."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from functools import cache
from importlib import resources

from .. import __version__


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """Rows of `rules/<name>.csv` as dicts of strings, in file order."""
    text = resources.files(__package__).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines(keepends=True)))


def day(text: str) -> dt.date | None:
    """A date as the rules write it, ISO 8601; null for an empty one."""
    return dt.date.fromisoformat(text) if text else None


@cache
def version() -> str:
    """First 8 hex digits of a hash over all rule files: a changed rule is a changed pipeline."""
    digest = hashlib.sha256()
    for file in sorted(resources.files(__package__).iterdir(), key=lambda file: file.name):
        if file.name.endswith((".csv", ".toml")):
            digest.update(file.name.encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:8]


def pipeline_version() -> str:
    """Version of the code and of the rules: `0.1.0+1a2b3c4d`."""
    return f"{__version__}+{version()}"
