"""A grid and the headers in it in, its cells without them out: what stands above, between and below."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from ..model import Box, Cell, Grid, Line, Lines
from .headers import Columns, Header, Heading


class Part(NamedTuple):
    """A cell, or what a header inside it leaves of it above or below; rows in fractions of grid rows."""

    columns: tuple[Heading, ...]
    start: float
    stop: float
    box: Box
    lines: tuple[Line, ...] | Lines
    cut_top: bool
    cut_bottom: bool


def without_headers(grid: Grid, found: Sequence[Header], columns: Header) -> Iterator[Part]:
    """The grid's cells without the headers; a cell that a header stands in gives parts above and below it.

    The part above a header in rows a … b ends at a + 0.4, the part below it begins at b + 0.6: where
    text shares the header's cells these are rows of their own, else they are dropped.
    """
    in_force = columns, *found
    rows = [header.rows for header in found]
    fills = [_fills_its_cells(header, grid) for header in found]

    @cache  # a table's cells have few different sides
    def covers(left: float, right: float, above: int) -> tuple[Heading, ...]:
        return _covered(left, right, in_force[above].columns)

    cut: list[_Cut] = []
    for cell in grid.cells:
        top, foot, above = cell.row, cell.row + cell.row_span, 0
        while above < len(rows) and rows[above][1] < top:
            above += 1
        if above < len(rows) and rows[above][0] < foot:
            if not fills[above]:
                cut += _cut(cell, found, covers)
            continue
        x0, _, x1, _ = box = cell.box
        part = Part(
            covers(x0, x1, above), float(top), float(foot), box, cell.lines, cell.cut_top, cell.cut_bottom
        )
        cut.append((part, None, None))
    with_text = {
        end
        for part, start, stop in cut
        if (start is not None or stop is not None) and part.lines
        for end in (start, stop)
        if end is not None and _within_header(part, start, stop, rows)
    }
    for part, start, stop in cut:
        if start is None and stop is None:  # no header stands in it
            yield part
        elif not _within_header(part, start, stop, rows):
            yield part._replace(
                start=part.start if start is None or start in with_text else start + 0.4,
                stop=part.stop if stop is None or stop in with_text else stop - 0.4,
            )
        elif start in with_text or stop in with_text:
            yield part


def _fills_its_cells(header: Header, grid: Grid) -> bool:
    """Whether nothing else stands in the cells that a header stands in, and these reach into no other row."""
    first, last = header.rows
    cells = [cell for cell in grid.cells if cell.row <= last and first < cell.row + cell.row_span]
    return sum([len(cell.lines) for cell in cells]) == len(header.lines) and all(
        first <= cell.row and cell.row + cell.row_span <= last + 1 for cell in cells
    )


def _within_header(
    part: Part, start: float | None, stop: float | None, rows: Sequence[tuple[int, int]]
) -> bool:
    """Whether a part stands in a header's rows alone."""
    return (start is not None or stop is not None) and any(
        first <= part.start and part.stop <= last + 1 for first, last in rows
    )


_Cut = tuple[Part, float | None, float | None]
"""A part with the ends that a header made."""


def _cut(
    cell: Cell,
    found: Sequence[Header],
    covers: Callable[[float, float, int], tuple[Heading, ...]],
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
        yield Part(covers(x0, x1, in_force), start, stop, box, above, cut_top, True), made, stop
        top, start, in_force = min(header.y1, bottom), last + 0.6, number
        made = start
    box = (x0, top, x1, bottom)
    cut_top = cell.cut_top if made is None else True
    stop = max(end, start + 0.4)
    yield Part(covers(x0, x1, in_force), start, stop, box, lines, cut_top, cell.cut_bottom), made, None


def middle(line: Line) -> float:
    return (line.y0 + line.y1) / 2


def _covered(left: float, right: float, columns: Columns) -> tuple[Heading, ...]:
    """The columns that a cell covers: those it covers by half, else the one it stands in."""
    shares = []
    for heading, x0, x1 in columns:
        common = min(right, x1) - max(left, x0)
        shares.append((common / max(x1 - x0, 1.0), common, heading))
    covered = tuple(heading for share, _, heading in shares if share >= 0.5)
    if covered:
        return covered
    _, common, heading = max(shares, key=lambda share: share[1])
    return (heading,) if common > 0 else ("other",)
