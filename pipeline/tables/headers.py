"""The lines of a grid in, the header of a change table out: which columns stand where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..characters import forms
from ..model import Box, Cell, Column, Grid, Line, Lines
from .headings import Heading, headings_in, may_begin
from .words import TIMING, folded, is_whole

Columns = tuple[tuple[Heading, float, float], ...]


class Header(NamedTuple):
    """One header of a change table: the lines it is made of, and the columns below it."""

    y0: float
    y1: float
    lines: frozenset[Line]
    columns: Columns
    """Heading and horizontal extent, from left to right."""
    rows: tuple[int, int] = (0, 0)
    """The first and last of the grid's rows that its lines stand in."""
    told_below: bool = False
    """Whether what stands below told of a column whose heading is not known."""

    @property
    def edges(self) -> tuple[float, ...]:
        return tuple(sorted({x for _, x0, x1 in self.columns for x in (x0, x1)}))


class _Hit(NamedTuple):
    heading: Heading
    cell: Cell
    lines: tuple[Line, ...]
    y0: float
    y1: float


def headers(grid: Grid) -> list[Header]:
    """A grid in, the headers of change tables in it from top to bottom out; most grids have none.

    A heading may be broken over lines, and may share its cell with text of a row above or below it.
    """
    if not _may_hold(grid.cells):
        return []
    likely = [cell for cell in grid.cells if cell.lines.scores or _BEFORE.search(cell.lines.text)]
    known = {cell.box: _hits(cell) for cell in likely}
    marks = [hit for told in known.values() for hit in told if hit.heading == "before"]
    if not marks:
        return []
    hits = [hit for cell in _beside(marks, grid.cells) for hit in known.get(cell.box) or _hits(cell)]
    found: list[Header] = []
    for hit in marks:
        band = _band(hit, hits)
        if {"before", "after"} <= set(band) and len(band.keys() & set(_TELLING)) >= 3:
            found.append(_header(grid, band))
    return sorted(found, key=lambda header: header.y0)


def is_printed_again(header: Header, on: Grid, grid: Grid) -> bool:
    """Whether the only header of a grid stands on another in the very same cells, and no other does.

    So it is on most pages of most tables, and sooner told than the header is found anew.
    """
    foot = header.rows[1]
    above = [cell for cell in on.cells if cell.row <= foot]
    count = len(above)
    if header.told_below or list(grid.cells[:count]) != above:
        return False
    below = grid.cells[count:]
    for cell in below:
        top = cell.box[1]
        if cell.row <= foot or top < header.y1:
            return False
        if top < header.y1 + REACH and may_begin(cell.lines.text) and _reaches(cell.lines, *header[:2]):
            return False
    return not _may_hold(below)


def _may_hold(cells: Sequence[Cell]) -> bool:
    """Whether 変更前 may stand in one of some cells: most hold it in none, which one search tells."""
    lines = [cell.lines for cell in cells]
    texts = "\0".join([one.text for one in lines])
    return bool(_BEFORE.search(texts)) or any(one.scores for one in lines)


_BEFORE = re.compile(r"\s*".join(f"[{''.join(forms(letter))}]" for letter in "変更前"))
"""Every heading of the column of that name begins so, and most cells do not hold it."""


def _beside(marks: Sequence[_Hit], cells: Sequence[Cell]) -> list[Cell]:
    """The cells in which headings may stand that stand beside one of some."""
    first = min([mark.cell.row for mark in marks])
    last = max([mark.cell.row + mark.cell.row_span for mark in marks])
    top, foot = min([mark.y0 for mark in marks]), max([mark.y1 for mark in marks])
    found = []
    for cell in cells:
        shares_row = cell.row < last and first < cell.row + cell.row_span
        if not shares_row:
            if cell.row >= last and cell.box[1] >= foot + REACH:
                break  # as all cells that follow
            if cell.box[1] >= foot + REACH or cell.box[3] <= top - REACH:
                continue
        if (cell.lines.scores or may_begin(cell.lines.text)) and (
            shares_row or _reaches(cell.lines, top, foot)
        ):
            found.append(cell)
    return found


def _reaches(packed: Lines, top: float, foot: float) -> bool:
    """Whether the lines of a cell, taken together, reach into a stretch of the page's height."""
    lines = tuple(packed)
    return bool(lines) and min([line.y0 for line in lines]) < foot and top < max([line.y1 for line in lines])


REACH = 20.0
"""Points by which no line of a heading sticks out of its cell."""
_TELLING: tuple[Column, ...] = ("change_date", "item", "before", "after", "timing", "note")


def _band(hit: _Hit, hits: list[_Hit]) -> dict[Heading, _Hit]:
    """The headings that stand beside one, each in a column of its own."""
    band: dict[Heading, _Hit] = {}
    cells: set[Box] = set()
    for other in hits:
        level = other.y0 < hit.y1 and hit.y0 < other.y1
        shared = (
            other.cell.row < hit.cell.row + hit.cell.row_span
            and hit.cell.row < other.cell.row + other.cell.row_span
        )
        if (
            (level or (shared and _alone(other) and _alone(hit)))
            and other.heading not in band
            and other.cell.box not in cells
        ):
            band[other.heading] = other
            cells.add(other.cell.box)
    return band


def _alone(hit: _Hit) -> bool:
    return len(hit.lines) == len(hit.cell.lines)


def _header(grid: Grid, band: dict[Heading, _Hit]) -> Header:
    hits = band.values()
    y0, y1 = min([hit.y0 for hit in hits]), max([hit.y1 for hit in hits])
    named = {hit.cell.box: heading for heading, hit in band.items()}
    lines = {line for hit in hits for line in hit.lines}
    inside = [hit.cell for hit in hits]
    columns: list[tuple[Heading, float, float]] = []
    for cell in [cell for cell in grid.cells if cell.box[1] < y1 and y0 < cell.box[3]]:
        heading = named.get(cell.box, "other")
        if heading == "other":
            if not cell.lines and any(
                x0 - 1 <= cell.box[0] and cell.box[2] <= x1 + 1 for _, x0, x1 in columns
            ):
                continue
            # A further column's heading: what stands at the header's height.
            more = [line for line in cell.lines if y0 <= (line.y0 + line.y1) / 2 <= y1]
            lines.update(more)
            inside += [cell] if more else []
        columns.append((heading, cell.box[0], cell.box[2]))
    columns.sort(key=lambda column: column[1])
    if min(line.score for line in lines) < 1:
        columns = _with_item(columns)
    told_below = "other" in [heading for heading, _, _ in columns]
    if told_below:
        columns = list(_told_below(grid, columns, y1))
    rows = min([cell.row for cell in inside]), max([cell.row + cell.row_span - 1 for cell in inside])
    return Header(y0, y1, frozenset(lines), tuple(columns), rows, told_below)


def _with_item(columns: list[tuple[Heading, float, float]]) -> list[tuple[Heading, float, float]]:
    """Columns of a header that an OCR engine read; the one between date and 変更前 is 項目, if misread."""
    names = [heading for heading, _, _ in columns]
    at = names.index("before") - 1 if "before" in names else 0  # two headings may share a cell
    if "item" in names or at < 1 or names[at] != "other" or names[at - 1] != "change_date":
        return columns
    return [*columns[:at], ("item", *columns[at][1:]), *columns[at + 1 :]]


def _told_below(
    grid: Grid, columns: list[tuple[Heading, float, float]], y1: float
) -> Iterator[tuple[Heading, float, float]]:
    """Columns whose heading is none that we know, named where what stands below leaves no doubt.

    Nothing but 事前 and 事後 is the timing, nothing but dates the date, nothing but numbers counts rows.
    """
    missing = {"change_date", "timing"} - {heading for heading, _, _ in columns}
    for heading, x0, x1 in columns:
        if heading == "other":
            below = [
                folded(cell.text)
                for cell in grid.cells
                if cell.lines and cell.box[1] >= y1 and x0 - 1 <= cell.box[0] and cell.box[2] <= x1 + 1
            ]
            if below and "timing" in missing and all(map(TIMING.fullmatch, below)):
                heading = "timing"
            elif below and "change_date" in missing and all(map(is_whole, below)):
                heading = "change_date"
            elif below and all(text.isdecimal() for text in below):
                heading = "number"
            missing.discard(heading)
        yield heading, x0, x1


def _hits(cell: Cell) -> list[_Hit]:
    """The headings among a cell's lines."""
    misread = tuple([score < 1 for score in cell.lines.scores or ()])
    found = headings_in(tuple(cell.lines.texts()), misread)
    if not found:
        return []
    lines = tuple(cell.lines)
    return [
        _Hit(
            heading,
            cell,
            lines[start:stop],
            min([line.y0 for line in lines[start:stop]]),
            max([line.y1 for line in lines[start:stop]]),
        )
        for heading, start, stop in found
    ]


def fits(grid: Grid, header: Header) -> Header | None:
    """A grid without header and the table's last header in; the columns at the grid's own place out.

    Null when the grid's edges are others: then it is no part of the table. Pages may be shifted, or
    printed at another scale.
    """
    left, right = header.columns[0][1], header.columns[-1][2]
    x0, x1 = grid.box[0], grid.box[2]
    scale = (x1 - x0) / max(right - left, 1.0)
    moved = tuple(
        (heading, x0 + (a - left) * scale, x0 + (b - left) * scale) for heading, a, b in header.columns
    )
    boxes = [cell.box for cell in grid.cells]
    edges = {box[0] for box in boxes} | {box[2] for box in boxes}
    slack = SLACK * (x1 - x0)
    wanted = {a for _, a, _ in moved} | {b for _, _, b in moved}
    if max([min([abs(x - edge) for edge in edges]) for x in wanted]) <= slack:
        return header._replace(columns=moved, lines=frozenset(), y0=grid.box[1], y1=grid.box[1])
    return None


def told_by_content(grid: Grid) -> Header | None:
    """A grid without header below the title in; its columns out, when dates and timings tell them.

    Null unless the grid shows a date and, where there are five columns or more, a timing: some bodies
    leave the header away.
    """
    widest = max(range(grid.rows), key=lambda row: sum(cell.row == row for cell in grid.cells))
    texts: dict[tuple[float, float], list[str]] = {
        (cell.box[0], cell.box[2]): [] for cell in grid.cells if cell.row == widest
    }
    for cell in grid.cells:
        if cell.lines and (cell.box[0], cell.box[2]) in texts:
            texts[cell.box[0], cell.box[2]].append(folded(cell.text))
    columns = sorted(texts)
    first = next((index for index, column in enumerate(columns) if any(map(is_whole, texts[column]))), None)
    if first is None or not 4 <= len(columns) - first <= 7:
        return None
    timed = len(columns) > first + 4
    if timed and not any(TIMING.match(text) for text in texts[columns[first + 4]]):
        return None
    names: list[Heading] = ["number"] * first
    names += _TELLING[: len(columns) - first]
    names += ["remark"] * (len(columns) - len(names))
    told = tuple((name, x0, x1) for name, (x0, x1) in zip(names, columns, strict=True))
    return Header(grid.box[1], grid.box[1], frozenset(), told)


SLACK = 0.012
"""Share of a table's width by which its inner edges may move between pages."""
