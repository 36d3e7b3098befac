"""A header that stands on page after page is told by its cells: it is the one that would be found anew."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest

from pipeline.errors import FilingError
from pipeline.line import Line, Lines
from pipeline.model import Grid
from pipeline.read import open_pdf
from pipeline.settings import Settings
from pipeline.tables.grid import layout
from pipeline.tables.headers import headers, is_printed_again
from tests.accuracy.truth import RAW, Case, cases

SETTINGS = Settings(reader="pdfium", ocr="off")


def grids(data: bytes) -> list[Grid]:
    with open_pdf(data, "架空.pdf", "pdfium", SETTINGS) as pdf:
        return [
            grid for number in range(1, len(pdf) + 1) for grid in layout(pdf.page(number), SETTINGS).grids
        ]


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_what_is_printed_again_is_what_is_found(case: Case) -> None:
    try:
        every = grids(case.pdf.read_bytes())
    except FilingError:
        return
    with_one = [(grid, found[0]) for grid in every if len(found := headers(grid)) == 1]
    for on, header in with_one:
        for grid in every:
            if is_printed_again(header, on, grid):
                assert headers(grid) == [header]


@cache
def two_pages() -> tuple[Grid, Grid]:
    """Two pages of a table with the same header."""
    path = next(RAW.glob("*/mihon_residents.pdf"))
    every = [grid for grid in grids(path.read_bytes()) if len(headers(grid)) == 1]
    return next((one, two) for one, two in pairwise(every) if is_printed_again(headers(one)[0], one, two))


def with_line(grid: Grid, row: int, line: Line) -> Grid:
    """The grid with a line as the only one in the first cell of a row."""
    at = next(index for index, cell in enumerate(grid.cells) if cell.row == row)
    cell = grid.cells[at]._replace(lines=Lines.of([line]))
    return grid._replace(cells=(*grid.cells[:at], cell, *grid.cells[at + 1 :]))


def test_a_header_is_not_the_same_where_anything_may_be_another() -> None:
    on, grid = two_pages()
    (header,) = headers(on)
    below = header.rows[1] + 1
    x0, y0, x1, _ = next(cell.box for cell in grid.cells if cell.row == below)
    plain = Line("住民基本台帳", x0, y0 + 2, x1, y0 + 10)
    assert is_printed_again(header, on, with_line(grid, below, plain))
    for text, row, place in (
        ("変更前の記載", below, y0 + 2),  # a second header may follow
        ("変更日", below, header.y1 - 1),  # a heading that reaches into the header's height
        ("住民基本台帳", header.rows[0], header.y0),  # another heading
    ):
        other = with_line(grid, row, replace_line(plain, text, place))
        assert not is_printed_again(header, on, other), text
    assert not is_printed_again(header._replace(told_below=True), on, grid)


def replace_line(line: Line, text: str, y0: float) -> Line:
    return Line(text, line.x0, y0, line.x1, y0 + 8)
