"""What PDFium takes for a font that a file names and does not hold: a bar for each character.

Japanese filings often name a font (MS-Mincho) that is not in them. PDFium then asks the machine, and reads
another font where there is none: of one without Japanese it takes all text to be without width, and leaves
it out; of a large one it loads glyph after glyph, only to measure their ink. Where text stands follows from
the widths in the file alone. With the stand-in it does so on every machine, in a tenth of the time.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pypdfium2_raw.bindings as bindings

_FONT = Path(__file__).with_suffix(".ttf").read_bytes()
"""One glyph, to which every character is mapped; made by tests/read/make_stand_in.py."""
_NAME = b"henkou stand-in\0"
_HANDLE = 1
_ANSI = 0
"""Western letters, for which PDFium has fonts of its own, with widths for files that tell none."""


def _find(_: Any, weight: int, italic: int, charset: int, pitch: int, name: Any, exact: Any) -> int | None:
    return None if charset == _ANSI else _HANDLE


def _read(_: Any, font: int, table: int, buffer: Any, size: int) -> int:
    return 0 if table else _copied(_FONT, buffer, size)


def _tell_name(_: Any, font: int, buffer: Any, size: int) -> int:
    return _copied(_NAME, buffer, size)


def _copied(data: bytes, buffer: Any, size: int) -> int:
    if buffer and size >= len(data):
        ctypes.memmove(buffer, data, len(data))
    return len(data)


_kinds: dict[str, Any] = dict(bindings.FPDF_SYSFONTINFO._fields_)
_stand_in = bindings.FPDF_SYSFONTINFO(
    version=1,
    MapFont=_kinds["MapFont"](_find),
    GetFontData=_kinds["GetFontData"](_read),
    GetFaceName=_kinds["GetFaceName"](_tell_name),
)
"""What PDFium asks instead of the machine; it keeps a pointer to it."""


def start() -> None:
    """Start PDFium for reading. `import pypdfium2` does that too, and loads for as long as ten pages take.

    PDFium starts once, whoever asks; what then comes second changes nothing.
    """
    bindings.FPDF_InitLibraryWithConfig(bindings.FPDF_LIBRARY_CONFIG(version=2))
    install()


def install() -> None:
    """Have PDFium read with the stand-in; fonts in files, and its own, are as they are."""
    bindings.FPDF_SetSystemFontInfo(_stand_in)


@contextmanager
def system_fonts() -> Iterator[None]:
    """For as long as this lasts PDFium draws with the machine's fonts, as pictures of pages need them."""
    own = bindings.FPDF_GetDefaultSystemFontInfo()
    bindings.FPDF_SetSystemFontInfo(own)
    try:
        yield
    finally:
        install()
        bindings.FPDF_FreeDefaultSystemFontInfo(own)
