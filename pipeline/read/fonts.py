"""A font's dictionary in, what it makes of the codes in strings out."""

from __future__ import annotations

import re
from array import array
from binascii import a2b_hex
from codecs import charmap_decode
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import pikepdf

from .shown import Unclear, Written, from_hex


class Font(NamedTuple):
    """What a font makes of the codes shown in it: by an encoding, or by a table of them."""

    encoding: str
    wide: bool
    """Codes are two bytes long."""
    gap: bytes
    """A code that stands for a line end, which the font itself does not show."""
    table: Mapping[int, str] | str
    """By codes; as one text, in which `_UNKNOWN` stands for none, it is much sooner looked up in."""

    def letters(self, written: Written) -> str:
        """What is shown in the font, in lines: what one operator shows, in its order, is one of them."""
        string = written.codes(self.wide, self.gap)
        if self.encoding:
            letters = string.decode(self.encoding)
        elif self.wide:
            codes = array("H", string)
            if _LITTLE:
                codes.byteswap()
            letters = "".join(map(self.table.__getitem__, codes))
        else:
            letters, _ = charmap_decode(string, "strict", self.table)
        if letters.count("\n") != written.lines():
            raise Unclear
        return letters


_LITTLE = array("H", b"\1\0")[0] == 1
_UNKNOWN = "\ufffe"
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
        table = dict(_unicodes(font.ToUnicode.read_bytes()))
        gap, table = _with_gap(table, 2 if composite else 1)
        return Font("", composite, gap, table if composite else _as_text(table))
    if named in _NAMED and composite == (_NAMED[named] in ("utf-16-be", "cp932")):
        return Font(_NAMED[named], composite, "\n".encode(_NAMED[named]), {})
    raise Unclear


def _with_gap(table: dict[int, str], width: int) -> tuple[bytes, dict[int, str]]:
    """A font's table in; a code that shows nothing, and the table in which that is a line end, out."""
    gap = next((code for code in range(256**width) if table.get(code, "\0") == "\0"), None)
    if gap is None:
        raise Unclear
    return gap.to_bytes(width, "big"), table | {gap: "\n"}


def _as_text(table: dict[int, str]) -> dict[int, str] | str:
    """A table of single bytes in; the text to look them up in out, where each stands for one letter."""
    letters = [_UNKNOWN] * 256
    for code, text in table.items():
        if len(text) != 1 or code > 255:
            return table
        letters[code] = text
    return "".join(letters)


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
            yield from _letters(_PAIR.findall(body))
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


def _letters(pairs: Sequence[tuple[bytes, bytes]]) -> Iterator[tuple[int, str]]:
    """Codes with texts as they are written in, read out; at once where each text is one letter."""
    if all(len(text) == 4 for _, text in pairs):
        letters = a2b_hex(b"".join(text for _, text in pairs)).decode("utf-16-be")
        if len(letters) == len(pairs):
            return zip((_number(code) for code, _ in pairs), letters, strict=True)
    return ((_number(code), from_hex(text).decode("utf-16-be")) for code, text in pairs)


def _number(digits: bytes) -> int:
    return int(digits if digits.isalnum() else b"".join(digits.split()), 16)
