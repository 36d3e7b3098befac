"""The characters of a page of PDFium in, glyphs with their boxes on the visible page out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..model import Glyphs
from . import library as pdfium
from .library import Handle
from .objects import Array, Container, Matrix, bounds, clips, matrices, moved, moved_boxes
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

    place: dict[int, int]
    """Handle to index."""
    hidden: Flags
    """Whether it leaves no ink."""
    clip: Array
    """The box outside which it is cut."""
    axes: Array
    """[n, 4]: one em along the line and one em up, as steps on the visible page."""

    def of(self, handles: Iterable[int]) -> TextObjects:
        """The same for the objects with these handles."""
        last = len(self.hidden) - 1
        index = [self.place.get(handle, last) for handle in handles]
        return TextObjects({}, self.hidden[index], self.clip[index], self.axes[index])


def glyphs(
    text: Handle,
    to_visible: Matrix,
    drawn: Sequence[Container],
    width: float,
    height: float,
    in_order: bool,
) -> Glyphs:
    """A page's characters and its objects in; the glyphs that show on the page out, in the file's order.

    `in_order`: whether the file is one whose text runs from left to right.
    """
    count = max(pdfium.count_characters(text), 0)
    if not count:
        return _NO_GLYPHS
    page = pdfium.pointer(text)
    code = _codes(text, count)
    boxes = pdfium.rectangles.filled(count, pdfium.advance_box, repeat(page), range(count))
    unmapped = np.frombuffer(bytes(map(pdfium.is_unmapped, repeat(page), range(count))), bool)
    made = np.zeros(count, bool)
    blank = np.flatnonzero(code <= 32)
    made[blank] = [flag > 0 for flag in map(pdfium.is_generated, repeat(page), blank.tolist())]
    code[blank[_CONTROLS[code[blank]]]] = 0
    code[unmapped | (code > 0x10FFFF)] = 0

    objects = sum(len(container.texts) for container in drawn)
    first, handles = _runs(page, code, made, in_order and 4 * objects < count)
    which = np.zeros(count, np.intp)
    which[first[1:]] = 1
    np.cumsum(which, out=which)
    _, hidden, clip, axes = _text_objects(drawn).of(handles)

    box = moved_boxes(boxes, to_visible)
    _share_out(page, box, ~made, which, axes, to_visible)
    origins = pdfium.places.filled(len(first), pdfium.glyph_origin, repeat(page), first.tolist())
    origin = moved(origins, to_visible)
    start = np.minimum(np.abs(origin - box[first, :2]), np.abs(origin - box[first, 2:]))
    _put_on_lines(box, origin, start, axes, which, _INKED[np.minimum(code, 0x3001)])
    shown = np.flatnonzero(_shown(box, clip, which, width, height) & ~made)
    which = which[shown]
    along = np.abs(axes[:, :2])
    askew = along.min(axis=1) > ASKEW * along.max(axis=1)
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
        for index in np.flatnonzero(boxes[:, 2] - boxes[:, 0] < _NO_WIDTH).tolist():
            found, handle = True, container.texts[index]
            mode = pdfium.render_mode(handle)
            pdfium.set_stroke_width(handle, 1.0)
            pdfium.set_render_mode(handle, pdfium.STROKED)
            pdfium.move_object(handle, 1, 0, 0, 1, 0, 0)
            pdfium.set_render_mode(handle, mode)
    return found


_NO_WIDTH = 0.01


def page_text(text: Handle) -> npt.NDArray[np.uint16]:
    """All text of a page in one call, as UTF-16; glyphs without Unicode are left out."""
    count = max(pdfium.count_characters(text), 0)
    units = np.zeros(count + 1, np.uint16)
    written = pdfium.all_text(text, 0, count, units.ctypes.data) if count else 0
    return units[: max(written - 1, 0)]


def _codes(text: Handle, count: int) -> npt.NDArray[np.uint32]:
    """The code points of all characters; from the page's text where that has one unit for each."""
    units = page_text(text)
    if len(units) == count and not ((units & 0xF800) == 0xD800).any():
        code = units.astype(np.uint32)
    else:
        code = np.fromiter(map(pdfium.unicode_of, repeat(text, count), range(count)), np.uint32, count)
    # PDFium reports a hyphen at a line's end as U+0002 or U+FFFE, for searching; a hyphen is drawn.
    code[(code == 2) | (code == 0xFFFE)] = ord("-")
    return code


_TURNED = np.zeros(0x10801, bool)
for _start, _stop in (
    (0x590, 0x900),
    (0x200F, 0x2010),
    (0xFB1D, 0xFE00),
    (0xFE70, 0xFF00),
    (0x10800, 0x10801),
):
    _TURNED[_start:_stop] = True


def _runs(page: object, code: npt.NDArray[np.uint32], made: Flags, sparse: bool) -> tuple[Index, list[int]]:
    """Where the characters of each text object begin, and the object's handle.

    PDFium gives the characters of an object one after another, unless it turns text that runs from right
    to left. So where both ends of a stretch belong to one object all between does: with `sparse` only the
    ends of lines are asked for, and in the lines of several objects the middle, and the middle of halves.
    """
    count = len(code)
    if not sparse or _TURNED[np.minimum(code, 0x10800)].any():
        every = np.fromiter(map(pdfium.text_object, repeat(page), range(count)), np.uint64, count)
        begin = np.append(0, np.flatnonzero(every[1:] != every[:-1]) + 1)
        return begin, every[begin].tolist()
    within = np.ones(count + 2, bool)
    within[[0, -1]] = False
    within[1:-1] = ~(made & (code != 32))  # the line ends that PDFium puts in
    low = np.flatnonzero(within[1:-1] & ~within[:-2])
    high = np.flatnonzero(within[1:-1] & ~within[2:])
    left, right = _objects(page, low), _objects(page, high)
    begins: list[Index] = [low]
    handles = [left]
    if not within[1]:  # what stands before the first line is dropped
        begins.append(np.zeros(1, np.intp))
        handles.append(np.zeros(1, np.uint64))
    while (differs := (left != right) | ((left == 0) & (low < high))).any():  # 0: blanks that PDFium puts in
        low, high, left, right = low[differs], high[differs], left[differs], right[differs]
        meet = high - low == 1
        begins.append(high[meet])
        handles.append(right[meet])
        low, high, left, right = (ends[~meet] for ends in (low, high, left, right))
        half = (low + high) // 2
        between = _objects(page, half)
        low, high = np.append(low, half), np.append(half, high)
        left, right = np.append(left, between), np.append(between, right)
    begin, handle = np.concatenate(begins), np.concatenate(handles)
    order = np.argsort(begin)
    return begin[order], handle[order].tolist()


def _objects(page: object, index: Index) -> npt.NDArray[np.uint64]:
    """The handles of the objects that characters belong to."""
    return np.fromiter(map(pdfium.text_object, repeat(page), index.tolist()), np.uint64, len(index))


def _text_objects(drawn: Sequence[Container]) -> TextObjects:
    place: dict[int, int] = {}
    hidden: list[Flags] = []
    clip: list[Array] = []
    axes: list[Array] = []
    for container in drawn:
        texts = container.texts
        if not texts:
            continue
        place |= {handle.value or 0: index for index, handle in enumerate(texts, len(place))}
        modes = np.frombuffer(bytes(map(pdfium.render_mode, texts)), np.uint8)
        hidden.append((modes == pdfium.INVISIBLE) | (modes == pdfium.CLIP_ONLY))
        clip.append(clips(texts, container.matrix, container.clip))
        size = pdfium.sizes.filled(len(texts), pdfium.font_size, texts)
        em = size[:, :, None] * (matrices(texts)[:, :2, :2] @ container.matrix[:2, :2])
        axes.append(em.reshape(-1, 4).astype(np.float32))
    hidden.append(np.zeros(1, bool))
    clip.append(np.array([EVERYWHERE], np.float32))
    axes.append(np.zeros((1, 4), np.float32))
    return TextObjects(place, np.concatenate(hidden), np.concatenate(clip), np.concatenate(axes))


def _share_out(page: object, box: Array, drawn: Flags, which: Index, axes: Array, to_visible: Matrix) -> None:
    """Give characters that stand for one piece of text (ﾊﾟ) their parts of its box, in place.

    The letters of an /ActualText have no places of their own: PDFium cuts the box of what is drawn from
    left to right in the file's coordinates, however the text is turned there.
    """
    along = axes[:, :2] @ to_visible[:2, :2].T.astype(np.float32)  # turned back
    turned = quarters(along[:, 0], -along[:, 1]) > 0
    if not turned.any():
        return
    index = np.flatnonzero(turned[which] & drawn)
    origins = pdfium.places.filled(len(index), pdfium.glyph_origin, repeat(page), index.tolist())
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
