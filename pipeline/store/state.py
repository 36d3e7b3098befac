"""What earlier runs read, so that it is not read again: one SQLite file, `OUT/.henkou/state.sqlite`.

    signatures  path, size, times and inode of a file -> SHA-256 of its bytes (as git's index does)
    outcomes    key -> what reading gave; the key covers all that the result depends on
    scans       SHA-256 -> what an OCR engine read of the file's pictures, whatever the rules then were
    placed      source_path -> what stands in the published dataset, and whose filing it is

It holds nothing that cannot be had again by reading, and may be deleted whenever no run is going on.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import re
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from functools import cache
from glob import glob
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from .. import __version__, rules
from ..errors import StoreError
from ..scan import engines
from ..settings import Settings
from .packing import Outcome, form

READERS = ("pypdfium2", "pdfplumber", "pdfminer.six", "fugashi", "unidic-lite")
"""Packages whose version can change what is read."""

_LAYOUT = 2
"""Counts the changes of the tables below; a state laid out otherwise is made anew."""
_TICK = 50_000_000
_COARSE_TICK = 2_100_000_000
_COMMIT_SECONDS = 0.5
_OUTCOME = ("kind", "head", "tables", "sha256", "bytes", "seconds", '"limit"', "allowed", "lasting")

_TABLES = f"""
create table if not exists signatures (path blob primary key, signature text, sha256 text) without rowid;
create table if not exists outcomes (key text primary key, {", ".join(_OUTCOME)}, digest text, form text);
create table if not exists scans (
    digest text primary key, sha256 text not null, packed blob not null
) without rowid;
create index if not exists scans_of on scans (sha256);
create table if not exists placed (
    source_path text primary key, key text, place_key text, prefecture text, municipality_code text
) without rowid;
"""


class Known(NamedTuple):
    """What a key is known to give, without the result itself."""

    digest: str
    kind: str
    limit: str | None
    allowed: float | None
    lasting: bool
    form: str
    """`packing.form()` when it was saved."""


class Placed(NamedTuple):
    """Where a filing stands in the dataset. Equal `place_key`, equal rows."""

    key: str
    place_key: str
    prefecture: str
    municipality_code: str | None


@cache
def version() -> str:
    """Hash over henkou's version, its code, its rules and the versions of what reads PDFs."""
    digest = hashlib.sha256(f"{__version__}+{rules.version()}".encode())
    for name in READERS:
        with contextlib.suppress(metadata.PackageNotFoundError):
            digest.update(f"{name}={_version(metadata.distribution(name))}".encode())
    root = Path(__file__).parents[1]
    # So that a checkout under work never shows old results; `Path` takes twice as long over all files.
    for name in sorted(glob("**/*.py", root_dir=root, recursive=True)):  # noqa: PTH207
        with open(f"{root}/{name}", "rb") as file:  # noqa: PTH123
            digest.update(name.replace(os.sep, "/").encode() + b"\0" + file.read())
    return digest.hexdigest()


def _version(found: metadata.Distribution) -> str:
    """The same as `found.version`, which reads all the text as an e-mail: two milliseconds for each."""
    told = re.search(r"^Version: *(\S+)", found.read_text("METADATA") or "", re.MULTILINE)
    return told[1] if told else found.version


def key(sha256: str, name: str, settings: Settings) -> str:
    """Bytes, kind of file, version, settings, OCR engines -> the key under which the outcome is kept."""
    parts = [
        sha256,
        Path(name).suffix.lower(),
        version(),
        dataclasses.asdict(settings),
        _engines(settings.ocr),
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


_engines = cache(engines.asked_by)


def signature(status: os.stat_result) -> str:
    """What changes when a file changes."""
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino} {status.st_dev}"


def settled(status: os.stat_result, now_ns: int) -> bool:
    """Whether a later change of the file must show in its times; they tick, and so may stand still.

    Only the change time is asked: the modification time is anyone's to set.
    """
    changed = status.st_ctime_ns if os.name == "posix" else status.st_mtime_ns
    coarse = changed % 1_000_000_000 == 0
    return changed + (_COARSE_TICK if coarse else _TICK) < now_ns


class State:
    """The open file. An outcome is committed as it is saved; a kill costs what was being read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()
        self._committed = time.monotonic()
        try:
            self._db = self._open()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise StoreError(
                    f"{path} cannot be written ({error}); the dataset is as it was. Free space, run again"
                ) from error
            for suffix in ("", "-wal", "-journal"):  # damaged: nothing in it that cannot be had again
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            self._db = self._open()

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        try:
            # No second process reads it: without shared memory the log also works on network drives.
            db.execute("pragma locking_mode = exclusive")
            db.execute("pragma journal_mode = wal")
            db.execute("pragma synchronous = normal")
            layout = db.execute("pragma user_version").fetchone()[0]
            if layout not in (0, _LAYOUT):
                raise sqlite3.DatabaseError("laid out by another version of henkou")
            if layout == 0:
                db.executescript(_TABLES)
                db.execute(f"pragma user_version = {_LAYOUT}")
            db.execute("begin")
        except BaseException:
            db.close()
            raise
        return db

    def __enter__(self) -> State:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, sqlite3.Error):
            self._end()
        self._db.close()

    def commit(self, *, now: bool = False) -> None:
        """Make what was saved outlive this process; without `now` at most every half second."""
        if now or time.monotonic() - self._committed > _COMMIT_SECONDS:
            self._end()
            self._db.execute("begin")
            self._committed = time.monotonic()

    def _end(self) -> None:
        """End what `begin` began; there is nothing when Ctrl-C came between an end and a beginning."""
        if self._db.in_transaction:
            self._db.execute("commit")

    # ------------------------------------------------------------ files

    def signatures(self) -> dict[bytes, tuple[str, str]]:
        """Every known path -> signature, SHA-256."""
        return {path: (sign, sha) for path, sign, sha in self._db.execute("select * from signatures")}

    def save_signature(self, path: bytes, sign: str, sha256: str) -> None:
        self._db.execute("replace into signatures values (?, ?, ?)", (path, sign, sha256))

    # ------------------------------------------------------------ outcomes

    def known(self) -> dict[str, Known]:
        """Every key -> what it is known to give."""
        rows = self._db.execute('select key, digest, kind, "limit", allowed, lasting, form from outcomes')
        return {
            key: Known(digest, kind, limit, allowed, bool(lasting), form)
            for key, digest, kind, limit, allowed, lasting, form in rows
        }

    def outcome(self, key: str, *, tables: bool = True) -> Outcome | None:
        """What a key gave; without its `tables` far less is read. Any thread may ask this."""
        columns = ", ".join(name if tables or name != "tables" else "x''" for name in _OUTCOME)
        with self._turn:  # since Python 3.12 two threads would meet in one prepared statement
            row = self._db.execute(f"select {columns} from outcomes where key = ?", (key,)).fetchone()
        values = dict(zip((name.strip('"') for name in _OUTCOME), row or (), strict=False))
        return Outcome(**{**values, "lasting": bool(values["lasting"])}) if row else None

    def save(self, key: str, outcome: Outcome) -> Known:
        values = [getattr(outcome, name.strip('"')) for name in _OUTCOME]
        digest = outcome.digest
        marks = ", ".join("?" * (len(values) + 3))
        self._db.execute(f"replace into outcomes values ({marks})", (key, *values, digest, form()))
        self.commit(now=True)
        return Known(digest, outcome.kind, outcome.limit, outcome.allowed, outcome.lasting, form())

    # ------------------------------------------------------------ pictures

    def scans(self, sha256: str) -> tuple[bytes, ...]:
        """What an OCR engine read of a file, in the order of its keys."""
        rows = self._db.execute("select packed from scans where sha256 = ? order by digest", (sha256,))
        return tuple(packed for (packed,) in rows)

    def save_scans(self, sha256: str, scans: Iterable[bytes]) -> None:
        self._db.executemany(
            "insert or ignore into scans values (?, ?, ?)",
            ((hashlib.sha256(sha256.encode() + one).hexdigest(), sha256, one) for one in scans),
        )

    # ------------------------------------------------------------ the dataset

    def placed(self) -> dict[str, Placed]:
        """Every source_path of the published dataset -> where it stands."""
        return {path: Placed(*rest) for path, *rest in self._db.execute("select * from placed")}

    def publish(self, placed: Iterable[tuple[str, Placed]], paths: Iterable[bytes]) -> None:
        """A dataset was published: keep what it rests on, forget the rest."""
        self._db.execute("delete from placed")
        self._db.executemany(
            "insert into placed values (?, ?, ?, ?, ?)", ((path, *one) for path, one in placed)
        )
        self._db.execute("delete from outcomes where key not in (select key from placed)")
        self._db.execute("delete from scans where sha256 not in (select sha256 from outcomes)")
        self._db.execute("create temp table seen (path blob primary key) without rowid")
        self._db.executemany("insert or ignore into seen values (?)", ((path,) for path in paths))
        self._db.execute("delete from signatures where path not in (select path from seen)")
        self._db.execute("drop table seen")
        self.commit(now=True)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[State]:
    """The state at `path`, made when absent, committed and closed at the end, else StoreError."""
    try:
        with State(path) as state:
            yield state
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be written ({error}); free space and run again") from error


def merge(source: Path, *, into: Path) -> None:
    """Add what one state knows to another that lacks it; a damaged or older one adds nothing."""
    with opened(into):  # made whole and current
        pass
    db = sqlite3.connect(into)
    try:
        db.execute("attach ? as source", (str(source),))
        for table in ("outcomes", "signatures", "scans"):
            db.execute(f"insert or ignore into {table} select * from source.{table}")
        db.commit()
    except sqlite3.DatabaseError:
        db.rollback()
    finally:
        db.close()
