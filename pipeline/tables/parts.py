"""A grid and the headers in it in, its cells without them out: what stands above, between and below."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from ..model import COLUMNS, Box, Cell, Column, Grid, Line, Lines
from .headers import Columns, Header
from .headings import Heading


class Part(NamedTuple):
    """A cell, or what a header inside it leaves of it above or below; rows in fractions of grid rows."""

    columns: tuple[Column, ...]
    """Those of the dataset that it covers, in their order there."""
    heading: Heading
    """The first column that it covers, of the dataset or not."""
    start: float
    stop: float
    box: Box
    lines: tuple[Line, ...] | Lines
    cut_top: bool
    cut_bottom: bool


def without_headers(grid: Grid, found: Sequence[Header], columns: Header) -> list[Part]:
    """The grid's cells without the headers; a cell that a header stands in gives parts above and below it.

    The part above a header in rows a … b ends at a + 0.4, the part below it begins at b + 0.6: where
    text shares the header's cells these are rows of their own, else they are dropped.
    """
    in_force = columns, *found
    rows = [header.rows for header in found]
    fills = [fills_its_cells(header, grid) for header in found]

    def covers(left: float, right: float, above: int) -> _Covers:
        return covered(left, right, in_force[above].columns)

    above_row = [_headers_above(row, rows) for row in range(grid.rows)]
    parts: list[Part] = []
    ends: dict[int, _Ends] = {}
    for cell in grid.cells:
        row, _, down, _, box, lines, cut_top, cut_bottom = cell
        above = above_row[row]
        if above < len(rows) and rows[above][0] < row + down:
            if not fills[above]:
                for part, start, stop in _cut(cell, found, covers):
                    if start is not None or stop is not None:
                        ends[len(parts)] = start, stop
                    parts.append(part)
            continue
        named, heading = covers(box[0], box[2], above)
        parts.append(Part(named, heading, row, row + down, box, lines, cut_top, cut_bottom))
    return _without_empty(parts, ends, rows) if ends else parts


def _headers_above(row: int, headers: Sequence[tuple[int, int]]) -> int:
    """How many headers end above a row of the grid."""
    return next((index for index, (_, last) in enumerate(headers) if last >= row), len(headers))


_Ends = tuple[float | None, float | None]
"""Where a part begins and ends, of these what a header made."""


def _without_empty(
    parts: Sequence[Part], ends: Mapping[int, _Ends], rows: Sequence[tuple[int, int]]
) -> list[Part]:
    """Parts in, and which ends headers made; those that are more than a header's empty rest out."""
    within = {
        index
        for index in ends
        if any(first <= parts[index].start and parts[index].stop <= last + 1 for first, last in rows)
    }
    with_text = {end for index in within if parts[index].lines for end in ends[index] if end is not None}
    kept = []
    for index, part in enumerate(parts):
        start, stop = ends.get(index, (None, None))
        if index in within:
            if start in with_text or stop in with_text:
                kept.append(part)
            continue
        if start is not None and start not in with_text:
            part = part._replace(start=start + 0.4)
        if stop is not None and stop not in with_text:
            part = part._replace(stop=stop - 0.4)
        kept.append(part)
    return kept


def fills_its_cells(header: Header, grid: Grid) -> bool:
    """Whether nothing else stands in the cells that a header stands in, and these reach into no other row."""
    first, last = header.rows
    above = takewhile(lambda cell: cell.row <= last, grid.cells)
    cells = [cell for cell in above if first < cell.row + cell.row_span]
    return sum([len(cell.lines) for cell in cells]) == len(header.lines) and all(
        first <= cell.row and cell.row + cell.row_span <= last + 1 for cell in cells
    )


_Cut = tuple[Part, float | None, float | None]
"""A part with the ends that a header made."""


def _cut(
    cell: Cell,
    found: Sequence[Header],
    covers: Callable[[float, float, int], _Covers],
) -> Iterator[_Cut]:
    x0, top, x1, bottom = cell.box
    lines: tuple[Line, ...] | Lines = cell.lines
    start, made, end = float(cell.row), None, float(cell.row + cell.row_span)
    in_force = 0
    for number, header in enumerate(found, 1):
        first, last = header.rows
        if last < cell.row:
            in_force = number
            continue
        if first >= cell.row + cell.row_span:
            break
        above = tuple(line for line in lines if middle(line) < header.y0 and line not in header.lines)
        lines = tuple(line for line in lines if line not in header.lines and line not in above)
        box = (x0, top, x1, max(header.y0, top))
        stop = max(first, start) + 0.4
        cut_top = cell.cut_top if made is None else True
        yield Part(*covers(x0, x1, in_force), start, stop, box, above, cut_top, True), made, stop
        top, start, in_force = min(header.y1, bottom), last + 0.6, number
        made = start
    box = (x0, top, x1, bottom)
    cut_top = cell.cut_top if made is None else True
    stop = max(end, start + 0.4)
    yield Part(*covers(x0, x1, in_force), start, stop, box, lines, cut_top, cell.cut_bottom), made, None


def middle(line: Line) -> float:
    return (line.y0 + line.y1) / 2


_Covers = tuple[tuple[Column, ...], Heading]
"""The columns of the dataset that a cell covers, and the first of all that it covers."""


@lru_cache(maxsize=256)  # a table's cells have few different sides, often the same ones on all its pages
def covered(left: float, right: float, columns: Columns) -> _Covers:
    """The columns that a cell covers: those it covers by half, else the one it stands in."""
    over = [
        (min(right, x1) - max(left, x0), x1 - x0, heading)
        for heading, x0, x1 in columns
        if x0 < right and left < x1
    ]
    if not over:
        return (), "other"
    covered = [heading for common, width, heading in over if common >= 0.5 * max(width, 1.0)]
    covered = covered or [max(over, key=lambda one: one[0])[2]]
    return tuple([column for column in COLUMNS if column in covered]), covered[0]
