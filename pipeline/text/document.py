"""Corrections that the rest of the filing decides: the same six neighbours elsewhere, another character.

A filing that changes 甲 to 乙 shows both on purpose. So the two cells of one row never decide about each
other: where they differ, the rest of the filing may only suggest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ..model import Column
from .ledger import Edit
from .lexicon import Lexicon

REACH = 3
_COLUMNS: tuple[Column, ...] = ("item", "before", "after", "note")
_WITNESSES = 2
"""How often the other reading must stand in other rows."""

Seen = Mapping[str, Mapping[str, Sequence[int]]]
"""six neighbours -> the character between them -> the rows where it stands so, one entry a place."""


def context_edits(rows: Sequence[Mapping[Column, str]], words: Lexicon) -> Iterator[tuple[int, Column, Edit]]:
    """All texts of a filing -> (row, column, edit) where the same context elsewhere decides."""
    seen = _contexts(rows)
    for number, row in enumerate(rows):
        for column in _COLUMNS:
            text = row.get(column, "")
            for place in range(REACH, len(text) - REACH):
                read = text[place]
                if read in words.truths:
                    edit = _edit(text, place, seen, words, number)
                    if edit:
                        yield number, column, edit


def _edit(text: str, place: int, seen: Seen, words: Lexicon, number: int) -> Edit | None:
    read, around = text[place], _around(text, place)
    found = seen[around]
    if len(found) < 2 or any(row != number for row in found[read]):
        return None  # it stands so in another row too: no slip of this page
    elsewhere = {
        truth: sum(row != number for row in places)
        for truth, places in found.items()
        if truth in words.truths[read]
    }
    likely = [truth for truth, count in elsewhere.items() if count >= _WITNESSES]
    if len(likely) != 1:
        return None
    differs = any(row == number for row in found[likely[0]])
    return Edit(
        place,
        place + 1,
        likely[0],
        "sibling" if differs else "context",
        "document",
        0.6 if differs else 0.95,
        applied=not differs,
        evidence=f"{around[:REACH]}{likely[0]}{around[REACH:]} ×{elsewhere[likely[0]]}",
    )


def _contexts(rows: Sequence[Mapping[Column, str]]) -> Seen:
    seen: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, row in enumerate(rows):
        for column in _COLUMNS:
            text = row.get(column, "")
            for place in range(REACH, len(text) - REACH):
                seen[_around(text, place)][text[place]].append(number)
    return seen


def _around(text: str, place: int) -> str:
    return text[place - REACH : place] + text[place + 1 : place + 1 + REACH]
