"""A content stream in, the strings that it shows out, by font; nothing is laid out."""

from __future__ import annotations

import re
from binascii import a2b_hex
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Unclear(Exception):
    """What a page shows cannot be told from its content stream alone."""


class Written(NamedTuple):
    """Strings of one font, all hexadecimal or all literal, as the content stream writes them."""

    font: bytes
    signs: bytes
    """Each with the sign that ends it, and the one that begins it where it is an operator's first."""

    def codes(self, wide: bool, gap: bytes) -> bytes:
        r"""Their bytes, a gap before those of each operator; `wide`: each string must be whole pairs of them.

        >>> Written(b"F1", b"<4142>43><44>").codes(wide=False, gap=b".")
        b'.ABC.D'
        >>> Written(b"F2", b"(a\\))\\102)").codes(wide=False, gap=b".")
        b'.a)B'
        """
        if self.signs.startswith(b"<"):
            if wide and any(len(part) % 4 for part in self.signs.replace(b"<", b"").split(b">")):
                raise Unclear
            return a2b_hex(self.signs.replace(b"<", gap.hex().encode()).replace(b">", b""))
        if b"\r" in self.signs:
            raise Unclear  # a line end within a string, which counts as another than is written
        plain = _without_parentheses(self.signs)
        text = plain.replace(b"(", b"\\u0100").replace(b")", b"\\u0101").decode("unicode_escape")
        if wide and any(len(part) % 2 for part in text.replace("\u0100", "").split("\u0101")):
            raise Unclear
        return text.replace("\u0100", gap.decode("latin-1")).replace("\u0101", "").encode("latin-1")

    def lines(self) -> int:
        """How many operators show them."""
        return self.signs.count(self.signs[:1]) - self.signs.count(b"\\(")


class Shown(NamedTuple):
    """What a content stream shows."""

    strings: Sequence[Written]
    told: str
    """What stands for strings as text (/ActualText)."""


def strings(content: bytes) -> Shown:
    r"""A content stream in, the strings that it shows out; Unclear where they cannot be told for sure.

    >>> shown = strings(b"BT /F1 9 Tf [<0102>-5<03>] TJ <04> Tj q /F2 8 Tf (a\\)) Tj Q ET")
    >>> sorted((written.font, written.signs) for written in shown.strings)
    [(b'F1', b'<0102>03><04>'), (b'F2', b'(a\\))')]
    """
    return _plain(content) or _any(content)


def from_hex(digits: bytes) -> bytes:
    """The digits of a hexadecimal string in, its bytes out."""
    try:
        return a2b_hex(digits)
    except ValueError:  # with white space, or a last digit that is left out
        compact = b"".join(digits.split())
        return a2b_hex(compact + b"0" if len(compact) % 2 else compact)


# ---------------------------------------------------------------- plain streams: nearly all


def _flags(*signs: bytes) -> bytes:
    """Signs in, a table for `translate` that makes 1 of them and 0 of the others, out."""
    return bytes(byte in b"".join(signs) for byte in range(256))


_MARKS = _flags(rb"/<>()[]%\QfI")
"""What begins or ends strings, arrays, dictionaries and comments; a font's name, and the f of the operator Tf
that sets it; Q, which ends a level; the I of BI, behind which anything may stand."""
_ESCAPED = np.frombuffer(_flags(b"01234567nrtbf()\\"), bool)
_ALL = bytes(range(256))
_BRACKETS = _ALL.translate(None, b"[]")
_ORDER = _ALL.translate(None, b"Qf<(")
_DICTIONARY = re.compile(rb"\{\{(?:[/Q\[\]]|<>|\(\))*(?:\}\}|<\}\}\})")
_TOLD = re.compile(rb"/ActualText\s*<((?:[0-9A-Fa-f]{2})*)>")

_At = npt.NDArray[np.intp]
_Bytes = npt.NDArray[np.uint8]


def _plain(content: bytes) -> Shown | None:
    """The strings of a stream whose marks alone tell where they begin and end, and their fonts; else None."""
    content = b"  " + content + b" " * 8  # what stands before a mark is asked for, and behind it
    signs = np.frombuffer(content, np.uint8)
    (at,) = np.frombuffer(content.translate(_MARKS), bool).nonzero()
    if b"(" in content:
        outside = _outside_literals(signs, at)
        if outside is None:
            return None
        at = outside
    kinds = signs[at]
    before = signs[at - 1]
    kept = (kinds != ord("f")) | ((before == ord("T")) & (signs[at - 2] <= ord(" ")))
    kept &= (kinds != ord("I")) | (before == ord("B"))
    at, kinds = at[kept], kinds[kept]
    marks = kinds.tobytes()
    told: str | None = ""
    if b"<<" in marks:
        marks, told = _without_dictionaries(at, kinds), _told(content)
        kinds = np.frombuffer(marks, np.uint8)
    found = _strings(signs, at, kinds) if _is_plain(marks) else None
    return None if found is None or told is None else Shown(found, told)


def _is_plain(marks: bytes) -> bool:
    """Whether each string is whole, its font named before it on its level, and nothing odd there."""
    count = marks.count
    arrays, order = marks.translate(None, _BRACKETS), b"Q" + marks.translate(None, _ORDER)
    return (
        count(b"<>") == count(b"<") == count(b">")
        and count(b"()") == count(b"(") == count(b")")
        and count(b"/f") == count(b"f")
        and _are_pairs(b"[]", arrays)
        and not any(one in marks for one in (b"%", b"\\", b"I", b"{", b"}"))
        and b"Q<" not in order
        and b"Q(" not in order
    )


def _outside_literals(signs: _Bytes, at: _At) -> _At | None:
    """Marks in; those that do not stand within a literal, and the literals' own, out."""
    kinds = signs[at]
    slashes = at[kinds == ord("\\")]
    if len(slashes):
        first = np.append(True, slashes[1:] - slashes[:-1] != 1)
        escaping = slashes[(slashes - np.maximum.accumulate(np.where(first, slashes, 0))) % 2 == 0]
        if not _ESCAPED[signs[escaping + 1]].all():
            return None
        escaped = np.zeros(len(signs), bool)
        escaped[escaping + 1] = True
        at = at[(kinds != ord("\\")) & ~escaped[at]]
        kinds = signs[at]
    begins = kinds == ord("(")
    parentheses = begins | (kinds == ord(")"))
    if not _are_pairs(b"()", kinds[parentheses].tobytes()):
        return None
    outside: _At = at[begins | ~_odd(parentheses)]
    return outside


def _are_pairs(pair: bytes, signs: bytes) -> bool:
    return signs == pair * (len(signs) // 2)


def _odd(found: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Whether an odd number of marks up to each are found ones: it stands between the two of a pair."""
    return (found.cumsum(dtype=np.uint8) & 1).view(bool)


def _without_dictionaries(at: _At, kinds: _Bytes) -> bytes:
    """Marks in; the same out, with blanks for dictionaries that hold no others."""
    twice = np.flatnonzero((kinds[1:] == kinds[:-1]) & (np.diff(at) == 1))
    kinds = kinds.copy()
    for one, other in ((b"<", b"{"), (b">", b"}")):
        found = twice[kinds[twice] == ord(one)]
        kinds[found] = kinds[found + 1] = ord(other)
    return _DICTIONARY.sub(lambda found: b" " * len(found[0]), kinds.tobytes())


def _told(content: bytes) -> str | None:
    """What stands for strings as text; None where it is not plainly written."""
    told = _TOLD.findall(content)
    if len(told) != content.count(b"/ActualText"):
        return None
    return "\n".join(_text(a2b_hex(one)) for one in told)


def _strings(signs: _Bytes, at: _At, kinds: _Bytes) -> list[Written] | None:
    """Marks of a plain stream in; its strings by font out, or None for an odd name or half a byte."""
    literal = kinds == ord("(")
    (begins,) = (literal | (kinds == ord("<"))).nonzero()
    if not len(begins):
        return []
    fonts = kinds == ord("f")
    slashes = at[fonts.nonzero()[0] - 1][fonts.cumsum()[begins] - 1]
    names = np.ndarray(len(signs) - 7, np.uint64, signs, strides=(1,))[slashes + 1]
    inside = _odd((kinds == ord("[")) | (kinds == ord("]")))
    goes_on = inside[begins] & (kinds[begins - 1] == kinds[begins + 1])
    starts, lengths = at[begins] + goes_on, at[begins + 1] - at[begins] + 1 - goes_on
    literal = literal[begins]
    if (~literal & ((lengths + goes_on) % 2 == 1)).any():
        return None
    order = names.argsort(kind="stable")
    names, literal, starts, lengths = names[order], literal[order], starts[order], lengths[order]
    stops = lengths.cumsum()
    written = signs[(starts - stops + lengths).repeat(lengths) + np.arange(stops[-1])].tobytes()
    last = np.append((names[1:] != names[:-1]) | (literal[1:] != literal[:-1]), True)
    found = []
    bounds = pairwise([0, *stops[last].tolist()])
    for window, (start, end) in zip(names[last].view("S8").tolist(), bounds, strict=True):
        name, *size = window.split(None, 1)
        if not size or size[0][:1] not in b"+-.0123456789":
            return None
        found.append(Written(name, written[start:end]))
    return found


# ---------------------------------------------------------------- any stream

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


def _any(content: bytes) -> Shown:
    """The same from all that stands in the stream, one after the other."""
    plain = _without_parentheses(content)
    if _ODD_ESCAPE.search(plain):
        raise Unclear
    strings: list[Written] = []
    told: list[str] = []
    font, saved = b"", list[bytes]()
    depth, names_text = 0, False
    for token, name, literal, digits in _TOKEN.findall(b" " + plain):
        if name:
            font = name
        elif token == b"q":
            saved.append(font)
        elif token == b"Q":
            font = saved.pop() if saved else font
        elif literal or digits:
            written = b"(" + literal + b")" if literal else b"<" + from_hex(digits).hex().encode() + b">"
            if names_text:
                told.append(_text(Written(font, written).codes(False, b"")))
            elif depth == 0:
                strings.append(Written(font, written))
            names_text = False
        elif token in (b"<<", b">>", b"/ActualText"):
            names_text = token == b"/ActualText"
            depth += (token == b"<<") - (token == b">>")
        elif token not in (b"()", b"<>"):
            raise Unclear
    if depth or any(not font for font, _ in strings):
        raise Unclear
    return Shown(_by_font(strings), "\n".join(told))


def _by_font(strings: Sequence[Written]) -> list[Written]:
    found: dict[tuple[bytes, bytes], list[bytes]] = {}
    for font, signs in strings:
        found.setdefault((font, signs[:1]), []).append(signs)
    return [Written(font, b"".join(signs)) for (font, _), signs in found.items()]


def _without_parentheses(content: bytes) -> bytes:
    """The same stream with numbers for the letters that would be taken for a string's end."""
    return content.replace(b"\\\\", b"\\134").replace(b"\\(", b"\\050").replace(b"\\)", b"\\051")


def _text(string: bytes) -> str:
    """A text string of a dictionary in, its text out."""
    if string.startswith(b"\xfe\xff"):
        return string[2:].decode("utf-16-be")
    if string.isascii():
        return string.decode("ascii")
    raise Unclear
