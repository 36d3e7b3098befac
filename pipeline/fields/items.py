"""項目: a cell -> the address on its form, and what stands there.

An address is read as it is written; name and key follow the heading first, then the form in force
at the row's date. What is doubtful is null with a problem: a wrong code costs more than a missing one.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

from ..model import Problem
from ..text.markup import strip_tags
from . import item_names as names
from .item_codes import Address, read_addresses
from .item_match import REPEATED, Match, match, proved
from .item_names import FORMS
from .item_spelling import fold, unfold

_WHOLE = re.compile(
    "(?:特定個人情報保護)?(?:評価書|様式|文書)?の?(?:全体|全般|全項目|全て|全頁)(?:的な?変更|にわたる?変更)?"
)
_DITTO = re.compile(r"\W*(?:同\s*[上左前]|上\s*に\s*同\s*じ|々|[〃″′\"“”]{1,2})\W*")
_PREFIX = re.compile(
    "(?:特定個人情報保護|[0-9]+頁|[Pp][0-9]+|[Pp]age[0-9]+|様式第?[234]号?|項目|該当箇所|評価書)*"
)
_LIST_END = re.compile(r"(?:[、,・;/&]|及び|並びに|と)\s*$")
_LONGEST = 2000
"""A longer cell is no item: the columns were not told apart, or the file is broken."""
_NUMBERED = re.compile(r"(?:\(\d+\)[^()]+ファイル)?(?:\d|システム|委託事項|提供先|移転先)")
_STARTS = (*((part, 0) for part in "ⅠⅡⅢⅣⅤⅥ"), ("Ⅰ-2 ", 1), ("Ⅱ-4 ", 1), ("Ⅱ-5 ", 1))
"""What a cell can leave out before a section's number, or before システム, 委託事項, 提供先 and 移転先."""


class ItemReading(NamedTuple):
    """A 項目 as understood: an address on its form, and what stands there."""

    code: str | None = None
    codes: tuple[str, ...] = ()
    key: str | None = None
    name: str | None = None
    sub: str | None = None
    file: str | None = None
    marks: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_item(raw: str, clean: str, filing_type: str | None, change_date: dt.date | None) -> ItemReading:
    """A 項目 cell as read and as cleaned -> its codes, and name, key, box and file where they are certain.

    >>> reading = read_item('Ⅱ－３　⑧使用方法\\n情報の突合', '', '全項目', None)
    >>> reading.code, reading.key, reading.name, reading.sub
    ('II-3-8', 'use.method', '使用方法', '情報の突合')
    >>> read_item('2-(3)-⑧', '', '全項目', None).code is None
    True
    """
    forms = (filing_type,) if filing_type in FORMS else FORMS
    day = change_date and names.edition(change_date)
    reading = _read(raw or clean, forms, day)
    if reading.codes or not reading.problems:
        return reading
    joined = _read(
        clean, forms, day
    )  # a number that a line end cuts, 委託事項1|2, is whole in the clean text
    return joined if joined.codes else reading


@lru_cache(maxsize=4096)  # the same items stand in most tables
def _read(cell: str, forms: tuple[str, ...], day: dt.date | None) -> ItemReading:
    text = fold(cell)
    if not text.strip():  # nothing, or no more than a page: P.12
        return _unreadable(cell, None) if re.search(r"\w", strip_tags(cell)) else ItemReading()
    if len(text) > _LONGEST:
        return _unreadable(text[:_LONGEST], None)
    if _WHOLE.fullmatch(names.heading_form(unfold(text))):
        return ItemReading(marks=("whole_filing",))
    if _DITTO.fullmatch(text):
        problem = Problem("item_ditto", "the item is that of a row above", excerpt=unfold(text))
        return ItemReading(problems=(problem,))
    seen = read_addresses(text)
    if seen.readable and not seen.found:
        found = _by_heading(text, forms) or _without_part(text, forms, day)
        return _reading([found], seen.file, text) if found else _unreadable(text, seen.file)
    addresses = _deepest(seen.found)
    matches = [match(address, forms, day) for address in addresses]
    readings = [found for found in matches if found]
    listed = any(address.inherited for address in addresses)
    if (
        not _PREFIX.fullmatch(names.heading_form(seen.prefix))
        or not 0 < len(readings) == len(matches)
        or (listed and any(_in_doubt(found) for found in readings))
    ):
        return _unreadable(text, seen.file)
    return _reading(readings, seen.file, text)


def _in_doubt(found: Match) -> bool:
    """In a list: the heading is another's, or no form has such a number."""
    problems = {problem.code for problem in found.problems}
    return "item_heading_mismatch" in problems or bool(problems and not names.at(found.code, FORMS))


def _deepest(found: Sequence[Address]) -> list[Address]:
    """Addresses without a part's heading that only stands before one inside it: `Ⅳ リスク対策 Ⅳ-1 監査`."""

    def leads(address: Address, following: Address) -> bool:
        words = address.words[0]
        inside = following.part.startswith("A") or (following.level and following.part == address.part)
        return bool(
            not address.level and inside and names.is_heading(words, FORMS) and not _LIST_END.search(words)
        )

    return [
        address
        for address, following in zip_longest(found, found[1:])
        if following is None or not leads(address, following)
    ]


def _unreadable(text: str, file: str | None) -> ItemReading:
    problem = Problem(
        "item_code_unreadable", "no certain address on the form stands here", excerpt=unfold(text)
    )
    return ItemReading(file=file, problems=(problem,))


def _reading(matches: Sequence[Match], file: str | None, text: str) -> ItemReading:
    """The matches of a cell's addresses -> its reading."""
    codes = tuple(dict.fromkeys(found.code for found in matches))
    if len(codes) > 1:
        return ItemReading(codes=codes, file=file, marks=("several_items",))
    only = matches[0]
    headings = {item.heading for item in only.items}
    keys = {item.key for item in only.items}
    return ItemReading(
        code=codes[0],
        codes=codes,
        key=keys.pop() if len(keys) == 1 else None,
        name=headings.pop() if len(headings) == 1 else None,
        sub=only.sub,
        file=file,
        marks=only.marks,
        problems=tuple(problem._replace(excerpt=unfold(text)) for problem in only.problems),
    )


def _by_heading(text: str, forms: Sequence[str]) -> Match | None:
    """A cell without address: a code only when it is, as a whole, a heading that the form has once."""
    circle, words = names.split_circle(unfold(text))
    exact = names.exact_form(words)
    found = [item for item in names.items() if item.form in forms and exact in item.spellings]
    if len({item.code for item in found}) != 1 or re.search("[0-9①-⑳]", words):
        return None
    item = found[0]
    if REPEATED.search(item.code) or (circle and not (item.confirmed and item.code.endswith(f"-{circle}"))):
        return None
    if item.box and item.code != "COVER":
        return None  # the dictionary does not know every box: another item may have this one too
    sub = item.heading if item.box else None
    return Match(item.code, (item,), sub, marks=("code_from_heading",))


def _without_part(text: str, forms: Sequence[str], day: dt.date | None) -> Match | None:
    """A cell that leaves the part out, but whose numbers and headings all belong to one place of the form."""
    found: dict[str, Match] = {}
    if not _NUMBERED.match("".join(text.split())):
        return None
    for start, given in _STARTS:
        cell = read_addresses(fold(start) + text)
        if len(cell.found) == 1 and not cell.prefix and proved(cell.found[0], given, forms):
            one = match(cell.found[0], forms, day)
            if one and not one.problems and "heading_of_other_form" not in one.marks:
                found[one.code] = one
    if len(found) != 1:
        return None
    [only] = found.values()
    return only._replace(marks=tuple(dict.fromkeys([*only.marks, "code_from_heading"])))
