"""What PDFium holds open of a file, and gives back once, whatever happens to who reads it."""

from __future__ import annotations

import numpy as np

from ..errors import PageError
from . import library as pdfium


class Open:
    """A document of PDFium, and the page of it and its text that are open: handles, 0 where none is."""

    def __init__(self, document: int) -> None:
        self.handles = np.array((document, 0, 0), np.uintp)
        """The loop writes here what it opens and closes, so that they are right whatever happens."""
        self.number = 0
        """Of the page."""

    @property
    def document(self) -> int:
        return int(self.handles[0])

    @property
    def page(self) -> int:
        return int(self.handles[1])

    @property
    def text(self) -> int:
        return int(self.handles[2])

    def load(self, number: int) -> None:
        """Open a page, unless it is open; PageError where it is damaged."""
        if number == self.number:
            return
        self.close_page()
        self.handles[1] = pdfium.load_page(self.document, number - 1)
        if not self.page:
            raise PageError(number)
        self.number = number

    def load_text(self) -> None:
        """The page's text, worked out as its objects now are: half of what a page costs."""
        self.close_text()
        self.handles[2] = pdfium.load_text(self.page)
        if not self.text:
            raise PageError(self.number)

    def close_text(self) -> None:
        text, self.handles[2] = self.text, 0
        if text:
            pdfium.close_text(text)

    def close_page(self) -> None:
        self.close_text()
        page, self.handles[1], self.number = self.page, 0, 0
        if page:
            pdfium.close_page(page)

    def close(self) -> None:
        """Give everything back to PDFium."""
        self.close_page()
        document, self.handles[0] = self.document, 0
        if document:
            pdfium.close_document(document)
