"""What is seen where one drawn line ends and the next begins -> whether a paragraph ends there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from .. import compiled
from .starts import MAY_BE_PLAIN, NOT_BEHIND, PLAIN, Openings, Start
from .starts import start as starts_as
from .widths import WHITE_SPACE, Codes, Floats, Kinds, Places, between, codes_of, table_of_kinds

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


class Seams(NamedTuple):
    """Those of many lines, an array a measure."""

    room: Floats
    spread: Floats
    shift: Floats
    full: npt.NDArray[np.bool_]

    def above(self, lines: Places) -> Iterator[Seam]:
        """Those above some of the lines."""
        return map(Seam, *(measure[lines].tolist() for measure in self))


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
    if ends == "heading" or seam.spread > _PARTED:
        return True
    if ends == "open":
        return seam.room > _ROOM_OPEN
    starts, in_item = openings.start(at), openings.in_item
    if seam.room > _enough(ends, starts, in_item):
        return True
    ended = ends in ("sentence", "bracket")
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
            return ended or not (in_item or at + 1 == len(openings))


def _enough(ends: Ending, starts: Start, in_item: bool) -> float:
    """The most room that is left behind a wrapped line that does not end in the middle of something."""
    if ends == "sentence" or (starts not in ("text", "aside") and not in_item):
        return _ROOM_FREE
    return _ROOM_SURE


# Measured over producers: less than one unit is left behind a wrapped line. More than that is seen
# where a producer's right margin is wider than its left one, never as much as two units.
_ROOM_FREE, _ROOM_SURE, _ROOM_OPEN = 1.0, 1.4, 2.5
_PARTED = 1.35
_SHIFTED = 0.7


_WHOLE_HEADING = re.compile(r"[【＜<《〈≪〔][^【＜<《〈≪〔]*[】＞>》〉≫〕]")
_COUNTED = (
    "第",
    "別添",
    "様式",
    "リスク",
    "システム",
    "委託事項",
    "提供先",
    "移転先",
    "平成",
    "令和",
    "丁目",
)


def ending(paragraph: str, following: str) -> Ending:
    """How the paragraph so far ends; a number that the next line's digits carry on ends nothing."""
    text = paragraph.rstrip()
    last = text[-1:]
    if last in _CLOSES_HEADING and _WHOLE_HEADING.fullmatch(text):
        return "heading"
    if following[:1].isdecimal() and (last.isdecimal() or text.endswith(_COUNTED)):
        return "open"
    return _ENDINGS.get(last, "other")


_CLOSES_HEADING = frozenset("】＞>》〉≫〕")
_ENDINGS: dict[str, Ending] = {
    **dict.fromkeys("。．！？!?", "sentence"),
    **dict.fromkeys(")）」』】＞>》〉≫］]}〕", "bracket"),
    **dict.fromkeys("、，,・･‧(（「『【＜<《〈［[{〔：:／/～〜", "open"),
}


# ---------------------------------------------------------------- many lines at once

_PLAIN, _WIDE, _NO_DIGIT, _OPEN, _ENDED, _HEADS, _WHITE, _DIGIT = 1, 2, 4, 8, 16, 32, 64, 128
_KINDS = table_of_kinds(
    {
        _PLAIN: PLAIN,
        _NO_DIGIT: between(" /", ":~", "\u2000\u9fff", "！／", "：ﾟ"),
        _OPEN: "".join(one for one, ends in _ENDINGS.items() if ends == "open"),
        _ENDED: "".join(one for one, ends in _ENDINGS.items() if ends != "open"),
        _HEADS: "".join(_CLOSES_HEADING),
        _WHITE: WHITE_SPACE,
        _DIGIT: between("09", "０９"),
    },
    but={_WIDE: between("\0\x7f")},
)
_MAY_BE_PLAIN, _NOT_BEHIND = 1, 2
_STARTS = table_of_kinds({_MAY_BE_PLAIN: MAY_BE_PLAIN, _NOT_BEHIND: NOT_BEHIND}, but={})
Flags = npt.NDArray[np.bool_]


class Sight(NamedTuple):
    """What many lines surely do, a flag a line."""

    runs_on: Flags
    """It carries on the one above, and both are one without a space."""
    ends: Flags
    """A paragraph ends above it."""
    signed: Flags
    """Though it carries on the one above, it starts as an item of a list would: where the cell holds doubts,
    that counts."""


def at_first_sight(text: str, start: Places, stop: Places, seams: Seams, below: Flags) -> Sight:
    """Lines, from where to where each stands in a text, the seam above each, and which have a line of their
    cell above them -> what is sure of these.

    What `is_line_end` and `joined` would say of most lines, told for all of a table at once.
    """
    signs = _signs(codes_of(text), start, stop, seams, below)
    odd = np.flatnonzero(signs & _ODD)
    places = zip(signs[odd].tolist(), start[odd].tolist(), stop[odd].tolist(), strict=True)
    signs[odd] = [_sign(sign, starts_as(text, begin, end)) for sign, begin, end in places]
    return Sight(*((signs & one).astype(np.bool_) for one in (_RUNS_ON, _ENDS, _SIGNED)))


_RUNS_ON, _ENDS, _SIGNED, _ODD, _FITS, _AFTER_OPEN, _AFTER_END, _CLOSED = 1, 2, 4, 8, 16, 32, 64, 128
"""What is seen of a line. Of an odd one how it starts decides: whether it may carry on what is above it, and
what stands there - something open, an end, or nothing that a number could carry on."""
_LIMITS = np.array([_ROOM_FREE, _ROOM_SURE, _ROOM_OPEN, _PARTED, _SHIFTED])


def _sign(seen: int, starts: Start) -> int:
    """What is seen of an odd line, and how it starts -> what it surely does."""
    sign = 0
    if starts == "text":
        return _RUNS_ON if seen & _FITS else 0
    if seen & _FITS and seen & _AFTER_OPEN and starts != "heading":
        sign = _RUNS_ON | _SIGNED
    if (seen & _AFTER_END and starts != "named") or (seen & _CLOSED and starts in ("bullet", "label")):
        sign |= _ENDS
    return sign


def _signs(codes: Codes, start: Places, stop: Places, seams: Seams, below: Flags) -> Kinds:
    """What is seen of each line that has another above it, but for how odd ones start; 0 of all else."""
    signs = np.empty(len(start), np.uint8)
    if compiled.loops is not None:
        room, spread, shift, _ = seams
        of_lines = start, stop, below, room, spread, shift
        if compiled.loops.see_breaks(codes, _KINDS, _STARTS, *of_lines, _LIMITS, signs) != compiled.NOT_PLAIN:
            return signs
    return _signs_by_arrays(codes, start, stop, seams, below)


def _signs_by_arrays(codes: Codes, start: Places, stop: Places, seams: Seams, below: Flags) -> Kinds:
    """`_signs` without compiled loops."""
    codes = np.append(codes, codes_of("\n\n"))
    first = _KINDS.take(codes[start], mode="clip")
    last = np.roll(_KINDS.take(codes[stop - 1], mode="clip"), 1)
    ended, inked = last & _ENDED != 0, last & _WHITE == 0  # what stands before white space decides
    opens = last & _OPEN != 0
    closed = inked & ~opens & (first & _NO_DIGIT != 0)
    ends = (seams.spread > _PARTED) | (seams.room > np.where(closed, _ROOM_SURE, _ROOM_OPEN))
    level = ~ended | (np.abs(seams.shift) <= _SHIFTED)
    solid = (first & _WHITE == 0) & ((first | last) & _WIDE != 0)  # `joined` puts no space there
    fits = (
        inked & (last & _HEADS == 0) & level & solid & (seams.room <= np.where(ended, _ROOM_FREE, _ROOM_SURE))
    )
    cut = ~ends & (first & last & _DIGIT != 0)  # a number that the line end cuts
    begins, next_one = (_STARTS.take(codes.take(start + at, mode="clip"), mode="clip") for at in (0, 1))
    next_one[start + 1 >= stop] = 0  # the line is of one character
    plain = (first & _PLAIN != 0) | ((begins & _MAY_BE_PLAIN != 0) & (next_one & _NOT_BEHIND == 0))
    odd = (fits | ended) & ~ends & ~cut & ~plain
    sight = (cut | (fits & ~ends & plain), ends & np.roll(start < stop, 1), cut, odd)
    signs = np.zeros(len(start), np.uint8)
    for bit, where in zip((_RUNS_ON, _ENDS, _SIGNED, _ODD), sight, strict=True):
        signs[where] |= bit
    for bit, where in zip(
        (_FITS, _AFTER_OPEN, _AFTER_END, _CLOSED), (fits, opens, ended, closed), strict=True
    ):
        signs[odd & where] |= bit
    return np.where(below, signs, 0).astype(np.uint8)
