"""A child may hang, crash, grow or babble: it costs one filing, with a reason that helps."""

import dataclasses
import hashlib
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from pipeline.batch import child, guard
from pipeline.batch.birth import Nursery
from pipeline.batch.children import Child, Children, Closed
from pipeline.batch.guard import GuardError, Guards, Task
from pipeline.batch.watch import Limits, Watch, held
from pipeline.scan.kept import Kept
from pipeline.settings import Settings
from tests import fakes

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has what it takes")

BIRTHS = ["started", pytest.param("forked", marks=linux_only)]


@contextmanager
def guarded(birth):
    """Guards whose children are born this way. That a test's process has threads is of no account here."""
    nursery = Nursery() if birth == "forked" else None
    guards = Guards(nursery)
    try:
        yield guards
    finally:
        guards.close()
        if nursery:
            nursery.close()


@pytest.fixture(scope="module", params=BIRTHS)
def guards(request):
    with guarded(request.param) as guards:
        yield guards


def task(tmp_path, text, seconds=60.0, memory=2**33):  # a forked child holds what the tests hold
    path = tmp_path / "x.pdf"
    path.write_text(text)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Task(str(path), "x.pdf", sha256, len(text), Settings(), Limits(seconds, memory), fakes.READER)


def ask(guards, tmp_path, text, **limits):
    return guards.read(task(tmp_path, text, **limits))


def test_a_reading_comes_back_whole(guards, tmp_path):
    outcome = ask(guards, tmp_path, "rows 3")
    reading = outcome.reading()
    assert outcome.kind == "reading" and outcome.lasting
    assert reading.changes["ordinal"].to_pylist() == [1, 2, 3]
    assert reading.changes.equals(fakes.read(b"rows 3", "x.pdf", Settings(), Kept()).changes)
    assert reading.facts["sha256"] == outcome.sha256 == hashlib.sha256(b"rows 3").hexdigest()
    assert outcome.seconds is not None


@pytest.mark.parametrize(
    ("text", "words", "limit", "lasting"),
    [
        ("segfault", "SIGSEGV", None, True),
        ("exit", "exit status 3", None, True),
        ("sleep", "longer than 1 seconds", "time", True),
        ("spin", "longer than 1 seconds", "time", True),
        ("allocate", "more than 0.25 GiB", "memory", True),
        ("allocate_at_once", "more than 0.25 GiB", "memory", True),
        ("broken", "the file is broken", None, True),
        ("raise", "KeyError", None, True),
    ],
)
def test_a_fault_costs_one_filing(guards, tmp_path, text, words, limit, lasting):
    limits = {"seconds": 1.0} if limit == "time" else {"memory": 2**28} if limit == "memory" else {}
    ask(guards, tmp_path, "rows 1")
    outcome = ask(guards, tmp_path, text, **limits)
    assert outcome.kind == "failed"
    what, remedy = outcome.error
    assert words in what and remedy
    assert (outcome.limit, outcome.lasting) == (limit, lasting)
    assert outcome.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert ask(guards, tmp_path, "rows 1").kind == "reading"


def test_what_no_filing_is_is_said(guards, tmp_path):
    assert ask(guards, tmp_path, "none").kind == "not_a_filing"


def test_noise_does_not_get_between_the_messages(guards, tmp_path):
    assert ask(guards, tmp_path, "noise 2").kind == "reading"


def test_a_file_that_is_gone_may_come_back(guards, tmp_path):
    gone = task(tmp_path, "rows 1")
    Path(gone.path).unlink()
    outcome = guards.read(gone)
    assert (outcome.kind, outcome.sha256, outcome.lasting) == ("failed", None, False)
    assert "No such file" in outcome.error[0]


def test_a_file_that_changed_is_known_by_what_was_read(guards, tmp_path):
    stale = task(tmp_path, "rows 1")
    (tmp_path / "x.pdf").write_text("rows 2")
    assert guards.read(stale).sha256 == hashlib.sha256(b"rows 2").hexdigest()


def children():
    return {process.pid for process in psutil.Process().children(recursive=True)}


@pytest.fixture(params=BIRTHS)
def fresh(request, tmp_path, monkeypatch):
    """Guards without children yet, and a function that tells which children are theirs."""
    monkeypatch.setenv("HENKOU_TEST_READS", str(tmp_path / "log"))
    with guarded(request.param) as guards:
        others = children()
        yield guards, lambda: children() - others


def test_a_child_is_used_again_until_it_fails(fresh, tmp_path):
    guards, mine = fresh
    ask(guards, tmp_path, "rows 1")
    first = mine()
    ask(guards, tmp_path, "rows 2")
    assert mine() == first and len(first) == 1
    ask(guards, tmp_path, "segfault")
    ask(guards, tmp_path, "rows 1")
    assert not mine() & first


def test_a_child_that_is_killed_from_outside_is_replaced_at_once(fresh, tmp_path):
    guards, mine = fresh
    ask(guards, tmp_path, "rows 1")
    for pid in mine():
        os.kill(pid, signal.SIGKILL)
    assert ask(guards, tmp_path, "rows 1").kind == "reading"


def test_a_child_killed_at_work_may_have_better_luck_next_time(fresh, tmp_path):
    guards, mine = fresh
    log = tmp_path / "log"
    with ThreadPoolExecutor(1) as thread:
        reading = thread.submit(ask, guards, tmp_path, "sleep 20")
        while not log.exists():
            time.sleep(0.01)
        for pid in mine():
            os.kill(pid, signal.SIGKILL)
        outcome = reading.result()
    assert (outcome.kind, outcome.lasting) == ("failed", False)
    assert "killed from outside" in outcome.error[0]


@pytest.mark.parametrize("fresh", ["started"], indirect=True)  # a forked one is at work too soon
def test_a_child_killed_while_it_starts_is_started_again(fresh, tmp_path):
    guards, mine = fresh
    with ThreadPoolExecutor(1) as thread:
        reading = thread.submit(ask, guards, tmp_path, "rows 1")
        while not (pids := mine()):
            time.sleep(0.001)
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        assert reading.result().kind == "reading"


def test_closing_ends_busy_children(fresh, tmp_path):
    guards, mine = fresh
    with ThreadPoolExecutor(1) as thread:
        reading = thread.submit(ask, guards, tmp_path, "sleep")
        while not mine():
            time.sleep(0.01)
        time.sleep(0.5)
        guards.close()
        assert isinstance(reading.exception(timeout=10), GuardError)
    assert not mine()


@pytest.mark.skipif(os.name != "posix", reason="needs sleep and process groups")
def test_what_a_child_started_ends_with_it(guards, tmp_path):
    with ThreadPoolExecutor(1) as thread:
        reading = thread.submit(ask, guards, tmp_path, "spawn", seconds=2.0)
        while not (programs := [one for one in psutil.Process().children(True) if one.name() == "sleep"]):
            time.sleep(0.01)
        assert reading.result().limit == "time"
    _, alive = psutil.wait_procs(programs, timeout=5)
    assert not alive


@linux_only
@pytest.mark.parametrize("birth", ["started", "forked"])
def test_children_do_not_outlive_a_killed_parent(birth, tmp_path):
    code = (
        "from tests.test_guard import *; from pathlib import Path; import sys\n"
        "with guarded(sys.argv[1]) as guards:\n"
        "    ask(guards, Path(sys.argv[2]), 'rows 1'); print(*children(), flush=True)\n"
        "    ask(guards, Path(sys.argv[2]), 'spin')"
    )
    arguments = [sys.executable, "-c", code, birth, str(tmp_path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as parent:
        pids = {int(pid) for pid in parent.stdout.readline().split()}
        assert len(pids) == (2 if birth == "forked" else 1)
        time.sleep(0.3)
        parent.kill()
    psutil.wait_procs([psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)], timeout=5)
    assert not any(map(psutil.pid_exists, pids))


@linux_only
def test_children_start_anew_when_the_nursery_is_gone(tmp_path):
    with guarded("forked") as guards:
        ask(guards, tmp_path, "rows 1")
        os.kill(guards._nursery._pid, signal.SIGKILL)
        assert ask(guards, tmp_path, "rows 1").kind == "reading"
        assert ask(guards, tmp_path, "segfault").kind == "failed"
        assert ask(guards, tmp_path, "rows 1").kind == "reading"


@linux_only
def test_a_nursery_loads_what_reading_needs_before_a_child_is_wanted(tmp_path):
    """It gives no answer to that, so that the next one still answers what was asked."""
    code = (
        "import os, signal, sys, time; from pathlib import Path; from pipeline.batch import birth\n"
        "with birth.opened() as nursery:\n"
        "    from pipeline.batch import child, guard; from pipeline.batch.watch import held\n"
        "    from tests.test_guard import ask\n"
        "    bare, deadline = held(nursery._pid), time.monotonic() + 60\n"
        "    nursery.prepare(child.READER)\n"
        "    while held(nursery._pid) < bare + 10e6: assert time.monotonic() < deadline; time.sleep(0.05)\n"
        "    guards = guard.Guards(nursery)\n"
        "    print(ask(guards, Path(sys.argv[1]), 'rows 1').kind)\n"
        "    os.kill(nursery._pid, signal.SIGKILL)\n"
        "    nursery.prepare(child.READER)  # in vain, and without a word: children start anew\n"
        "    print(ask(guards, Path(sys.argv[1]), 'rows 1').kind)\n"
        "    guards.close()"
    )
    printed = subprocess.check_output([sys.executable, "-c", code, str(tmp_path)], text=True)
    assert printed.split() == ["reading", "reading"]


@linux_only
def test_a_nursery_is_forked_only_by_a_process_without_threads():
    code = (
        "import os, threading, time; from pipeline.batch import birth\n"
        "with birth.opened() as nursery: assert nursery is not None\n"
        "assert len(os.listdir('/proc/self/task')) == 1\n"  # nor did what it loaded start any
        "threading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
        "with birth.opened() as nursery: assert nursery is None"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@linux_only
def test_neither_a_nursery_nor_what_it_loads_has_threads(tmp_path):
    """Forking a process that has some is unsafe: a lock that one of them holds stays locked for ever."""
    code = (
        "import dataclasses, os, sys; from pathlib import Path; from pipeline.batch import birth\n"
        "with birth.opened() as nursery:\n"
        "    from pipeline.batch import child, guard, writers; from tests.test_guard import task\n"
        "    guards = guard.Guards(nursery)\n"
        "    asked = dataclasses.replace(task(Path(sys.argv[1]), 'rows 1'), reader=child.READER)\n"
        "    guards.read(asked)\n"
        "    writer = writers._Writer(nursery); child.receive(writer._replies)\n"
        "    print(len(os.listdir(f'/proc/{nursery._pid}/task')))\n"
        "    writer.end(); guards.close()"
    )
    printed = subprocess.check_output([sys.executable, "-c", code, str(tmp_path)], text=True)
    assert printed.split() == ["1"]


def test_a_child_that_is_not_born_leaves_no_file_open():
    told = []

    def born(words):
        told.append(words)
        raise OSError

    with pytest.raises(OSError):
        Child(born)
    assert [words.closed for words in told] == [True]


def test_none_is_started_once_all_have_been_ended():
    children, started = Children(), []
    children.close()
    with pytest.raises(Closed):
        children.get(lambda: started.append("one"))
    assert started == []


@linux_only
def test_children_of_a_nursery_that_does_not_answer_end_with_it(tmp_path):
    with guarded("forked") as guards:
        ask(guards, tmp_path, "rows 1")
        nursery, (one,) = guards._nursery, psutil.Process(guards._nursery._pid).children()
        nursery._socket.settimeout(0.2)
        os.kill(nursery._pid, signal.SIGSTOP)
        one.suspend()
        guards.close()
        assert psutil.wait_procs([one], timeout=5)[1] == []


def test_a_reader_that_cannot_be_imported_is_not_a_filings_fault(guards, tmp_path):
    broken = task(tmp_path, "rows 1")
    with pytest.raises(GuardError, match="no_such_module"):
        guards.read(
            Task(
                **{name: getattr(broken, name) for name in Task.__slots__} | {"reader": "no_such_module:read"}
            )
        )


def test_children_import_neither_pandas_nor_a_tokenizer():
    code = "import sys, pipeline.batch.child; print(sorted({'pandas', 'fugashi', 'rich'} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_messages_survive_the_pipe(tmp_path):
    with (tmp_path / "pipe").open("wb") as file:
        child.send(file, {"a": "が\udc82"}, b"\0" * 5)
        child.send(file, {})
        file.write(b"\0")
    with (tmp_path / "pipe").open("rb") as file:
        assert child.receive(file) == ({"a": "が\udc82"}, b"\0" * 5)
        assert child.receive(file) == ({}, b"")
        assert child.receive(file) is None


def test_the_reader_of_the_flow_is_what_tasks_name():
    assert child.READER == "pipeline.flow:read"


def test_time_counts_anew_with_every_part_of_a_scan(guards, tmp_path):
    outcome = ask(guards, tmp_path, "scan 6 0.5", seconds=2.0)
    assert outcome.kind == "reading"
    assert len(outcome.scans) == 6


def test_pages_of_a_scan_are_told_as_they_are_read(guards, tmp_path):
    told = []
    guards.read(task(tmp_path, "scan 3 0"), lambda *page: told.append(page))
    assert [(page, pages) for _, page, pages in told] == [(1, 3), (2, 3), (3, 3)]
    assert {name for name, _, _ in told} == {task(tmp_path, "scan 3 0").name}


def test_what_was_read_of_a_scan_before_it_hung_is_not_lost(guards, tmp_path):
    slow = task(tmp_path, "scan 3 0.1", seconds=60.0)
    first = guards.read(slow)
    again = guards.read(dataclasses.replace(slow, scans=first.scans))
    assert len(first.scans) == 3 and again.scans == ()
    hung = ask(guards, tmp_path, "scan 2 30", seconds=1.0)
    assert (hung.kind, hung.limit) == ("failed", "time")


def test_memory_is_told_as_the_system_tells_it():
    here = psutil.Process()
    assert held(here.pid) == pytest.approx(here.memory_info().rss, rel=0.05)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert held(ended.pid) == 0


def test_a_child_whose_time_ran_out_as_it_answered_is_asked_no_more(guards, tmp_path, monkeypatch):
    ask(guards, tmp_path, "rows 1")
    before = guards._children.kept()
    monkeypatch.setattr(guard._Reader, "was_killed", lambda worker: worker is before)
    assert ask(guards, tmp_path, "rows 2").kind == "reading"
    assert ask(guards, tmp_path, "rows 3").kind == "reading"
    assert guards._children.kept() is not before and not before.alive()


def test_what_was_killed_says_so(tmp_path):
    told = []
    watch = Watch(lambda: 0, lambda: told.append("killed"))
    with watch.over(Limits(0.01)):
        while not told:
            time.sleep(0.01)
    assert (watch.why, told) == ("time", ["killed"])
    watch.end()
