"""Stitched rows, some at a time -> their clean texts (`clean`), and their part of the tables (`told`).

All that holds for many rows is done column by column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from . import check, rules, schema
from .fields import change, dates, items, timing
from .line import Lines
from .model import COLUMNS, Column, Cover, DateReading, Problem, RawRow, Repair, joined
from .text import lines, together
from .text.normalise import comparison_form

if TYPE_CHECKING:
    import pyarrow as pa

_AT_ONCE = 200
"""Rows that become columns at once."""
_SAID: tuple[Column, ...] = ("item", "before", "after")
"""What a change says, but for its date."""

Texts = Mapping[Column, Sequence[str]]
"""Of some rows, column by column."""
Ledger = tuple[tuple[Column, Repair], ...]
"""The corrections of one row."""


class Rows(NamedTuple):
    """Some stitched rows and their clean texts."""

    raw: Sequence[RawRow]
    text: Texts
    unrepaired: Texts
    ledgers: Sequence[Ledger]


class Told(NamedTuple):
    """What some of a filing's rows give."""

    changes: pa.Table
    repairs: pa.Table
    cells: pa.Table
    problems: list[Problem]
    confidence: list[float]


# ---------------------------------------------------------------- texts


def clean(rows: list[RawRow]) -> Iterator[Rows]:
    """A filing's rows -> the same with their clean texts, some at a time; the list is emptied meanwhile.

    What stands elsewhere in the filing decides how a scan is repaired: its rows come all together.
    """
    is_born_digital = all(row.method == "text" for row in rows)
    each = normalised(rows, right_margin(rows))
    return each if is_born_digital else _repaired(list(each))


def right_margin(rows: Sequence[RawRow]) -> float | None:
    """Rows -> how far from a cell's border wrapped lines end in their columns of running text."""
    columns: tuple[Column, ...] = ("item", "before", "after", "note")
    return lines.right_margin([row.cells[column].pieces for row in rows for column in columns])


def normalised(rows: list[RawRow], margin: float | None) -> Iterator[Rows]:
    """Rows of six raw cells -> the same with normalised texts; a cell under a merged one has that one's."""
    while rows:
        some = rows[:_AT_ONCE]
        del rows[:_AT_ONCE]
        cells = [row.cells[column] for column in COLUMNS for row in some]
        texts = together.normalised(lines.paragraphs([cell.pieces or cell.merged for cell in cells], margin))
        text = {column: texts[at * len(some) :][: len(some)] for at, column in enumerate(COLUMNS)}
        yield Rows(some, text, text, [()] * len(some))


def by_row(texts: Texts) -> list[dict[Column, str]]:
    return [dict(zip(texts, row, strict=True)) for row in zip(*texts.values(), strict=True)]


def _repaired(parts: Sequence[Rows]) -> Iterator[Rows]:
    """All rows of a filing -> the same, what was misread corrected."""
    from .text import repair

    texts = [row for part in parts for row in by_row(part.text)]
    each = iter(repair.repair_rows(texts, [row.method for part in parts for row in part.raw]))
    for part in parts:
        mended = [next(each) for _ in part.raw]
        text: Texts = {column: [text[column] for text, _ in mended] for column in COLUMNS}
        yield Rows(part.raw, text, part.unrepaired, [ledger for _, ledger in mended])


# ---------------------------------------------------------------- tables


def told(identity: Mapping[str, Any], cover: Cover, first: int, rows: Rows) -> Told:
    """Rows, and the first one's ordinal -> their part of the filing's tables, and the doubts about them."""
    ids = [check.row_id(identity, ordinal) for ordinal in range(first, first + len(rows.raw))]
    days = list(map(dates.read_date, rows.text["change_date"]))
    found = _items(rows, cover, days)
    timings = list(map(timing.read_timing, rows.text["timing"]))
    marks = _marks(rows, days, found)
    confidence = list(map(check.row_confidence, marks, rows.raw))
    pages = [[p.page for c in row.cells.values() for p in c.pieces if p.page is not None] for row in rows.raw]
    first_pages = [min(of, default=None) for of in pages]
    changes: dict[str, Sequence[Any]] = {
        **{
            column: rows.text[column] for column in COLUMNS
        },  # for some of which follows what was read of them
        **{f"{column}_raw": _as_read(rows.raw, column) for column in COLUMNS},
        "row_id": ids,
        "filing_id": [identity["filing_id"]] * len(ids),
        "ordinal": range(first, first + len(ids)),
        "page_first": first_pages,
        "page_last": [max(of, default=None) for of in pages],
        "change_date": [day.date for day in days],
        "change_date_precision": [day.precision for day in days],
        **{f"item_{part}": [getattr(item, part) for item in found] for part in _OF_ITEMS},
        "timing": timings,
        "note_kind": list(map(timing.read_note_kind, rows.text["note"])),
        **_what_changed(rows, days),
        "method": [row.method for row in rows.raw],
        "confidence": confidence,
        "marks": marks,
        "pipeline_version": [rules.pipeline_version()] * len(ids),
    }
    missing = check.row_problems(rows.text, timings)
    doubts = [
        (*day.problems, *item.problems, *more) for day, item, more in zip(days, found, missing, strict=True)
    ]
    return Told(
        schema.table_from_columns("changes", changes),
        schema.table_from_rows("repairs", list(_repair_rows(ids, rows.ledgers))),
        schema.table_from_columns("cells", _cell_columns(ids, rows.raw)),
        [
            check.at_row(doubt, ordinal, page)
            for ordinal, (of_row, page) in enumerate(zip(doubts, first_pages, strict=True), first)
            for doubt in of_row
        ],
        confidence,
    )


def _as_read(rows: Sequence[RawRow], column: Column) -> list[str]:
    """What `RawCell.raw` gives for a column's cells; most are one piece, whose lines are packed."""
    cells = [row.cells[column].pieces for row in rows]
    return [
        held.text if len(pieces) == 1 and isinstance(held := pieces[0].lines, Lines) else joined(pieces)
        for pieces in cells
    ]


_OF_ITEMS = ("code", "codes", "key", "name", "sub", "file")


def _items(rows: Rows, cover: Cover, days: Sequence[DateReading]) -> list[items.ItemReading]:
    """What stands in each row's 項目; a numeral that was misread is repaired only in the clean text."""
    return [
        items.read_item(
            row.cells["item"].shown if row.method == "text" else text, text, cover.filing_type, day.date
        )
        for row, text, day in zip(rows.raw, rows.text["item"], days, strict=True)
    ]


def _marks(rows: Rows, days: Sequence[DateReading], found: Sequence[items.ItemReading]) -> list[list[str]]:
    """What was done to each row, or is doubtful in it."""
    return [
        sorted({*row.marks, *day.marks, *item.marks, *(("repaired",) if _is_mended(ledger) else ())})
        for row, day, item, ledger in zip(rows.raw, days, found, rows.ledgers, strict=True)
    ]


def _is_mended(ledger: Ledger) -> bool:
    return any(one.applied for _, one in ledger)


def _what_changed(rows: Rows, days: Sequence[DateReading]) -> dict[str, list[str]]:
    """The kind of each change, told by what it said before any repair; and the digest of what it says."""
    count = len(rows.raw)
    forms = together.comparison_forms([text for column in _SAID for text in rows.unrepaired[column]])
    before, after = forms[count : 2 * count], forms[2 * count :]
    said = list(zip(forms[:count], before, after, strict=True))
    for at, ledger in enumerate(rows.ledgers):
        if _is_mended(ledger):
            item, *sides = (comparison_form(rows.text[column][at]) for column in _SAID)
            said[at] = (item, sides[0], sides[1])
    return {
        "change_id": list(map(change.content_digest, days, rows.text["change_date"], said)),
        "change_kind": list(
            map(change.change_kind, rows.text["before"], rows.text["after"], map(str.__eq__, before, after))
        ),
    }


def _repair_rows(ids: Sequence[str | None], ledgers: Sequence[Ledger]) -> Iterator[dict[str, Any]]:
    for row_id, ledger in zip(ids, ledgers, strict=True):
        for column, one in ledger:
            yield {"row_id": row_id, "field": column, **one._asdict()}


def _cell_columns(ids: Sequence[str | None], rows: Sequence[RawRow]) -> dict[str, Sequence[Any]]:
    """Where each piece of a cell stands, a list a column."""
    pieces = [
        (row_id, column, piece.page, *piece.box)
        for row_id, row in zip(ids, rows, strict=True)
        for column, cell in row.cells.items()
        for piece in cell.pieces or cell.merged
        if piece.box is not None
    ]
    names = ("row_id", "field", "page", "x0", "y0", "x1", "y1")
    return dict(zip(names, zip(*pieces, strict=True) if pieces else [()] * len(names), strict=True))
