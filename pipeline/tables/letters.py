"""Glyphs in, lines of text out: sorted as drawn, doubled ink counted once."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .. import compiled
from ..characters import symbols
from ..line import PLACE, Lines
from ..model import Glyphs
from ..settings import Settings

_PLACE = np.dtype(PLACE)
UNMAPPED = 0xFFFD
"""Stands in a line's text for a glyph without Unicode."""


class Owned(NamedTuple):
    """Lines by the owner of their glyphs, each owner's from top to bottom."""

    lines: dict[int, Lines]
    glyphs: int
    """Glyphs with ink that were given."""
    duplicates: int
    """Of these, ink drawn a second time in the same place."""


def unmapped(text: str) -> int:
    """A text in; how many glyphs in it have no Unicode, or one of a private font (外字), out.

    The bullets of Word's symbol fonts are known.

    >>> unmapped("特定個人情\ufffdファイル\ue000"), unmapped("\uf0b7記録")
    (2, 0)
    """
    return len(_UNMAPPED.findall(symbols(text))) if _UNMAPPED.search(text) else 0


_UNMAPPED = re.compile("[\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff]")


def blank(code: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """Which code points leave no ink: spaces of all widths, line ends."""
    return _IS_BLANK[np.minimum(code, len(_IS_BLANK) - 1)]


_IS_BLANK = np.array([chr(point).isspace() for point in range(0x3002)])


def lines(glyphs: Glyphs, owner: npt.NDArray[np.int64], settings: Settings) -> Owned:
    """Glyphs and, for each, a number for what it stands in; the lines of text of each owner out."""
    return _quick_lines(glyphs, owner, settings) or lines_by_arrays(glyphs, owner, settings)


def _quick_lines(glyphs: Glyphs, owner: npt.NDArray[np.int64], settings: Settings) -> Owned | None:
    """The same by compiled loops; null for a page with turned text, or with an engine's scores."""
    if compiled.loops is None or glyphs.score is not None:
        return None
    count = len(glyphs.code)
    text, places = np.empty(2 * count, np.uint32), np.empty(count, _PLACE)
    spans, told = np.empty((count, 5), np.int64), np.empty(4, np.int64)
    box = np.ascontiguousarray(glyphs.box)
    groups = compiled.loops.find_lines(
        glyphs.code, box, owner, glyphs.turn, *MARKS,
        settings.line_gap, text, places.view(np.uint8), spans, told,
    )  # fmt: skip
    if groups == compiled.NOT_PLAIN:
        return None
    length, found, ink, duplicates = told.tolist()
    letters = text[:length].tobytes().decode("utf-32-le", errors="replace")
    return Owned(_packed(letters, places[:found], None, spans[:groups]), ink, duplicates)


def _packed(
    text: str, places: npt.NDArray[np.void], scores: tuple[float, ...] | None, spans: npt.NDArray[np.int64]
) -> dict[int, Lines]:
    """All lines in, and [owner, its lines from, to, its text from, to]; each owner's lines out."""
    packed, size = places.tobytes(), places.itemsize
    return {
        owner: Lines(text[start:stop], packed[size * low : size * high], scores and scores[low:high])
        for owner, low, high, start, stop in spans.tolist()
    }


def lines_by_arrays(glyphs: Glyphs, owner: npt.NDArray[np.int64], settings: Settings) -> Owned:
    """`lines` by arrays alone, for text however turned."""
    inked = ~blank(glyphs.code)
    ink = int(np.count_nonzero(inked))
    if not ink:
        return Owned({}, 0, 0)
    code = np.where(glyphs.code == 0, UNMAPPED, glyphs.code)
    level = _levelled(glyphs)
    line = _line_numbers(level, 4 * owner + glyphs.turn, settings.line_gap)
    order = _sorted(line, level[:, 0])
    twice = _drawn_twice(code[order], level[order], line[order])
    duplicates = int((twice & inked[order]).sum()) if twice.any() else 0
    shown = ~twice & (np.bincount(line, inked) > 0)[line[order]]  # a line of blanks is none
    if not shown.all():
        order = order[shown]
    code, box, level, owner, line = code[order], glyphs.box[order], level[order], owner[order], line[order]
    begins = np.append(True, line[1:] != line[:-1])
    first = begins.nonzero()[0]
    text, starts = _text(code, level, first)
    stops = np.append(starts[1:] - 1, len(text))
    places = np.empty(len(first), _PLACE)
    places["x0"], places["y0"] = np.minimum.reduceat(box[:, :2], first).T
    places["x1"], places["y1"] = np.maximum.reduceat(box[:, 2:], first).T
    places["length"] = stops - starts
    scores = _line_scores(glyphs, order, first)
    holder = owner[first]
    group = np.append(True, holder[1:] != holder[:-1]).nonzero()[0]
    ends = np.append(group[1:], len(first))
    spans = np.column_stack((holder[group], group, ends, starts[group], stops[ends - 1]))
    return Owned(_packed(text, places, scores, spans), ink, duplicates)


def _line_scores(
    glyphs: Glyphs, order: npt.NDArray[np.intp], first: npt.NDArray[np.intp]
) -> tuple[float, ...] | None:
    """How sure the engine was of each line, on average; null where characters are the file's own."""
    if glyphs.score is None:
        return None
    sums = np.add.reduceat(glyphs.score[order].astype(np.float64), first)
    return tuple((sums / np.diff(np.r_[first, len(order)])).tolist())


def _levelled(glyphs: Glyphs) -> npt.NDArray[np.float32]:
    """Boxes of glyphs, those of turned text (事後 set sideways in a narrow column) as if it were level."""
    if not glyphs.turn.any():
        return glyphs.box
    x0, y0, x1, y1 = glyphs.box.T
    level = [(x0, y0, x1, y1), (y0, -x1, y1, -x0), (-x1, -y1, -x0, -y0), (-y1, x0, -y0, x1)]
    return np.choose(glyphs.turn, [np.column_stack(sides).T for sides in level]).T


def _line_numbers(
    box: npt.NDArray[np.float32], owner: npt.NDArray[np.int64], gap: float
) -> npt.NDArray[np.int64]:
    """For each glyph the number of its line: new where the middles step down by a good part of the height."""
    middle = (box[:, 1] + box[:, 3]) / 2
    order = _sorted(owner, middle)
    middle, owner, height = middle[order], owner[order], (box[:, 3] - box[:, 1])[order]
    begins = np.ones(len(box), bool)
    begins[1:] = (middle[1:] - middle[:-1] > gap * np.minimum(height[1:], height[:-1])) | (
        owner[1:] != owner[:-1]
    )
    line = np.empty(len(box), np.int64)
    line[order] = begins.cumsum()
    return line


def _sorted(group: npt.NDArray[np.int64], place: npt.NDArray[np.floating]) -> npt.NDArray[np.intp]:
    """The order by group, then by place, both in one sort: as good as sorted is what takes it least."""
    return (group * _FAR + place).argsort(kind="stable")


_FAR = 1e5
"""Points; beyond any page."""


def _drawn_twice(
    code: npt.NDArray[np.uint32], box: npt.NDArray[np.float32], line: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Which glyphs repeat their left neighbour in (nearly) the same place, as bold is drawn by some."""
    twice = np.zeros(len(code), bool)
    again = ((code[1:] == code[:-1]) & (line[1:] == line[:-1])).nonzero()[0]
    this, next_ = box[again], box[again + 1]
    reach = np.maximum(next_[:, 2:] - next_[:, :2], 0.25 * (next_[:, 3:] - next_[:, 1:2])) * 0.3
    twice[again + 1] = (np.abs(next_[:, :2] - this[:, :2]) < reach).all(axis=1)
    return twice


_NARROW, _WIDE = 0.2, 0.8
"""Shares of the height. A gap wider than the one parts Latin words; one wider than the other holds a blank
of full width, which was not drawn: a tab."""
_OWN_SPACE = np.zeros(0x10000, bool)
"""Marks that bring white space of their own."""
_OWN_SPACE[[ord(mark) for mark in "‧・･·、。，．「」『』（）〔〕【】"]] = True
MARKS = _IS_BLANK, _OWN_SPACE
"""Which code points leave no ink, and which marks bring white space of their own."""


def _text(
    code: npt.NDArray[np.uint32], box: npt.NDArray[np.float32], first: npt.NDArray[np.intp]
) -> tuple[str, npt.NDArray[np.intp]]:
    """All lines as one string, line ends between them, and where each begins.

    A gap between Latin words counts as a space. So does one as wide as a glyph between others, unless most
    gaps of the line are: letters are spaced.
    """
    gap = (box[1:, 0] - box[:-1, 2]) / np.maximum(box[1:, 3] - box[1:, 1], 1e-3)
    gap[first[1:] - 1] = 0.0
    gaps = (gap > _NARROW).nonzero()[0]
    left, right = code[gaps], code[gaps + 1]
    words = _is_latin(left) & _is_latin(right)
    wide = gap[gaps] > _WIDE
    if wide.any():
        holder = first.searchsorted(gaps, "right") - 1
        pairs = np.append(first[1:], len(code)) - first - 1
        spaced = 2 * np.bincount(holder[wide], minlength=len(first)) > pairs
        wide &= _is_full(left) & _is_full(right) & ~words & ~spaced[holder]
    filled = words | wide
    after = gaps[filled] + 1
    before = np.zeros(len(code), np.intp)  # how many characters are put in before each glyph
    before[first[1:]] = 1
    before[after] = 1
    place = before.cumsum()
    place += np.arange(len(code))
    text = np.full(place[-1] + 1, ord("\n"), "<u4")
    text[place] = code
    text[place[after] - 1] = np.where(wide[filled], 0x3000, 32)
    return text.tobytes().decode("utf-32-le", errors="replace"), place[first]


def _is_latin(code: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    return (code > 32) & (code < 127)


def _is_full(code: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    return ~(blank(code) | _OWN_SPACE[np.minimum(code, 0xFFFF)])
