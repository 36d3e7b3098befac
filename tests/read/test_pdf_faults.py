"""What a file that cannot be read says, and what one damaged page costs."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from pipeline.errors import FilingError, PageError
from pipeline.read import open_pdf

from .disguises import document

Reader = Literal["pdfium", "pdfplumber"]
both = pytest.mark.parametrize("reader", ["pdfium", "pdfplumber"])


def encrypted(user: str, owner: str) -> bytes:
    def draw(canvas: Canvas) -> None:
        canvas._doc.encrypt = StandardEncryption(user, owner, strength=128)
        canvas.drawString(50, 700, "page 1")

    return document(draw)


def three_pages() -> bytes:
    def draw(canvas: Canvas) -> None:
        for number in (1, 2, 3):
            canvas.drawString(50, 700, f"page {number}")
            if number < 3:
                canvas.showPage()

    return document(draw)


@both
@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "empty"),
        (b"\0" * 5000, "empty"),
        (b"PK\x03\x04 a workbook", "not a PDF"),
        ("令和6年4月1日".encode("cp932"), "not a PDF"),
        (b"%PDF-1.7\n", "damaged"),
        (three_pages()[:400], "damaged"),
        (encrypted("himitsu", "himitsu"), "password"),
    ],
    ids=["empty", "zeros", "workbook", "text", "signature", "cut", "locked"],
)
def test_an_unreadable_file_says_what_it_is(data: bytes, what: str, reader: Reader) -> None:
    with pytest.raises(FilingError) as caught:
        open_pdf(data, "011002_札幌市/架空.pdf", reader)
    assert what in caught.value.what
    assert str(caught.value).startswith("011002_札幌市/架空.pdf: ")
    assert caught.value.remedy.endswith(".")


@both
def test_an_owner_password_does_not_keep_readers_out(reader: Reader) -> None:
    with open_pdf(encrypted("", "himitsu"), "架空.pdf", reader) as pdf:
        assert "page 1" in pdf.text(1)


@both
def test_bytes_before_the_signature_do_no_harm(reader: Reader) -> None:
    with open_pdf(b"\r\n\r\n" + three_pages(), "架空.pdf", reader) as pdf:
        assert len(pdf) == 3


@both
def test_a_cross_reference_table_that_is_not_where_it_should_be_is_made_anew(reader: Reader) -> None:
    data = re.sub(rb"startxref\s+\d+", b"startxref\n7", three_pages())
    with open_pdf(data, "架空.pdf", reader) as pdf:
        assert "page 3" in pdf.text(3)


def test_a_damaged_page_is_an_error_of_its_own() -> None:
    data = three_pages()
    kids = re.search(rb"/Kids \[ (\d+) 0 R (\d+) 0 R", data)
    assert kids is not None
    # The second page's object becomes a number of the same length.
    broken = re.sub(rb"(?s)(\n%b 0 obj)\n<<.*?\nendobj" % kids[2], rb"\1\n7\nendobj", data, count=1)
    with open_pdf(broken, "架空.pdf", "pdfium") as pdf:
        assert (len(pdf), "page 1" in pdf.text(1), "page 3" in pdf.text(3)) == (3, True, True)
        with pytest.raises(PageError):
            pdf.page(2)
