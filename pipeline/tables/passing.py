"""The letters that a page can show in, whether the page may be passed by unread out.

Whatever makes the search look at a page stands on it in letters: the table's header or title, a cover's
labels, dates and timings after a table's end. A page without the letters for any of them cannot matter.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache

from ..characters import forms, ideographs

FEW_PAGES = 8
"""A file with no more pages than this is read: to look at it first costs more than that saves."""
TRIES = 8
"""So many pages are looked at before it is asked whether that is worth while."""
MANY_LETTERS = 40
"""A page with so many different letters is no scan with a stamp or a page number on it."""

_LABELS = frozenset("評価書名実施機関")
_TITLE = frozenset("変更箇所")
_HEADER = frozenset("変更前後")
_BROKEN_HEADER = _HEADER | frozenset("日項目記載")


def is_worth(asked: int, passed: int) -> bool:
    """Whether to look at a further page first, after so many looked at and so many of them passed by."""
    return asked < TRIES or 4 * passed >= asked


def letters_of(shown: Iterable[str]) -> frozenset[str]:
    """Letters in; which there are, without what sets apart forms of one letter, out.

    >>> sorted(letters_of("⽇ １ ｶ"))
    ['1', 'カ', '日']
    """
    return frozenset("".join(map(_folded, shown if isinstance(shown, frozenset) else frozenset(shown))))


@cache
def _folded(letter: str) -> str:
    return unicodedata.normalize("NFKD", ideographs(letter)).strip()


def can_matter(shown: str, after_table: bool, timed: bool) -> bool:
    """Whether a page that shows these letters may hold a table's beginning, a cover, or a table that goes on.

    `after_table`: whether a table ended before the page; `timed`: whether it had a column of timings.

    >>> form = "特定個人情報ファイルの取扱いプロセスにおけるリスク対策を講じ、必要な措置の内容を変更する。"
    >>> can_matter(form, False, True), can_matter(form + "変更日項目変更前の記載変更後の記載", False, True)
    (False, True)
    """
    different = frozenset(shown)
    if len(different) < MANY_LETTERS:
        return True
    letters = letters_of(different)
    if letters >= _TITLE or letters >= _BROKEN_HEADER:
        return True
    # 変更前 and 変更後, 評価書名 and 評価実施機関名
    for needed, twice in ((_HEADER, "変更"), (_LABELS, "評価名")):
        if letters >= needed and all(sum(map(shown.count, forms(letter))) > 1 for letter in twice):
            return True
    if not after_table:
        return False
    return not timed or ("事" in letters and ("前" in letters or "後" in letters))
