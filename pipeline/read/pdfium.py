"""PDF pages through PDFium: the fast reader. Bulk calls into numpy buffers, no Python per glyph."""

from __future__ import annotations

from codecs import utf_16_le_decode
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ..model import Page
from ..settings import Settings
from . import broken, locked, shapes
from . import library as pdfium
from .drawn import drawn
from .glyphs import glyphs, page_text
from .objects import visible
from .opened import Open
from .seen import Seen, see
from .upright import upright

if TYPE_CHECKING:
    from .glance import Glance


_FEW, _MANY = 2, 16
"""How many pages in a row make a table likely, and how many are read ahead at most."""


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
        self._asked, self._in_a_row = 0, 0
        """The page last asked for, and how many right before it."""
        self._read: dict[int, Seen] = {}
        self._open = Open(pdfium.load_document(data, len(data), None))
        if not self._open.document:
            raise (
                locked(name) if pdfium.last_error() in (pdfium.PASSWORD, pdfium.SECURITY) else broken(name)
            )
        if len(self) < 1:
            self.close()
            raise broken(name)

    def __len__(self) -> int:
        return int(pdfium.count_pages(self._open.document))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give everything back to PDFium."""
        if self._glance is not None:
            self._glance.close()
        self._open.close()

    def text(self, number: int) -> str:
        if number in self._read:
            units = self._read[number].units
        else:
            self._open.load(number)
            if not self._open.text:
                self._open.load_text()
            units = page_text(self._open.text)
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
            ahead = min(self._in_a_row, _MANY, len(self) - number) if self._in_a_row > _FEW else 0
            self._read = self._see(number, 1 + ahead) or {number: self._by_arrays(number)}
        return self._read[number].page

    def _see(self, number: int, most: int) -> dict[int, Seen]:
        """Pages from this one on, so many at most, unless it is one that goes the long way."""
        self._forget_glance(number)
        seen = see(self._open, number, most, self._settings.rule_thickness)
        return {one.page.number: one for one in seen}

    def _by_arrays(self, number: int) -> Seen:
        self._open.load(number)
        width, height, to_visible = visible(self._open.page)
        objects = drawn(self._open.page, to_visible, self._settings.rule_thickness)
        if objects.has_blanks or not self._open.text:
            self._open.load_text()
        text, units = self._open.text, page_text(self._open.text)
        vertical, horizontal = shapes.rules(objects.boxes, width, height, self._settings.rule_thickness)
        page = Page(
            number=number,
            width=width,
            height=height,
            glyphs=glyphs(text, units, to_visible, objects.texts, width, height),
            vertical=vertical,
            horizontal=horizontal,
            image_share=shapes.share(objects.pictures, width, height),
        )
        return Seen(upright(page), units)

    def _forget_glance(self, number: int) -> None:
        """A page that was not looked at first: a table has begun, whose pages are read anyway."""
        if self._glance is not None and number != self._glanced:
            self._glance.close()  # 4 MB of 1,000 pages
            self._glance = None
