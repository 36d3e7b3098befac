"""The command line as a user meets it: real processes, exit statuses, what is printed where."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from pipeline import __version__, dictionary, load
from pipeline.schema import TABLES

ROOT = Path(__file__).parent.parent
SAMPLE = next(ROOT.glob("raw_pdfs/*/mihon_pension.pdf"))
FILINGS = ROOT / "tests/filings"


def henkou(*arguments, stdin=None, cwd=None):
    return subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *map(str, arguments)],
        capture_output=True, text=True, input=stdin, cwd=cwd, encoding="utf-8", timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def extracted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    raw = folder / "raw" / "212211_海津市"
    raw.mkdir(parents=True)
    shutil.copy(SAMPLE, raw)
    (raw.parent / "memo.txt").write_text("会議の覚え書き。表はありません。", encoding="utf-8")
    return folder, henkou("extract", folder / "raw", "--out", folder / "out", "--json")


def test_extract_says_what_it_did(extracted):
    folder, done = extracted
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    rows = len(load(folder / "out"))
    assert (told["filings"], told["failed"], told["rows"]) == (1, 0, rows)
    assert rows > 0
    assert "2 of 2" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere children start anew")
def test_extract_starts_no_python_but_forks(tmp_path):
    arguments = ["henkou", "extract", str(SAMPLE), "--out", str(tmp_path / "out"), "--quiet", "--ocr", "off"]
    code = f"import sys; sys.argv = {arguments!r}; import subprocess; del subprocess.Popen._execute_child\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}from pipeline.cli import main; main()"], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(load(tmp_path / "out")) > 0


ENDINGS = """
import atexit, sys, threading, time

class Kept:
    def __del__(self):
        sys.stderr.write("taken apart ")

kept = Kept()
atexit.register(sys.stderr.write, "atexit ")
more = sys.argv[1] == "thread" and sys.argv.pop(1)
if more:
    threading.Thread(target=lambda: (time.sleep(0.5), sys.stderr.write("thread "))).start()
from pipeline.cli import run
run()
"""


def ended(*arguments):
    done = subprocess.run(
        [sys.executable, "-c", ENDINGS, *map(str, arguments)], capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout, done.stderr


def test_a_command_ends_without_taking_python_apart(tmp_path):
    run = ["extract", SAMPLE, "--out", tmp_path / "out", "--quiet", "--ocr", "off"]
    assert ended(*run) == (0, "", "atexit ")
    assert len(load(tmp_path / "out")) > 0
    assert ended("--version") == (0, f"henkou, version {__version__}\n", "atexit ")
    status, _, said = ended("extract", tmp_path / "none", "--out", tmp_path / "out", "--quiet")
    assert (status, said.split()[-1]) == (2, "atexit")


def test_a_command_waits_for_a_thread_that_is_left():
    assert ended("thread", "--version")[::2] == (0, "thread atexit taken apart ")


def test_a_text_file_that_is_no_filing_is_only_noticed(extracted):
    folder, _ = extracted
    problems = pd.read_parquet(folder / "out/problems")
    assert problems[problems.code == "not_a_filing"][["source_path", "severity"]].values.tolist() == [
        ["memo.txt", "info"]
    ]
    assert pd.read_parquet(folder / "out/filings").source_path.tolist() == ["212211_海津市/mihon_pension.pdf"]


def test_a_quiet_run_is_quiet(extracted):
    folder, _ = extracted
    done = henkou("extract", folder / "raw", "--out", folder / "out", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_summary_counts_what_was_read_now(extracted):
    folder, _ = extracted
    done = henkou("extract", folder / "raw", "--out", folder / "out")
    assert "1 filing (0 read now, 0 failed, 0 in part)" in done.stdout


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("drawn_broken", "damaged"),
        ("drawn_empty_file", "empty"),
        ("drawn_user_password", "password"),
        ("foreign", "not a PDF"),
    ],
)
def test_a_bad_file_costs_that_file(tmp_path, bad, words):
    raw = tmp_path / "raw"
    raw.mkdir()
    shutil.copy(SAMPLE, raw / "good.pdf")
    if bad == "foreign":
        (raw / f"{bad}.pdf").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    else:
        shutil.copy(FILINGS / f"{bad}.pdf", raw)
    done = henkou("extract", raw, "--out", tmp_path / "out")
    assert done.returncode == 1
    assert f"failed: {bad}.pdf: " in done.stdout
    assert words in done.stdout
    filings = pd.read_parquet(tmp_path / "out/filings").set_index("source_path")
    assert filings.status.to_dict() == {f"{bad}.pdf": "failed", "good.pdf": "ok"}
    assert filings.error[f"{bad}.pdf"].startswith(f"{bad}.pdf: ")
    assert filings.rows.to_dict() == {f"{bad}.pdf": 0, "good.pdf": len(load(tmp_path / "out"))}


@pytest.mark.parametrize(("name", "state"), [("drawn_no_table", "absent"), ("drawn_empty_table", "empty")])
def test_filings_without_rows_are_whole(tmp_path, name, state):
    done = henkou("extract", FILINGS / f"{name}.pdf", "--out", tmp_path)
    assert done.returncode == 0
    filing = pd.read_parquet(tmp_path / "filings").iloc[0]
    assert (filing.source_path, filing.status, filing.table_state) == (f"{name}.pdf", "ok", state)
    assert filing.rows == 0


def test_strict_counts_filings_read_in_part(tmp_path):
    arguments = ("extract", FILINGS / "drawn_image_only.pdf", "--ocr", "off", "--out", tmp_path)
    assert henkou(*arguments).returncode == 0
    assert henkou(*arguments, "--strict").returncode == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("extract", "nowhere"), "nowhere"),
        (("extract", "."), "no filing"),
        (("extract", ".", "--out", "."), "name another folder"),
        (("extract", "--jobs", "0"), "--jobs"),
        (("extract", "--reader", "tesseract"), "--reader"),
        (("check", "nowhere"), "nowhere holds no dataset"),
        (("schema", "nothing"), "there are changes"),
        (("unknown",), "unknown"),
    ],
)
def test_wrong_usage_is_told_in_words(tmp_path, arguments, words):
    done = henkou(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "extracted/changes").exists()


def test_inspect_tells_what_is_seen_and_writes_nothing(tmp_path):
    shown = henkou("inspect", SAMPLE, cwd=tmp_path)
    assert shown.returncode == 0
    assert "国民年金に関する事務" in shown.stdout and "海津市長" in shown.stdout
    assert list(tmp_path.iterdir()) == []
    assert henkou("inspect", SAMPLE, "--compare").stdout.strip().endswith("no cell reads otherwise")


def test_inspect_draws_a_page(tmp_path):
    done = henkou("inspect", SAMPLE, "--page", "6", "--picture", tmp_path / "page.png")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")
    assert henkou("inspect", SAMPLE, "--picture", tmp_path / "page.png").returncode == 2
    assert "pages; there is no page 99" in henkou("inspect", SAMPLE, "--page", "99").stderr


def test_inspect_of_a_file_that_cannot_be_read(tmp_path):
    done = henkou("inspect", FILINGS / "drawn_broken.pdf")
    assert done.returncode == 1 and "drawn_broken.pdf: " in done.stderr


def test_normalise_is_a_filter():
    assert henkou("normalise", stdin="Ⅲ－２　ﾘｽｸ１\n").stdout == "III-2 リスク1\n"
    told = json.loads(henkou("normalise", "--explain", stdin="⻑①\n").stdout)
    assert told == {"text": "長①", "steps": [{"rule": "radicals", "before": "⻑①", "after": "長①"}]}


def test_check_tells_coverage(extracted):
    folder, _ = extracted
    told = json.loads(henkou("check", folder / "out", "--json").stdout)
    assert told["fields"]["change_date"] == 1.0
    assert [body["municipality"] for body in told["bodies"]] == ["海津市"]
    assert "not_a_filing" in {problem["code"] for problem in told["problems"]}
    shown = henkou("check", folder / "out").stdout
    assert "海津市" in shown and "change_date" in shown


def test_schema_of_one_table():
    shown = henkou("schema", "changes").stdout
    assert [line.split()[0] for line in shown.splitlines()[1:]] == [field.name for field in TABLES["changes"]]


def test_version_and_help():
    assert __version__ in henkou("--version").stdout
    shown = henkou("--help").stdout
    for verb in ("extract", "inspect", "normalise", "check", "waves", "schema"):
        assert verb in shown
        help_of_verb = henkou(verb, "--help")
        assert help_of_verb.returncode == 0 and "Example:" in help_of_verb.stdout


def test_the_data_dictionary_is_that_of_the_schema():
    written = (ROOT / "docs/data_dictionary.md").read_text(encoding="utf-8")
    assert written == dictionary.markdown(), "run: make dictionary"


def test_the_data_package_describes_the_files(extracted):
    folder, _ = extracted
    package = json.loads((folder / "out/datapackage.json").read_text(encoding="utf-8"))
    by_name = {resource["name"]: resource for resource in package["resources"]}
    assert {"changes", "filings", "repairs", "problems", "cells", "items", "bodies"} <= set(by_name)
    for resource in by_name.values():
        files = [folder / "out" / path for path in resource["path"]]
        assert files
        columns = set(pd.read_parquet(files[0]).columns)
        declared = {field["name"] for field in resource["schema"]["fields"]}
        assert declared - columns <= {"prefecture"}
