"""PDFium's functions, made for being called once a glyph: `map` feeds them without Python's help.

A call through a typed wrapper costs three times as much as the work that PDFium does for it. So the short
calls are not declared: ctypes takes plain integers, handles and ready-made pointers as they are, and keeps
the interpreter's lock, which it would otherwise let go of and take back at every glyph.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2  # noqa: F401  starts the library once, stops it at exit
import pypdfium2_raw.bindings as bindings

_path = bindings._libs["pdfium"]._name
_library, _locked = ctypes.CDLL(_path), ctypes.PyDLL(_path)
_int, _address = ctypes.c_int, ctypes.c_size_t


class Handle(ctypes.c_void_p):
    """A pointer that PDFium gave, to be handed back to it; false when it is null."""


def _function(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    """A function that may take long, or takes numbers other than int: declared."""
    function = _library[name]
    function.restype, function.argtypes = result, arguments
    return function


def _short(name: str, result: Any = None) -> Callable[..., Any]:
    """A function that returns at once; its arguments are handles, pointers and what fits an int."""
    function = _locked[name]
    function.restype = result
    return function


TEXT, PATH, IMAGE, FORM = 1, 2, 3, 5
"""Kinds of page objects."""
MOVE_TO = 2
"""Kind of path segment that starts a new outline."""
STROKED, INVISIBLE, CLIP_ONLY = 1, 3, 7
"""Text render modes; the last two leave no ink."""
PASSWORD, SECURITY = 4, 5
"""Error codes for files that want a password, or an encryption that PDFium does not know."""

load_document = _function("FPDF_LoadMemDocument64", Handle, ctypes.c_char_p, ctypes.c_size_t, Handle)
close_document = _function("FPDF_CloseDocument", None, Handle)
last_error = _function("FPDF_GetLastError", ctypes.c_ulong)
count_pages = _function("FPDF_GetPageCount", _int, Handle)
preference = _function(
    "FPDF_VIEWERREF_GetName", ctypes.c_ulong, Handle, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong
)

load_page = _function("FPDF_LoadPage", Handle, Handle, _int)
close_page = _function("FPDF_ClosePage", None, Handle)
page_box = _short("FPDF_GetPageBoundingBox", _int)
page_rotation = _short("FPDFPage_GetRotation", _int)

load_text = _function("FPDFText_LoadPage", Handle, Handle)
close_text = _function("FPDFText_ClosePage", None, Handle)
count_characters = _short("FPDFText_CountChars", _int)
all_text = _function("FPDFText_GetText", _int, Handle, _int, _int, ctypes.c_void_p)
unicode_of = _short("FPDFText_GetUnicode", ctypes.c_uint)
is_generated = _short("FPDFText_IsGenerated", _int)
is_unmapped = _short("FPDFText_HasUnicodeMapError", _int)
advance_box = _short("FPDFText_GetLooseCharBox")
text_object = _short("FPDFText_GetTextObject", _address)
glyph_origin = _short("FPDFText_GetCharOrigin")
font_size = _short("FPDFTextObj_GetFontSize")
render_mode = _short("FPDFTextObj_GetTextRenderMode", _int)
set_render_mode = _short("FPDFTextObj_SetTextRenderMode", _int)

count_objects = _short("FPDFPage_CountObjects", _int)
get_object = _short("FPDFPage_GetObject", Handle)
count_form_objects = _short("FPDFFormObj_CountObjects", _int)
get_form_object = _function("FPDFFormObj_GetObject", Handle, Handle, ctypes.c_ulong)
object_type = _short("FPDFPageObj_GetType", _int)
object_bounds = _short("FPDFPageObj_GetBounds")
object_matrix = _short("FPDFPageObj_GetMatrix")
move_object = _function("FPDFPageObj_Transform", None, Handle, *[ctypes.c_double] * 6)
set_stroke_width = _function("FPDFPageObj_SetStrokeWidth", _int, Handle, ctypes.c_float)

draw_mode = _short("FPDFPath_GetDrawMode")
count_segments = _short("FPDFPath_CountSegments", _int)
get_segment = _short("FPDFPath_GetPathSegment", Handle)
segment_point = _short("FPDFPathSegment_GetPoint")
segment_type = _short("FPDFPathSegment_GetType", _int)
segment_closes = _short("FPDFPathSegment_GetClose", _int)

clip_path = _short("FPDFPageObj_GetClipPath", Handle)
count_clips = _short("FPDFClipPath_CountPaths", _int)
count_clip_segments = _short("FPDFClipPath_CountPathSegments", _int)
first_clip_segment = _short("FPDFClipPath_GetPathSegment", _address)
get_clip_segment = _short("FPDFClipPath_GetPathSegment", Handle)


class Rows:
    """Room for rows of numbers that PDFium writes, with a pointer ready for every place to be written to.

    To make a pointer takes as long as the call that it is for: all are kept, and the room only grows.
    """

    def __init__(self, number: Any, width: int, pointers: int) -> None:
        self._number, self._width, self._columns = number, width, pointers
        self._grow(512)

    def _grow(self, count: int) -> None:
        size = ctypes.sizeof(self._number)
        self._room = (self._number * (self._width * count))()
        self._rows = np.ctypeslib.as_array(self._room).reshape(count, self._width)
        self._pointers = [
            [ctypes.byref(self._room, size * (self._width * row + column)) for row in range(count)]
            for column in range(self._columns)
        ]

    def filled(self, count: int, function: Callable[..., Any], *arguments: Iterable[Any]) -> npt.NDArray[Any]:
        """Call the function `count` times, each with its arguments and pointers to its own row.

        What a call that fails leaves unwritten is 0.
        """
        if count > len(self._rows):
            self._grow(max(count, 2 * len(self._rows)))
        rows = self._rows[:count]
        rows[:] = 0
        drain(map(function, *arguments, *(column[:count] for column in self._pointers)))
        return rows.copy()


def drain(calls: Iterable[object]) -> None:
    """Run all calls for their effect."""
    deque(calls, maxlen=0)


def pointer(handle: Handle) -> Any:
    """A handle in, what ctypes passes on fastest out: for one that goes into a call for every glyph."""
    return ctypes.byref(ctypes.c_char.from_address(handle.value or 0))


rectangles = Rows(ctypes.c_float, 4, 1)
"""FS_RECTF: left, top, right, bottom."""
corners = Rows(ctypes.c_float, 4, 4)
points = Rows(ctypes.c_float, 2, 2)
places = Rows(ctypes.c_double, 2, 2)
sizes = Rows(ctypes.c_float, 1, 1)
six = Rows(ctypes.c_float, 6, 1)
"""FS_MATRIX."""
modes = Rows(ctypes.c_int, 2, 2)
"""Fill, stroke."""
