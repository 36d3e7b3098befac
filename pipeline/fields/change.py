"""A row's six clean texts -> the columns of one change: what kind of change it is, and its identity."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cache

from .. import rules
from ..model import DateReading
from ..text.normalise import comparison_form

DASHES = re.compile(r"[-‐‑‒–—―−－ー─━\s]*")


def change_kind(before: str, after: str, is_same: bool | None = None) -> str:
    """Clean texts of both sides -> the first kind that holds (see `changes.change_kind`).

    `is_same`: whether both sides read alike before any repair, which alone tells whether something changed.

    >>> change_kind("庁内連携システム", "項目ごと削除")
    'deleted'
    >>> change_kind("", "予防接種証明書の交付に関するフローの削除")
    'described'
    """
    if comparison_form(before) == comparison_form(after) if is_same is None else is_same:
        return "unchanged"
    if _blank(after) or _phrase("deleted").fullmatch(after.strip()):
        return "deleted"
    if (_blank(before) or _blank(after)) and _phrase("described").fullmatch((before + after).strip()):
        return "described"
    return "added" if _blank(before) else "modified"


def content_digest(date: DateReading, date_text: str, texts: Iterable[str]) -> str:
    """What a change says, item, before and after in their comparison forms -> hex digest that is equal where
    its reprint reads alike.

    An unread date counts as it is worded, so that two unread dates are not taken for one.
    """
    day = f"{date.date}/{date.precision}" if date.date else comparison_form(date_text)
    return _digest(day, *texts)


def change_id(series: str, digest: str) -> str:
    """The filing's series (body and filing_key) and a content digest -> 16 hex digits."""
    return _digest(series, digest)[:16]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _blank(text: str) -> bool:
    return DASHES.fullmatch(text) is not None


@cache
def _phrase(kind: str) -> re.Pattern[str]:
    patterns = (row["pattern"] for row in rules.table("change_phrases") if row["kind"] == kind)
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
