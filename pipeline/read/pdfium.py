"""PDF pages through PDFium: the fast reader. Bulk calls into numpy buffers, no Python per glyph."""

from __future__ import annotations

import ctypes
from codecs import utf_16_le_decode
from contextlib import suppress
from functools import lru_cache
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from ..errors import PageError
from ..model import Page
from ..settings import Settings
from . import broken, locked, shapes
from . import library as pdfium
from .drawn import drawn
from .glyphs import Units, glyphs, page_text
from .objects import Matrix
from .upright import upright

if TYPE_CHECKING:
    from .glance import Glance


_FEW, _MANY = 2, 8
"""How many pages in a row make a table likely, and how many are read ahead at most."""


class _Read(NamedTuple):
    """A page that was read, and the text that came with it."""

    page: Page
    units: Units


class PdfiumPdf:
    """An open PDF; holds one page of PDFium at a time, so that `text` and `page` share the work.

    Pages that are asked for one after the other, as those of a table are, are read some at a time: what a
    processor has at hand of PDFium, and of what becomes of pages, then lasts longer. No more are read ahead
    than were asked for in a row, nor more than a few.
    """

    def __init__(self, data: bytes, name: str, settings: Settings) -> None:
        self.name = name
        self._data = data  # PDFium reads from these bytes as long as the document is open
        self._settings = settings
        self._glance: Glance | None = None
        self._glanced = 0
        """The page last looked at with it."""
        self._number, self._page, self._text = 0, 0, 0
        self._asked, self._in_a_row = 0, 0
        """The page last asked for, and how many right before it."""
        self._read: dict[int, _Read] = {}
        self._document = pdfium.load_document(data, len(data), None)
        if not self._document:
            raise (
                locked(name) if pdfium.last_error() in (pdfium.PASSWORD, pdfium.SECURITY) else broken(name)
            )
        if len(self) < 1:
            self.close()
            raise broken(name)

    def __len__(self) -> int:
        return int(pdfium.count_pages(self._document))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give everything back to PDFium."""
        self._release()
        if self._glance is not None:
            self._glance.close()
        if self._document:
            pdfium.close_document(self._document)
            self._document = 0

    def text(self, number: int) -> str:
        if number in self._read:
            units = self._read[number].units
        else:
            self._load(number)
            if not self._text:
                self._load_text()
            units = self._units
        return utf_16_le_decode(units.data, "replace", True)[0]

    def letters(self, number: int) -> str | None:
        if self._glance is None:
            from .glance import Glance

            self._glance = Glance(self._data, len(self))
        self._glanced = number
        return self._glance.letters(number)

    def page(self, number: int) -> Page:
        if number != self._asked:
            self._in_a_row = self._in_a_row + 1 if number == self._asked + 1 else 0
            self._asked = number
        if number not in self._read:
            self._read = {number: self._read_page(number)}
            ahead = min(self._in_a_row, _MANY, len(self) - number) if self._in_a_row > _FEW else 0
            with suppress(PageError):  # told when it is asked for
                for further in range(number + 1, number + ahead + 1):
                    self._read[further] = self._read_page(further)
        return self._read[number].page

    def _read_page(self, number: int) -> _Read:
        if self._glance is not None and number != self._glanced:
            self._glance.close()  # a table has begun, whose pages are read anyway: 4 MB of 1,000 pages
            self._glance = None
        self._load(number)
        width, height, to_visible = _visible(self._page)
        objects = drawn(self._page, to_visible, self._settings.rule_thickness)
        if objects.has_blanks or not self._text:
            self._load_text()
        vertical, horizontal = shapes.rules(objects.boxes, width, height, self._settings.rule_thickness)
        page = Page(
            number=number,
            width=width,
            height=height,
            glyphs=glyphs(self._text, self._units, to_visible, objects.texts, width, height),
            vertical=vertical,
            horizontal=horizontal,
            image_share=shapes.share(objects.pictures, width, height),
        )
        return _Read(upright(page), self._units)

    def _load(self, number: int) -> None:
        if number == self._number:
            return
        self._release()
        page = pdfium.load_page(self._document, number - 1)
        if not page:
            raise PageError(number)
        self._number, self._page = number, page

    def _load_text(self) -> None:
        """The page's text, worked out as its objects now are: half of what a page costs."""
        pdfium.close_text(self._text)
        self._text = pdfium.load_text(self._page)
        if not self._text:
            raise PageError(self._number)
        self._units = page_text(self._text)

    def _release(self) -> None:
        if self._number:
            pdfium.close_text(self._text)
            pdfium.close_page(self._page)
        self._number, self._page, self._text = 0, 0, 0


_FourFloats = ctypes.c_float * 4


def _visible(page: int) -> tuple[float, float, Matrix]:
    """Width, height and the matrix from the file's coordinates to the page as a reader sees it."""
    box = _FourFloats()
    pdfium.page_box(page, box)
    left, top, right, bottom = box
    width, height = right - left, top - bottom
    rotation = pdfium.page_rotation(page) % 4
    if rotation == 0:
        return width, height, _unturned(left, top)
    turned = {
        1: (height, width, [[0, 1, 0], [1, 0, 0], [-bottom, -left, 1]]),
        2: (width, height, [[-1, 0, 0], [0, 1, 0], [right, -bottom, 1]]),
        3: (height, width, [[0, -1, 0], [-1, 0, 0], [top, right, 1]]),
    }
    across, down, matrix = turned[rotation]
    return across, down, np.array(matrix, np.float64)


@lru_cache(maxsize=64)
def _unturned(left: float, top: float) -> Matrix:
    """The matrix for a page whose upper left corner is here; most pages of a file share it."""
    matrix = np.array([[1, 0, 0], [0, -1, 0], [-left, top, 1]], np.float64)
    matrix.flags.writeable = False
    return matrix
