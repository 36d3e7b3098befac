"""A real scheduler and two workers over TCP: the dataset is that of one machine, also when one is killed."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.batch import cluster, guard, work
from pipeline.batch.sources import Source
from pipeline.errors import UsageError
from pipeline.model import Document
from tests.runs import KAIZU, SAPPORO, frame, parquet_bytes, run, write

distributed = pytest.importorskip("distributed", reason="the extra [cluster] is not installed")
ROOT = Path(__file__).parent.parent


def start(name, *arguments, log):
    """One of Dask's programs, in a process group of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HENKOU_TEST_READS": str(log)}
    command = [sys.executable, "-m", f"distributed.cli.dask_{name}", *arguments, "--no-dashboard"]
    return subprocess.Popen(
        command, env=environment, cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL
    )


def end(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


@pytest.fixture
def scheduler(tmp_path):
    file = tmp_path / "scheduler.json"
    log = tmp_path / "reads"
    log.touch()
    programs = [
        start("scheduler", "--port", "0", "--host", "127.0.0.1", "--scheduler-file", str(file), log=log)
    ]
    deadline = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < deadline, "the scheduler does not start"
        time.sleep(0.05)
    worker = ["--scheduler-file", str(file), "--nthreads", "1"]
    programs += [start("worker", *worker, log=log) for _ in range(2)]
    with distributed.Client(scheduler_file=str(file), set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
        address = client.scheduler.address
    yield address, programs, log
    for program in programs:
        end(program)


@pytest.fixture
def raw(tmp_path):
    return write(
        tmp_path / "raw", {f"{(SAPPORO, KAIZU)[n % 2]}/{n:02d}.pdf": f"sleep 0.2 {n}" for n in range(24)}
    )


def test_a_worker_killed_in_mid_run_loses_nothing_and_doubles_nothing(scheduler, raw, tmp_path):
    address, programs, log = scheduler
    write(raw, {"broken.pdf": "broken", "dead.pdf": "segfault"})
    killed = []

    def kill_one(event):
        if event.stage == "read" and event.done == 6 and not killed:
            killed.append(programs[2])
            end(programs[2])

    with cluster.connected(address) as (executor, threads):
        assert threads == 2
        ran = run(raw, tmp_path / "out", executor=executor, jobs=threads, tell=kill_one)
    assert killed
    assert (ran.filings, ran.rows, ran.failed) == (26, 48, 2)
    assert len(log.read_text().splitlines()) >= 26
    run(raw, tmp_path / "local", jobs=4)
    assert parquet_bytes(tmp_path / "out", without=("filings",)) == parquet_bytes(
        tmp_path / "local", without=("filings",)
    )
    both = [frame(tmp_path / name, "filings").drop(columns="seconds") for name in ("out", "local")]
    assert both[0].equals(both[1])


def test_a_cluster_that_does_not_see_the_files_is_told_so(scheduler, raw, tmp_path, monkeypatch):
    """As when RAW is on this machine's own disk: the workers look for the path and find nothing."""
    address, _, _ = scheduler
    monkeypatch.setattr(work, "Task", lambda path, *rest: guard.Task(f"/elsewhere{path}", *rest))
    with (
        cluster.connected(address) as (executor, threads),
        pytest.raises(UsageError, match="all workers see"),
    ):
        run(raw, tmp_path / "out", executor=executor, jobs=threads)
    assert not (tmp_path / "out/changes").exists()


def test_a_scheduler_that_is_lost_ends_the_run_and_what_was_read_is_kept(scheduler, raw, tmp_path):
    address, programs, _ = scheduler

    def kill_all(event):
        if event.stage == "read" and event.done == 6:
            for program in programs:
                end(program)

    with (
        cluster.connected(address) as (executor, threads),
        pytest.raises(UsageError, match="cluster is gone"),
    ):
        run(raw, tmp_path / "out", executor=executor, jobs=threads, tell=kill_all)
    assert run(raw, tmp_path / "out").read <= 24 - 6


class Losing(ThreadPoolExecutor):
    """An executor that does every task but loses so many results of each."""

    def __init__(self, losses):
        super().__init__(2)
        self.losses, self.lost = losses, Counter()

    def submit(self, read, task):
        done = super().submit(read, task)
        if self.lost[task.name] == self.losses:
            return done
        self.lost[task.name] += 1
        done.result()
        lost: Future = Future()
        lost.set_exception(TypeError("cannot unpack non-iterable Outcome object"))
        return lost


def test_a_result_that_is_lost_on_its_way_is_made_again(tmp_path):
    raw = write(tmp_path / "raw", {f"{SAPPORO}/{n}.pdf": f"rows 2 {n}" for n in range(3)})
    with Losing(2) as executor:
        ran = run(raw, tmp_path / "out", executor=executor)
    assert (ran.filings, ran.rows, ran.read) == (3, 6, 3)
    with Losing(99) as executor, pytest.raises(TypeError):
        run(raw, tmp_path / "other", executor=executor)


def test_a_filing_that_takes_its_workers_with_it_fails_alone():
    from distributed.scheduler import KilledWorker

    future: Future = Future()
    future.set_exception(KilledWorker("task", None, 3))
    source = Source(Document("/raw/a.pdf", "a.pdf"), "00", 1)
    outcome = work._result(future, source)
    assert (outcome.kind, outcome.sha256, outcome.lasting) == ("failed", "00", False)


def test_workers_with_another_henkou_are_refused(scheduler, monkeypatch):
    address, _, _ = scheduler
    monkeypatch.setattr(cluster, "_here", lambda: "another")
    with pytest.raises(UsageError, match="install the same"), cluster.connected(address):
        pass


def test_nobody_answers(monkeypatch):
    monkeypatch.setattr(cluster, "_PATIENCE_SECONDS", 1)
    with pytest.raises(UsageError, match="no Dask scheduler answers"), cluster.connected("tcp://127.0.0.1:9"):
        pass
