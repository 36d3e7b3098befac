"""Publication at one stroke, what a cut leaves behind, one run at a time, file systems that refuse."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from pipeline.errors import StoreError, UsageError
from pipeline.store import folder as store
from pipeline.store.folder import Store
from tests.runs import KAIZU, SAPPORO, frame, names, parquet_bytes, rows, run, write


@pytest.fixture
def raw(tmp_path):
    return write(tmp_path / "raw", {f"{SAPPORO}/a.pdf": "rows 2 a", f"{KAIZU}/b.pdf": "rows 3 b"})


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def hidden(out):
    return names(out / ".henkou")


def test_a_reader_at_work_keeps_its_generation(raw, out):
    run(raw, out)
    with (out / "changes/prefecture=JP-01/part-0.parquet").open("rb") as file:
        pinned = (out / ".henkou/current").resolve()
        write(raw, {f"{SAPPORO}/a.pdf": "rows 5 new"})
        run(raw, out)
        assert len(pd.read_parquet(pinned / "changes")) == 5
        assert len(pd.read_parquet(file)) == 2
    assert len(frame(out, "changes")) == 8


def test_two_generations_are_kept(raw, out):
    for number in range(4):
        write(raw, {f"{SAPPORO}/a.pdf": f"rows 2 {number}"})
        run(raw, out)
    assert names(out / ".henkou/generations") == ["3", "4"]
    assert hidden(out) == ["current", "generations", "lock", "state.sqlite"]


def test_a_second_run_is_refused_at_once_and_a_killed_one_leaves_no_lock(raw, out):
    holder = subprocess.Popen(
        [sys.executable, "-c", "import sys\nfrom pathlib import Path\n"
         "from pipeline.store.folder import locked\n"
         "with locked(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()", str(out)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    holder.stdout.readline()
    with pytest.raises(UsageError, match="in use by another run"):
        run(raw, out)
    holder.kill()
    holder.wait()
    assert run(raw, out).rows == 5


@pytest.mark.parametrize("step", ["_flush_tree", "_flush_file", "_point", "_flush"])
def test_a_run_cut_short_while_it_publishes_leaves_the_old_dataset(raw, out, monkeypatch, step):
    run(raw, out)
    before = parquet_bytes(out)
    write(raw, {f"{SAPPORO}/a.pdf": "rows 4 new"})
    real, calls = getattr(store, step), []

    def cut(*args):
        calls.append(args)
        if Path(args[0]).name != ".henkou":
            raise OSError(28, "No space left on device")
        return real(*args)

    with monkeypatch.context() as patch:
        patch.setattr(store, step, cut)
        with pytest.raises(StoreError, match="No space left"):
            run(raw, out)
    assert calls
    assert parquet_bytes(out) == before or rows(out)[f"{SAPPORO}/a.pdf"] == 4
    assert run(raw, out).read == 0
    assert rows(out)[f"{SAPPORO}/a.pdf"] == 4
    assert hidden(out) == ["current", "generations", "lock", "state.sqlite"]


def test_a_first_run_cut_before_the_switch_is_nothing_yet(raw, out, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(store, "_point", lambda *_: (_ for _ in ()).throw(OSError(5, "Input/output error")))
        with pytest.raises(StoreError):
            run(raw, out)
    assert not (out / "changes").exists()
    assert run(raw, out).read == 0
    assert len(frame(out, "changes")) == 5


def test_a_dataset_copied_without_links_goes_on(raw, out, tmp_path):
    run(raw, out)
    copy = tmp_path / "copy"
    shutil.copytree(out, copy)
    assert not (copy / "changes").is_symlink()
    write(raw, {f"{SAPPORO}/a.pdf": "rows 4 new"})
    assert run(raw, copy).read == 1
    run(raw, out)
    assert parquet_bytes(copy, without=("filings",)) == parquet_bytes(out, without=("filings",))
    assert hidden(copy) == ["current", "generations", "lock", "state.sqlite"]


def test_a_dataset_that_was_moved_goes_on(raw, out, tmp_path):
    run(raw, out)
    before = parquet_bytes(out)
    out.rename(tmp_path / "moved")
    assert run(raw, tmp_path / "moved").read == 0
    assert parquet_bytes(tmp_path / "moved") == before


@pytest.fixture
def no_links(monkeypatch):
    monkeypatch.setattr(store, "_can_link", lambda folder: False)


def test_without_links_the_tables_stand_in_out(raw, out, no_links):
    run(raw, out)
    before = parquet_bytes(out)
    assert not (out / "changes").is_symlink()
    assert run(raw, out).read == 0
    assert parquet_bytes(out) == before
    write(raw, {f"{SAPPORO}/a.pdf": "rows 4 new"})
    run(raw, out)
    assert rows(out) == {f"{SAPPORO}/a.pdf": 4, f"{KAIZU}/b.pdf": 3}
    assert hidden(out) == ["current.json", "generations", "lock", "state.sqlite"]
    assert names(out / ".henkou/generations") == []


def test_without_links_a_cut_move_is_completed_by_the_next_run(raw, out, no_links, monkeypatch):
    run(raw, out)
    write(raw, {f"{SAPPORO}/a.pdf": "rows 4 new"})
    real, moves = Path.rename, []

    def cut(path, target):
        moves.append(path)
        if len(moves) == 5:
            raise OSError(5, "Input/output error")
        return real(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", cut)
        with pytest.raises(StoreError):
            run(raw, out)
    write(raw, {f"{SAPPORO}/a.pdf": "rows 9 newer"})
    with store.locked(out):
        assert rows(out)[f"{SAPPORO}/a.pdf"] == 4
        assert len(frame(out, "cells")) == len(frame(out, "changes")) == 7


def test_a_dataset_with_links_may_move_to_where_there_are_none(raw, out, monkeypatch):
    run(raw, out)
    with monkeypatch.context() as patch:
        patch.setattr(store, "_can_link", lambda folder: False)
        write(raw, {f"{SAPPORO}/a.pdf": "rows 4 new"})
        run(raw, out)
    assert rows(out)[f"{SAPPORO}/a.pdf"] == 4 and not (out / "changes").is_symlink()
    write(raw, {f"{SAPPORO}/a.pdf": "rows 6 newer"})
    run(raw, out)
    assert rows(out)[f"{SAPPORO}/a.pdf"] == 6 and (out / "changes").is_symlink()


def test_no_hard_links_no_harm(raw, out, monkeypatch):
    run(raw, out)
    monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(OSError(1, "Operation not permitted")))
    write(raw, {f"{SAPPORO}/a.pdf": "rows 4 new"})
    run(raw, out)
    assert rows(out) == {f"{SAPPORO}/a.pdf": 4, f"{KAIZU}/b.pdf": 3}


def test_the_plan_of_a_store_that_holds_nothing(tmp_path):
    (tmp_path / ".henkou/generations").mkdir(parents=True)
    assert Store(tmp_path).plan() == {} and Store(tmp_path).current() is None
