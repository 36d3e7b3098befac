"""項目: a cell -> the address on its form, and what stands there.

An address is read as it is written; name and key follow the heading first, then the form in force
at the row's date. What is doubtful is null with a problem: a wrong code costs more than a missing one.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .. import rules
from ..model import ItemReading, Problem
from . import item_names as names
from .item_codes import Address, read_addresses
from .item_names import FORMS, Item
from .item_tokens import PARTS, fold, unfold

_WHOLE = re.compile(
    r"(?:特定個人情報保護)?(?:評価書|様式|文書)?の?(?:全体|全般|全項目|全て|全ページ|全頁)(?:的な?変更|にわたる?変更)?"
)
_PREFIX = re.compile(r"(?:特定個人情報保護|[0-9]+ページ|[0-9]+頁|[Pp][0-9]+|項目|該当箇所|評価書)*")
_REPEATED = re.compile("-(?:system|consignment|recipient|transfer)(?:-|$)")
_PROSE = 40
"""Words that are no heading and longer than this are prose, not the name of an item."""


@dataclass(frozen=True, slots=True)
class _Match:
    """What an address's words say: the item there (or several that agree), and the named box."""

    items: tuple[Item, ...] = ()
    code: str = ""
    sub: str | None = None
    by_heading: bool = False
    marks: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = field(default=())


def read_item(raw: str, clean: str, filing_type: str | None, change_date: dt.date | None) -> ItemReading:
    """A 項目 cell as read and as cleaned -> its codes, and name, key, box and file where they are certain.

    >>> reading = read_item('Ⅱ－３　⑧使用方法\\n情報の突合', '', '全項目', None)
    >>> reading.code, reading.key, reading.name, reading.sub
    ('II-3-8', 'use.method', '使用方法', '情報の突合')
    >>> read_item('2-(3)-⑧', '', '全項目', None).code is None
    True
    """
    text = fold(raw or clean)
    if not text.strip():
        return ItemReading()
    forms = (filing_type,) if filing_type in FORMS else FORMS
    if _WHOLE.fullmatch(names.heading_form(unfold(text))):
        return ItemReading(marks=("whole_filing",))
    cell = read_addresses(text)
    if cell.readable and not cell.found:
        return _from_heading(unfold(text), cell.file, forms)
    matches = [_match(address, forms, change_date) for address in cell.found]
    if not matches or None in matches or not _PREFIX.fullmatch(names.heading_form(cell.prefix)):
        return _unreadable(text, cell.file)
    return _reading([match for match in matches if match], cell.file, text)


def item_table() -> list[dict[str, Any]]:
    """Rows of the published `items` table, in the order of the forms."""
    return [
        {
            **row,
            "edition_from": _day(row["edition_from"]),
            "edition_to": _day(row["edition_to"]),
            "parent": row["parent"] or None,
            "order": int(row["order"]),
            "starred": True if row["starred"] == "yes" else None,
        }
        for row in rules.table("items")
    ]


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _unreadable(text: str, file: str | None) -> ItemReading:
    problem = Problem(
        "item_code_unreadable", "no certain address on the form stands here", excerpt=unfold(text)
    )
    return ItemReading(file=file, problems=(problem,))


def _reading(matches: Sequence[_Match], file: str | None, text: str) -> ItemReading:
    """The matches of a cell's addresses -> its reading."""
    codes = tuple(dict.fromkeys(match.code for match in matches))
    if len(codes) > 1:
        return ItemReading(codes=codes, file=file, marks=("several_items",))
    match = matches[0]
    headings = {item.heading for item in match.items}
    keys = {item.key for item in match.items}
    return ItemReading(
        code=codes[0],
        codes=codes,
        key=keys.pop() if len(keys) == 1 else None,
        name=headings.pop() if len(headings) == 1 else None,
        sub=match.sub,
        file=file,
        marks=match.marks,
        problems=tuple(replace(problem, excerpt=unfold(text)) for problem in match.problems),
    )


def _match(address: Address, forms: Sequence[str], day: dt.date | None) -> _Match | None:
    """An address and its words against the dictionary; None when it is no certain address."""
    if not _exists(address):
        return None
    words = address.words[address.level]
    match = _by_words(address, words, forms, day) if names.spellings(words) else None
    if names.remark(words) and (match is None or match.problems):
        match = _by_number(address, forms, day)
    if match is None:
        return None
    certain = match.by_heading and not match.problems
    above = [_agrees(address, level, forms) for level in range(address.level)]
    if not certain and (None in above or not address.sure or not _plain_number(address, forms)):
        return None
    if address.inherited and match.problems:
        return None
    if False in above:
        problem = Problem("item_heading_mismatch", f"the headings are not those of {address.code}")
        return _Match(code=address.code, problems=(problem,))
    return match


def _exists(address: Address) -> bool:
    """Some form has such a part, section or annex."""
    if address.section is None:
        return address.part not in PARTS or bool(names.at(address.part, FORMS))
    return bool(names.at(f"{address.part}-{address.section}", FORMS))


def _plain_number(address: Address, forms: Sequence[str]) -> bool:
    """A third number in plain digits can only be a circled one: the form has it exactly there."""
    if address.circled:
        return True
    return address.group is None and any(item.code == address.code for item in names.at(address.code, forms))


def _agrees(address: Address, level: int, forms: Sequence[str]) -> bool | None:
    """Words above the last level against the headings there: they agree, are another's, or neither (None)."""
    words = address.words[level]
    if names.remark(words) or (level == 2 and not (address.group or "").startswith("risk")):
        return True  # systems, contracts and recipients bear the filer's own titles
    parts = (address.part, address.section, address.group)
    code = "-".join(str(part) for part in parts[: level + 1] if part is not None)
    here = names.at(code, FORMS)
    inside = [*here, *names.boxes(code, FORMS), *names.below(code, FORMS)]
    if any(names.rest_after(words, item) == "" for item in inside):
        return True
    if names.is_heading(words, forms):
        return False
    return (
        True if any(names.rest_after(words, i) is not None or names.alike(words, i) for i in here) else None
    )


def _by_number(address: Address, forms: Sequence[str], day: dt.date | None) -> _Match:
    """No words: what the form in force has at the number."""
    found = names.at(address.code, forms)
    current = tuple(item for item in found if item.in_force(day))
    if not found and address.third is not None:
        problem = Problem("item_not_on_form", f"the form has no {address.code}")
        return _Match(code=address.code, problems=(problem,))
    return _Match(current, address.code)


def _by_words(address: Address, words: str, forms: Sequence[str], day: dt.date | None) -> _Match | None:
    """Words at the last level: the heading decides, the number must agree; None: prose."""
    code = address.code
    here = sorted(names.at(code, forms), key=lambda item: not item.in_force(day))
    inside = names.boxes(code, forms)
    whole = [item for item in here if names.rest_after(words, item) == ""]
    if whole:
        return _Match((whole[0],) if len(forms) == 1 else tuple(whole), code, by_heading=True)
    for item in here:
        rest = names.rest_after(words, item)
        box = _box(rest, inside) if rest else None
        if box:
            return _boxed(item, box, code)
    box = _box(words, inside)
    if box:
        current = [item for item in here if item.in_force(day)]
        return _boxed(current[0], box, code) if current else _Match(code=code, sub=box.heading)
    lower = _below(words, code, forms)
    for item in here:
        lower = lower or _below(names.rest_after(words, item) or "", code, forms)
    if lower:
        return lower
    others = [form for form in FORMS if form not in forms]
    foreign = [item for item in names.at(code, others) if names.rest_after(words, item) == ""]
    if foreign:
        return _Match(tuple(foreign[:1]), code, by_heading=True, marks=("heading_of_other_form",))
    return _loosely(address, words, here, forms, day)


def _loosely(
    address: Address, words: str, here: list[Item], forms: Sequence[str], day: dt.date | None
) -> _Match | None:
    """Words that are no heading as they stand: the heading with something behind, or nearly the heading."""
    code, elsewhere = address.code, names.is_heading(words, forms)
    for item in here:
        if not elsewhere and names.rest_after(words, item) is not None and not _prose(words, item):
            return _Match((item,), code, by_heading=True)
        head, box = names.before_box(words, names.boxes(code, forms))
        if not elsewhere and names.alike(head, item):
            sub = box.heading if box else None
            return _Match((item,), code, sub, by_heading=True, marks=("heading_misread",))
    if "。" in words or len(names.heading_form(words)) > _PROSE:
        return None
    if address.group and address.third is None and not elsewhere and not address.group.startswith("risk"):
        return _by_number(
            address, forms, day
        )  # the filer's own title of the system, the contract, the recipient
    if address.section is None and address.part in PARTS:
        return None  # a bare numeral before words that are no heading: Ⅱ期, V型
    if names.heading_form(words)[:1].isdigit():
        return None  # one number too many
    problem = Problem("item_heading_mismatch", f"the heading is not that of {code}")
    return _Match(code=code, problems=(problem,))


def _prose(words: str, item: Item) -> bool:
    rest = names.rest_after(words, item) or ""
    return "。" in words or len(rest) > _PROSE


def _box(words: str, inside: Sequence[Item]) -> Item | None:
    """The named box that the words are, as a whole or nearly."""
    for box in inside:
        if names.rest_after(words, box) == "":
            return box
    near = [box for box in inside if len(names.heading_form(words)) >= 6 and names.alike(words, box)]
    return near[0] if len(near) == 1 else None


def _boxed(item: Item, box: Item, code: str) -> _Match:
    return _Match((replace(item, key=box.key),), code, box.heading, by_heading=True)


def _below(words: str, code: str, forms: Sequence[str]) -> _Match | None:
    """Words that are the heading of one place under a code: that place."""
    found = [item for item in names.below(code, forms) if names.rest_after(words, item) == ""]
    codes = {item.code for item in found}
    if not found or (len({(item.heading, item.key) for item in found}) > 1 and len(codes) > 1):
        return None
    if len(codes) > 1 or _REPEATED.search(found[0].code[len(names.general(code)) :]):
        return _Match((found[0],), code, by_heading=True)
    full = code + found[0].code[len(names.general(code)) :]
    return _Match((found[0],), full, by_heading=True, marks=("code_from_heading",))


def _from_heading(text: str, file: str | None, forms: Sequence[str]) -> ItemReading:
    """A cell without a number: a code only when it is, as a whole, a heading that the form has once."""
    words = names.exact_form(text)
    found = [item for item in names.items() if item.form in forms and words in item.spellings]
    codes = {item.code for item in found}
    if len(codes) != 1 or _REPEATED.search(found[0].code) or re.search("[0-9①-⑳]", text):
        return _unreadable(text, file)
    item = found[0]
    if item.box and item.code != "COVER":
        return _unreadable(
            text, file
        )  # the dictionary does not know every box: another may have this one too
    sub = item.heading if item.box else None
    return _reading([_Match((item,), item.code, sub, marks=("code_from_heading",))], file, text)
