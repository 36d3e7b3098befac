"""One grid of the change table in, its rows on this page out: strips, with what is cut and what is merged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from ..model import COLUMNS, Box, Cell, Column, Grid, Layout, Line, Lines, Piece
from .headers import Columns, Header, Heading


@dataclass(frozen=True, slots=True)
class Strip:
    """The part of one row that stands on one page."""

    page: int
    cells: dict[Column, Piece]
    """Cells that begin in this strip, empty ones too."""
    merged: frozenset[Column]
    """Columns whose cell began in a strip above it on this page and covers this one too."""
    spread: frozenset[Column]
    """Columns whose cell covers strips below this one too."""
    cut_top: frozenset[Column]
    """Columns whose cell has no rule above it: at the page's head, or below a header inside the row."""
    cut_bottom: frozenset[Column]
    wide: frozenset[Column]
    """Columns whose cell runs on over the next column."""
    after_header: bool
    """A header stands directly above."""

    def text(self, column: Column) -> str:
        piece = self.cells.get(column)
        return piece.text if piece else ""

    @property
    def is_empty(self) -> bool:
        return not any(piece.lines for piece in self.cells.values())


class Section(NamedTuple):
    """One grid of the change table taken apart."""

    grid: Grid
    strips: tuple[Strip, ...]
    columns: Header
    """The header in force at the grid's foot."""
    header_lines: tuple[Line, ...]
    extra: tuple[tuple[Heading, Line], ...]
    """Text in columns that are no part of the dataset."""


@dataclass(frozen=True, slots=True)
class TablePage:
    """One page of a change table. Its layout is let go of as soon as the next page has been looked at."""

    layout: Layout
    sections: tuple[Section, ...]
    opens: bool
    """The table begins on this page."""


class _Part(NamedTuple):
    """A cell, or what a header inside it leaves of it above or below; rows in fractions of grid rows."""

    columns: tuple[Heading, ...]
    start: float
    stop: float
    box: Box
    lines: tuple[Line, ...] | Lines
    cut_top: bool
    cut_bottom: bool


def section(grid: Grid, found: Sequence[Header], columns: Header) -> Section:
    """A grid, the headers in it and the columns in force at its top in; its rows out."""
    rows = [_rows(grid, header) for header in found]
    inner: list[_Part] = []
    extra: list[tuple[Heading, Line]] = []
    for part in _parts(grid, list(zip(found, rows, strict=True)), columns):
        if _OWN.isdisjoint(part.columns):
            extra += [(part.columns[0] if part.columns else "other", line) for line in part.lines]
        else:
            inner.append(part)
    below_header = {last + down for _, last in rows for down in (1.0, 0.6)}
    strips = [
        _strip(grid.page, inner, start, stop, start in below_header) for start, stop in _row_spans(inner)
    ]
    header_lines = [line for header in found for line in sorted(header.lines, key=_reading_order)]
    return Section(
        grid,
        tuple(strip for strip in strips if not strip.is_empty),
        found[-1] if found else columns,
        tuple(header_lines),
        tuple(extra),
    )


_OWN = frozenset(COLUMNS)


def _reading_order(line: Line) -> tuple[float, float]:
    return line.y0, line.x0


def _rows(grid: Grid, header: Header) -> tuple[int, int]:
    """First and last grid row that a header stands in."""
    rows = [
        row
        for cell in grid.cells
        if cell.box[1] < header.y1 and header.y0 < cell.box[3] and not header.lines.isdisjoint(cell.lines)
        for row in (cell.row, cell.row + cell.row_span - 1)
    ]
    return min(rows), max(rows)


def _parts(grid: Grid, found: Sequence[tuple[Header, tuple[int, int]]], columns: Header) -> Iterator[_Part]:
    """The grid's cells without the headers; a cell that a header stands in gives parts above and below it.

    The part above a header in rows a … b ends at a + 0.4, the part below it begins at b + 0.6: where
    text shares the header's cells these are rows of their own, else they are dropped.
    """
    rows = [place for _, place in found]
    cut: list[tuple[_Part, float | None, float | None]] = []  # with the ends that a header made
    for cell in grid.cells:
        cut += _cut(cell, columns, found)
    with_text = {
        end
        for part, start, stop in cut
        if part.lines
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


def _within_header(
    part: _Part, start: float | None, stop: float | None, rows: Sequence[tuple[int, int]]
) -> bool:
    """Whether a part stands in a header's rows alone."""
    return (start is not None or stop is not None) and any(
        first <= part.start and part.stop <= last + 1 for first, last in rows
    )


def _cut(
    cell: Cell, columns: Header, found: Sequence[tuple[Header, tuple[int, int]]]
) -> Iterator[tuple[_Part, float | None, float | None]]:
    x0, top, x1, bottom = cell.box
    lines: tuple[Line, ...] | Lines = cell.lines
    start, made, end = float(cell.row), None, float(cell.row + cell.row_span)
    in_force = columns
    for header, (first, last) in found:
        if last < cell.row:
            in_force = header
            continue
        if first >= cell.row + cell.row_span:
            break
        above = tuple(line for line in lines if _middle(line) < header.y0 and line not in header.lines)
        lines = tuple(line for line in lines if line not in header.lines and line not in above)
        box = (x0, top, x1, max(header.y0, top))
        stop = max(first, start) + 0.4
        cut_top = cell.cut_top if made is None else True
        yield _Part(_covered(x0, x1, in_force.columns), start, stop, box, above, cut_top, True), made, stop
        top, start, in_force = min(header.y1, bottom), last + 0.6, header
        made = start
    box = (x0, top, x1, bottom)
    cut_top = cell.cut_top if made is None else True
    stop = max(end, start + 0.4)
    yield (
        _Part(_covered(x0, x1, in_force.columns), start, stop, box, lines, cut_top, cell.cut_bottom),
        made,
        None,
    )


def _middle(line: Line) -> float:
    return (line.y0 + line.y1) / 2


@lru_cache(maxsize=256)  # a table's cells have few different sides
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


def _row_spans(parts: Sequence[_Part]) -> list[tuple[float, float]]:
    """Where each row of the table begins and ends, in grid rows.

    A level rule parts two rows when it parts the item cells, or both texts: a date or an item that
    covers several rows is merged; a rule through one text alone parts nothing.
    """
    bounds = sorted({bound for part in parts for bound in (part.start, part.stop)})
    spans: list[tuple[float, float]] = []
    before: dict[Column, tuple[int, ...]] | None = None
    for start, stop in pairwise(bounds):
        here = _standing(parts, start, stop)
        if not any(here.values()):
            before = None
            continue
        if before is not None:
            parted = {column for column in COLUMNS if before[column] != here[column]}
            if "item" not in parted and not {"before", "after"} <= parted:
                spans[-1] = (spans[-1][0], stop)
                before = here
                continue
        spans.append((start, stop))
        before = here
    return spans


def _standing(parts: Sequence[_Part], start: float, stop: float) -> dict[Column, tuple[int, ...]]:
    """For each column the parts that cover a stretch of rows."""
    here = [index for index, part in enumerate(parts) if part.start < stop and start < part.stop]
    return {column: tuple(index for index in here if column in parts[index].columns) for column in COLUMNS}


def _strip(page: int, parts: Sequence[_Part], start: float, stop: float, after_header: bool) -> Strip:
    own: dict[Column, list[_Part]] = {}
    merged, spread, cut_top, cut_bottom, wide = (set[Column]() for _ in range(5))
    for part in parts:
        if not (part.start < stop and start < part.stop):
            continue
        named: list[Column] = [column for column in COLUMNS if column in part.columns]
        column = named[0]
        if part.start >= start:
            own.setdefault(column, []).append(part)
            if len(named) > 1 and part.lines:
                wide.add(column)
        else:
            merged.add(column)
        if part.stop > stop:
            spread.add(column)
        if part.cut_top and part.start == start:
            cut_top.add(column)
        if part.cut_bottom and part.stop <= stop:
            cut_bottom.add(column)
    return Strip(
        page=page,
        cells={column: _piece(page, own[column]) for column in COLUMNS if column in own},
        merged=_one(frozenset(merged - own.keys())),
        spread=_one(frozenset(spread)),
        cut_top=_one(frozenset(cut_top)),
        cut_bottom=_one(frozenset(cut_bottom)),
        wide=_one(frozenset(wide)),
        after_header=after_header,
    )


@cache
def _one(columns: frozenset[Column]) -> frozenset[Column]:
    """A set of columns -> the one that stands for all equal ones: there are 64, and many strips."""
    return columns


def _piece(page: int, parts: Sequence[_Part]) -> Piece:
    if len(parts) == 1 and isinstance(parts[0].lines, Lines):
        return Piece(parts[0].lines or (), page, parts[0].box)
    boxes = [part.box for part in parts]
    lines = [line for part in parts for line in part.lines]
    if len({(box[1], box[3]) for box in boxes}) > 1:
        lines = _in_reading_order(lines)
    return Piece(
        lines=Lines.of(lines) if lines else (),
        page=page,
        box=(
            min(box[0] for box in boxes),
            min(box[1] for box in boxes),
            max(box[2] for box in boxes),
            max(box[3] for box in boxes),
        ),
    )


def _in_reading_order(lines: Sequence[Line]) -> list[Line]:
    """Lines of a cell that rules cut up (a box around some words reaches its border) put together again."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=_middle):
        if rows and _middle(line) - _middle(rows[-1][-1]) < (line.y1 - line.y0) / 2:
            rows[-1].append(line)
        else:
            rows.append([line])
    whole = []
    for row in rows:
        row.sort(key=lambda line: line.x0)
        whole.append(
            Line(
                "".join(line.text for line in row),
                row[0].x0,
                min(line.y0 for line in row),
                max(line.x1 for line in row),
                max(line.y1 for line in row),
                min(line.score for line in row),
            )
        )
    return whole
