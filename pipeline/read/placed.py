"""What PDFium tells of a page's characters and objects in, glyphs in their places on the visible page out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..model import Glyphs
from .many import Column
from .objects import Array, Matrix, moved, moved_boxes
from .shapes import EVERYWHERE, middle
from .upright import quarters

Index = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

ASKEW = 0.05
"""Text whose line climbs by more than this share of its length is turned askew."""
DESCENT = 0.12
"""Share of an em that lies below the line in Japanese fonts."""
INKED = np.array([not chr(point).isspace() for point in range(0x3002)])
"""Which code points leave ink; those behind the last do as it does."""
_CONTROLS = np.array([point < 32 and point not in (9, 10, 13) for point in range(33)])


class Characters(NamedTuple):
    """What is told of the n characters of a page."""

    code: npt.NDArray[np.uint32]
    """Of a hyphen at a line's end, U+0002 or U+FFFE, for searching; a hyphen is drawn."""
    holder: Column
    """The handle of the text object that draws it; 0 for blanks that PDFium puts between pieces of text."""
    unmapped: npt.NDArray[np.int32]
    """Not 0 where the font names no Unicode."""
    advance: Array
    """[n, 4]: left, top, right, bottom of the place that it takes up, in the file's coordinates."""
    origin: npt.NDArray[np.float64]
    """[n, 2]: where it is drawn from, there."""


class TextObjects(NamedTuple):
    """What is told of the text objects of a page, and last of text that no object holds."""

    handle: Column
    hidden: Flags
    """Whether it leaves no ink."""
    clip: Array
    """The box outside which it is cut."""
    axes: Array
    """[n, 4]: one em along the line and one em up, as steps on the visible page."""

    def of(self, handles: Column) -> TextObjects:
        """The same for the objects with these handles."""
        order = np.argsort(self.handle)
        place = order[np.searchsorted(self.handle, handles, sorter=order)]
        place[self.handle[place] != handles] = len(self.handle) - 1
        return TextObjects(handles, self.hidden[place], self.clip[place], self.axes[place])


NO_OBJECT = TextObjects(
    np.array([np.iinfo(np.uintp).max], np.uintp),
    np.zeros(1, bool),
    np.array([EVERYWHERE], np.float32),
    np.zeros((1, 4), np.float32),
)


def placed(
    characters: Characters, objects: TextObjects, to_visible: Matrix, width: float, height: float
) -> Glyphs:
    """A page's characters, text objects and size in; the glyphs that show out, in the file's order."""
    code, holder = characters.code.copy(), characters.holder
    if not len(code):
        return _NO_GLYPHS
    made = (code <= 32) & (holder == 0)
    code[(code == 2) | (code == 0xFFFE)] = ord("-")
    code[_CONTROLS[np.minimum(code, 32)]] = 0
    code[(characters.unmapped != 0) | (code > 0x10FFFF)] = 0

    begins = np.append(True, holder[1:] != holder[:-1])
    first, which = np.flatnonzero(begins), np.cumsum(begins) - 1
    _, hidden, clip, axes = objects.of(holder[first])

    box = moved_boxes(characters.advance, to_visible)
    _share_out(characters.origin, box, ~made, which, axes, to_visible)
    origin = moved(characters.origin[first], to_visible)
    start = np.minimum(np.abs(origin - box[first, :2]), np.abs(origin - box[first, 2:]))
    _put_on_lines(box, origin, start, axes, which, INKED[np.minimum(code, 0x3001)])
    shown = np.flatnonzero(_shown(box, clip, which, width, height) & ~made)
    which = which[shown]
    across, down = np.abs(axes[:, 0]), np.abs(axes[:, 1])
    askew = np.minimum(across, down) > ASKEW * np.maximum(across, down)
    turn = quarters(axes[:, 0], axes[:, 1])
    return Glyphs(code[shown], box[shown], hidden[which], askew[which], turn[which])


_NO_GLYPHS = Glyphs(
    code=np.zeros(0, np.uint32),
    box=np.zeros((0, 4), np.float32),
    hidden=np.zeros(0, bool),
    askew=np.zeros(0, bool),
    turn=np.zeros(0, np.uint8),
)


def _share_out(
    origin: npt.NDArray[np.float64], box: Array, drawn: Flags, which: Index, axes: Array, to_visible: Matrix
) -> None:
    """Give characters that stand for one piece of text (ﾊﾟ) their parts of its box, in place.

    The letters of an /ActualText have no places of their own: PDFium cuts the box of what is drawn from
    left to right in the file's coordinates, however the text is turned there.
    """
    along = axes[:, :2] @ to_visible[:2, :2].T.astype(np.float32)  # turned back
    turned = quarters(along[:, 0], -along[:, 1]) > 0
    if not turned.any():
        return
    index = np.flatnonzero(turned[which] & drawn)
    origins = origin[index]
    shared = (np.diff(index) == 1) & (np.diff(origins, axis=0) == 0).all(axis=1)
    shared &= which[index[1:]] == which[index[:-1]]
    turns = quarters(axes[:, 0], axes[:, 1])
    for run in np.split(index, np.flatnonzero(~shared) + 1):
        if len(run) < 2:
            continue
        turn = int(turns[which[run[0]]])
        low, high = box[run, :2].min(axis=0), box[run, 2:].max(axis=0)
        box[run] = [*low, *high]
        edges = np.linspace(low[turn % 2], high[turn % 2], len(run) + 1)
        starts, ends = (edges[:-1], edges[1:]) if turn < 2 else (edges[-2::-1], edges[:0:-1])
        box[run, turn % 2], box[run, turn % 2 + 2] = starts, ends


def _put_on_lines(box: Array, origin: Array, start: Array, axes: Array, which: Index, inked: Flags) -> None:
    """Give glyph boxes the height of their font's em around the line they stand on, in place.

    The boxes that PDFium gives are as high as the font says, and where it says nothing as high as the
    glyph's ink: full stops would then stand on another line than their neighbours. `origin` is where
    the text object begins, `start` how far that is from its first glyph's sides. Blanks have no ink to
    be measured by: the page's usual glyph stands in.
    """
    along, up = np.abs(axes[:, :2]), axes[:, 2:]
    ink = np.maximum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1])
    if inked.any():
        ink = np.where(inked, ink, middle(ink[inked]))
    for across in (1, 0):
        em = np.abs(up[:, across])
        # Not for vertical writing, whose origin is the middle, nor for fonts with a scale of their own.
        level = (along[:, across] < ASKEW * along[:, 1 - across]) & (start[:, 1 - across] < 0.35 * em)
        if not level.any():
            continue
        size = em[which]
        fits = np.flatnonzero(level[which] & (size > 0.3 * ink) & (size < 8 * ink))
        below = origin[:, across] + np.where(up[:, across] < 0, DESCENT, 1 - DESCENT) * em
        object_ = which[fits]
        box[fits, across] = (below - em)[object_]
        box[fits, across + 2] = below[object_]


def _shown(box: Array, clip: Array, which: Index, width: float, height: float) -> Flags:
    """Which glyphs have their middle on the page, and within the box that clips their object."""
    low, high = np.maximum(clip[:, :2], 0), np.minimum(clip[:, 2:], (width, height))
    shown = np.ones(len(box), bool)
    for axis in (0, 1):
        middle = (box[:, axis] + box[:, axis + 2]) / 2
        shown &= (middle >= low[which, axis]) & (middle <= high[which, axis])
    return shown
