"""When pdfplumber is asked too, and which of the two readings is kept."""

from __future__ import annotations

import pytest

import pipeline.tables
from pipeline.errors import FilingError
from pipeline.read import broken, locked
from pipeline.settings import Settings

from .drawing import FakePdf, Sheet, Style, draw

ROWS = [
    ("令和6年4月1日", "Ⅰ-2", "旧", "新", "事後", "改革"),
    ("令和6年5月1日", "Ⅱ-3", "紙", "端末", "事前", ""),
]
PLAIN = Style()
FLAWED = [ROWS[0], (*ROWS[1][:3], "端\0", *ROWS[1][4:])]


def file(rows: list[tuple[str, ...]], style: Style = PLAIN) -> FakePdf:
    return FakePdf([Sheet(1), Sheet(2), *draw(rows, style)])


def read(
    monkeypatch: pytest.MonkeyPatch, engines: dict[str, FakePdf | FilingError], reader: str = "auto"
) -> tuple[pipeline.tables.ChangeTable, list[str]]:
    asked = []

    def open_pdf(data: bytes, name: str, engine: str, settings: Settings) -> FakePdf:
        asked.append(engine)
        found = engines[engine]
        if isinstance(found, FilingError):
            raise found
        return found

    monkeypatch.setattr(pipeline.tables, "open_pdf", open_pdf)
    return pipeline.tables.read(b"", "架空.pdf", Settings(reader=reader, ocr="off")).table, asked  # type: ignore[arg-type]


def after(table: pipeline.tables.ChangeTable) -> str:
    return table.rows[1].cells["after"].raw


def notes(table: pipeline.tables.ChangeTable) -> list[str]:
    return [problem.message for problem in table.problems if problem.code == "second_reader_used"]


def test_a_reading_without_doubt_asks_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    table, asked = read(monkeypatch, {"pdfium": file(ROWS)})
    assert (asked, notes(table)) == (["pdfium"], [])


def test_the_better_of_two_readings_is_kept_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    table, asked = read(monkeypatch, {"pdfium": file(FLAWED), "pdfplumber": file(ROWS)})
    assert (asked, after(table)) == (["pdfium", "pdfplumber"], "端末")
    assert notes(table) == ["unmapped_glyphs: pdfplumber's reading is used"]


def test_a_second_reading_no_better_leaves_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    table, _ = read(monkeypatch, {"pdfium": file(FLAWED), "pdfplumber": file(FLAWED)})
    assert after(table) == "端\ufffd"
    assert notes(table) == ["unmapped_glyphs: pdfplumber reads no better; PDFium's reading is used"]


def test_glyphs_without_a_place_are_a_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = file(ROWS, Style(outer=False))
    lost.sheets[-1].write(200, 795, "迷子")
    table, _ = read(monkeypatch, {"pdfium": lost, "pdfplumber": file(ROWS)})
    assert (notes(table), table.glyphs.share) == (["glyphs_unplaced: pdfplumber's reading is used"], 1.0)


def test_what_one_cannot_open_the_other_may(monkeypatch: pytest.MonkeyPatch) -> None:
    table, _ = read(monkeypatch, {"pdfium": broken("架空.pdf"), "pdfplumber": file(ROWS)})
    assert (len(table.rows), len(notes(table))) == (2, 1)
    with pytest.raises(FilingError, match="password"):
        read(monkeypatch, {"pdfium": locked("架空.pdf"), "pdfplumber": broken("架空.pdf")})


def test_a_named_reader_is_the_only_one(monkeypatch: pytest.MonkeyPatch) -> None:
    table, asked = read(monkeypatch, {"pdfplumber": file(FLAWED)}, "pdfplumber")
    assert (asked, notes(table)) == (["pdfplumber"], [])
