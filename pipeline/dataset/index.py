"""The full-text index of a dataset's changes: one SQLite file beside the generation that it was made of.

    texts     item, before, after, note of one wording; its id is its place: newest change first
    prints    the rows of `changes` that print it, with what one filters by; addresses: their items
    found     FTS5 over the texts: `grams`, every two neighbouring characters; `letters`, each character once;
              `words`, dictionary forms

SQLite's full-text search comes with Python. DuckDB's is not in its package but would be fetched when it
is first used. Of SQLite's own tokenizers, trigram knows no word of two characters, which most Japanese
words are; so what it gets is cut beforehand, and its ascii tokenizer splits it at the spaces.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from operator import add
from os import PathLike
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from .. import __version__, files
from ..store import bucket
from ..store.folder import HIDDEN, writing
from ..tokens import lemmas
from .load import COLUMNS, Generation, pinned, read_rows

FACTS = (
    "row_id", "change_id", "municipality_code", "municipality", "filing_title", "published", "change_date",
    "item_code", "item_key", "change_kind", "note_kind", "source_path", "page_first",
)  # fmt: skip
"""Columns of `changes` that are kept with each print."""
_FILTERS = ("change_date", "municipality_code", "municipality", "change_kind", "note_kind")
_OTHERS = ("item_codes", "ordinal")
_LAYOUT = 3
"""Counts the changes to the way the index is made."""
NAME = "search.sqlite"
_EDGE = "\uffff"
"""Stands between two cells, so that nothing is found across them."""
_BATCH = 5000
_REPEATED = 8192
"""Cells whose forms are kept: many bodies print the same text under the same date, one after another."""
_HELD = 64 << 20
"""Bytes of postings in memory before they are written; with the default of 1 MiB there is more merging."""
_LEFT_BEHIND = 3600.0
"""Seconds after which an unfinished index must be of a run that was cut short."""
# ASCII marks would split words: their full-width forms do not, and never stand in normalised text.
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_SPACE = re.compile(r"\s+")


def opened(
    out: str | PathLike[str], tell: Callable[[str], None] = lambda message: None
) -> sqlite3.Connection:
    """The dataset at `out` -> its index, made first when there is none or the dataset has changed.

    UsageError when there is no dataset, StoreError when the index cannot be written. `tell` is told when
    an index has to be made, which takes a while on a large dataset.
    """
    key, path = "", _home(out) / NAME

    def read(generation: Generation) -> pa.Table | None:
        nonlocal key
        key = _key(generation)
        return None if _holds(path, key) else _changes(generation)

    changes = pinned(out, read)
    if changes is not None:
        tell(f"indexing {changes.num_rows:,} rows; once for every state of the dataset")
        with writing(str(out)):
            _make(path, key, changes)
    return _open(path)


def _changes(generation: Generation) -> pa.Table:
    """What is indexed; `change_id` is one for all prints of a change, also where they read differently."""
    changes = read_rows(generation, "changes", [*FACTS, *_OTHERS, *COLUMNS])
    try:
        prints = read_rows(generation, "occurrences", ["row_id", "change_id"])
    except FileNotFoundError:  # a dataset without that table
        return changes
    place = pc.index_in(changes["row_id"], prints["row_id"])
    first = pc.coalesce(prints["change_id"].take(place), changes["change_id"])
    return changes.set_column(changes.schema.get_field_index("change_id"), "change_id", first)


def _home(out: str | PathLike[str]) -> Path:
    """Where the index of a dataset lies: with it, or in this machine's cache when it is in object storage."""
    return bucket._home(str(out)) if files.is_url(out) else Path(out) / HIDDEN


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def _key(generation: Generation) -> str:
    """Equal as long as the files of `changes` are the same."""
    filesystem, folder = generation
    told: list[object] = [_LAYOUT, __version__]
    if filesystem is None:
        told += [
            [str(path.relative_to(folder)), path.stat().st_size, path.stat().st_mtime_ns]
            for path in sorted(Path(folder, "changes").rglob("*.parquet"))
        ]
    else:
        told.append(folder)  # no other generation ever has its name
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _holds(path: Path, key: str) -> bool:
    if not path.exists():
        return False
    connection = _open(path)
    try:
        return bool(connection.execute("SELECT key FROM made_of").fetchone() == (key,))
    except sqlite3.DatabaseError:  # no index, or a damaged one: it is made again
        return False
    finally:
        connection.close()


def _make(path: Path, key: str, changes: pa.Table) -> None:
    """The index, written beside and put in its place at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f"{NAME}.*.new"):
        if time.time() - left.stat().st_mtime > _LEFT_BEHIND:
            left.unlink(missing_ok=True)
    new = path.with_name(f"{NAME}.{os.getpid()}.new")
    new.unlink(missing_ok=True)
    try:
        connection = sqlite3.connect(new)
        try:
            _fill(connection, key, changes)
        finally:
            connection.close()
        new.replace(path)
    except sqlite3.OperationalError as error:
        raise OSError(0, str(error), str(path)) from error
    finally:
        new.unlink(missing_ok=True)


def _fill(connection: sqlite3.Connection, key: str, changes: pa.Table) -> None:
    connection.executescript(
        f"""
        PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -100000;
        CREATE TABLE made_of (key);
        CREATE TABLE texts (id INTEGER PRIMARY KEY, {", ".join(COLUMNS)});
        CREATE TABLE prints (text INTEGER, change INTEGER, address INTEGER, {", ".join(FACTS)});
        CREATE TABLE addresses (id INTEGER PRIMARY KEY, codes_and_key);
        CREATE VIRTUAL TABLE found USING fts5(grams, letters, words, content='', tokenize='ascii');
        INSERT INTO found (found, rank) VALUES ('hashsize', {_HELD});
        """
    )
    places: dict[bytes, int] = {}
    numbers: dict[str, int] = {}
    addresses: dict[str, int] = {}
    for rows in _batches(changes):
        texts: list[tuple[Any, ...]] = []
        prints: list[tuple[Any, ...]] = []
        for row in rows:
            wording = tuple(row[name] for name in COLUMNS)
            digest = hashlib.blake2b(repr((row["change_id"], wording)).encode(), digest_size=16).digest()
            place = places.get(digest)
            if place is None:
                place = places[digest] = len(places) + 1
                texts.append((place, *wording))
            number = numbers.setdefault(row["change_id"], len(numbers) + 1)
            address = addresses.setdefault(_address(row), len(addresses) + 1)
            prints.append((place, number, address, *(_plain(row[name]) for name in FACTS)))
        connection.executemany(f"INSERT INTO texts VALUES ({_marks(1 + len(COLUMNS))})", texts)
        connection.executemany(f"INSERT INTO prints VALUES ({_marks(3 + len(FACTS))})", prints)
        connection.executemany(
            "INSERT INTO found (rowid, grams, letters, words) VALUES (?, ?, ?, ?)",
            (
                (place, grams(_EDGE.join(cells)), letters("".join(cells)), words(cells))
                for place, *cells in texts
            ),
        )
    connection.executemany(
        "INSERT INTO addresses VALUES (?, ?)", ((n, text) for text, n in addresses.items())
    )
    # All that is filtered by, so that counting need not read the prints themselves.
    connection.execute(f"CREATE INDEX prints_text ON prints (text, change, address, {', '.join(_FILTERS)})")
    connection.execute("INSERT INTO made_of VALUES (?)", (key,))
    connection.commit()


def _address(row: dict[str, Any]) -> str:
    """A row's item codes and key, with spaces between them."""
    return " ".join([*(row["item_codes"] or filter(None, [row["item_code"]])), row["item_key"] or ""])


def _batches(changes: pa.Table) -> Iterator[list[dict[str, Any]]]:
    """Rows, newest change first; of prints of the same change, that of the filing published first."""
    order = pc.sort_indices(
        changes.select(["change_date", "published", "source_path", "ordinal"]),
        sort_keys=[
            ("change_date", "descending"), ("published", "ascending"), ("source_path", "ascending"),
            ("ordinal", "ascending"),
        ],
    )  # fmt: skip
    for start in range(0, len(order), _BATCH):
        yield changes.take(order[start : start + _BATCH]).to_pylist()


def grams(text: str) -> str:
    """Text -> every character with its neighbour, in order; what FTS5 gets and is asked for.

    >>> grams("個人 番号")
    '個人 人番 番号 号'
    """
    solid = _solid(text)
    return " ".join([*map(add, solid, solid[1:]), solid[-1:]]).strip()


def letters(text: str) -> str:
    """Text -> its characters, each once: what a single one is looked up in.

    >>> letters("番号の番号")
    'の 号 番'
    """
    return " ".join(sorted(set(_solid(text))))


def _solid(text: str) -> str:
    return _SPACE.sub("", text).lower().translate(_WIDE)


def words(cells: Iterable[str]) -> str:
    """Texts -> their dictionary forms, in order."""
    return f" {_EDGE} ".join(map(forms, cells))


@lru_cache(_REPEATED)
def forms(text: str) -> str:
    """Text -> its dictionary forms as the index holds them, with spaces between."""
    return " ".join([lemma for _, lemma in lemmas(text)]).lower().translate(_WIDE)


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _plain(value: Any) -> Any:
    """A date as text, which SQLite compares in the right order."""
    return value.isoformat() if hasattr(value, "isoformat") else value
