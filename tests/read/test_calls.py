"""What reading costs, counted and not timed: pages loaded, texts laid out, calls of PDFium for each glyph."""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import pipeline.tables
from pipeline import compiled
from pipeline.errors import PageError
from pipeline.read import library, open_pdf
from pipeline.read.pdfium import PdfiumPdf
from pipeline.read.seen import NAMES
from pipeline.settings import Settings
from tests.accuracy.truth import HERE, RAW
from tests.read.stand_ins import called_instead, real

SETTINGS = Settings(reader="pdfium", ocr="off")
RESIDENTS = next(RAW.glob("*/mihon_residents.pdf"))
VACCINATION = next(RAW.glob("*/mihon_vaccination.pdf"))


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """How often each function of PDFium was called, by its name in `library`, whoever called it."""
    counted: Counter[str] = Counter()

    def counting(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any) -> Any:
            counted[name] += 1
            return function(*arguments)

        called.__name__ = name
        return called

    names = {}
    for name, function in vars(library).items():
        if isinstance(function, library.Bulk):
            names[function.address] = name
        elif type(function).__name__ == "_FuncPtr":
            names[ctypes.cast(function, ctypes.c_void_p).value] = name
            monkeypatch.setattr(library, name, counting(name, function))
    many = library.many

    def counted_many(function: int, arguments: tuple[Any, ...], *room: Any) -> None:
        calls = next(len(column) for column in arguments if not isinstance(column, int))
        counted[names[function]] += calls
        many(function, arguments, *room)

    monkeypatch.setattr(library, "many", counted_many)
    with called_instead({name: counting(names[library.address_of(name)], real(name)) for name in NAMES}):
        yield counted


@pytest.mark.parametrize(
    ("path", "pages", "loaded", "laid_out", "read"),
    [
        # nine of 21 pages are form; on one of them stand a cover's letters, though none of its labels can
        (RESIDENTS, 21, 12, 12, 12),
        (VACCINATION, 10, 6, 7, 6),
        (HERE / "web_open.pdf", 6, 6, 7, 6),
        (HERE / "drawn_no_table.pdf", 7, 7, 7, 2),  # too short to look at pages first
    ],
    ids=["residents", "vaccination", "web_open", "no_table"],
)
def test_pages_that_are_loaded_laid_out_and_read(
    path: Path,
    pages: int,
    loaded: int,
    laid_out: int,
    read: int,
    calls: Counter[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = PdfiumPdf.page

    def counted(pdf: PdfiumPdf, number: int) -> Any:
        calls["read"] += 1
        return whole(pdf, number)

    monkeypatch.setattr(PdfiumPdf, "page", counted)
    assert pipeline.tables.read(path.read_bytes(), "架空.pdf", SETTINGS).pages == pages
    assert (calls["load_page"], calls["load_text"], calls["read"]) == (loaded, laid_out, read)


@pytest.mark.parametrize(
    ("path", "most"),
    [(RESIDENTS, 6.0), (VACCINATION, 9.0)],
    ids=["few large text objects", "many small text objects"],
)
@pytest.mark.parametrize("by_arrays", [False, True], ids=["by the loop", "by arrays"])
def test_calls_for_each_glyph(
    path: Path, most: float, by_arrays: bool, calls: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if by_arrays:
        monkeypatch.setattr(compiled, "loops", None)
    with open_pdf(path.read_bytes(), "架空.pdf", "pdfium", SETTINGS) as pdf:
        glyphs = sum(len(pdf.page(number).glyphs) for number in range(1, len(pdf) + 1))
    assert glyphs <= calls["advance_box"] < 1.2 * glyphs
    assert sum(calls.values()) < most * glyphs, calls.most_common(8)


def test_a_page_in_the_table_is_laid_out_once(calls: Counter[str]) -> None:
    with open_pdf(VACCINATION.read_bytes(), "架空.pdf", "pdfium", SETTINGS) as pdf:
        for number in range(1, len(pdf) + 1):
            pdf.page(number)
            pdf.text(number)
        assert (calls["load_page"], calls["load_text"]) == (len(pdf), len(pdf))


def test_pages_in_a_row_are_read_some_ahead_and_no_more(
    calls: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with PdfiumPdf(RESIDENTS.read_bytes(), "架空.pdf", SETTINGS) as pdf:
        for number, loaded in ((12, 1), (13, 2), (14, 3), (14, 3), (15, 7), (18, 7), (3, 8), (9, 9), (8, 10)):
            assert pdf.page(number).number == number
            assert calls["load_page"] == loaded
        for number in range(1, 22):
            text = pdf.text(number)
            page = pdf.page(number)
            assert page.number == number
            assert {*"".join(text.split())} <= {*map(chr, page.glyphs.code)} | {"-", "\x02", "\ufffe"}


@pytest.mark.parametrize("by_arrays", [False, True], ids=["by the loop", "by arrays"])
def test_a_page_that_cannot_be_read_is_told_when_it_is_asked_for(
    by_arrays: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = real("FPDF_LoadPage")

    def broken(document: int, number: int) -> int:
        return 0 if number == 6 else load(document, number)

    if by_arrays:
        monkeypatch.setattr(compiled, "loops", None)
    monkeypatch.setattr(library, "load_page", broken)
    with (
        called_instead({"FPDF_LoadPage": broken}),
        PdfiumPdf(RESIDENTS.read_bytes(), "架空.pdf", SETTINGS) as pdf,
    ):
        assert [pdf.page(number).number for number in range(1, 7)] == [1, 2, 3, 4, 5, 6]
        for _ in range(2):
            with pytest.raises(PageError):
                pdf.page(7)
        assert pdf.page(8).number == 8
