"""When a file's times can be trusted, what is kept from run to run and what is forgotten."""

import importlib.metadata
import os
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from pipeline.store import packing, state
from pipeline.store.state import Placed, State

SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("changed", "now", "settled"),
    [
        (10 * SECOND + 1, 10 * SECOND + 1, False),
        (10 * SECOND + 1, 10 * SECOND + 20_000_000, False),
        (10 * SECOND + 1, 10 * SECOND + 60_000_000, True),
        (10 * SECOND, 11 * SECOND, False),  # whole seconds: a file system that ticks by two
        (10 * SECOND, 13 * SECOND, True),
        (99 * SECOND + 1, 10 * SECOND, False),  # a clock ahead of ours
    ],
)
@pytest.mark.skipif(os.name != "posix", reason="the change time is POSIX")
def test_times_settle(changed, now, settled):
    status = SimpleNamespace(st_ctime_ns=changed, st_mtime_ns=0)
    assert state.settled(status, now) is settled


def test_a_signature_shows_every_kind_of_change(tmp_path):
    path = tmp_path / "x.pdf"
    path.write_text("one")
    seen = {state.signature(path.stat())}

    def changed():
        sign = state.signature(path.stat())
        return sign not in seen and not seen.add(sign)

    path.write_text("longer")
    assert changed()
    keep = path.stat()
    path.write_text("changed"[:6])
    os.utime(path, ns=(keep.st_atime_ns, keep.st_mtime_ns))  # as `cp -p` and rsync do
    assert path.stat().st_mtime_ns == keep.st_mtime_ns and changed()
    (tmp_path / "other").write_text("longer")
    (tmp_path / "other").replace(path)
    assert changed()


def outcome(what="broken"):
    return packing.of_error(
        what, "fetch it again", sha256="00", bytes=3, limit="time", allowed=120.0, lasting=False
    )


def test_outcomes_outlive_the_process(tmp_path):
    kept = State(tmp_path / "state.sqlite")
    kept.save("key", outcome())
    again = tmp_path / "copy.sqlite"  # as a kill leaves it: never closed
    for suffix in ("", "-wal"):
        source = tmp_path / f"state.sqlite{suffix}"
        if source.exists():
            (tmp_path / f"copy.sqlite{suffix}").write_bytes(source.read_bytes())
    with State(again) as copy:
        assert copy.outcome("key") == outcome()
        assert copy.known()["key"] == (outcome().digest, "failed", "time", 120.0, False, packing.form())
        assert copy.outcome("other") is None
    kept._db.close()


def test_what_was_read_of_a_scan_stays_while_its_file_does(tmp_path):
    with State(tmp_path / "state.sqlite") as kept:
        kept.save("old rules", outcome("00"))
        kept.save_scans("00", [b"cells", b"more cells", b"cells"])
        kept.save_scans("ff", [b"of a file that is gone"])
    with State(tmp_path / "state.sqlite") as kept:
        assert sorted(kept.scans("00")) == [b"cells", b"more cells"]
        kept.save("new rules", outcome("00"))
        kept.publish([("a.pdf", Placed("new rules", "place", "JP-01", "011002"))], [])
        assert sorted(kept.scans("00")) == [b"cells", b"more cells"]
        assert kept.scans("ff") == ()


def test_publishing_forgets_what_the_dataset_does_not_rest_on(tmp_path):
    with State(tmp_path / "state.sqlite") as kept:
        for key in ("old", "new"):
            kept.save(key, outcome(key))
        for path in (b"a", b"b"):
            kept.save_signature(path, "sign", "00")
        placed = Placed("new", "place", "JP-01", "011002")
        kept.publish([("a.pdf", placed)], [b"a"])
        assert set(kept.known()) == {"new"}
        assert kept.placed() == {"a.pdf": placed}
        assert set(kept.signatures()) == {b"a"}


def test_a_state_of_another_layout_is_made_anew(tmp_path):
    path = tmp_path / "state.sqlite"
    with State(path) as kept:
        kept.save("key", outcome())
    db = sqlite3.connect(path)
    db.execute("pragma user_version = 99")
    db.execute("alter table outcomes drop column digest")
    db.commit()
    db.close()
    with State(path) as kept:
        assert kept.known() == {}
        kept.save("key", outcome())


def test_states_are_merged_and_a_foreign_one_adds_nothing(tmp_path):
    for name in ("one", "two"):
        with State(tmp_path / name) as kept:
            kept.save(name, outcome())
    (tmp_path / "three").write_bytes(b"no database" * 500)
    state.merge(tmp_path / "one", into=tmp_path / "two")
    state.merge(tmp_path / "three", into=tmp_path / "two")
    with State(tmp_path / "two") as kept:
        assert set(kept.known()) == {"one", "two"}


def test_threads_ask_for_outcomes_one_at_a_time(tmp_path):
    """Since Python 3.12 two that meet in one prepared statement get each other's rows."""
    inside, most = set(), []

    class Watched:
        def __init__(self, db):
            self.db = db

        def execute(self, *asked):
            inside.add(threading.get_ident())
            most.append(len(inside))
            time.sleep(0.001)
            self.asked = self.db.execute(*asked)
            return self

        def fetchone(self):
            found = self.asked.fetchone()
            inside.discard(threading.get_ident())
            return found

    with State(tmp_path / "state.sqlite") as kept:
        keys = [str(n) for n in range(40)]
        for key in keys:
            kept.save(key, packing.of_error(f"出来事 {key}", ""))
        own, kept._db = kept._db, Watched(kept._db)
        with ThreadPoolExecutor(4) as threads:
            told = list(threads.map(kept.outcome, keys))
        kept._db = own
    assert [one.error[0] for one in told] == [f"出来事 {key}" for key in keys]
    assert {*most} == {1}


def metadata(folder, told):
    """A place with a package as an installer would describe it."""
    (folder / "pdfplumber-99.0.dist-info").mkdir(parents=True)
    (folder / "pdfplumber-99.0.dist-info/METADATA").write_text(told, encoding="utf-8")
    return folder


def test_another_version_of_a_reader_is_another_version(tmp_path, monkeypatch):
    now = state.version.__wrapped__()
    assert state.version.__wrapped__() == now
    one = "Metadata-Version: 2.1\nName: pdfplumber\nVersion: 99.0\n\nVersion: 1 was its first.\n"
    monkeypatch.syspath_prepend(metadata(tmp_path / "one", one))
    other = state.version.__wrapped__()
    assert other != now
    alike = "Metadata-Version: 2.4\nName: pdfplumber\nDynamic: license\nVersion:  99.0 \n"
    monkeypatch.syspath_prepend(metadata(tmp_path / "alike", alike))
    assert state.version.__wrapped__() == other


def test_versions_are_those_that_packages_are_installed_in():
    for name in state.READERS:
        found = importlib.metadata.distribution(name)
        assert state._version(found) == found.version


def test_an_end_without_a_beginning_costs_nothing(tmp_path):
    """Ctrl-C may come between the two."""
    with State(tmp_path / "state.sqlite") as kept:
        kept._db.execute("commit")
        kept.commit(now=True)
        kept.save("key", outcome())
        kept._db.execute("commit")
    with State(tmp_path / "state.sqlite") as kept:
        assert kept.outcome("key") == outcome()
