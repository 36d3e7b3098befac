"""Waves: the same edit made by different bodies, who made it first, who has not been seen to follow."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from .. import schema
from . import wave_store
from .alike import groups
from .corpus import suggestions
from .followers import not_followed
from .load import Generation, dataset, pinned, read_rows
from .wave_ids import Known, name_waves
from .wave_rows import Material, Member, read_material

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_LABEL = 24
_LONGEST_DIFF = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Waves:
    """All waves of a dataset. In a notebook: `waves.list`, `waves.members`, `waves.not_followed(wave_id)`."""

    out: str
    list: pd.DataFrame
    """The table `wave_list`."""
    members: pd.DataFrame
    """The table `waves`."""
    suggestions: pd.DataFrame
    """The table `suggestions`: what may be misread in OCR text, by what other bodies have there."""
    seconds: float
    """Time that making them took; 0 when they were there already."""

    def told(self, top: int = 10) -> str:
        """The largest waves as text."""
        if not len(self.list):
            return f"No edit of {self.out} was made by several bodies.{self._suggested()}"
        largest = self.list.sort_values(["bodies", "changes"], ascending=False, kind="stable").head(top)
        lines = [f"{len(self.list):,} waves, {len(self.members):,} changes in them"]
        lines += [
            f"{row.wave_id}  {row.bodies:>5,} bodies  "
            f"from {_day(row.first_date)} {row.first_body}  {row.label}"
            for row in largest.itertuples()
        ]
        return "\n".join(lines) + self._suggested()

    def _suggested(self) -> str:
        count = len(self.suggestions)
        return f"\n{count:,} characters of OCR text that other bodies have otherwise: suggestions" * (
            count > 0
        )

    def not_followed(self, wave_id: str) -> pd.DataFrame:
        """Bodies that hold filings where the wave could be but is not seen, see `not_followed`."""
        return not_followed(wave_id, self.out)


def waves(out: str | PathLike[str] = "extracted") -> Waves:
    """The dataset at OUT -> its waves, made and stored if the rows have changed since the last time.

    UsageError when there is no dataset at `out` or a run is at work on it.
    """
    started = time.perf_counter()
    pinned(out, lambda where: None)
    made = wave_store.renew(out, make)
    tables = pinned(out, lambda where: [read_rows(where, name) for name in wave_store.FILES])
    members, wave_list, suggested = map(schema.to_pandas, tables)
    seconds = time.perf_counter() - started if made else 0.0
    return Waves(str(out), wave_list, members, suggested, seconds)


def make(generation: Generation, known: Known) -> dict[str, pa.Table]:
    """A generation, and the waves of the last time -> the tables that span bodies."""
    material = read_material(generation)
    found = _found(material)
    named, order = name_waves(
        [[member.change_id for member, _ in wave] for wave in found], known, material.canonical
    )
    shown = [_shown(wave, material) for wave in found]
    labels = _labels(generation, {member.row_id for member in shown})
    rows: list[dict[str, Any]] = []
    listed: list[dict[str, Any]] = []
    for number in order:
        wave, name = found[number], named[number]
        told = {"wave_id": name.wave_id, "aliases": list(name.aliases), "label": labels[shown[number].row_id]}
        listed.append(told | _listed([member for member, _ in wave], material))
        rows += [
            {
                "wave_id": name.wave_id, "row_id": member.row_id, "change_id": member.change_id,
                "similarity": similarity, "is_first": place == 0,
            }
            for place, (member, similarity) in enumerate(wave)
        ]  # fmt: skip
    return {
        "waves": schema.table_from_rows("waves", rows),
        "wave_list": schema.table_from_rows("wave_list", listed),
        "suggestions": suggestions(generation),
    }


def _found(material: Material) -> list[list[tuple[Member, float]]]:
    """Groups of like wordings that several bodies have -> their changes, the first one first."""
    counts = Counter(member.wording for member in material.members)
    by_wording: list[list[Member]] = [[] for _ in material.wordings]
    for member in material.members:
        by_wording[member.wording].append(member)
    found = []
    for group in groups(material.wordings, [counts[n] for n in range(len(material.wordings))]):
        wave = [(member, similarity) for number, similarity in group for member in by_wording[number]]
        if len({member.body for member, _ in wave}) > 1:
            found.append(sorted(wave, key=lambda pair: _early(pair[0])))
    return sorted(found, key=lambda wave: _early(wave[0][0]))


def _early(member: Member) -> tuple[Any, ...]:
    far = dt.date.max
    return member.date or far, member.published or far, member.body, member.row_id


def _shown(wave: Sequence[tuple[Member, float]], material: Material) -> Member:
    """The first change with the most frequent wording, as an example of all."""
    counts = Counter(material.wordings[member.wording].edit.text for member, _ in wave)
    most = max(counts.values())
    return next(member for member, _ in wave if counts[material.wordings[member.wording].edit.text] == most)


def _listed(members: Sequence[Member], material: Material) -> dict[str, Any]:
    dates = [member.date for member in members if member.date]
    timings = [member.timing for member in members if member.timing]
    wordings = [material.wordings[number] for number in sorted({member.wording for member in members})]
    return {
        "item_key": next((wording.item_key for wording in wordings if wording.item_key), None),
        "first_body": members[0].name or members[0].body,
        "first_date": min(dates, default=None),
        "last_date": max(dates, default=None),
        "bodies": len({member.body for member in members}),
        "changes": len(members),
        "prior_share": timings.count("事前") / len(timings) if timings else None,
        "variants": len({wording.edit.text for wording in wordings}),
    }


def _labels(generation: Generation, row_ids: set[str]) -> dict[str, str]:
    """Rows -> item and edit in short, as that body wrote it: 項目「…」→「…」."""
    import pyarrow as pa

    chosen = pc.field("row_id").isin(pa.array(sorted(row_ids), pa.string()))
    labels = {}
    for batch in dataset(generation, "changes").to_batches(
        columns=["row_id", "item_name", "item", "before", "after"], filter=chosen
    ):
        for row in batch.to_pylist():
            item = _cut(row["item_name"] or row["item"])
            labels[row["row_id"]] = f"{item} {_edit(row['before'], row['after'])}".strip()
    return labels


def _edit(before: str, after: str) -> str:
    from ..tokens import diff

    if len(before) + len(after) > _LONGEST_DIFF:
        return f"「{_cut(before)}」→「{_cut(after)}」"
    segments = diff(before, after)
    removed = "…".join(text for tag, text in segments if tag == "delete")
    added = "…".join(text for tag, text in segments if tag == "insert")
    return f"「{_cut(removed)}」→「{_cut(added)}」"


def _day(date: Any) -> str:
    """A date that may be null, for people."""
    return "(no date)" if date is None or date != date else f"{date:%Y-%m-%d}"


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LABEL else line[: _LABEL - 1] + "…"
