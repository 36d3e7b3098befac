"""Fonts that a file names and does not hold: read alike on every machine, drawn with the machine's own."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from pikepdf import Name
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from pipeline.read import open_pdf, stand_in
from pipeline.review.picture import rendered

from .make_stand_in import made

FONT, SIZE = "HeiseiMin-W3", 10
TEXT = "変更 Il1j.,W｡ｱ事前"
JAPANESE = (
    "*CJK*",
    "ipa*.ttf",
    "*Gothic*.tt*",
    "*Mincho*.tt*",
    "*ゴシック*",
    "YuGo*",
    "msgothic*",
    "Hiragino*",
)
PLACES = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "C:/Windows/Fonts",
)
HAS_JAPANESE = any(True for place in PLACES for name in JAPANESE for _ in Path(place).rglob(name))


def document(text: str) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=True)
    canvas.setFont(FONT, SIZE)
    canvas.drawString(100, 600, text)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def test_the_font_is_the_one_that_its_script_makes() -> None:
    assert Path(stand_in.__file__).with_suffix(".ttf").read_bytes() == made()


def test_a_glyph_takes_up_what_the_file_says_and_not_what_a_font_of_the_machine_draws() -> None:
    with open_pdf(document(TEXT), "架空.pdf", "pdfium") as pdf:
        text, glyphs = pdf.text(1), pdf.page(1).glyphs
    assert text == TEXT == "".join(map(chr, glyphs.code))
    advances = [pdfmetrics.stringWidth(letter, FONT, SIZE) for letter in TEXT]
    assert len(set(advances)) > 4
    np.testing.assert_allclose(glyphs.box[:, 2] - glyphs.box[:, 0], advances, atol=1e-3)
    np.testing.assert_allclose(glyphs.box[:, 0], 100 + np.cumsum([0, *advances[:-1]]), atol=1e-3)


def test_no_font_is_asked_for_once_a_picture_is_drawn() -> None:
    before = open_pdf(document(TEXT), "架空.pdf", "pdfium")
    rendered(document(TEXT), 1, 30)
    after = open_pdf(document(TEXT), "架空.pdf", "pdfium")
    with before, after:
        one, two = before.page(1).glyphs, after.page(1).glyphs
    np.testing.assert_array_equal(one.box, two.box)
    np.testing.assert_array_equal(one.code, two.code)


@pytest.mark.skipif(not HAS_JAPANESE, reason="the machine has no Japanese font to draw pictures with")
def test_pictures_show_japanese_glyphs() -> None:
    one, other = (np.asarray(rendered(document(text), 1, 200)) for text in ("変", "一"))
    assert np.sum(one < 128) > 2 * np.sum(other < 128) > 0  # bars would be alike


@pytest.mark.parametrize("name", ["MS-Mincho", "ArialUnicodeMS", "Symbol"])
def test_codes_of_a_font_of_the_machine_are_text_though_no_machine_is_asked(name: str) -> None:
    pdf = pikepdf.new()
    table = b"1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfchar <4142> <5909> endbfchar"
    inner = pikepdf.Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name(f"/{name}"),
        CIDSystemInfo=pikepdf.Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
        FontDescriptor=pikepdf.Dictionary(Type=Name.FontDescriptor, FontName=Name(f"/{name}"), Flags=4),
    )
    font = pikepdf.Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=Name(f"/{name}"),
        Encoding=Name("/Identity-H"),
        DescendantFonts=[inner],
        ToUnicode=pdf.make_stream(table),
    )
    sheet = pdf.add_blank_page(page_size=(200, 200))
    sheet.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
    sheet.Contents = pdf.make_stream(b"BT /F 10 Tf 10 10 Td (AB) Tj ET")
    data = io.BytesIO()
    pdf.save(data)
    with open_pdf(data.getvalue(), "架空.pdf", "pdfium") as opened:
        assert opened.text(1) == "変"


def test_western_letters_without_widths_have_those_of_a_usual_font() -> None:
    pdf = pikepdf.new()
    font = pikepdf.Dictionary(
        Type=Name.Font, Subtype=Name.TrueType, BaseFont=Name.Century, Encoding=Name.WinAnsiEncoding
    )
    sheet = pdf.add_blank_page(page_size=(200, 200))
    sheet.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
    sheet.Contents = pdf.make_stream(b"BT /F 10 Tf 10 10 Td (Will) Tj ET")
    data = io.BytesIO()
    pdf.save(data)
    with open_pdf(data.getvalue(), "架空.pdf", "pdfium") as opened:
        box = opened.page(1).glyphs.box
    widths = (box[:, 2] - box[:, 0]).tolist()
    assert widths[0] > 2 * widths[1] > 0 and 12 < box[-1, 2] - box[0, 0] < 30


@pytest.mark.parametrize("order", ["pipeline first", "pypdfium2 first"])
def test_pdfium_starts_once_whoever_starts_it(tmp_path: Path, order: str) -> None:
    """The reader starts PDFium by itself; pypdfium2, which draws pictures, may come before or later."""
    (tmp_path / "x.pdf").write_bytes(document(TEXT))
    both = [
        "from pipeline.read import open_pdf; open_pdf(data, 'x.pdf', 'pdfium').close()",
        "import pypdfium2",
    ]
    code = "\n".join(
        [
            "import sys; from pathlib import Path; data = Path(sys.argv[1]).read_bytes()",
            *(both if order == "pipeline first" else reversed(both)),
            "with pypdfium2.PdfDocument(data) as pdf: print(pdf[0].get_textpage().get_text_bounded())",
            "from pipeline.read import open_pdf",
            "with open_pdf(data, 'x.pdf', 'pdfium') as pdf: print(pdf.text(1), len(pdf.page(1).glyphs))",
        ]
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "x.pdf")], capture_output=True, encoding="utf-8"
    )
    assert (done.returncode, done.stderr) == (0, "")
    first, second = done.stdout.strip().splitlines()
    assert second == f"{first} {len(TEXT)}"
