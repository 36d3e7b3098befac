"""The dataset as a researcher gets it: types, one row per change, every state of the text."""

import pandas as pd
import pytest

import pipeline
from pipeline import schema
from pipeline.dataset import load as module
from pipeline.dataset.load import load, read_table
from pipeline.errors import UsageError
from pipeline.store import folder
from tests.runs import KAIZU, SAPPORO, run, write


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("load")
    raw = write(
        folder / "raw", {f"{SAPPORO}/a.pdf": "rows 3 a", f"{KAIZU}/b.pdf": "rows 2 b", "c.pdf": "rows 1 c"}
    )
    run(raw, folder / "out")
    return folder / "out"


def test_types(out):
    frame = pipeline.load(out)
    assert list(frame.columns) == [field.name for field in schema.TABLES["changes"]]
    assert frame["filing_number"].dtype == frame["page_last"].dtype == pd.Int32Dtype()
    assert pd.api.types.is_datetime64_dtype(frame["change_date"])
    assert pd.api.types.is_datetime64_dtype(frame["published"])
    assert pd.api.types.is_string_dtype(frame["prefecture"])
    assert not isinstance(frame["prefecture"].dtype, pd.CategoricalDtype)
    assert frame["prefecture"].tolist() == ["JP-00"] + ["JP-01"] * 3 + ["JP-21"] * 2
    assert frame.index.tolist() == list(range(6))


def test_text_as_read(out):
    raw = load(out, text="raw")
    assert (raw["after"] == raw["after_raw"]).all()
    assert not (load(out)["after"] == raw["after"]).any()


def test_one_row_per_change(out):
    """The fake's change_id is by body and series, so no two filings share one here."""
    assert len(load(out, distinct=True)) == 6


def test_of_several_prints_the_one_published_first_counts():
    frame = pd.DataFrame(
        {
            "change_id": ["x", "y", "x", "x"],
            "published": pd.to_datetime([None, None, "2024-04-01", "2023-04-01"]),
            "source_path": ["a", "a", "b", "c"],
            "ordinal": [1, 2, 1, 1],
        }
    )
    assert module._first_prints(frame)["source_path"].tolist() == ["a", "c"]


def test_a_copy_without_the_hidden_folder_is_a_dataset(out, tmp_path):
    import shutil

    shutil.copytree(out, tmp_path / "copy", ignore=shutil.ignore_patterns(".henkou"))
    assert load(tmp_path / "copy").equals(load(out))


def test_what_is_no_dataset(tmp_path, out):
    with pytest.raises(UsageError, match="henkou extract"):
        load(tmp_path)
    with pytest.raises(UsageError, match="repaired, normalised, raw"):
        load(out, text="cooked")


def test_some_columns_of_any_table(out):
    assert read_table(out, "filings", columns=["rows", "source_path"]).to_dict("list") == {
        "rows": [1, 3, 2],
        "source_path": ["c.pdf", f"{SAPPORO}/a.pdf", f"{KAIZU}/b.pdf"],
    }
    assert len(read_table(out, "bodies")) > 1900


def test_a_generation_that_is_cleared_away_is_left_for_the_newer(out, monkeypatch, tmp_path):
    generations = iter([tmp_path / "gone", folder.current_generation(out)])
    monkeypatch.setattr(folder, "current_generation", lambda _: next(generations))
    assert len(load(out)) == 6
