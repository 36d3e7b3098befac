"""Bytes of a transcript -> its text: UTF-8 or UTF-16, with or without a BOM, or CP932."""

from __future__ import annotations

import codecs
import re

from ..errors import FilingError

REMEDY = "Save the transcript as UTF-8"

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_UNLIKELY = re.compile(r"[\uff61-\uff9f\ue000-\uf8ff]")
"""What text in another encoding turns into when it is read as CP932 (and what UTF-16 rarely holds)."""


def decode(data: bytes, name: str) -> str:
    """Bytes -> text with `\\n` line ends; FilingError when no encoding fits without a doubt.

    >>> decode("変更日\\r\\n項目".encode("cp932"), "x.txt")
    '変更日\\n項目'
    """
    text = _decoded(data)
    if text is None:
        raise FilingError(name, "its text is in no encoding that is read (UTF-8, UTF-16, CP932)", REMEDY)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes) -> str | None:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strictly(data, encoding)
    # A NUL byte stands in no UTF-8 or CP932 text, and in every UTF-16 text with ASCII (tabs, line ends).
    if b"\0" in data:
        readings = [_strictly(data, encoding) for encoding in ("utf-16-le", "utf-16-be")]
        likely = [text for text in readings if text and _likely(text) and _has_table_marks(text)]
        return likely[0] if len(likely) == 1 else None
    text = _strictly(data, "utf-8")
    if text is not None:
        return text if not _CONTROL.search(text) else _without_controls(text)
    text = _strictly(data, "cp932")
    return text if text is not None and _likely(text) else None


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _without_controls(text: str) -> str | None:
    """Stray controls happen in transcripts (form feeds do most); a binary file is full of them."""
    return text if len(_CONTROL.findall(text)) * 100 <= len(text) else None


def _likely(text: str) -> bool:
    """Japanese text; not bytes of EUC-JP, cut UTF-8 or a picture that happen to decode."""
    if _CONTROL.search(text):
        return False
    foreign = sum(not char.isascii() for char in text)
    return len(_UNLIKELY.findall(text)) * 4 <= foreign


def _has_table_marks(text: str) -> bool:
    """Read with the wrong byte order, these would be Gurmukhi, Chinese and other letters."""
    return not set("\t\n<|").isdisjoint(text)
