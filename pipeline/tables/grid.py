"""A page in, its ruled tables with merged cells and the lines of text out."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import numpy as np
import numpy.typing as npt

from .. import compiled
from ..model import NO_LINES, Cell, Glyphs, Grid, Layout, Line, Lines, Page
from ..settings import Settings
from .letters import MARKS, Owned, blank, lines
from .owners import LOOSE, NOT_AT_START, STRAY, Mesh, owners
from .ruling import HUGE, REACH, Frame, Rules, frames


def layout(page: Page, settings: Settings, edges: Sequence[float] = ()) -> Layout:
    """A page in; its tables from top to bottom and the lines outside them out. Every glyph stands once.

    `edges`: where the columns meet of a table that may run on here from the page before.
    """
    return _plain_layout(page, settings, edges) or any_layout(page, settings, edges)


def _plain_layout(page: Page, settings: Settings, edges: Sequence[float]) -> Layout | None:
    """`layout` of a page with one table and level text, by one compiled loop; null where it is not so plain.

    So where rules may run through text, do not all hang together, or leave a side open, and where glyphs may
    be of a watermark, are turned, or come from an engine with its scores.
    """
    glyphs = page.glyphs
    if compiled.loops is None or glyphs.score is not None:
        return None
    left, right = (edges[0], edges[-1]) if edges else (inf, -inf)
    found = compiled.loops.lay_out(
        np.ascontiguousarray(page.vertical), np.ascontiguousarray(page.horizontal),
        glyphs.code, np.ascontiguousarray(glyphs.box), glyphs.hidden, glyphs.askew, glyphs.turn,
        *MARKS, NOT_AT_START,
        settings.rule_align, settings.rule_snap, settings.rule_gap, settings.rule_length,
        REACH * settings.rule_snap, settings.edge_gap, settings.line_gap, HUGE, left, right,
        Cell, Lines, Line, NO_LINES,
    )  # fmt: skip
    if isinstance(found, int):
        return None
    box, rows, columns, cells, open_top, open_bottom, loose, ink, duplicates, hidden = found
    return Layout(
        page.number,
        page.width,
        page.height,
        (Grid(page.number, box, rows, columns, cells, open_top, open_bottom),),
        loose,
        (),
        ink,
        duplicates,
        hidden,
        page.method,
    )


def any_layout(page: Page, settings: Settings, edges: Sequence[float]) -> Layout:
    """`layout` of any page, step by step."""
    found = [
        (frame, mesh)
        for frame in frames(page, settings, edges)
        if (mesh := _mesh(frame, settings)) is not None
    ]
    found = [
        (frame, mesh) for frame, mesh in found if not any(_is_inside(mesh, around) for _, around in found)
    ]
    owner = owners(page, [mesh for _, mesh in found])
    text = lines(page.glyphs, owner, settings)
    grids, first = [], 0
    for frame, mesh in found:
        grids.append(
            Grid(
                page=page.number,
                box=mesh.box,
                rows=len(mesh.y) - 1,
                columns=len(mesh.x) - 1,
                cells=tuple(_cells(mesh, first, text)),
                open_top=frame.open_top,
                open_bottom=frame.open_bottom,
            )
        )
        first += len(mesh.spans)
    return Layout(
        page=page.number,
        width=page.width,
        height=page.height,
        grids=tuple(grids),
        lines=tuple(text.lines.get(LOOSE, NO_LINES)),
        strays=tuple(text.lines.get(STRAY, NO_LINES)),
        glyphs=text.glyphs,
        duplicates=text.duplicates,
        hidden=_hidden(page.glyphs),
        method=page.method,
    )


def _hidden(glyphs: Glyphs) -> int:
    return int((glyphs.hidden & ~blank(glyphs.code)).sum()) if glyphs.hidden.any() else 0


def _cells(mesh: Mesh, first: int, text: Owned) -> list[Cell]:
    """The cells of a table, with the lines that their owners' numbers, from `first` on, have."""
    x, y, rows, lines_of = mesh.x.tolist(), mesh.y.tolist(), len(mesh.y) - 1, text.lines.get
    is_closed = all(mesh.closed_top) and all(mesh.closed_bottom)  # so on most pages
    made = []
    for owner, (row, column, down, across) in enumerate(mesh.spans, first):
        right, foot = column + across, row + down
        box = x[column], y[row], x[right], y[foot]
        lines = lines_of(owner, NO_LINES)
        if is_closed or (row > 0 and foot < rows):
            made.append(Cell(row, column, down, across, box, lines))
        else:
            cut_top = row == 0 and not all(mesh.closed_top[column:right])
            cut_bottom = foot == rows and not all(mesh.closed_bottom[column:right])
            made.append(Cell(row, column, down, across, box, lines, cut_top, cut_bottom))
    return made


def _mesh(frame: Frame, settings: Settings) -> Mesh | None:
    """The positions between a frame's rules, merged where no rule parts them; null where there are none."""
    room = len(frame.vertical) * len(frame.horizontal)
    if compiled.loops is None or room > _MOST:
        return mesh_by_arrays(frame, settings)
    x, y = np.empty(len(frame.vertical)), np.empty(len(frame.horizontal))
    cell, spans, told = np.empty(room, np.int64), np.empty((room, 4), np.int64), np.empty(2, np.int64)
    top, bottom = np.empty((2, len(frame.vertical)), bool)
    found = compiled.loops.find_cells(
        frame.vertical,
        frame.horizontal,
        frame.drawn,
        settings.rule_snap,
        x,
        y,
        cell,
        spans,
        top,
        bottom,
        told,
    )
    columns, rows = told.tolist()
    if not found:
        return None
    return Mesh(
        x[: columns + 1],
        y[: rows + 1],
        cell[: rows * columns].reshape(rows, columns),
        spans[:found].tolist(),
        top[:columns].tolist(),
        bottom[:columns].tolist(),
    )


_MOST = 1_000_000
"""Places where rules may cross, for which room is kept at once."""


def mesh_by_arrays(frame: Frame, settings: Settings) -> Mesh | None:
    """`_mesh` by arrays alone."""
    x, upright = _positions(frame.vertical, settings.rule_snap)
    y, level = _positions(frame.horizontal, settings.rule_snap)
    columns, rows = len(x) - 1, len(y) - 1
    if columns < 1 or rows < 1:
        return None
    # A rule parts two positions when it runs past the middle of their common side.
    parts_x = _covers(frame.vertical, upright, (y[:-1] + y[1:]) / 2, columns + 1).tolist()
    level_parts = _covers(frame.horizontal, level, (x[:-1] + x[1:]) / 2, rows + 1)
    parts_y = level_parts.tolist()
    made = [[-1] * columns for _ in range(rows)]
    spans: list[tuple[int, int, int, int]] = []
    for row in range(rows):
        for column in range(columns):
            if made[row][column] >= 0:
                continue
            right = column + 1
            while right < columns and not parts_x[right][row] and made[row][right] < 0:
                right += 1
            bottom = row + 1
            while (
                bottom < rows
                and not any(parts_y[bottom][column:right])
                and not any(parts_x[inner][bottom] for inner in range(column + 1, right))
            ):
                bottom += 1
            for covered in range(row, bottom):
                made[covered][column:right] = [len(spans)] * (right - column)
            spans.append((row, column, bottom - row, right - column))
    drawn = level_parts
    if not frame.drawn.all():
        drawn = _covers(frame.horizontal[frame.drawn], level[frame.drawn], (x[:-1] + x[1:]) / 2, rows + 1)
    return Mesh(x, y, np.array(made, np.int64), tuple(spans), drawn[0].tolist(), drawn[-1].tolist())


def _positions(rules: Rules, snap: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    """Distinct positions of rules sorted by position, and for each rule the index of its own."""
    index = np.cumsum(np.diff(rules[:, 0], prepend=rules[0, 0]) > snap, dtype=np.intp)
    length = np.maximum(rules[:, 2] - rules[:, 1], 1e-3)
    return np.bincount(index, rules[:, 0] * length) / np.bincount(index, length), index


def _covers(
    rules: Rules, index: npt.NDArray[np.intp], middles: npt.NDArray[np.float64], count: int
) -> npt.NDArray[np.bool_]:
    """[position, middle]: whether some rule at the position runs over the middle."""
    over = (rules[:, 1, None] < middles) & (middles < rules[:, 2, None])
    covers = np.zeros((count, len(middles)), bool)
    np.logical_or.at(covers, index, over)
    return covers


TABLE_COLUMNS = 4
"""A grid with fewer columns may be a frame around tables; with these it is a table itself."""


def _is_inside(mesh: Mesh, around: Mesh) -> bool:
    """Whether a box is drawn inside one cell of a table (［○］): then its text belongs to the cell."""
    x0, y0, x1, y1 = mesh.box
    if mesh is around or len(around.x) - 1 < TABLE_COLUMNS:
        return False
    columns = np.searchsorted(around.x, (x0, x1))
    rows = np.searchsorted(around.y, (y0, y1))
    if min(columns[0], rows[0]) < 1 or columns[1] == len(around.x) or rows[1] == len(around.y):
        return False
    covered = around.cell[rows[0] - 1 : rows[1], columns[0] - 1 : columns[1]]
    return bool(covered.min() == covered.max())
