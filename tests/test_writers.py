"""Partitions written by children: the same bytes, whatever becomes of a child; no half of a dataset."""

from __future__ import annotations

import errno
import os
import resource
import signal
import sqlite3
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from pipeline.batch import run as batch
from pipeline.batch import writers
from pipeline.batch.birth import Nursery
from pipeline.batch.part import Told
from pipeline.batch.work import Progress
from pipeline.errors import StoreError
from pipeline.store.folder import Store
from pipeline.store.state import State
from tests.runs import job, names, parquet_bytes, write

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only there children are forked")
BODIES = ("011002_札幌市", "212211_海津市", "131237_江戸川区", "472018_那覇市", "所在不明")
"""Of four prefectures, and of none."""
PREFECTURES = ["JP-00", "JP-01", "JP-13", "JP-21", "JP-47"]


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    files = {f"{BODIES[n % 5]}/{n:02d}.pdf": f"rows {n % 7} {n}" for n in range(40)}
    twice = {
        f"{BODIES[0]}/twice.pdf": "rows 1 1",
        f"{BODIES[1]}/none.txt": "none",
        f"{BODIES[2]}/r.pdf": "raise",
    }
    return write(tmp_path / "raw", files | twice)


@pytest.fixture
def wrote(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The partitions that this process wrote itself; few parts are enough for children to be asked."""
    names: list[str] = []
    own = writers.write

    def noted(generation: Path, name: str, parts: Any) -> dict[str, Any]:
        names.append(name)
        return own(generation, name, parts)

    monkeypatch.setattr(writers, "write", noted)
    monkeypatch.setattr(writers, "_WORTH", 1)
    return names


def run(raw: Path, out: Path, nursery: Nursery | None, **how: Any) -> batch.Run:
    return batch.run([raw], out, job(**how)._replace(nursery=nursery))


def children(nursery: Nursery) -> list[psutil.Process]:
    found = psutil.Process(nursery._pid).children()
    return [one for one in found if one.status() != psutil.STATUS_ZOMBIE]


@pytest.fixture
def out(raw: Path, tmp_path: Path, wrote: list[str]) -> Path:
    """A dataset that this process wrote; its files are gone, so that they are to be written again."""
    made = run(raw, tmp_path / "out", None)
    assert (made.filings, made.failed, made.duplicates, made.not_filings) == (42, 1, 1, 1)
    assert wrote == PREFECTURES
    wrote.clear()
    return tmp_path / "out"


def lose(out: Path) -> dict[str, str]:
    """Take a dataset's files away -> what their bytes were."""
    before = parquet_bytes(out)
    for name in before:
        (out / name).unlink()
    return before


def test_children_write_the_same_bytes(raw: Path, out: Path, nursery: Nursery, wrote: list[str]) -> None:
    before, told = lose(out), list[tuple[int, int]]()
    made = run(
        raw, out, nursery,
        tell=lambda event: told.append((event.done, event.total)) if event.stage == "write" else None,
    )  # fmt: skip
    assert (made.read, made.filings, made.failed, made.duplicates, made.not_filings) == (0, 42, 1, 1, 1)
    assert parquet_bytes(out) == before
    assert wrote == []
    assert told == [(n, 5) for n in range(1, 6)]
    assert children(nursery) == []


def test_what_a_child_that_dies_would_have_written_is_written_here(
    raw: Path, out: Path, nursery: Nursery, wrote: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no more than that: its thread has another one for what is left."""
    before, send, sent = lose(out), writers._Writer.write, list[str]()

    def deadly(writer: writers._Writer, generation: Path, name: str, parts: Iterator[Told]) -> Any:
        sent.append(name)
        if name == "JP-21":
            psutil.Process(writer._process.pid).kill()
        return send(writer, generation, name, parts)

    monkeypatch.setattr(writers._Writer, "write", deadly)
    run(raw, out, nursery)
    assert parquet_bytes(out) == before
    assert (sorted(sent), wrote) == (PREFECTURES, ["JP-21"])
    assert children(nursery) == []


def test_what_a_child_has_no_room_for_is_written_here(raw: Path, out: Path, wrote: list[str]) -> None:
    before, cramped = lose(out), Nursery()
    resource.prlimit(cramped._pid, resource.RLIMIT_FSIZE, (2000, 2000))  # its children's, too
    try:
        run(raw, out, cramped)
        assert children(cramped) == []
    finally:
        cramped.close()
    assert (parquet_bytes(out), sorted(wrote)) == (before, PREFECTURES)


def test_without_the_nursery_all_is_written_here(raw: Path, out: Path, wrote: list[str]) -> None:
    before, gone = lose(out), Nursery()
    os.kill(gone._pid, signal.SIGKILL)
    run(raw, out, gone)
    gone.close()
    assert (parquet_bytes(out), sorted(wrote)) == (before, PREFECTURES)


def test_where_no_further_thread_can_be_had_the_rest_is_written_here(
    raw: Path, out: Path, nursery: Nursery, wrote: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Threads(ThreadPoolExecutor):
        def submit(self, *work: Any) -> Any:
            if "JP-13" in work:
                raise RuntimeError("can't start new thread")
            return super().submit(*work)

    before = lose(out)
    monkeypatch.setattr(writers, "ThreadPoolExecutor", Threads)
    run(raw, out, nursery)
    assert parquet_bytes(out) == before
    assert "JP-13" in wrote


def test_what_cannot_be_written_here_either_is_told_as_ever(
    raw: Path, out: Path, wrote: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, gone = parquet_bytes(out), Nursery()
    os.kill(gone._pid, signal.SIGKILL)

    def full(generation: Path, name: str, parts: Any) -> dict[str, Any]:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(generation))

    monkeypatch.setattr(writers, "write", full)
    with pytest.raises(StoreError, match="No space left"):
        run(raw, out, gone, force=True)
    gone.close()
    assert parquet_bytes(out) == before


def test_a_state_that_cannot_be_asked_is_told_as_ever(
    raw: Path, out: Path, nursery: Nursery, wrote: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, outcome = parquet_bytes(out), State.outcome

    def damaged(kept: State, key: str, *, tables: bool = True) -> Any:
        if threading.current_thread() is not threading.main_thread():
            raise sqlite3.DatabaseError("database disk image is malformed")
        return outcome(kept, key, tables=tables)

    monkeypatch.setattr(State, "outcome", damaged)
    with pytest.raises(StoreError, match="malformed"):
        run(raw, out, nursery, force=True)
    assert (parquet_bytes(out), children(nursery)) == (before, [])


def test_an_interrupted_writing_leaves_the_old_dataset_and_no_child(
    raw: Path, out: Path, nursery: Nursery, wrote: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, alive, discard = parquet_bytes(out), list[int](), Store.discard

    def watched(store: Store, generation: Path) -> None:
        alive.append(len(children(nursery)))
        discard(store, generation)

    def stop(event: Progress) -> None:
        if event.stage == "write":
            raise KeyboardInterrupt

    monkeypatch.setattr(Store, "discard", watched)
    with pytest.raises(KeyboardInterrupt):
        run(raw, out, nursery, force=True, tell=stop)
    assert parquet_bytes(out) == before
    assert len(names(out / ".henkou" / "generations")) == 1
    assert (wrote, alive) == ([], [0])


def test_few_parts_are_no_reason_to_have_children(
    raw: Path, out: Path, nursery: Nursery, wrote: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = lose(out)
    monkeypatch.setattr(writers, "_WORTH", 44)
    run(raw, out, nursery)
    assert (parquet_bytes(out), wrote) == (before, PREFECTURES)
