"""The text of a page's layer in, whether it can be trusted out.

Every file's pages are asked, so nothing that looks at pictures is loaded here.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

FEW = 30
"""A page with fewer characters than this may be a picture with a page number or a stamp."""
_SHARE_FOREIGN = 0.2
_SHARE_KANA = 0.03
_LONG = 200
AGREES = 0.97
"""Share of characters in which a layer and an engine agree that makes the layer good enough."""

_EXPECTED = re.compile(
    r"[\u3000-\u30ff\u31f0-\u31ff\u4e00-\u9fff\uf900-\ufaff\u2e80-\u2fdf\uff01-\uffee"
    r"\u0020-\u007e\u2010-\u2027\u2030-\u203e\u2160-\u217f\u2190-\u21ff\u2460-\u24ff\u2500-\u25ff"
    r"\u3200-\u33ff\u00a0-\u00b7\u00d7\u00f7\u2212\u2225\u2252]"
)
_KANA = re.compile(r"[ぁ-んァ-ヶｦ-ﾝ]")
_KANJI = re.compile(r"[一-鿿]")


def ink_count(text: str) -> int:
    return len("".join(text.split()))


def is_garbled(text: str) -> bool:
    """Whether a page's text is none that a Japanese filing can hold: a broken map from glyphs to Unicode.

    >>> is_garbled("特定個人情報の取扱いの委託について" * 9), is_garbled("\ue0a1\ue0b2ƒ‡\x1b" * 20)
    (False, True)
    """
    letters = "".join(text.split())
    if not letters:
        return False
    known = len(_EXPECTED.findall(letters))
    if 1 - known / len(letters) > _SHARE_FOREIGN:
        return True
    # Kanji strewn at random have no kana between them; lists of names have few, sentences a third.
    kanji = len(_KANJI.findall(letters))
    return kanji > _LONG and len(_KANA.findall(letters)) < _SHARE_KANA * kanji and _is_strewn(letters)


def _is_strewn(letters: str) -> bool:
    """Whether kanji are such as no text is made of: most of them beyond the first level of JIS."""
    kanji = _KANJI.findall(letters)
    rare = sum(_is_rare(one) for one in kanji)
    return rare > len(kanji) / 4


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
