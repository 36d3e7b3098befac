"""A reader for tests of everything around reading: what a file says happens, in the child that reads it.

A file is text. Its first word is `rows N [seed]`, or a fault: `segfault`, `sleep`, `allocate`, `broken`,
`raise`, `exit`, `noise`, `none` (not a filing).
"""

import ctypes
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline import schema
from pipeline.errors import FilingError, NotAFiling
from pipeline.model import Cover
from pipeline.result import Reading
from pipeline.scan.engine import OcrLine
from pipeline.scan.kept import Kept
from pipeline.settings import Settings

READER = "tests.fakes:read"


def read(data: bytes, name: str, settings: Settings, kept: Kept) -> Reading:
    if log := os.environ.get("HENKOU_TEST_READS"):
        with Path(log).open("a") as file:
            file.write(f"{name}\n")
    verb, *words = data.decode().split() or ["broken"]
    if verb == "scan":
        return scan(data, name, kept, *words)
    return VERBS[verb](data, name, *words)


class SlowEngine:
    """An OCR engine that takes a moment a call."""

    name, version, settings = "slow", "1", ""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def read(self, cells: Sequence[npt.NDArray[np.uint8]]) -> list[tuple[OcrLine, ...]]:
        time.sleep(self.seconds)
        if log := os.environ.get("HENKOU_TEST_READS"):
            with Path(log).open("a") as file:
                file.write("scan\n" * len(cells))
        return [() for _ in cells]


def scan(data: bytes, name: str, kept: Kept, pages: str, seconds: str) -> Reading:
    """Read so many pages, each slowly."""
    for page in range(int(pages)):
        kept.page = page + 1, int(pages)
        kept.read(SlowEngine(float(seconds)), [np.full((1, 1), page, np.uint8)])
    return rows(data, name)


def rows(data: bytes, name: str, count: str = "2", *_words: str) -> Reading:
    sha256 = hashlib.sha256(data).hexdigest()
    version = "0.0.0+fake"
    text = dict.fromkeys(("change_date_raw", "item", "item_raw", "before_raw", "after_raw", "timing_raw"), "")
    changes = [
        {
            **text,
            "row_id": f"{sha256[:16]}-{n:04d}",
            "change_id": f"{n:016x}",
            "filing_id": sha256[:16],
            "ordinal": n,
            "page_first": n,
            "item_codes": [],
            "before": f"前{sha256[:8]}",
            "after": f"後{n}",
            "note": "",
            "note_raw": "",
            "change_kind": "modified",
            "method": "text",
            "confidence": 1.0,
            "marks": [],
            "pipeline_version": version,
        }
        for n in range(1, int(count) + 1)
    ]
    box = {"field": "after", "page": 1, "x0": 0.5, "y0": 1, "x1": 2, "y1": 3}
    doubt = {
        "severity": "warning",
        "code": "date_missing",
        "message": "no date",
        "excerpt": "",
        "source_path": "",
    }
    return Reading(
        facts={
            **{field.name: None for field in schema.TABLES["filings"]},
            "filing_id": sha256[:16],
            "sha256": sha256,
            "bytes": len(data),
            "pages": 3,
            "rows": len(changes),
            "status": "ok",
            "table_state": "rows" if changes else "empty",
            "method": "text",
            "pipeline_version": version,
        },
        cover=Cover(),
        changes=schema.table_from_rows("changes", changes),
        repairs=schema.table_from_rows("repairs", []),
        problems=schema.table_from_rows(
            "problems",
            [{**doubt, "filing_id": row["filing_id"], "row_id": row["row_id"]} for row in changes[:1]],
        ),
        cells=schema.table_from_rows("cells", [{**box, "row_id": row["row_id"]} for row in changes]),
    )


def segfault(*_: object) -> Reading:
    ctypes.string_at(0)
    raise AssertionError


def sleep(data: bytes, name: str, seconds: str = "600", *words: str) -> Reading:
    time.sleep(float(seconds))
    return rows(data, name)


def spin(*_: object) -> Reading:
    """Hang in native code that holds the interpreter's lock."""
    return ctypes.PyDLL(None).sleep(600)  # type: ignore[no-any-return]


def spawn(*_: object) -> Reading:
    """Start a program and wait for it."""
    subprocess.run(["sleep", "600"], check=True)
    raise AssertionError


def allocate(*_: object) -> Reading:
    """Grow step by step, as a leak does."""
    held = []
    while True:
        held.append(bytearray(os.urandom(1024)) * 4096)


def allocate_at_once(*_: object) -> Reading:
    return bytearray(10**12)  # type: ignore[return-value]


def noise(data: bytes, name: str, *words: str) -> Reading:
    """Print where a C library prints, and where Python prints; ask stdin."""
    os.write(1, b"\0" * 10_000)
    print("a library says hello" * 100)
    sys.stderr.write("and complains")
    assert sys.stdin.read() == ""
    return rows(data, name)


def broken(_data: bytes, name: str, *_: str) -> Reading:
    raise FilingError(name, "the file is broken", "Fetch it again")


def raised(*_: object) -> Reading:
    raise KeyError("a mistake of ours")


def leave(*_: object) -> Reading:
    sys.exit(3)


def none(_data: bytes, name: str, *_: str) -> Reading:
    raise NotAFiling(name, "there is no change table", "Nothing to do")


VERBS = {
    "rows": rows,
    "segfault": segfault,
    "sleep": sleep,
    "spin": spin,
    "spawn": spawn,
    "allocate": allocate,
    "allocate_at_once": allocate_at_once,
    "noise": noise,
    "broken": broken,
    "raise": raised,
    "exit": leave,
    "none": none,
}
