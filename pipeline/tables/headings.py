"""The lines of a cell in, the headings of a change table among them out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Literal

from .. import rules
from ..characters import forms
from ..model import Column, Line
from .words import folded

Heading = Column | Literal["number", "remark", "other"]
"""A column of the change table, or one that is no part of the dataset."""

LONGEST = 8
"""Lines that a heading may be broken into: 提出時期に係る説明 in a column one glyph wide, by two."""


@lru_cache(maxsize=512)  # a header is the same on all pages of its table
def headings_in(texts: tuple[str, ...], misread: tuple[bool, ...]) -> list[tuple[Heading, int, int]]:
    """Headings among lines and which lines they are, from, to; of those that begin on one line the longest.

    `misread`: whether each line may be; none is where it is empty.
    """
    found: list[tuple[Heading, int, int]] = []
    start = 0
    while start < len(texts):
        best = None
        doubtful = bool(misread) and misread[start]
        if doubtful or _is_initial(texts[start].lstrip()[:1]):
            text = ""
            for stop in range(start, min(start + LONGEST, len(texts))):
                text += folded(texts[stop])
                plain = _ASIDE.sub("", text)
                heading = _headings().get(plain) or (_nearly(plain) if doubtful else None)
                if heading is not None:
                    best = heading, start, stop + 1
        if best is not None:
            found.append(best)
        start = best[2] if best else start + 1
    return found


def heading_of(lines: Sequence[Line]) -> Heading | None:
    """Lines of one column in, the heading that they are together out; null when they are none."""
    return _headings().get(_ASIDE.sub("", folded("".join(line.text for line in lines))))


_ASIDE = re.compile(r"\([^()]*\)$|※[0-9]*$")
"""What may follow a heading: (年月日), ※1."""


@cache
def _headings() -> dict[str, Heading]:
    return {folded(row["heading"]): row["column"] for row in rules.table("headers")}  # type: ignore[misc]


def may_begin(text: str) -> bool:
    """Lines of text in; whether a heading may begin with one of them, at a glance, out.

    >>> may_begin("令和6年4月1日"), may_begin("令和6年\\n変更日")
    (False, True)
    """
    return bool(_initials().search(text))


@cache
def _initials() -> re.Pattern[str]:
    """Finds lines that a heading may begin: most begin with kana, numbers or another ideograph."""
    shown = {form for heading in _headings() for form in forms(heading[0])}
    return re.compile(rf"^\s*(?:[{re.escape(''.join(shown))}]|[^\s0-9０-９「（(・一-鿿ぁ-ヿ])", re.MULTILINE)


@lru_cache(maxsize=4096)
def _nearly(text: str) -> Heading | None:
    """The heading that an OCR engine may have misread so: 提出時期に係ろ説明; null when it may be two."""
    found = {
        column
        for heading, column in _headings().items()
        if len(heading) == len(text) > 3
        and sum(one != other for one, other in zip(heading, text, strict=True)) <= len(text) // 4
    }
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=4096)
def _is_initial(letter: str) -> bool:
    """Whether some heading begins with a letter."""
    return folded(letter) in {heading[0] for heading in _headings()}
