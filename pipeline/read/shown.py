"""A content stream in, the strings that it shows out, by font; nothing is laid out."""

from __future__ import annotations

import re
from binascii import a2b_hex
from collections.abc import Mapping, Sequence
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
_LITERAL = re.compile(rb"\(([^()]*)\)")
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
    plain = _without_parentheses(content)
    return _named_strings(plain) or _all_strings(plain)


def _named_strings(content: bytes) -> Shown | None:
    """The same for a stream with strings of one kind, each with its font named before it; else None."""
    first, *rest = _LITERAL.split(content)
    literals, told = rest[::2], b"<>".join([first, *rest[1::2]])
    parts = _parted_by_font(told)
    if parts is None:
        return None
    return _from_literals(literals, parts) if literals else _from_hex_strings(parts)


def _parted_by_font(told: bytes) -> list[bytes] | None:
    """A stream without literals in; names of fonts and, after each, what is shown in it, in turn out."""
    if b"<<" in told:
        told = _PLAIN_DICTIONARY.sub(b" ", told)
    if any(sign in told for sign in (b"(", b")", b"%", b"BI", b"<<", b"\1")):
        return None
    before, *parts = _FONT.split(told)
    order = told.replace(b"Tf", b"\1").translate(None, _ALL_BUT_ORDER)
    if b"<" in before or order.count(b"\1") != len(parts) // 2 or _IN_OUTER_FONT.search(order):
        return None
    return parts


def _from_literals(literals: Sequence[bytes], parts: Sequence[bytes]) -> Shown | None:
    """Literals in turn, and the stream in which each is an empty string, in."""
    by_font: dict[bytes, list[bytes]] = {}
    start = 0
    for name, part in zip(parts[::2], parts[1::2], strict=True):
        if count := part.count(b"<"):
            if count != part.count(b"<>"):
                return None
            by_font.setdefault(name, []).extend(literals[start : start + count])
            start += count
    return None if start != len(literals) else _joined({name: _unescaped(by_font[name]) for name in by_font})


def _from_hex_strings(parts: Sequence[bytes]) -> Shown | None:
    by_font: dict[bytes, list[bytes]] = {name: [] for name in parts[::2]}
    for name, part in zip(parts[::2], parts[1::2], strict=True):
        by_font[name].append(part)
    unseen = sum(part.count(b"<") for part in parts[1::2])
    strings: dict[bytes, bytes] = {}
    odd: set[bytes] = set()
    for name, found in by_font.items():
        digits = _HEX.findall(b"".join(found))
        lengths = set(map(len, digits))
        if any(length % 2 for length in lengths):
            return None
        if any(length % 4 for length in lengths):
            odd.add(name)
        strings[name] = a2b_hex(b"".join(digits))
        unseen -= len(digits)
    return None if unseen else Shown(strings, odd, "")


def _joined(strings: Mapping[bytes, Sequence[bytes]], told: str = "") -> Shown:
    odd = {name for name, found in strings.items() if any(len(string) % 2 for string in found)}
    return Shown({name: b"".join(found) for name, found in strings.items()}, odd, told)


_ALL_BUT_ORDER = bytes(set(range(256)) - set(b"Q<\1"))
_IN_OUTER_FONT = re.compile(rb"Q[^\x01]*<")
"""A string shown after its font's level was left, with no font named since."""


def _all_strings(content: bytes) -> Shown:
    literals: dict[bytes, list[bytes]] = {}
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
            if names_text:
                told.append(_text(*_unescaped([literal]) if literal else [from_hex(digits)]))
            elif depth == 0 and literal:
                literals.setdefault(font, []).append(literal)
            elif depth == 0:
                strings.setdefault(font, []).append(from_hex(digits))
            names_text = False
        elif token in (b"<<", b">>", b"/ActualText"):
            names_text = token == b"/ActualText"
            depth += (token == b"<<") - (token == b">>")
        elif token not in (b"()", b"<>"):
            raise Unclear
    for font, found in literals.items():
        strings.setdefault(font, []).extend(_unescaped(found))
    if b"" in strings or depth:
        raise Unclear
    return _joined(strings, "".join(told))


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


def _unescaped(literals: Sequence[bytes]) -> list[bytes]:
    """Literals as they are written in, what they stand for out; all at once, parted by what none can hold."""
    whole = b"\\u0100".join(literals)
    if whole.count(b"\\") == len(literals) - 1:
        return list(literals)
    parts = whole.decode("unicode_escape").split("\u0100")
    if len(parts) != len(literals):
        raise Unclear
    return [part.encode("latin-1") for part in parts]


def _text(string: bytes) -> str:
    """A text string of a dictionary in, its text out."""
    if string.startswith(b"\xfe\xff"):
        return string[2:].decode("utf-16-be")
    if string.isascii():
        return string.decode("ascii")
    raise Unclear
