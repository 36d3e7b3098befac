"""What later revisions do to old rows: they word them otherwise, leave them out, or start a new table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from .revisions import Change, Print, Revision, Row, score

CUMULATIVE = 0.5
"""A revision that prints at least this share of the one before goes on with its table."""


def findings(series: str, changes: Sequence[Change], revisions: Sequence[Revision]) -> Iterator[Row]:
    """A series' changes with their prints -> rows of `findings`."""
    for change in changes:
        firsts = dict(reversed(change.prints))
        prints = sorted(firsts.items())
        for (earlier, old), (later, new) in pairwise(prints):
            if old.change_id != new.change_id:
                differs = [
                    name
                    for name, a, b in (
                        ("change_date", old.date, new.date), ("item", old.item, new.item),
                        ("before", old.before, new.before), ("after", old.after, new.after),
                    )
                    if a != b
                ]  # fmt: skip
                yield _finding("edited", series, old, revisions[earlier], revisions[later]) | {
                    "later_row_id": new.row_id, "fields": differs, "score": score(old, new),
                }  # fmt: skip
    printed: list[dict[int, Print]] = [{} for _ in revisions]
    """The changes that each revision prints."""
    for change in changes:
        for number, one in change.prints:
            printed[number][change.number] = one
    final = [number for number, revision in enumerate(revisions) if not revision.draft]
    for earlier, later in pairwise(final):
        held, gone = printed[earlier], printed[earlier].keys() - printed[later].keys()
        if held and len(held) - len(gone) < CUMULATIVE * len(held):
            yield _finding("restarted", series, None, revisions[earlier], revisions[later])
        else:
            for number in sorted(gone):
                yield _finding("dropped", series, held[number], revisions[earlier], revisions[later])


def _finding(kind: str, series: str, one: Print | None, earlier: Revision, later: Revision) -> Row:
    return {
        "kind": kind,
        "filing_key": series,
        "change_id": one.change_id if one else None,
        "row_id": one.row_id if one else None,
        "filing_id": earlier.filing_id,
        "published": earlier.published,
        "later_row_id": None,
        "later_filing_id": later.filing_id,
        "later_published": later.published,
        "later_whole": later.whole,
        "fields": [],
        "score": None,
    }
