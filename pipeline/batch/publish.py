"""Outcomes of all documents -> the next generation: who is whose duplicate, one partition a prefecture.

A partition whose inputs are those of the last generation is not written again but linked.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import code_lists, dictionary, schema
from ..dataset import occurrences, wave_store
from ..discover.walk import PathProblem
from ..fields import municipality
from ..store import state
from ..store.folder import PLAN, writing
from ..store.packing import Outcome
from ..store.partition import UNKNOWN, file_of, write_whole
from ..store.state import Placed, State
from .birth import Nursery
from .part import TABLES, Part, Told, Totals
from .sources import Entry
from .writers import written

if TYPE_CHECKING:
    from ..store import Dataset

PARTITIONED = (*TABLES, *occurrences.TABLES)
_LAYOUT = 2
"""Counts the changes to the way partitions are written."""


def publish(
    store: Dataset,
    kept: State,
    entries: Sequence[Entry],
    problems: Sequence[PathProblem],
    *,
    force: bool = False,
    jobs: int = 1,
    nursery: Nursery | None = None,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Totals, dict[str, Placed]]:
    """Make the entries the dataset, if they are not already -> what it holds, and where all stand.

    With a nursery so many `jobs` partitions are written at a time.
    """
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
            for name in sorted(partitions):
                if name in same:
                    plans[name] = old["partitions"][name]
                    for file in plans[name]["files"]:
                        store.reuse(file, generation)
            stale = {name: parts for name, parts in partitions.items() if name not in same}
            with closing(written(generation, stale, partial(_told, kept), jobs, nursery)) as each:
                for name, plan in each:
                    plans[name] = {"digest": digests[name], **plan}
                    tell(len(plans), len(partitions))
            plans = dict(sorted(plans.items()))
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
    except Exception:  # whoever writes its rows meets it again, and tells it in the filing's row
        return UNKNOWN, None
    return body.prefecture, body.code


def _place_key(entry: Entry) -> str:
    document = {name: value for name, value in entry.document._asdict().items() if name != "path"}
    text = json.dumps([state.version(), entry.known.digest, document], default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _told(kept: State, parts: Iterable[Part]) -> Iterator[Told]:
    """Parts with their outcomes, of which no more is read than they add."""
    for part in parts:
        tables = part.duplicate_of is None
        yield part, _outcome(part.entry, kept, tables=tables) if part.entry else None


def _outcome(entry: Entry, kept: State, *, tables: bool) -> Outcome:
    outcome = kept.outcome(entry.key, tables=tables)
    assert outcome is not None, entry.key
    return outcome


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
