"""Rows of plain grids are told the short way: they are those that the long way tells of any grid."""

from __future__ import annotations

import pytest

from pipeline.errors import FilingError
from pipeline.line import Line, Lines
from pipeline.model import Grid, Piece
from pipeline.read import open_pdf
from pipeline.settings import Settings
from pipeline.tables.grid import layout
from pipeline.tables.headers import Header, fits, headers
from pipeline.tables.stitch import rows
from pipeline.tables.strips import Strip, _plain_strips, any_strips
from tests.accuracy.truth import Case, cases
from tests.tables.test_printed_again import grids, two_pages

SETTINGS = Settings(reader="pdfium", ocr="off")


def check(grid: Grid, found: list[Header], columns: Header) -> None:
    quick = _plain_strips(grid, found, columns)
    if quick is not None:
        assert quick == any_strips(grid, found, columns)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_rows_of_the_corpus(case: Case) -> None:
    try:
        every = grids(case.pdf.read_bytes())
    except FilingError:
        return
    columns: Header | None = None
    for grid in every:
        found = headers(grid)
        start = found[0] if found else columns and fits(grid, columns)
        if start:
            check(grid, found, start)
            check(grid, [], start)  # as if the header were a row, and what stands in it text
            columns = found[-1] if found else start


def test_merged_rows_and_cells_over_columns_are_not_plain() -> None:
    one, _ = two_pages()
    found = headers(one)
    assert _plain_strips(one, found, found[0]) is not None
    last = one.cells[-1]
    for cell in (
        last._replace(row=last.row - 1, row_span=2),
        last._replace(box=(one.box[0], *last.box[1:])),
    ):
        other = one._replace(cells=(*one.cells[:-1], cell))
        assert _plain_strips(other, found, found[0]) is None
    assert _plain_strips(one, [*found, *found], found[0]) is None


def test_most_pages_are_plain() -> None:
    path = next(case.pdf for case in cases() if case.name == "mihon_residents")
    with open_pdf(path.read_bytes(), "架空.pdf", "pdfium", SETTINGS) as pdf:
        pages = [layout(pdf.page(number), SETTINGS) for number in range(12, 22)]
    told = [(grid, found) for page in pages for grid in page.grids if (found := headers(grid))]
    plain = [grid for grid, found in told if _plain_strips(grid, found, found[0])]
    assert len(plain) > len(told) / 2 > 3


def test_a_date_in_three_parts_over_two_page_breaks_is_one() -> None:
    cut = frozenset({"item", "before", "after", "change_date"})
    none: frozenset[str] = frozenset()
    dates, texts = ("令和6年", "4月", "1日"), ("旧", "旧の", "旧")

    def strip(index: int) -> Strip:
        cells = {
            name: Piece(Lines.of([Line(text, 0, 0, 9, 9)]), index + 3, (0, 0, 9, 9))
            for name, text in (("change_date", dates[index]), ("before", texts[index]))
        }
        return Strip(
            index + 3, cells, none, none, cut if index else none, cut if index < 2 else none, none, False
        )

    (row,) = rows([(strip(index), index == 0) for index in range(3)])
    assert row.cells["change_date"].raw == "令和6年\n4月\n1日"
    assert row.marks == ("date_split_by_break",)
