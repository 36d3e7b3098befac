"""The two cells of one row: a repair must not take away what tells 変更前 from 変更後.

A filing that changes 甲 to 乙 shows both on purpose, and a row may be about nothing but a word that an
engine could have misread. So a misreading is put right where both cells have it, or where the other one
says something else at that place; where the other one has it right already, it is only a suggestion.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from ..model import Repair
from .ledger import Ledger
from .normalise import comparison_form

KEPT = "the other cell of the row reads so: the change may be just this"
TYPED_BY_NOBODY = {
    "form",
    "katakana_word",
    "kana_alone",
    "long_vowel_in_kanji",
    "heading_open",
    "heading_close",
}
"""Rules whose misreading is no spelling: beside サーバー a サ一バー is the engine's, whatever the row tells.

Only a row that would tell of no difference any more keeps it.
"""
_REACH = 3
"""Characters on either side, within the line, by which the other cell is known to have the same place."""


def keep_apart(before: Ledger, after: Ledger) -> tuple[Ledger, Ledger]:
    """A row's two repaired cells -> the same, what levels them only suggested.

    >>> read = Ledger('ポスドク端末', (Repair(0, 4, 'ポスドク', 'キオスク', 'kiosk', 'rule', True, 1.0),))
    >>> [cell.text for cell in keep_apart(read, Ledger('キオスク端末'))]
    ['ポスドク端末', 'キオスク端末']
    >>> [cell.text for cell in keep_apart(read, read)]
    ['キオスク端末', 'キオスク端末']
    """
    levelling = (_levelling(before, after), _levelling(after, before))
    before, after = (
        _suggested(cell, found.__contains__) for cell, found in zip((before, after), levelling, strict=True)
    )
    if not _made_equal(before, after):
        return before, after
    ours, theirs = _corrections(before), _corrections(after)
    apart = (
        _suggested(before, lambda one: (one.before, one.after) in ours - theirs),
        _suggested(after, lambda one: (one.before, one.after) in theirs - ours),
    )
    if not _made_equal(*apart):
        return apart
    return _suggested(before, lambda one: True), _suggested(after, lambda one: True)


def _levelling(cell: Ledger, other: Ledger) -> list[Repair]:
    """The repairs of a cell that make it say what only the other one was read to say at that place."""
    return [
        one
        for one, place in zip(cell.applied, cell.places, strict=True)
        if not TYPED_BY_NOBODY.issuperset(one.rule.split("+")) and _levels(cell, one, place, other)
    ]


def _levels(cell: Ledger, one: Repair, place: tuple[int, int], other: Ledger) -> bool:
    left, right = _around(cell.original, one.start, one.stop)
    if left + one.before + right in other.original:
        return False
    around = ((left, right), _around(cell.text, *place))  # neighbours may be misread, or repaired wrongly
    found = [
        (match.start() + len(left), match.start() + len(left) + len(one.after))
        for left, right in around
        for match in re.finditer(f"(?={re.escape(left + one.after + right)})", other.text)
    ]
    misread = any(
        begin < stop and start < end for begin, end in other.places for start, stop in found
    )  # the other cell reads so only because it was repaired there
    return bool(found) and not misread


def _around(text: str, start: int, stop: int) -> tuple[str, str]:
    left, right = text[:start].rpartition("\n")[2], text[stop:].partition("\n")[0]
    return left[-_REACH:], right[:_REACH]


def _made_equal(before: Ledger, after: Ledger) -> bool:
    return comparison_form(before.text) == comparison_form(after.text) and (
        comparison_form(before.original) != comparison_form(after.original)
    )


def _corrections(cell: Ledger) -> Counter[tuple[str, str]]:
    return Counter((one.before, one.after) for one in cell.applied)


def _suggested(cell: Ledger, doubted: Callable[[Repair], bool]) -> Ledger:
    """The cell with its doubted repairs as suggestions."""
    undone = [one for one in cell.applied if doubted(one)]
    return Ledger(
        cell.original,
        tuple(one for one in cell.applied if one not in undone),
        (*cell.suggested, *(one._replace(applied=False, evidence=KEPT) for one in undone)),
    )
