"""One grid of the change table in, its rows on this page out: strips, with what is cut and what is merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from ..model import COLUMNS, Column, Grid, Layout, Line, Lines, Piece
from .headers import Header, Heading
from .parts import Part, middle, without_headers


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


@dataclass(frozen=True, slots=True)
class TablePage:
    """One page of a change table. Its layout is let go of as soon as the next page has been looked at."""

    layout: Layout
    sections: tuple[Section, ...]
    opens: bool
    """The table begins on this page."""


def section(grid: Grid, found: Sequence[Header], columns: Header) -> Section:
    """A grid, the headers in it and the columns in force at its top in; its rows out."""
    inner: list[Part] = []
    extra: list[tuple[Heading, Line]] = []
    for part in without_headers(grid, found, columns):
        if _OWN.isdisjoint(part.columns):
            extra += [(part.columns[0] if part.columns else "other", line) for line in part.lines]
        else:
            inner.append(part)
    below_header = {header.rows[1] + down for header in found for down in (1.0, 0.6)}
    strips = [
        _strip(grid.page, parts, start, stop, start in below_header)
        for start, stop, parts in _row_spans(inner)
    ]
    header_lines = [line for header in found for line in sorted(header.lines, key=_reading_order)]
    return Section(
        grid,
        tuple([strip for strip in strips if not strip.is_empty]),
        found[-1] if found else columns,
        tuple(header_lines),
        tuple(extra),
    )


_OWN = frozenset(COLUMNS)


def _reading_order(line: Line) -> tuple[float, float]:
    return line.y0, line.x0


def _row_spans(parts: Sequence[Part]) -> list[tuple[float, float, list[Part]]]:
    """Where each row of the table begins and ends, in grid rows, and the parts that stand there.

    A level rule parts two rows when it parts the item cells, or both texts: a date or an item that
    covers several rows is merged; a rule through one text alone parts nothing.
    """
    bounds = sorted({part.start for part in parts} | {part.stop for part in parts})
    place = {bound: index for index, bound in enumerate(bounds)}
    standing: list[list[int]] = [[] for _ in bounds[1:]]
    for index, part in enumerate(parts):
        for stretch in range(place[part.start], place[part.stop]):
            standing[stretch].append(index)
    spans: list[tuple[float, float, list[int]]] = []
    before: dict[Heading, list[int]] = {}
    for (start, stop), here in zip(pairwise(bounds), standing, strict=True):
        now: dict[Heading, list[int]] = {}
        for index in here:
            for column in parts[index].columns:
                now.setdefault(column, []).append(index)
        if here and before and not _parted(before, now):
            spans[-1] = spans[-1][0], stop, sorted({*spans[-1][2], *here})
        elif here:
            spans.append((start, stop, here))
        before = now
    return [(start, stop, [parts[index] for index in inside]) for start, stop, inside in spans]


def _parted(above: dict[Heading, list[int]], below: dict[Heading, list[int]]) -> bool:
    """Whether a rule between two stretches of rows, each with the parts that its columns have, parts rows."""
    item, before, after = (above.get(column) != below.get(column) for column in ("item", "before", "after"))
    return item or (before and after)


def _strip(page: int, parts: Sequence[Part], start: float, stop: float, after_header: bool) -> Strip:
    """The row that these parts make."""
    own: dict[Column, list[Part]] = {}
    merged: set[Column] = set()
    spread: set[Column] = set()
    cut_top: set[Column] = set()
    cut_bottom: set[Column] = set()
    wide: set[Column] = set()
    for part in parts:
        named = [column for column in COLUMNS if column in part.columns]
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
        page,
        {column: _piece(page, own[column]) for column in COLUMNS if column in own},
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
    if len(parts) == 1 and isinstance(lines := parts[0].lines, Lines):
        return Piece(lines if lines.places else (), page, parts[0].box)
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
