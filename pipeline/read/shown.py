"""A content stream and the fonts of its page in, the letters that it shows out; nothing is laid out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .. import compiled
from .fonts import Font, Unclear, from_hex


class Fonts(NamedTuple):
    """The fonts that a page has names for, as compiled loops take them."""

    by_name: Mapping[bytes, Font | None]
    """Null: what its codes show is not told."""
    names: bytes
    """All names, one behind the other."""
    told: npt.NDArray[np.int64]
    """[n, 5]: from where to where in `names`, the kind of codes, address and length of what they show."""


def fonts(by_name: Mapping[bytes, Font | None]) -> Fonts:
    """The fonts of a page by their names, as its content stream writes them, in."""
    told, start = [], 0
    for name, font in by_name.items():
        stop = start + len(name)
        values = (0, 0, 0) if font is None else (font.kind, font.shown.ctypes.data, len(font.shown))
        told.append((start, stop, *values))
        start = stop
    return Fonts(by_name, b"".join(by_name), np.array(told, np.int64).reshape(-1, 5))


def letters(content: bytes, fonts: Fonts) -> str:
    """All letters that a content stream shows, in its order; Unclear where they cannot be told for sure.

    In lines: what one operator shows, or one of its strings, is one of them.
    """
    if compiled.loops is None:
        return letters_by_tokens(content, fonts)
    found = np.empty(len(content) + 1, np.uint32)
    count = compiled.loops.tell_letters(content, fonts.names, fonts.told, found)
    if count == compiled.NOT_PLAIN:
        raise Unclear
    return found[:count].tobytes().decode("utf-32-le")


def letters_by_tokens(content: bytes, fonts: Fonts) -> str:
    """`letters` without compiled loops."""
    lines = []
    for name, string in _strings(content):
        if name is None:
            lines.append(_text(string))
            continue
        font = fonts.by_name.get(name)
        if font is None:
            raise Unclear
        lines.append(font.letters(string))
    return "".join(line + "\n" for line in lines)


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
_ODD_ESCAPE = re.compile(rb"\\[^0-7nrtbf]")
_STRING = re.compile(rb"\([^()]*\)|<[0-9A-Fa-f\s]*>")
_ODD = re.compile(
    rb"[\x00\x0b\x80\xff#{}%]"  # no two readers take them for the same, or they begin what is not told
    rb"|\[[^\]]*[^-+.0-9\s\]]|\[[^\]]*\Z|^[^\[]*\]|\][^\[]*\]"  # operators or names in arrays, and odd arrays
    rb"|/[^\s()<>\[\]{}/%]{256}"
)


def _strings(content: bytes) -> Iterator[tuple[bytes | None, bytes]]:
    r"""A content stream in; its strings, each with its font's name, or null where it tells text, out.

    >>> list(_strings(b"/F1 9 Tf [<0102>-5<03>] TJ q /F2 8 Tf (a\\)) Tj Q <</ActualText (x)>> BDC <04> Tj"))
    [(b'F1', b'\x01\x02'), (b'F1', b'\x03'), (b'F2', b'a)'), (None, b'x'), (b'F1', b'\x04')]
    """
    # Numbers for the letters that would be taken for a string's end.
    plain = content.replace(b"\\\\", b"\\134").replace(b"\\(", b"\\050").replace(b"\\)", b"\\051")
    if _ODD_ESCAPE.search(plain) or _ODD.search(_STRING.sub(b" ", plain)):
        raise Unclear
    font, saved = b"", list[bytes]()
    depth, tells_text = 0, False
    for token, name, literal, digits in _TOKEN.findall(b" " + plain):
        if (name or token in (b"q", b"Q")) and depth:
            raise Unclear
        if name:
            font = name
        elif token == b"q":
            saved.append(font)
        elif token == b"Q":
            font = saved.pop() if saved else font
        elif literal or digits:
            string = _from_literal(literal) if literal else from_hex(digits)
            if tells_text:
                yield None, string
            elif depth == 0:
                yield font, string
            tells_text = False
        elif token in (b"<<", b">>", b"/ActualText"):
            tells_text = token == b"/ActualText"
            depth += (token == b"<<") - (token == b">>")
            if depth < tells_text:
                raise Unclear
        elif token not in (b"()", b"<>"):
            raise Unclear
    if depth:
        raise Unclear


def _from_literal(literal: bytes) -> bytes:
    if b"\r" in literal:
        raise Unclear  # a line end within a string, which counts as another than is written
    return literal.decode("unicode_escape").encode("latin-1")


def _text(string: bytes) -> str:
    """A text string of a dictionary in, its text out."""
    if string.startswith(b"\xfe\xff"):
        return string[2:].decode("utf-16-be")
    if string.isascii():
        return string.decode("ascii")
    raise Unclear
