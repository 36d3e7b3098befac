"""A page's content stream in, the letters that it can show out, without laying the page out.

Most pages of a filing are its cover and its form. That no table stands on them shows from their letters
alone, and these from the strings that the content stream shows and from what the fonts make of their codes:
a tenth of the work of loading the page. Where anything is not plain, nothing is said and the page is read.
"""

from __future__ import annotations

import io
import re
from array import array
from binascii import a2b_hex
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pikepdf

_Id = tuple[int, int]

_REGULAR = rb"[^\s()<>\[\]{}/%]"
_END = rb"(?!" + _REGULAR + rb")"
# Every way begins with a character of its own: then all between them is passed over at once.
_TOKEN = re.compile(
    rb"(/(" + _REGULAR + rb"+)\s+[-+.0-9]+\s+Tf" + _END + rb"|/ActualText(?=[\s<(])"
    rb"|\(([^()]*)\)"  # parentheses that stand for themselves are gone by then
    rb"|<([0-9A-Fa-f\s]*)>|<<|>>"
    rb"|"
    + rb"|".join(word + rb"(?<=[\s)>\]]" + word + rb")" + _END for word in (b"q", b"Q", b"Tf", b"BI"))
    + rb"|[()<>%])",
    re.DOTALL,
)
_FONT = re.compile(rb"/(" + _REGULAR + rb"+)\s+[-+.0-9]+\s+Tf" + _END)
_HEX = re.compile(rb"<([0-9A-Fa-f\s]*)>")
_PLAIN_DICTIONARY = re.compile(rb"<<[^<>()]*>>")
FORM_DEPTH = 4
"""Forms nested deeper than this are read."""


class _Unclear(Exception):
    """What a page shows cannot be told from its content stream alone."""


class Glance:
    """An open PDF whose pages are looked at, each by itself."""

    def __init__(self, data: bytes, pages: int) -> None:
        self._fonts: dict[_Id, _Font | None] = {}
        self._forms: dict[_Id, str | None] = {}
        try:
            self._pdf: pikepdf.Pdf | None = pikepdf.open(io.BytesIO(data))
            self._pages = list(self._pdf.pages)
        except (pikepdf.PdfError, pikepdf.PasswordError, RuntimeError):
            self._pdf = None
        # A file that had to be mended may hold other pages than the reader finds.
        if self._pdf is not None and (self._pdf.get_warnings() or len(self._pages) != pages):
            self.close()

    def close(self) -> None:
        """Give the file back; nothing is told any more."""
        if self._pdf is not None:
            self._pdf.close()
        self._pdf = None

    def letters(self, number: int) -> str | None:
        """Every letter that the page with this 1-based number can show; None when only reading tells.

        In no order; what is shown more than once is so here.
        """
        if self._pdf is None:
            return None
        try:
            page = self._pages[number - 1]
            found = self._shown(_content(page.obj.get("/Contents")), page.resources, 0)
        except (_Unclear, pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError):
            found = None
        if self._pdf.get_warnings():
            self.close()
            return None
        return found

    def _shown(self, content: bytes, resources: pikepdf.Object, depth: int) -> str:
        shown = _strings(content)
        found = [shown.told]
        fonts: Any = resources.get("/Font", {})
        for name, string in shown.strings.items():
            font = self._font(fonts["/" + name.decode("ascii")])
            if font.wide and name in shown.odd:
                raise _Unclear
            found.append(font.letters(string))
        for state in resources.get("/ExtGState", {}).values():
            if "/Font" in state:
                raise _Unclear
        for properties in resources.get("/Properties", {}).values():
            if "/ActualText" in properties:
                raise _Unclear
        for drawn in resources.get("/XObject", {}).values():
            found += 2 * [self._form(drawn, resources, depth)]  # it may be drawn again and again
        return "".join(found)

    def _form(self, drawn: pikepdf.Object, around: pikepdf.Object, depth: int) -> str:
        if drawn.objgen not in self._forms:
            self._forms[drawn.objgen] = None  # a form that draws itself
            letters = ""
            if drawn.get("/Subtype") != "/Image":
                if depth >= FORM_DEPTH:
                    raise _Unclear
                letters = self._shown(drawn.read_bytes(), drawn.get("/Resources", around), depth + 1)
            self._forms[drawn.objgen] = letters
        found = self._forms[drawn.objgen]
        if found is None:
            raise _Unclear
        return found

    def _font(self, font: pikepdf.Object) -> _Font:
        if not font.is_indirect:
            raise _Unclear
        if font.objgen not in self._fonts:
            self._fonts[font.objgen] = None
            self._fonts[font.objgen] = _made(font)
        found = self._fonts[font.objgen]
        if found is None:
            raise _Unclear
        return found


def _content(contents: pikepdf.Object | None) -> bytes:
    if contents is None:
        return b""
    if isinstance(contents, pikepdf.Array):
        return b"\n".join(part.read_bytes() for part in contents)
    return contents.read_bytes()


# ---------------------------------------------------------------- what is shown


class _Shown(NamedTuple):
    """What a content stream shows."""

    strings: Mapping[bytes, bytes]
    """By the name of the font, joined."""
    odd: set[bytes]
    """Fonts with a string of an odd number of bytes."""
    told: str
    """What stands for strings as text (/ActualText)."""


def _strings(content: bytes) -> _Shown:
    """A content stream in, the strings that it shows out.

    >>> _strings(b"BT /F1 9 Tf [<0102>-5<03>] TJ q /F2 8 Tf (a\\\\051) Tj Q (b) Tj ET")
    _Shown(strings={b'F1': b'\\x01\\x02\\x03b', b'F2': b'a)'}, odd={b'F1'}, told='')
    """
    return _hex_strings(content) or _all_strings(_without_parentheses(content))


def _hex_strings(content: bytes) -> _Shown | None:
    """The same for a stream with nothing but hexadecimal strings, each with its font before it; else None."""
    if any(sign in content for sign in (b"(", b"%", b"BI", b"\1")):
        return None
    if b"<<" in content:
        content = _PLAIN_DICTIONARY.sub(b" ", content)
        if b"<<" in content:
            return None
    before, *parts = _FONT.split(content)
    order = content.replace(b"Tf", b"\1").translate(None, _ALL_BUT_ORDER)
    if b"<" in before or order.count(b"\1") != len(parts) // 2 or _IN_OUTER_FONT.search(order):
        return None
    parts_of: dict[bytes, list[bytes]] = {name: [] for name in parts[::2]}
    for name, part in zip(parts[::2], parts[1::2], strict=True):
        parts_of[name].append(part)
    strings: dict[bytes, bytes] = {}
    odd: set[bytes] = set()
    for name, found in parts_of.items():
        digits = _HEX.findall(b"".join(found))
        lengths = set(map(len, digits))
        if any(length % 2 for length in lengths):
            return None
        if any(length % 4 for length in lengths):
            odd.add(name)
        strings[name] = a2b_hex(b"".join(digits))
    return _Shown(strings, odd, "")


_ALL_BUT_ORDER = bytes(set(range(256)) - set(b"Q<\1"))
_IN_OUTER_FONT = re.compile(rb"Q[^\1]*<")
"""A string shown after its font's level was left, with no font named since."""


def _all_strings(content: bytes) -> _Shown:
    strings: dict[bytes, list[bytes]] = {}
    told: list[str] = []
    font, saved = b"", list[bytes]()
    depth, names_text = 0, False
    for token, name, literal, digits in _TOKEN.findall(b" " + content):
        if name:
            font = name
        elif token == b"q":
            saved.append(font)
        elif token == b"Q":
            font = saved.pop() if saved else font
        elif literal or digits:
            shown = _unescaped(literal) if literal else _from_hex(digits)
            if names_text:
                told.append(_text(shown))
            elif depth == 0:
                strings.setdefault(font, []).append(shown)
            names_text = False
        elif token in (b"<<", b">>", b"/ActualText"):
            names_text = token == b"/ActualText"
            depth += (token == b"<<") - (token == b">>")
        elif token not in (b"()", b"<>"):
            raise _Unclear
    if b"" in strings or depth:
        raise _Unclear
    odd = {name for name, found in strings.items() if any(len(string) % 2 for string in found)}
    return _Shown({name: b"".join(found) for name, found in strings.items()}, odd, "".join(told))


def _from_hex(digits: bytes) -> bytes:
    try:
        return a2b_hex(digits)
    except ValueError:  # with white space, or a last digit that is left out
        compact = b"".join(digits.split())
        return a2b_hex(compact + b"0" if len(compact) % 2 else compact)


def _without_parentheses(content: bytes) -> bytes:
    """The same stream with numbers for the letters that would be taken for a string's end."""
    if b"\r" in content and _BROKEN.search(content):
        raise _Unclear
    if b"\\" not in content:
        return content
    plain = content.replace(b"\\\\", b"\\134").replace(b"\\(", b"\\050").replace(b"\\)", b"\\051")
    if _ODD_ESCAPE.search(plain):
        raise _Unclear
    return plain


_BROKEN = re.compile(rb"\([^()]*\r")
"""A line end within a string, which counts as another than is written."""
_ODD_ESCAPE = re.compile(rb"\\[^0-7nrtbf]")


def _unescaped(literal: bytes) -> bytes:
    return literal.decode("unicode_escape").encode("latin-1") if b"\\" in literal else literal


def _text(string: bytes) -> str:
    """A text string of a dictionary in, its text out."""
    if string.startswith(b"\xfe\xff"):
        return string[2:].decode("utf-16-be")
    if string.isascii():
        return string.decode("ascii")
    raise _Unclear


# ---------------------------------------------------------------- what fonts make of codes


class _Font(NamedTuple):
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


def _made(font: pikepdf.Object) -> _Font:
    encoding = font.get("/Encoding")
    named = str(encoding) if isinstance(encoding, pikepdf.Name) else ""
    composite = font.get("/Subtype") == "/Type0"
    if composite and named not in _TWO_BYTES and "/ToUnicode" in font:
        raise _Unclear
    if "/ToUnicode" in font:
        return _Font("", composite, dict(_unicodes(font.ToUnicode.read_bytes())))
    if named in _NAMED and composite == (_NAMED[named] in ("utf-16-be", "cp932")):
        return _Font(_NAMED[named], composite, {})
    raise _Unclear


_SECTION = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
_PAIR = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]*)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]+)>\s*(?:<([0-9A-Fa-f\s]*)>|\[([^\]]*)\])")


def _unicodes(table: bytes) -> Iterator[tuple[int, str]]:
    """A /ToUnicode table in, its codes with their text out.

    >>> dict(_unicodes(b"1 beginbfchar <01> <5909> endbfchar 1 beginbfrange <02> <03> <66F4> endbfrange"))
    {1: '変', 2: '更', 3: '曵'}
    """
    if b"usecmap" in table or b"%" in table.partition(b"begincodespacerange")[2]:
        raise _Unclear
    for kind, body in _SECTION.findall(table):
        if kind == b"bfchar":
            for code, text in _PAIR.findall(body):
                yield _number(code), _from_hex(text).decode("utf-16-be")
            continue
        for first, last, start, texts in _RANGE.findall(body):
            codes = range(_number(first), _number(last) + 1)
            if len(codes) > 0x10000:
                raise _Unclear
            if texts:
                listed = re.findall(rb"<([0-9A-Fa-f\s]*)>", texts)
                yield from zip(codes, (_from_hex(text).decode("utf-16-be") for text in listed), strict=False)
            else:
                text = _from_hex(start)
                head, tail = text[:-2], int.from_bytes(text[-2:], "big")
                for index, code in enumerate(codes):
                    unit = (tail + index) & 0xFFFF
                    yield code, (head + unit.to_bytes(2, "big")).decode("utf-16-be", "replace")


def _number(digits: bytes) -> int:
    return int(b"".join(digits.split()), 16)
