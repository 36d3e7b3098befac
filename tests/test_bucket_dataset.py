"""What spans filings, over a dataset in object storage: the same as here, published as a run is."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import pipeline
from pipeline.cli import main
from pipeline.dataset.load import read_table
from pipeline.errors import UsageError
from tests.test_bucket import listed, s3, server  # noqa: F401

SAMPLES = Path(__file__).parents[1] / "raw_pdfs"
TABLES = ("occurrences", "findings", "waves", "wave_list", "suggestions")


@pytest.fixture
def raw(tmp_path):
    for sample in ("residents", "insurance"):
        (path,) = SAMPLES.glob(f"*/mihon_{sample}.pdf")
        shutil.copytree(path.parent, tmp_path / "raw" / path.parent.name, dirs_exist_ok=True)
    return tmp_path / "raw"


def test_waves_search_export_and_citations_there(s3, raw, tmp_path):  # noqa: F811
    here = tmp_path / "here"
    pipeline.extract_all(raw, s3)
    pipeline.extract_all(raw, here)
    made = pipeline.waves(s3)
    pipeline.waves(here)
    assert len(made.list)
    for table in TABLES:
        pd.testing.assert_frame_equal(read_table(s3, table), read_table(here, table))
    before = listed(s3)
    assert pipeline.waves(s3).seconds == 0 and listed(s3) == before  # nothing has changed since
    pipeline.extract_all(raw, s3)
    assert len(read_table(s3, "waves")) == len(made.members)
    wave_id = made.list["wave_id"].iloc[0]
    pd.testing.assert_frame_equal(made.not_followed(wave_id), pipeline.waves(here).not_followed(wave_id))
    found = pipeline.search("取扱い", s3)
    assert len(found)
    pd.testing.assert_frame_equal(found, pipeline.search("取扱い", here))
    assert listed(s3) == before  # the index is this machine's
    row_id = found["row_id"].iloc[0]
    assert pipeline.cite(row_id, s3) == pipeline.cite(row_id, here)
    assert len(pipeline.load(s3, distinct=True)) == len(pipeline.load(here, distinct=True))


def test_verbs_there(s3, raw, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    pipeline.extract_all(raw, s3)
    for name, *words in (["waves"], ["search", "取扱い"], ["export", "--csv"], ["check"]):
        done = CliRunner().invoke(main, [name, s3, *words])
        assert (done.exit_code, bool(done.stdout)) == (0, True), done.output


def test_waves_of_a_machine_that_never_read_it(s3, raw, tmp_path, monkeypatch):  # noqa: F811
    pipeline.extract_all(raw, s3)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another"))
    assert len(pipeline.waves(s3).list)
    again = pipeline.extract_all(raw, s3)
    assert again.read == 0 and len(read_table(s3, "waves"))


def test_where_nothing_can_be_published_it_is_said(s3, raw):  # noqa: F811
    with pytest.raises(UsageError, match="holds no dataset"):
        pipeline.waves(s3)
    assert listed(s3) == []
    with pytest.raises(UsageError, match=r"holds no dataset|can be written to"):
        pipeline.waves("memory://somewhere")
