"""How well occurrences and waves of a generated dataset agree with its truth, counted in pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa

from pipeline.dataset.load import read_table


class Agreement(NamedTuple):
    """Of pairs that are together in truth and as found."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall or 1)


def agreement(truth: Iterable[Any], found: Iterable[Any]) -> Agreement:
    """Two labels of each thing -> how far they put the same things together; null is in no group."""
    pairs = [
        (None if pd.isna(a) else a, None if pd.isna(b) else b) for a, b in zip(truth, found, strict=True)
    ]
    both = _pairs(pair for pair in pairs if None not in pair)
    true = _pairs(a for a, _ in pairs if a is not None)
    made = _pairs(b for _, b in pairs if b is not None)
    return Agreement(both / made if made else 1.0, both / true if true else 1.0)


def _pairs(labels: Iterable[Any]) -> int:
    return sum(n * (n - 1) // 2 for n in Counter(labels).values())


def prints(out: Path, truth: pa.Table) -> Agreement:
    """Occurrences against the changes that rows are prints of."""
    found = read_table(out, "occurrences").merge(truth.to_pandas(), on="row_id")
    assert len(found) == len(truth)
    return agreement(found["truth"], found["change_id"])


def together(out: Path, truth: pa.Table) -> tuple[Agreement, float]:
    """Waves against truth, over first prints -> agreement, and the share of members that are national."""
    occurrences = read_table(out, "occurrences", columns=["row_id", "is_first"])
    waves = read_table(out, "waves")
    firsts = occurrences[occurrences["is_first"]].merge(truth.to_pandas(), on="row_id")
    joined = firsts.merge(waves[["row_id", "wave_id"]], on="row_id", how="left")
    bodies = joined["truth"].str.slice(0, 6)
    single = bodies.groupby(joined["wave"]).transform("nunique") < 2
    joined.loc[single.fillna(True), "wave"] = None
    members = joined.dropna(subset=["wave_id"])
    return agreement(joined["wave"], joined["wave_id"]), float(members["wave"].notna().mean())
