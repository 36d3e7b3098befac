"""How wide text is set, in ems; and what of it must stand together."""

from __future__ import annotations

import re


def width(text: str) -> float:
    """Width in ems: one for a full-width character, a half for ASCII and half-width katakana."""
    text = text.strip()
    return len(text) - 0.5 * len(_HALF_WIDTH.findall(text))


_HALF_WIDTH = re.compile("[ -~\uff61-\uff9f]")
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


def width_of_first_unit(text: str) -> float:
    """Width of what must stand together at the start of a line."""
    return 1.0 if _PLAIN_UNIT.match(text) else width(first_unit(text))
