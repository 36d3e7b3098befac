"""`manifest.csv` in RAW -> what it says of each file: whose filing it is, and where it came from."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import unicodedata
from typing import Any, NamedTuple

from .. import files
from ..errors import UsageError
from ..model import Problem

NAME = "manifest.csv"
COLUMNS = ("path", "municipality_code", "url", "retrieved_on", "licence", "document")

_DATE = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")


class Entry(NamedTuple):
    """One line of the manifest."""

    path: str
    line: int
    metadata: dict[str, Any]
    """Values for the Document's fields of the same names; empty cells are left out."""


def read(path: str, prefix: str) -> tuple[dict[str, Entry], list[tuple[str, Problem]]]:
    """A manifest that may be absent -> its entries by path below RAW, and the doubts about it.

    UsageError when it is no table with a column `path`: then nothing in it could be trusted.
    """
    try:
        data = files.read_bytes(path)
    except FileNotFoundError:
        return {}, []
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}); check its rights") from None
    here = prefix + NAME
    reader = csv.DictReader(io.StringIO(_decoded(data, path), newline=""))
    names = [name.strip() for name in reader.fieldnames or ()]
    if "path" not in names:
        raise UsageError(f"{path} has no column `path`; its columns are {', '.join(COLUMNS)}")
    reader.fieldnames = names
    problems = [(here, _unknown(name)) for name in names if name and name not in COLUMNS]
    entries: dict[str, Entry] = {}
    for row in reader:
        entry, doubts = _entry(row, reader.line_num)
        problems += [(here, doubt) for doubt in doubts]
        if entry is None:
            continue
        if entries.setdefault(entry.path, entry) is not entry:
            problems.append((here, _repeated(entry, entries[entry.path])))
    return entries, problems


def unmatched(entry: Entry) -> Problem:
    """The doubt about a line whose file is not there."""
    return Problem(
        "manifest_path",
        f"Line {entry.line} names a file that is not in RAW, or no kind that henkou reads; correct its path.",
        excerpt=entry.path,
    )


def _decoded(data: bytes, path: str) -> str:
    """UTF-8, or CP932 as Excel saves it in Japan."""
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError(f"{path} is neither UTF-8 nor CP932; save it as CSV UTF-8")


def _entry(row: dict[str | None, Any], line: int) -> tuple[Entry | None, list[Problem]]:
    values = {name: (row.get(name) or "").strip() for name in COLUMNS}
    path = unicodedata.normalize("NFC", values.pop("path").replace("\\", "/").removeprefix("./"))
    if not path:
        return None, [_nameless(line)] if any(values.values()) else []
    metadata: dict[str, Any] = {name: value for name, value in values.items() if value}
    problems = []
    if "retrieved_on" in metadata:
        date = _read_date(metadata.pop("retrieved_on"))
        if date is None:
            problems.append(_bad_date(line, values["retrieved_on"]))
        else:
            metadata["retrieved_on"] = date
    return Entry(path, line, metadata), problems


def _read_date(text: str) -> dt.date | None:
    """`2024-04-01`, or as spreadsheets rewrite it: `2024/4/1`."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return dt.date(int(match[1]), int(match[3]), int(match[4]))
    except ValueError:
        return None


def _unknown(name: str) -> Problem:
    return Problem(
        "manifest_column",
        f"Not one of the manifest's columns ({', '.join(COLUMNS)}), not used.",
        excerpt=name,
    )


def _repeated(entry: Entry, first: Entry) -> Problem:
    return Problem(
        "manifest_repeated",
        f"Line {entry.line} repeats the path of line {first.line}, which counts; delete one.",
        excerpt=entry.path,
    )


def _nameless(line: int) -> Problem:
    return Problem("manifest_path", f"Line {line} has no path; name the file below RAW.")


def _bad_date(line: int, text: str) -> Problem:
    return Problem(
        "manifest_date", f"Line {line}: retrieved_on is no date like 2024-04-01, not used.", excerpt=text
    )
