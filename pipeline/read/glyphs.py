"""The characters of a page of PDFium in, glyphs with their boxes on the visible page out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .. import compiled
from ..model import Glyphs
from . import library as pdfium
from .objects import Matrix
from .placed import INKED, Characters, TextObjects, placed

Units = npt.NDArray[np.uint16]
"""A page's text as UTF-16."""


def glyphs(
    text: int, units: Units, to_visible: Matrix, objects: TextObjects, width: float, height: float
) -> Glyphs:
    """A page's characters, its text and text objects in; the glyphs that show out, in the file's order."""
    count = max(pdfium.count_characters(text), 0)
    code = units.astype(np.uint32) if len(units) == count else pdfium.unicode_of(text, pdfium.each(count))
    found = _seen_quickly(text, code, to_visible, objects, width, height)
    if found is None:
        if _has_pairs(code):
            code = pdfium.unicode_of(text, pdfium.each(count))
        found = _paired(placed(_characters(text, code), objects, to_visible, width, height))
    return found


def _characters(text: int, code: npt.NDArray[np.uint32]) -> Characters:
    every = pdfium.each(len(code))
    return Characters(
        code,
        pdfium.text_object(text, every),
        pdfium.is_unmapped(text, every),
        pdfium.advance_box(text, every),
        pdfium.glyph_origin(text, every),
    )


def _seen_quickly(
    text: int,
    code: npt.NDArray[np.uint32],
    to_visible: Matrix,
    objects: TextObjects,
    width: float,
    height: float,
) -> Glyphs | None:
    """The glyphs by compiled loops; null for a page with turned text, or characters in two halves."""
    (a, b, _), (c, d, _), (left, top, _) = to_visible.tolist()
    if compiled.loops is None or (a, b, c, d) != (1, 0, 0, -1):
        return None
    count = len(code)
    shown_code, box = np.empty(count, np.uint32), np.empty((count, 4), np.float32)
    hidden, askew = np.empty(count, bool), np.empty(count, bool)
    shown = compiled.loops.see_glyphs(
        code, _FUNCTIONS, np.array([text], np.uintp), -left, top, width, height, *objects, INKED,
        shown_code, box, hidden, askew,
    )  # fmt: skip
    if shown == compiled.NOT_PLAIN:
        return None
    return Glyphs(shown_code[:shown], box[:shown], hidden[:shown], askew[:shown], np.zeros(shown, np.uint8))


_FUNCTIONS = np.array(
    [
        one.address
        for one in (pdfium.text_object, pdfium.is_unmapped, pdfium.advance_box, pdfium.glyph_origin)
    ],
    np.uintp,
)


def page_text(text: int) -> Units:
    """All text of a page in one call, as UTF-16; glyphs without Unicode are left out."""
    count = max(pdfium.count_characters(text), 0)
    units = np.zeros(count + 1, np.uint16)
    # `units.ctypes.data`, which makes objects, takes as long as the call
    written = pdfium.all_text(text, 0, count, units.__array_interface__["data"][0]) if count else 0
    return units[: max(written - 1, 0)]


def _has_pairs(code: npt.NDArray[np.unsignedinteger]) -> bool:
    """Whether some are halves of characters that UTF-16 has in two."""
    return bool(((code >= 0xD800) & (code < 0xE000)).any())


def _paired(found: Glyphs) -> Glyphs:
    """Glyphs with surrogate pairs made one; PDFium reports pairs where its wide characters have 16 bits."""
    code = found.code
    if not _has_pairs(code):
        return found
    keep = np.ones(len(code), bool)
    high = np.flatnonzero((code[:-1] >= 0xD800) & (code[:-1] < 0xDC00))
    high = high[(code[high + 1] >= 0xDC00) & (code[high + 1] < 0xE000)]
    code[high] = 0x10000 + ((code[high] - 0xD800) << 10) + (code[high + 1] - 0xDC00)
    keep[high + 1] = False
    return Glyphs(code[keep], found.box[keep], found.hidden[keep], found.askew[keep], found.turn[keep])
