"""PDFium's functions with plain integers for pointers, so that `map` can feed them without Python's help.

One call a character through a typed wrapper costs twice as much as the work that PDFium does for it;
`list(map(function, repeat(handle, n), range(n)))` runs the same loop in C.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import pypdfium2  # noqa: F401  starts the library once, stops it at exit
import pypdfium2_raw.bindings as bindings

_pointer, _int, _uint = ctypes.c_void_p, ctypes.c_int, ctypes.c_uint
_handle = ctypes.c_size_t  # a pointer that comes back as an integer even when it is null
_library = ctypes.CDLL(bindings._libs["pdfium"]._name)


def _function(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    function = getattr(_library, name)
    function.restype, function.argtypes = result, arguments
    return function  # type: ignore[no-any-return]


TEXT, PATH, IMAGE, FORM = 1, 2, 3, 5
"""Kinds of page objects."""
MOVE_TO = 2
"""Kind of path segment that starts a new outline."""
STROKED, INVISIBLE, CLIP_ONLY = 1, 3, 7
"""Text render modes; the last two leave no ink."""
PASSWORD, SECURITY = 4, 5
"""Error codes for files that want a password, or an encryption that PDFium does not know."""

load_document = _function("FPDF_LoadMemDocument64", _handle, ctypes.c_char_p, ctypes.c_size_t, _pointer)
close_document = _function("FPDF_CloseDocument", None, _pointer)
last_error = _function("FPDF_GetLastError", ctypes.c_ulong)
count_pages = _function("FPDF_GetPageCount", _int, _pointer)

load_page = _function("FPDF_LoadPage", _handle, _pointer, _int)
close_page = _function("FPDF_ClosePage", None, _pointer)
page_box = _function("FPDF_GetPageBoundingBox", _int, _pointer, _pointer)
page_rotation = _function("FPDFPage_GetRotation", _int, _pointer)

load_text = _function("FPDFText_LoadPage", _handle, _pointer)
close_text = _function("FPDFText_ClosePage", None, _pointer)
count_characters = _function("FPDFText_CountChars", _int, _pointer)
all_text = _function("FPDFText_GetText", _int, _pointer, _int, _int, _pointer)
unicode_of = _function("FPDFText_GetUnicode", _uint, _pointer, _int)
is_generated = _function("FPDFText_IsGenerated", _int, _pointer, _int)
is_unmapped = _function("FPDFText_HasUnicodeMapError", _int, _pointer, _int)
advance_box = _function("FPDFText_GetLooseCharBox", _int, _pointer, _int, _pointer)
text_object = _function("FPDFText_GetTextObject", _handle, _pointer, _int)
glyph_origin = _function("FPDFText_GetCharOrigin", _int, _pointer, _int, _pointer, _pointer)
font_size = _function("FPDFTextObj_GetFontSize", _int, _pointer, _pointer)
render_mode = _function("FPDFTextObj_GetTextRenderMode", _int, _pointer)
set_render_mode = _function("FPDFTextObj_SetTextRenderMode", _int, _pointer, _int)

count_objects = _function("FPDFPage_CountObjects", _int, _pointer)
get_object = _function("FPDFPage_GetObject", _handle, _pointer, _int)
count_form_objects = _function("FPDFFormObj_CountObjects", _int, _pointer)
get_form_object = _function("FPDFFormObj_GetObject", _handle, _pointer, ctypes.c_ulong)
object_type = _function("FPDFPageObj_GetType", _int, _pointer)
object_bounds = _function("FPDFPageObj_GetBounds", _int, _pointer, _pointer, _pointer, _pointer, _pointer)
object_matrix = _function("FPDFPageObj_GetMatrix", _int, _pointer, _pointer)
move_object = _function("FPDFPageObj_Transform", None, _pointer, *[ctypes.c_double] * 6)
set_stroke_width = _function("FPDFPageObj_SetStrokeWidth", _int, _pointer, ctypes.c_float)

draw_mode = _function("FPDFPath_GetDrawMode", _int, _pointer, _pointer, _pointer)
count_segments = _function("FPDFPath_CountSegments", _int, _pointer)
get_segment = _function("FPDFPath_GetPathSegment", _handle, _pointer, _int)
segment_point = _function("FPDFPathSegment_GetPoint", _int, _pointer, _pointer, _pointer)
segment_type = _function("FPDFPathSegment_GetType", _int, _pointer)
segment_closes = _function("FPDFPathSegment_GetClose", _int, _pointer)

clip_path = _function("FPDFPageObj_GetClipPath", _handle, _pointer)
count_clips = _function("FPDFClipPath_CountPaths", _int, _pointer)
count_clip_segments = _function("FPDFClipPath_CountPathSegments", _int, _pointer, _int)
get_clip_segment = _function("FPDFClipPath_GetPathSegment", _handle, _pointer, _int, _int)
