"""How wide text is set, in ems; and what of it must stand together. For many parts of a text at once."""

from __future__ import annotations

import re
from collections.abc import Mapping

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


def table_of_kinds(characters: Mapping[int, str]) -> Kinds:
    """Bits, each with the characters that have it -> all bits of each code point; none above U+FFFE."""
    kinds = np.zeros(0x10000, np.uint8)
    for bit, those in characters.items():
        kinds[codes_of(those)] |= bit
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
_HALF, _WHITE, _LETTER, _CLOSES, _HANGS = 1, 2, 4, 8, 16
_KINDS = table_of_kinds(
    {
        _HALF: between(" ~", "｡ﾟ"),
        _WHITE: WHITE_SPACE,
        _LETTER: between("ぁん", "ァヶ", "一鿿"),
        _CLOSES: _CLOSING,
        _HANGS: "、。，．）」』】〉》",
    }
)


class Parts:
    """Parts of a text, from where to where each stands in it."""

    def __init__(self, text: str, start: Places, stop: Places) -> None:
        self._text, self._start, self._stop = text, start, stop
        self._kinds = kinds_of(text, _KINDS)
        self._halves = np.concatenate([[0], np.cumsum(self._kinds & _HALF)])

    def widths(self) -> Floats:
        """Width of each in ems: one for a full-width character, a half for ASCII and half-width katakana.

        >>> Parts("事務 ｶﾅ 12", np.array([0, 2, 8]), np.array([2, 8, 8])).widths().tolist()
        [2.0, 2.5, 0.0]
        """
        return self._width(self._start, self._stop)

    def widths_of_first_units(self, wanted: npt.NDArray[np.bool_]) -> Floats:
        """Width of what must stand together at the start of each; it means nothing where it is not wanted."""
        letter, further = self._kinds[self._start] & _LETTER, self._kinds[self._start + 1] & _CLOSES
        odd = np.flatnonzero(
            wanted & ((letter == 0) | (further != 0))
        )  # most start with what can stand alone
        stop = self._start + 1
        places = zip(self._start[odd].tolist(), self._stop[odd].tolist(), strict=True)
        stop[odd] = [first + len(first_unit(self._text[first:last])) for first, last in places]
        return self._width(self._start, stop)

    def hang(self) -> npt.NDArray[np.bool_]:
        """Whether each ends in a mark that may hang over the edge."""
        _, stop = self._stripped(self._start, self._stop)
        return (self._kinds[stop - 1] & _HANGS).astype(np.bool_)

    def _width(self, start: Places, stop: Places) -> Floats:
        start, stop = self._stripped(start, stop)
        wide: Floats = (stop - start) - 0.5 * (self._halves[stop] - self._halves[start])
        return wide

    def _stripped(self, start: Places, stop: Places) -> tuple[Places, Places]:
        """The same without the white space at both ends."""
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


def first_unit(text: str) -> str:
    """What must stand together at the start of a line: no closing mark begins a line, no word is cut.

    >>> first_unit("る。その後"), first_unit("「ＶＲＳ」を"), first_unit("LGWAN回線"), first_unit("26年度")
    ('る。', '「Ｖ', 'LGWAN', '26年')
    """
    found = _UNIT.match(text)
    return found.group() if found else text[:1]
