"""The ledger of one cell: edits laid over a text, each traced back to the text before any repair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Literal, NamedTuple

from ..model import Repair

Kind = Literal["rule", "form", "pair", "document", "corpus"]


class Edit(NamedTuple):
    """A correction that a pass proposes; positions in the text as that pass saw it."""

    start: int
    stop: int
    after: str
    rule: str
    kind: Kind
    score: float
    applied: bool = True
    evidence: str = ""


class Ledger(NamedTuple):
    """A text, and the repairs laid over it so far."""

    original: str
    applied: tuple[Repair, ...] = ()
    """In order, never overlapping, positions in `original`."""
    suggested: tuple[Repair, ...] = ()

    @property
    def text(self) -> str:
        """The repaired text."""
        return _render(self.original, self.applied)

    @property
    def places(self) -> list[tuple[int, int]]:
        """Where each applied repair stands in the repaired text."""
        return _places(self.applied)

    @property
    def repairs(self) -> tuple[Repair, ...]:
        return tuple(sorted((*self.applied, *self.suggested), key=lambda one: (one.start, one.stop)))

    def with_edits(self, edits: Iterable[Edit]) -> Ledger:
        """The ledger after one pass. Of edits that overlap the leftmost, longest counts."""
        ledger, text = self, self.text
        shift, reach = 0, 0
        for edit in sorted(edits, key=lambda one: (not one.applied, one.start, -one.stop)):
            if not edit.applied:
                continue
            if edit.start < reach or text[edit.start : edit.stop] == edit.after:
                continue
            moved = edit._replace(start=edit.start + shift, stop=edit.stop + shift)
            ledger = ledger._with_applied(moved)
            shift, reach = shift + len(edit.after) - (edit.stop - edit.start), edit.stop
        return ledger._replace(
            suggested=(*self.suggested, *(self._traced(edit) for edit in edits if not edit.applied)),
        )

    def _with_applied(self, edit: Edit) -> Ledger:
        repair = self._traced(edit)
        kept = tuple(one for one in self.applied if one.stop <= repair.start or one.start >= repair.stop)
        met = [one for one in self.applied if one not in kept]
        if met:  # a second pass corrected what an earlier one had touched: one repair, both rules
            names = dict.fromkeys("+".join([*(one.rule for one in met), edit.rule]).split("+"))
            repair = repair._replace(rule="+".join(names), score=min(edit.score, *(one.score for one in met)))
        if repair.before == repair.after:
            return self._replace(applied=kept)
        return self._replace(applied=tuple(sorted((*kept, repair), key=lambda one: one.start)))

    def _traced(self, edit: Edit) -> Repair:
        """The edit on the current text as a repair of the original, wider where it meets earlier repairs."""
        start, stop, after = edit.start, edit.stop, edit.after
        text = self.text
        for begin, end in self.places:
            if begin < edit.stop and edit.start < end:
                after = text[begin:start] + after if begin < start else after
                after = after + text[stop:end] if end > stop else after
                start, stop = min(start, begin), max(stop, end)
        first, last = self._origin(start), self._origin(stop)
        return Repair(
            first,
            last,
            self.original[first:last],
            after,
            edit.rule,
            edit.kind,
            edit.applied,
            edit.score,
            edit.evidence,
        )

    def _origin(self, position: int) -> int:
        """A place in the current text, not inside a repair -> the same place in the original."""
        grown = 0
        for one, (_, end) in zip(self.applied, self.places, strict=True):
            if end <= position:
                grown += len(one.after) - len(one.before)
        return position - grown


def undo(text: str, repairs: Iterable[Repair]) -> str:
    """Repaired text and its ledger -> the normalised text before repair. Suggestions changed nothing.

    >>> undo('キオスク端末', [Repair(0, 4, 'ポスドク', 'キオスク', 'kiosk', 'rule', True, 1.0)])
    'ポスドク端末'
    """
    applied = sorted((one for one in repairs if one.applied), key=lambda one: one.start)
    pieces, done = [], 0
    for one, (start, stop) in zip(applied, _places(applied), strict=True):
        if text[start:stop] != one.after:
            raise ValueError(f"repair {one.rule} at {one.start} does not stand in the text")
        pieces += [text[done:start], one.before]
        done = stop
    return "".join([*pieces, text[done:]])


def _render(text: str, repairs: Sequence[Repair]) -> str:
    pieces, done = [], 0
    for one in repairs:
        pieces += [text[done : one.start], one.after]
        done = one.stop
    return "".join([*pieces, text[done:]])


def _places(repairs: Sequence[Repair]) -> list[tuple[int, int]]:
    """Where each applied repair's `after` stands in the repaired text."""
    grown = accumulate(len(one.after) - len(one.before) for one in repairs)
    return [
        (one.stop + shift - len(one.after), one.stop + shift)
        for one, shift in zip(repairs, grown, strict=True)
    ]
