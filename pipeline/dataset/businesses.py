"""The business (事務) that a filing is about, by rules from its title: what bodies can be compared in."""

from __future__ import annotations

import re
from functools import cache

from .. import rules
from ..text.normalise import folded


def businesses(title: str | None) -> tuple[str, ...]:
    """評価書名 -> every business named in it, the most special first; empty when none is known.

    >>> businesses('札幌市 国民健康保険に関する事務 全項目評価書')
    ('国民健康保険',)
    >>> businesses('特別児童扶養手当の支給に関する事務')
    ('特別児童扶養手当',)
    >>> businesses('農地台帳')
    ()
    """
    text = folded(title or "")
    found = []
    for business, pattern in _patterns():
        if pattern.search(text):
            found.append(business)
            text = pattern.sub("", text)  # 児童扶養手当 also stands in 特別児童扶養手当
    return tuple(found)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row["business"], re.compile(row["pattern"])) for row in rules.table("businesses"))
