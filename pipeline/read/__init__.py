"""Bytes of a PDF in, pages out: `open_pdf` gives the same `Page` values from either engine."""

from __future__ import annotations

from types import TracebackType
from typing import Literal, Protocol, Self

from ..errors import FilingError
from ..model import Page
from ..settings import Settings


class Pdf(Protocol):
    """An open PDF; pages are read one at a time and nothing is kept."""

    name: str

    def __len__(self) -> int: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...

    def page(self, number: int) -> Page:
        """The page with this 1-based number; PageError when it cannot be read."""

    def text(self, number: int) -> str:
        """All text of the page in the file's order, cheap: enough to see whether the page can matter."""

    def letters(self, number: int) -> str | None:
        """Every letter that the page can show, in no order, cheaper still; None when only reading tells."""


def open_pdf(
    data: bytes, name: str, reader: Literal["pdfium", "pdfplumber"], settings: Settings | None = None
) -> Pdf:
    """A file's bytes, its name for messages and the engine in, an open PDF out; else FilingError."""
    check_signature(data, name)
    settings = settings or Settings()
    if reader == "pdfplumber":
        from .plumber import PlumberPdf

        return PlumberPdf(data, name, settings)
    from .pdfium import PdfiumPdf

    return PdfiumPdf(data, name, settings)


def check_signature(data: bytes, name: str) -> None:
    """Nothing for bytes that may be a PDF; FilingError for an empty or foreign file.

    >>> check_signature("これはＰＤＦではない".encode(), "札幌市.pdf")
    Traceback (most recent call last):
    pipeline.errors.FilingError: 札幌市.pdf: not a PDF: it does not begin with %PDF. Download it again as PDF.
    """
    if not data.strip(b"\0 \r\n\t"):
        raise FilingError(name, "the file is empty", "Download it again.")
    # Readers accept a signature anywhere in the first 1024 bytes: mail gateways put lines before it.
    if b"%PDF" not in data[:1024]:
        raise FilingError(name, "not a PDF: it does not begin with %PDF", "Download it again as PDF.")


def broken(name: str) -> FilingError:
    """The error for a PDF whose structure no engine can follow."""
    return FilingError(
        name,
        "the PDF is damaged or cut short and cannot be opened",
        "Download it again, or print it anew to PDF.",
    )


def locked(name: str) -> FilingError:
    """The error for a PDF that opens only with a password."""
    return FilingError(
        name, "the PDF is locked with a password", "Put an unlocked copy in its place (qpdf --decrypt)."
    )
