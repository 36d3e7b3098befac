"""A straight picture and the tables on it in, the parts to be read out: cells, and blocks of text outside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from ..model import Box, Layout
from .straight import Grey, Ink

_INSET = 2
"""A cell's picture begins this far inside its borders."""
_REMNANT = 5
"""What of a rule was not painted over lies this near to the cell's border, and is no thicker."""
_SPECK = 6
"""Pixels of ink that are dirt, not the smallest mark."""
_LEAST = 30
"""Pixels of ink that may be a character."""
_APART = (61, 15)
"""Blocks of text are at least so far apart, across and down: letters of a title are spaced."""
_MARGIN = 8


class Region(NamedTuple):
    """A part of a picture that is read for itself."""

    box: tuple[int, int, int, int]
    """In pixels of the straight picture."""
    picture: Grey
    in_table: bool


def regions(white: Grey, inked: Ink, drawn: Ink, tables: Layout, scale: float) -> list[Region]:
    """What is to be read of a picture: `inked` where it is, `drawn` its rules; `scale`: pixels a point.

    Tables in document order with their cells by row, then the text outside them from top to bottom;
    parts without ink are left out.
    """
    rules = cv2.dilate(drawn, np.ones((3, 3), np.uint8))
    bare = white.copy()
    bare[rules > 0] = 255
    text = inked.copy()
    text[rules > 0] = 0
    boxes = [[_pixels(cell.box, scale) for cell in grid.cells] for grid in tables.grids]
    outer = [_pixels(grid.box, scale) for grid in tables.grids]
    found: list[Region] = []
    for index, cells in enumerate(boxes):
        others = outer[:index] + outer[index + 1 :]
        for box in cells:
            inner = [other for other in others if _within(other, box)]
            found += _cell(bare, text, box, inner)
    return [*found, *_outside(bare, text, outer)]


def _pixels(box: Box, scale: float) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = (round(value * scale) for value in box)
    return x0, y0, x1, y1


def _within(inner: tuple[int, int, int, int], outer: tuple[int, int, int, int]) -> bool:
    return (
        outer[0] <= inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2] and inner[3] <= outer[3]
    ) and inner != outer


def _cell(
    bare: Grey, text: Ink, box: tuple[int, int, int, int], inner: list[tuple[int, int, int, int]]
) -> Iterator[Region]:
    """A cell's picture without the tables inside it, if anything is left in it."""
    x0, y0, x1, y1 = box[0] + _INSET, box[1] + _INSET, box[2] - _INSET, box[3] - _INSET
    if x1 - x0 < _MARGIN or y1 - y0 < _MARGIN:
        return
    ink_here, picture = text[y0:y1, x0:x1].copy(), bare[y0:y1, x0:x1].copy()
    for a, b, c, d in inner:
        part = np.s_[max(b - y0, 0) : max(d - y0, 0), max(a - x0, 0) : max(c - x0, 0)]
        ink_here[part], picture[part] = 0, 255
    remnants = _remnants(ink_here)
    picture[remnants] = 255
    ink_here[remnants] = 0
    if _is_written(ink_here):
        yield Region((x0, y0, x1, y1), picture, True)


def _remnants(inked: Ink) -> npt.NDArray[np.bool_]:
    """Ink along a cell's borders that a rule left there: thin pieces that lie wholly beside one."""
    height, width = inked.shape
    count, label, stats, _ = cv2.connectedComponentsWithStats(inked, connectivity=8)
    left, top, wide, high = stats[:, 0], stats[:, 1], stats[:, 2], stats[:, 3]
    beside = (top + high <= _REMNANT) | (top >= height - _REMNANT)
    beside |= (left + wide <= _REMNANT) | (left >= width - _REMNANT)
    beside[0] = False
    found: npt.NDArray[np.bool_] = beside[label]
    return cv2.dilate(found.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0 if count > 1 else found


def _is_written(inked: Ink) -> bool:
    """Whether a picture holds more than specks of dirt."""
    if int(cv2.countNonZero(inked)) < _LEAST:
        return False
    _, _, stats, _ = cv2.connectedComponentsWithStats(inked, connectivity=8)
    area = stats[1:, cv2.CC_STAT_AREA]
    return int(area[area >= _SPECK].sum()) >= _LEAST


def _outside(bare: Grey, text: Ink, tables: list[tuple[int, int, int, int]]) -> Iterator[Region]:
    """Blocks of text outside all tables."""
    text, bare = text.copy(), bare.copy()
    for x0, y0, x1, y1 in tables:
        part = np.s_[max(y0 - _INSET, 0) : y1 + _INSET, max(x0 - _INSET, 0) : x1 + _INSET]
        text[part], bare[part] = 0, 255
    text = _without_specks(text)
    joined = cv2.dilate(text, np.ones(_APART[::-1], np.uint8))
    count, label, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    blocks = []
    for number in range(1, count):
        x0, y0, wide, high, _ = stats[number].tolist()
        own = (label[y0 : y0 + high, x0 : x0 + wide] == number) & (text[y0 : y0 + high, x0 : x0 + wide] > 0)
        if int(own.sum()) < _LEAST:
            continue
        rows, columns = np.flatnonzero(own.any(axis=1)), np.flatnonzero(own.any(axis=0))
        box = (
            max(x0 + int(columns[0]) - _MARGIN, 0),
            max(y0 + int(rows[0]) - _MARGIN, 0),
            min(x0 + int(columns[-1]) + 1 + _MARGIN, bare.shape[1]),
            min(y0 + int(rows[-1]) + 1 + _MARGIN, bare.shape[0]),
        )
        blocks.append(Region(box, bare[box[1] : box[3], box[0] : box[2]].copy(), False))
    yield from sorted(blocks, key=lambda block: (block.box[1], block.box[0]))


def _without_specks(inked: Ink) -> Ink:
    count, label, stats, _ = cv2.connectedComponentsWithStats(inked, connectivity=8)
    keep = np.zeros(count, np.uint8)
    keep[1:][stats[1:, cv2.CC_STAT_AREA] >= _SPECK] = 255
    cleared: Ink = keep[label]
    return cleared
