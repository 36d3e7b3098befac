"""The characters of a page of PDFium in, glyphs with their boxes on the visible page out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..model import Glyphs
from . import library as pdfium
from .many import Column
from .objects import Array, Container, Matrix, bounds, clips, moved, moved_boxes
from .shapes import EVERYWHERE, middle
from .upright import quarters

Index = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

ASKEW = 0.05
"""Text whose line climbs by more than this share of its length is turned askew."""
DESCENT = 0.12
"""Share of an em that lies below the line in Japanese fonts."""
_INKED = np.array([not chr(point).isspace() for point in range(0x3002)])
_CONTROLS = np.array([point < 32 and point not in (9, 10, 13) for point in range(33)])


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


def glyphs(text: int, to_visible: Matrix, drawn: Sequence[Container], width: float, height: float) -> Glyphs:
    """A page's characters and its objects in; the glyphs that show on the page out, in the file's order."""
    count = max(pdfium.count_characters(text), 0)
    if not count:
        return _NO_GLYPHS
    code = _codes(text, count)
    every = pdfium.each(count)
    holder = pdfium.text_object(text, every)
    made = np.zeros(count, bool)
    blank = np.flatnonzero(code <= 32)
    made[blank] = pdfium.is_generated(text, every[blank]) > 0
    code[blank[_CONTROLS[code[blank]]]] = 0
    code[(pdfium.is_unmapped(text, every) != 0) | (code > 0x10FFFF)] = 0

    begins = np.append(True, holder[1:] != holder[:-1])
    first, which = np.flatnonzero(begins), np.cumsum(begins) - 1
    _, hidden, clip, axes = _text_objects(drawn).of(holder[first])

    box = moved_boxes(pdfium.advance_box(text, every), to_visible)
    _share_out(text, box, ~made, which, axes, to_visible)
    origin = moved(pdfium.glyph_origin(text, every[first]), to_visible)
    start = np.minimum(np.abs(origin - box[first, :2]), np.abs(origin - box[first, 2:]))
    _put_on_lines(box, origin, start, axes, which, _INKED[np.minimum(code, 0x3001)])
    shown = np.flatnonzero(_shown(box, clip, which, width, height) & ~made)
    which = which[shown]
    across, down = np.abs(axes[:, 0]), np.abs(axes[:, 1])
    askew = np.minimum(across, down) > ASKEW * np.maximum(across, down)
    turn = quarters(axes[:, 0], axes[:, 1])
    return _paired(Glyphs(code[shown], box[shown], hidden[which], askew[which], turn[which]))


_NO_GLYPHS = Glyphs(
    code=np.zeros(0, np.uint32),
    box=np.zeros((0, 4), np.float32),
    hidden=np.zeros(0, bool),
    askew=np.zeros(0, bool),
    turn=np.zeros(0, np.uint8),
)


def show_blanks(drawn: Iterable[Container]) -> bool:
    """A page's objects in; whether some were made to count that PDFium leaves out of a page's text.

    It leaves out text objects without width, and takes the width from the ink: of an ideographic space
    drawn alone (Ⅰ-6　①部署) nothing is left. An outline that is stroked has width: the object is told
    so for as long as its place is worked out anew. The text must then be loaded anew too.
    """
    found = False
    for container in drawn:
        boxes = bounds(container.texts)
        narrow = container.texts[boxes[:, 2] - boxes[:, 0] < _NO_WIDTH]
        for handle, mode in zip(narrow.tolist(), pdfium.render_mode(narrow).tolist(), strict=True):
            found = True
            pdfium.set_stroke_width(handle, 1.0)
            pdfium.set_render_mode(handle, pdfium.STROKED)
            pdfium.move_object(handle, 1, 0, 0, 1, 0, 0)
            pdfium.set_render_mode(handle, mode)
    return found


_NO_WIDTH = 0.01


def page_text(text: int) -> npt.NDArray[np.uint16]:
    """All text of a page in one call, as UTF-16; glyphs without Unicode are left out."""
    count = max(pdfium.count_characters(text), 0)
    units = np.zeros(count + 1, np.uint16)
    written = pdfium.all_text(text, 0, count, units.ctypes.data) if count else 0
    return units[: max(written - 1, 0)]


def _codes(text: int, count: int) -> npt.NDArray[np.uint32]:
    """The code points of all characters; from the page's text where that has one unit for each."""
    units = page_text(text)
    if len(units) == count and not ((units & 0xF800) == 0xD800).any():
        code = units.astype(np.uint32)
    else:
        code = pdfium.unicode_of(text, pdfium.each(count))
    # PDFium reports a hyphen at a line's end as U+0002 or U+FFFE, for searching; a hyphen is drawn.
    code[(code == 2) | (code == 0xFFFE)] = ord("-")
    return code


def _text_objects(drawn: Sequence[Container]) -> TextObjects:
    found = [*map(_objects_in, drawn), _NO_OBJECT]
    handle, hidden, clip, axes = (np.concatenate(part) for part in zip(*found, strict=True))
    return TextObjects(handle, hidden, clip, axes)


def _objects_in(container: Container) -> TextObjects:
    texts = container.texts
    mode = pdfium.render_mode(texts)
    steps = pdfium.object_matrix(texts)[:, :4].reshape(-1, 2).astype(np.float64) @ container.matrix[:2, :2]
    em = steps.reshape(-1, 4) * pdfium.font_size(texts)
    return TextObjects(
        texts,
        (mode == pdfium.INVISIBLE) | (mode == pdfium.CLIP_ONLY),
        clips(texts, container.matrix, container.clip),
        em.astype(np.float32),
    )


_NO_OBJECT = TextObjects(
    np.array([np.iinfo(np.uintp).max], np.uintp),
    np.zeros(1, bool),
    np.array([EVERYWHERE], np.float32),
    np.zeros((1, 4), np.float32),
)


def _share_out(text: int, box: Array, drawn: Flags, which: Index, axes: Array, to_visible: Matrix) -> None:
    """Give characters that stand for one piece of text (ﾊﾟ) their parts of its box, in place.

    The letters of an /ActualText have no places of their own: PDFium cuts the box of what is drawn from
    left to right in the file's coordinates, however the text is turned there.
    """
    along = axes[:, :2] @ to_visible[:2, :2].T.astype(np.float32)  # turned back
    turned = quarters(along[:, 0], -along[:, 1]) > 0
    if not turned.any():
        return
    index = np.flatnonzero(turned[which] & drawn)
    origins = pdfium.glyph_origin(text, index.astype(np.uintp))
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


def _paired(found: Glyphs) -> Glyphs:
    """Glyphs with surrogate pairs made one; PDFium reports pairs where its wide characters have 16 bits."""
    code = found.code
    if not ((code & 0xFFFFF800) == 0xD800).any():
        return found
    keep = np.ones(len(code), bool)
    high = np.flatnonzero((code[:-1] >= 0xD800) & (code[:-1] < 0xDC00))
    high = high[(code[high + 1] >= 0xDC00) & (code[high + 1] < 0xE000)]
    code[high] = 0x10000 + ((code[high] - 0xD800) << 10) + (code[high + 1] - 0xDC00)
    keep[high + 1] = False
    return Glyphs(code[keep], found.box[keep], found.hidden[keep], found.askew[keep], found.turn[keep])
