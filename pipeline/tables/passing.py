"""The letters that a page can show in, whether the page may be passed by unread out.

Whatever makes the search look at a page stands on it in letters: the table's header or title, a cover's
labels, dates and timings after a table's end. A page without the letters for any of them cannot matter.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from itertools import chain, pairwise

from ..characters import forms, ideographs

FEW_PAGES = 8
"""A file with no more pages than this is read: to look at it first costs more than that saves."""
TRIES = 8
"""So many pages are looked at before it is asked whether that is worth while."""
MANY_LETTERS = 40
"""A page with so many different letters is no scan with a stamp or a page number on it."""

_TELLING = (
    ("変更箇所",),
    ("変更前", "変更後"),
    tuple("変更日項目前後記載"),  # a header broken over lines: its letters in any order
    ("評価書名", "評価実施機関名"),
)
"""Words that stand together on a table's first page, and on a cover."""
_COMBINED = (*range(0x3190, 0x31A0), *range(0x3200, 0x3400), *range(0x1F200, 0x1F300))
"""Ideographs in circles, in brackets, in squares, with numbers."""
_NO_LETTER = r"[^\w\n]*"


def is_worth(asked: int, passed: int) -> bool:
    """Whether to look at a further page first, after so many looked at and so many of them passed by."""
    return asked < TRIES or 4 * passed >= asked


def letters_of(shown: str) -> frozenset[str]:
    """Letters in; which there are, without what sets apart forms of one letter, out.

    >>> sorted(letters_of("⽇ １ ｶ"))
    ['1', 'カ', '日']
    """
    return frozenset("".join(unicodedata.normalize("NFKD", ideographs("".join({*shown}))).split()))


def can_matter(shown: str, after_table: bool, timed: bool) -> bool:
    """Whether a page that shows these letters may hold a table's beginning, a cover, or a table that goes on.

    `shown`: in lines that the page shows in any order, each with its letters in theirs. `after_table`:
    whether a table ended before the page; `timed`: whether it had a column of timings.

    >>> form = "特定個人情報ファイルの取扱いプロセスにおけるリスク対策を講じ、必要な措置の内容を変更する。"
    >>> can_matter(form, False, True), can_matter(form + "変更前の記載\\n後の記載\\n変更", False, True)
    (False, True)
    """
    if len({*shown[: 8 * MANY_LETTERS]}) < MANY_LETTERS and len({*shown}) < MANY_LETTERS:
        return True
    if any(_may_show(words, shown) for words in _TELLING):
        return True
    return after_table and (not timed or _may_show(("事前",), shown) or _may_show(("事後",), shown))


def _may_show(words: tuple[str, ...], shown: str) -> bool:
    """Whether these lines, in some order, may make all the words; signs between letters do not count."""
    for letter, count in _needed(words).items():
        if sum(map(shown.count, _forms(letter))) < count:
            return False
    for letter, follower in chain(*map(pairwise, words)):
        if not _together(letter, follower).search(shown) and not (
            _last(letter).search(shown) and _first(follower).search(shown)
        ):
            return False
    return True


@cache
def _needed(words: tuple[str, ...]) -> Counter[str]:
    return Counter(chain(*words))


@cache
def _forms(letter: str) -> tuple[str, ...]:
    """All characters that show a letter."""
    return *forms(letter), *(one for one, shown in _combined() if letter in shown)


@cache
def _combined() -> tuple[tuple[str, str], ...]:
    """Each combined character, and what it shows."""
    return tuple((one, unicodedata.normalize("NFKD", one)) for one in map(chr, _COMBINED))


def _any_form(letter: str) -> str:
    return f"[{''.join(_forms(letter))}]"


@cache
def _together(letter: str, follower: str) -> re.Pattern[str]:
    return re.compile(_any_form(letter) + _NO_LETTER + _any_form(follower))


@cache
def _last(letter: str) -> re.Pattern[str]:
    return re.compile(_any_form(letter) + _NO_LETTER + r"(?:\n|\Z)")


@cache
def _first(letter: str) -> re.Pattern[str]:
    return re.compile(r"(?:\n|\A)" + _NO_LETTER + _any_form(letter))
