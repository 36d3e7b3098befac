"""One grid of the change table in, its rows on this page out: strips, with what is cut and what is merged."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from ..model import COLUMNS, Column, Grid, Layout, Line, Lines, Piece
from .headers import Header
from .headings import Heading
from .parts import Part, covered, fills_its_cells, middle, without_headers


class Strip(NamedTuple):
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


class TablePage(NamedTuple):
    """One page of a change table. Its layout is let go of as soon as the next page has been looked at."""

    layout: Layout
    sections: tuple[Section, ...]
    opens: bool
    """The table begins on this page."""


def section(grid: Grid, found: Sequence[Header], columns: Header) -> Section:
    """A grid, the headers in it and the columns in force at its top in; its rows out."""
    strips, extra = _plain_strips(grid, found, columns) or any_strips(grid, found, columns)
    header_lines = [line for header in found for line in sorted(header.lines, key=_reading_order)]
    return Section(
        grid,
        tuple([strip for strip in strips if not strip.is_empty]),
        found[-1] if found else columns,
        tuple(header_lines),
        tuple(extra),
    )


_Rows = tuple[list[Strip], list[tuple[Heading, Line]]]
"""The rows of a table, and the text in columns that are no part of the dataset."""


def any_strips(grid: Grid, found: Sequence[Header], columns: Header) -> _Rows:
    """The rows of any grid."""
    inner: list[Part] = []
    extra: list[tuple[Heading, Line]] = []
    for part in without_headers(grid, found, columns):
        if part.columns:
            inner.append(part)
        else:
            extra += [(part.heading, line) for line in part.lines]
    below_header = {header.rows[1] + down for header in found for down in (1.0, 0.6)}
    strips = [
        _strip(grid.page, parts, start, stop, start in below_header)
        for start, stop, parts in _row_spans(inner)
    ]
    return strips, extra


def _plain_strips(grid: Grid, found: Sequence[Header], columns: Header) -> _Rows | None:
    """The same where each row of the grid is one of the table, as on most pages; else null.

    Its cells cover one row and one column each, all columns stand in each row, and a header stands above them
    all or nowhere.
    """
    first = 0
    if found:
        header = columns = found[0]
        if len(found) > 1 or header.rows[0] or not fills_its_cells(header, grid):
            return None
        first = header.rows[1] + 1
    body = [cell for cell in grid.cells if cell.row >= first]
    width = next((at for at, cell in enumerate(body) if cell.row != first), len(body))
    sides = [(cell.box[0], cell.box[2]) for cell in body[:width]]
    if not width or len(body) != width * (grid.rows - first) or any(cell.row_span != 1 for cell in body):
        return None
    told = [covered(left, right, columns.columns) for left, right in sides]
    named = {names[0]: at for at, (names, _) in enumerate(told) if names}
    if (
        any(len(names) > 1 for names, _ in told)
        or len(named) != sum([len(names) for names, _ in told])
        or not ("item" in named or {"before", "after"} <= named.keys())
    ):
        return None
    places = [(column, named[column]) for column in COLUMNS if column in named]
    others = [(at, heading) for at, (names, heading) in enumerate(told) if not names]
    strips: list[Strip] = []
    extra: list[tuple[Heading, Line]] = []
    page, last = grid.page, len(body) - width
    for start in range(0, len(body), width):
        cells = body[start : start + width]
        if start and [(cell.box[0], cell.box[2]) for cell in cells] != sides:
            return None
        row = {
            column: Piece(cells[at].lines if cells[at].lines.places else (), page, cells[at].box)
            for column, at in places
        }
        # Only at the table's edges may a rule be missing.
        cut_top = [] if start else [column for column, at in places if cells[at].cut_top]
        cut_bottom = [] if start != last else [column for column, at in places if cells[at].cut_bottom]
        cut = _one(frozenset(cut_top)), _one(frozenset(cut_bottom))
        strips.append(Strip(page, row, _NONE, _NONE, *cut, _NONE, bool(found) and start == 0))
        if others:
            extra += [(heading, line) for at, heading in others for line in cells[at].lines]
    return strips, extra


_NONE: frozenset[Column] = frozenset()


def _reading_order(line: Line) -> tuple[float, float]:
    return line.y0, line.x0


def _row_spans(parts: Sequence[Part]) -> list[tuple[float, float, list[Part]]]:
    """Where each row of the table begins and ends, in grid rows, and the parts that stand there.

    A level rule parts two rows when it parts the item cells, or both texts: a date or an item that
    covers several rows is merged; a rule through one text alone parts nothing.
    """
    rules: dict[Column, set[float]] = {"item": set(), "before": set(), "after": set()}
    for part in parts:
        for column in part.columns:
            if column in rules:
                rules[column].add(part.start)
                rules[column].add(part.stop)
    parting = rules["item"] | (rules["before"] & rules["after"])
    spans: list[tuple[float, float, list[Part]]] = []
    for first, last in _standing(parts):
        bounds = [first, *sorted([bound for bound in parting if first < bound < last]), last]
        spans += [(start, stop, []) for start, stop in pairwise(bounds)]
    starts = [start for start, _, _ in spans]
    for part in parts:
        index = bisect_right(starts, part.start) - 1
        spans[index][2].append(part)
        while (index := index + 1) < len(spans) and starts[index] < part.stop:
            spans[index][2].append(part)
    return spans


def _standing(parts: Sequence[Part]) -> list[tuple[float, float]]:
    """The stretches of grid rows in which parts stand without a gap."""
    stretches: list[tuple[float, float]] = []
    for start, stop in sorted({(part.start, part.stop) for part in parts}):
        if stretches and start <= stretches[-1][1]:
            stretches[-1] = stretches[-1][0], max(stop, stretches[-1][1])
        else:
            stretches.append((start, stop))
    return stretches


def _strip(page: int, parts: Sequence[Part], start: float, stop: float, after_header: bool) -> Strip:
    """The row that these parts make."""
    own: dict[Column, list[Part]] = {}
    merged: set[Column] = set()
    spread: set[Column] = set()
    cut_top: set[Column] = set()
    cut_bottom: set[Column] = set()
    wide: set[Column] = set()
    for part in parts:
        columns, _, begins, ends, _, lines, opens_top, opens_bottom = part
        column = columns[0]
        if begins < start:
            merged.add(column)
        elif column in own:
            own[column].append(part)
        else:
            own[column] = [part]
        if len(columns) > 1 and begins >= start and lines:
            wide.add(column)
        if ends > stop:
            spread.add(column)
        elif opens_bottom:
            cut_bottom.add(column)
        if opens_top and begins == start:
            cut_top.add(column)
    cells: dict[Column, Piece] = {}
    for column in COLUMNS:
        if column in own:
            part, *more = own[column]
            if more or not isinstance(part.lines, Lines):
                cells[column] = _piece(page, own[column])
            else:
                cells[column] = Piece(part.lines if part.lines.places else (), page, part.box)
    return Strip(
        page,
        cells,
        _one(frozenset(merged - own.keys())),
        _one(frozenset(spread)),
        _one(frozenset(cut_top)),
        _one(frozenset(cut_bottom)),
        _one(frozenset(wide)),
        after_header,
    )


@cache
def _one(columns: frozenset[Column]) -> frozenset[Column]:
    """A set of columns -> the one that stands for all equal ones: there are 64, and many strips."""
    return columns


def _piece(page: int, parts: Sequence[Part]) -> Piece:
    """The piece that several parts make, or one that a header cut."""
    boxes = [part.box for part in parts]
    each = [line for part in parts for line in part.lines]
    if len({(box[1], box[3]) for box in boxes}) > 1:
        each = _in_reading_order(each)
    return Piece(
        lines=Lines.of(each) if each else (),
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
    for line in sorted(lines, key=middle):
        if rows and middle(line) - middle(rows[-1][-1]) < (line.y1 - line.y0) / 2:
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
