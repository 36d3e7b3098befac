"""HTML text -> its outermost tables, cells as written; tags that were never closed do no harm."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Cell:
    """The text between a cell's tags, markup and all; `merged` when it stands under a rowspan."""

    text: str
    merged: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    start: int
    stop: int
    """Half-open, in characters of the text."""
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(slots=True)
class _Open:
    """A table that is being read: its rows of (text, column span, row span)."""

    start: int
    rows: list[list[tuple[str, int, int]]] = field(default_factory=list)


def tables(text: str) -> list[Table]:
    """Text -> its outermost tables, in order; a cell that spans columns is one cell.

    >>> tables("<table><tr><td>令和6年4月1日<td><p>項目</p></table>")[0].rows
    ((Cell(text='令和6年4月1日', merged=False), Cell(text='<p>項目</p>', merged=False)),)
    """
    if not re.search(r"<(?:table|tr)\b", text, re.IGNORECASE):
        return []
    parser = _Parser(text)
    # `<![` opens a marked section to the parser, which it refuses to read on its own; the text is not.
    parser.feed(text.replace("<![", "\u3008!["))
    parser.close()
    parser.end_table(len(text), len(text))
    return parser.found


class _Parser(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[Table] = []
        self._text = text
        self._line_starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        opened = len(re.findall(r"<table\b", text, re.IGNORECASE))
        closed = len(re.findall(r"</table\b", text, re.IGNORECASE))
        self._nests = opened == closed  # else a table within a cell is one that was never closed
        self._depth = 0
        self._table: _Open | None = None
        self._cell: tuple[int, int, int] | None = None
        """Where the open cell's text starts, its column span and row span."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start, stop = self._tag_span()
        if tag == "table" and self._cell and self._nests:
            self._depth += 1
        elif self._depth or self._in_running_text(start):
            return
        elif tag == "table":
            self.end_table(start, start)
            self._table = _Open(start)
        elif tag == "tr":
            self._end_cell(start)
            self._table = self._table or _Open(start)
            self._table.rows.append([])
        elif tag in ("td", "th") and self._table:
            self._end_cell(start)
            spans = {name: _span(value) for name, value in attrs if name in ("colspan", "rowspan")}
            self._cell = stop, spans.get("colspan", 1), spans.get("rowspan", 1)
        elif tag in ("thead", "tbody", "tfoot"):
            self._end_cell(start)

    def handle_endtag(self, tag: str) -> None:
        start, stop = self._tag_span()
        if tag == "table" and self._depth:
            self._depth -= 1
        elif self._depth:
            return
        elif tag in ("table", "body", "html"):
            self.end_table(start, stop if tag == "table" else start)
        elif tag in ("td", "th", "tr", "thead", "tbody", "tfoot"):
            self._end_cell(start)

    def end_table(self, inner_stop: int, stop: int) -> None:
        """Close the open table, if there is one, whose content ends at `inner_stop`."""
        self._end_cell(inner_stop)
        if self._table is not None:
            self.found.append(Table(self._table.start, stop, _rows(self._table.rows)))
        self._table, self._depth = None, 0

    def _end_cell(self, stop: int) -> None:
        if self._cell is None or self._table is None:
            return
        start, columns, rows = self._cell
        if not self._table.rows:
            self._table.rows.append([])
        self._table.rows[-1].append((self._text[start:stop], columns, rows))
        self._cell = None

    def _tag_span(self) -> tuple[int, int]:
        line, column = self.getpos()
        start = self._line_starts[line - 1] + column
        end = self._text.find(">", start)
        written = self.get_starttag_text() or ""
        if written and self._text.startswith(written, start):
            return start, start + len(written)
        return start, end + 1 if end >= 0 else len(self._text)

    def _in_running_text(self, start: int) -> bool:
        """A tag within a row of tabs or pipes belongs to that row's cell."""
        if self._table is not None:
            return False
        before = self._text[self._text.rfind("\n", 0, start) + 1 : start].strip()
        return "\t" in before or "|" in before


def _span(value: str | None) -> int:
    return min(int(value), 1000) if value and value.isdecimal() and int(value) > 0 else 1


def _rows(rows: list[list[tuple[str, int, int]]]) -> tuple[tuple[Cell, ...], ...]:
    """Rows of spanning cells -> rows of cells, those that reach down from above as merged ones."""
    result: list[tuple[Cell, ...]] = []
    above: dict[int, tuple[str, int, int]] = {}
    """Column -> the cell that still covers it: text, columns, rows left."""
    for row in rows:
        cells: list[Cell] = []
        waiting, column = list(row), 0
        below: dict[int, tuple[str, int, int]] = {}
        while waiting or any(start >= column for start in above):
            if column in above:
                text, columns, left = above[column]
                cells.append(Cell(text, merged=True))
                left -= 1
            elif waiting:
                text, columns, left = waiting.pop(0)
                cells.append(Cell(text))
                left -= 1
            else:
                column += 1
                continue
            if left:
                below[column] = text, columns, left
            column += columns
        above = below
        result.append(tuple(cells))
    return tuple(result)
