"""The bench's filings are what they are said to be, and its figures reach the page; nothing is timed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import pipeline.tables
from tests.bench import corpus, measures, report

TOLD: dict[str, Any] = {
    "machine": {
        "processor": "x",
        "cores": 2,
        "python": "3.11",
        "versions": {},
        "calls": "compiled",
        "load_before": 0.1,
        "share": 1,
    },
    "start_up": {"help": 0.2, "import": 0.06},
    **{name: {"floor": 2.0, "tables": 3.0, "whole": 4.0, "pages": 102} for name in report.NAMES},
    "plumber": {
        kind: {
            "one": {"pages": 102, "plumber": {"cpu": 8.0}, "henkou": {"cpu": 1.0}},
            "many": {"pages": 2040, "plumber": {"cpu": 19.0}, "henkou": {"cpu": 1.0}},
        }
        for kind in report.PAGES
    },
    "memory": {
        "worker": 119.0,
        "driver": 251.0,
        "first": 100.0,
        "last": 105.0,
        "pages": 1000,
        "filings": 2000,
    },
    "cores": {"1": 19.0, "2": 10.0},
    "jobs": {"1": 19.0, "2": 10.0, "filings": 200},
    "jobs_of_one": {"1": 19.0, "2": 10.4, "filings": 200},
    "short_jobs": {"1": 19.0, "2": 11.0, "filings": 200},
    "instructions": None,
    "by_pages": [(100, 0.5), (1000, 5.0)],
    "by_filings": [(100, 3.0), (1000, 30.0)],
}


def test_a_drawn_filing_has_the_pages_asked_for(tmp_path: Path) -> None:
    data = corpus.of_pages(tmp_path, "架空", table=3, form=4).read_bytes()
    read = pipeline.tables.read(data, "架空.pdf", measures.SETTINGS)
    assert (measures.floor(data), read.table.pages) == (9, (7, 8, 9))
    whole = read.table.rows[:-1]  # the last goes on behind the end
    texts = [cell.raw for row in whole for cell in (row.cells["before"], row.cells["after"])]
    assert len(set(texts)) == len(texts) > 10


def test_what_is_met_and_what_is_not() -> None:
    lines = {line.split("|")[1].strip(): line for line in report.targets(TOLD).splitlines()}
    for what, met in {
        "table pages over the floor, LibreOffice": False,
        "filings, a fifth table pages, over the floor, ReportLab": False,
        "pdfplumber's tables over us, start to end, table pages, ReportLab: one filing of 102": True,
        "pdfplumber's tables over us, start to end, table pages, ReportLab: 2,040 pages": False,
        "memory of a worker on 1,000 pages": True,
        "memory of the driver": False,
        "`import pipeline`": False,
        "two jobs over one, 200 filings of 60 pages": True,
        "the same, all 200 of one body": True,
        "the same, 200 filings of seven pages": False,
    }.items():
        assert lines[what].endswith("| met |" if met else "| not met |")


def test_the_page_keeps_what_others_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "DOCS", tmp_path)
    page = tmp_path / "performance.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n", encoding="utf-8")
    report.write(TOLD)
    report.write(TOLD)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n") and text.endswith("\nafter\n")
    assert text.count(report.BEGIN) == 1 and "old" not in text
    assert "gains 1.90× by a second process" in text
    assert json.loads((tmp_path / "performance_bench.json").read_text())["jobs"]["filings"] == 200
    assert (tmp_path / "performance_bench.svg").stat().st_size > 1000
