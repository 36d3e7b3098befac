"""One prefecture's parts, each with its outcome, in; the partition's files, and what they hold, out.

Needs nothing of a run but these: this process may do it, or a child.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import check, place, schema
from ..dataset import occurrences
from ..discover.walk import PathProblem
from ..errors import FilingError
from ..model import Document, Problem
from ..result import Filing
from ..store.packing import Outcome
from ..store.partition import PartitionWriter, file_of
from ..store.state import Placed
from . import child
from .sources import Entry

if TYPE_CHECKING:
    import pyarrow as pa

TABLES = ("changes", "filings", "repairs", "problems", "cells")
"""The tables that filings are written to, a partition each; code lists are one file each."""
_AT_ONCE = 500
"""Rows of `filings` that become columns at once."""


class Part(NamedTuple):
    """One thing that a partition is made of: an entry, or a doubt about a path."""

    entry: Entry | None
    placed: Placed
    duplicate_of: str | None = None
    problem: PathProblem | None = None

    @property
    def source_path(self) -> str:
        if self.entry is not None:
            return self.entry.document.source_path
        assert self.problem is not None
        return self.problem[0]


@dataclass(slots=True)
class Totals:
    """What a partition, or the whole dataset, holds."""

    filings: int = 0
    rows: int = 0
    problems: int = 0
    failed: int = 0
    partial: int = 0
    duplicates: int = 0
    not_filings: int = 0
    errors: list[str] = field(default_factory=list)

    def add(self, other: Totals) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


Told = tuple[Part, Outcome | None]
"""A part and its entry's outcome."""


def write(generation: Path, name: str, parts: Iterable[Told]) -> dict[str, Any]:
    """One partition's files -> their sizes, and what is in them."""
    writer = PartitionWriter(generation, name, TABLES)
    totals = Totals()
    filings: list[dict[str, Any]] = []

    def add_filings() -> None:
        writer.add({"filings": schema.table_from_rows("filings", filings)})
        filings.clear()

    try:
        for part, outcome in parts:
            writer.add(_rows(part, outcome, totals, filings))
            if len(filings) == _AT_ONCE:
                add_filings()
        add_filings()
    except BaseException:
        writer.abandon()
        raise
    rows = writer.close() | occurrences.write(generation, name)
    totals.rows, totals.problems = rows["changes"], rows["problems"]
    files = {
        file: (generation / file).stat().st_size
        for file in (file_of(table, name) for table in rows if rows[table])
    }
    return {"files": files, "totals": dataclasses.asdict(totals)}


def _rows(
    part: Part, outcome: Outcome | None, totals: Totals, filings: list[dict[str, Any]]
) -> dict[str, Any]:
    """What one part adds to the tables; its filing is counted, and its row added to `filings`."""
    if part.entry is None or outcome is None:
        assert part.problem is not None
        path, problem = part.problem
        if check.severity(problem) == "error":  # a file or folder that is left out must not go unnoticed
            totals.failed += 1
            totals.errors.append(f"{path}: {problem.message}")
        return {"problems": _problem_rows(path, problem)}
    filing = _filing(part.entry.document, outcome, tables=part.duplicate_of is None)
    if filing is None:
        totals.not_filings += 1
        what, remedy = outcome.error
        return {"problems": _problem_rows(part.source_path, Problem("not_a_filing", f"{what}. {remedy}"))}
    facts, tables = dict(filing.facts), dict(filing.tables)
    totals.filings += 1
    totals.failed += facts["status"] == "failed"
    totals.partial += facts["status"] == "partial"
    if facts["status"] == "failed":
        totals.errors.append(facts["error"])
    if part.duplicate_of is not None:
        totals.duplicates += 1
        facts |= {"duplicate_of": part.duplicate_of, "rows": 0}
        tables = {}
    filings.append(facts)
    return tables


def _filing(document: Document, outcome: Outcome, *, tables: bool) -> Filing | None:
    """A document's complete result; null for a file that is no filing."""
    if outcome.kind == "reading":
        try:
            return place.place(outcome.reading(tables=tables), document)
        except Exception as error:  # a mistake of ours costs this filing, not the country
            outcome = child.unexpected(error, sha256=outcome.sha256, bytes=outcome.bytes)
    if outcome.kind == "failed":
        why = str(FilingError(document.source_path, *outcome.error))
        return place.failed(document, why, outcome.sha256, outcome.bytes)
    return None


def _problem_rows(source_path: str, problem: Problem) -> pa.Table:
    row = {
        "source_path": source_path, "severity": check.severity(problem), "code": problem.code,
        "message": problem.message, "excerpt": problem.excerpt,
    }  # fmt: skip
    return schema.table_from_rows("problems", [row])
