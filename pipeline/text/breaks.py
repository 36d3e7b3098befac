"""What is seen where one drawn line ends and the next begins -> whether a paragraph ends there."""

from __future__ import annotations

from typing import Literal, NamedTuple

from .starts import Openings, Start

Ending = Literal["sentence", "bracket", "heading", "open", "other"]


class Seam(NamedTuple):
    """What is measured where one line ends and the next begins."""

    room: float
    """Free space behind the line, over the width of the next line's first unit: 1 would just have fitted."""
    spread: float = 1.0
    """Distance to the next line, over the usual one in this cell."""
    shift: float = 0.0
    """How far right of this line the next one starts, in ems."""
    full: bool = False
    """The line is full to the last letter."""


def is_line_end(seam: Seam, ends: Ending, within: bool, openings: Openings, at: int) -> bool:
    """Whether a paragraph ends before line `at` of a cell; else the line above was wrapped.

    `ends` is how the paragraph above ends: 。, a closing bracket, a whole line in 【】, a comma or opening
    bracket, or else. `within`: it is of several lines already.

    >>> cell = Openings(["①収集、", "②保管", "の方法"])
    >>> is_line_end(Seam(room=3.0), "other", False, cell, 2)  # much room left
    True
    >>> is_line_end(Seam(room=0.4), "open", False, cell, 1)  # full, and ends in 、
    False
    """
    starts, in_item = openings.starts[at], openings.in_item
    ended = ends in ("sentence", "bracket")
    if ends == "heading" or seam.room > _enough(ends, starts, in_item) or seam.spread > _PARTED:
        return True
    if ends == "open":
        return False
    match starts:
        case "text":
            # Hanging lines: the next paragraph starts left of the lines that carry one on; and where
            # first lines are indented, right of them.
            return ended and within and abs(seam.shift) > _SHIFTED
        case "bullet" | "label":
            return True
        case "dot":  # the wrap of 開示・訂正 puts one at the start of a line too
            return ended or openings.continues(at)
        case "number":
            return ended or openings.continues(at) or in_item
        case "named":
            return in_item
        case "heading":
            return ended or in_item
        case "indent":
            return ended
        case "aside":  # it heads what follows; below all of it, it belongs to the line above
            return ended or not (in_item or at + 1 == len(openings.starts))


def _enough(ends: Ending, starts: Start, in_item: bool) -> float:
    """The most room that is left behind a wrapped line."""
    if ends == "open":
        return _ROOM_OPEN
    if ends == "sentence" or (starts not in ("text", "aside") and not in_item):
        return _ROOM_FREE
    return _ROOM_SURE


# Measured over producers: less than one unit is left behind a wrapped line. More than that is seen
# where a producer's right margin is wider than its left one, never as much as two units.
_ROOM_FREE, _ROOM_SURE, _ROOM_OPEN = 1.0, 1.4, 2.5
_PARTED = 1.35
_SHIFTED = 0.7
