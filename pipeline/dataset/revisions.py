"""The revisions of a filing as stored: what each printed, in their order in time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, NamedTuple

from ..text.together import comparison_forms

Row = dict[str, Any]

CHANGES = (
    "municipality_code", "row_id", "change_id", "filing_id", "filing_key", "ordinal", "change_date",
    "item_key", "item_code", "item", "before", "after",
)  # fmt: skip
"""Columns of `changes` that are read."""
FILINGS = (
    "municipality_code", "filing_id", "filing_key", "source_path", "stage", "published", "document",
    "status", "duplicate_of",
)  # fmt: skip
"""Columns of `filings` that are read."""
DRAFTS = ("draft", "public_comment")


class Print(NamedTuple):
    """One row as it counts here: texts in their comparison form."""

    row_id: str
    change_id: str
    filing_id: str
    ordinal: int
    date: dt.date | None
    place: str
    item: str
    before: str
    after: str

    @property
    def text(self) -> str:
        return f"{self.before}\x1f{self.after}"


class Revision(NamedTuple):
    """One revision of a filing (of several files, where the manifest joins them) with its prints."""

    filing_id: str
    source_path: str
    published: dt.date | None
    draft: bool
    whole: bool
    prints: tuple[Print, ...]

    @property
    def order(self) -> tuple[Any, ...]:
        """Place in time: 公表日, or the newest change where there is none; a draft before what it became."""
        dates = [one.date for one in self.prints if one.date]
        return self.published or max(dates, default=dt.date.max), not self.draft, self.source_path


@dataclass(slots=True)
class Change:
    """One change with its prints, each with the number of its revision."""

    number: int
    prints: list[tuple[int, Print]] = field(default_factory=list)

    @property
    def last(self) -> Print:
        return self.prints[-1][1]


def read_series(changes: Iterable[Row], filings: Iterable[Row]) -> Mapping[str, list[Revision]]:
    """Series -> its revisions in time. Without a filing_key nothing joins a file to another."""
    rows = defaultdict(list)
    for one in _prints(list(changes)):
        rows[one.filing_id].append(one)
    joined = defaultdict(list)
    for filing in filings:
        if filing["status"] != "failed" and filing["duplicate_of"] is None:
            series = filing["filing_key"] or filing["filing_id"]
            joined[series, filing["document"] or filing["filing_id"]].append(filing)
    series_revisions = defaultdict(list)
    for (series, _), files in joined.items():
        files.sort(key=lambda filing: filing["source_path"])
        series_revisions[series].append(_revision(files, rows))
    return {series: sorted(some, key=attrgetter("order")) for series, some in series_revisions.items()}


def _revision(files: Sequence[Row], rows: Mapping[str, list[Print]]) -> Revision:
    dates = [filing["published"] for filing in files if filing["published"]]
    return Revision(
        filing_id=files[0]["filing_id"],
        source_path=files[0]["source_path"],
        published=max(dates, default=None),
        draft=files[0]["stage"] in DRAFTS,
        whole=all(filing["status"] == "ok" for filing in files),
        prints=tuple(one for filing in files for one in rows.get(filing["filing_id"], ())),
    )


def _prints(rows: Sequence[Row]) -> Iterator[Print]:
    texts = (comparison_forms([row[name] for row in rows]) for name in ("item", "before", "after"))
    for row, item, before, after in zip(rows, *texts, strict=True):
        yield Print(
            row["row_id"], row["change_id"], row["filing_id"], row["ordinal"], row["change_date"],
            row["item_key"] or row["item_code"] or item, item, before, after,
        )  # fmt: skip


def latest(revisions: Sequence[Revision]) -> int:
    """Number of the newest revision; a draft counts only where there is nothing else."""
    final = [number for number, revision in enumerate(revisions) if not revision.draft]
    return final[-1] if final else len(revisions) - 1


def score(one: Print, other: Print) -> float:
    from rapidfuzz import fuzz  # most series print every change alike

    item, text = fuzz.ratio(one.item, other.item), fuzz.ratio(one.text, other.text)
    return round((0.85 * text + 0.15 * item) / 100, 4)
