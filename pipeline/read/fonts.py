"""A font's dictionary in, what it makes of the codes in strings out."""

from __future__ import annotations

import re
from array import array
from binascii import a2b_hex
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pikepdf


class Unclear(Exception):
    """What a page shows cannot be told from its content stream alone."""


class Font(NamedTuple):
    """What a font makes of the strings shown in it: by a table of its codes, or by an encoding."""

    encoding: str
    wide: bool
    """Codes are two bytes long."""
    table: Mapping[int, str]

    def letters(self, string: bytes) -> str:
        if self.encoding:
            return string.decode(self.encoding)
        codes: bytes | array[int] = string
        if self.wide:
            codes = array("H", string)
            if _LITTLE:
                codes.byteswap()
        return "".join(map(self.table.__getitem__, codes))


_LITTLE = array("H", b"\1\0")[0] == 1
_NAMED = {
    "/WinAnsiEncoding": "cp1252",
    "/MacRomanEncoding": "mac_roman",
    "/UniJIS-UCS2-H": "utf-16-be",
    "/UniJIS-UCS2-V": "utf-16-be",
    "/UniJIS-UTF16-H": "utf-16-be",
    "/UniJIS-UTF16-V": "utf-16-be",
    "/90ms-RKSJ-H": "cp932",
    "/90ms-RKSJ-V": "cp932",
    "/90msp-RKSJ-H": "cp932",
    "/90msp-RKSJ-V": "cp932",
}
_TWO_BYTES = {"/Identity-H", "/Identity-V", *(name for name in _NAMED if name.startswith("/UniJIS"))}


def made(font: pikepdf.Object) -> Font:
    encoding = font.get("/Encoding")
    named = str(encoding) if isinstance(encoding, pikepdf.Name) else ""
    composite = font.get("/Subtype") == "/Type0"
    if composite and named not in _TWO_BYTES and "/ToUnicode" in font:
        raise Unclear
    if "/ToUnicode" in font:
        return Font("", composite, dict(_unicodes(font.ToUnicode.read_bytes())))
    if named in _NAMED and composite == (_NAMED[named] in ("utf-16-be", "cp932")):
        return Font(_NAMED[named], composite, {})
    raise Unclear


_SECTION = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
_PAIR = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]*)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]+)>\s*(?:<([0-9A-Fa-f\s]*)>|\[([^\]]*)\])")


def _unicodes(table: bytes) -> Iterator[tuple[int, str]]:
    """A /ToUnicode table in, its codes with their text out.

    >>> dict(_unicodes(b"1 beginbfchar <01> <5909> endbfchar 1 beginbfrange <02> <03> <66F4> endbfrange"))
    {1: '変', 2: '更', 3: '曵'}
    """
    if b"usecmap" in table or b"%" in table.partition(b"begincodespacerange")[2]:
        raise Unclear
    for kind, body in _SECTION.findall(table):
        if kind == b"bfchar":
            for code, text in _PAIR.findall(body):
                yield _number(code), from_hex(text).decode("utf-16-be")
            continue
        for first, last, start, texts in _RANGE.findall(body):
            codes = range(_number(first), _number(last) + 1)
            if len(codes) > 0x10000:
                raise Unclear
            if texts:
                listed = re.findall(rb"<([0-9A-Fa-f\s]*)>", texts)
                yield from zip(codes, (from_hex(text).decode("utf-16-be") for text in listed), strict=False)
            else:
                text = from_hex(start)
                head, tail = text[:-2], int.from_bytes(text[-2:], "big")
                for index, code in enumerate(codes):
                    unit = (tail + index) & 0xFFFF
                    yield code, (head + unit.to_bytes(2, "big")).decode("utf-16-be", "replace")


def _number(digits: bytes) -> int:
    return int(b"".join(digits.split()), 16)


def from_hex(digits: bytes) -> bytes:
    """The digits of a hexadecimal string in, its bytes out."""
    try:
        return a2b_hex(digits)
    except ValueError:  # with white space, or a last digit that is left out
        compact = b"".join(digits.split())
        return a2b_hex(compact + b"0" if len(compact) % 2 else compact)
