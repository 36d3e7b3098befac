"""The characters of a page of PDFium in, glyphs with their boxes on the visible page out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..model import Glyphs
from . import library as pdfium
from .objects import Matrix
from .placed import Characters, TextObjects, placed

Units = npt.NDArray[np.uint16]
"""A page's text as UTF-16."""


def glyphs(
    text: int, units: Units, to_visible: Matrix, objects: TextObjects, width: float, height: float
) -> Glyphs:
    """A page's characters, its text and text objects in; the glyphs that show out, in the file's order."""
    count = max(pdfium.count_characters(text), 0)
    code = units.astype(np.uint32)
    if len(units) != count or _has_pairs(code):
        code = pdfium.unicode_of(text, pdfium.each(count))
    return _paired(placed(_characters(text, code), objects, to_visible, width, height))


def _characters(text: int, code: npt.NDArray[np.uint32]) -> Characters:
    every = pdfium.each(len(code))
    return Characters(
        code,
        pdfium.text_object(text, every),
        pdfium.is_unmapped(text, every),
        pdfium.advance_box(text, every),
        pdfium.glyph_origin(text, every),
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
