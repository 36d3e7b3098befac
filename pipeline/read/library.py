"""PDFium's functions: those called once a page, and those called for every glyph or object of it at one go.

Handles travel as plain integers and arrays of them. The calls for every glyph keep the interpreter's lock,
which they would otherwise let go of and take back each time.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2_raw.bindings as bindings

from . import stand_in
from .many import Column, many

stand_in.start()
_library = ctypes.CDLL(bindings._libs["pdfium"]._name)
_int, _word, _handle = ctypes.c_int, ctypes.c_size_t, ctypes.c_void_p


def _function(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    """A function that is called now and then."""
    function = _library[name]
    function.restype, function.argtypes = result, arguments
    return function


def address_of(name: str) -> int:
    """Where a function stands, for loops that call it."""
    return ctypes.cast(_library[name], ctypes.c_void_p).value or 0


class Bulk:
    """A function that is called for many at one go: columns and single values in, an array out.

    The first argument or the second is a column.

    One with `row` writes numbers, to as many `pointers` as it takes; what a call that fails leaves
    unwritten is 0. Any other returns a number for each call.
    """

    def __init__(self, name: str, number: Any, row: int = 0, pointers: int = 1) -> None:
        self.address = address_of(name)
        self._number, self._row, self._pointers = np.dtype(number), row, pointers

    def __call__(self, *arguments: int | Column) -> npt.NDArray[Any]:
        first = arguments[0]
        count = len(arguments[1] if isinstance(first, int) else first)  # type: ignore[arg-type]
        if self._row:
            found = np.zeros((count, self._row), self._number)
            many(self.address, arguments, found, self._pointers, None)
        else:
            found = np.empty(count, self._number)
            many(self.address, arguments, None, 0, found)
        return found


TEXT, PATH, IMAGE, FORM = 1, 2, 3, 5
"""Kinds of page objects."""
MOVE_TO = 2
"""Kind of path segment that starts a new outline."""
STROKED, INVISIBLE, CLIP_ONLY = 1, 3, 7
"""Text render modes; the last two leave no ink."""
PASSWORD, SECURITY = 4, 5
"""Error codes for files that want a password, or an encryption that PDFium does not know."""

load_document = _function("FPDF_LoadMemDocument64", _word, ctypes.c_char_p, ctypes.c_size_t, _handle)
close_document = _function("FPDF_CloseDocument", None, _handle)
last_error = _function("FPDF_GetLastError", ctypes.c_ulong)
count_pages = _function("FPDF_GetPageCount", _int, _handle)

load_page = _function("FPDF_LoadPage", _word, _handle, _int)
close_page = _function("FPDF_ClosePage", None, _handle)
page_box = _function("FPDF_GetPageBoundingBox", _int, _handle, _handle)
page_rotation = _function("FPDFPage_GetRotation", _int, _handle)

load_text = _function("FPDFText_LoadPage", _word, _handle)
close_text = _function("FPDFText_ClosePage", None, _handle)
count_characters = _function("FPDFText_CountChars", _int, _handle)
all_text = _function("FPDFText_GetText", _int, _handle, _int, _int, _handle)
unicode_of = Bulk("FPDFText_GetUnicode", np.uint32)
is_unmapped = Bulk("FPDFText_HasUnicodeMapError", np.int32)
text_object = Bulk("FPDFText_GetTextObject", np.uintp)
advance_box = Bulk("FPDFText_GetLooseCharBox", np.float32, row=4)
"""FS_RECTF: left, top, right, bottom."""
glyph_origin = Bulk("FPDFText_GetCharOrigin", np.float64, row=2, pointers=2)
font_size = Bulk("FPDFTextObj_GetFontSize", np.float32, row=1)
render_mode = Bulk("FPDFTextObj_GetTextRenderMode", np.int32)
set_render_mode = _function("FPDFTextObj_SetTextRenderMode", _int, _handle, _int)

count_objects = _function("FPDFPage_CountObjects", _int, _handle)
get_object = Bulk("FPDFPage_GetObject", np.uintp)
count_form_objects = _function("FPDFFormObj_CountObjects", _int, _handle)
get_form_object = Bulk("FPDFFormObj_GetObject", np.uintp)
object_type = Bulk("FPDFPageObj_GetType", np.int32)
object_bounds = Bulk("FPDFPageObj_GetBounds", np.float32, row=4, pointers=4)
object_matrix = Bulk("FPDFPageObj_GetMatrix", np.float32, row=6)
move_object = _function("FPDFPageObj_Transform", None, _handle, *[ctypes.c_double] * 6)
set_stroke_width = _function("FPDFPageObj_SetStrokeWidth", _int, _handle, ctypes.c_float)

draw_mode = Bulk("FPDFPath_GetDrawMode", np.int32, row=2, pointers=2)
"""Fill, stroke."""
count_segments = Bulk("FPDFPath_CountSegments", np.int32)
get_segment = Bulk("FPDFPath_GetPathSegment", np.uintp)
segment_point = Bulk("FPDFPathSegment_GetPoint", np.float32, row=2, pointers=2)
segment_type = Bulk("FPDFPathSegment_GetType", np.int32)
segment_closes = Bulk("FPDFPathSegment_GetClose", np.int32)

clip_path = Bulk("FPDFPageObj_GetClipPath", np.uintp)
count_clips = Bulk("FPDFClipPath_CountPaths", np.int32)
count_clip_segments = Bulk("FPDFClipPath_CountPathSegments", np.int32)
get_clip_segment = Bulk("FPDFClipPath_GetPathSegment", np.uintp)


def each(count: int) -> Column:
    """0, 1, … as a column: the characters of a page, the objects of a form."""
    return np.arange(count, dtype=np.uintp)
