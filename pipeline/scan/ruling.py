"""A straight picture's ink in, its rules out: long strokes whose whole length is inked."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from .straight import Ink

Rules = npt.NDArray[np.float32]
"""[n, 3]: position across, start and end along; in pixels."""

_SHORTEST = 48
"""Longer than most strokes of the text, shorter than a cell of one line (4 mm)."""
_LONG, _LONGER = 160, 280
"""Below these lengths a rule must end at other rules, at both or at one: text and stamps have strokes."""
_REACH = 14
"""How near is at a rule."""
_BRIDGED = 9
"""Breaks in a stroke up to this length are bridged before the ink test."""
_INKED = 0.93
"""Share of a rule's length that must be inked: rows of text, bridged, come to three quarters."""
_THICKEST = 14
_DASHED, _GAP, _CLEAR = 240, 17, 6
"""A broken stroke at least this long, with paper on both sides, is a dashed rule; its gaps, that paper."""
_MARGIN = 10
"""What runs along the picture's edge is the edge of the paper."""


class Ruling(NamedTuple):
    """The rules of a picture, and the pixels that they are drawn with."""

    vertical: Rules
    horizontal: Rules
    drawn: Ink


def ruling(inked: Ink) -> Ruling:
    """Where a picture is inked -> its rules."""
    level = _strokes(inked)
    upright = _strokes(np.ascontiguousarray(inked.T))
    kept_upright, kept_level = _bounded(upright.rules, level.rules)
    drawn = level.drawn(kept_level) | np.ascontiguousarray(upright.drawn(kept_upright).T)
    return Ruling(upright.rules[kept_upright], level.rules[kept_level], drawn)


class _Strokes(NamedTuple):
    """Level strokes that may be rules, with the pixels of each."""

    rules: Rules
    pixels: list[tuple[int, int, npt.NDArray[np.bool_]]]
    size: tuple[int, ...]

    def drawn(self, kept: npt.NDArray[np.bool_]) -> Ink:
        found = np.zeros(self.size, np.uint8)
        for index in np.flatnonzero(kept).tolist():
            top, left, own = self.pixels[index]
            found[top : top + own.shape[0], left : left + own.shape[1]][own] = 255
        return found


def _strokes(inked: Ink) -> _Strokes:
    rules, pixels = [], []
    for gap, shortest in ((_BRIDGED, _SHORTEST), (_GAP, _DASHED)):
        bridged = cv2.morphologyEx(inked, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
        # A slanting rule climbs a pixel now and then: two rows count as one.
        bridged = cv2.dilate(bridged, np.ones((2, 1), np.uint8))
        long = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((1, shortest), np.uint8))
        count, label, stats, middle = cv2.connectedComponentsWithStats(long, connectivity=8)
        for number in range(1, count):
            left, top, width, height, area = stats[number].tolist()
            if area > (_THICKEST + 1) * width or _along_edge(top, height, inked.shape[0]):
                continue
            own = label[top : top + height, left : left + width] == number
            part = (inked[top : top + height, left : left + width] > 0) & own
            if gap == _BRIDGED:
                if part.any(axis=0).mean() < _INKED:
                    continue
            elif not _stands_clear(inked, top, top + height, left, left + width):
                continue
            rules.append((float(middle[number][1]) - 0.5, float(left), float(left + width)))
            pixels.append((top, left, own))
    return _Strokes(np.array(rules, np.float32).reshape(-1, 3), pixels, inked.shape)


def _along_edge(top: int, height: int, end: int) -> bool:
    return top + height <= _MARGIN or top >= end - _MARGIN


def _stands_clear(inked: Ink, top: int, bottom: int, left: int, right: int) -> bool:
    """Whether there is paper above and below a broken stroke nearly all along: no row of text has that."""
    if bottom - top > _THICKEST:
        return False
    above = inked[max(top - _CLEAR, 0) : max(top - 1, 0), left:right]
    below = inked[bottom + 1 : bottom + _CLEAR, left:right]
    return bool(((above > 0).any(axis=0) | (below > 0).any(axis=0)).mean() < 0.1)


def _bounded(vertical: Rules, horizontal: Rules) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which rules are long, or end at others that are kept, as the borders of cells do."""
    kept = [_length(rules) >= _LONGER for rules in (vertical, horizontal)]
    while True:
        ends = [
            _ends(vertical, horizontal[kept[1]]),
            _ends(horizontal, vertical[kept[0]]),
        ]
        more = [
            old | (count == 2) | ((count == 1) & (_length(rules) >= _LONG))
            for old, count, rules in zip(kept, ends, (vertical, horizontal), strict=True)
        ]
        if all((old == new).all() for old, new in zip(kept, more, strict=True)):
            return kept[0], kept[1]
        kept = more


def _length(rules: Rules) -> npt.NDArray[np.float32]:
    length: npt.NDArray[np.float32] = rules[:, 2] - rules[:, 1]
    return length


def _ends(rules: Rules, across: Rules) -> npt.NDArray[np.int_]:
    """How many of each rule's two ends are at a rule that runs across."""
    here = (across[None, :, 1] - _REACH <= rules[:, 0, None]) & (
        rules[:, 0, None] <= across[None, :, 2] + _REACH
    )
    at = [(here & (np.abs(across[None, :, 0] - rules[:, end, None]) <= _REACH)).any(axis=1) for end in (1, 2)]
    count: npt.NDArray[np.int_] = at[0].astype(np.int_) + at[1]
    return count
