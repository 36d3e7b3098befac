"""Strips in document order in, rows out: what page breaks cut is joined, what is merged is filled.

Whether a strip carries on the row above it is decided by geometry first (which cells have no rule
between them), then by what can stand in a row: one date, one item, one timing. Every join has a
mark that says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..model import COLUMNS, Column, Line, Piece, RawCell, RawRow
from .strips import Strip
from .words import TIMING, completes, folded

_SHORT: tuple[Column, ...] = ("change_date", "item", "timing")
_ITEM_START = re.compile(
    r"\(?別添|表紙|全体|\(?[IVX]{1,4}[-.．、・ー―‐]|[IVX]{1,4}(?:関連|特定|リスク|その他|開示|評価)|[0-9]{1,2}[.．)]"
)
_NUMBERED = re.compile(r"[0-9]{1,2}[.．)]")
_NUMBER = re.compile(r"[0-9]")


@dataclass(slots=True)
class _Row:
    """A row that may still grow."""

    values: dict[Column, list[Piece]]
    """Its cells, which grow over page breaks; one that serves several rows is the same list in all."""
    own: set[Column]
    marks: list[str]
    last: Strip
    shares: bool = False
    """A cell of the row above is its too."""

    def text(self, column: Column) -> str:
        return "\n".join([piece.text for piece in self.pieces(column)])

    def pieces(self, column: Column) -> list[Piece]:
        return self.values.get(column, [])


def rows(strips: Sequence[tuple[Strip, bool]]) -> Iterator[RawRow]:
    """Strips in document order, each with whether it opens a new table, in; the table's rows out."""
    made: list[_Row] = []  # what may still grow: the last row, and those that share a cell with it
    for (strip, opens), below in zip(strips, _printed_below([strip for strip, _ in strips]), strict=True):
        above = made[-1] if made and not opens else None
        mark = _carries_on(above, strip) if above else None
        if above is not None and mark is not None:
            _extend(above, strip, mark)
            continue
        row = _begin(above, strip, below)
        if not row.shares:
            yield from map(_frozen, made)
            made.clear()
        made.append(row)
    yield from map(_frozen, made)


_MERGED: tuple[Column, ...] = ("change_date", "timing", "note")
"""Columns in which one cell often serves several rows."""


def _printed_below(strips: Sequence[Strip]) -> list[dict[Column, Piece]]:
    """For each strip the cells that begin empty in it and whose value stands over the page break.

    A merged cell that a break cuts is printed on one of its pages; centred, it may be the later one.
    """
    lent: list[dict[Column, Piece]] = [{} for _ in strips]
    begins: dict[Column, list[int]] = {column: [] for column in _MERGED}
    """Empty cells, page after page, that are open at the foot of the page before this strip."""
    for index, strip in enumerate(strips):
        turns = index > 0 and strips[index - 1].page != strip.page
        for column, waiting in begins.items():
            if waiting and turns and not _runs_on(strips[index - 1], strip, column):
                waiting.clear()
            piece = strip.cells.get(column)
            if piece is None:
                continue
            if not piece.lines:
                if not turns:
                    waiting.clear()
                waiting.append(index)
            elif waiting:
                if turns and (column in strip.cut_top or strip.after_header):
                    for place in waiting:
                        if column in strips[place].spread or "item" not in strips[place].cut_bottom:
                            lent[place][column] = piece
                waiting.clear()
    return lent


def _runs_on(last: Strip, first: Strip, column: Column) -> bool:
    """Whether a cell goes on below the page's foot: the row beside it ends there, or goes on with it."""
    if column not in last.cut_bottom:
        return False
    return "item" not in last.cut_bottom or not (last.text("item").strip() and first.text("item").strip())


def _carries_on(row: _Row, strip: Strip) -> str | None:
    """The mark of the join when the strip carries on the row above it, null when it begins a row."""
    last = row.last
    if strip.page == last.page and not strip.after_header:
        # A rule parts the two: only a spreadsheet's further row, with nothing but text, carries on.
        own = any(strip.text(column).strip() for column in (*_SHORT, "note"))
        return None if own or "item" in strip.merged else "joined_without_own_cells"
    cut = bool((last.cut_bottom | strip.cut_top) & {"item", "before", "after"})
    mark = "joined_over_page_break" if strip.page != last.page else "joined_around_header"
    if not cut:
        mark = "joined_past_closing_rule"
    date, item, timing = (folded(strip.text(column)) for column in _SHORT)
    date_above, item_above, timing_above = (
        # A value that the strip's own cell gave to the rows above it is not one more.
        ""
        if strip.cells.get(column) in row.pieces(column) and strip.text(column)
        else folded(row.text(column))
        for column in _SHORT
    )
    if TIMING.match(timing) and TIMING.match(timing_above):
        return None
    if date and completes(date_above, date):
        return "date_split_by_break"
    if date and date_above:
        return None
    if cut:
        if date:  # centred cells: date and item stand in the second part of the row
            return mark if not date_above and not (item and item_above) else None
        return None if item and timing and _ITEM_START.match(item) else mark
    if date:
        return None
    if not item:
        return mark
    if timing or not (_goes_on(item_above, item) if timing_above else not _ITEM_START.match(item)):
        return None
    if _ITEM_START.match(item) and "change_date" in strip.spread:
        return None  # a row below a merged date
    return "item_split_by_break"


def _goes_on(item_above: str, item: str) -> bool:
    """Whether an item is the rest of the one above: not an address whole, nor a second number for it.

    >>> _goes_on("IIリスク対策", "7.特定個人情報の保管"), _goes_on("I関連情報1.事務", "3.個人番号の利用")
    (True, False)
    """
    if not _ITEM_START.match(item):
        return True
    return bool(_NUMBERED.match(item)) and not _NUMBER.search(item_above)


def _extend(row: _Row, strip: Strip, mark: str) -> None:
    for column, piece in strip.cells.items():
        if not piece.lines and column in row.values:
            continue
        if piece in row.pieces(column):
            row.own.add(column)
            continue
        if column not in row.values:
            row.values[column] = []
            row.own.add(column)
        row.values[column].append(piece)
    if mark not in row.marks:
        row.marks.append(mark)
    row.last = strip


def _begin(above: _Row | None, strip: Strip, below: dict[Column, Piece]) -> _Row:
    """A new row; a cell that covers it, with its value above or below a page break, gives it its value."""
    row = _Row({}, set(), ["cell_over_columns"] if strip.wide else [], strip)
    if not below and (above is None or (strip.page == above.last.page and not strip.merged)):
        row.values = {column: [piece] for column, piece in strip.cells.items()}
        row.own.update(row.values)
        return row
    for column in COLUMNS:
        piece = strip.cells.get(column)
        if column in below:
            row.values[column] = [below[column]]
        elif above is not None and column in above.values and _is_filled(above, strip, column):
            row.values[column] = above.values[column]
            row.shares = True
            if piece is not None and piece.lines:
                row.values[column].append(piece)
        elif piece is not None:
            row.values[column] = [piece]
            row.own.add(column)
    return row


def _is_filled(above: _Row, strip: Strip, column: Column) -> bool:
    """Whether a row's cell is part of the merged cell above it, on the page or over the break."""
    if column in strip.merged:
        return True
    piece = strip.cells.get(column)
    if piece is None or strip.page == above.last.page:
        return False
    if piece.text.strip():
        return column == "change_date" and completes(above.text(column), piece.text)
    # Over the break: the cell above has no rule there, or reached the page's foot under other rows, or
    # the empty cell here covers several rows.
    if column in above.last.cut_bottom or column in strip.cut_top:
        return True
    runs_down = column in above.last.merged or (column in strip.spread and column in _SHORT)
    return runs_down and not _is_centred(above.pieces(column))


def _is_centred(pieces: Sequence[Piece]) -> bool:
    """Whether a value stands in the middle of its cell with room around it: then the cell ends where it ends.

    A cell that ran on over the page's foot would have its middle elsewhere.
    """
    if len(pieces) != 1 or pieces[0].box is None:
        return False
    lines = [line for line in pieces[0].lines if isinstance(line, Line)]
    if not lines:
        return False
    above = min(line.y0 for line in lines) - pieces[0].box[1]
    below = pieces[0].box[3] - max(line.y1 for line in lines)
    return min(above, below) > ROOM and abs(above - below) < EVEN


ROOM, EVEN = 12.0, 4.0
"""Points above and below a value that is set in the middle of its cell, and how far they differ at most."""


_NOTHING = RawCell()


def _frozen(row: _Row) -> RawRow:
    cells: dict[Column, RawCell] = {}
    filled = False
    for column in COLUMNS:
        pieces = row.values.get(column)
        if pieces is None:
            cells[column] = _NOTHING
        elif column in row.own:
            cells[column] = RawCell(tuple(pieces))
        else:
            cells[column] = RawCell(merged=tuple(pieces))
            filled = filled or any(piece.lines for piece in pieces)
    return RawRow(cells, ("filled_from_merged_cell",) * filled + tuple(row.marks))
