"""A stored table -> a file for other programs: CSV, Excel, DuckDB; row by row, so that any size fits.

`agency_raw` is in none of them: a person's name can stand there.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import pyarrow.dataset as ds

from .. import schema
from ..dictionary import TITLES
from ..errors import StoreError, UsageError
from . import sheets
from .load import Generation, dataset, pinned

Kind = Literal["csv", "xlsx", "duckdb"]
PRIVATE = frozenset({"agency_raw"})
_FORMULA = re.compile(r"['\s]*[=+\-@\t\r\n＝＋－＠]")
"""What a spreadsheet takes for a formula, or takes for the start of a line and a formula after it."""
_BATCH = 5000


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    path: Path
    rows: dict[str, int]
    """Of each table."""
    too_long: int = 0
    """Cells longer than a spreadsheet's cell holds: cut in Excel files, whole in CSV."""


def export(
    out: str | PathLike[str] = "extracted",
    *,
    kind: Kind,
    to: str | PathLike[str] | None = None,
    table: str | None = None,
) -> Exported:
    """A dataset -> one file of `kind` at `to` (default: the table's or `henkou`, with the ending, here).

    CSV and Excel hold one table (default: `changes`), DuckDB all of them unless one is named. UsageError
    when there is no such dataset or table, StoreError when the file cannot be written; a file that is
    there is replaced, and only when the new one is whole.
    """
    if kind != "duckdb":
        table = table or "changes"
    path = Path(to) if to is not None else Path(f"{table or 'henkou'}.{kind}")
    if path.is_dir() or not path.parent.is_dir():
        raise UsageError(f"{path} is no file in a folder that is there; name one")
    return pinned(out, lambda generation: _export(generation, kind, path, _tables(generation, out, table)))


def _tables(generation: Generation, out: object, table: str | None) -> list[str]:
    """The tables to write: the one asked for, or all that the dataset has."""
    held = [name for name in schema.TABLES if _is_held(generation, name)]
    if table is not None and table not in held:
        raise UsageError(f"{out} has no table {table!r}; it has {', '.join(held)}")
    return [table] if table else held


def _is_held(generation: Generation, name: str) -> bool:
    filesystem, folder = generation
    if filesystem is None:
        return Path(folder, name).is_dir()
    return bool(filesystem.exists(f"{folder}/{name}"))


def _export(generation: Generation, kind: Kind, path: Path, tables: list[str]) -> Exported:
    write: Callable[[Path, list[str], Generation], Exported]
    write = {"csv": _write_csv, "xlsx": _write_xlsx, "duckdb": _write_duckdb}[kind]
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        done = write(new, tables, generation)
        new.replace(path)
    except FileNotFoundError:  # the generation was cleared away meanwhile
        raise
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error}; free space or check its rights") from error
    finally:
        new.unlink(missing_ok=True)
    return Exported(path, done.rows, done.too_long)


def _columns(table: str) -> list[str]:
    return [field.name for field in schema.TABLES[table] if field.name not in PRIVATE]


def _scanner(generation: Generation, table: str) -> ds.Scanner:
    return dataset(generation, table).scanner(
        columns=_columns(table), batch_size=_BATCH, batch_readahead=2, fragment_readahead=1
    )


def _rows(generation: Generation, table: str) -> Iterator[dict[str, Any]]:
    for batch in _scanner(generation, table).to_batches():
        yield from batch.to_pylist()


def _write_csv(path: Path, tables: list[str], generation: Generation) -> Exported:
    (table,) = tables
    count = too_long = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_columns(table))
        for row in _rows(generation, table):
            cells = [_csv_cell(value) for value in row.values()]
            too_long += sum(sheets.is_too_long(cell) for cell in cells)
            writer.writerow(cells)
            count += 1
        file.flush()
        os.fsync(file.fileno())
    return Exported(path, {table: count}, too_long)


def _csv_cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return neutral(";".join(value))
        case str():
            return neutral(value)
    return str(value)


def neutral(text: str) -> str:
    """Text -> text that no spreadsheet runs as a formula: an apostrophe more in front of what looks so.

    To undo, take one apostrophe from each cell that starts with apostrophes and then such a mark.

    >>> neutral("=1+1"), neutral("-"), neutral("個人番号")
    ("'=1+1", "'-", '個人番号')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def _write_xlsx(path: Path, tables: list[str], generation: Generation) -> Exported:
    (table,) = tables
    titles = {field.name: (field.type, f"{field.en} / {field.ja}") for field in schema.TABLES[table]}
    columns = {name: titles[name] for name in _columns(table)}
    rows = (
        [";".join(value) if isinstance(value, list) else value for value in row.values()]
        for row in _rows(generation, table)
    )
    count, cut = sheets.write(path, table, columns, rows, lambda text: _FORMULA.match(text) is not None)
    return Exported(path, {table: count}, cut)


def _write_duckdb(path: Path, tables: list[str], generation: Generation) -> Exported:
    duckdb = needed("duckdb")
    try:
        with duckdb.connect(str(path)) as database:
            return Exported(path, {name: _fill(database, name, generation) for name in tables})
    except duckdb.IOException as error:
        raise OSError(str(error)) from error


def _fill(database: Any, table: str, generation: Generation) -> int:
    """One table with its comments -> its number of rows."""
    database.register("incoming", _scanner(generation, table).to_reader())
    database.execute(f'CREATE TABLE "{table}" AS SELECT * FROM incoming').fetchall()
    database.unregister("incoming")
    en, ja = TITLES[table]
    database.execute(f'COMMENT ON TABLE "{table}" IS {_quoted(f"{en} / {ja}")}').fetchall()
    for field in schema.TABLES[table]:
        if field.name not in PRIVATE:
            comment = _quoted(f"{field.en} / {field.ja}")
            database.execute(f'COMMENT ON COLUMN "{table}"."{field.name}" IS {comment}').fetchall()
    ((count,),) = database.execute(f'SELECT count(*) FROM "{table}"').fetchall()
    return int(count)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def needed(package: str) -> Any:
    """A package of `henkou[analysis]`; UsageError that says so when it is not installed."""
    import importlib

    try:
        return importlib.import_module(package)
    except ImportError:
        raise UsageError(f"this needs {package}; pip install 'henkou[analysis]'") from None
