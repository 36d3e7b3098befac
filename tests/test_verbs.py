"""Search and export from the command line: what is printed, and how errors end."""

import csv
import json

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from tests.dataset.made import changes, dataset


@pytest.fixture
def out(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return dataset(
        tmp_path / "extracted", changes({"after": "記録を残す", "item_codes": ["I-2"]}, {"after": "記録"})
    )


def henkou(*arguments):
    return CliRunner().invoke(main, [str(word) for word in arguments])


def test_search_finds_out_or_takes_the_default(out):
    for words in (["記録"], [out, "記録"], ["extracted", "記録"], ["./extracted", "記録"]):
        done = henkou("search", *words)
        assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "2 changes")
    assert "【記録】を残す" in done.stdout


def test_the_index_is_told_once_and_not_on_stdout(out):
    first, second = henkou("search", "記録", "--json"), henkou("search", "記録", "--json")
    assert "indexing 2 rows" in first.stderr
    assert second.stderr == ""
    assert first.stdout == second.stdout
    assert [json.loads(line)["match"] for line in first.stdout.splitlines()] == ["記録", "記録"]


def test_more_than_the_limit_is_said(out):
    assert henkou("search", "記録", "--limit", 1).stdout.endswith(
        "the newest 1 are shown, --limit 2 shows all\n"
    )


def test_no_match_is_no_error(out):
    done = henkou("search", out, "無い", "語", "--item", "I-2", "--since", "2024")
    assert done.exit_code == 0
    assert "no change in" in done.stdout
    assert "holds 無い 語 with item I-2, since 2024" in done.stdout


def test_what_search_cannot_do(out, tmp_path):
    assert henkou("search").exit_code == 2
    assert henkou("search", "語", "--kind", "x").exit_code == 2
    done = henkou("search", tmp_path / "none" / "x", "語")
    assert (done.exit_code, "holds no dataset" in done.stderr) == (2, True)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "duckdb"])
def test_export_writes_here_by_default(out, tmp_path, kind):
    done = henkou("export", f"--{kind}")
    name = f"henkou.{kind}" if kind == "duckdb" else f"changes.{kind}"
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, f"changes: 2 rows → {name}")
    assert (tmp_path / name).stat().st_size > 0


def test_export_where_it_is_told(out, tmp_path):
    assert henkou("export", out, "--csv", "--table", "filings", "--to", "f.csv").exit_code == 0
    with (tmp_path / "f.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == 1


def test_what_export_cannot_do(out, tmp_path):
    assert henkou("export").exit_code == 2
    assert henkou("export", "--csv", "--table", "x").exit_code == 2
    assert henkou("export", tmp_path, "--csv").exit_code == 2


def test_help_has_an_example():
    for verb in ("search", "export"):
        assert f"henkou {verb} extracted" in henkou(verb, "--help").output
