"""Scanned sample filings end to end, by each engine that is installed."""

from __future__ import annotations

import json
import os
import unicodedata
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pytest

import pipeline
from pipeline.scan.engines import installed

SCANS = Path(__file__).parents[1] / "scans"
NAMES = sorted(path.stem.removeprefix("scanned_") for path in SCANS.glob("scanned_*.pdf"))
DRAWN = SCANS.parent / "filings" / "drawn_open.pdf"
TEXTS = ("item", "before", "after", "timing", "note")
LEAST_ALIKE = {"rapidocr": 0.98, "tesseract": 0.95}
"""Share of characters that are right; what each engine misreads is measured elsewhere."""
HARD = {"noisy": 0.02, "faxed": 0.04, "handled": 0.04}
"""What noise, a fax and a stamp over the table may cost beyond that."""


def engine(name: str) -> Any:
    absent = not any(one.startswith(name) for one in installed())
    return pytest.param(name, marks=pytest.mark.skipif(absent, reason=f"{name} is not installed"))


@cache
def read(name: str, ocr: Any) -> pipeline.Filing:
    return pipeline.extract(SCANS / f"scanned_{name}.pdf", ocr=ocr)


def truth(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SCANS / f"scanned_{name}.json").read_text())
    return found


def plain(text: str | None) -> str:
    return "".join(unicodedata.normalize("NFKC", text or "").split())


def param(name: str, ocr: str) -> Any:
    return pytest.param(name, ocr, marks=engine(ocr).marks)


SOME = ("plain", "skewed", "searchable_poor")
"""What the slower half of the suite reads with a second engine too."""


@pytest.mark.parametrize(
    ("name", "ocr"),
    [*(param(name, "rapidocr") for name in NAMES), *(param(name, "tesseract") for name in SOME)],
)
def test_a_scan_is_read_whole(name, ocr):
    filing = read(name, ocr)
    changes, rows = filing.changes, truth(name)["rows"]
    assert len(changes) == len(rows)
    found = "\n".join(plain(change[field]) for change in changes for field in TEXTS)
    written = "\n".join(plain(row[field]) for row in rows for field in TEXTS)
    alike = SequenceMatcher(None, written, found, autojunk=False).ratio()
    assert alike >= LEAST_ALIKE[ocr] - HARD.get(name, 0)
    assert filing.metadata.glyph_share == 1.0
    method = "hidden_text" if name == "searchable" else "ocr"
    assert {change.method for change in changes} == {filing.metadata.method} == {method}
    assert all(0 < change.confidence <= 0.9 for change in changes)


@pytest.mark.parametrize(("name", "ocr"), [param("plain", "rapidocr")])
def test_the_cover_of_a_scan(name, ocr):
    metadata, cover = read(name, ocr).metadata, truth(name)["cover"]
    names = ("filing_type", "agency", "municipality_code")
    assert {name: metadata[name] for name in names} == {name: cover[name] for name in names}
    assert str(metadata.published) == cover["published"]


def test_a_scan_without_engine_fails_and_says_what_to_do():
    with pytest.raises(pipeline.FilingError, match=r"pictures.*--ocr auto"):
        pipeline.extract(SCANS / "scanned_plain.pdf", ocr="off")


def test_a_good_layer_is_used_without_any_engine():
    filing = pipeline.extract(SCANS / "scanned_searchable.pdf", ocr="off")
    assert [plain(c.before) for c in filing.changes] == [
        plain(r["before"]) for r in truth("searchable")["rows"]
    ]
    assert filing.metadata.method == "hidden_text"


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """A filing with text, and behind it one that was scanned."""
    with (
        pikepdf.new() as bound,
        pikepdf.open(DRAWN) as drawn,
        pikepdf.open(SCANS / "scanned_plain.pdf") as scan,
    ):
        bound.pages.extend(drawn.pages)
        bound.pages.extend(scan.pages)
        path = tmp_path_factory.mktemp("mixed") / "mixed.pdf"
        bound.save(path)
    return path


@pytest.mark.parametrize("ocr", [engine("rapidocr")])
def test_pages_of_text_and_pictures_in_one_file(mixed, ocr):
    told = pipeline.extract(DRAWN).changes
    changes = pipeline.extract(mixed, ocr=ocr).changes
    methods = [change.method for change in changes]
    assert methods == ["text"] * len(told) + ["ocr"] * len(truth("plain")["rows"])
    assert [change.after_raw for change in changes[: len(told)]] == [change.after_raw for change in told]


def test_without_an_engine_the_pages_of_text_are_read_and_the_pictures_named(mixed):
    filing = pipeline.extract(mixed, ocr="off")
    assert {change.method for change in filing.changes} == {"text"} and filing.metadata.status == "partial"
    (problem,) = [problem for problem in filing.problems if problem.code == "image_only"]
    assert "10 to 11" in problem.message and "--ocr auto" in problem.message


@pytest.mark.skipif(len(installed()) < 2, reason="rapidocr and tesseract are not both installed")
def test_both_engines_together():
    found = {engine: read("turned_180", engine) for engine in ("rapidocr", "both")}
    rows = truth("turned_180")["rows"]
    assert [plain(change.change_date_raw) for change in found["both"].changes] == [
        plain(row["change_date"]) for row in rows
    ]
    sure = {name: [change.confidence for change in filing.changes] for name, filing in found.items()}
    assert sure["both"] != sure["rapidocr"]  # what the second engine says counts


@pytest.mark.parametrize(("name", "ocr"), [param("handled", "rapidocr")])
def test_what_a_stamp_covers_is_to_be_looked_at_first(name, ocr):
    doubts = [problem for problem in read(name, ocr).problems if problem.code == "low_confidence"]
    assert doubts and all(problem.page == 1 and problem.excerpt for problem in doubts)


@pytest.mark.parametrize(("name", "ocr"), [param("plain", "tesseract")])
def test_an_engine_that_breaks_down_is_named_with_what_to_do(name, ocr, monkeypatch, tmp_path):
    program = tmp_path / "tesseract"
    program.write_text(
        "#!/bin/sh\ncase $1 in --list-langs) echo jpn;; --version) echo tesseract 5;; "
        '*) echo "no memory" >&2; exit 3;; esac\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(pipeline.FilingError, match=r"scanned_plain\.pdf: .* status 3: no memory.*--ocr"):
        pipeline.extract(SCANS / f"scanned_{name}.pdf", ocr=ocr)
