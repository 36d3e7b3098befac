"""RAW and OUT in object storage, over HTTP: the same dataset, published by a conditional put."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest

import pipeline
from pipeline import files
from pipeline.dataset.coverage import coverage
from pipeline.dataset.load import read_table
from pipeline.errors import StoreError, UsageError
from pipeline.store import bucket
from tests import runs
from tests.runs import KAIZU, SAPPORO, Reads, write

pytest.importorskip("s3fs", reason="the extra [cloud] is not installed")
moto_server = pytest.importorskip("moto.server", reason="needs an S3 server: moto[server]")

FILES = {f"{SAPPORO}/a.pdf": "rows 2 a", f"{SAPPORO}/b.PDF": "rows 3 b", f"{KAIZU}/c.pdf": "rows 1 c"}


@pytest.fixture(scope="module")
def server():
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def s3(server, tmp_path, monkeypatch, request):
    """A new bucket -> its URL."""
    settings = {
        "ACCESS_KEY_ID": "x",
        "SECRET_ACCESS_KEY": "y",
        "DEFAULT_REGION": "us-east-1",
        "ENDPOINT_URL": server,
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    files._filesystem.cache_clear()
    name = f"bucket-{request.node.name.replace('_', '-')[:50].strip('-')}"
    files.connect("s3://x")[0].mkdir(name)
    yield f"s3://{name}"
    files._filesystem.cache_clear()


@cache
def threads():
    """With children of their own: they need the settings of this server."""
    return ThreadPoolExecutor(4)


def run(raw, out, **how):
    return runs.run(raw, out, executor=threads(), **how)


def put(url, texts):
    filesystem, root = files.connect(url)
    for name, text in texts.items():
        filesystem.pipe_file(f"{root}/{name}", text.encode())
    return url


def remove(url, name):
    filesystem, root = files.connect(url)
    filesystem.rm_file(f"{root}/{name}")


def listed(url):
    filesystem, root = files.connect(url)
    return sorted(path[len(root) + 1 :] for path in filesystem.find(root))


def same(one, other):
    frames = [pipeline.load(out) for out in (one, other)]
    tables = [read_table(out, "filings").drop(columns="seconds") for out in (one, other)]
    return frames[0].equals(frames[1]) and tables[0].equals(tables[1])


def test_the_dataset_is_that_of_the_same_files_here(s3, tmp_path):
    extra = {
        "README.md": "about", ".hidden.pdf": "rows 1 h", "notes.docx": "x",
        "manifest.csv": f"path,url\n{KAIZU}/c.pdf,https://example.jp/c.pdf\n",
    }  # fmt: skip
    raw, out = put(f"{s3}/raw", FILES | extra), f"{s3}/out"
    ran = run(raw, out)
    assert (ran.filings, ran.rows, ran.failed) == (3, 6, 0)
    run(write(tmp_path / "raw", FILES | extra), tmp_path / "out")
    assert same(out, tmp_path / "out")
    reads = Reads()
    assert run(raw, out, tell=reads).read == 0 and not reads


def test_changes_of_every_kind(s3, tmp_path):
    raw, out = put(f"{s3}/raw", FILES), f"{s3}/out"
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
    generations = {name.split("/")[1] for name in listed(out) if name.startswith("generations/")}
    assert sorted(name[:6] for name in generations) == ["000002", "000003"]


def test_raw_there_and_out_here_and_the_other_way(s3, tmp_path):
    raw, local = put(f"{s3}/raw", FILES), write(tmp_path / "raw", FILES)
    run(raw, tmp_path / "out")
    run(local, f"{s3}/out")
    run(local, tmp_path / "both")
    assert same(tmp_path / "out", tmp_path / "both") and same(f"{s3}/out", tmp_path / "both")
    assert run([f"{raw}/{SAPPORO}/a.pdf"], tmp_path / "one").rows == 2


def test_coverage_of_a_dataset_there(s3, tmp_path):
    run(write(tmp_path / "raw", FILES), f"{s3}/out")
    found = coverage(f"{s3}/out")
    assert (found.bodies["filings"].sum(), found.bodies["rows"].sum()) == (3, 6)


def test_of_two_runs_the_second_to_publish_is_refused(s3, tmp_path, monkeypatch):
    raw, out = put(f"{s3}/raw", FILES), f"{s3}/out"
    run(raw, out)
    here = os.environ["XDG_CACHE_HOME"]

    def overtake(event):
        if event.stage == "write":
            monkeypatch.setenv("XDG_CACHE_HOME", f"{here}-of-another-machine")
            put(raw, {f"{KAIZU}/c.pdf": "rows 5 theirs"})
            run(raw, out)
            monkeypatch.setenv("XDG_CACHE_HOME", here)
            overtaken.append(True)

    overtaken: list[bool] = []
    put(raw, {f"{KAIZU}/c.pdf": "rows 4 ours"})
    with pytest.raises(UsageError, match="in use by another run"):
        run(raw, out, tell=lambda event: overtaken or overtake(event))
    assert len(pipeline.load(out)) == 10
    assert run(raw, out).rows == 10


def test_a_first_run_does_not_overwrite_one_that_was_first(s3, tmp_path):
    out = f"{s3}/out"
    with bucket.locked(out) as late:
        put(out, {"_current.json": '{"generation": "000001-theirs", "previous": null}'})
        (late.begin() / "datapackage.json").write_text("{}")
        with pytest.raises(UsageError, match="in use by another run"):
            late.publish(late._scratch / "generation")


def test_another_machine_takes_up_what_this_one_read(s3, tmp_path, monkeypatch):
    raw, out = put(f"{s3}/raw", FILES), f"{s3}/out"
    run(raw, out)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another"))
    assert run(raw, out).read == 0


def test_a_run_cut_short_before_the_put_changes_nothing(s3, tmp_path, monkeypatch):
    raw, out = put(f"{s3}/raw", FILES), f"{s3}/out"
    run(raw, out)
    before = pipeline.load(out)
    put(raw, {f"{KAIZU}/c.pdf": "rows 9 new"})
    with monkeypatch.context() as patch:
        patch.setattr(
            bucket.Bucket, "_put_current", lambda self: (_ for _ in ()).throw(ConnectionError("cut"))
        )
        with pytest.raises(StoreError, match="cut"):
            run(raw, out)
    assert pipeline.load(out).equals(before)
    assert run(raw, out).read == 0
    assert len(pipeline.load(out)) == 14


def test_objects_that_cannot_be_read_are_tried_again(s3, tmp_path, monkeypatch):
    raw = put(f"{s3}/raw", FILES)
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


def test_what_is_not_there(s3, tmp_path):
    with pytest.raises(UsageError, match="no filing"):
        run(f"{s3}/nothing", tmp_path / "out")
    with pytest.raises(UsageError, match="does not exist"):
        run(f"{s3}/nothing.pdf", tmp_path / "out")
    with pytest.raises(UsageError, match="holds no dataset"):
        pipeline.load(f"{s3}/out")
    with pytest.raises(UsageError, match="gs://"):
        run(write(tmp_path / "raw", FILES), "gs://bucket/out")
    with pytest.raises(UsageError, match="nonsense://"):
        run("nonsense://bucket/raw", tmp_path / "out")


def test_the_dataset_inside_raw_is_left_out(s3):
    put(s3, FILES | {"out/review.html": "none"})
    assert run(s3, f"{s3}/out").not_filings == 0
    with pytest.raises(UsageError, match="name another folder"):
        run(s3, f"{s3}/")
