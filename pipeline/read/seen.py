"""Several pages of PDFium at one go by a compiled loop: what `drawn` and `glyphs` see of one by arrays."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .. import compiled
from ..model import Glyphs, Page
from . import library as pdfium
from . import shapes
from .drawn import NO_WIDTH, edges, picture_boxes, thin
from .glyphs import Units
from .objects import visible
from .opened import Open
from .placed import INKED


class Seen(NamedTuple):
    """A page that was read, and the text that came with it."""

    page: Page
    units: Units


def see(opened: Open, first: int, most: int, thickness: float) -> list[Seen]:
    """What is open, the first page's number and how many to read at most in; the pages out.

    They end before a page that goes the long way, by arrays, and is open then, or that cannot be loaded.
    Without compiled loops there are none. `thickness`: of a rule, at most.
    """
    if compiled.loops is None:
        return []
    if opened.number != first:
        opened.close_page()
    try:
        made = compiled.loops.see_pages(
            FUNCTIONS, opened.handles, first - 1, most, NO_WIDTH, thickness, INKED
        )
        seen = [_seen(number, thickness, opened.page, *told) for number, told in enumerate(made, first)]
    except BaseException:
        opened.close_page()
        raise
    opened.number = first + len(seen) if opened.page else 0
    if made and made[-1][-1] is not None:  # it was left open for what was left to see
        opened.close_page()
    return seen


def _seen(
    number: int,
    thickness: float,
    handle: int,
    width: float,
    height: float,
    units: bytes,
    code: bytes,
    box: bytes,
    hidden: bytes,
    askew: bytes,
    vertical: bytes,
    horizontal: bytes,
    left: tuple[bytes, ...] | None,
) -> Seen:
    """A page as the loop tells of it; what is `left` to see of it is seen now, while its handle is good."""
    upright, level, share = _rows(vertical, 3), _rows(horizontal, 3), 0.0
    if left is not None:
        thin_ones, images, paths, modes, around = left
        to_visible = visible(handle)[2]
        pictures = picture_boxes(np.frombuffer(images, np.uintp), to_visible)
        boxes = [thin(pictures, thickness), _rows(thin_ones, 4)]
        if paths:
            kinds = np.frombuffer(modes, np.int32).reshape(-1, 2)
            boxes.append(edges(np.frombuffer(paths, np.uintp), kinds, _rows(around, 4), to_visible))
        upright, level = shapes.rules(np.vstack(boxes), width, height, thickness)
        share = shapes.share(pictures, width, height)
    shown = np.frombuffer(code, np.uint32)
    glyphs = Glyphs(
        shown,
        _rows(box, 4),
        np.frombuffer(hidden, np.bool_),
        np.frombuffer(askew, np.bool_),
        np.zeros(len(shown), np.uint8),
    )
    return Seen(Page(number, width, height, glyphs, upright, level, share), np.frombuffer(units, np.uint16))


def _rows(numbers: bytes, width: int) -> Any:
    return np.frombuffer(numbers, np.float32).reshape(-1, width)


NAMES = (
    *("FPDF_LoadPage", "FPDF_ClosePage", "FPDF_GetPageBoundingBox", "FPDFPage_GetRotation"),
    *("FPDFPage_CountObjects", "FPDFPage_GetObject", "FPDFPageObj_GetType", "FPDFPageObj_GetBounds"),
    *("FPDFPageObj_GetMatrix", "FPDFTextObj_GetTextRenderMode", "FPDFTextObj_GetFontSize"),
    *("FPDFPath_GetDrawMode", "FPDFPageObj_GetClipPath", "FPDFClipPath_CountPaths"),
    *("FPDFClipPath_CountPathSegments", "FPDFClipPath_GetPathSegment", "FPDFPathSegment_GetPoint"),
    *("FPDFPageObj_SetStrokeWidth", "FPDFTextObj_SetTextRenderMode", "FPDFPageObj_Transform"),
    *("FPDFText_LoadPage", "FPDFText_ClosePage", "FPDFText_CountChars", "FPDFText_GetText"),
    *("FPDFText_GetUnicode", "FPDFText_GetTextObject", "FPDFText_HasUnicodeMapError"),
    *("FPDFText_GetLooseCharBox", "FPDFText_GetCharOrigin"),
)
"""What the loop calls, in the order in which pdfium.h has it."""
FUNCTIONS = np.array([pdfium.address_of(name) for name in NAMES], np.uintp)
