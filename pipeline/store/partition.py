"""Arrow tables of many filings -> one prefecture's Parquet files, always the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from .. import schema

UNKNOWN = "JP-00"
ROW_GROUP_ROWS = 65_536
ROW_GROUP_BYTES = 32 * 2**20
_LEVEL = 6
_SMALL_TABLES = 64


def file_of(table: str, prefecture: str) -> str:
    """Path of a table's file for one prefecture, below the generation.

    >>> file_of("changes", "JP-01"), file_of("filings", "JP-01")
    ('changes/prefecture=JP-01/part-0.parquet', 'filings/JP-01.parquet')
    """
    if table == "changes":
        return f"changes/{schema.PARTITION}={prefecture}/part-0.parquet"
    return f"{table}/{prefecture}.parquet"


class TableWriter:
    """One Parquet file that is written as rows come; no rows, no file, unless it is asked to be."""

    def __init__(self, path: Path, table: str) -> None:
        self.path, self.rows = path, 0
        self._schema = schema.arrow(table, stored=True)
        self._waiting: list[pa.Table] = []
        self._few: list[pa.Table] = []
        self._waiting_rows = self._waiting_bytes = 0
        self._writer: pq.ParquetWriter | None = None

    def add(self, rows: pa.Table) -> None:
        if not len(rows):
            return
        rows = rows.select(self._schema.names).replace_schema_metadata(self._schema.metadata)
        self._few.append(rows)
        if len(self._few) == _SMALL_TABLES:
            self._pack()
        self._waiting_rows += len(rows)
        self._waiting_bytes += rows.get_total_buffer_size()  # `nbytes` walks every value's offset: 0.1 ms
        if self._waiting_rows >= ROW_GROUP_ROWS or self._waiting_bytes >= ROW_GROUP_BYTES:
            self._flush()

    def _pack(self) -> None:
        """Make one of the last few small tables: many of them cost more than their bytes."""
        if self._few:
            self._waiting.append(pa.concat_tables(self._few).combine_chunks())
            self._few = []

    def close(self, *, even_empty: bool = False) -> None:
        if self._few or self._waiting or (even_empty and self._writer is None):
            self._flush()
        if self._writer is not None:
            self._writer.close()

    def abandon(self) -> None:
        """Close what is open, without caring for what is in it."""
        if self._writer is not None:
            self._writer.close()

    def _flush(self) -> None:
        if self._writer is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = pq.ParquetWriter(
                self.path, self._schema, compression="zstd", compression_level=_LEVEL
            )
        self._pack()
        rows = pa.concat_tables(self._waiting or [self._schema.empty_table()])
        self._waiting, self._waiting_rows, self._waiting_bytes = [], 0, 0
        self._writer.write_table(rows, row_group_size=max(len(rows), 1))
        self.rows += len(rows)


class PartitionWriter:
    """One prefecture's files in all tables."""

    def __init__(self, generation: Path, prefecture: str, tables: tuple[str, ...]) -> None:
        self.writers = {
            table: TableWriter(generation / file_of(table, prefecture), table) for table in tables
        }

    def add(self, tables: Mapping[str, pa.Table]) -> None:
        for name, rows in tables.items():
            self.writers[name].add(rows)

    def abandon(self) -> None:
        for writer in self.writers.values():
            writer.abandon()

    def close(self) -> dict[str, int]:
        """Finish the files -> rows by table."""
        for writer in self.writers.values():
            writer.close()
        return {name: writer.rows for name, writer in self.writers.items()}


def write_whole(path: Path, table: str, rows: pa.Table) -> None:
    """A table that is one file."""
    writer = TableWriter(path, table)
    writer.add(rows)
    writer.close(even_empty=True)
