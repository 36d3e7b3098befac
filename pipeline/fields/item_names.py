"""The item dictionary: which headings stand where on the three forms, and whether words agree with them.

The rows are `rules/items.csv`; a row whose parent is its own code is a named box inside that item.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cache, lru_cache
from typing import NamedTuple

from .. import rules
from ..text.normalise import comparison_form

FORMS = ("基礎項目", "重点項目", "全項目")

_NUMBERED = re.compile(r"(?<=-)(system|consignment|recipient|transfer)\d+")
_BRACKETS = re.compile(r"\([^()]*\)|【[^【】]*】|\[[^\[\]]*\]|<[^<>]*>|《[^《》]*》")
_PUNCTUATION = re.compile(r"[、。・:;()「」『』【】〔〕\[\]<>《》※*#/_…\-〜→○●◎■□◆◇▪•]+")
_EDGES = re.compile(
    r"^(?:及び|並びに|と|の)+|(?:及び|並びに|と|まで|欄|について|の?(?:一部|記載|変更|修正|追加|削除))+$"
)
_ALIKE = 0.8
"""How alike words must be to a heading of their number; no other heading of the form may be nearer."""

_OTHER_RISKS = ("その他のリスク及びそのリスクに対する措置", "その他のリスク")
"""How cells shorten the headings of the other risks, which repeat the section's."""


class Item(NamedTuple):
    """One row of the dictionary."""

    form: str
    since: dt.date | None
    until: dt.date | None
    code: str
    heading: str
    parent: str
    key: str
    confirmed: bool
    """Seen in a filing, not only remembered."""

    @property
    def spellings(self) -> tuple[str, ...]:
        """The heading as words are compared, with and without what stands in brackets; longest first."""
        own = spellings(self.heading)  # of most items nobody asks
        return own + _OTHER_RISKS if self.code.endswith("-other") else own

    @property
    def box(self) -> bool:
        return self.parent == self.code

    def in_force(self, date: dt.date | None) -> bool:
        """On the form's edition of that day; without a day: on any edition."""
        if date is None:
            return True
        return (self.since is None or self.since <= date) and (self.until is None or date < self.until)


@lru_cache(maxsize=4096)
def exact_form(words: str) -> str:
    """Words of a cell or a heading -> what is compared: spellings folded, no spaces, punctuation or ※.

    >>> exact_form('取り扱いに関する\\n問い合わせ※') == exact_form('取扱いに関する問合せ')
    True
    """
    text = comparison_form(words)
    for row in rules.table("item_spellings"):
        text = text.replace(row["written"], row["folded"])
    return _PUNCTUATION.sub("", text)


def heading_form(words: str) -> str:
    """As `exact_form`, without the particles that tie a heading to its neighbours in a list."""
    return _EDGES.sub("", exact_form(words))


@lru_cache(maxsize=4096)
def spellings(words: str) -> tuple[str, ...]:
    """The forms to compare: with and without what stands in brackets, longest first, none empty."""
    bare = _BRACKETS.sub("", comparison_form(words))
    return tuple(
        sorted({form for form in (heading_form(words), heading_form(bare)) if form}, key=len, reverse=True)
    )


@cache
def items() -> tuple[Item, ...]:
    """All rows in the order of the forms."""
    return tuple(
        Item(
            row["form"],
            rules.day(row["edition_from"]),
            rules.day(row["edition_to"]),
            row["code"],
            row["heading"],
            row["parent"],
            row["key"],
            row["evidence"] != "M",
        )
        for row in rules.table("items")
    )


@cache
def _editions() -> tuple[dt.date, ...]:
    return tuple(sorted({date for item in items() for date in (item.since, item.until) if date}))


@lru_cache(maxsize=4096)
def edition(date: dt.date) -> dt.date:
    """A day -> the first day of the forms' editions that were in force on it."""
    return max((start for start in _editions() if start <= date), default=dt.date.min)


@cache
def _by_code() -> dict[tuple[str, str], tuple[Item, ...]]:
    index: dict[tuple[str, str], list[Item]] = {}
    for item in items():
        index.setdefault((item.form, item.code), []).append(item)
    return {code: tuple(rows) for code, rows in index.items()}


def general(code: str) -> str:
    """A code -> the dictionary's, whose repeated groups have no number: `II-4-consignment-3`."""
    return _NUMBERED.sub(r"\1", code)


def at(code: str, forms: Iterable[str]) -> list[Item]:
    """The headings that stand at a code; at `II-4-3` also those of the unnamed group's third."""
    code = general(code)
    found = [item for form in forms for item in _by_code().get((form, code), ()) if not item.box]
    if found or not re.fullmatch(r"II-[45]-\d+|I-2-\d+", code):
        return found
    stem, _, number = code.rpartition("-")
    groups = [f"{stem}-{group}-{number}" for group in ("system", "consignment", "recipient", "transfer")]
    return [item for form in forms for group in groups for item in _by_code().get((form, group), ())]


def boxes(code: str, forms: Iterable[str]) -> list[Item]:
    """The named boxes inside an item."""
    return [item for form in forms for item in _by_code().get((form, general(code)), ()) if item.box]


def below(code: str, forms: Iterable[str]) -> list[Item]:
    """The items under a code, at any depth."""
    return list(_below(general(code) + "-", tuple(forms)))


@lru_cache(maxsize=1024)
def _below(stem: str, forms: tuple[str, ...]) -> tuple[Item, ...]:
    inside = (item for item in items() if item.form in forms and item.code.startswith(stem))
    return tuple(item for item in inside if not item.box)


def is_heading(words: str, forms: Iterable[str]) -> bool:
    """The words are, as a whole, a heading of one of the forms."""
    return not _all_headings(tuple(forms)).isdisjoint(spellings(words))


@lru_cache(maxsize=16)
def _all_headings(forms: tuple[str, ...]) -> frozenset[str]:
    return frozenset(
        heading for item in items() if item.form in forms and not item.box for heading in item.spellings
    )


def rest_after(words: str, item: Item) -> str | None:
    """Words -> what follows the item's heading at their beginning, folded; None when they begin otherwise."""
    rests = [
        form[len(heading) :]
        for form in spellings(words)
        for heading in item.spellings
        if form.startswith(heading)
    ]
    return min(rests, key=len, default=None)


def rests(words: str, here: Iterable[Item]) -> list[str]:
    """What follows each heading that the words begin with."""
    return [rest for item in here if (rest := rest_after(words, item))]


def chain(words: str, inside: Iterable[Item]) -> list[Item]:
    """Words that are a named box, or a box and one inside it (消去手順 手順の内容) -> these boxes."""
    boxes = list(inside)
    for box in boxes:
        rest = rest_after(words, box)
        if rest == "":
            return [box]
        second = [other for other in boxes if rest and rest_after(rest, other) == ""]
        if second:
            return [box, second[0]]
    return []


def before_box(words: str, inside: Iterable[Item]) -> tuple[str, Item | None]:
    """Words that end with a named box's heading -> what stands before it, folded, and the box."""
    form = heading_form(words)
    for box in inside:
        for heading in box.spellings:
            if form.endswith(heading) and len(form) > len(heading):
                return form[: -len(heading)], box
    return words, None


def nearest(words: str, inside: Iterable[Item]) -> Item | None:
    """The only named box that the words are nearly."""
    near = [box for box in inside if len(heading_form(words)) >= 6 and alike(words, box)]
    return near[0] if len(near) == 1 else None


def split_circle(text: str) -> tuple[int | None, str]:
    """`②事務の概要` -> 2 and the words."""
    match = re.fullmatch(r"\s*([①-⑳])(.*)", text, re.DOTALL)
    return (ord(match[1]) - ord("①") + 1, match[2]) if match else (None, text)


def remark(words: str) -> bool:
    """The words stand in brackets as a whole, or are none: `（※）`, `（変更）`."""
    return not heading_form(_BRACKETS.sub("", comparison_form(words)))


def shortened(words: str, item: Item) -> bool:
    """The words are the heading with something left out: ファイル概要 for 特定個人情報ファイルの概要."""
    return any(
        len(form) >= 2 and _in_order(form, heading) for form in spellings(words) for heading in item.spellings
    )


def _in_order(form: str, heading: str) -> bool:
    rest = iter(heading)
    return all(character in rest for character in form)


def alike(words: str, item: Item) -> bool:
    """The words are a telling part of the heading, or the heading with a few characters misread."""
    if any(len(form) >= 4 and form in heading for form in spellings(words) for heading in item.spellings):
        return True
    likeness = _likeness(words, item)
    return likeness >= _ALIKE and not any(
        _likeness(words, other) > likeness for other in items() if other.form == item.form
    )


def _likeness(words: str, item: Item) -> float:
    """Share of characters in common, 0 … 1; 0 for words too short to tell."""
    pairs = [(form, heading) for form in spellings(words) for heading in item.spellings]
    return max(
        (
            SequenceMatcher(None, form, heading).ratio()
            for form, heading in pairs
            if min(len(form), len(heading)) >= 6
            and 2 * min(len(form), len(heading)) >= _ALIKE * len(form + heading)
        ),
        default=0.0,
    )
