"""A page and the positions of its tables in, which cell each glyph stands in out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .. import compiled
from ..model import Box, Glyphs, Page
from ..read.shapes import middle
from .letters import blank
from .ruling import HUGE

LOOSE, STRAY = -1, -2
"""Owners of glyphs outside all tables, and of glyphs too large for any cell (watermarks)."""


class Mesh(NamedTuple):
    """The positions of one table and which cell covers each."""

    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    cell: npt.NDArray[np.int64]
    """[rows, columns]: the number of the covering cell."""
    spans: Sequence[Sequence[int]]
    """For each cell: row, column, row span, column span."""
    closed_top: list[bool]
    """For each column: whether a rule is drawn along the upper edge."""
    closed_bottom: list[bool]

    @property
    def box(self) -> Box:
        return float(self.x[0]), float(self.y[0]), float(self.x[-1]), float(self.y[-1])


def cell_boxes(mesh: Mesh) -> list[Box]:
    """A table's positions in, the boxes of its cells in their order out."""
    x, y = mesh.x.tolist(), mesh.y.tolist()
    return [
        (x[column], y[row], x[column + across], y[row + down]) for row, column, down, across in mesh.spans
    ]


def owners(page: Page, meshes: list[Mesh]) -> npt.NDArray[np.int64]:
    """For each glyph the number of the cell that its middle stands in, over all tables, or LOOSE or STRAY."""
    box = np.ascontiguousarray(page.glyphs.box)
    owner = np.full(len(box), LOOSE, np.int64)
    first = list(accumulate([len(mesh.spans) for mesh in meshes], initial=0))
    large_first = sorted(range(len(meshes)), key=lambda k: -_area(meshes[k].box))
    may_stray = False
    for k in large_first:  # a table inside a frame takes its glyphs from it
        may_stray |= _find_owners(page.glyphs, box, meshes[k], first[k], owner)
    if may_stray:
        strays = _too_large(page, meshes, owner) | (page.glyphs.askew & (owner >= 0))
        if strays.any():  # what of a watermark lies over the table tells of its letters beside it
            height = box[:, 3] - box[:, 1]
            strays |= (owner == LOOSE) & (height > 0.8 * middle(height[strays]))
        owner[strays] = STRAY
    _take_back_hanging(page.glyphs, owner)
    return owner


def _find_owners(
    glyphs: Glyphs, box: npt.NDArray[np.float32], mesh: Mesh, first: int, owner: npt.NDArray[np.int64]
) -> bool:
    """Tell the glyphs in a table what cells they stand in, in place; whether one may be of a watermark."""
    if compiled.loops is None:
        owners_by_arrays(box, mesh, first, owner)
        return True
    return compiled.loops.find_owners(box, mesh.x, mesh.y, mesh.cell, first, glyphs.askew, owner) > 0


def owners_by_arrays(
    box: npt.NDArray[np.float32], mesh: Mesh, first: int, owner: npt.NDArray[np.int64]
) -> None:
    """Tell the glyphs in a table what cells they stand in, by arrays alone, in place."""
    x, y = (box[:, 0] + box[:, 2]) / 2, (box[:, 1] + box[:, 3]) / 2
    column, row = np.searchsorted(mesh.x, x) - 1, np.searchsorted(mesh.y, y) - 1
    inside = (column >= 0) & (column < len(mesh.x) - 1) & (row >= 0) & (row < len(mesh.y) - 1)
    owner[inside] = first + mesh.cell[row[inside], column[inside]]


NOT_AT_START = np.zeros(0x10000, bool)
"""Glyphs that Japanese setting never lets begin a line: some hang them out to the right instead."""
for _marks in (
    "、。，．・：；？！ーｰ…‥）〕］｝〉》」』】)]},.:;?!゛゜",
    "ゝゞ々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ％%℃",
):
    NOT_AT_START[[ord(mark) for mark in _marks]] = True


def _take_back_hanging(glyphs: Glyphs, owner: npt.NDArray[np.int64]) -> None:
    """Give glyphs that hang out of a cell to the right back to the cell that their line stands in."""
    if compiled.loops is None:
        hanging_by_arrays(glyphs, owner)
    else:
        box = np.ascontiguousarray(glyphs.box)
        compiled.loops.take_back_hanging(glyphs.code, box, NOT_AT_START, STRAY, owner)


def hanging_by_arrays(glyphs: Glyphs, owner: npt.NDArray[np.int64]) -> None:
    """`_take_back_hanging` by arrays alone."""
    box = glyphs.box
    height = box[1:, 3] - box[1:, 1]
    follows = (np.abs(box[1:, 0] - box[:-1, 2]) < 0.1 * height) & (
        np.abs(box[1:, 1] - box[:-1, 1]) < 0.2 * height
    )
    leaves = (owner[1:] != owner[:-1]) & (owner[:-1] >= 0) & (owner[1:] != STRAY)
    for index in (np.flatnonzero(follows & leaves) + 1).tolist():
        while (
            index < len(owner)
            and follows[index - 1]
            and owner[index] != owner[index - 1]
            and NOT_AT_START[min(int(glyphs.code[index]), 0xFFFF)]
        ):
            owner[index] = owner[index - 1]
            index += 1


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _too_large(page: Page, meshes: list[Mesh], owner: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which glyphs in cells are far larger than the page's text and stick out of their cell: a watermark."""
    box = page.glyphs.box
    large = np.zeros(len(box), bool)
    height = box[:, 3] - box[:, 1]
    if not meshes or not len(box) or height.max() <= 2 * height.min():  # so on most pages, and quick to see
        return large
    inked = ~blank(page.glyphs.code)
    if not inked.any():
        return large
    candidates = np.flatnonzero((height > 2 * middle(height[inked])) & (owner >= 0) & inked)
    if not len(candidates):
        return large
    cells = np.array([box for mesh in meshes for box in cell_boxes(mesh)])[owner[candidates]]
    slack = 0.1 * height[candidates, None]
    glyph = box[candidates]
    out = (glyph[:, :2] < cells[:, :2] - slack) | (glyph[:, 2:] > cells[:, 2:] + slack)
    large[candidates] = out.any(axis=1) | (height[candidates] > HUGE * middle(height[inked]))
    return large
