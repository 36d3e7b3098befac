"""Readings as bytes: what a guarded child sends to its parent, and what the state keeps between runs.

No pickle: a file that takes over its child, or a dataset that came by post, must not run code here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from .. import schema
from ..model import Cover, Problem
from ..result import Reading

if TYPE_CHECKING:
    import pyarrow as pa

Scans = tuple[bytes, ...]
"""What an OCR engine read of a file, in pieces as packed by `scan.kept`."""
TABLES = ("changes", "repairs", "problems", "cells")
"""The tables of a reading, in the order in which they are packed."""


@cache
def form() -> str:
    """Changes when an outcome that was packed before can no longer be unpacked."""
    columns = [[(field.name, field.type) for field in schema.TABLES[name]] for name in TABLES]
    shape = "batches", columns, Cover._fields, Problem._fields
    return hashlib.sha256(repr(shape).encode()).hexdigest()[:8]


_SIZE = struct.Struct(">Q")


def joined(parts: Iterable[bytes]) -> bytes:
    """Pieces of bytes as one, for `parted`."""
    return b"".join(piece for part in parts for piece in (_SIZE.pack(len(part)), part))


def parted(data: bytes) -> Iterator[bytes]:
    """What `joined` made -> the pieces.

    >>> list(parted(joined([b"one", b"", b"two"])))
    [b'one', b'', b'two']
    """
    at = 0
    while at < len(data):
        (length,) = _SIZE.unpack_from(data, at)
        at += _SIZE.size + length
        yield data[at - length : at]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What reading one file came to; the same whether it was read now or in an earlier run."""

    kind: Literal["reading", "failed", "not_a_filing"]
    head: str
    """JSON: the facts and the cover of a reading; what happened and what to do otherwise."""
    tables: bytes = b""
    sha256: str | None = None
    """Of the bytes that were read; null when the file could not be opened."""
    bytes: int | None = None
    seconds: float | None = None
    limit: Literal["time", "memory"] | None = None
    """The limit that ended the reading: a higher one is worth another try."""
    allowed: float | None = None
    """That limit, in seconds or bytes."""
    lasting: bool = True
    """The same bytes would end the same way; not so for a file that could not be opened."""
    scans: Scans = ()
    """What an OCR engine read now, packed: kept beside the outcome, and no part of it."""

    @property
    def digest(self) -> str:
        """Equal when the outcome is equal but for the time it took."""
        text = json.dumps([self.kind, self.head, self.sha256, self.bytes])
        return hashlib.sha256(text.encode() + self.tables).hexdigest()

    @property
    def error(self) -> tuple[str, str]:
        """What happened and what to do, of an outcome that is no reading."""
        head = json.loads(self.head)
        return head["what"], head["remedy"]

    @property
    def counts(self) -> tuple[int, int]:
        """Pages and problems of a reading, without unpacking it."""
        head = json.loads(self.head)
        return head["facts"].get("pages") or 0, head["problems"]

    @property
    def cover(self) -> Cover:
        """The cover of a reading; an empty one otherwise."""
        cover = json.loads(self.head, object_hook=_date).get("cover", {})
        problems = tuple(Problem(**problem) for problem in cover.pop("problems", ()))
        lists = {name: tuple(value) for name, value in cover.items() if isinstance(value, list)}
        return Cover(**{**cover, **lists, "problems": problems})

    def reading(self, *, tables: bool = True) -> Reading:
        """The reading that was packed; without `tables` they are empty, which is much cheaper."""
        facts = json.loads(self.head, object_hook=_date)["facts"]
        return Reading(
            facts={**facts, "seconds": self.seconds},
            cover=self.cover,
            **(
                _unpack(self.tables)
                if tables
                else {name: schema.arrow(name).empty_table() for name in TABLES}
            ),
        )


def of_reading(reading: Reading, **known: Any) -> Outcome:
    """Outcome that holds a whole reading."""
    facts = {name: value for name, value in reading.facts.items() if name != "seconds"}
    cover = reading.cover._asdict() | {"problems": [one._asdict() for one in reading.cover.problems]}
    head = {"facts": facts, "cover": cover, "problems": len(reading.problems)}
    return Outcome(
        "reading",
        json.dumps(head, ensure_ascii=False, default=_tagged),
        _pack(reading),
        **known,
    )


def of_error(
    what: str, remedy: str, kind: Literal["failed", "not_a_filing"] = "failed", **known: Any
) -> Outcome:
    """Outcome of a file that gave no reading."""
    return Outcome(kind, json.dumps({"what": what, "remedy": remedy}, ensure_ascii=False), **known)


def _tagged(value: object) -> dict[str, str]:
    if isinstance(value, dt.date):
        return {"date": value.isoformat()}
    raise TypeError(f"a reading's facts cannot hold {value!r}")


def _date(value: dict[str, Any]) -> Any:
    return dt.date.fromisoformat(value["date"]) if value.keys() == {"date"} else value


def _pack(reading: Reading) -> bytes:
    """Each table's record batches, without their schema (which the version in the state's key implies).

    Each stands behind its length, a length of none ends a table. All is compressed as it is made.
    """
    import pyarrow as pa

    packed = pa.BufferOutputStream()
    with pa.CompressedOutputStream(packed, "zstd") as out:
        for name in TABLES:
            table: pa.Table = getattr(reading, name)
            if not table.schema.equals(schema.arrow(name)):
                raise TypeError(f"the reading's table {name} has not the columns of the schema")
            for batch in table.to_batches():
                data = batch.serialize()
                out.write(_SIZE.pack(data.size))
                out.write(data)
            out.write(_SIZE.pack(0))
    done: bytes = packed.getvalue().to_pybytes()
    return done


def _unpack(data: bytes) -> dict[str, pa.Table]:
    import pyarrow as pa

    with pa.CompressedInputStream(pa.BufferReader(data), "zstd") as source:
        return {name: pa.Table.from_batches(_batches(source, name), schema.arrow(name)) for name in TABLES}


def _batches(source: pa.CompressedInputStream, name: str) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    while size := _SIZE.unpack(source.read(_SIZE.size))[0]:
        yield pa.ipc.read_record_batch(source.read_buffer(size), schema.arrow(name))
