"""The text of a page's layer in, whether it can be trusted out.

Every file's pages are asked, so nothing that looks at pictures is loaded here.
"""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from .. import compiled

if TYPE_CHECKING:
    import numpy.typing as npt

FEW = 30
"""A page with fewer characters than this may be a picture with a page number or a stamp."""
_SHARE_FOREIGN = 0.2
_SHARE_KANA = 0.03
_LONG = 200
AGREES = 0.97
"""Share of characters in which a layer and an engine agree that makes the layer good enough."""

_OTHER, _EXPECTED, _KANA, _KANJI, _WHITE = range(5)
_RANGES = {  # code points in hexadecimal; a later kind goes before an earlier one
    _EXPECTED: "20-7e a0-b7 d7-d7 f7-f7 2010-2027 2030-203e 2160-217f 2190-21ff 2212-2212 2225-2225 "
    "2252-2252 2460-24ff 2500-25ff 2e80-2fdf 3000-30ff 31f0-31ff 3200-33ff f900-faff ff01-ffee",
    _KANA: "3041-3093 30a1-30f6 ff66-ff9d",
    _KANJI: "4e00-9fff",
    _WHITE: "9-d 1c-20 85-85 a0-a0 1680-1680 2000-200a 2028-2029 202f-202f 205f-205f 3000-3000",
}
_HIGHEST = 0xFFFF


def ink_count(text: str) -> int:
    return len("".join(text.split()))


def is_garbled(text: str) -> bool:
    """Whether a page's text is none that a Japanese filing can hold: a broken map from glyphs to Unicode.

    >>> is_garbled("特定個人情報の取扱いの委託について" * 9), is_garbled("\ue0a1\ue0b2ƒ‡\x1b" * 20)
    (False, True)
    """
    other, expected, kana, kanji, _ = counted(text)
    known = expected + kana + kanji
    if other and 1 - known / (known + other) > _SHARE_FOREIGN:
        return True
    # Kanji strewn at random have no kana between them; lists of names have few, sentences a third.
    return kanji > _LONG and kana < _SHARE_KANA * kanji and _is_strewn(text)


def counted(text: str) -> list[int]:
    """How many characters of a text are of each kind."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    if compiled.loops is None:
        counts = np.bincount(_kinds()[np.minimum(codes, _HIGHEST)], minlength=5)
    else:
        counts = np.zeros(5, np.int64)
        compiled.loops.count_kinds(codes, _kinds(), counts)
    return counts.tolist()


@cache
def _kinds() -> npt.NDArray[np.uint8]:
    """The kind of each code point of the first plane; none beyond it is expected."""
    kinds = np.full(_HIGHEST + 1, _OTHER, np.uint8)
    for kind, ranges in _RANGES.items():
        for one in ranges.split():
            first, last = one.split("-")
            kinds[int(first, 16) : int(last, 16) + 1] = kind
    return kinds


def _is_strewn(text: str) -> bool:
    """Whether kanji are such as no text is made of: most of them beyond the first level of JIS."""
    kanji = [one for one in text if "一" <= one <= "鿿"]
    return sum(map(_is_rare, kanji)) > len(kanji) / 4


def _is_rare(kanji: str) -> bool:
    try:
        code = kanji.encode("euc_jp")
    except UnicodeEncodeError:
        return True
    return code[0] >= 0xD0  # JIS X 0208 begins its second level here


def agreement(one: str, other: str) -> float:
    """Two readings of a text -> the share of characters in which they agree, white space and widths aside.

    >>> agreement("特定個人情報　ファイル", "特定個人惰報ファイル")
    0.9
    """
    first, second = (_plain(text) for text in (one, other))
    if not first and not second:
        return 1.0
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
