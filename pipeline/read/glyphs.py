"""The characters of a page of PDFium in, glyphs with their boxes on the visible page out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from ..model import Glyphs
from . import library as pdfium
from .objects import Container, Matrix, bounds, clips
from .placed import NO_OBJECT, Characters, TextObjects, place

Units = npt.NDArray[np.uint16]
"""A page's text as UTF-16."""


def glyphs(
    text: int, units: Units, to_visible: Matrix, drawn: Sequence[Container], width: float, height: float
) -> Glyphs:
    """A page's characters, its text and its objects in; the glyphs that show out, in the file's order."""
    count = max(pdfium.count_characters(text), 0)
    every = pdfium.each(count)
    characters = Characters(
        _codes(text, units, count),
        pdfium.text_object(text, every),
        pdfium.is_unmapped(text, every),
        pdfium.advance_box(text, every),
        pdfium.glyph_origin(text, every),
    )
    return _paired(place(characters, _text_objects(drawn), to_visible, width, height))


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
        if not len(narrow):
            continue  # so on most pages
        for handle, mode in zip(narrow.tolist(), pdfium.render_mode(narrow).tolist(), strict=True):
            found = True
            pdfium.set_stroke_width(handle, 1.0)
            pdfium.set_render_mode(handle, pdfium.STROKED)
            pdfium.move_object(handle, 1, 0, 0, 1, 0, 0)
            pdfium.set_render_mode(handle, mode)
    return found


_NO_WIDTH = 0.01


def page_text(text: int) -> Units:
    """All text of a page in one call, as UTF-16; glyphs without Unicode are left out."""
    count = max(pdfium.count_characters(text), 0)
    units = np.zeros(count + 1, np.uint16)
    written = pdfium.all_text(text, 0, count, units.ctypes.data) if count else 0
    return units[: max(written - 1, 0)]


def _codes(text: int, units: Units, count: int) -> npt.NDArray[np.uint32]:
    """The code points of all characters; from the page's text where that has one unit for each."""
    if len(units) == count and not ((units & 0xF800) == 0xD800).any():
        code = units.astype(np.uint32)
    else:
        code = pdfium.unicode_of(text, pdfium.each(count))
    # PDFium reports a hyphen at a line's end as U+0002 or U+FFFE, for searching; a hyphen is drawn.
    code[(code == 2) | (code == 0xFFFE)] = ord("-")
    return code


def _text_objects(drawn: Sequence[Container]) -> TextObjects:
    found = [*map(_objects_in, drawn), NO_OBJECT]
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
