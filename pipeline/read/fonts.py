"""A font's dictionary in, what it makes of the codes in strings out."""

from __future__ import annotations

import re
from binascii import a2b_hex
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pikepdf


class Unclear(Exception):
    """What a page shows cannot be told from its content stream and its fonts alone."""


SINGLE, PAIRS, MIXED = 1, 2, 3
"""How long a font's codes are: one byte, two, or one or two as in Shift JIS."""
SEVERAL, UNKNOWN = 0x80000000, 0xFFFFFFFF
"""What stands for what is no single letter; from the first on, the place where several letters stand."""


class Font(NamedTuple):
    """What a font makes of the codes shown in it."""

    kind: int
    shown: npt.NDArray[np.uint32]
    """By code, its letter or what stands for it; behind all codes, how many several letters are, and they."""

    def letters(self, string: bytes) -> str:
        """What a string shows; Unclear for a code that the font itself does not tell, or half a code."""
        return "".join(map(self._letters_of, self._codes(string)))

    def _codes(self, string: bytes) -> Iterator[int]:
        each = iter(string)
        for code in each:
            if self.kind == PAIRS or (self.kind == MIXED and _is_lead(code)):
                second = next(each, None)
                if second is None:
                    raise Unclear
                code = 256 * code + second
            yield code

    def _letters_of(self, code: int) -> str:
        letter = int(self.shown[code])
        if letter < SEVERAL:
            return chr(letter)
        if letter == UNKNOWN:
            raise Unclear
        place = letter - SEVERAL
        return "".join(map(chr, self.shown[place + 1 : place + 1 + int(self.shown[place])].tolist()))


def _is_lead(byte: int) -> bool:
    return 0x80 < byte < 0xA0 or byte > 0xDF


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
_SIGNS = {"Symbol", "ZapfDingbats"}
"""Fonts of signs, whatever encoding is named for them."""
_TWO_BYTES = {"/Identity-H", "/Identity-V", *(name for name in _NAMED if name.startswith("/UniJIS"))}


def made(font: pikepdf.Object) -> Font:
    encoding = font.get("/Encoding")
    named = str(encoding) if isinstance(encoding, pikepdf.Name) else ""
    composite = font.get("/Subtype") == "/Type0"
    if composite and named not in _TWO_BYTES and "/ToUnicode" in font:
        raise Unclear
    if str(font.get("/BaseFont", "")).rpartition("+")[2].strip("/") in _SIGNS:
        raise Unclear
    if "/ToUnicode" in font:
        kind = PAIRS if composite else SINGLE
        return Font(kind, _by_code(_unicodes(font.ToUnicode.read_bytes()), 256**kind))
    if named in _NAMED and composite == (_NAMED[named] in ("utf-16-be", "cp932")):
        return _encoded(_NAMED[named])
    raise Unclear


@cache
def _encoded(encoding: str) -> Font:
    """A font whose codes are those of an encoding."""
    if encoding == "utf-16-be":
        codes = np.arange(0x10000, dtype=np.uint32)
        codes[0xD800:0xE000] = UNKNOWN  # halves of letters
        return Font(PAIRS, codes)
    kind = MIXED if encoding == "cp932" else SINGLE
    strings = [bytes([one]) for one in range(256) if kind == SINGLE or not _is_lead(one)]
    if kind == MIXED:
        strings += [bytes([one, two]) for one in range(0xFD) if _is_lead(one) for two in range(256)]
    letters = ((int.from_bytes(one), _letter(one, encoding)) for one in strings)
    return Font(kind, _by_code(letters, 256 ** min(kind, 2)))


def _letter(string: bytes, encoding: str) -> str:
    """The one letter that a string is in an encoding; nothing where it is none, or several."""
    try:
        text = string.decode(encoding)
    except UnicodeDecodeError:
        return ""
    return text if len(text) == 1 else ""


def _by_code(texts: Iterable[tuple[int, str]], codes: int) -> npt.NDArray[np.uint32]:
    """Codes with their texts, and how many codes there may be, in; what each shows out, as `Font` has it.

    A code without text is not known: PDFium then takes what the font's encoding makes of it.
    """
    shown = np.full(codes, UNKNOWN, np.uint32)
    known = [(code, text) for code, text in texts if code < codes]
    single = {code: ord(text) for code, text in known if len(text) == 1}
    shown[list(single)] = list(single.values())
    several: list[int] = []
    for code, text in known:
        if len(text) == 1:
            continue
        shown[code] = SEVERAL + codes + len(several) if text else UNKNOWN
        several += [len(text), *map(ord, text)] if text else []
    return np.append(shown, np.array(several, np.uint32))


_SECTION = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
_PAIR = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]*)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]+)>\s*(?:<([0-9A-Fa-f\s]*)>|\[([^\]]*)\])")


def _unicodes(table: bytes) -> Iterator[tuple[int, str]]:
    """A /ToUnicode table in, its codes with their text out.

    >>> dict(_unicodes(b"1 beginbfchar <01> <5909> endbfchar 1 beginbfrange <02> <03> <66F4> endbfrange"))
    {1: '変', 2: '更', 3: '曵'}
    """
    _, _, sections = table.partition(b"begin")
    if b"usecmap" in table or b"%" in sections:
        raise Unclear
    if any(table.count(b"begin" + kind) != table.count(b"end" + kind) for kind in (b"bfchar", b"bfrange")):
        raise Unclear
    for kind, body in _SECTION.findall(table):
        if kind == b"bfchar":
            yield from _letters(_PAIR.findall(body))
            continue
        for first, last, start, texts in _RANGE.findall(body):
            codes = range(_number(first), _number(last) + 1)
            if codes.start >> 8 != codes.stop - 1 >> 8:
                raise Unclear  # PDFium takes the last byte of a range's end alone
            if texts:
                listed = re.findall(rb"<([0-9A-Fa-f\s]*)>", texts)
                yield from zip(codes, (from_hex(text).decode("utf-16-be") for text in listed), strict=False)
            else:
                text = from_hex(start)
                head, tail = text[:-2], int.from_bytes(text[-2:], "big")
                if tail + len(codes) > 0xFFFF:
                    raise Unclear
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


def from_hex(digits: bytes) -> bytes:
    """The digits of a hexadecimal string in, its bytes out."""
    try:
        return a2b_hex(digits)
    except ValueError:  # with white space, or a last digit that is left out
        compact = b"".join(digits.split())
        return a2b_hex(compact + b"0" if len(compact) % 2 else compact)
