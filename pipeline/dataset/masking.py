"""What differs from body to body by nature, masked: names of bodies, departments, companies, dates, numbers.

Numbers of laws are left: 第19条第7号 becoming 第8号 is what a national edit looks like.
"""

from __future__ import annotations

import re
from functools import cache

from .. import rules

BODY, DEPARTMENT, COMPANY, DATE, NUMBER, BULLET = "\ue000\ue001\ue002\ue003\ue004\ue005"
"""One private character each, so that a mask is as short as it says little."""
MASKS = frozenset((BODY, DEPARTMENT, COMPANY, DATE, NUMBER, BULLET))
_SYMBOLS = {
    "company": COMPANY, "date": DATE, "body": BODY, "body_word": BODY, "department": DEPARTMENT,
    "number": NUMBER, "bullet": BULLET,
}  # fmt: skip
_LONGEST_NAME = 8
_ENDS = re.compile("[市区町村都道府県]")
_REPEATED = re.compile(f"([{BODY}{DEPARTMENT}{COMPANY}{DATE}{NUMBER}{BULLET}])\\1+")


def mask(text: str, own_name: str | None) -> str:
    """A folded text and the name of its body -> the text with all names and numbers masked.

    >>> a = mask('札幌市における措置令和6年4月1日市民課100人', '札幌市')
    >>> a == mask('那覇市における措置平成30年5月町民税課20人', '那覇市')
    True
    >>> mask('番号法第19条第7号', '札幌市')
    '番号法第19条第7号'
    """
    for word, other in _spellings():
        text = text.replace(word, other)
    text = _names(text, own_name)
    for symbol, pattern in _patterns():
        text = pattern.sub(symbol, text)
    return _REPEATED.sub(r"\1", text)


def _names(text: str, own_name: str | None) -> str:
    """Names of bodies, the longest that ends at each 市, 区, 町 …; the filing's own also without that."""
    if own_name:
        text = text.replace(own_name, BODY)
        stem = own_name.rstrip("市区町村都道府県")
        if len(stem) > 1:
            text = text.replace(stem, BODY)
    done, pieces = 0, []
    for match in _ENDS.finditer(text):
        end = match.end()
        for start in range(max(done, end - _LONGEST_NAME), end - 1):
            if text[start:end] in _known_names():
                pieces += [text[done:start], BODY]
                done = end
                break
    return "".join([*pieces, text[done:]])


@cache
def _known_names() -> frozenset[str]:
    names = {row["name"] for row in rules.table("municipalities")}
    names |= {row["old_name"] for row in rules.table("bodies_aliases")}
    return frozenset(names | {row["prefecture"] for row in rules.table("municipalities")})


@cache
def _spellings() -> tuple[tuple[str, str], ...]:
    return tuple((row["spelling"], row["instead"]) for row in rules.table("text_spellings"))


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((_SYMBOLS[row["mask"]], re.compile(row["pattern"])) for row in rules.table("masks"))
