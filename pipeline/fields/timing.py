"""提出時期 and its note: was the filing submitted before or after the change took effect, and why."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Literal

from .. import rules
from ..text.normalise import normalise

_WHITE = re.compile(r"\s+")
_BEFORE_THE_WORD = re.compile(r"^(?:提出時期|提出:|(?:義務|任意)(?=\()|[①-⑳レ])?[\W_]*(?:法令上の)?")
_WHY = re.compile(r"\((?![^()]*提出)[^()]*(?:再実施|重要な変更|重大な変更)[^()]*\)$")
"""A reason in brackets; its 要しない does not deny the timing."""
_EMPTY_BOX = re.compile("[□☐]事[前後]")
_TICKED = re.compile(r"(?:[☑✓✔■レ](事[前後])[、・/]?[□☐](事[前後])|[□☐](事[前後])[、・/]?[☑✓✔■レ](事[前後]))")
_DENIED = re.compile("不要|ない|なし|せず|必要(?:は|が|も)?な|要しな|該当しな|対象外")


@lru_cache(maxsize=4096)
def read_timing(text: str) -> Literal["事前", "事後"] | None:
    """A 提出時期 as read -> 事前 or 事後; null when it has neither word, both, or denies one.

    Of both words the ticked one is read, when the other's box is empty.

    >>> read_timing('事　前'), read_timing('（事後）'), read_timing('事前・事後')
    ('事前', '事後', None)
    >>> read_timing('□事前 ☑事後')
    '事後'
    """
    folded = _WHITE.sub("", normalise(text))
    if "事前" in folded and "事後" in folded:
        return _ticked(folded)
    body = _BEFORE_THE_WORD.sub("", _WHY.sub("", folded))
    if _EMPTY_BOX.search(folded) or _DENIED.search(body):
        return None
    if body.startswith("事前"):
        return "事前"
    return "事後" if body.startswith("事後") else None


def _ticked(text: str) -> Literal["事前", "事後"] | None:
    boxes = _TICKED.fullmatch(text)
    if boxes is None:
        return None
    return "事前" if "事前" in (boxes[1], boxes[4]) else "事後"


@lru_cache(maxsize=65536)
def read_note_kind(note: str) -> str | None:
    """A 提出時期に係る説明 -> its kind by `rules/note_kinds.csv`; null when no kind or several fit.

    A reason (法令改正, 組織改正 …) goes before what was done to the text for it (文言修正, 明記).

    >>> read_note_kind('番号法の改正に伴う文言の修正'), read_note_kind('機構改革による変更')
    ('法令改正', '組織改正')
    >>> read_note_kind('申請様式の変更') is None
    True
    """
    folded = _harmless_clauses().sub("", _WHITE.sub("", normalise(note)))
    reasons, edits = _found("reason", folded), _found("edit", folded)
    if reasons and edits:
        clauses = _JOINED.split(folded)
        if any(_found("edit", clause) and not _found("reason", clause) for clause in clauses[1:]):
            return None  # 法令改正及び誤記の修正: two kinds, neither the reason of the other
    kinds = reasons or edits
    return kinds.pop() if len(kinds) == 1 else None


_JOINED = re.compile(
    "(?<!伴い)(?<!より)(?<!ため)(?<!ことから)(?<!踏まえ)(?<!受け)(?:及び|並びに|かつ|[、。,;])"
)
"""Where one thing ends and another begins; not 法改正に伴い、文言を修正."""


def _found(rank: str, note: str) -> set[str]:
    if _void().search(note):
        return set()
    return {
        kind
        for kind, pattern, exclusion in _kinds()[rank]
        if pattern.search(note) and not (exclusion and exclusion.search(note))
    }


@cache
def _kinds() -> dict[str, list[tuple[str, re.Pattern[str], re.Pattern[str] | None]]]:
    ranks: dict[str, list[tuple[str, re.Pattern[str], re.Pattern[str] | None]]] = {"reason": [], "edit": []}
    for row in rules.table("note_kinds"):
        if row["rank"] in ranks:
            exclusion = re.compile(row["exclusion"]) if row["exclusion"] else None
            ranks[row["rank"]].append((row["kind"], re.compile(row["pattern"]), exclusion))
    return ranks


@cache
def _void() -> re.Pattern[str]:
    """What voids any kind: the note says that the thing did not or will not happen."""
    return re.compile("|".join(row["pattern"] for row in rules.table("note_kinds") if row["rank"] == "void"))


@cache
def _harmless_clauses() -> re.Pattern[str]:
    """Clauses that say nothing of the reason, and whose words would mislead: 重要な変更に該当しない."""
    return re.compile("|".join(row["pattern"] for row in rules.table("note_kinds") if row["rank"] == "aside"))
