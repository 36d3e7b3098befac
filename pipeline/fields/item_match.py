"""An address and the words written at it -> what stands there: heading first, then the form in force.

Number and heading must belong together. Where they do not, the number is kept and the name is null.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import NamedTuple

from ..model import Problem
from . import item_names as names
from .item_codes import Address
from .item_names import FORMS, Item
from .item_spelling import GROUPS, PARTS

REPEATED = re.compile("-(?:system|consignment|recipient|transfer)(?:-|$)")
"""Groups that a form repeats; the dictionary has them without number."""

_AND_OTHERS = re.compile("(?:ほか|他|外|等|など)(?:の項目)?")
_AS_A_WHOLE = re.compile("(?:の)?(?:全般|全体|全て)")
_LOST_NUMBER = re.compile(r"\d"), re.compile(r"[(（]\s*\d[\d\s]*[)）]")
"""A section's number behind a part that could not be read, or a third number that a line end cut."""
_SENTENCE = re.compile(r"。[\s。]*[^\s。]|[^。]{20}。")
_PROSE = 40
"""Words that are no heading and longer than this are prose, not the name of an item."""


class Match(NamedTuple):
    """What stands at an address: the item (or several that the number leaves open), and the named box."""

    code: str
    items: tuple[Item, ...] = ()
    sub: str | None = None
    by_heading: bool = False
    marks: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def match(address: Address, forms: Sequence[str], day: dt.date | None) -> Match | None:
    """An address against the dictionary; None when it is no certain address."""
    if not _exists(address) or any(
        names.heading_form(words)[:1].isdigit() for words in address.words[: address.level]
    ):
        return None
    words = address.words[address.level]
    if address.part in PARTS and address.level < 3 and _LOST_NUMBER[address.level > 0].search(words):
        return None
    found = _by_words(address, words, forms, day) if names.spellings(words) else None
    if names.remark(words) and (found is None or found.problems):
        found = _by_number(address, forms, day)
    if found is None:
        return None
    above = [_agrees(address, level) for level in range(address.level)]
    certain = found.by_heading and not found.problems
    if not certain and (None in above or not address.sure or not _only_a_circle(address)):
        return None
    if not certain and _lost_circle(address, words):
        return None
    return _mismatch(address, "the headings are") if False in above else found


def proved(address: Address, given: int, forms: Sequence[str]) -> bool:
    """Every number below the level `given` has its own heading behind it, whole."""
    numbered = [level for level in range(given + 1, address.level + 1) if address.upto(level).level == level]
    named = [level for level in numbered if level != 2 or (address.group or "").startswith("risk")]
    return address.level in named and all(
        any(
            names.rest_after(address.words[level], item) == ""
            for item in names.at(address.upto(level).code, forms)
        )
        for level in named
    )


def _exists(address: Address) -> bool:
    """Some form has such a part, section or annex; no group is 0, no risk above 9 (リスク1⑥ as リスク16)."""
    if re.fullmatch(r"[a-z]+0|risk\d\d+", address.group or ""):
        return False
    return bool(names.at(address.upto(1).code, FORMS))


def _only_a_circle(address: Address) -> bool:
    """The third number is circled, or can be nothing else: a form has it exactly there."""
    if address.figure == "circle":
        return True
    here = any(item.code == names.general(address.code) for item in names.at(address.code, FORMS))
    return here and (address.figure == "bracket" or address.group is None)


def _lost_circle(address: Address, words: str) -> bool:
    """A section of two digits before the heading of a circled number: Ⅳ-11自己点検, which was Ⅳ-1 ①."""
    if address.level != 1 or not names.spellings(words) or (address.section or 0) < 10:
        return False
    section, circle = divmod(address.section or 0, 10)
    return any(
        names.rest_after(words, item) is not None
        for item in names.at(f"{address.part}-{section}-{circle}", FORMS)
    )


def _agrees(address: Address, level: int) -> bool | None:
    """Words above the last level against the headings there: they agree, are another's, or neither (None)."""
    words = address.words[level]
    if names.remark(words) or (level == 2 and not (address.group or "").startswith("risk")):
        return True  # systems, contracts and recipients bear the filer's own titles
    if level == 0 and address.part in ("II", "III") and names.heading_form(words).endswith("ファイル"):
        return True  # the name of the file, for each of which a form repeats these parts
    code = address.upto(level).code
    here = names.at(code, FORMS)
    inside = [*here, *names.boxes(code, FORMS), *names.below(code, FORMS)]
    if any(names.rest_after(words, item) == "" for item in inside):
        return True
    if names.is_heading(words, FORMS):
        return False
    near = any(
        names.rest_after(words, item) is not None or names.shortened(words, item) or names.alike(words, item)
        for item in here
    )
    return True if near else None


def _mismatch(address: Address, what: str) -> Match:
    return Match(
        address.code, problems=(Problem("item_heading_mismatch", f"{what} not that of {address.code}"),)
    )


def _by_number(address: Address, forms: Sequence[str], day: dt.date | None) -> Match:
    """No words: what the form in force has at the number."""
    found = names.at(address.code, forms)
    if not found:
        problem = Problem("item_not_on_form", f"the form has no {address.code}")
        return Match(address.code, problems=(problem,))
    return Match(address.code, tuple(item for item in found if item.in_force(day)))


def _by_words(address: Address, words: str, forms: Sequence[str], day: dt.date | None) -> Match | None:
    """Words at the last level: the heading decides, the number must agree; None: prose."""
    code = address.code
    if len(forms) > 1:  # the kind of the filing is not known: what all forms that have the words agree on
        found = _agreed([one for form in forms if (one := _on_form(words, code, form, day))], code)
        return found or _without_group(address, words, forms) or _loosely(address, words, forms, day)
    found = _exactly(words, code, forms[0], day)
    if found:
        return found
    below = _below_or_behind(words, code, forms)
    others = [form for form in FORMS if form not in forms]
    if below and any(_exactly(words, code, form, None) for form in others):
        return below._replace(code=code, marks=())  # the number is the whole address on another form
    found = below or _without_group(address, words, forms) or _on_other_forms(words, code, others)
    return found or _loosely(address, words, forms, day)


def _on_form(words: str, code: str, form: str, day: dt.date | None) -> Match | None:
    """Words that one form has at the number or below it."""
    return _exactly(words, code, form, day) or _below_or_behind(words, code, [form])


def _agreed(found: Sequence[Match], code: str) -> Match | None:
    """What several forms have at a number: the items of all; code and box where all have the same."""
    if not found:
        return None
    codes, subs = {one.code for one in found}, {one.sub for one in found}
    return Match(
        code if len(codes) > 1 else found[0].code,
        tuple(item for one in found for item in one.items),
        None if len(subs) > 1 else found[0].sub,
        by_heading=True,
        marks=() if len(codes) > 1 else found[0].marks,
    )


def _without_group(address: Address, words: str, forms: Sequence[str]) -> Match | None:
    """`Ⅲ-7 ⑥技術的対策`, which the form has under リスク1: number and heading stand once in the section."""
    if address.group or not address.third or address.figure != "circle" or names.at(address.code, FORMS):
        return None
    found = _below(words, address.upto(1).code, FORMS, f"-{address.third}")
    if found and found.items[0].form not in forms:
        return found._replace(marks=(*found.marks, "heading_of_other_form"))
    return found


def _exactly(words: str, code: str, form: str, day: dt.date | None) -> Match | None:
    """Words that are a form's heading at the number, a named box there, or both."""
    here = sorted(names.at(code, [form]), key=lambda item: not item.in_force(day))
    inside = names.boxes(code, [form])
    whole = [item for item in here if names.rest_after(words, item) == ""]
    if whole:
        return Match(code, (whole[0],), by_heading=True)
    behind = (_boxed(item, names.rest_after(words, item) or "", inside, code) for item in here)
    return next(filter(None, behind), None) or (_boxed(here[0], words, inside, code) if here else None)


def _below_or_behind(words: str, code: str, forms: Sequence[str]) -> Match | None:
    """Words that are a heading below the number, with or without the number's own before it."""
    parts = (words, *names.rests(words, names.at(code, forms)))
    return next((found for part in parts if (found := _below(part, code, forms))), None)


def _on_other_forms(words: str, code: str, forms: Sequence[str]) -> Match | None:
    """Words that stand at the number on another form: the row is older than the filing's kind."""
    found = [one for form in forms if (one := _on_form(words, code, form, None))]
    written = {one.code if one.code.endswith("-other") else code for one in found}
    if len(written) != 1 or len({one.items[0].key for one in found}) != 1:
        return None
    return found[0]._replace(code=written.pop(), marks=("heading_of_other_form",))


def _boxed(item: Item, words: str, inside: Sequence[Item], code: str) -> Match | None:
    """Words that are one named box of an item, or a box and one inside it."""
    chain = names.chain(words, inside)
    if not chain:
        return None
    keys = {box.key for box in chain}
    keyed = item._replace(key=keys.pop()) if len(keys) == 1 else item
    return Match(code, (keyed,), " ".join(box.heading for box in chain), by_heading=True)


def _below(words: str, code: str, forms: Sequence[str], third: str = "") -> Match | None:
    """Words that are the heading of one place under a code (with that third number): that place."""
    found = [
        (item, box)
        for item in names.below(code, forms)
        if item.code.endswith(third) and (box := _whole(words, item)) is not None
    ]
    codes = {item.code for item, _ in found}
    if not found or (len(codes) > 1 and len({(item.heading, item.key) for item, _ in found}) > 1):
        return None
    item, box = found[0]
    further = item.code[len(names.general(code)) :]
    if further.endswith(tuple(GROUPS.values())):
        return Match(code, tuple(names.at(code, forms)[:1]), by_heading=True)
    if len(codes) > 1 or REPEATED.search(further):
        return Match(code, (item,), box or None, by_heading=True)
    marks = () if further == "-other" else ("code_from_heading",)  # the form itself has no number there
    return Match(code + further, (item,), box or None, by_heading=True, marks=marks)


def _whole(words: str, item: Item) -> str | None:
    """Words that are an item's heading (empty), or the heading and its named boxes (their names)."""
    rest = names.rest_after(words, item)
    if not rest:
        return rest
    return " ".join(box.heading for box in names.chain(rest, names.boxes(item.code, [item.form]))) or None


def _loosely(address: Address, words: str, forms: Sequence[str], day: dt.date | None) -> Match | None:
    """Words that are no heading as they stand: a heading with something behind, or nearly a heading."""
    code, form = address.code, names.heading_form(words)
    here, boxes = names.at(code, FORMS), names.boxes(code, FORMS)
    rest = min(names.rests(words, here), key=len, default=form)
    numbered = address.part in PARTS and address.level < 3 and rest[:1].isdigit()
    if _SENTENCE.search(words):
        return None
    others = _other_risks(words, code, forms)
    if others:
        return others
    if len(min([rest, *names.rests(words, boxes)], key=len)) > _PROSE or numbered:
        return None  # prose, or a number that is none of this level's
    if names.is_heading(words, FORMS):
        return _mismatch(address, "the heading is")
    found = _agreed([one for form in forms if (one := _nearly(words, code, form, day))], code)
    if found:
        return found
    other = [one for form in FORMS if form not in forms if (one := _nearly(words, code, form, None))]
    if len({one.items[0].key for one in other}) == 1:
        return other[0]._replace(marks=(*other[0].marks, "heading_of_other_form"))
    return _unknown(address, form, forms, day)


def _other_risks(words: str, code: str, forms: Sequence[str]) -> Match | None:
    """Words with the heading of the section's other risks somewhere in them."""
    form = names.heading_form(words)
    found = [
        item
        for item in sorted(names.below(code, FORMS), key=lambda item: item.form not in forms)
        if item.code == f"{code}-other" and any(heading in form for heading in item.spellings)
    ]
    if not found or len(form) > len(found[0].spellings[0]) + _PROSE:
        return None
    marks = () if found[0].form in forms else ("heading_of_other_form",)
    return Match(found[0].code, (found[0],), by_heading=True, marks=marks)


def _nearly(words: str, code: str, form: str, day: dt.date | None) -> Match | None:
    """Words that begin with the heading at the number, or with a box there, or nearly are one of them."""
    here = sorted(names.at(code, [form]), key=lambda item: not item.in_force(day))
    inside = names.boxes(code, [form])
    for item in here:
        if names.rest_after(words, item) is not None:
            return Match(code, (item,), by_heading=True)
    head, box = names.before_box(words, inside)
    for item in here:
        if names.alike(head, item):
            sub = box.heading if box else None
            return Match(code, (item,), sub, by_heading=True, marks=("heading_misread",))
    begun = [box for box in inside if names.rest_after(words, box) is not None]
    near = begun[0] if begun else names.nearest(words, inside)
    if near and here:
        marks = () if begun else ("heading_misread",)
        return Match(code, (here[0]._replace(key=near.key),), near.heading, by_heading=True, marks=marks)
    return None


def _unknown(address: Address, form: str, forms: Sequence[str], day: dt.date | None) -> Match | None:
    """Words that no heading is like: of the whole item, the filer's own title, or another heading."""
    if _AND_OTHERS.fullmatch(form) or form[:1].isdigit():
        return None  # further items that are not named, or one number too many
    if _AS_A_WHOLE.fullmatch(form):
        return _by_number(address, forms, day)
    if address.group and address.third is None and not address.group.startswith("risk"):
        return _by_number(address, forms, day)  # the filer's own title of the system, contract or recipient
    if address.section is None and address.part in PARTS:
        return None  # a numeral before words that are no heading: Ⅱ期, V型
    return _mismatch(address, "the heading is")
