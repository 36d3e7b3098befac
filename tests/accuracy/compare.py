"""Rows as read beside rows as written: white space, widths and look-alikes do not count, all else does."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from pipeline import rules

Texts = tuple[str, ...]
"""The six fields of a row: 変更日 項目 変更前 変更後 提出時期 説明."""

LINE_END_FIELDS = (2, 3, 5)
"""Where line ends mean something: the two texts and the note."""

_TWINS = str.maketrans(
    {row["radical"]: row["ideograph"] for row in rules.table("radicals")}
    | dict.fromkeys("‧·･∙", "・")
    | dict.fromkeys("~∼〜", "～")
    | dict.fromkeys("−–‐", "-")
)


def compact(text: str) -> str:
    """Text without what producers and readers add or fold: white space, widths, radicals.

    >>> compact("Ⅲ－２　ﾘｽｸ１\\n⻑‧⺠")
    'III-2リスク1長・民'
    """
    twins = text.translate(_TWINS)
    folded = unicodedata.normalize("NFKC", twins).translate(_TWINS)
    return "".join(folded.split())


def line_ends(text: str) -> set[int]:
    """Where a text's lines end, counted in its compact characters; the last end is no news.

    >>> line_ends("一 二\\n三")
    {2}
    """
    ends, length = set(), 0
    for line in text.split("\n")[:-1]:
        length += len(compact(line))
        ends.add(length)
    return ends - {0, len(compact(text))}


@dataclass
class Score:
    """Counts over the rows of one filing, or of many."""

    rows: int = 0
    """Rows in truth."""
    read: int = 0
    """Rows as read."""
    rows_exact: int = 0
    cells: int = 0
    cells_exact: int = 0
    ends_right: int = 0
    ends_read: int = 0
    ends: int = 0
    misses: list[tuple[Texts, Texts | None]] = field(default_factory=list)
    """Rows of truth that are not exact, with what was read in their place."""

    def __add__(self, other: Score) -> Score:
        names = ("rows", "read", "rows_exact", "cells", "cells_exact", "ends_right", "ends_read", "ends")
        sums = {name: getattr(self, name) + getattr(other, name) for name in names}
        return Score(**sums, misses=self.misses + other.misses)

    @property
    def line_end_f1(self) -> float:
        return 2 * self.ends_right / (self.ends_read + self.ends) if self.ends_read + self.ends else 1.0


def score(truth: Sequence[Texts], read: Sequence[Texts]) -> Score:
    """Rows of a filing as written and as read -> how many rows and cells are exact, and line ends."""
    made = Score(rows=len(truth), read=len(read), cells=6 * len(truth))
    plain_truth = [tuple(map(compact, row)) for row in truth]
    plain_read = [tuple(map(compact, row)) for row in read]
    for i, j in pairs(plain_truth, plain_read):
        if j is None:
            made.misses.append((truth[i], None))
            continue
        equal = [a == b for a, b in zip(plain_truth[i], plain_read[j], strict=True)]
        made.cells_exact += sum(equal)
        made.rows_exact += all(equal)
        if not all(equal):
            made.misses.append((truth[i], read[j]))
        for k in LINE_END_FIELDS:
            if equal[k]:
                written, seen = line_ends(truth[i][k]), line_ends(read[j][k])
                made.ends_right += len(written & seen)
                made.ends_read += len(seen)
                made.ends += len(written)
    return made


def pairs(truth: Sequence[Texts], read: Sequence[Texts]) -> list[tuple[int, int | None]]:
    """Each row of truth with the row read in its place: equal rows, and the rest between them in order."""
    made: list[tuple[int, int | None]] = []
    matcher = SequenceMatcher(None, list(truth), list(read), autojunk=False)
    for _, i0, i1, j0, j1 in matcher.get_opcodes():
        made += [(i, j0 + i - i0 if j0 + i - i0 < j1 else None) for i in range(i0, i1)]
    return made
