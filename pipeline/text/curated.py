"""Curated repairs: phrases with their context, one line of `rules/repairs.csv` each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from .. import rules
from ..model import Column
from .ledger import Edit


class Rule(NamedTuple):
    """One line of `rules/repairs.csv`, compiled."""

    name: str
    stage: str
    """heading or phrase: when it runs."""
    found: re.Pattern[str]
    """Context on the left, then the group `text`, with a lookahead for the context on the right."""
    after: str
    columns: frozenset[str]
    unless: re.Pattern[str] | None
    """Leaves a sentence alone that matches: a quoted statute, a legitimate use."""
    applied: bool
    score: float
    reason: str


@cache
def curated_rules() -> tuple[Rule, ...]:
    """Every curated repair, in file order: the order in which they run."""
    return tuple(
        Rule(
            row["name"],
            row["stage"],
            re.compile(
                f"(?:{row['left']})(?P<text>{row['text']})" + (f"(?={row['right']})" if row["right"] else ""),
                re.MULTILINE,
            ),
            row["after"],
            frozenset(row["columns"].split("|")) if row["columns"] else frozenset(),
            re.compile(row["unless"]) if row["unless"] else None,
            row["applied"] == "yes",
            float(row["score"]),
            row["reason"],
        )
        for row in rules.table("repairs")
    )


def curated_edits(text: str, column: Column, rule: Rule) -> Iterator[Edit]:
    """Where `rule` corrects the text of a cell."""
    if rule.columns and column not in rule.columns:
        return
    for match in rule.found.finditer(text):
        start, stop = match.span("text")
        if rule.unless and rule.unless.search(_sentence(text, start, stop)):
            continue
        after = match.expand(rule.after)
        if after != text[start:stop]:
            yield Edit(start, stop, after, rule.name, "rule", rule.score, rule.applied, rule.reason)


_SENTENCE_END = re.compile("[。\n]")


def _sentence(text: str, start: int, stop: int) -> str:
    """The sentence around a place: from the stop or line end before it to the one after it."""
    begin = max(text.rfind("。", 0, start), text.rfind("\n", 0, start)) + 1
    end = _SENTENCE_END.search(text, stop)
    return text[begin : end.start() if end else len(text)]
