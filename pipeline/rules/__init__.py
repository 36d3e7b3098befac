"""Data with source and note, not code: `table("name")` reads `rules/name.csv` once."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from functools import cache
from pathlib import Path

from .. import __version__

_FOLDER = Path(__file__).parent


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """Rows of `rules/<name>.csv` as dicts of strings, in file order."""
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        columns, *rows = csv.reader(file)
    return tuple(dict(zip(columns, row, strict=True)) for row in rows)


def day(text: str) -> dt.date | None:
    """A date as the rules write it, ISO 8601; null for an empty one."""
    return dt.date.fromisoformat(text) if text else None


@cache
def version() -> str:
    """First 8 hex digits of a hash over all rule files: a changed rule is a changed pipeline."""
    digest = hashlib.sha256()
    for file in sorted(_FOLDER.glob("*.csv")):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:8]


def pipeline_version() -> str:
    """Version of the code and of the rules: `0.1.0+1a2b3c4d`."""
    return f"{__version__}+{version()}"
