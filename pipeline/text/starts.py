"""How a line starts: as a bullet, a number of a list, a heading or plain text; and whether lists carry on."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Literal, NamedTuple

from .widths import between, without

Start = Literal["bullet", "dot", "number", "named", "label", "heading", "aside", "indent", "text"]


class Number(NamedTuple):
    """The number of a list item: its kind (circled, in brackets …) and which it is."""

    kind: str
    value: int


_KANA = "アイウエオカキクケコサシスセソタチツテト"
_KANJI = "一二三四五六七八九十"
_CONTACTS = "電話|ＴＥＬ|TEL|Tel|ＦＡＸ|FAX|Fax|ファクス|ファックス|メール|E-mail"
_COUNTERS = "年月日時分秒人件名回か箇ヶカ条項号款章節個種類点部課つ階丁番以級桁歳円%％割倍週"
"""What makes a digit before it a quantity, not the number of a list item."""

_STARTS = (
    ("bullet", r"[●○◯◎■□▪▫◆◇❍❑❒❖⟡▲△▼▽★☆►▶➢✓✔✗☐☑☒※]|(?:[-－‐–—―ー→➔⇒⇨]|[oO〇])[ \u3000]"),
    ("dot", r"[・･‧•＊*]"),
    ("label", rf"〒|(?:{_CONTACTS})(?:番号)?[ \u3000]*[：:]"),
    ("named", r"(リスク|システム|委託事項|再委託|提供先|移転先|提供・移転先|措置)\s*([0-9０-９]{1,2})"),
    ("circled", r"[①-⑳㉑-㉟㊱-㊿❶-❿⓫-⓴⓵-⓾]"),
    ("bracket", r"[(（]([0-9０-９]{1,2})[)）]|[⑴-⒇]"),
    ("half_bracket", r"([0-9０-９]{1,2})[)）]"),
    ("point", r"([0-9０-９]{1,2})[.．、](?![0-9０-９])|[⒈-⒛]"),
    ("space", r"([0-9０-９]{1,2})[ \u3000](?![0-9０-９])"),
    ("dash", r"([0-9０-９]{1,2})[-－][0-9０-９]{1,2}[ \u3000.．]"),
    ("kana", rf"([{_KANA}])[ \u3000.．、)）]"),
    ("kana_bracket", rf"[(（]([{_KANA}])[)）]"),
    ("letter", r"([a-zａ-ｚA-ZＡ-Ｚ])(?:[.．)）]|[ \u3000](?=[^!-~]))"),
    ("letter_bracket", r"[(（]([a-zａ-ｚA-ZＡ-Ｚ])[)）]"),
    ("roman", r"([Ⅰ-Ⅻⅰ-ⅻ])[ \u3000.．－-]"),
    ("kanji", rf"[(（]([{_KANJI}])[)）]|([{_KANJI}])[ \u3000、．]"),
    ("plain", rf"([0-9０-９])(?=[ぁ-んァ-ヶ一-鿿])(?![{_COUNTERS}])"),
    ("heading", r"[【＜<《≪〔［]"),
    ("aside", r"[(（](?!以下|略|平成|昭和|令和)[^()（）0-9０-９]*(?<!を除く)(?<!を含む)(?<![。く])[)）]\s*$"),
)  # fmt: skip
"""The first that fits, behind white space; but a whole space before text is an indent."""
_START = re.compile(
    r"(?P<indent>\u3000+\S)|\s*(?:" + "|".join(f"(?P<{how}>{pattern})" for how, pattern in _STARTS) + ")"
)
_ITEM = re.compile(r"\s*[(（]?(?:別添|[ⅠⅡⅢⅣⅤⅥ]|[IV]{1,3}[-－ー.． \u3000]|表紙|[1-9１-９][.．])")
_MAY_NAME = re.compile(r"\s*[(（別ⅠⅡⅢⅣⅤⅥIV表1-9１-９]")
MAY_BE_PLAIN = f"{_KANA}{_KANJI}リフメ委再提移措電"
"""What starts a line that starts with no more than plain text, unless one of `NOT_BEHIND` comes next:
アクセス, but イ. and リスク1."""
NOT_BEHIND = " \u3000.．、)）スァー置供託委転話"
PLAIN = without(between("ぁん", "ァヶ", "一鿿") + "、。，．」』】〉》）", MAY_BE_PLAIN)
"""What starts such a line whatever comes next; most lines do."""


_NO_NUMBERS: tuple[Start, ...] = ("bullet", "dot", "named", "label", "heading", "aside", "indent")
_HOW: dict[str | None, Start] = {
    None: "text",
    **{how: "number" for how, _ in _STARTS},
    **{how: how for how in _NO_NUMBERS},
}
"""What each group of `_START` finds."""


def start(text: str, begin: int = 0, end: int = sys.maxsize) -> Start:
    """A line, or from where to where it stands in a text -> how it starts.

    >>> [start(line) for line in ("・記録", "（２）交付", "【市の措置】", "（根拠）", "個人情報")]
    ['dot', 'number', 'heading', 'aside', 'text']
    """
    found = _START.match(text, begin, end)
    return _HOW[found.lastgroup] if found else "text"


def _opening(text: str) -> tuple[Start, Number | str | None]:
    """How a line starts, and what lines of one list have in common there: their dot, or kinds of numbers.

    >>> _opening("（２）証明書"), _opening("イ　保管"), _opening("第２条")
    (('number', Number(kind='bracket', value=2)), ('number', Number(kind='kana', value=2)), ('text', None))
    """
    found = _START.match(text)
    if found is None or found.lastgroup is None or found.lastindex is None:
        return "text", None
    how = found.lastgroup
    match how:
        case "bullet" | "label" | "heading" | "aside" | "indent":
            return how, None
        case "dot":
            return how, found[how]
    parts = filter(None, found.groups()[found.lastindex :])
    if how == "named":
        return "named", Number(next(parts), int(next(parts)))
    return "number", Number(how, _value(next(parts, found[how][0])))


@cache
def _value(sign: str) -> int:
    if sign in _KANA:
        return _KANA.index(sign) + 1
    if sign in _KANJI:
        return _KANJI.index(sign) + 1
    folded = unicodedata.normalize("NFKC", sign)
    if folded.isdecimal():
        return int(folded)
    if folded.isalpha() and len(folded) == 1 and sign not in "ⅠⅤⅩⅰⅴⅹ":
        return ord(folded.lower()) - ord("a") + 1
    digits = unicodedata.numeric(sign[0], 0)
    return int(digits)


class Openings:
    """How the lines of a cell start, and which of them are items of one list."""

    def __init__(self, texts: Sequence[str], firsts: Sequence[str] = ()) -> None:
        """`firsts`: of texts that are several lines already, the first ones."""
        self._texts, self._firsts = texts, firsts or texts
        self.in_item = names_item(texts)
        """The cell holds an item's address."""
        self._signs: list[Number | str | None] = []
        """What the lines have in common with others; read when it is asked for."""

    def __len__(self) -> int:
        return len(self._texts)

    def start(self, at: int) -> Start:
        """How line `at` starts."""
        return start(self._firsts[at])

    def continues(self, at: int) -> bool:
        """Whether line `at` starts with a dot that starts others too, the number after one above it, or
        a first number that has a second below.

        >>> Openings(["①収集", "②保管及び", "③廃棄"]).continues(2)
        True
        >>> Openings(["本人と", "②の担当者"]).continues(1)
        False
        """
        self._signs = self._signs or [_opening(text)[1] for text in self._firsts]
        sign = self._signs[at]
        if sign is None:
            return False
        if not isinstance(sign, Number):
            return self._is_item(sign, at)
        if sign.value > 1:
            return Number(sign.kind, sign.value - 1) in self._signs[:at]
        return Number(sign.kind, 2) in self._signs[at + 1 :]

    def _is_item(self, dot: str, at: int) -> bool:
        """Whether other lines start with the dot, and not each of them after a whole sentence.

        In a list of sentences the dot below an unfinished one is that of 保有・管理.
        """
        others = [k for k, sign in enumerate(self._signs) if sign == dot and k != at]
        above = {self._texts[k - 1].rstrip()[-1:] for k in others if k > 0}
        opens = bool(others) and at < others[0]
        return bool(others) and (opens or "。" not in above or not above <= set("。】＞>》"))


def names_item(texts: Sequence[str]) -> bool:
    """Whether a cell's lines are an item's address (Ⅲ-2 リスク1 …) and not running text."""
    whole = "".join(texts)
    if not _MAY_NAME.match(whole):
        return False
    whole = re.sub(r"[(（][^()（）]*[)）]", "", whole)
    return len(whole) < 90 and "。" not in whole and _ITEM.match(whole) is not None
