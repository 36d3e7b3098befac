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
from tests import servers
from tests.servers import listed

SAMPLES = Path(__file__).parents[1] / "raw_pdfs"
TABLES = ("occurrences", "findings", "waves", "wave_list", "suggestions")


@pytest.fixture(params=servers.SCHEMES)
def there(request, tmp_path, monkeypatch):
    """A new bucket of each kind -> its URL."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return servers.new_bucket(request.param, request.node.name, monkeypatch)


@pytest.fixture
def raw(tmp_path):
    for sample in ("residents", "insurance"):
        (path,) = SAMPLES.glob(f"*/mihon_{sample}.pdf")
        shutil.copytree(path.parent, tmp_path / "raw" / path.parent.name, dirs_exist_ok=True)
    return tmp_path / "raw"


def test_waves_search_export_and_citations_there(there, raw, tmp_path):
    here = tmp_path / "here"
    pipeline.extract_all(raw, there)
    pipeline.extract_all(raw, here)
    made = pipeline.waves(there)
    pipeline.waves(here)
    assert len(made.list)
    for table in TABLES:
        pd.testing.assert_frame_equal(read_table(there, table), read_table(here, table))
    before = listed(there)
    assert pipeline.waves(there).seconds == 0 and listed(there) == before  # nothing has changed since
    pipeline.extract_all(raw, there)
    assert len(read_table(there, "waves")) == len(made.members)
    wave_id = made.list["wave_id"].iloc[0]
    pd.testing.assert_frame_equal(made.not_followed(wave_id), pipeline.waves(here).not_followed(wave_id))
    found = pipeline.search("取扱い", there)
    assert len(found)
    pd.testing.assert_frame_equal(found, pipeline.search("取扱い", here))
    assert listed(there) == before  # the index is this machine's
    row_id = found["row_id"].iloc[0]
    assert pipeline.cite(row_id, there) == pipeline.cite(row_id, here)
    assert len(pipeline.load(there, distinct=True)) == len(pipeline.load(here, distinct=True))


def test_verbs_there(there, raw, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pipeline.extract_all(raw, there)
    for name, *words in (["waves"], ["search", "取扱い"], ["export", "--csv"], ["check"]):
        done = CliRunner().invoke(main, [name, there, *words])
        assert (done.exit_code, bool(done.stdout)) == (0, True), done.output


def test_waves_of_a_machine_that_never_read_it(there, raw, tmp_path, monkeypatch):
    pipeline.extract_all(raw, there)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another"))
    assert len(pipeline.waves(there).list)
    again = pipeline.extract_all(raw, there)
    assert again.read == 0 and len(read_table(there, "waves"))


def test_where_nothing_can_be_published_it_is_said(there, raw):
    with pytest.raises(UsageError, match="holds no dataset"):
        pipeline.waves(there)
    assert listed(there) == []
    with pytest.raises(UsageError, match="can be in s3"):
        pipeline.waves("memory://somewhere")
