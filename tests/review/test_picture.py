"""Pictures of pages: right size and place, every kind of mark, and what a notebook shows."""

import io
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

import pipeline
from pipeline.errors import FilingError, UsageError
from pipeline.model import Piece, RawCell, RawRow
from pipeline.read import open_pdf
from pipeline.review import picture
from pipeline.review.picture import CELL, JOIN, MERGED, RULE

FILINGS = Path(__file__).parents[1] / "filings"


def data(case):
    return (FILINGS / f"{case}.pdf").read_bytes()


def colours(image):
    return {colour for _, colour in image.getcolors(1 << 24)}


def test_a_page_with_merged_cells_and_a_row_that_runs_on():
    image = picture.draw_page(data("drawn_merged"), "x.pdf", 5)
    assert {RULE, CELL, MERGED, JOIN} <= colours(image)


def test_rules_are_drawn_where_the_page_has_them():
    with open_pdf(data("drawn_merged"), "x.pdf", "pdfium") as pdf:
        page = pdf.page(5)
    image = picture.draw_page(data("drawn_merged"), "x.pdf", 5, dpi=144)
    left = image.width - round(page.width * 2)  # the margin for row numbers
    upright = [(x, (y0 + y1) / 2) for x, y0, y1 in page.vertical.tolist() if y1 - y0 > 40]
    near = [
        any(
            image.getpixel((round(left + 2 * x) + dx, round(2 * y))) in (RULE, (0, 0, 0)) for dx in (-1, 0, 1)
        )
        for x, y in upright
    ]
    assert upright and sum(near) > 0.9 * len(near)


@pytest.mark.parametrize("case", ["drawn_crop", "web_open"])
def test_the_picture_shows_the_page_as_a_reader_sees_it(case):
    with open_pdf(data(case), case, "pdfium") as pdf:
        page = pdf.page(1)
    image = picture.draw_page(data(case), case, 1, dpi=72)
    assert abs(image.height - page.height) < 80  # the legend below
    assert image.width >= page.width


def test_a_picture_tells_its_marks_apart_in_grey():
    grey = {round(sum(weight * part for weight, part in zip((0.3, 0.59, 0.11), colour, strict=True)))
            for colour in (RULE, CELL, MERGED, JOIN)}  # fmt: skip
    shades = sorted(grey)
    assert all(second - first > 10 for first, second in pairwise(shades))


def test_bands_tell_where_a_row_comes_from_and_goes():
    def cell(*pages):
        return RawCell(tuple(Piece((), page, (0.0, 0.0, 1.0, float(page))) for page in pages))

    rows = [RawRow({"before": cell(3)}), RawRow({"before": cell(3, 4, 5)}), RawRow({"before": cell(5)})]
    assert [(band.ordinal, band.from_page, band.to_page) for band in picture.bands(rows, 4)] == [(2, 3, 5)]
    assert [(band.ordinal, band.from_page) for band in picture.bands(rows, 5)] == [(2, 4), (3, None)]
    assert picture.bands(rows, 6) == []


@pytest.mark.parametrize("number", [0, 99, -1])
def test_a_page_that_is_not_there_is_wrong_usage(number):
    with pytest.raises(UsageError, match="pages; there is no page"):
        picture.draw_page(data("web_open"), "x.pdf", number)


def test_a_locked_file_has_no_picture():
    with pytest.raises(FilingError):
        picture.draw_page(data("drawn_user_password"), "x.pdf", 1)


# ---------------------------------------------------------------- notebooks


def test_a_page_shows_itself():
    with open_pdf(data("web_open"), "x.pdf", "pdfium") as pdf:
        shown = Image.open(io.BytesIO(pdf.page(3)._repr_png_()))
    assert RULE in colours(shown.convert("RGB"))


def test_a_filing_shows_its_rows_and_the_first_page_of_its_table():
    filing = pipeline.extract(FILINGS / "web_open.pdf")
    html = filing._repr_html_()
    assert html.count("<tr>") == 1 + min(10, len(filing.changes))
    assert "data:image/png;base64," in html
    assert filing.changes[0].item_code in html
    assert JOIN in colours(filing.picture(4))


def test_a_filing_without_pages_shows_its_rows_alone(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("変更日\t項目\t変更前の記載\t変更後の記載\n令和6年4月1日\tⅢ-5\t<b>旧\t新\n")
    filing = pipeline.extract(path)
    assert "<img" not in filing._repr_html_()
    assert "令和6年" not in filing._repr_html_() and "2024-04-01" in filing._repr_html_()
    with pytest.raises(UsageError, match="no pages to draw"):
        filing.picture()


def test_a_filing_whose_file_is_gone_still_shows_its_rows(tmp_path):
    path = tmp_path / "x.pdf"
    path.write_bytes(data("web_open"))
    filing = pipeline.extract(path)
    path.unlink()
    assert "<img" not in filing._repr_html_()
