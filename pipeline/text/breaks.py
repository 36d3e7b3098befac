"""What is seen where one drawn line ends and the next begins -> whether a paragraph ends there."""

from __future__ import annotations

from typing import Literal, NamedTuple

from .starts import Start

Ending = Literal["sentence", "bracket", "heading", "open", "other"]


class Break(NamedTuple):
    """What is seen where one line ends and the next begins."""

    room: float
    """Free space behind the line, over the width of the next line's first unit: 1 would just have fitted."""
    spread: float
    """Distance to the next line, over the usual one in this cell."""
    ends: Ending
    """How the line ends: 。, a closing bracket, a whole line in 【】, a comma or opening bracket, or else."""
    starts: Start
    """How the next line starts."""
    in_list: bool
    """The next line's number follows one that started a line above, or is the first of such."""
    in_item: bool
    """The cell holds an item's address (Ⅲ-2 …), whose parts stand on lines of their own."""
    shift: float
    """How far right of this line the next one starts, in ems."""
    within: bool
    """This line carries on a paragraph that began on a line above."""
    last: bool
    """The next line is the cell's last."""


def is_line_end(seen: Break) -> bool:
    """Whether a paragraph ends here; else the line was wrapped.

    >>> is_line_end(Break(3.0, 1.0, "other", "text", False, False, 0.0, False, False))  # much room left
    True
    >>> is_line_end(Break(0.4, 1.0, "open", "number", True, False, 0.0, False, True))  # full, and ends in 、
    False
    """
    marked = seen.starts not in ("text", "aside")
    ended = seen.ends in ("sentence", "bracket")
    enough = _ROOM_FREE if (marked and not seen.in_item) or seen.ends == "sentence" else _ROOM_SURE
    if seen.ends == "open":
        enough = _ROOM_OPEN
    if seen.room > enough or seen.spread > _PARTED or seen.ends == "heading":
        return True
    if seen.ends == "open":
        return False
    match seen.starts:
        case "bullet" | "label":
            return True
        case "dot":  # the wrap of 開示・訂正 puts one at the start of a line too
            return ended or seen.in_list
        case "number":
            return ended or seen.in_list or seen.in_item
        case "named":
            return seen.in_item
        case "heading":
            return ended or seen.in_item
        case "indent":
            return ended
        case "aside":  # it heads what follows; below all of it, it belongs to the line above
            return ended or not (seen.in_item or seen.last)
        case _:
            # Hanging lines: the next paragraph starts left of the lines that carry one on; and where
            # first lines are indented, right of them.
            return ended and seen.within and abs(seen.shift) > _SHIFTED


# Measured over producers: less than one unit is left behind a wrapped line. More than that is seen
# where a producer's right margin is wider than its left one, never as much as two units.
_ROOM_FREE, _ROOM_SURE, _ROOM_OPEN = 1.0, 1.4, 2.5
_PARTED = 1.35
_SHIFTED = 0.7
