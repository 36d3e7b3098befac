"""The stored changes as a DataFrame, from one generation even while a run publishes the next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import count
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from .. import files, schema
from ..errors import UsageError
from ..model import Repair
from ..store import bucket, folder

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")
Generation = tuple[Any, str]
"""File system, as pyarrow takes it, and folder."""
Text = Literal["repaired", "normalised", "raw"]
COLUMNS = ("item", "before", "after", "note")
"""The columns that hold repaired text, with their raw text beside them."""
_ATTEMPTS = 3
"""A generation is cleared away when two runs have published since: hardly twice while it is read."""


def load(
    out: str | PathLike[str] = "extracted", *, distinct: bool = False, text: Text = "repaired"
) -> pd.DataFrame:
    """The dataset's changes: dates as datetime64, integers as Int32, prefecture as str.

    `out` is a folder or a URL. `distinct`: one row per change, as the filing that was published first prints
    it (`occurrences`; a dataset without that table: one row per change_id).
    `text`: whether item, before, after and note are as repaired, as normalised before repair, or as read.
    UsageError when there is no dataset at `out`.
    """
    if text not in get_args(Text):
        raise UsageError(f"text is one of {', '.join(get_args(Text))}, not {text!r}")
    changes, firsts = pinned(out, lambda where: (_changes(where, text), _firsts(where) if distinct else None))
    if firsts is not None:
        changes = changes.filter(pc.is_in(changes["row_id"], firsts))
    frame = schema.to_pandas(changes)
    return _first_prints(frame) if distinct and firsts is None else frame


def read_table(out: str | PathLike[str], name: str, *, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """One table of the dataset, whole or some columns, with the types of `load`."""
    return schema.to_pandas(pinned(out, lambda where: read_rows(where, name, columns)))


def pinned(out: str | PathLike[str], read: Callable[[Generation], T]) -> T:
    """What `read` gives of one generation; of a newer one when this was cleared away meanwhile."""
    for attempt in count(1):
        generation = _generation(out)
        if generation is None:
            raise UsageError(f"{out} holds no dataset; make one with: henkou extract RAW --out {out}")
        try:
            return read(generation)
        except FileNotFoundError:
            if attempt == _ATTEMPTS:
                raise
    raise AssertionError


def _firsts(generation: Generation) -> pa.Array | None:
    """Rows that are first prints; null for a dataset without `occurrences`."""
    try:
        occurrences = dataset(generation, "occurrences")
    except FileNotFoundError:
        return None
    return occurrences.to_table(["row_id"], filter=pc.field("is_first"))["row_id"]


def _generation(out: str | PathLike[str]) -> Generation | None:
    if files.is_url(out):
        return bucket.current_generation(str(out))
    current = folder.current_generation(Path(out))
    return None if current is None else (None, str(current))


def _changes(generation: Generation, text: Text) -> pa.Table:
    changes = read_rows(generation, "changes")
    if text == "raw":
        for name in COLUMNS:
            changes = _with(changes, name, changes[f"{name}_raw"])
    elif text == "normalised":
        changes = _unrepaired(changes, read_rows(generation, "repairs"))
    return changes


def read_rows(generation: Generation, name: str, columns: Sequence[str] | None = None) -> pa.Table:
    """A table, or some of its columns."""
    return dataset(generation, name).to_table(columns=columns or schema.arrow(name).names)


def dataset(generation: Generation, name: str) -> ds.Dataset:
    """All files of a table in the order of their names, which is that of the prefectures; not yet read."""
    filesystem, folder = generation
    whole = schema.arrow(name)
    hive = pa.schema([whole.field(schema.PARTITION)]) if name == "changes" else None
    return ds.dataset(
        f"{folder}/{name}",
        format="parquet",
        schema=whole,
        filesystem=filesystem,
        partitioning=ds.partitioning(hive, flavor="hive") if hive else None,
    )


def _with(table: pa.Table, name: str, column: Any) -> pa.Table:
    at = table.schema.get_field_index(name)
    return table.set_column(at, table.schema.field(name), column)


def _unrepaired(changes: pa.Table, repairs: pa.Table) -> pa.Table:
    """The text as it was before its applied repairs."""
    from ..text.repair import undo

    ledger: dict[tuple[str, str], list[Repair]] = defaultdict(list)
    for row in repairs.to_pylist():
        if row["applied"]:
            ledger[row["row_id"], row["field"]].append(Repair(**{name: row[name] for name in Repair._fields}))
    ids = changes["row_id"].to_pylist()
    for name in COLUMNS:
        texts = changes[name].to_pylist()
        undone = [
            undo(text, ledger[row_id, name]) if (row_id, name) in ledger else text
            for row_id, text in zip(ids, texts, strict=True)
        ]
        changes = _with(changes, name, pa.array(undone, pa.string()))
    return changes


def _first_prints(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per change: that of the filing published first, in the order of the table."""
    order = frame.sort_values(["published", "source_path", "ordinal"], na_position="last", kind="stable")
    return frame.loc[order.drop_duplicates("change_id").index.sort_values()].reset_index(drop=True)
