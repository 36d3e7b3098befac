"""Lines outside the table in; which of them are the page's own, running heads and numbers, out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..model import Line
from .words import folded

_PAGE_NUMBER = re.compile(
    r"[-‐―ー(\[<]*(?:p(?:age|\.)?)?[0-9]{1,4}(?:(?:/|of|ページ中)[0-9]{1,4})?(?:頁|ページ|page)?[-‐―ー)\]>]*",
    re.IGNORECASE,
)
NEAR = 6.0
"""A running head stands at the same height on every page, within this."""


def is_page_number(text: str) -> bool:
    """Whether a line of text numbers its page.

    >>> is_page_number("- 12 -"), is_page_number("３／３０ページ"), is_page_number("令和6年")
    (True, True, False)
    """
    return bool(_PAGE_NUMBER.fullmatch(folded(text)))


def without_numbers(text: str) -> str:
    """A text as it repeats from page to page, its numbers aside.

    >>> without_numbers("架空市　第 12 葉")
    '架空市第#葉'
    """
    return re.sub(r"[0-9]+", "#", folded(text))


def is_running(line: Line, others: Iterable[Line]) -> bool:
    """Whether a line is a page number, or stands among another page's lines at the same height too."""
    return is_page_number(line.text) or any(
        abs(other.y0 - line.y0) < NEAR and without_numbers(other.text) == without_numbers(line.text)
        for other in others
    )
