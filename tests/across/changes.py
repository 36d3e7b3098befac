"""True changes of one series: national edits in a body's own words, and local ones, some much like them."""

from __future__ import annotations

import csv
import datetime as dt
import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from string import Template
from typing import Any

from pipeline import code_lists
from pipeline.dataset.edits import read_edit
from pipeline.text.normalise import normalise

from . import words

SOURCES = Path(__file__).parents[1] / "filings/make"
FORMS = {2: "基礎項目", 3: "重点項目", 4: "全項目"}
_MARKS = re.compile(r"\[-(.*?)-\]|\{\+(.*?)\+\}", re.DOTALL)


@dataclass(frozen=True)
class Text:
    """A change as printed."""

    date: dt.date | None
    item: str
    item_key: str | None
    item_code: str | None
    before: str
    after: str


@dataclass(frozen=True)
class True_:
    """A change that was made once, whatever prints of it say."""

    name: str
    wave: str | None
    text: Text
    timing: str


@cache
def tasks() -> tuple[dict[str, str], ...]:
    with (SOURCES / "tasks.csv").open(encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


@cache
def national() -> tuple[dict[str, Any], ...]:
    """Edits with a national template: shared ones, and those of single tasks that bodies word alike.

    What is only a name, a date or a count is no template: such edits are made by each body for itself.
    """
    found = []
    for name in ("changes_shared.toml", "changes_tasks.toml"):
        for change in tomllib.loads((SOURCES / name).read_text(encoding="utf-8"))["change"]:
            sides = "".join("".join(match) for match in _MARKS.findall(change["text"]))
            shared = change.get("national") or change.get("tasks")
            before, after = (_MARKS.sub(lambda m, n=n: m[n] or "", change["text"]) for n in (1, 2))
            if shared and "$" not in sides and read_edit(normalise(before), normalise(after), None):
                found.append(change)
    return tuple(found)


def national_change(change: dict[str, Any], form: int, values: dict[str, str], random: Random) -> True_:
    """A national edit as this body words it: its own names, its synonyms, now and then a clause more."""
    text = Template(change["text"].strip("\n")).safe_substitute(values)
    for word, other in words.SYNONYMS:
        if random.random() < 0.12:
            text = text.replace(word, other)
    if random.random() < 0.15 and len(text) > 60 and "+}" in text:
        head, _, tail = text.rpartition("+}")
        rest = re.match(r"[^。\n]*。?", tail)[0]
        text = f"{head}+}}{rest}{{+{words.sentence(random)}+}}{tail.removeprefix(rest)}"
    if random.random() < 0.3:
        text = f"{words.sentence(random)}\n{text}"
    if random.random() < 0.2:
        text = f"{text}\n{words.sentence(random)}"
    before, after = (_MARKS.sub(lambda match, side=side: match[side] or "", text) for side in (1, 2))
    lag = random.choice([0, 0, 0, 1, 30, 90, 180, 365])
    where = _item(form, change["at"][str(form)], random)
    shown = Text(change["date"] + dt.timedelta(lag), *where, normalise(before), normalise(after))
    return True_("", f"{change['key']}@{_key(form, change['at'][str(form)])}", shown, change["timing"])


def local_change(form: int, date: dt.date, values: dict[str, str], random: Random) -> True_:
    """An edit that this body alone makes; a third of them look like something everybody does."""
    kind = random.choice(
        ["unit", "contact", "count", "company", "system", "reworded", "added", "decoy", "decoy"]
    )
    code = random.choice(_codes(form))
    before, after = _local(kind, values, random)
    if kind == "decoy":
        change = random.choice([one for one in national() if str(form) in one["at"]])
        code, date = change["at"][str(form)], change["date"]
        text = Template(change["text"].strip("\n")).safe_substitute(values)
        before = _MARKS.sub(lambda match: match[1] or "", text)
        new = words.sentences(random, 1, 2)
        # the same place, the same day, the same old text: only what is put there is their own
        after = _MARKS.sub(lambda match: match[2] and "\0", text).replace("\0", new, 1).replace("\0", "")
        after = after if new in after else after + new
    where = _item(form, code, random)
    return True_(
        "", None, Text(date, *where, normalise(before), normalise(after)), random.choice("事前 事後".split())
    )


def _local(kind: str, values: dict[str, str], random: Random) -> tuple[str, str]:
    around = words.sentences(random, 0, 2)
    if kind == "unit":
        return f"{words.unit(random)}長", f"{words.unit(random)}長"
    if kind == "contact":
        number = f"電話 012-{random.randrange(1000):03d}-"
        return (
            f"{values['city']}役所 {number}1111",
            f"{values['city']}役所 {number}{random.randrange(10000):04d}",
        )
    if kind == "count":
        year = random.randrange(2, 6)
        return (
            f"{around}令和{year}年5月1日時点 {random.randrange(900)}人",
            f"{around}令和{year + 1}年5月1日時点 {random.randrange(900)}人",
        )
    if kind == "company":
        return words.company(random), words.company(random)
    if kind == "system":
        return f"{around}{words.system(random)}を利用する。", f"{around}{words.system(random)}を利用する。"
    if kind == "reworded":
        return around + words.sentences(random, 1, 2), around + words.sentences(random, 1, 3)
    return around, around + words.sentences(random, 1, 3)


def twins(change: True_, random: Random) -> tuple[True_, True_]:
    """Two changes of one day and item that read nearly alike: 提供先1 and 提供先2."""
    where = words.sentences(random, 2, 3)
    before, after = (f"提供先{{0}}に対し、{where}{text}" for text in (change.text.before, change.text.after))
    first, second = (
        replace(change, text=replace(change.text, before=before.format(n), after=after.format(n) + extra))
        for n, extra in ((1, ""), (2, words.sentence(random)))
    )
    return replace(first, wave=None), replace(second, wave=None)


def edited(text: Text, random: Random) -> Text:
    """An old row as a later revision has it: a sentence more, another spelling, a corrected date."""
    kind = random.choice(["sentence", "spelling", "date"])
    if kind == "sentence" and len(text.after) > 30:
        return replace(text, after=text.after + words.sentence(random)[: max(12, len(text.after) // 3)])
    if kind == "date" and text.date and min(len(text.before), len(text.after)) > 20:
        return replace(text, date=text.date + dt.timedelta(1))
    after = text.after
    for word, other in words.SYNONYMS:
        after = after.replace(word, other)
    return replace(text, after=after if after != text.after else f"{text.after}等")


# ---------------------------------------------------------------- items


@cache
def _headings() -> dict[tuple[str, str], tuple[str, str]]:
    rows = {}
    for row in code_lists.item_rows():
        rows.setdefault((row["form"], row["code"]), (row["key"], row["heading"]))
    return rows


@cache
def _codes(form: int) -> tuple[str, ...]:
    codes = [code for kind, code in _headings() if kind == FORMS[form] and code.count("-") > 1]
    return tuple(codes[: 40 * len(codes) // 41])


def _key(form: int, code: str) -> str:
    return _found(form, code)[0]


def _found(form: int, code: str) -> tuple[str, str]:
    plain = re.sub(r"(system|consignment|recipient|transfer)\d+", r"\1", code)
    headings = _headings()
    return (
        headings.get((FORMS[form], code))
        or headings.get((FORMS[form], plain))
        or (f"?{code}", "その他の記載")
    )


def _item(form: int, code: str, random: Random) -> tuple[str, str | None, str | None]:
    """項目, item_key, item_code; one in twenty could not be decided."""
    key, heading = _found(form, code)
    item = f"{code.replace('-', '-', 1)} {heading}"
    if key.startswith("?") or random.random() < 0.05:
        return item, None, None
    return item, key, code
