"""Datasets with next to nothing in them: every verb says so plainly and ends well."""

import json

import pytest
from click.testing import CliRunner

import pipeline
from pipeline.cli import main
from tests.across.small import LAW, Printed, dataset, filing

UNKNOWN = {
    "filing_type": None, "filing_title": None, "filing_number": None, "stage": None, "municipality": None,
}  # fmt: skip
NOTHING = Printed(*LAW, date=None, key=None, timing=None)
DATASETS = {
    "empty": (),
    "no_rows": (filing("011002", "2022-01-01"),),
    "one_body": (
        filing("011002", "2022-01-01", Printed(*LAW)),
        filing("011002", "2023-01-01", Printed(*LAW)),
    ),
    "nothing_known": (
        filing(None, None, NOTHING, number=None, **UNKNOWN),
        filing(None, None, NOTHING, number=None, name="b", **UNKNOWN),
    ),
    "nothing_known_of_two": (
        filing("011002", None, NOTHING, number=None, **UNKNOWN),
        filing("014290", None, NOTHING, number=None, **UNKNOWN),
    ),
}
VERBS = [
    "waves", "waves --json", "search の", "search 無い語 --json", "search 号 --since 2021 --item I-5",
    "check", "check --json", "export --csv", "export --xlsx", "export --duckdb",
    "export --csv --table waves", "export --xlsx --table suggestions",
]  # fmt: skip


def henkou(*words):
    return CliRunner().invoke(main, list(map(str, words)))


@pytest.fixture(scope="module", params=DATASETS)
def out(request, tmp_path_factory):
    return dataset(tmp_path_factory.mktemp(request.param) / "out", *DATASETS[request.param])


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_ends_well(out, verb, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name, *words = verb.split()
    done = henkou(name, out, *words)
    assert done.exit_code == 0, done.output
    assert not any(word in done.output for word in ("NaT", "nan", "None", "Traceback"))
    if "--json" in words:
        assert all(json.loads(line) for line in done.stdout.splitlines())
    else:
        assert done.stdout.strip()


def test_the_functions_do_too(out):
    waves, changes = pipeline.waves(out), pipeline.load(out, distinct=True)
    assert len(waves.list) == (1 if "nothing_known_of_two" in str(out) else 0)
    assert waves.suggestions.empty
    assert changes["change_date"].dtype.kind == "M" and str(changes["ordinal"].dtype) == "Int32"
    for wave_id in waves.list["wave_id"]:
        assert waves.not_followed(wave_id).empty
    for row_id in changes["row_id"]:
        assert "None" not in str(pipeline.cite(row_id, out))


@pytest.mark.parametrize("verb", VERBS)
def test_without_a_dataset_they_say_how_to_make_one(verb, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name, *words = verb.split()
    (tmp_path / "nothing").mkdir()
    done = henkou(name, tmp_path / "nothing", *words)
    assert done.exit_code == 2 and "henkou extract" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["nothing"]
    assert not list((tmp_path / "nothing").iterdir())
