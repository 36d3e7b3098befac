"""Normalising: one spelling for characters that are the same, so that wordings can be compared.

A table of small pure fixes, run to a fixed point. Nothing here corrects a reading (see `repair`):
what two careful typists could have written differently becomes one form, what differs stays.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import dropwhile
from re import Match
from typing import NamedTuple

from ..characters import ALONE, COMPATIBLE, RADICALS, SYMBOLS, pattern_of, replacing, symbols
from .markup import bracketed, decode_entities, strip_tags

KANJI = "々〆〇㐀-䶿一-鿿\uf900-\ufaff\U00020000-\U0003ffff"
KANA = "ぁ-ゖゝ-ゟァ-ヺー-ヿ"
JAPANESE = KANJI + KANA + "、。〈〉《》「」『』【】〔〕※"


class Step(NamedTuple):
    """One fix: it runs only where one of its characters stands (none: always)."""

    name: str
    characters: frozenset[str]
    fix: Callable[[str], str]


_LINE_END = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
_INVISIBLE = (
    *range(0x00, 0x09), *range(0x0E, 0x20), 0x7F, *range(0x80, 0x85), *range(0x86, 0xA0),  # controls
    0xAD, 0x034F, 0x061C, 0x180B, 0x180C, 0x180D, 0x180E, *range(0x200B, 0x2010),  # soft hyphen, zero width
    *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, *range(0xFFF9, 0xFFFC),  # direction, annotation
    *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0),  # variation selectors
)  # fmt: skip

# NFKC would make ① a bare 1 and ㊙ a bare 秘, and would put a space before a free-standing accent.
_CIRCLED = "①-⑳Ⓐ-⓿❶-➓㉄-㉏㉑-㉟㊀-㊿㋐-㋾"
_FREE_ACCENTS = (
    "¨¯´¸˘-˝ͺ΄΅‗‾゛゜﹉-﹏￣\u1fbd\u1fbf-\u1fc1\u1fcd-\u1fcf\u1fdd-\u1fdf\u1fed-\u1fef\u1ffd\u1ffe"
)
_PROTECTED = re.compile(f"([{_CIRCLED}{_FREE_ACCENTS}]+)")
UNPROTECTED = {point: one for point, one in COMPATIBLE.items() if not _PROTECTED.match(chr(point))}
_compatible = replacing(UNPROTECTED)
_VOICED = re.compile(
    "([うかきくけこさしすせそたちつてとはひふへほウカキクケコサシスセソタチツテトハヒフヘホワヲ])([゛゜])"
)
_WITHOUT_BASE = re.compile("(?<![ｦ-ｯｱ-ﾝぁ-ゖァ-ヺ])[ﾞﾟ]")
"""NFKC would hang these over whatever stands before them: `ﾟﾊ`, `ｰﾞ` are misplaced, and stay visible."""

_DASH_IN_CODE = re.compile("(?<=[0-9A-Za-z)])[‐–](?=[0-9A-Za-z(])")
# Few filings need these two: `re` compiles them when one does, which takes 4 ms each.
_DOT = f"(?<=[{JAPANESE}])( ?)[‧·]|[‧·](?=( ?)[{JAPANESE}])"
_WAVE = f"(?<=[{JAPANESE}])[~∼]|[~∼](?=[{JAPANESE}])"
_SPACES = re.compile("[ \t]{2,}|\t")
_LINE_SPACES = re.compile("(?: *\n *)+")

# Few filings need these two either; a class of all kanji takes a millisecond.
_ONE = f"[{KANJI}{KANA}]"
_LETTER_SPACED = rf"(?<!\w){_ONE}(?: {_ONE}){{2,}}(?!\w)"
_PAIR = rf"(?:^|(?<=[\n(「『【〈《<、。・:]))[{KANJI}] [{KANJI}](?=$|[\n()」』】〉》>、。・:])"
_NUMBER = r"\d(?: ?\d)?"
_SPACED_DATE = re.compile(
    rf"(?:(?:明 ?治|大 ?正|昭 ?和|平 ?成|令 ?和) ?(?:{_NUMBER}|元)|(?<!\d)\d(?: ?\d){{3}}) ?年(?!金)"
    rf"(?: ?{_NUMBER} ?月(?: ?{_NUMBER} ?日)?)?"
)
# What every spaced date and every letter-spaced word holds, sought by its space.
_IN_DATE = re.compile(r" (?<=[明大昭平令治正成和元年月\d] )[治正成和元年月日\d]")
_BETWEEN = re.compile(r" (?<=(?<!\w)[^\x00-~\s] )[^\x00-~\s](?!\w)")
_SPACED_ARTICLE = re.compile(r"第 ?\d+(?: ?\d+)* ?(?:条|項|号|章|節|編|款)")


def _line_ends(text: str) -> str:
    return _LINE_END.sub("\n", text)


def _voiced_marks(text: str) -> str:
    def join(match: Match[str]) -> str:
        whole = unicodedata.normalize("NFC", match[1] + {"゛": "\u3099", "゜": "\u309a"}[match[2]])
        return whole if len(whole) == 1 else match[0]

    return _VOICED.sub(join, _WITHOUT_BASE.sub(lambda match: "゛゜"[match[0] == "ﾟ"], text))


def _wave_dashes(text: str) -> str:
    text = text.replace("～", "〜")
    return re.sub(_WAVE, "〜", text) if "~" in text or "∼" in text else text


def _nfkc(text: str) -> str:
    if unicodedata.is_normalized("NFKC", text):
        return text
    if ALONE.fullmatch(text):
        text = _compatible(text)
    else:
        pieces = _PROTECTED.split(text)
        pieces[::2] = [unicodedata.normalize("NFKC", piece) for piece in pieces[::2]]
        text = "".join(pieces)
    return bracketed(text) if "<" in text else text  # ＜b＞ is no tag


def _dashes(text: str) -> str:
    return _DASH_IN_CODE.sub("-", text.replace("−", "-"))


def _middle_dots(text: str) -> str:
    return re.sub(_DOT, lambda match: (match[1] or "") + "・", text)


def _spaces(text: str) -> str:
    if "  " in text or "\t" in text:
        text = _SPACES.sub(" ", text)
    if "\n\n" in text or " \n" in text or "\n " in text:
        text = _LINE_SPACES.sub("\n", text)
    return text.strip(" \n")


def _letter_spacing(text: str) -> str:
    if " " not in text:
        return text
    if _IN_DATE.search(text):
        text = _SPACED_DATE.sub(_closed, text)
    text = _SPACED_ARTICLE.sub(_closed, text)
    if _BETWEEN.search(text):
        text = re.sub(_PAIR, _closed, re.sub(_LETTER_SPACED, _closed, text))
    return text


def _closed(match: Match[str]) -> str:
    return match[0].replace(" ", "")


STEPS: tuple[Step, ...] = (
    Step("line_ends", frozenset("\r\v\f\x85\u2028\u2029"), _line_ends),
    Step("tags", frozenset("<"), strip_tags),
    Step("entities", frozenset("&_"), decode_entities),
    Step("invisible", frozenset(map(chr, _INVISIBLE)), replacing(dict.fromkeys(_INVISIBLE, ""))),
    Step("radicals", frozenset(map(chr, RADICALS)), replacing(RADICALS)),
    Step("symbols", frozenset(map(chr, SYMBOLS)), symbols),
    Step("voiced_marks", frozenset("゛゜ﾞﾟ"), _voiced_marks),
    Step("wave_dashes", frozenset("～~∼"), _wave_dashes),
    Step("nfkc", frozenset(), _nfkc),
    Step("dashes", frozenset("−‐–"), _dashes),
    Step("middle_dots", frozenset("‧·"), _middle_dots),
    Step("spaces", frozenset(), _spaces),
    Step("letter_spacing", frozenset(), _letter_spacing),
)
_STEPS_OF_ALL = tuple(dropwhile(lambda step: step.characters, STEPS))
"""All that a text without any such character can need: from the first step for all texts on."""
RARE = frozenset(ord(one) for step in STEPS for one in step.characters)
_RARE = pattern_of(RARE)
"""Most texts hold no character for which a step has to be looked for."""


def normalise(text: str) -> str:
    """Text as read -> comparable text: one width, one code point a character, no markup or layout.

    >>> normalise('Ⅲ－２　ﾘｽｸ１')
    'III-2 リスク1'
    >>> normalise('<p>②⼾籍‧住⺠票</p><br>平 成 28 年～')
    '②戸籍・住民票\\n平成28年〜'
    """
    return _run(text, None)


def explain(text: str) -> tuple[str, tuple[tuple[str, str, str], ...]]:
    """Text -> the normalised text and the steps (rule, whole text before it, whole text after it).

    >>> explain('ﾘｽｸ①')
    ('リスク①', (('nfkc', 'ﾘｽｸ①', 'リスク①'),))
    """
    steps: list[tuple[str, str, str]] = []
    return _run(text, steps), tuple(steps)


def _run(text: str, log: list[tuple[str, str, str]] | None) -> str:
    present = _rare(text)
    while True:
        start = text
        for name, characters, fix in STEPS if present else _STEPS_OF_ALL:
            if characters and present.isdisjoint(characters):
                continue
            fixed = fix(text)
            if fixed != text:
                if log is not None:
                    log.append((name, text, fixed))
                text, present = fixed, _rare(fixed)
        if text == start:
            return text


def _rare(text: str) -> set[str]:
    return set(_RARE.findall(text)) if _RARE.search(text) else set()


TWINS = {
    ord(twin): one
    for twins, one in (
        ("‐‑‒–—―─━−－ｰ", "-"), ("~∼〜～", "〜"), ("·‧•∙⋅･", "・"), (",，", "、"), (".．", "。"),
        ("ヘ", "へ"), ("ベ", "べ"), ("ペ", "ぺ"), ("〈", "<"), ("〉", ">"),
    )
    for twin in twins
}  # fmt: skip
_twins = replacing(TWINS)
_LONE_PROLONGED = re.compile(f"ー(?<![{KANA}]ー)")


@lru_cache(maxsize=256)  # both texts of a row are compared more than once
def comparison_form(text: str) -> str:
    """Text -> what decides whether two texts read alike: normalised, no white space, look-alikes folded.

    >>> comparison_form('Ⅲ―２\\n中間サーバー ヘの') == comparison_form('III-2 中間サーバーへの')
    True
    """
    return folded(normalise(text))


def folded(text: str) -> str:
    """Normalised text -> its comparison form; stored clean text is normalised already.

    >>> folded('中間サーバー ヘの')
    '中間サーバーへの'
    """
    return _LONE_PROLONGED.sub("-", _twins("".join(text.split())))
