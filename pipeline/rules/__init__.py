"""Data with source and note, not code: `table("name")` reads `rules/name.csv` once."""

from __future__ import annotations

import csv
import hashlib
from functools import cache
from importlib import resources


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """Rows of `rules/<name>.csv` as dicts of strings, in file order."""
    text = resources.files(__package__).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines(keepends=True)))


@cache
def version() -> str:
    """First 8 hex digits of a hash over all rule files: a changed rule is a changed pipeline."""
    digest = hashlib.sha256()
    for file in sorted(resources.files(__package__).iterdir(), key=lambda file: file.name):
        if file.name.endswith((".csv", ".toml")):
            digest.update(file.name.encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:8]
