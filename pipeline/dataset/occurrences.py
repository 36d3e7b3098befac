"""The same change over the revisions of a filing: which rows of `changes` are prints of one change.

A table is cumulative: every revision prints the old rows again, now and then edited or left out. Prints that
read alike have one change_id; others are found by their text, one print of a change to a revision at most.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from .. import schema
from ..store.partition import TableWriter, file_of
from .findings import findings
from .revisions import CHANGES, FILINGS, Change, Print, Revision, Row, latest, read_series, score

TABLES = ("occurrences", "findings")
_LIKE_ITEM, _SAME_ITEM, _SAME_TEXT, _EDITED_TEXT = 0.5, 0.9, 0.8, 0.6
_OTHER_DATE_TEXT, _OTHER_DATE_LENGTH = 0.95, 20


def occurrences(changes: Sequence[Row], filings: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Rows of `changes` and `filings` of whole series -> rows of `occurrences` and of `findings`."""
    found: dict[str, Row] = {}
    doubts: list[Row] = []
    for series, revisions in read_series(changes, filings).items():
        grouped, newest = same_changes(revisions), latest(revisions)
        for change in grouped:
            found |= {row["row_id"]: row for row in _occurrence_rows(change, revisions, newest)}
        doubts += findings(series, grouped, revisions)
    return [found[row["row_id"]] for row in changes], doubts


def same_changes(revisions: Sequence[Revision]) -> list[Change]:
    """Revisions in their order in time -> the changes that they print."""
    changes: list[Change] = []
    by_id: dict[str, Change] = {}
    for number, revision in enumerate(revisions):
        left: dict[str, Print] = {}
        again: list[Print] = []
        for one in revision.prints:
            if one.change_id in by_id or one.change_id in left:
                again.append(one)
            else:
                left[one.change_id] = one
        printed = {by_id[one.change_id].number for one in again if one.change_id in by_id}
        for one, change in _near(list(left.values()), [c for c in changes if c.number not in printed]):
            by_id[one.change_id] = change
        for change_id, one in left.items():
            if change_id not in by_id:
                by_id[change_id] = Change(len(changes))
                changes.append(by_id[change_id])
            again.append(one)
        for one in sorted(again, key=attrgetter("ordinal")):
            by_id[one.change_id].prints.append((number, one))
    return changes


def _near(prints: Sequence[Print], changes: Sequence[Change]) -> Iterator[tuple[Print, Change]]:
    """Prints that read like no known change, paired with changes not printed alike: best pairs first."""
    by_date: dict[dt.date, list[Change]] = defaultdict(list)
    by_place: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        for place in {change.last.place, change.last.item}:
            by_place[place].append(change)
        if change.last.date:
            by_date[change.last.date].append(change)
    scored = []
    for one in prints:
        candidates = {
            change.number: change for place in (one.place, one.item) for change in by_place.get(place, ())
        }
        if one.date:
            candidates |= {change.number: change for change in by_date.get(one.date, ())}
        for change in candidates.values():
            near = likeness(one, change.last)
            if near:
                away = abs(one.ordinal - change.last.ordinal)
                scored.append((-near, away, one.ordinal, change.number, one, change))
    done: set[str] = set()
    taken: set[int] = set()
    for *_, one, change in sorted(scored, key=lambda pair: pair[:4]):
        if one.row_id not in done and change.number not in taken:
            done.add(one.row_id)
            taken.add(change.number)
            yield one, change


def likeness(one: Print, other: Print) -> float:
    """How alike two prints read, 0 … 1; 0 when they are not taken for the same change.

    Another date is believed a correction only where the same edit of some length is told with the same
    figures: the same edit cannot be made twice, but a count is brought up to date every year.
    """
    from rapidfuzz import fuzz  # most series print every change alike

    item = fuzz.ratio(one.item, other.item) / 100
    if item < _LIKE_ITEM:
        return 0.0
    same_date = one.date == other.date
    if same_date:
        least = _EDITED_TEXT if item >= _SAME_ITEM else _SAME_TEXT
    else:
        least = _OTHER_DATE_TEXT
        short = min(len(one.text), len(other.text)) < _OTHER_DATE_LENGTH
        if short or not (one.before and one.after and item >= _SAME_ITEM) or _digits(one) != _digits(other):
            return 0.0
    text = fuzz.ratio(one.text, other.text, score_cutoff=100 * least) / 100
    return 0.85 * text + 0.15 * item if text else 0.0


def _digits(one: Print) -> str:
    return "".join(filter(str.isdecimal, one.text))


def write(generation: Path, prefecture: str) -> dict[str, int]:
    """One prefecture's stored changes and filings -> its occurrences and findings, stored; rows by table.

    A series belongs to one body, and rows are sorted by body: one body at a time is in memory.
    """
    writers = {name: TableWriter(generation / file_of(name, prefecture), name) for name in TABLES}
    path = generation / file_of("changes", prefecture)
    if path.exists():
        filings = defaultdict(list)
        for filing in _stored_rows(generation / file_of("filings", prefecture), FILINGS):
            filings[filing["municipality_code"]].append(filing)
        for code, changes in groupby(_stored_rows(path, CHANGES), key=itemgetter("municipality_code")):
            for name, rows in zip(TABLES, occurrences(list(changes), filings[code]), strict=True):
                writers[name].add(schema.table_from_rows(name, rows))
    for writer in writers.values():
        writer.close()
    return {name: writer.rows for name, writer in writers.items()}


def _stored_rows(path: Path, columns: Iterable[str]) -> Iterator[Row]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(4096, columns=list(columns), use_threads=False):  # which cost more
            lists = batch.to_pydict()  # in half the time of `to_pylist`
            for values in zip(*lists.values(), strict=True):
                yield dict(zip(lists, values, strict=True))


# ---------------------------------------------------------------- rows in, rows out


def _occurrence_rows(change: Change, revisions: Sequence[Revision], newest: int) -> Iterator[Row]:
    def early(pair: tuple[int, Print]) -> tuple[Any, ...]:
        revision = revisions[pair[0]]
        return revision.published is None, revision.published or dt.date.max, pair[0], pair[1].ordinal

    number, first = min(change.prints, key=early)
    in_latest = any(number == newest for number, _ in change.prints)
    for _, one in change.prints:
        exact = one.change_id == first.change_id
        yield {
            "row_id": one.row_id,
            "change_id": first.change_id,
            "match": "exact" if exact else "near",
            "score": 1.0 if exact else score(one, first),
            "first_row_id": first.row_id,
            "first_filing_id": first.filing_id,
            "first_published": revisions[number].published,
            "is_first": one is first,
            "in_latest_filing": in_latest,
        }
