"""How wide text is set, in ems; and what of it must stand together. For many parts of a text at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]
Kinds = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def between(*ends: str) -> str:
    """First and last of some ranges of characters -> all of them.

    >>> between("ac", "あう")
    'abcあぃいぅう'
    """
    ranges = [np.arange(ord(pair[0]), ord(pair[1]) + 1, dtype=np.uint32) for pair in ends]
    return np.concatenate(ranges).tobytes().decode("utf-32-le", "surrogatepass")


def without(characters: str, some: str) -> str:
    """Characters of the first plane, in order, without some; `str.translate` takes ten times as long.

    >>> without("あいうえお", "えい")
    'あうお'
    """
    kept = np.ones(0x10000, np.bool_)
    kept[codes_of(some)] = False
    codes = codes_of(characters)
    return codes[kept[codes]].tobytes().decode("utf-32-le", "surrogatepass")


def table_of_kinds(characters: Mapping[int, str], but: Mapping[int, str]) -> Kinds:
    """Bits, each with the characters that have it -> all bits of each code point of the first plane.

    `but`: bits that all others have. What lies beyond the plane has the bits of U+FFFF.
    """
    kinds = np.zeros(0x10000, np.uint8)
    for bit, those in characters.items():
        kinds[codes_of(those)] |= bit
    for bit, others in but.items():
        kinds |= np.uint8(bit)
        kinds[codes_of(others)] &= np.uint8(~bit & 0xFF)
    return kinds


def kinds_of(text: str, table: Kinds) -> Kinds:
    """The bits of each character of a text, and of two line ends behind it."""
    return table.take(codes_of(f"{text}\n\n"), mode="clip")


def codes_of(text: str) -> Codes:
    """A text -> its code points."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


WHITE_SPACE = "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + between(
    "\u2000\u200a"
)
_OPENING = "(（「『【《〈≪＜<［[｛{〔“‘"
_CLOSING = (
    "、。，．,.)）」』】》〉≫＞>］]｝}〕”’・‧･：；:;？！?!"
    "％%‰℃々ーァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎヽヾゝゞ゛゜"
)
_HALF, _WHITE, _SINGLE, _OPENS, _CLOSES, _HANGS, _WORD, _COMMA = 1, 2, 4, 8, 16, 32, 64, 128
_OF_WORDS = between("!~", "ｦﾟ")
KINDS = table_of_kinds(
    {
        _HALF: between(" ~", "｡ﾟ"),
        _WHITE: WHITE_SPACE,
        _OPENS: _OPENING,
        _CLOSES: _CLOSING,
        _HANGS: "、。，．）」』】〉》",
        _WORD: between("!~"),
        _COMMA: "、。，．,.・",
    },
    but={_SINGLE: f"{WHITE_SPACE}{_OPENING}{_OF_WORDS}\uffff"},
)
"""Bits that `compiled/seams.c` knows too."""


class Parts:
    """Parts of a text, from where to where each stands in it."""

    def __init__(self, text: str, start: Places, stop: Places) -> None:
        self._text, self._start, self._stop = text, start, stop
        self._kinds = kinds_of(text, KINDS)

    def widths(self) -> Floats:
        """Width of each in ems: one for a full-width character, a half for ASCII and half-width katakana.

        >>> Parts("事務 ｶﾅ 12", np.array([0, 2, 8]), np.array([2, 8, 8])).widths().tolist()
        [2.0, 2.5, 0.0]
        """
        return self._width(*self._inked)

    def widths_of_first_units(self, wanted: npt.NDArray[np.bool_]) -> Floats:
        """Width of what must stand together at the start of each; it means nothing where it is not wanted."""
        start = self._start
        known = self._lengths_at_first_sight()
        odd = np.flatnonzero(wanted & (known == 0))
        places = zip(start[odd].tolist(), self._stop[odd].tolist(), strict=True)
        known[odd] = [len(first_unit(self._text, first, last)) for first, last in places]
        return self._width(*self._stripped(start, start + known))

    def hang(self) -> npt.NDArray[np.bool_]:
        """Whether each ends in a mark that may hang over the edge."""
        return (self._kinds[self._inked[1] - 1] & _HANGS).astype(np.bool_)

    def _lengths_at_first_sight(self) -> Places:
        """How many characters `first_unit` takes of each; 0 where that takes a closer look.

        Most begin with one that can stand alone, alone, with one closing mark, or behind one opening bracket.
        """
        first, second, third = (self._kinds.take(self._start + at, mode="clip") for at in range(3))
        single, closed = first & _SINGLE != 0, second & _CLOSES != 0
        alone = single & ~closed & ((first & _COMMA == 0) | (second & _WORD == 0))
        with_mark = single & closed & (third & (_CLOSES | _WORD) == 0)
        bracketed = (first & _OPENS != 0) & (second & _SINGLE != 0) & (third & (_CLOSES | _WORD) == 0)
        return np.where(alone, 1, np.where(with_mark | bracketed, 2, 0))

    def _width(self, start: Places, stop: Places) -> Floats:
        wide: Floats = (stop - start) - 0.5 * (self._halves[stop] - self._halves[start])
        return wide

    @cached_property
    def _halves(self) -> npt.NDArray[np.int32]:
        """How many half-width characters stand before each."""
        halves = np.zeros(len(self._kinds) + 1, np.int32)
        np.cumsum(self._kinds & _HALF, dtype=np.int32, out=halves[1:])
        return halves

    @cached_property
    def _inked(self) -> tuple[Places, Places]:
        return self._stripped(self._start, self._stop)

    def _stripped(self, start: Places, stop: Places) -> tuple[Places, Places]:
        """Parts without the white space at both ends."""
        start, stop = start.copy(), stop.copy()
        left = right = np.arange(len(start))
        while len(left := left[(start[left] < stop[left]) & (self._kinds[start[left]] & _WHITE != 0)]):
            start[left] += 1
        while len(
            right := right[(start[right] < stop[right]) & (self._kinds[stop[right] - 1] & _WHITE != 0)]
        ):
            stop[right] -= 1
        return start, stop


_UNIT = re.compile(
    rf"\s*[{re.escape(_OPENING)}]*"
    r"(?:[0-9]+(?:[.,\-][0-9]+)*.?|[!-~]+|[ｦ-ﾟ]+|.)"  # a number with its counter, a word, a character
    rf"[{re.escape(_CLOSING)}]*"
    r"(?:(?<=[、。，．,.・])[!-~]{1,12})?"  # some keep a word with the comma before it
)


def first_unit(text: str, start: int = 0, stop: int | None = None) -> str:
    """What must stand together at the start of a line: no closing mark begins a line, no word is cut.

    >>> first_unit("る。その後"), first_unit("「ＶＲＳ」を"), first_unit("LGWAN回線"), first_unit("26年度")
    ('る。', '「Ｖ', 'LGWAN', '26年')
    """
    stop = len(text) if stop is None else stop
    found = _UNIT.match(text, start, stop)
    return found.group() if found else text[start : min(start + 1, stop)]
