"""Both readers see the same page, however it is drawn."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Literal

import numpy as np
import pikepdf
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from pipeline.model import COLUMNS, Page
from pipeline.read import open_pdf
from pipeline.settings import Settings
from pipeline.tables import contents

from .disguises import DISGUISES, EDGES, FONT, HEIGHT, ROWS, SIZES, STEP, TOP, WIDTH, document, plain

Reader = Literal["pdfium", "pdfplumber"]
READERS: tuple[Reader, ...] = ("pdfium", "pdfplumber")
both = pytest.mark.parametrize("reader", READERS)


def page(data: bytes, reader: Reader) -> Page:
    with open_pdf(data, "架空.pdf", reader) as pdf:
        return pdf.page(1)


@both
def test_boxes_are_the_advances_of_the_glyphs(reader: Reader) -> None:
    read = page(document(plain), reader)
    assert (read.width, read.height) == (WIDTH, HEIGHT)
    text = "".join(map(chr, read.glyphs.code))
    first = text.index("旧システム")
    x0, y0, x1, y1 = read.glyphs.box[first : first + 8].T.tolist()
    assert x0 == pytest.approx([EDGES[2] + 3 + 8 * k for k in range(8)], abs=0.05)
    assert x1 == pytest.approx([EDGES[2] + 11 + 8 * k for k in range(8)], abs=0.05)
    base = HEIGHT - (TOP - STEP - 14)
    assert all(base - 8.5 < y < base - 6 for y in y0) and all(base < y < base + 2.5 for y in y1)


@both
def test_rules_stand_where_they_are_drawn(reader: Reader) -> None:
    read = page(document(plain), reader)
    assert sorted(read.vertical[:, 0].tolist()) == pytest.approx(EDGES, abs=0.05)
    levels = [HEIGHT - TOP + STEP * k for k in range(len(ROWS) + 1)]
    assert sorted(read.horizontal[:, 0].tolist()) == pytest.approx(levels, abs=0.05)
    assert read.horizontal[:, 1:].tolist() == [pytest.approx([EDGES[0], EDGES[-1]], abs=1.1)] * 4


@both
@pytest.mark.parametrize("draw", DISGUISES, ids=lambda draw: draw.__name__)
def test_a_page_in_disguise_gives_the_same_rows(draw: Callable[[Canvas], None], reader: Reader) -> None:
    data = document(draw, SIZES.get(draw.__name__, (WIDTH, HEIGHT)))
    with open_pdf(data, "架空.pdf", reader) as pdf:
        table = contents(pdf, Settings()).table
    found = [[row.cells[column].raw.replace(" ", "") for column in COLUMNS] for row in table.rows]
    assert found == [[text.replace(" ", "") for text in row] for row in ROWS[1:]]
    assert table.glyphs.share == 1.0
    first = table.rows[0].cells["before"].pieces[0]
    assert first.box == pytest.approx(
        (EDGES[2], HEIGHT - TOP + STEP, EDGES[3], HEIGHT - TOP + 2 * STEP), abs=1.5
    )


@both
@pytest.mark.parametrize("blank", ["\u3000", "\u3000\u3000", " "])
@pytest.mark.parametrize("mode", [0, 3])
def test_a_blank_drawn_alone_stays(reader: Reader, blank: str, mode: int) -> None:
    drawn = ["Ⅰ-6", blank, "①部署"]

    def draw(canvas: Canvas) -> None:
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
        x = 100.0
        for string in drawn:
            text = canvas.beginText(x, 600)
            text.setFont(FONT, 10)
            text.setTextRenderMode(mode)
            text.textOut(string)
            canvas.drawText(text)
            x += pdfmetrics.stringWidth(string, FONT, 10)

    glyphs = page(document(draw), reader).glyphs
    order = np.argsort(glyphs.box[:, 0], kind="stable")
    assert "".join(map(chr, glyphs.code[order])) == "".join(drawn)
    assert glyphs.hidden.tolist() == [mode == 3] * len(glyphs)


_NAMES = b"""begincmap 1 begincodespacerange <00> <FF> endcodespacerange
3 beginbfchar <41> <FF8A> <42> <FF7D> <43> <FF9F> endbfchar endcmap"""


@both
@pytest.mark.parametrize("matrix", ["1 0 0 1", "0 1 -1 0", "-1 0 0 -1", "0 -1 1 0"])
def test_letters_told_by_the_file_apart_from_its_glyphs_stand_in_order(reader: Reader, matrix: str) -> None:
    pdf = pikepdf.new()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type1,
        BaseFont=pikepdf.Name.Helvetica,
        FirstChar=65,
        LastChar=67,
        Widths=[600] * 3,
        ToUnicode=pdf.make_stream(_NAMES),
    )
    sheet = pdf.add_blank_page(page_size=(400, 600))
    sheet.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
    sheet.Contents = pdf.make_stream(
        f"BT /F 20 Tf {matrix} 200 300 Tm (B) Tj "
        f"/Span <</ActualText <FEFFFF8AFF9F>>> BDC (AC) Tj EMC (B) Tj ET".encode()
    )
    buffer = io.BytesIO()
    pdf.save(buffer)
    glyphs = page(buffer.getvalue(), reader).glyphs
    order = np.argsort(glyphs.box[:, 0], kind="stable")
    assert "".join(map(chr, glyphs.code[order])) == "ｽﾊﾟｽ"
    assert np.ptp(glyphs.box[:, 1]) < 2


@both
def test_hidden_text_is_read_and_flagged(reader: Reader) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        text = canvas.beginText(50, 700)
        text.setFont("HeiseiKakuGo-W5", 9)
        text.setTextRenderMode(3)
        text.textLine("見えない文字")
        canvas.drawText(text)
        canvas.restoreState()
        canvas.setFont("HeiseiKakuGo-W5", 9)
        canvas.drawString(50, 600, "見える")

    glyphs = page(document(draw), reader).glyphs
    shown = dict(zip(map(chr, glyphs.code), glyphs.hidden.tolist(), strict=True))
    assert shown["文"] is True and shown["る"] is False


@both
def test_a_page_can_be_asked_for_its_text_alone(reader: Reader) -> None:
    with open_pdf(document(plain), "架空.pdf", reader) as pdf:
        assert len(pdf) == 1
        assert "変更前の記載" in "".join(pdf.text(1).split())


def test_readers_agree_on_every_glyph_and_rule() -> None:
    one, two = (page(document(plain), reader) for reader in READERS)
    assert one.glyphs.code.tolist() == two.glyphs.code.tolist()
    np.testing.assert_allclose(one.glyphs.box[:, [0, 2]], two.glyphs.box[:, [0, 2]], atol=0.6)
    np.testing.assert_allclose(one.glyphs.box[:, [1, 3]], two.glyphs.box[:, [1, 3]], atol=1.5)
    np.testing.assert_allclose(one.vertical, two.vertical, atol=1.1)
