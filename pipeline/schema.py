"""The one source of columns: name, type, values, description. Arrow, pandas and the docs derive from it.

The data is `rules/schema.csv`; `TABLES["changes"]` lists the columns of one table in order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from . import rules

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


class Field(NamedTuple):
    """One column of one table."""

    name: str
    type: str
    """string, int32, int64, float32, float64, bool, date32 or list<string>."""
    required: bool
    """Never null."""
    values: tuple[str, ...]
    """The values that can stand here; empty where any can."""
    en: str
    ja: str


TABLES: dict[str, tuple[Field, ...]] = {
    table: tuple(
        Field(
            row["column"],
            row["type"],
            row["required"] == "yes",
            tuple(filter(None, row["values"].split("|"))),
            row["en"],
            row["ja"],
        )
        for row in rows
    )
    for table, rows in groupby(rules.table("schema"), key=lambda row: row["table"])
}

PARTITION = "prefecture"
"""The column of `changes` that is the name of a folder, not a column in the files."""


@cache
def arrow(table: str, *, stored: bool = False) -> pa.Schema:
    """Arrow schema of a table, descriptions as field metadata; `stored` leaves the partition out."""
    import pyarrow as pa

    types = {"list<string>": pa.list_(pa.string()), "date32": pa.date32()}
    fields = [
        pa.field(
            field.name,
            types.get(field.type) or pa.type_for_alias(field.type),
            nullable=not field.required,
            metadata={"description": field.en, "description_ja": field.ja},
        )
        for field in TABLES[table]
        if not (stored and table == "changes" and field.name == PARTITION)
    ]
    return pa.schema(fields, metadata={"pandas": json.dumps(_pandas_metadata(table, stored))})


def _pandas_metadata(table: str, stored: bool) -> dict[str, Any]:
    """What makes pandas.read_parquet give integers with nulls back as Int32, not as floats."""
    columns = [
        {
            "name": field.name,
            "field_name": field.name,
            "pandas_type": {"date32": "date", "list<string>": "list[unicode]", "string": "unicode"}.get(
                field.type, field.type
            ),
            "numpy_type": {
                "int32": "Int32",
                "int64": "Int64",
                "float32": "float32",
                "float64": "float64",
                "bool": "bool",
            }.get(field.type, "object"),
            "metadata": None,
        }
        for field in TABLES[table]
        if not (stored and table == "changes" and field.name == PARTITION)
    ]
    return {
        "index_columns": [],
        "column_indexes": [],
        "columns": columns,
        "pandas_version": "2.2.0",
        "creator": {"library": "henkou", "version": "1"},
    }


def table_from_rows(table: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Arrow table of `table`'s columns from rows; a column that a row does not name is null."""
    import pyarrow as pa

    if not rows:
        return _empty(table)
    return pa.Table.from_pylist(rows, schema=arrow(table))


@cache
def _empty(table: str) -> pa.Table:
    return arrow(table).empty_table()


def joined(table: str, parts: Iterable[pa.Table]) -> pa.Table:
    """Parts of a table as one, in order; it is empty where there are none."""
    import pyarrow as pa

    return pa.Table.from_batches((batch for part in parts for batch in part.to_batches()), arrow(table))


def table_from_columns(table: str, columns: Mapping[str, Sequence[Any]]) -> pa.Table:
    """Arrow table of `table`'s columns, all as long; one that is not given is null."""
    import pyarrow as pa

    count = len(next(iter(columns.values())))
    arrays = [
        pa.array(columns[name], kind) if name in columns else pa.nulls(count, kind)
        for name, kind in _types(table)
    ]
    return pa.Table.from_arrays(arrays, schema=arrow(table))


@cache
def _types(table: str) -> tuple[tuple[str, pa.DataType], ...]:
    return tuple((field.name, field.type) for field in arrow(table))


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """DataFrame with nullable integers (Int32), dates as datetime64, prefecture as str."""
    import pandas as pd
    import pyarrow as pa

    mapper = {pa.int32(): pd.Int32Dtype(), pa.int64(): pd.Int64Dtype()}
    frame: pd.DataFrame = table.to_pandas(types_mapper=mapper.get, date_as_object=False)
    return frame
