"""The notebooks run on the sample, on an empty dataset and on one body; what is kept of them is small."""

import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from pipeline import extract_all
from tests.across import small

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FIGURES = {"01_first_look": 3, "02_one_filing": 2, "03_across_cities": 4, "04_quality": 0, "05_sql": 0}


def texts(notebook) -> str:
    """All that its cells printed or showed, as text."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "\n".join(
        output.get("text", "") + output.get("data", {}).get("text/plain", "") for output in outputs
    )


def all_texts(outputs) -> list[str]:
    """Every text in outputs, of whatever kind; pictures are none."""
    data = [
        text for output in outputs for kind, text in output.get("data", {}).items() if "image" not in kind
    ]
    return [*data, *(output.get("text", "") for output in outputs)]


def figures(notebook) -> int:
    return sum(
        "image/png" in output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])
    )


def kinds(cell) -> set[str]:
    """What a cell gave; how often a stream was flushed is chance."""
    return {output.output_type for output in cell.get("outputs", [])}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Runs a notebook beside a dataset of some filings."""
    made: dict[str, Path] = {}

    def run(path: Path, name: str, raw: list[Path]):
        if name not in made:
            folder = tmp_path_factory.mktemp(name)
            for file in raw:
                body = folder / "raw_pdfs" / file.parent.name
                body.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, body)
            extract_all(folder / "raw_pdfs", folder / "extracted")
            (folder / "notebooks").mkdir()
            made[name] = folder
        where = {"metadata": {"path": str(made[name] / "notebooks")}}
        return NotebookClient(nbformat.read(path, 4), timeout=120, resources=where).execute()

    return run


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_on_the_sample_it_gives_what_is_kept(path, run):
    kept = nbformat.read(path, 4)
    now = run(path, "sample", sorted((ROOT / "raw_pdfs").glob("*/*.pdf")))
    assert figures(now) == figures(kept) == FIGURES[path.stem]
    for new, old in zip(now.cells, kept.cells, strict=True):
        assert kinds(new) == kinds(old)


@pytest.mark.parametrize(
    ("stem", "words"),
    [
        ("01_first_look", "0 changes; none has a date"),
        ("02_one_filing", "no PDF with rows"),
        ("03_across_cities", "No waves"),
        ("04_quality", "0 of 0 rows"),
        ("05_sql", "0"),
    ],
)
def test_on_an_empty_dataset_it_says_so(stem, words, run):
    empty = ROOT / "tests/filings/drawn_empty_table.pdf"
    assert words in texts(run(ROOT / "notebooks" / f"{stem}.ipynb", "empty", [empty]))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_one_body_is_enough(path, run):
    done = run(path, "one", sorted((ROOT / "raw_pdfs").glob("212211_*/mihon_pension.pdf")))
    if path.stem == "03_across_cities":
        assert "No waves: they need the same edit in at least two bodies." in texts(done)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_without_dates_codes_and_titles(path, tmp_path):
    """Two bodies, one edit, and nothing else known; and nothing known at all."""
    unknown = {"filing_type": None, "filing_title": None, "filing_number": None, "stage": None}
    row = small.Printed(*small.LAW, date=None, key=None, timing=None)
    bodies = ("011002", "014290", None)
    small.dataset(
        tmp_path / "extracted",
        *(small.filing(body, None, row, number=None, **unknown) for body in bodies),
    )
    (tmp_path / "notebooks").mkdir()
    where = {"metadata": {"path": str(tmp_path / "notebooks")}}
    done = NotebookClient(nbformat.read(path, 4), timeout=120, resources=where).execute()
    said = {
        "01_first_look": "3 changes; none has a date that could be read",
        "02_one_filing": "no PDF with rows",
        "03_across_cities": "1 waves over 2 bodies",
        "04_quality": "3 of 3 rows",
    }
    assert said.get(path.stem, "") in texts(done)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_is_kept(path):
    notebook = nbformat.read(path, 4)
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    assert path.stat().st_size < 1_000_000
    assert '"../extracted"' in first.source
    assert all(cell.execution_count for cell in notebook.cells if cell.cell_type == "code")
    assert "Traceback" not in texts(notebook)
    told = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    for place in ("/tmp", "/home", "/root", "/Users", "site-packages"):
        assert not any(place in text for text in all_texts(told))
    assert not any("execution" in cell.metadata for cell in notebook.cells)


def test_there_is_one_for_each_number():
    assert [path.stem for path in NOTEBOOKS] == sorted(FIGURES)
