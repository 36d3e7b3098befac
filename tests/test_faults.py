"""Real faults at real moments: kill -9, Ctrl-C, a full disk, a lost drive. Never a mixture of old and new."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from pipeline.errors import StoreError, UsageError
from pipeline.store import state
from tests.runs import KAIZU, SAPPORO, frame, names, parquet_bytes, run, write

RUN = """
import resource, signal, sys
from pathlib import Path
from pipeline.store import state
state.version = lambda: sys.argv[4]  # ours, though someone be editing the code meanwhile
from pipeline.errors import StoreError, UsageError
from tests.runs import run
raw, out, largest = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
if largest:
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
try:
    print(run(raw, out, own=True))
except KeyboardInterrupt:
    sys.exit(130)
except (UsageError, StoreError) as error:
    print(error)
    sys.exit(2 if isinstance(error, UsageError) else 3)
"""
root_only = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root may mount a small disk"
)


def start(raw, out, *, largest=0, log=None):
    environment = {**os.environ, **({"HENKOU_TEST_READS": str(log)} if log else {})}
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(raw), str(out), str(largest), state.version()],
        stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True,
    )  # fmt: skip


def filings(count, text):
    return {f"{(SAPPORO, KAIZU)[n % 2]}/{n:02d}.pdf": text.format(n=n) for n in range(count)}


def wait_for_reads(log, count):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if log.exists() and len(log.read_text().splitlines()) >= count:
            return
        time.sleep(0.01)
    pytest.fail(f"fewer than {count} filings were read")


def told(out):
    """source_path -> text of its rows, and every table agrees with every other."""
    changes, table = frame(out, "changes"), frame(out, "filings")
    assert changes["source_path"].value_counts().to_dict() == table.set_index("source_path")["rows"].to_dict()
    assert set(frame(out, "cells")["row_id"]) == set(changes["row_id"])
    return dict(zip(changes["source_path"], changes["before"], strict=True))


def test_killed_at_ten_moments_the_dataset_is_the_old_or_the_new(tmp_path):
    raw, out = tmp_path / "raw", tmp_path / "out"
    moments = random.Random(7)
    write(raw, filings(16, "sleep 0.05 {n}"))
    run(raw, out)
    old = told(out)
    for number in range(10):
        write(raw, filings(16, "sleep 0.05 {n} " + str(number)))
        process = start(raw, out)
        time.sleep(moments.uniform(0.5, 2.2))
        process.kill()
        process.wait()
        seen = told(out)
        changed = {path for path in seen if seen[path] != old[path]}
        assert changed in (set(), set(seen)), "a mixture"
        old = seen
    run(raw, out)
    run(raw, tmp_path / "fresh")
    assert parquet_bytes(out, without=("filings",)) == parquet_bytes(tmp_path / "fresh", without=("filings",))
    assert names(out / ".henkou") == ["current", "generations", "lock", "state.sqlite"]


def test_the_next_run_takes_up_where_a_killed_one_stopped(tmp_path):
    raw, out, log = tmp_path / "raw", tmp_path / "out", tmp_path / "log"
    write(raw, filings(20, "sleep 0.3 {n}"))
    process = start(raw, out, log=log)
    wait_for_reads(log, 10)
    process.kill()
    process.wait()
    assert not (out / "changes").exists()
    assert run(raw, out).read <= 20 - 7  # ten were begun, two at work


def test_ctrl_c_publishes_what_is_done(tmp_path):
    raw, out, log = tmp_path / "raw", tmp_path / "out", tmp_path / "log"
    write(raw, filings(20, "sleep 0.2 {n}"))
    process = start(raw, out, log=log)
    wait_for_reads(log, 8)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    done = set(told(out))
    assert 4 <= len(done) <= 12
    assert run(raw, out).read == 20 - len(done)


def test_ctrl_c_lets_the_rest_keep_its_old_rows(tmp_path):
    raw, out, log = tmp_path / "raw", tmp_path / "out", tmp_path / "log"
    write(raw, filings(20, "rows 1 {n}"))
    run(raw, out)
    old = told(out)
    write(raw, filings(20, "sleep 0.2 {n} new"))
    (raw / SAPPORO / "00.pdf").unlink()
    process = start(raw, out, log=log)
    wait_for_reads(log, 8)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    new = told(out)
    assert set(new) == set(old) - {f"{SAPPORO}/00.pdf"}
    assert 4 <= sum(new[path] != old[path] for path in new) <= 12


def test_ctrl_c_without_the_old_results_leaves_the_old_dataset(tmp_path):
    raw, out, log = tmp_path / "raw", tmp_path / "out", tmp_path / "log"
    write(raw, filings(20, "sleep 0.2 {n}"))
    run(raw, out, jobs=8)
    before = parquet_bytes(out)
    (out / ".henkou/state.sqlite").unlink()
    process = start(raw, out, log=log)
    wait_for_reads(log, 8)  # two are being read, one may be on its way
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    assert parquet_bytes(out) == before
    assert run(raw, out).read <= 20 - 4


def test_files_that_may_not_grow_leave_the_old_dataset(tmp_path):
    raw, out = write(tmp_path / "raw", filings(4, "rows 3 {n}")), tmp_path / "out"
    run(raw, out)
    before = parquet_bytes(out)
    write(raw, filings(4, "rows 300 {n} new"))
    process = start(raw, out, largest=16_000)
    assert process.wait(60) == 3
    assert "cannot be written" in process.stdout.read()
    assert parquet_bytes(out) == before
    assert run(raw, out).rows == 1200


@contextlib.contextmanager
def disk(folder, size):
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "henkou-test", folder], capture_output=True
    )
    if made.returncode:
        pytest.skip(f"cannot mount: {made.stderr.decode()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=False)


@root_only
@pytest.mark.parametrize("free", [0, 20_000, 60_000, 120_000])
def test_a_full_disk_leaves_the_old_dataset(tmp_path, free):
    raw = write(tmp_path / "raw", filings(6, "rows 3 {n}"))
    with disk(tmp_path / "disk", "4m") as small:
        out = small / "out"
        run(raw, out)
        before = parquet_bytes(out)
        write(raw, filings(6, "rows 3000 {n} new"))
        room = os.statvfs(small)
        filler = small / "filler"
        filler.write_bytes(b"\0" * (room.f_bavail * room.f_frsize - free))
        with pytest.raises(StoreError, match="cannot be written"):
            run(raw, out)
        assert parquet_bytes(out) == before
        filler.unlink()
        assert run(raw, out).rows == 18_000
        assert names(out / ".henkou") == ["current", "generations", "lock", "state.sqlite"]


@root_only
def test_a_disk_that_became_read_only(tmp_path):
    raw = write(tmp_path / "raw", filings(2, "rows 3 {n}"))
    with disk(tmp_path / "disk", "8m") as small:
        run(raw, small / "out")
        before = parquet_bytes(small / "out")
        subprocess.run(["mount", "-o", "remount,ro", small], check=True)
        write(raw, filings(2, "rows 4 {n}"))
        with pytest.raises(StoreError, match="Read-only"):
            run(raw, small / "out")
        assert parquet_bytes(small / "out") == before


@root_only
def test_a_drive_with_filings_that_is_lost_during_the_run(tmp_path):
    out, log = tmp_path / "out", tmp_path / "log"
    with disk(tmp_path / "drive", "8m") as raw:
        write(raw, filings(20, "rows 1 {n}"))
        run(raw, out)
        before = parquet_bytes(out)
        write(raw, {f"{SAPPORO}/new{n}.pdf": f"sleep 0.2 {n}" for n in range(12)})
        process = start(raw, out, log=log)
        wait_for_reads(log, 4)
        subprocess.run(["umount", "-l", raw], check=True)
        assert process.wait(30) == 2
        assert "went away" in process.stdout.read()
        assert parquet_bytes(out) == before
        with pytest.raises(UsageError):
            run(raw, out)
        assert parquet_bytes(out) == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(tmp_path):
    raw, out = write(tmp_path / "raw", filings(2, "rows 3 {n}")), tmp_path / "locked/out"
    out.parent.mkdir(mode=0o500)
    with pytest.raises(StoreError, match="Permission denied"):
        run(raw, out)


def test_memory_does_not_grow_with_the_number_of_filings(tmp_path):
    def peak(count):
        raw = write(tmp_path / f"raw{count}", filings(count, "rows 40 {n}"))
        code = f"{RUN}\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        told = subprocess.check_output(
            [sys.executable, "-c", code, raw, tmp_path / f"out{count}", "0", state.version()], text=True
        )
        return int(told.splitlines()[-1])

    few, many = peak(20), peak(200)
    assert many - few < 40_000 * (1 if sys.platform == "linux" else 1024)
