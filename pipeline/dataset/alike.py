"""Groups of edits that are near-equal, found in linear time: MinHash bands give candidates, texts decide.

MinHash is a few lines of numpy here: the library for it needed eight times the time and 6 kB a text.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from .edits import SHORT, Edit

JOIN, STAY = 0.84, 0.72
"""Likeness of edits that are taken for one, and what likeness to the group's main wording must be."""
_SHORTEST, _CONTEXT = 6, 70
_SAME_HEADING = 80
_SIDE, _PLAIN_SIDE = 0.78, 8
_CLAUSE_SHARE, _CLAUSE_LENGTH, _CLAUSE_TIMES = 0.92, 20, 2.5
_ENDS = 10
_BANDS, _ROWS = 20, 2
_LEADERS, _PLACES = 24, 3
_MEDOIDS = 20


class Wording(NamedTuple):
    """One wording of an edit at one item."""

    item_key: str | None
    heading: str
    edit: Edit


def groups(wordings: Sequence[Wording], weights: Sequence[int]) -> list[list[tuple[int, float]]]:
    """Wordings and how many changes have each -> groups of (number, likeness to the most frequent one).

    Every wording is in one group. The result depends on the order of `wordings`: sort them.
    """
    parent = list(range(len(wordings)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    for bucket in _buckets(wordings):
        leaders: list[int] = []
        for number in bucket:
            mine = root(number)
            for leader in leaders:
                theirs = root(leader)
                if theirs == mine or likeness(wordings[number], wordings[leader]) >= JOIN:
                    parent[max(mine, theirs)] = min(mine, theirs)
                    break
            else:
                if len(leaders) < _LEADERS:
                    leaders.append(number)
    joined = defaultdict(list)
    for number in range(len(wordings)):
        joined[root(number)].append(number)
    return [group for members in joined.values() for group in _round(members, wordings, weights)]


def likeness(one: Wording, other: Wording) -> float:
    """How alike two edits are, 0 … 1; 0 where item, context or a whole side tells them apart."""
    if one.item_key and other.item_key:
        if one.item_key != other.item_key:
            return 0.0
    elif fuzz.ratio(one.heading, other.heading) < _SAME_HEADING:
        return 0.0
    a, b = one.edit, other.edit
    if min(a.size, b.size) < SHORT and a.context and b.context and not _same_words(a, b):
        return JOIN if _places_more(a, b) else 0.0
    if a[:2] == b[:2]:
        return 1.0
    ratio = 0.0
    if min(a.size, b.size) >= _SHORTEST and _side(a.removed, b.removed) and _side(a.added, b.added):
        ratio = fuzz.ratio(a.text, b.text, score_cutoff=100 * STAY) / 100
    return max(ratio, JOIN) if ratio < JOIN and (_places_more(a, b) or _clause_more(a, b)) else ratio


def _same_words(one: Edit, other: Edit) -> bool:
    """Whether two short edits stand in like words, before them or after them."""
    sides = zip(one.context.split("…"), other.context.split("…"), strict=False)
    return any(fuzz.ratio(a, b) >= _CONTEXT for a, b in sides if min(len(a), len(b)) > 2) or (
        one.context == other.context
    )


def _side(one: str, other: str) -> bool:
    """Whether the same is removed (or added); little text is weighed with the other side."""
    if max(len(one), len(other)) < _PLAIN_SIDE:
        return True
    return fuzz.ratio(one, other) >= 100 * _SIDE


def _places_more(one: Edit, other: Edit) -> bool:
    """Whether one edit does all that the other does, and something in another place besides."""
    short, long = sorted((one, other), key=attrgetter("size"))
    return bool(short.hunks and long.hunks) and not Counter(short.hunks) - Counter(long.hunks)


def _clause_more(one: Edit, other: Edit) -> bool:
    """Whether one edit is the other with more words in the same place."""
    if one.removed == other.removed and _holds(one.added, other.added):
        return True
    if min(one.size, other.size) < _CLAUSE_LENGTH:
        return False
    return _within(one.removed, other.removed) and _within(one.added, other.added)


def _holds(one: str, other: str) -> bool:
    """Whether one text stands whole in the other."""
    short, long = sorted((one, other), key=len)
    return len(short) >= _SHORTEST and short in long


def _within(one: str, other: str) -> bool:
    """Whether nearly all characters of one text stand in the other, in their order."""
    short, long = sorted((len(one), len(other)))
    if long < _PLAIN_SIDE:
        return True
    if short < _CLAUSE_LENGTH or long > _CLAUSE_TIMES * short:
        return False
    return LCSseq.similarity(one, other, score_cutoff=int(_CLAUSE_SHARE * short)) > 0


def _round(
    members: list[int], wordings: Sequence[Wording], weights: Sequence[int]
) -> Iterator[list[tuple[int, float]]]:
    """A chain of wordings -> groups around their most frequent ones: a chain may lead far away."""
    left = sorted(members, key=lambda number: (-weights[number], number))
    for _ in range(_MEDOIDS):
        if not left:
            return
        middle = wordings[left[0]]
        near = [(number, likeness(middle, wordings[number])) for number in left]
        yield [(number, round(score, 4)) for number, score in near if score >= STAY]
        left = [number for number, score in near if score < STAY]
    yield from ([(number, 1.0)] for number in left)


# ---------------------------------------------------------------- candidates


def _buckets(wordings: Sequence[Wording]) -> Iterator[list[int]]:
    """Numbers of wordings that may be alike, a list each; a pair that is alike shares one hardly ever not."""
    equal: dict[tuple[str, ...], list[int]] = defaultdict(list)
    long = []
    for number, wording in enumerate(wordings):
        edit = wording.edit
        if edit.size < SHORT:
            equal[edit[:2]].append(number)
        if edit.size >= _SHORTEST:
            long.append(number)
            equal["head", edit.removed[:_ENDS], edit.added[:_ENDS]].append(number)
            equal["tail", edit.removed[-_ENDS:], edit.added[-_ENDS:]].append(number)
        for hunk in {*edit.hunks[:_PLACES], max(edit.hunks, key=len)} if edit.hunks else ():
            equal["hunk", hunk].append(number)
    for bucket in equal.values():
        if len(bucket) > 1:
            yield from _by_item(bucket, wordings)
    numbers = np.array(long, dtype=np.int64)
    bands = np.empty((_BANDS, len(long)), dtype=np.uint64)
    for column, number in enumerate(long):
        bands[:, column] = _bands(wordings[number].edit.text)
    for band in bands:
        order = np.argsort(band, kind="stable")
        starts = np.flatnonzero(np.diff(band[order])) + 1
        for alike in np.split(numbers[order], starts):
            if len(alike) > 1:
                yield from _by_item(alike.tolist(), wordings)


def _by_item(bucket: list[int], wordings: Sequence[Wording]) -> Iterator[list[int]]:
    """A bucket split by item, so that a popular edit is not compared over all items.

    Wordings without an item's key are compared with all.
    """
    keyed = defaultdict(list)
    unkeyed = []
    for number in bucket:
        key = wordings[number].item_key
        if key:
            keyed[key].append(number)
        else:
            unkeyed.append(number)
    yield from (some for some in keyed.values() if len(some) > 1)
    if unkeyed and len(bucket) > 1:
        headings = {wordings[number][:2]: number for some in keyed.values() for number in reversed(some)}
        yield [*sorted(headings.values())[:_LEADERS], *unkeyed]


_PRIME = np.uint64(0x9E3779B97F4A7C15)
_MULTIPLIERS = np.random.default_rng(20160101).integers(
    1, 2**63, _BANDS * _ROWS, dtype=np.uint64
) | np.uint64(1)


def _bands(text: str) -> npt.NDArray[np.uint64]:
    """A text -> one number a band: the least hashes of its character triples, paired."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    triples = (codes[:-2] << np.uint64(42)) ^ (codes[1:-1] << np.uint64(21)) ^ codes[2:]
    hashed = triples * _PRIME
    hashed ^= hashed >> np.uint64(29)
    least = ((hashed[:, None] * _MULTIPLIERS) >> np.uint64(20)).min(axis=0).reshape(_BANDS, _ROWS)
    folded: npt.NDArray[np.uint64] = least[:, 0] * _PRIME ^ least[:, 1]
    return folded
