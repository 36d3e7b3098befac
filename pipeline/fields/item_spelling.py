"""A 項目 cell as read -> one spelling for scanning, and the words that addresses are written in.

Codes are read before NFKC, which would make ⑦ a 7 and ⅲ the letters iii.
"""

from __future__ import annotations

import re
import unicodedata

from .. import rules
from ..text.markup import strip_tags

PARTS = ("I", "II", "III", "IV", "V", "VI")
GROUPS = {
    "システム": "system",
    "委託事項": "consignment",
    "提供先": "recipient",
    "移転先": "transfer",
    "リスク": "risk",
}

# While a cell is scanned, circled numbers and certain Roman numerals are one private character each:
# NFKC would make ⑦ a 7 and ⅲ the letters iii.
CIRCLE, PART, _NO_PART = 0xE000, 0xE100, "\ue10f"
_CIRCLES = {
    character: chr(CIRCLE + int(unicodedata.numeric(character)))
    for first, last in (
        ("①", "⑳"),
        ("㉑", "㉟"),
        ("㊱", "㊿"),
        ("❶", "❿"),
        ("➀", "➓"),
        ("⓫", "⓴"),
        ("⓵", "⓾"),
    )
    for character in map(chr, range(ord(first), ord(last) + 1))
}
_READABLE = {
    **{ord(private): character for character, private in reversed(_CIRCLES.items())},
    **{PART + i: part for i, part in enumerate(PARTS, 1)},
    ord(_NO_PART): "〓",
}
_RADICALS = {ord(row["radical"]): row["ideograph"] for row in rules.table("radicals")}
_NUMERALS = frozenset(map(chr, range(0x2160, 0x2180)))
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_SPACES = re.compile(r"\s+")
_ROMAN = re.compile(
    "(?<![A-Za-z])[IVX\u2160-\u216f\u2170-\u217f]*[\u2160-\u217f][IVX\u2160-\u217f]*(?![A-Za-z])"
)

CIRCLED, NUMERAL = "[\ue001-\ue032]", "[\ue101-\ue106]"
ASCII_PART = "VI|IV|V|I{1,3}|vi|iv|v|i{1,3}|[Il]{1,3}"


_BRACKETS = re.compile("（[^（）]*）|【[^【】]*】")


def _wrapped(words: str) -> str:
    """Pattern for words that a line end or a space may break, and whose commas may differ."""
    bare = unicodedata.normalize(
        "NFKC", _BRACKETS.sub("", words)
    )  # what stands in brackets is often left out
    pattern = r"\s*".join(re.escape(c) if c not in "、・" else "[、,・,.]?" for c in bare)
    return pattern.replace(r"取\s*扱", r"取\s*り?\s*扱").replace(r"問\s*合\s*せ", r"問\s*い?\s*合\s*わ?\s*せ")


PART_HEADINGS = "|".join(
    sorted(
        dict.fromkeys(_wrapped(row["heading"]) for row in rules.table("items") if row["code"] in PARTS),
        key=len,
        reverse=True,
    )
)
SECTION_HEADINGS = "|".join(
    sorted(
        dict.fromkeys(_wrapped(row["heading"]) for row in rules.table("items") if row["parent"] in PARTS),
        key=len,
    )
)
GROUP_WORDS = "|".join(map(_wrapped, GROUPS))

# Spellings that say nothing else than the plain one, which takes their place.
_QUOTE, _OPENING, _CLOSING = r"[【「『〔《\[<]", r"[【「『〔《\[<(]", r"[】」』〕》\]>)]"
_ANY_NUMERAL = rf"(?:{NUMERAL}|(?<![A-Za-z])(?:{ASCII_PART})(?![A-Za-z]))"
_ADDRESS = rf"(?:{_ANY_NUMERAL}(?=[\W\d]|{PART_HEADINGS})|{CIRCLED}|(?:{GROUP_WORDS})\s*\d)"
_COMMA = r"\s*[、,;/>→]\s*"
_BEFORE_COMMA = (  # one letter only where a circled number, a group or a heading makes it sure
    rf"{NUMERAL}|(?<![A-Za-z])(?:VI|IV|I{{2,3}}"
    rf"|[IV](?={_COMMA}\d{{1,2}}\D{{0,3}}(?:{CIRCLED}|{SECTION_HEADINGS}|{GROUP_WORDS})))"
)
_CHAPTER = re.compile(rf"第\s*(?P<numeral>{_ANY_NUMERAL})(?:\s*(?:章|[部編](?=[\s\d\W]|$)))?")
_PLAIN = (
    ("_|項", r"[_|]|[大中小]\s*項\s*目", " "),
    ("除", r"※?\s*\([^()]*[\d\ue001-\ue032][^()]*を\s*除\s*く\s*。?\s*\)", " "),  # ※（７．②を除く。）
    (
        "Pp",
        r"(?<![A-Za-z\d])[Pp](?:age)?\.?\s*\d(?:\n?\d){0,2}(?:\s*[-~〜、,]\s*\d{1,3})?(?![\d.])",
        " ",
    ),
    ("頁ペ", r"(?<![\d.])\d{1,3}\s*(?:頁|ペ\s*ー\s*ジ)", " "),
    ("章部編", rf"({NUMERAL})\s*[章部編](?=[\s\d]|$)", r"\1 "),
    ("節項", rf"({_ANY_NUMERAL})\s*(第?\s*\d{{1,2}})\s*(?:節|項(?!\s*目))", r"\1 \2 "),
    (
        "【「『〔《[<",
        rf"({_ANY_NUMERAL}[^\d\ue001-\ue032]{{0,80}}){_QUOTE}\s*(\d{{1,2}})(?={_CLOSING}|[.\s])",
        r"\1 \2 ",
    ),
    (
        "【「『〔《[<(",
        rf"{_OPENING}\s*({_ADDRESS}(?:(?!{_OPENING}|{_CLOSING})[\s\S])*){_CLOSING}",
        r" \1 ",
    ),
    ("、,;/>→", rf"({_BEFORE_COMMA}){_COMMA}(?=\d{{1,2}}(?!\d|{_COMMA}\d))", r"\1 "),
)
"""Each where one of some signs stands; `re` compiles it when one does."""


def fold(raw: str) -> str:
    """A cell as read -> one spelling for scanning; ① and Ⅲ in any shape are one private character each.

    >>> fold('Ⅱ－３') == fold('ⅠⅠ-３'), fold('(①)') == fold('(❶)')
    (True, True)
    """
    text = _INVISIBLE.sub("", _PRIVATE.sub("〓", strip_tags(raw))).translate(_RADICALS)
    text = "".join(
        _CIRCLES.get(c) or (c if c in _NUMERALS else unicodedata.normalize("NFKC", c)) for c in text
    )
    text = unicodedata.normalize("NFC", text)  # the voiced marks of half-width kana
    text = _SPACES.sub(lambda spaces: "\n" if "\n" in spaces[0] else " ", text)
    text = _CHAPTER.sub(_chapter, _ROMAN.sub(_roman, text))
    for signs, written, plain in _PLAIN:
        if any(sign in text for sign in signs):
            text = re.sub(written, plain, text)
    return text


def unfold(text: str) -> str:
    """Scanned text -> readable again: the private characters as ASCII numerals and ①."""
    return text.translate(_READABLE)


def _chapter(match: re.Match[str]) -> str:
    letters = match["numeral"].upper()
    return (chr(PART + 1 + PARTS.index(letters)) if letters in PARTS else match["numeral"]) + " "


def _roman(match: re.Match[str]) -> str:
    letters = unicodedata.normalize("NFKC", match[0]).upper()
    return chr(PART + 1 + PARTS.index(letters)) if letters in PARTS else _NO_PART
