"""How wide text is set, in ems; and what of it must stand together."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def widths(texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """Width of each text in ems: one for a full-width character, a half for ASCII and half-width katakana.

    >>> widths(["事務", " ｶﾅ 12", ""]).tolist()
    [2.0, 2.5, 0.0]
    """
    texts = [text.strip() for text in texts]
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    half = ((codes >= 0x20) & (codes <= 0x7E)) | ((codes >= 0xFF61) & (codes <= 0xFF9F))
    lengths = np.array([len(text) for text in texts])
    seen, ends = np.concatenate([[0], np.cumsum(half)]), np.cumsum(lengths)
    wide: npt.NDArray[np.float64] = lengths - 0.5 * (seen[ends] - seen[ends - lengths])
    return wide


_OPENING = re.escape("(（「『【《〈≪＜<［[｛{〔“‘")
_CLOSING = re.escape(
    "、。，．,.)）」』】》〉≫＞>］]｝}〕”’・‧･：；:;？！?!"
    "％%‰℃々ーァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎヽヾゝゞ゛゜"
)
_UNIT = re.compile(
    rf"\s*[{_OPENING}]*"
    r"(?:[0-9]+(?:[.,\-][0-9]+)*.?|[!-~]+|[ｦ-ﾟ]+|.)"  # a number with its counter, a word, a character
    rf"[{_CLOSING}]*"
    r"(?:(?<=[、。，．,.・])[!-~]{1,12})?"  # some keep a word with the comma before it
)


_PLAIN_UNIT = re.compile(rf"[ぁ-んァ-ヶ一-鿿](?![{_CLOSING}])")
"""Most lines start with a character that can stand alone."""


def first_unit(text: str) -> str:
    """What must stand together at the start of a line: no closing mark begins a line, no word is cut.

    >>> first_unit("る。その後"), first_unit("「ＶＲＳ」を"), first_unit("LGWAN回線"), first_unit("26年度")
    ('る。', '「Ｖ', 'LGWAN', '26年')
    """
    found = _UNIT.match(text)
    return found.group() if found else text[:1]


def widths_of_first_units(texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """Width of what must stand together at the start of each line."""
    return widths([text[0] if _PLAIN_UNIT.match(text) else first_unit(text) for text in texts])
