"""Two engines on the same cells: where they agree the reading is surer, else the more reliable one counts.

How often either was right where they differ was counted on pages with known text, by how sure each of them
was of its character (`rules/ocr_choices.csv`). The counts choose, and bound how sure the choice is.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate, groupby
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from .. import rules
from .engine import Engine, OcrLine
from .line_strips import Grey


class Both:
    """The first engine's lines, put right where the second is more reliable."""

    name = "both"

    def __init__(self, first: Engine, second: Engine) -> None:
        self._first, self._second = first, second
        self.version = f"{first.name}-{first.version}+{second.name}-{second.version}"
        counted = hashlib.sha256(repr(rules.table("ocr_choices")).encode()).hexdigest()[:8]
        self.settings = f"{first.settings};{second.settings};choices-{counted}"

    def read(self, cells: Sequence[Grey]) -> list[tuple[OcrLine, ...]]:
        """Grey pictures of cells at 300 dpi -> the lines of each, from top to bottom."""
        pairs = zip(self._first.read(cells), self._second.read(cells), strict=True)
        return [merged_lines(first, second) for first, second in pairs]


def merged_lines(first: Sequence[OcrLine], second: Sequence[OcrLine]) -> tuple[OcrLine, ...]:
    """Two readings of a cell -> one: the first's lines, each with the second's line beside it."""
    partners: dict[int, OcrLine] = {}
    for line in second:
        shares = [_overlap(line, other) for other in first]
        best = max(range(len(first)), key=shares.__getitem__, default=-1)
        if best >= 0 and shares[best] > 0.5:
            partners.setdefault(best, line)
    return tuple(merged(line, partners[n]) if n in partners else line for n, line in enumerate(first))


def _overlap(one: OcrLine, other: OcrLine) -> float:
    """The share of the lower line's height that the two have in common."""
    common = min(one.bottom, other.bottom) - max(one.top, other.top)
    return common / max(1e-6, min(one.bottom - one.top, other.bottom - other.top))


class Letter(NamedTuple):
    """A character of a line with its score and place."""

    character: str
    score: float
    left: float
    right: float

    @property
    def folded(self) -> str:
        return _SAME.get(self.character) or unicodedata.normalize("NFKC", self.character)


_SAME = {"〇": "○", "◯": "○", **{character: character for character in map(chr, range(0x2460, 0x2474))}}


def merged(one: OcrLine, other: OcrLine) -> OcrLine:
    """Two readings of a line -> the more reliable one of every character; the first one's blanks."""
    first, second, blanks = letters(one), letters(other), _blanks(one)
    made: list[Letter] = []
    done = 0
    for same, mine, theirs in aligned(first, second):
        for ours, others in _one_by_one(mine, theirs):
            made += _surer(*ours, *others) if same else _chosen(ours, others)
            made += [blank for n, blank in blanks if done < n <= done + len(ours)]
            done += len(ours)
    return OcrLine(
        "".join(letter.character for letter in made),
        tuple(letter.score for letter in made),
        tuple(accumulate((letter.left for letter in made), max)),
        tuple(accumulate((letter.right for letter in made), max)),
        one.top,
        one.bottom,
    )


def _one_by_one(
    mine: Sequence[Letter], theirs: Sequence[Letter]
) -> Iterator[tuple[Sequence[Letter], Sequence[Letter]]]:
    """Stretches of equal length character by character, others whole."""
    if len(mine) != len(theirs):
        yield mine, theirs
    else:
        for a, b in zip(mine, theirs, strict=True):
            yield [a], [b]


def _surer(mine: Letter, theirs: Letter) -> list[Letter]:
    return [mine._replace(score=1 - (1 - mine.score) * (1 - theirs.score))]


def _chosen(mine: Sequence[Letter], theirs: Sequence[Letter]) -> Sequence[Letter]:
    """What counts where the engines differ, and at most as sure as it was counted to be right."""
    share = first_right(kind_of(mine, theirs), sureness(mine), sureness(theirs))
    taken, sure = (mine, share) if share >= 0.5 else (theirs, 1 - share)
    return [letter._replace(score=min(letter.score, sure)) for letter in taken]


def kind_of(mine: Sequence[Letter], theirs: Sequence[Letter]) -> str:
    """How two readings of one place differ: `one` character, `only_first`, `only_second`, or `several`."""
    if not mine or not theirs:
        return "only_first" if mine else "only_second"
    return "one" if len(mine) == len(theirs) == 1 else "several"


def sureness(letters: Sequence[Letter]) -> float:
    """How sure an engine is of the least sure of these characters; of none it is sure."""
    return min((letter.score for letter in letters), default=1.0)


def first_right(kind: str, first: float, second: float) -> float:
    """How two readings differ and how sure they are -> how likely the first is right; 0.5 if never counted.

    >>> first_right('one', 0.6, 0.99) < 0.5 < first_right('one', 0.99, 0.6)
    True
    """
    right, wrong = _counts().get((kind, step_of(first, FIRST_STEPS), step_of(second, SECOND_STEPS)), (0, 0))
    return (right + 1) / (right + wrong + 2)


def step_of(score: float, steps: Sequence[float]) -> float:
    """The highest of the steps that a score reaches."""
    return max((step for step in steps if score >= step), default=0.0)


FIRST_STEPS, SECOND_STEPS = (0.0, 0.5, 0.8, 0.95, 0.99), (0.0, 0.9, 0.95)
"""How sure the engines are of a character, in the steps for which readings were counted."""


@cache
def _counts() -> dict[tuple[str, float, float], tuple[int, int]]:
    return {
        (row["differ"], float(row["first_from"]), float(row["second_from"])): (
            int(row["first_right"]),
            int(row["second_right"]),
        )
        for row in rules.table("ocr_choices")
    }


def aligned(
    first: Sequence[Letter], second: Sequence[Letter]
) -> Iterator[tuple[bool, Sequence[Letter], Sequence[Letter]]]:
    """Stretches in turn where the two agree and where they differ."""
    steps = Levenshtein.opcodes([one.folded for one in first], [one.folded for one in second])
    for same, group in groupby(steps, lambda step: step.tag == "equal"):
        found = list(group)
        yield (
            same,
            first[found[0].src_start : found[-1].src_end],
            second[found[0].dest_start : found[-1].dest_end],
        )


def letters(line: OcrLine) -> list[Letter]:
    """A line -> its characters, blanks left out."""
    return [letter for letter in _all(line) if letter.folded.strip()]


def _blanks(line: OcrLine) -> list[tuple[int, Letter]]:
    """A line's blanks, each with the number of characters before it."""
    found = []
    done = 0
    for letter in _all(line):
        if letter.folded.strip():
            done += 1
        else:
            found.append((done, letter))
    return found


def _all(line: OcrLine) -> list[Letter]:
    return [Letter(*parts) for parts in zip(line.text, line.scores, line.left, line.right, strict=True)]
