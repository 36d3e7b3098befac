"""RAW and OUT in object storage, over HTTP: the same dataset, published by a conditional put."""

import os
import random
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import pipeline
from pipeline import files
from pipeline.dataset.coverage import coverage
from pipeline.dataset.load import read_table
from pipeline.errors import StoreError, UsageError
from pipeline.store import bucket
from pipeline.store import lease as lock
from tests import runs, servers
from tests.runs import KAIZU, SAPPORO, Reads, write
from tests.servers import listed, put, remove

fsspec = pytest.importorskip("fsspec", reason="the extra [cloud] is not installed")

FILES = {f"{SAPPORO}/a.pdf": "rows 2 a", f"{SAPPORO}/b.PDF": "rows 3 b", f"{KAIZU}/c.pdf": "rows 1 c"}


@pytest.fixture(params=servers.SCHEMES)
def there(request, tmp_path, monkeypatch):
    """A new bucket of each kind -> its URL."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return servers.new_bucket(request.param, request.node.name, monkeypatch)


@cache
def threads(*_servers):
    """With children of their own: they keep the settings that they start with."""
    return ThreadPoolExecutor(4)


def run(raw, out, **how):
    where = map(os.environ.get, ("AWS_ENDPOINT_URL", "STORAGE_EMULATOR_HOST"))
    return runs.run(raw, out, executor=threads(*where), **how)


def generations(out):
    """Their numbers."""
    names = {name.split("/")[1] for name in listed(out) if name.startswith("generations/")}
    return sorted(name[:6] for name in names)


def same(one, other):
    frames = [pipeline.load(out) for out in (one, other)]
    tables = [read_table(out, "filings").drop(columns="seconds") for out in (one, other)]
    return frames[0].equals(frames[1]) and tables[0].equals(tables[1])


def test_the_dataset_is_that_of_the_same_files_here(there, tmp_path):
    extra = {
        "README.md": "about", ".hidden.pdf": "rows 1 h", "notes.docx": "x",
        "manifest.csv": f"path,url\n{KAIZU}/c.pdf,https://example.jp/c.pdf\n",
    }  # fmt: skip
    raw, out = put(f"{there}/raw", FILES | extra), f"{there}/out"
    ran = run(raw, out)
    assert (ran.filings, ran.rows, ran.failed) == (3, 6, 0)
    run(write(tmp_path / "raw", FILES | extra), tmp_path / "out")
    assert same(out, tmp_path / "out")
    reads = Reads()
    assert run(raw, out, tell=reads).read == 0 and not reads


def test_changes_of_every_kind(there, tmp_path):
    raw, out = put(f"{there}/raw", FILES), f"{there}/out"
    run(raw, out)
    put(raw, {f"{KAIZU}/c.pdf": "rows 4 changed", f"{KAIZU}/bad.pdf": "broken"})
    remove(raw, f"{SAPPORO}/a.pdf")
    assert run(raw, out).read == 2
    put(raw, {f"{KAIZU}/d.pdf": "rows 3 b"})
    assert run(raw, out).duplicates == 1
    here = {name: text for name, text in FILES.items() if not name.endswith("a.pdf")}
    here |= {f"{KAIZU}/c.pdf": "rows 4 changed", f"{KAIZU}/bad.pdf": "broken", f"{KAIZU}/d.pdf": "rows 3 b"}
    run(write(tmp_path / "raw", here), tmp_path / "out")
    assert same(out, tmp_path / "out")
    assert generations(out) == ["000002", "000003"]


def test_raw_there_and_out_here_and_the_other_way(there, tmp_path):
    raw, local = put(f"{there}/raw", FILES), write(tmp_path / "raw", FILES)
    run(raw, tmp_path / "out")
    run(local, f"{there}/out")
    run(local, tmp_path / "both")
    assert same(tmp_path / "out", tmp_path / "both") and same(f"{there}/out", tmp_path / "both")
    assert run([f"{raw}/{SAPPORO}/a.pdf"], tmp_path / "one").rows == 2


def test_coverage_of_a_dataset_there(there, tmp_path):
    run(write(tmp_path / "raw", FILES), f"{there}/out")
    found = coverage(f"{there}/out")
    assert (found.bodies["filings"].sum(), found.bodies["rows"].sum()) == (3, 6)


def test_of_two_runs_the_second_to_publish_is_refused(there, monkeypatch):
    """Whatever became of the lock."""
    raw, out = put(f"{there}/raw", FILES), f"{there}/out"
    run(raw, out)
    put(raw, {f"{KAIZU}/c.pdf": "rows 4 ours"})

    def overtake(lease):
        with monkeypatch.context() as rival:
            rival.setattr(lock.Lease, "check", checked)
            rival.setattr(lock, "LAPSE_SECONDS", -1)
            rival.setenv("XDG_CACHE_HOME", f"{os.environ['XDG_CACHE_HOME']}-of-another-machine")
            put(raw, {f"{KAIZU}/c.pdf": "rows 5 theirs"})
            run(raw, out)

    checked = lock.Lease.check
    with monkeypatch.context() as patch:
        patch.setattr(lock.Lease, "check", overtake)
        with pytest.raises(UsageError, match=f"{out} is in use by another run, which published first"):
            run(raw, out)
    assert len(pipeline.load(out)) == 10
    assert run(raw, out).rows == 10
    assert sorted(generations(out)) == ["000001", "000002"]


def test_a_first_run_does_not_overwrite_one_that_was_first(there):
    out = f"{there}/out"
    with pytest.raises(UsageError, match="which published first"), bucket.locked(out) as late:
        put(out, {"_current.json": '{"generation": "000001-theirs", "previous": null}'})
        (late.begin() / "datapackage.json").write_text("{}")
        late.publish(late.scratch / "generation")


def test_nothing_is_left_over(there, tmp_path):
    """Not even of a run that was killed as it wrote, when the next one finds all as it was."""
    raw, out = put(f"{there}/raw", FILES), f"{there}/out"
    run(raw, out)
    assert {name.split("/")[0] for name in listed(out)} == {"_current.json", "_state.sqlite", "generations"}
    put(out, {"generations-of-mine/notes.txt": "not henkou's"})
    before = listed(out)
    put(out, {"generations/000002-of-the-dead/changes/prefecture=JP-01/part-0.parquet": "half"})
    assert run(raw, out).read == 0
    assert listed(out) == before
    assert same(out, out)
    kept = {path.name for path in (tmp_path / "cache" / "henkou").glob("*/*")}
    assert kept == {"lock", "lock.json", "state.sqlite", "state.etag"}


def test_the_state_may_be_deleted(there, tmp_path, monkeypatch):
    raw, out = write(tmp_path / "raw", FILES), f"{there}/out"
    run(raw, out)
    before = pipeline.load(out)
    remove(out, "_state.sqlite")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another"))
    pipeline.waves(out)
    assert "_state.sqlite" not in listed(out)
    assert run(raw, out).read == 3
    assert pipeline.load(out).equals(before)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "third"))
    assert run(raw, out).read == 0


def test_what_cannot_be_cleared_away_is_told(there, tmp_path, monkeypatch):
    raw, out = put(f"{there}/raw", FILES), f"{there}/out"
    for number in range(2):
        put(raw, {f"{KAIZU}/c.pdf": f"rows {number + 4} new"})
        run(raw, out)
    put(raw, {f"{KAIZU}/c.pdf": "rows 9 new"})

    def forbidden(*_):
        raise OSError("you may not")

    with monkeypatch.context() as patch:
        patch.setattr(files.connect(out)[0], "rm", forbidden)
        with pytest.raises(StoreError, match=f"{out} is complete and published, but"):
            run(raw, out)
    assert len(pipeline.load(out)) == 14 and len(generations(out)) == 3
    assert run(raw, out).read == 0 and len(generations(out)) == 2


def test_another_machine_takes_up_what_this_one_read(there, tmp_path, monkeypatch):
    raw, out = put(f"{there}/raw", FILES), f"{there}/out"
    run(raw, out)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another"))
    assert run(raw, out).read == 0


def test_a_run_cut_short_before_the_put_changes_nothing(there, tmp_path, monkeypatch):
    raw, out = put(f"{there}/raw", FILES), f"{there}/out"
    run(raw, out)
    before = pipeline.load(out)
    put(raw, {f"{KAIZU}/c.pdf": "rows 9 new"})
    with monkeypatch.context() as patch:
        patch.setattr(
            bucket.Bucket, "_put_current", lambda self, told: (_ for _ in ()).throw(ConnectionError("cut"))
        )
        with pytest.raises(StoreError, match="cut"):
            run(raw, out)
    assert pipeline.load(out).equals(before)
    assert run(raw, out).read == 0
    assert len(pipeline.load(out)) == 14


RUN = """
import sys
from tests.runs import run
run(sys.argv[1], sys.argv[2], own=True, tell=lambda event: print(event.stage, flush=True))
"""


def test_killed_as_it_publishes_the_dataset_is_the_old_or_the_new(there, tmp_path):
    raw, out = tmp_path / "raw", f"{there}/out"
    moments = random.Random(7)
    paths = [f"{(SAPPORO, KAIZU)[n % 2]}/{n:02d}.pdf" for n in range(8)]
    write(raw, {path: f"rows 2 {path}" for path in paths})
    run(raw, out)
    old = told(out)
    for number in range(3):
        write(raw, {path: f"rows 2 {path} {number}" for path in paths})
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, str(raw), out], stdout=subprocess.PIPE, text=True
        )
        assert "write\n" in iter(process.stdout.readline, "")
        time.sleep(moments.uniform(0, 0.5))
        process.kill()
        process.communicate()
        seen = told(out)
        assert sum(seen[path] != old[path] for path in seen) in (0, 8), "a mixture"
        old = seen
    run(raw, out)
    run(raw, tmp_path / "fresh")
    assert same(out, tmp_path / "fresh")
    assert len(generations(out)) == 2 and "_lock.json" not in listed(out)


def told(out):
    """source_path -> text of its rows."""
    changes = pipeline.load(out)
    return dict(zip(changes["source_path"], changes["before"], strict=True))


def test_objects_that_cannot_be_read_are_tried_again(there, tmp_path, monkeypatch):
    raw = put(f"{there}/raw", FILES)
    run(raw, tmp_path / "out")
    put(raw, {f"{KAIZU}/new.pdf": "rows 1 new"})
    with monkeypatch.context() as patch:
        patch.setattr(
            "pipeline.batch.sources.files.open_bytes",
            lambda path: (_ for _ in ()).throw(OSError(5, "reset", path)),
        )
        ran = run(raw, tmp_path / "out")
    assert (ran.failed, ran.rows) == (1, 6)
    assert run(raw, tmp_path / "out").rows == 7


def test_raw_that_goes_away(there, tmp_path):
    raw, out = put(f"{there}/raw", FILES), f"{there}/out"
    run(raw, out)
    before = pipeline.load(out)
    remove(raw, *list(FILES)[:2])
    with pytest.raises(UsageError, match=r"2 of the 3 filings .* are gone from RAW"):
        run(raw, out)
    remove(raw, list(FILES)[2])
    with pytest.raises(UsageError, match=f"no filing in {raw}"):
        run(raw, out)
    assert pipeline.load(out).equals(before)

    def lose(event):
        if event.stage == "look" and event.done == 1:
            remove(raw, *new)

    new = {f"{KAIZU}/{n}.pdf": f"rows 1 {n}" for n in range(3)}
    put(raw, FILES | new)
    remove(raw, *FILES)
    with pytest.raises(UsageError, match="went away during the run"):
        run(raw, out, tell=lose, jobs=1, allow_removal=True)
    assert pipeline.load(out).equals(before)


def test_what_is_not_there(there, tmp_path):
    scheme = there.partition("://")[0]
    with pytest.raises(UsageError, match="no filing"):
        run(f"{there}/nothing", tmp_path / "out")
    with pytest.raises(UsageError, match="does not exist"):
        run(f"{there}/nothing.pdf", tmp_path / "out")
    with pytest.raises(UsageError, match=f"{scheme}://no-such-bucket"):
        run(f"{scheme}://no-such-bucket/raw", tmp_path / "out")
    with pytest.raises(UsageError, match="holds no dataset"):
        pipeline.load(f"{there}/out")
    with pytest.raises(StoreError, match=rf"{scheme}://no-such-bucket/out .*no such bucket"):
        run(write(tmp_path / "raw", FILES), f"{scheme}://no-such-bucket/out")
    with pytest.raises(UsageError, match="memory://"):
        run(write(tmp_path / "raw", FILES), "memory://bucket/out")
    with pytest.raises(UsageError, match="nonsense://"):
        run("nonsense://bucket/raw", tmp_path / "out")


class Denying(BaseHTTPRequestHandler):
    """A storage that lets nobody do anything."""

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b"<Error><Code>AccessDenied</Code><Message>you may not</Message></Error>"
        if "/storage/v1/" in self.path:
            body = b'{"error": {"code": 403, "message": "you may not"}}'
        self.send_response(403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer

    def log_message(self, *_):
        pass


def test_what_may_not_be_done(there, tmp_path, monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Denying)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name in ("AWS_ENDPOINT_URL", "STORAGE_EMULATOR_HOST"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(files, "_filesystem", cache(files._filesystem.__wrapped__))
    fsspec.get_filesystem_class(there.partition("://")[0]).clear_instance_cache()
    local = write(tmp_path / "raw", FILES)
    try:
        with pytest.raises(UsageError, match=rf"{there}/raw cannot be listed .*you may not"):
            run(f"{there}/raw", tmp_path / "out")
        with pytest.raises(StoreError, match=rf"{there}/out cannot be read or written: .*you may not"):
            run(local, f"{there}/out")
        with pytest.raises(StoreError, match=rf"{there}/out cannot be read or written: .*you may not"):
            pipeline.load(f"{there}/out")
    finally:
        server.shutdown()
        fsspec.get_filesystem_class(there.partition("://")[0]).clear_instance_cache()


def test_the_dataset_inside_raw_is_left_out(there):
    put(there, FILES | {"out/review.html": "none"})
    assert run(there, f"{there}/out").not_filings == 0
    with pytest.raises(UsageError, match="name another folder"):
        run(there, f"{there}/")
