"""What a change takes out of a text and puts into it, masked, with a little of what stands around it."""

from __future__ import annotations

import re
from functools import cache
from operator import attrgetter
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein, Postfix, Prefix

from .. import rules
from ..text.normalise import folded
from .masking import MASKS, mask

SHORT = 12
"""An edit of fewer characters says what it is only together with the words around it."""
LONG = 60
_CONTEXT, _NEAREST = 12, 5
_MARGIN = 24
_ISLAND, _SCRAP = 2, 6
_CLEAR = 4
_LONGEST = 8000
_KEPT = 1200
_NUMERALS = frozenset("0123456789一二三四五六七八九十○")
_NUMBER = re.compile(r"\d+")
_PUNCTUATION = frozenset("、。・「」()[]<>:;-/ \n") | MASKS


class Edit(NamedTuple):
    """Removed and added text of one change; equal edits of different bodies are equal here."""

    removed: str
    added: str
    hunks: tuple[str, ...]
    """`removed→added` of each place that the edit touches, with the nearest characters around it."""
    context: str
    """The words before and after the largest hunk of an edit that is not long, with … between."""

    @property
    def text(self) -> str:
        return f"{self.removed}→{self.added}"

    @property
    def size(self) -> int:
        return len(self.removed) + len(self.added)


class _Hunk(NamedTuple):
    start: int
    stop: int
    new_start: int
    new_stop: int

    @property
    def size(self) -> int:
        return self.stop - self.start + self.new_stop - self.new_start


def read_edit(before: str, after: str, body: str | None) -> Edit | None:
    """Clean texts of a change and its body's name -> the edit; null when it is all names, dates, counts.

    >>> read_edit('番号法第19条第7号に基づく', '番号法第19条第8号に基づく', '札幌市')[:2]
    ('7', '8')
    >>> read_edit('市民課長', '総合窓口課長', '札幌市') is None
    True
    """
    old, new = _trimmed(folded(before), folded(after))
    old, new = mask(old, body), mask(new, body)
    hunks = _clear(_hunks(old, new), old, new)
    if not hunks:
        return None
    gone = [old[hunk.start : hunk.stop] for hunk in hunks]
    come = [new[hunk.new_start : hunk.new_stop] for hunk in hunks]
    removed, added = "".join(gone), "".join(come)
    content = [character for character in removed + added if character not in _PUNCTUATION]
    if not content or (len(content) < 4 and not MASKS.isdisjoint(removed + added)):
        return None
    main = max(hunks, key=attrgetter("size"))
    context = old[max(0, main.start - _CONTEXT) : main.start] + "…" + old[main.stop : main.stop + _CONTEXT]
    return Edit(
        removed[:_KEPT],
        added[:_KEPT],
        tuple(_told(hunk, old, new) for hunk in hunks) if len(removed + added) < _KEPT else (),
        context if len(removed + added) < LONG else "",
    )


def _told(hunk: _Hunk, old: str, new: str) -> str:
    before, after = old[max(0, hunk.start - _CONTEXT) : hunk.start], old[hunk.stop : hunk.stop + _CONTEXT]
    edit = f"[{old[hunk.start : hunk.stop]}→{new[hunk.new_start : hunk.new_stop]}]"
    return _NUMBER.sub("0", before)[-_NEAREST:] + edit + _NUMBER.sub("0", after)[:_NEAREST]


def _trimmed(old: str, new: str) -> tuple[str, str]:
    """Both texts without most of their common start and end, which say nothing of the edit."""
    head = Prefix.similarity(old, new)
    tail = Postfix.similarity(old[head:], new[head:])
    start = max(0, head - _MARGIN)
    cut = max(0, tail - _MARGIN)
    return old[start : len(old) - cut], new[start : len(new) - cut]


def _hunks(old: str, new: str) -> list[_Hunk]:
    """Where the texts differ; differences with next to nothing between them are one."""
    if old == new:
        return []
    if max(len(old), len(new)) > _LONGEST:
        return [_Hunk(0, len(old), 0, len(new))]
    hunks: list[_Hunk] = []
    for code in Levenshtein.opcodes(old, new):
        if code.tag == "equal":
            continue
        hunk = _Hunk(code.src_start, code.src_end, code.dest_start, code.dest_end)
        if hunks and hunk.start - hunks[-1].stop <= _ISLAND and not _alike(hunks[-1], hunk):
            hunk = _Hunk(hunks[-1].start, hunk.stop, hunks[-1].new_start, hunk.new_stop)
            hunks.pop()
        hunks.append(hunk)
    ends = [*(hunk.start for hunk in hunks[1:]), len(old)]
    return [_settled(hunk, end - hunk.stop, old, new) for hunk, end in zip(hunks, ends, strict=True)]


def _alike(one: _Hunk, other: _Hunk) -> bool:
    """Whether both only put in, or only take out, more than scraps: two edits then, however near."""
    if min(one.size, other.size) < _SCRAP:
        return False
    return (one.start == one.stop and other.start == other.stop) or (
        one.new_start == one.new_stop and other.new_start == other.new_stop
    )


def _settled(hunk: _Hunk, room: int, old: str, new: str) -> _Hunk:
    """A hunk that can be drawn in several ways -> one of them: least text, late, so that 。 ends it."""
    gone, come = old[hunk.start : hunk.stop], new[hunk.new_start : hunk.new_stop]
    tail = Postfix.similarity(gone, come)
    gone, come = gone[: len(gone) - tail], come[: len(come) - tail]
    head = Prefix.similarity(gone, come)
    start, stop = hunk.start + head, hunk.stop - tail
    new_start, new_stop = hunk.new_start + head, hunk.new_stop - tail
    if (start == stop) != (new_start == new_stop):
        text, begin, end = (new, new_start, new_stop) if start == stop else (old, start, stop)
        on = 0
        while on < room + tail and text[begin + on] == text[end + on]:
            on += 1
        start, stop, new_start, new_stop = (at + on for at in (start, stop, new_start, new_stop))
    return _Hunk(start, stop, new_start, new_stop)


def _clear(hunks: list[_Hunk], old: str, new: str) -> list[_Hunk]:
    """The hunks without what looks like a misreading on one side, where there is more than that."""

    def misread(hunk: _Hunk) -> bool:
        gone, come = old[hunk.start : hunk.stop], new[hunk.new_start : hunk.new_stop]
        if (gone, come) in _confusions() or (come, gone) in _confusions():
            return True
        return max(len(gone), len(come)) == 1 and _NUMERALS.isdisjoint(gone + come)

    meant = [hunk for hunk in hunks if not misread(hunk)]
    return meant if sum(hunk.size for hunk in meant) >= _CLEAR else hunks


@cache
def _confusions() -> frozenset[tuple[str, str]]:
    return frozenset((row["truth"], row["read"]) for row in rules.table("confusions"))
