"""Outcomes of all documents -> the next generation: who is whose duplicate, one partition a prefecture.

A partition whose inputs are those of the last generation is not written again but linked.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import check, code_lists, dictionary, place, schema
from ..dataset import occurrences, wave_store
from ..discover.walk import PathProblem
from ..errors import FilingError
from ..fields import municipality
from ..model import Document, Problem
from ..result import Filing
from ..store import state
from ..store.folder import PLAN, writing
from ..store.packing import Outcome
from ..store.partition import UNKNOWN, PartitionWriter, file_of, write_whole
from ..store.state import Placed, State
from . import child
from .sources import Entry

if TYPE_CHECKING:
    import pyarrow as pa

    from ..store import Dataset

TABLES = ("changes", "filings", "repairs", "problems", "cells")
"""The tables that filings are written to, a partition each; code lists are one file each."""
PARTITIONED = (*TABLES, *occurrences.TABLES)
_AT_ONCE = 500
"""Rows of `filings` that become columns at once."""
_LAYOUT = 2
"""Counts the changes to the way partitions are written."""


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


def publish(
    store: Dataset,
    kept: State,
    entries: Sequence[Entry],
    problems: Sequence[PathProblem],
    *,
    force: bool = False,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Totals, dict[str, Placed]]:
    """Make the entries the dataset, if they are not already -> what it holds, and where all stand."""
    placed = _placed(entries, kept)
    partitions = _partitions(entries, placed, problems)
    digests = {name: _digest(parts) for name, parts in partitions.items()}
    old = store.plan()
    same = {
        name
        for name, plan in old.get("partitions", {}).items()
        if not force and plan["digest"] == digests.get(name) and store.holds(plan["files"])
    }
    everything = old.get("version") == state.version() and same == set(partitions) == set(old["partitions"])
    if everything and store.holds(old["others"] | old["waves"]["files"]):
        return _totals(old["partitions"]), placed
    with writing(store.out):
        generation = store.begin()
        try:
            plans = {}
            for done, (name, parts) in enumerate(sorted(partitions.items()), 1):
                if name in same:
                    plans[name] = old["partitions"][name]
                    for file in plans[name]["files"]:
                        store.reuse(file, generation)
                else:
                    plans[name] = {"digest": digests[name], **_write(generation, name, parts, kept)}
                tell(done, len(partitions))
            others = _write_others(generation, plans)
            waves = wave_store.keep(store, old, plans, generation)
            plan = {"version": state.version(), "partitions": plans, "others": others, "waves": waves}
            (generation / PLAN).write_text(json.dumps(plan, ensure_ascii=False), encoding="utf-8")
            store.publish(generation)
        except BaseException:
            store.discard(generation)
            raise
    return _totals(plans), placed


def _placed(entries: Iterable[Entry], kept: State) -> dict[str, Placed]:
    """Whose filing each entry is, as far as an earlier run has not found that out."""
    before = kept.placed()
    placed = {}
    for entry in entries:
        path = entry.document.source_path
        place_key = _place_key(entry)
        known = before.get(path)
        if known is not None and known.place_key == place_key:
            placed[path] = known._replace(key=entry.key)
        else:
            placed[path] = Placed(entry.key, place_key, *_whose(entry, kept))
    return placed


def _whose(entry: Entry, kept: State) -> tuple[str, str | None]:
    """Prefecture and municipality of an entry."""
    try:
        body = municipality.resolve(_outcome(entry, kept, tables=False).cover, entry.document)
    except Exception:  # `_filing` meets it again, and tells it in the filing's row
        return UNKNOWN, None
    return body.prefecture, body.code


def _place_key(entry: Entry) -> str:
    document = {name: value for name, value in entry.document._asdict().items() if name != "path"}
    text = json.dumps([state.version(), entry.known.digest, document], default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _filing(entry: Entry, kept: State, *, tables: bool = True) -> Filing | None:
    """An entry's complete result; null for a file that is no filing."""
    outcome = _outcome(entry, kept)
    document = entry.document
    if outcome.kind == "reading":
        try:
            return place.place(outcome.reading(tables=tables), document)
        except Exception as error:  # a mistake of ours costs this filing, not the country
            outcome = child.unexpected(error, sha256=outcome.sha256, bytes=outcome.bytes)
    if outcome.kind == "failed":
        return place.failed(document, _error(document, outcome), outcome.sha256, outcome.bytes)
    return None


def _outcome(entry: Entry, kept: State, *, tables: bool = True) -> Outcome:
    outcome = kept.outcome(entry.key, tables=tables)
    assert outcome is not None, entry.key
    return outcome


def _error(document: Document, outcome: Outcome) -> str:
    return str(FilingError(document.source_path, *outcome.error))


def _partitions(
    entries: Sequence[Entry], placed: Mapping[str, Placed], problems: Sequence[PathProblem]
) -> dict[str, list[Part]]:
    """Prefecture -> its parts in the order of the rows: municipality (unknown first), path."""
    duplicates = _duplicates(entries, placed)
    parts = [
        Part(entry, placed[path], duplicates.get(path))
        for entry in entries
        for path in [entry.document.source_path]
    ]
    nowhere = Placed("", "", UNKNOWN, None)
    parts += [Part(None, nowhere, problem=problem) for problem in problems]
    partitions = defaultdict(list)
    for part in parts:
        partitions[part.placed.prefecture].append(part)
    for some in partitions.values():
        some.sort(key=lambda part: (part.placed.municipality_code or "", part.source_path))
    return dict(partitions)


def _duplicates(entries: Sequence[Entry], placed: Mapping[str, Placed]) -> dict[str, str]:
    """Path -> path of the filing with equal bytes that has the rows: the first whose body is known."""
    alike = defaultdict(list)
    for entry in entries:
        if entry.sha256 is not None and entry.known.kind != "not_a_filing":
            alike[entry.sha256].append(entry)
    duplicate_of: dict[str, str] = {}
    for group in alike.values():
        paths = [entry.document.source_path for entry in sorted(group, key=lambda entry: (
            entry.known.kind != "reading",
            placed[entry.document.source_path].municipality_code is None,
            entry.document.source_path,
        ))]  # fmt: skip
        duplicate_of |= dict.fromkeys(paths[1:], paths[0])
    return duplicate_of


def _digest(parts: Iterable[Part]) -> str:
    digest = hashlib.sha256(str(_LAYOUT).encode())
    for part in parts:
        line = [part.source_path, part.placed.place_key, part.duplicate_of, part.problem]
        digest.update(json.dumps(line).encode() + b"\n")
    return digest.hexdigest()


def _write(generation: Path, name: str, parts: Iterable[Part], kept: State) -> dict[str, Any]:
    """One partition's files -> their sizes, and what is in them."""
    writer = PartitionWriter(generation, name, TABLES)
    totals = Totals()
    filings: list[dict[str, Any]] = []

    def add_filings() -> None:
        writer.add({"filings": schema.table_from_rows("filings", filings)})
        filings.clear()

    try:
        for part in parts:
            writer.add(_rows(part, kept, totals, filings))
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


def _rows(part: Part, kept: State, totals: Totals, filings: list[dict[str, Any]]) -> dict[str, Any]:
    """What one part adds to the tables; its filing is counted, and its row added to `filings`."""
    if part.entry is None:
        assert part.problem is not None
        path, problem = part.problem
        if check.severity(problem) == "error":  # a file or folder that is left out must not go unnoticed
            totals.failed += 1
            totals.errors.append(f"{path}: {problem.message}")
        return {"problems": _problem_rows(path, problem)}
    filing = _filing(part.entry, kept, tables=part.duplicate_of is None)
    if filing is None:
        totals.not_filings += 1
        what, remedy = _outcome(part.entry, kept).error
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


def _problem_rows(source_path: str, problem: Problem) -> pa.Table:
    row = {
        "source_path": source_path, "severity": check.severity(problem), "code": problem.code,
        "message": problem.message, "excerpt": problem.excerpt,
    }  # fmt: skip
    return schema.table_from_rows("problems", [row])


def _write_others(generation: Path, plans: Mapping[str, Any]) -> dict[str, int]:
    """What is not partitioned: tables without any row, the code lists, the description of it all."""
    files = {table: [file for plan in plans.values() for file in plan["files"] if _table(file) == table]
             for table in PARTITIONED}  # fmt: skip
    others = []
    for table in PARTITIONED:
        if not files[table]:  # keep the columns
            files[table] = [file_of(table, UNKNOWN)]
            write_whole(generation / files[table][0], table, schema.table_from_rows(table, []))
            others += files[table]
    for table, rows in code_lists.code_lists().items():
        files[table] = [f"{table}/part-0.parquet"]
        write_whole(generation / files[table][0], table, rows)
        others += files[table]
    files |= wave_store.FILES
    package = {table: sorted(paths) for table, paths in files.items()}
    (generation / "datapackage.json").write_text(dictionary.package_json(package), encoding="utf-8")
    return {file: (generation / file).stat().st_size for file in [*others, "datapackage.json"]}


def _table(file: str) -> str:
    return file.partition("/")[0]


def _totals(plans: Mapping[str, Any]) -> Totals:
    totals = Totals()
    for plan in plans.values():
        totals.add(Totals(**plan["totals"]))
    return totals
