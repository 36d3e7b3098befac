"""A content stream in, the strings that it shows out, by font; nothing is laid out."""

from __future__ import annotations

import re
from binascii import a2b_hex
from collections.abc import Mapping
from typing import NamedTuple

from .fonts import Unclear, from_hex

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


class Shown(NamedTuple):
    """What a content stream shows."""

    strings: Mapping[bytes, bytes]
    """By the name of the font, joined."""
    odd: set[bytes]
    """Fonts with a string of an odd number of bytes."""
    told: str
    """What stands for strings as text (/ActualText)."""


def strings(content: bytes) -> Shown:
    """A content stream in, the strings that it shows out.

    >>> strings(b"BT /F1 9 Tf [<0102>-5<03>] TJ q /F2 8 Tf (a\\\\051) Tj Q (b) Tj ET")
    Shown(strings={b'F1': b'\\x01\\x02\\x03b', b'F2': b'a)'}, odd={b'F1'}, told='')
    """
    return _hex_strings(content) or _all_strings(_without_parentheses(content))


def _hex_strings(content: bytes) -> Shown | None:
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
    unseen = order.count(b"<")
    for name, found in parts_of.items():
        digits = _HEX.findall(b"".join(found))
        lengths = set(map(len, digits))
        if any(length % 2 for length in lengths):
            return None
        if any(length % 4 for length in lengths):
            odd.add(name)
        strings[name] = a2b_hex(b"".join(digits))
        unseen -= len(digits)
    if unseen:
        raise Unclear
    return Shown(strings, odd, "")


_ALL_BUT_ORDER = bytes(set(range(256)) - set(b"Q<\1"))
_IN_OUTER_FONT = re.compile(rb"Q[^\1]*<")
"""A string shown after its font's level was left, with no font named since."""


def _all_strings(content: bytes) -> Shown:
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
            shown = _unescaped(literal) if literal else from_hex(digits)
            if names_text:
                told.append(_text(shown))
            elif depth == 0:
                strings.setdefault(font, []).append(shown)
            names_text = False
        elif token in (b"<<", b">>", b"/ActualText"):
            names_text = token == b"/ActualText"
            depth += (token == b"<<") - (token == b">>")
        elif token not in (b"()", b"<>"):
            raise Unclear
    if b"" in strings or depth:
        raise Unclear
    odd = {name for name, found in strings.items() if any(len(string) % 2 for string in found)}
    return Shown({name: b"".join(found) for name, found in strings.items()}, odd, "".join(told))


def _without_parentheses(content: bytes) -> bytes:
    """The same stream with numbers for the letters that would be taken for a string's end."""
    if b"\r" in content and _BROKEN.search(content):
        raise Unclear
    if b"\\" not in content:
        return content
    plain = content.replace(b"\\\\", b"\\134").replace(b"\\(", b"\\050").replace(b"\\)", b"\\051")
    if _ODD_ESCAPE.search(plain):
        raise Unclear
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
    raise Unclear
