"""From RAW to OUT and on from run to run: what is read, what is written, what stays byte for byte."""

import os
import shutil
import unicodedata
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

import pipeline
from pipeline import schema
from pipeline.batch import run as batch
from pipeline.errors import StoreError, UsageError
from pipeline.store import state
from tests.runs import KAIZU, SAPPORO, Reads, frame, names, parquet_bytes, rows, run, status, write


@pytest.fixture
def raw(tmp_path):
    return write(
        tmp_path / "raw",
        {
            f"{SAPPORO}/a.pdf": "rows 2 a",
            f"{SAPPORO}/b.pdf": "rows 3 b",
            f"{KAIZU}/c.pdf": "rows 1 c",
            "d.txt": "rows 0 d",
        },
    )


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def test_a_first_run(raw, out):
    ran = run(raw, out)
    assert (ran.filings, ran.rows, ran.failed, ran.read, ran.problems) == (4, 6, 0, 4, 4)
    assert rows(out) == {f"{SAPPORO}/a.pdf": 2, f"{SAPPORO}/b.pdf": 3, f"{KAIZU}/c.pdf": 1}
    assert names(out / "changes") == ["prefecture=JP-01", "prefecture=JP-21"]


def test_every_table_has_the_columns_of_the_schema(raw, out):
    run(raw, out)
    for table in schema.TABLES:
        read = pd.read_parquet(out / table)
        assert list(read.columns) == [field.name for field in schema.TABLES[table]], table
    changes = frame(out, "changes")
    assert changes.columns[-1] == "prefecture"
    assert changes["page_last"].dtype == "Int32" and changes["page_last"].isna().all()


def test_rows_are_sorted_and_unknown_bodies_come_first(raw, out):
    write(raw, {"0.pdf": "rows 1 e", "z.pdf": "rows 12 f"})
    run(raw, out)
    changes = frame(out, "changes")
    keys = list(
        zip(changes["municipality_code"].fillna(""), changes["source_path"], changes["ordinal"], strict=True)
    )
    assert keys == sorted(keys) and len(keys) == 19
    assert frame(out, "filings")["source_path"].tolist()[:3] == ["0.pdf", "d.txt", "z.pdf"]


def test_an_unchanged_second_run_opens_no_file_and_leaves_every_byte(raw, out, monkeypatch):
    run(raw, out)
    before, generation = parquet_bytes(out), (out / ".henkou/current").readlink()
    monkeypatch.setattr(
        "pipeline.batch.sources._hashed", lambda document: pytest.fail(f"opened {document.path}")
    )
    ran = run(raw, out)
    assert ran.read == 0 and (ran.filings, ran.rows) == (4, 6)
    assert parquet_bytes(out) == before
    assert (out / ".henkou/current").readlink() == generation


def test_jobs_and_force_change_no_byte_but_the_seconds(raw, out, tmp_path):
    run(raw, out, jobs=1, own=True)
    run(raw, tmp_path / "other", jobs=4, own=True)
    before = parquet_bytes(out, without=("filings",))
    assert parquet_bytes(tmp_path / "other", without=("filings",)) == before
    assert run(raw, out, force=True).read == 4
    assert parquet_bytes(out, without=("filings",)) == before
    assert (
        frame(out, "filings")
        .drop(columns="seconds")
        .equals(frame(tmp_path / "other", "filings").drop(columns="seconds"))
    )


def test_a_lost_state_costs_only_time(raw, out):
    run(raw, out)
    before = parquet_bytes(out, without=("filings",))
    (out / ".henkou/state.sqlite").unlink()
    assert run(raw, out).read == 4
    assert parquet_bytes(out, without=("filings",)) == before


def test_a_damaged_state_is_made_anew(raw, out):
    run(raw, out)
    (out / ".henkou/state.sqlite").write_bytes(b"no database" * 1000)
    assert run(raw, out).read == 4


def test_a_file_damaged_in_the_dataset_is_written_again(raw, out):
    run(raw, out)
    before = parquet_bytes(out)
    (out / "changes/prefecture=JP-01/part-0.parquet").unlink()
    (out / "filings/JP-21.parquet").write_bytes(b"")
    assert run(raw, out).read == 0
    assert parquet_bytes(out) == before


def test_only_the_prefecture_that_changed_is_written(raw, out):
    run(raw, out)
    inode = lambda name: (out / name).stat().st_ino  # noqa: E731
    before = {name: inode(f"changes/prefecture={name}/part-0.parquet") for name in ("JP-01", "JP-21")}
    write(raw, {f"{KAIZU}/new.pdf": "rows 1 new"})
    assert run(raw, out).read == 1
    assert inode("changes/prefecture=JP-01/part-0.parquet") == before["JP-01"]
    assert inode("changes/prefecture=JP-21/part-0.parquet") != before["JP-21"]


def test_ten_runs_each_after_another_kind_of_change(raw, out, tmp_path):
    """The dataset equals one made from nothing; bytes that are known are never read again."""

    def renamed():
        (raw / f"{SAPPORO}/a.pdf").rename(raw / f"{SAPPORO}/renamed.pdf")

    def moved_city():
        shutil.move(raw / f"{SAPPORO}/b.pdf", raw / f"{KAIZU}/b.pdf")

    steps = [
        (lambda: write(raw, {f"{SAPPORO}/new.pdf": "rows 4 new"}), 1),
        (lambda: write(raw, {f"{SAPPORO}/new.pdf": "rows 5 changed"}), 1),
        (lambda: (raw / f"{SAPPORO}/new.pdf").unlink(), 0),
        (renamed, 0),
        (lambda: write(raw, {"manifest.csv": "path,url\nd.txt,https://example.jp\n"}), 0),
        (lambda: write(raw, {"manifest.csv": "path,municipality_code\nd.txt,131237\n"}), 0),
        (moved_city, 0),
        (lambda: os.utime(raw / "d.txt"), 0),
        (lambda: write(raw, {"bad.pdf": "broken", "copy.pdf": "rows 3 b"}), 1),
        (lambda: write(raw, {"bad.pdf": "rows 2 good"}), 1),
    ]
    run(raw, out)
    for number, (change, read) in enumerate(steps):
        change()
        reads = Reads()
        run(raw, out, tell=reads)
        assert len(reads) == read, (number, reads)
        fresh = tmp_path / f"fresh{number}"
        run(raw, fresh)
        assert parquet_bytes(out, without=("filings",)) == parquet_bytes(fresh, without=("filings",)), number
        assert (
            frame(out, "filings")
            .drop(columns="seconds")
            .equals(frame(fresh, "filings").drop(columns="seconds"))
        )
    assert len(names(out / ".henkou/generations")) == 2
    assert not [name for _, _, inside in os.walk(out) for name in inside if name.endswith((".new", ".tmp"))]

    expected = frame(out, "changes")["row_id"].tolist()
    changes = out / "changes"
    found = duckdb.sql(
        f"select row_id, prefecture from read_parquet('{changes}/**/*.parquet', hive_partitioning = true) "
        "order by prefecture, municipality_code nulls first, source_path, ordinal"
    ).fetchall()
    assert [row for row, _ in found] == expected
    assert {prefecture for _, prefecture in found} == {"JP-00", "JP-01", "JP-21"}
    assert pl.read_parquet(changes)["row_id"].to_list() == expected
    assert (
        pl.scan_parquet(changes / "**/*.parquet", hive_partitioning=True)
        .select("row_id", "prefecture")
        .collect()["row_id"]
        .to_list()
        == expected
    )


def test_equal_bytes_are_one_filing_under_the_first_path_that_tells_the_body(raw, out):
    write(raw, {"0.pdf": "rows 3 b", f"{KAIZU}/z.pdf": "rows 3 b"})
    ran = run(raw, out)
    assert ran.duplicates == 2 and ran.read == 4
    assert rows(out) == {f"{SAPPORO}/a.pdf": 2, f"{SAPPORO}/b.pdf": 3, f"{KAIZU}/c.pdf": 1}
    filings = frame(out, "filings").set_index("source_path")
    assert filings["duplicate_of"].dropna().to_dict() == {
        "0.pdf": f"{SAPPORO}/b.pdf",
        f"{KAIZU}/z.pdf": f"{SAPPORO}/b.pdf",
    }
    assert filings.loc["0.pdf", "rows"] == 0 and filings.loc["0.pdf", "status"] == "ok"
    (raw / SAPPORO / "b.pdf").unlink()
    assert run(raw, out).read == 0
    assert rows(out) == {f"{SAPPORO}/a.pdf": 2, f"{KAIZU}/c.pdf": 1, f"{KAIZU}/z.pdf": 3}


def test_bad_files_are_rows_and_the_others_are_written(raw, out):
    write(raw, {"bad.pdf": "broken", "dead.pdf": "segfault", "notes.md": "none"})
    (raw / "gone.pdf").symlink_to("nowhere")
    ran = run(raw, out)
    assert (ran.filings, ran.rows, ran.failed, ran.not_filings) == (7, 6, 3, 1)
    assert {path for path, what in status(out).items() if what == "failed"} == {
        "bad.pdf",
        "dead.pdf",
        "gone.pdf",
    }
    problems = frame(out, "problems").set_index("source_path")
    assert problems.loc["notes.md", ["code", "severity"]].tolist() == ["not_a_filing", "info"]
    assert all(
        path in message for path, message in problems[problems["code"] == "unreadable"]["message"].items()
    )
    assert len(ran.errors) == 3 and all("pdf: " in error for error in ran.errors)
    again = run(raw, out)
    assert (again.read, again.failed) == (0, 3)


def test_what_is_left_out_counts_as_failed(raw, out):
    write(raw, {"が.pdf": "rows 1", unicodedata.normalize("NFD", "が.pdf"): "rows 2"})
    ran = run(raw, out)
    if len(list(raw.iterdir())) == 4:
        pytest.skip("this file system normalises names")
    assert (ran.filings, ran.failed) == (5, 1)
    assert ran.errors[0].startswith("が.pdf: Not read")


@pytest.mark.parametrize(("fault", "low", "high"), [("sleep 2", {"timeout": 1.0}, {"timeout": 30.0})])
def test_a_failure_by_limit_is_tried_again_when_the_limit_rises(raw, out, fault, low, high):
    write(raw, {"slow.pdf": fault})
    assert run(raw, out, **low).failed == 1
    assert run(raw, out, **low).read == 0
    assert (run(raw, out, **high).read, run(raw, out, **low).failed) == (1, 0)


def test_no_rows_at_all_keep_the_columns(tmp_path, out):
    raw = write(tmp_path / "raw", {"a.pdf": "rows 0"})
    assert run(raw, out).rows == 0
    assert names(out / "changes") == ["prefecture=JP-00"]
    assert len(frame(out, "changes").columns) == len(schema.TABLES["changes"])
    write(raw, {f"{SAPPORO}/b.pdf": "rows 1"})
    run(raw, out)
    assert names(out / "changes") == ["prefecture=JP-01"]


def test_raw_without_filings_writes_nothing(tmp_path, out):
    (tmp_path / "raw").mkdir()
    with pytest.raises(UsageError, match="no filing"):
        run(tmp_path / "raw", out)
    assert not out.exists()
    write(tmp_path / "raw", {"notes.txt": "none"})
    with pytest.raises(UsageError, match="no filing"):
        run(tmp_path / "raw", out)
    assert not (out / "changes").exists()


def test_a_dataset_does_not_vanish_with_its_files(raw, out):
    run(raw, out)
    before = parquet_bytes(out)
    shutil.rmtree(raw / SAPPORO)
    (raw / "d.txt").unlink()
    with pytest.raises(UsageError, match="--allow-removal"):
        run(raw, out)
    assert parquet_bytes(out) == before
    assert run(raw, out, allow_removal=True).filings == 1
    (raw / KAIZU / "c.pdf").unlink()
    with pytest.raises(UsageError, match="no filing"):
        run(raw, out)
    assert run(raw, out, allow_removal=True).filings == 0
    assert len(frame(out, "filings").columns) == len(schema.TABLES["filings"])


def test_a_renamed_folder_has_not_vanished(raw, out):
    run(raw, out)
    (raw / SAPPORO).rename(raw / "sapporo")
    (raw / KAIZU).rename(raw / "kaizu")
    assert run(raw, out).read == 0


def test_files_that_go_away_during_the_run_are_not_taken_for_failures(raw, out, monkeypatch):
    run(raw, out)
    before = parquet_bytes(out)
    write(raw, {f"{SAPPORO}/{n}.pdf": f"rows 1 {n}" for n in range(3)})
    real = batch.fingerprint

    def then_unmount(*args):
        sources = real(*args)
        shutil.rmtree(raw)
        raw.mkdir()
        return sources

    monkeypatch.setattr(batch, "fingerprint", then_unmount)
    with pytest.raises(UsageError, match="went away"):
        run(raw, out)
    assert parquet_bytes(out) == before


def test_a_file_that_changes_during_the_run_counts_as_it_was_read(raw, out, monkeypatch):
    real = batch.fingerprint

    def then_change(*args):
        sources = real(*args)
        write(raw, {f"{SAPPORO}/a.pdf": "rows 7 a"})
        return sources

    write(raw, {"twin.pdf": "rows 2 a"})
    monkeypatch.setattr(batch, "fingerprint", then_change)
    run(raw, out)
    assert rows(out)[f"{SAPPORO}/a.pdf"] == 7 and rows(out)["twin.pdf"] == 2
    monkeypatch.undo()
    assert run(raw, out).read == 0


def test_the_key_covers_what_a_result_depends_on(monkeypatch):
    from pipeline.settings import Settings

    base = state.key("00", "a.pdf", Settings())
    assert base == state.key("00", "b/c.PDF", Settings())
    assert base != state.key("01", "a.pdf", Settings())
    assert base != state.key("00", "a.txt", Settings())
    assert base != state.key("00", "a.pdf", Settings(reader="pdfplumber"))
    state.version.cache_clear()
    monkeypatch.setattr(state.rules, "version", lambda: "other")
    assert base != state.key("00", "a.pdf", Settings())
    state.version.cache_clear()


def test_files_of_a_prefecture_do_not_grow_in_number_with_filings(tmp_path, out):
    write(tmp_path / "raw", {f"{SAPPORO}/{n}.pdf": f"rows 1 {n}" for n in range(30)})
    run(tmp_path / "raw", out)
    assert len(list((out / "changes").rglob("*.parquet"))) == 1
    assert pq.ParquetFile(out / "changes/prefecture=JP-01/part-0.parquet").num_row_groups == 1


def test_large_tables_are_written_in_row_groups(tmp_path, out):
    write(tmp_path / "raw", {f"{n}.pdf": f"rows 30000 {n}" for n in range(4)})
    run(tmp_path / "raw", out)
    file = pq.ParquetFile(out / "changes/prefecture=JP-00/part-0.parquet")
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [90000, 30000]


def test_a_table_in_the_way_is_not_touched(raw, out):
    write(out, {"changes/mine.txt": "precious"})
    with pytest.raises(UsageError, match="in the way"):
        run(raw, out)
    assert (out / "changes/mine.txt").read_text() == "precious"


def test_progress_tells_every_step(raw, out):
    events = []
    run(raw, out, tell=events.append)
    assert [event.stage for event in events] == ["look"] * 4 + ["read"] * 4 + ["write"] * 3
    last = [event for event in events if event.stage == "read"][-1]
    assert (last.done, last.total, last.pages) == (4, 4, 3)


def test_the_sample_filings_through_the_public_function(out):
    """The real reader in real children: what `henkou extract` does."""
    samples = Path(pipeline.__file__).parent.parent / "raw_pdfs"
    first = pipeline.extract_all(samples, out, jobs=2)
    assert first.failed == 0 and first.filings == first.read == len(list(samples.rglob("*.pdf")))
    assert len(pipeline.load(out)) == first.rows > 0
    before = parquet_bytes(out)
    second = pipeline.extract_all(str(samples), str(out), jobs=1)
    assert (second.read, second.rows) == (0, first.rows)
    assert parquet_bytes(out) == before
    document = frame(out, "filings").iloc[0]["source_path"]
    alone = pipeline.extract(samples / document)
    assert [row.row_id for row in alone.changes] == [
        row_id for row_id, path in frame(out, "changes")[["row_id", "source_path"]].values if path == document
    ]


def test_what_the_public_function_refuses(raw, out):
    with pytest.raises(UsageError, match="does not exist"):
        pipeline.extract_all(raw / "missing", out)
    with pytest.raises(StoreError, match="cannot be written"):
        pipeline.extract_all(raw, "/proc/henkou")
