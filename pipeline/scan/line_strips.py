"""Lines of text in the picture of a cell, found by the ink in its rows of pixels."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Ink = npt.NDArray[np.bool_]

_SPECK = 5
"""Pixels: a blot of ink smaller than this in both directions is dirt, at 300 dpi."""
_CONTRAST = 40
"""Levels of grey: ink is at least this much darker than the paper around it."""
_LOWEST, _HIGHEST = 14, 90
"""Pixels: no line of text is lower than 4 points or higher than 20 at 300 dpi; dashes and dots are."""
_USUAL = 36.0
"""Pixels: a line's height where the cell does not tell (9 points at 300 dpi)."""
_BLANK = 0.95
"""Of a line's height: a wider gap parts a line in pieces."""
_NARROW = 1.5
"""Of a line's height: a piece narrower than this stays with its neighbour."""
_MARGIN = 0.6
"""Of a line's height: white left and right of a piece."""
_DOT = 0.02
"""Of a line's height, squared: less ink than this is no character, not even 、."""
_THIN = 0.15
"""Of a usual row's ink: a row with less lies between two lines."""


class Strip(NamedTuple):
    """Where a line, or a piece of it between wide blanks, stands in its cell; pixels, half-open."""

    left: int
    top: int
    right: int
    bottom: int
    blots: tuple[tuple[int, int], ...]
    """Left and right of each stretch of ink with nothing above or below it: characters, or parts of them."""


def ink_of(cell: Grey) -> tuple[Ink, float]:
    """Picture of a cell -> where ink is, specks and uneven paper left out, and how high a line is."""
    if min(cell.shape) < _SPECK:
        return np.zeros(cell.shape, np.bool_), _USUAL
    soft = cv2.GaussianBlur(cell, (3, 3), 0)
    paper = float(np.percentile(soft, 90))
    level, _ = cv2.threshold(soft, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    dark = (soft <= min(level, paper - _CONTRAST)).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    sides = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    sides[0] = 0  # the paper
    ink = np.asarray((sides >= _SPECK)[labels], dtype=np.bool_)
    return ink, _height(_runs(ink.any(axis=1)), sides)


def _height(runs: Sequence[tuple[int, int]], sides: npt.NDArray[np.int_]) -> float:
    """How high a line is: by the rows with ink, held against the longer sides of the blots of ink.

    令 alone in a cell has two low parts, one of them as wide as a line is high; a scratch through all lines
    makes one high run of them, but is one blot among many.
    """
    high = [stop - start for start, stop in runs if stop - start >= _LOWEST]
    letters = sides[(sides >= _LOWEST) & (sides <= _HIGHEST)]
    if not high or not len(letters):
        return _USUAL
    run, letter = float(np.median(high)), float(np.percentile(letters, 75))
    return letter if run > 1.9 * letter else max(run, letter)


def strips_of(cell: Grey) -> list[list[Strip]]:
    """Picture of a cell -> its lines from top to bottom, each cut at wide blanks from left to right."""
    ink, height = ink_of(cell)
    runs = _joined(_runs(ink.any(axis=1)), height)
    lines = [line for run in runs for line in _cut(ink, run, height)]
    strips = []
    for number, (start, stop) in enumerate(lines):
        highest = (lines[number - 1][1] + start) // 2 if number else 0
        lowest = (stop + lines[number + 1][0] + 1) // 2 if number + 1 < len(lines) else ink.shape[0]
        room = max(0.08 * height, (height - (stop - start)) / 2)  # a dash alone keeps its place in the line
        top, bottom = max(highest, round(start - room)), min(lowest, round(stop + room))
        strips.append([_strip(piece, top, bottom, ink, height) for piece in _pieces(ink[start:stop], height)])
    return strips


def _strip(piece: Sequence[tuple[int, int]], top: int, bottom: int, ink: Ink, height: float) -> Strip:
    margin = round(_MARGIN * height)
    left, right = max(0, piece[0][0] - margin), min(ink.shape[1], piece[-1][1] + margin)
    blots = tuple((x0, x1) for x0, x1 in piece if ink[top:bottom, x0:x1].sum() > _DOT * height**2)
    return Strip(left, top, right, bottom, blots)


def _runs(inked: npt.ArrayLike) -> list[tuple[int, int]]:
    """Rows (or columns) with ink or without -> (first, past the last) of each run with ink."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inked, [False]])))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


def _pieces(ink: Ink, height: float) -> list[list[tuple[int, int]]]:
    """Ink of a line -> what stands between wide blanks: (left, right) of each stretch of ink.

    An engine that reads line by line loses single characters beside blanks: the ○ of a ticked box. A piece
    narrower than a character and a half stays with its neighbour, as in letter-spaced headers.
    """
    pieces: list[list[tuple[int, int]]] = []
    for left, right in _runs(ink.any(axis=0)):
        near = pieces and left - pieces[-1][-1][1] < _BLANK * height
        if pieces and (near or _width(pieces[-1]) < _NARROW * height):
            pieces[-1].append((left, right))
        else:
            pieces.append([(left, right)])
    if len(pieces) > 1 and _width(pieces[-1]) < _NARROW * height:
        last = pieces.pop()
        pieces[-1] += last
    return pieces


def _width(piece: Sequence[tuple[int, int]]) -> int:
    return piece[-1][1] - piece[0][0]


def _joined(runs: Sequence[tuple[int, int]], height: float) -> list[tuple[int, int]]:
    """Runs that are parts of one line (the strokes of 二, the dots of ：) as one."""
    lines: list[tuple[int, int]] = []
    for start, stop in runs:
        if lines and stop - lines[-1][0] <= 1.15 * height:
            lines[-1] = (lines[-1][0], stop)
        else:
            lines.append((start, stop))
    return lines


def _cut(ink: Ink, run: tuple[int, int], height: float) -> list[tuple[int, int]]:
    """A run higher than a line (lines that touch, a scratch through all of them) -> its lines."""
    start, stop = run
    if stop - start < 1.6 * height:
        return [run]
    profile = ink[start:stop].sum(axis=1)
    thick = _joined(_runs(profile > _THIN * np.percentile(profile, 75)), height)
    lines = [(start + top, start + bottom) for top, bottom in thick if bottom - top >= height / 3]
    return [part for line in lines for part in _evenly(profile, start, line, height)] or [run]


def _evenly(
    profile: npt.NDArray[np.int_], start: int, run: tuple[int, int], height: float
) -> list[tuple[int, int]]:
    """Lines that leave no thin row between them: cut in equal parts, where the ink near by is thinnest."""
    count = max(1, round((run[1] - run[0]) / (1.2 * height)))
    step, reach = (run[1] - run[0]) / count, max(1, round(height / 4))
    cuts = [run[0]]
    for number in range(1, count):
        middle = round(run[0] + number * step)
        near = profile[middle - reach - start : middle + reach + 1 - start]
        cuts.append(middle - reach + int(np.argmin(near)))
    return list(pairwise([*cuts, run[1]]))
