"""One run at a time on a dataset in object storage: refused at the start, by a lock that lapses."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

import pipeline
from pipeline import files
from pipeline.errors import UsageError
from pipeline.store import bucket, objects
from pipeline.store import lease as lock
from pipeline.store.objects import Refused, Seen
from tests import runs, servers
from tests.runs import SAPPORO, write
from tests.servers import listed, put, remove

HOLDER = """
import sys
from pipeline.errors import UsageError
from tests import runs
try:
    runs.run(sys.argv[1], sys.argv[2], own=True, tell=lambda event: print(event.stage, flush=True))
except UsageError as error:
    print(error, file=sys.stderr)
    sys.exit(2)
"""


@pytest.fixture(params=servers.SCHEMES)
def out(request, tmp_path, monkeypatch):
    """The URL of a dataset that is not there yet, in a new bucket of each kind."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "here"))
    return servers.new_bucket(request.param, request.node.name, monkeypatch) + "/out"


@pytest.fixture
def raw(tmp_path):
    return write(tmp_path / "raw", {f"{SAPPORO}/a.pdf": "rows 2 a"})


@contextmanager
def elsewhere(monkeypatch, tmp_path):
    """As on another machine."""
    with monkeypatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
        yield patch


@contextmanager
def holder(tmp_path, out, seconds):
    """A process that is at work on `out`: it reads one filing for so long."""
    slow = write(tmp_path / "slow", {f"{SAPPORO}/slow.pdf": f"sleep {seconds}"})
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(slow), out],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == "look\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_second_run_ends_at_its_start(out, raw, tmp_path, monkeypatch):
    text = "変更日\t項目\t変更前の記載\t変更後の記載\t提出時期\t提出時期に係る説明\n"
    write(tmp_path / "raw", {f"{SAPPORO}/b.tsv": text})
    with holder(tmp_path, out, 600) as first, elsewhere(monkeypatch, tmp_path):
        second = subprocess.run(
            [sys.executable, "-m", "pipeline.cli", "extract", str(raw), "--out", out, "--json"],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert second.returncode == 2
        assert f"{out} is in use by another run" in second.stderr
        assert f"process {first.pid}, since 20" in second.stderr and "run again then" in second.stderr
        assert first.poll() is None
    assert listed(out) == ["_lock.json"]


def test_a_dead_holders_lock_lapses(out, raw, tmp_path, monkeypatch):
    with holder(tmp_path, out, 600) as first:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    with elsewhere(monkeypatch, tmp_path) as patch:
        with pytest.raises(UsageError, match=f"process {first.pid}"):
            runs.run(raw, out)
        patch.setattr(lock, "LAPSE_SECONDS", -1.0)
        assert runs.run(raw, out).rows == 2
    assert "_lock.json" not in listed(out)


def test_the_same_machine_need_not_wait(out, raw, tmp_path):
    """It knows that the run that was killed is dead."""
    with holder(tmp_path, out, 600) as first:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    assert "_lock.json" in listed(out)
    assert runs.run(raw, out).rows == 2
    assert "_lock.json" not in listed(out)


def test_who_slept_too_long_publishes_nothing(out, raw, tmp_path, monkeypatch):
    with holder(tmp_path, out, 1) as first:
        os.kill(first.pid, signal.SIGSTOP)
        with elsewhere(monkeypatch, tmp_path) as patch:
            patch.setattr(lock, "LAPSE_SECONDS", -1.0)
            runs.run(raw, out)
        published = listed(out)
        os.kill(first.pid, signal.SIGCONT)
        _, told = first.communicate(timeout=60)
    assert first.returncode == 2
    assert "took it over" in told and "run again" in told
    assert listed(out) == published
    assert len(pipeline.load(out)) == 2


def test_a_holder_gives_signs_of_life(out, monkeypatch):
    monkeypatch.setattr(lock, "RENEW_SECONDS", 0.05)
    with bucket.locked(out) as dataset:
        time.sleep(3.2)
        ages = (dataset._storage.look(f"{out.partition('://')[2]}/_lock.json").age for _ in range(10))
        assert any(age < 2 for age in ages)
        dataset._hold.check()
    assert listed(out) == []


def test_a_lock_removed_by_hand_is_a_lost_one(out, raw):
    with (
        pytest.raises(UsageError, match="took it over"),
        bucket.locked(out) as dataset,
    ):
        remove(out, "_lock.json")
        (dataset.begin() / "datapackage.json").write_text("{}")
        dataset.publish(dataset.scratch / "generation")
    assert "_current.json" not in listed(out)


def test_a_lock_that_is_not_ours(out, raw):
    put(out, {"_lock.json": "[1]"})
    with pytest.raises(UsageError, match="its lock is not one of ours"):
        runs.run(raw, out)
    assert listed(out) == ["_lock.json"]


def test_a_storage_that_heeds_no_condition_is_refused(out, raw, monkeypatch):
    def heedless(self, path, data, over):
        self._filesystem.pipe_file(path, data)
        return "1"

    for kind in (objects._S3, objects._Google):
        monkeypatch.setattr(kind, "put", heedless)
    with pytest.raises(UsageError, match="could not be kept apart"):
        runs.run(raw, out)
    assert listed(out) == []


def test_puts_and_their_conditions(out):
    filesystem, root = files.connect(out)
    storage, path = objects.dialect(out, filesystem), f"{root}/札幌 +?#.json"
    assert storage.look(path) is None
    with pytest.raises(Refused):
        storage.put(path, b"0", "12345")
    first = storage.put(path, b"1", None)
    seen = storage.look(path)
    assert (seen.data, seen.version) == (b"1", first) and -2 < seen.age < 60
    for wrong in (None, "12345"):
        with pytest.raises(Refused):
            storage.put(path, b"2", wrong)
    second = storage.put(path, b"2", first)
    with pytest.raises(Refused):
        storage.put(path, b"3", first)
    assert storage.look(path).data == b"2" and storage.look(path).version == second
    assert listed(out) == ["札幌 +?#.json"]


class Flaky:
    """A storage that refuses, for one reason or another, what would be right."""

    def __init__(self, *, done: bool, times: int = 1) -> None:
        self.held: Seen | None = None
        self.done, self.times = done, times

    def look(self, path):
        return self.held

    def put(self, path, data, over):
        if (self.held and self.held.version) != over:
            raise Refused(path)
        self.times -= 1
        if self.done or self.times < 0:
            self.held = Seen(data, "v1", 0)
        if self.times >= 0:
            raise Refused(path)
        return "v1"


def test_a_put_whose_answer_was_lost_is_done():
    assert objects.replace(Flaky(done=True), "x", b"1", None) == "v1"


def test_a_put_that_met_another_one_is_tried_again():
    assert objects.replace(Flaky(done=False), "x", b"1", None) == "v1"
    with pytest.raises(Refused):
        objects.replace(Flaky(done=False, times=99), "x", b"1", None)


def test_what_the_lock_tells(out):
    with bucket.locked(out):
        filesystem, root = files.connect(out)
        told = json.loads(filesystem.cat_file(f"{root}/_lock.json"))
    assert set(told) == {"holder", "since", "token"} and str(os.getpid()) in told["holder"]
