"""Whether two edits are the same edit in other words: how much of them is equal, and what differs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel, LCSseq, Levenshtein

from .edits import SHORT, Edit
from .masking import MASKS

JOIN, STAY = 0.84, 0.72
"""Likeness of edits that are taken for one, and what likeness to the group's main wording must be."""
SHORTEST = 6
_CONTEXT = 70
_SAME_HEADING = 80
_SIDE, _PLAIN_SIDE = 78, 8
_CLAUSE_SHARE, _CLAUSE_LENGTH, _CLAUSE_TIMES = 0.85, 20, 2.5
_RUN = 4
_A_WORD_IN = 40
"""One word put for another is borne in so many characters."""
_NAME = 16
"""In shorter text hiragana are words, too (みのりワークス), not particles and endings."""
_LETTERS = re.compile("[A-Za-z一-龥々〇ァ-ヶー]")
_BREAKS = MASKS | frozenset("。、・:;()[]<>「」\n ")


class Wording(NamedTuple):
    """One wording of an edit at one item."""

    item_key: str | None
    heading: str
    edit: Edit


class Known:
    """A wording with what comparing needs of it, worked out once."""

    __slots__ = ("added", "after", "before", "heading", "hunks", "key", "parts", "removed", "size", "text")

    def __init__(self, wording: Wording) -> None:
        edit = wording.edit
        self.key, self.heading = wording.item_key, wording.heading
        self.removed, self.added, self.hunks = edit.removed, edit.added, edit.hunks
        self.size, self.text = edit.size, edit.text
        self.parts = frozenset(edit.hunks)
        self.before, _, self.after = edit.context.partition("…")


def likeness(one: Known, other: Known) -> float:
    """How alike two edits are, 0 … 1; 0 where item, context or a whole side tells them apart."""
    if one.key and other.key:
        if one.key != other.key:
            return 0.0
    elif fuzz.ratio(one.heading, other.heading) < _SAME_HEADING:
        return 0.0
    if min(one.size, other.size) < SHORT and not _same_words(one, other):
        return JOIN if _places_more(one, other) else 0.0
    if one.removed == other.removed and one.added == other.added:
        return 1.0
    ratio = 0.0
    if min(one.size, other.size) >= SHORTEST:
        ratio = fuzz.ratio(one.text, other.text, score_cutoff=100 * STAY) / 100
        if ratio and not (_side(one.removed, other.removed) and _side(one.added, other.added)):
            ratio = 0.0
    if ratio < JOIN and (_places_more(one, other) or _clause_more(one, other)):
        return max(ratio, JOIN)
    return ratio


def _same_words(one: Known, other: Known) -> bool:
    """Whether two short edits stand in like words, before them or after them, and in no other compound."""
    if not (one.before or one.after) or not (other.before or other.after):
        return True  # one is long, and says itself what it is
    if not (_joined(one.before[-1:], other.before[-1:]) and _joined(one.after[:1], other.after[:1])):
        return False
    if one.before == other.before and one.after == other.after:
        return True
    sides = ((one.before, other.before), (one.after, other.after))
    return any(fuzz.ratio(a, b) >= _CONTEXT for a, b in sides if min(len(a), len(b)) > 2)


def _joined(one: str, other: str) -> bool:
    """Whether the neighbours of two short edits are the same, or one of them is where a phrase ends."""
    return one == other or not one or not other or one in _BREAKS or other in _BREAKS


def _side(one: str, other: str) -> bool:
    """Whether the same is removed (or added); little text is weighed with the other side."""
    if one == other:
        return True
    if max(len(one), len(other)) >= _PLAIN_SIDE and fuzz.ratio(one, other) < _SIDE:
        return False
    return not _other_words(one, other)


def _other_words(one: str, other: str) -> bool:
    """Whether one text says other things than the other: words stand in the place of other words.

    Misread characters, another spelling and what is added say nothing of that.
    """
    length = min(len(one), len(other))
    borne = length // _A_WORD_IN
    for gone, come in _replaced(one, other):
        if length >= _NAME:
            gone, come = "".join(_LETTERS.findall(gone)), "".join(_LETTERS.findall(come))
        if min(len(gone), len(come)) > 1:
            borne -= 1
            if borne < 0:
                return True
    return False


def _replaced(one: str, other: str) -> Iterator[tuple[str, str]]:
    """What stands in two texts at the same place; a single character between two places is none."""
    start = stop = new_start = new_stop = -1
    for code in Levenshtein.opcodes(one, other):
        if code.tag == "equal":
            if code.src_end - code.src_start > 1 and start >= 0:
                yield one[start:stop], other[new_start:new_stop]
                start = -1
            continue
        if start < 0:
            start, new_start = code.src_start, code.dest_start
        stop, new_stop = code.src_end, code.dest_end
    if start >= 0:
        yield one[start:stop], other[new_start:new_stop]


def _places_more(one: Known, other: Known) -> bool:
    """Whether one edit does all that the other does, and something in another place besides."""
    short, long = (one, other) if one.size <= other.size else (other, one)
    if not short.parts or not short.parts <= long.parts:
        return False
    return not Counter(short.hunks) - Counter(long.hunks)


def _clause_more(one: Known, other: Known) -> bool:
    """Whether one edit is the other with more words in the same place."""
    if one.removed == other.removed and _holds(one.added, other.added):
        return True
    if min(one.size, other.size) < _CLAUSE_LENGTH:
        return False
    return _within(one.removed, other.removed) and _within(one.added, other.added)


def _holds(one: str, other: str) -> bool:
    """Whether one text stands whole in the other."""
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    return len(short) >= SHORTEST and short in long


def _within(one: str, other: str) -> bool:
    """Whether nearly all of one text stands in the other, in its order and in pieces of some length."""
    if one == other:
        return True
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    if len(long) < _PLAIN_SIDE:
        return not _other_words(one, other)
    if len(short) < _CLAUSE_LENGTH or len(long) > _CLAUSE_TIMES * len(short):
        return False
    enough = int(_CLAUSE_SHARE * len(short))
    if not LCSseq.similarity(short, long, score_cutoff=enough):
        return False  # most pairs: the rest costs ten times this
    runs = [code.src_end - code.src_start for code in Indel.opcodes(short, long) if code.tag == "equal"]
    return sum(run for run in runs if run >= _RUN) >= enough and not _other_words(one, other)
