"""The house keeps its order: modules import to their left, and start-up stays light."""

import ast
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import pipeline

ROOT = Path(pipeline.__file__).parent
ORDER = [
    "errors", "line", "model", "settings", "rules", "characters", "schema", "dictionary", "result", "files",
    "lean", "compiled", "discover", "read", "scan", "tables", "text", "tokens", "fields", "code_lists",
    "check", "rows", "place", "flow", "store", "dataset", "batch", "review", "progress", "verbs", "cli",
]  # fmt: skip
MODULES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    """Rooms of the pipeline that a module imports when it is imported (not inside functions)."""
    package = ("pipeline", *path.relative_to(ROOT).parts[:-1])
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            dotted = [*base, *(node.module or "").split(".")] if node.module else list(base)
            targets = [[*dotted, alias.name] for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            targets = [[*(node.module or "").split("."), alias.name] for alias in node.names]
        elif isinstance(node, ast.Import):
            targets = [alias.name.split(".") for alias in node.names]
        else:
            continue
        found |= {target[1] for target in targets if target[0] == "pipeline" and len(target) > 1}
    return found & set(ORDER)


def test_every_room_has_its_place():
    assert {room(path) for path in MODULES} <= set(ORDER)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_import_only_to_their_left(path):
    here = ORDER.index(room(path))
    assert {name for name in imported_rooms(path) if ORDER.index(name) > here} == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_stay_small_enough_to_know(path):
    assert len(path.read_text().splitlines()) <= 320


def loaded_after(code: str) -> set[str]:
    printed = subprocess.run(
        [sys.executable, "-c", f"import sys; before = set(sys.modules)\n{code}\n"
         "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(printed.stdout.split())


def test_import_pipeline_loads_nothing_third_party():
    assert loaded_after("import pipeline") - set(sys.stdlib_module_names) == {"pipeline"}


def test_the_command_line_starts_with_click_alone():
    third_party = loaded_after("import pipeline.cli") - set(sys.stdlib_module_names)
    assert third_party - {"pipeline", "click"} == set()


def test_the_command_line_loads_little_that_click_does_not():
    """`--help` is asked for often: what only some verbs need is imported there."""
    extra = loaded_after("import click\nbefore = set(sys.modules)\nimport pipeline.cli")
    assert not extra & {"json", "pathlib", "urllib", "dataclasses", "hashlib", "csv", "logging", "datetime"}


def test_reading_born_digital_filings_needs_neither_pandas_nor_a_tokenizer():
    assert not loaded_after("import pipeline.flow, pipeline.batch.guard") & {
        "pandas",
        "fugashi",
        "rich",
        "pdfplumber",
        "cv2",
        "onnxruntime",
    }


def test_filings_are_read_without_what_only_the_extras_bring(tmp_path):
    """A plain install has none of these packages; the children that read do not have them either."""
    project = tomllib.loads((ROOT.parent / "pyproject.toml").read_text())["project"]
    extras = (
        "cv2 onnxruntime rapidocr fsspec s3fs gcsfs distributed dask matplotlib duckdb xlsxwriter".split()
    )
    assert not {name for name in extras if any(one.startswith(name) for one in project["dependencies"])}
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.machinery\n"
        "real = importlib.machinery.PathFinder.find_spec\n"
        "def find_spec(cls, name, path=None, target=None):\n"
        f"    return None if name.partition('.')[0] in {extras!r} else real(name, path, target)\n"
        "importlib.machinery.PathFinder.find_spec = classmethod(find_spec)\n"
    )
    arguments = ["henkou", "extract", str(ROOT.parent / "raw_pdfs"), "--out", str(tmp_path / "out"), "--json"]
    run = f"import sys; sys.argv = {arguments!r}; from pipeline.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", run],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT.parent)])},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["failed"], told["rows"] > 0) == (0, True)


def test_a_process_without_pandas_reads_and_writes_without_it(tmp_path):
    """pyarrow would load pandas for the first list that becomes a column."""
    arguments = [
        "henkou",
        "extract",
        str(ROOT.parent / "raw_pdfs"),
        "--out",
        str(tmp_path / "out"),
        "--quiet",
    ]
    run = (
        f"import sys; sys.argv = {arguments!r}\n"
        "from pipeline.cli import main\n"
        "try: main()\nexcept SystemExit as end: assert not end.code"
    )
    assert "pyarrow" in (loaded := loaded_after(run))
    assert "pandas" not in loaded
    read = (
        "from pipeline.lean import without_pandas; without_pandas(); import pipeline; "
        f"pipeline.extract({str(next(ROOT.parent.glob('raw_pdfs/*/mihon_pension.pdf')))!r})"
    )
    assert not loaded_after(read) & {"pandas", "fugashi"}
