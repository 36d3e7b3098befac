"""Groups of edits that are near-equal, found in linear time: MinHash bands give candidates, texts decide.

MinHash is a few lines of numpy here: the library for it needed eight times the time and 6 kB a text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from .edits import SHORT
from .likeness import JOIN, SHORTEST, STAY, Known, Wording, likeness

_ENDS = 10
_BANDS, _ROWS = 20, 3
_LEADERS, _HEADINGS, _PLACES = 8, 24, 3
_MEDOIDS = 20


def groups(wordings: Sequence[Wording], weights: Sequence[int]) -> list[list[tuple[int, float]]]:
    """Wordings and how many changes have each -> groups of (number, likeness to the most frequent one).

    Every wording is in one group. The result depends on the order of `wordings`: sort them.
    """
    known = [Known(wording) for wording in wordings]
    parent = list(range(len(wordings)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    for leaders, bucket in _buckets(wordings):
        for number in bucket:
            mine = root(number)
            for leader in leaders:
                theirs = root(leader)
                if theirs == mine or likeness(known[number], known[leader]) >= JOIN:
                    parent[max(mine, theirs)] = min(mine, theirs)
                    break
            else:
                if len(leaders) < _LEADERS:
                    leaders.append(number)
    joined = defaultdict(list)
    for number in range(len(wordings)):
        joined[root(number)].append(number)
    return [group for members in joined.values() for group in _round(members, known, weights)]


def _round(
    members: list[int], known: Sequence[Known], weights: Sequence[int]
) -> Iterator[list[tuple[int, float]]]:
    """A chain of wordings -> groups around their most frequent ones: a chain may lead far away."""
    left = sorted(members, key=lambda number: (-weights[number], number))
    for _ in range(_MEDOIDS):
        if not left:
            return
        middle = known[left[0]]
        near = [(number, likeness(middle, known[number])) for number in left]
        yield [(number, round(score, 4)) for number, score in near if score >= STAY]
        left = [number for number, score in near if score < STAY]
    yield from ([(number, 1.0)] for number in left)


# ---------------------------------------------------------------- candidates


def _buckets(wordings: Sequence[Wording]) -> Iterator[tuple[list[int], list[int]]]:
    """Numbers of wordings that may be alike, a list each, and others that these may be like.

    A pair that is alike hardly ever shares none.
    """
    equal: dict[tuple[str, ...], list[int]] = defaultdict(list)
    long = []
    for number, wording in enumerate(wordings):
        edit = wording.edit
        if edit.size < SHORT:
            equal[edit[:2]].append(number)
        if edit.size >= SHORTEST:
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


def _by_item(bucket: list[int], wordings: Sequence[Wording]) -> Iterator[tuple[list[int], list[int]]]:
    """A bucket split by item, so that a popular edit is not compared over all items.

    Wordings without an item's key are compared with one of every key and heading.
    """
    keyed = defaultdict(list)
    unkeyed = []
    for number in bucket:
        key = wordings[number].item_key
        if key:
            keyed[key].append(number)
        else:
            unkeyed.append(number)
    yield from (([], some) for some in keyed.values() if len(some) > 1)
    if unkeyed and len(bucket) > 1:
        headings = {wordings[number][:2]: number for some in keyed.values() for number in reversed(some)}
        yield sorted(headings.values())[:_HEADINGS], unkeyed


_PRIME = np.uint64(0x9E3779B97F4A7C15)
_OTHER = np.uint64(0xC2B2AE3D27D4EB4F)
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
    folded: npt.NDArray[np.uint64] = least[:, 0] * _PRIME ^ least[:, 1] * _OTHER ^ least[:, 2]
    return folded
