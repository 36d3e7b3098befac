"""Stored tables -> the distinct changes that waves are made of, read by column, a file at a time."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from operator import attrgetter
from typing import Any, NamedTuple

import pyarrow.compute as pc

from ..text.normalise import folded
from .edits import read_edit
from .likeness import Wording
from .load import Generation, dataset

_OCCURRENCES = ("row_id", "change_id", "first_published", "is_first")
_CHANGES = (
    "row_id", "change_id", "municipality_code", "municipality", "prefecture", "change_date", "timing",
    "item_key", "item", "item_name", "before", "after",
)  # fmt: skip
_CODES = re.compile("[0-9A-Za-z①-⑳()・。、:-]+")
_ROWS = 8192


class Member(NamedTuple):
    """One distinct change of a body that is known."""

    row_id: str
    change_id: str
    body: str
    name: str
    date: dt.date | None
    published: dt.date | None
    timing: str | None
    wording: int
    """Number of its wording."""


class Material(NamedTuple):
    """What waves are made of."""

    members: list[Member]
    wordings: list[Wording]
    """Sorted, so that the same rows give the same waves in whatever order they are stored."""
    canonical: dict[str, str]
    """change_id of any print -> of the first."""
    without_body: int
    """Changes left out because nothing tells whose they are."""


def read_material(generation: Generation) -> Material:
    """A generation -> its distinct changes that say more than names, dates and counts, with their edits."""
    firsts, canonical = _prints(generation)
    numbers: dict[Wording, int] = {}
    members: list[Member] = []
    without_body = 0
    for row in _rows(generation, firsts):
        body = row["municipality_code"] or row["municipality"]
        if not body:
            without_body += 1
            continue
        edit = read_edit(row["before"], row["after"], row["municipality"])
        if edit is None:
            continue
        wording = Wording(row["item_key"], _heading(row["item_name"] or row["item"]), edit)
        number = numbers.setdefault(wording, len(numbers))
        members.append(
            Member(
                row["row_id"], row["change_id"], body, row["municipality"], row["change_date"],
                firsts[row["row_id"]], row["timing"], number,
            )
        )  # fmt: skip
    return _sorted(members, list(numbers), canonical, without_body)


def _sorted(
    members: list[Member], wordings: list[Wording], canonical: dict[str, str], without_body: int
) -> Material:
    counts = Counter(member.wording for member in members)
    order = sorted(range(len(wordings)), key=lambda n: (-counts[n], wordings[n].edit, str(wordings[n][:2])))
    place = {number: at for at, number in enumerate(order)}
    return Material(
        sorted((m._replace(wording=place[m.wording]) for m in members), key=attrgetter("row_id")),
        [wordings[number] for number in order],
        canonical,
        without_body,
    )


def _prints(generation: Generation) -> tuple[dict[str, dt.date | None], dict[str, str]]:
    """Rows that are first prints with their 公表日; change_id of every other wording -> the first's."""
    firsts: dict[str, dt.date | None] = {}
    reprints: dict[str, str] = {}
    for batch in dataset(generation, "occurrences").to_batches(columns=list(_OCCURRENCES)):
        chosen = batch.filter(batch["is_first"])
        firsts |= dict(zip(chosen["row_id"].to_pylist(), chosen["first_published"].to_pylist(), strict=True))
    near = pc.field("match") == "near"
    for batch in dataset(generation, "occurrences").to_batches(columns=["row_id", "change_id"], filter=near):
        reprints |= dict(zip(batch["row_id"].to_pylist(), batch["change_id"].to_pylist(), strict=True))
    canonical = {}
    if reprints:
        for batch in dataset(generation, "changes").to_batches(columns=["row_id", "change_id"]):
            for row_id, change_id in zip(
                batch["row_id"].to_pylist(), batch["change_id"].to_pylist(), strict=True
            ):
                if row_id in reprints:
                    canonical[change_id] = reprints[row_id]
    return firsts, canonical


def _rows(generation: Generation, firsts: dict[str, dt.date | None]) -> Iterator[dict[str, Any]]:
    scan = dataset(generation, "changes").scanner(
        columns=list(_CHANGES), filter=pc.field("change_kind") != "unchanged", batch_size=_ROWS,
        batch_readahead=2, fragment_readahead=1,
    )  # fmt: skip
    for batch in scan.to_batches():
        yield from (row for row in batch.to_pylist() if row["row_id"] in firsts)


def _heading(item: str) -> str:
    """項目 without codes and marks: what is compared where the item could not be decided."""
    return _CODES.sub("", folded(item))
