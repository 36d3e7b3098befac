"""The characters of a page of PDFium in, glyphs with their boxes on the visible page out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat

import numpy as np
import numpy.typing as npt

from ..model import Glyphs
from . import library as pdfium
from .objects import Array, Container, Matrix, bounds, clips, column, drain, matrices, moved, moved_boxes
from .shapes import middle
from .upright import quarters

ASKEW = 0.05
"""Text whose line climbs by more than this share of its length is turned askew."""
DESCENT = 0.12
"""Share of an em that lies below the line in Japanese fonts."""
_INKED = np.array([not chr(point).isspace() for point in range(0x3002)])


def glyphs(text: int, to_visible: Matrix, drawn: Sequence[Container], width: float, height: float) -> Glyphs:
    """A page's characters and its objects in; the glyphs that show on the page out, in the file's order."""
    count = max(pdfium.count_characters(text), 0)
    code = _codes(text, count)
    unmapped = np.fromiter(map(pdfium.is_unmapped, repeat(text, count), range(count)), np.int32, count) > 0
    objects = np.fromiter(map(pdfium.text_object, repeat(text, count), range(count)), np.uint64, count)
    corners = np.zeros((count, 4), np.float32)  # left, top, right, bottom
    drain(map(pdfium.advance_box, repeat(text, count), range(count), column(corners, 0)))

    made = np.zeros(count, bool)
    blank = np.flatnonzero(code <= 32)
    made[blank] = [pdfium.is_generated(text, index) > 0 for index in blank.tolist()]
    code[unmapped | ((code < 32) & ~np.isin(code, (9, 10, 13))) | (code > 0x10FFFF)] = 0

    handles, first, which = np.unique(objects, return_index=True, return_inverse=True)
    hidden, clip, axes = _text_objects(handles, drawn)
    hidden, clip = hidden[which], clip[which]
    origins = np.zeros((len(handles), 2), np.float64)
    drain(map(pdfium.glyph_origin, repeat(text), first.tolist(), column(origins, 0), column(origins, 1)))
    box = moved_boxes(corners, to_visible)
    _share_out(text, box, which, axes, to_visible)
    origin = moved(origins, to_visible)
    start = np.minimum(np.abs(origin - box[first, :2]), np.abs(origin - box[first, 2:]))
    box = _on_lines(box, origin[which], start[which], axes[which], _INKED[np.minimum(code, 0x3001)])
    middle = (box[:, :2] + box[:, 2:]) / 2
    shown = (middle >= np.maximum(clip[:, :2], 0)).all(axis=1) & ~made
    shown &= (middle <= np.minimum(clip[:, 2:], (width, height))).all(axis=1)
    along = np.abs(axes[:, :2])
    askew = along.min(axis=1) > ASKEW * along.max(axis=1)
    code, keep = _paired(code[shown])
    turn = quarters(axes[:, 0], axes[:, 1])[which][shown][keep]
    return Glyphs(code, box[shown][keep], hidden[shown][keep], askew[which][shown][keep], turn)


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


def page_text(text: int) -> npt.NDArray[np.uint16]:
    """All text of a page in one call, as UTF-16; glyphs without Unicode are left out."""
    count = max(pdfium.count_characters(text), 0)
    units = np.zeros(count + 1, np.uint16)
    written = pdfium.all_text(text, 0, count, units.ctypes.data) if count else 0
    return units[: max(written - 1, 0)]


def _codes(text: int, count: int) -> npt.NDArray[np.uint32]:
    """The code points of all characters; from the page's text where that has one unit for each."""
    units = page_text(text)
    if len(units) == count and not ((units >= 0xD800) & (units < 0xE000)).any():
        code = units.astype(np.uint32)
    else:
        code = np.fromiter(map(pdfium.unicode_of, repeat(text, count), range(count)), np.uint32, count)
    # PDFium reports a hyphen at a line's end as U+0002 or U+FFFE, for searching; a hyphen is drawn.
    code[(code == 2) | (code == 0xFFFE)] = ord("-")
    return code


def _text_objects(
    handles: npt.NDArray[np.uint64], drawn: Sequence[Container]
) -> tuple[npt.NDArray[np.bool_], Array, Array]:
    """For each text object: whether it leaves no ink, the box outside which it is cut, its axes.

    The axes [n, 4] are one em along the line and one em up, as steps on the visible page.
    """
    hidden = np.zeros(len(handles), bool)
    clip = np.tile(np.array([-np.inf, -np.inf, np.inf, np.inf], np.float32), (len(handles), 1))
    axes = np.zeros((len(handles), 4), np.float32)
    for container in drawn:
        texts = np.array(container.texts, np.uint64)
        place = np.searchsorted(handles, texts)
        shown = np.append(handles, 0)[place] == texts
        place, known = place[shown], texts[shown].tolist()
        if not known:
            continue
        modes = np.fromiter(map(pdfium.render_mode, known), np.int32, len(known))
        hidden[place] = (modes == pdfium.INVISIBLE) | (modes == pdfium.CLIP_ONLY)
        clip[place] = clips(known, container.matrix, container.clip)
        size = np.zeros((len(known), 1), np.float32)
        drain(map(pdfium.font_size, known, column(size, 0)))
        em = size[:, :, None] * (matrices(known) @ container.matrix)[:, :2, :2]
        axes[place] = em.reshape(-1, 4)
    return hidden, clip, axes


def _share_out(text: int, box: Array, which: npt.NDArray[np.intp], axes: Array, to_visible: Matrix) -> None:
    """Give characters that stand for one piece of text (ﾊﾟ) their parts of its box, in place.

    The letters of an /ActualText have no places of their own: PDFium cuts the box of what is drawn from
    left to right in the file's coordinates, however the text is turned there.
    """
    along = axes[:, :2] @ np.linalg.inv(to_visible[:2, :2])
    index = np.flatnonzero((quarters(along[:, 0], -along[:, 1]) > 0)[which])
    origins = np.zeros((len(index), 2), np.float64)
    drain(map(pdfium.glyph_origin, repeat(text), index.tolist(), column(origins, 0), column(origins, 1)))
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


def _on_lines(box: Array, origin: Array, start: Array, axes: Array, inked: npt.NDArray[np.bool_]) -> Array:
    """Glyph boxes with the height of their font's em around the line they stand on.

    The boxes that PDFium gives are as high as the font says, and where it says nothing as high as the
    glyph's ink: full stops would then stand on another line than their neighbours. `origin` is where
    the text object begins, `start` how far that is from its first glyph's sides. Blanks have no ink to
    be measured by: the page's usual glyph stands in.
    """
    box = box.copy()
    along, up = np.abs(axes[:, :2]), axes[:, 2:]
    ink = np.maximum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1])
    if inked.any():
        ink = np.where(inked, ink, middle(ink[inked]))
    for across in (1, 0):
        level = along[:, across] < ASKEW * along[:, 1 - across]
        em = np.abs(up[:, across])
        # Not for vertical writing, whose origin is the middle, nor for fonts with a scale of their own.
        fits = level & (start[:, 1 - across] < 0.35 * em) & (em > 0.3 * ink) & (em < 8 * ink)
        below = origin[:, across] + np.where(up[:, across] < 0, DESCENT, 1 - DESCENT) * em
        box[fits, across] = (below - em)[fits]
        box[fits, across + 2] = below[fits]
    return box


def _paired(code: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.bool_]]:
    """Code points with surrogate pairs made one, and which of the given places they keep.

    PDFium reports pairs where its wide characters have 16 bits.
    """
    keep = np.ones(len(code), bool)
    high = np.flatnonzero((code[:-1] >= 0xD800) & (code[:-1] < 0xDC00))
    high = high[(code[high + 1] >= 0xDC00) & (code[high + 1] < 0xE000)]
    code[high] = 0x10000 + ((code[high] - 0xD800) << 10) + (code[high + 1] - 0xDC00)
    keep[high + 1] = False
    return code[keep], keep
