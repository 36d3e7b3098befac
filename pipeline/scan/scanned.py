"""An open PDF in, the same with its pages that are pictures read too: the seam to every other reader.

Reading a page costs ten seconds. Of a page that can hold neither table nor cover only the head and the
short cells are read, where headings and labels would stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from ..errors import PictureError
from ..model import Layout, Page
from ..read import Pdf
from .engine import EngineError
from .kept import Kept
from .layer import FEW, ink_count, is_garbled

if TYPE_CHECKING:
    from .engine import Engine
    from .picture import FindTables, Picture
    from .regions import Region

Ocr = Literal["auto", "rapidocr", "tesseract", "both", "off"]

_STAMPED = 100
"""A picture over nearly all of a page counts more than so little text on it."""
_NO_TEXT = 3
_LARGEST = 40e6
"""Pixels of a picture: an A2 sheet at 300 dpi; larger pages are read at a lower resolution."""
_WIDE = 5
"""A row of so many cells may be the change table's, whatever its head says."""
_LITTLE = 150_000
"""Ink of some three hundred characters: reading all of it costs as much as choosing."""
_SHORT = 8_000
_LOOK = 16
_SURE = 0.8
"""Below this, on average, a page may stand on its head."""


def readable(pdf: Pdf, data: bytes, ocr: Ocr, kept: Kept, find: FindTables) -> Pdf:
    """An open PDF, its bytes, the engine to use and what it read before -> the PDF with its pictures read."""
    return _Scanned(pdf, data, ocr, kept, find)


class _Scanned:
    """Pages with text as they are; pictures, and text under pictures, as they are seen."""

    def __init__(self, pdf: Pdf, data: bytes, ocr: Ocr, kept: Kept, find: FindTables) -> None:
        self.name = pdf.name
        self._pdf, self._data, self._ocr, self._kept, self._find = pdf, data, ocr, kept, find
        self._stamped = _STAMPED if _is_installed(ocr) else FEW
        self._pictures: dict[int, bool] = {}
        self._document: Any = None
        self._seen: Picture | None = None
        self._text: tuple[int, str] = (0, "")

    def __len__(self) -> int:
        return len(self._pdf)

    def __enter__(self) -> Self:
        self._pdf.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        if self._document is not None:
            self._document.close()
        self._pdf.__exit__(kind, error, trace)

    def text(self, number: int) -> str:
        if not self._is_picture(number):
            return self._layer(number)
        picture = self._upright(number)
        parts = picture.parts if _may_matter(picture) else _telling(picture)
        return "\n".join(line.text for lines in self._read(parts) for line in lines)

    def letters(self, number: int) -> str | None:
        told = self._pdf.letters(number)
        if told is None or len(told) - told.count("\n") < self._stamped or is_garbled(told):
            return None
        return told

    def page(self, number: int) -> Page:
        page = self._pdf.page(number)  # before its text: that loads it once
        if self._is_picture(number):
            picture = self._upright(number)
            from .picture import glyphs  # which is there, or there was no picture

            return picture.page(glyphs(picture.parts, self._read(picture.parts), picture.scale))
        if page.image_share > 0.5 and _is_hidden(page) and _can_see():
            return self._under_picture(page)
        return page

    # ------------------------------------------------------------ what a page is

    def _is_picture(self, number: int) -> bool:
        """Whether a page's characters must be read from its picture."""
        if number not in self._pictures:
            self._pictures[number] = self._has_no_text(number)
        return self._pictures[number]

    def _has_no_text(self, number: int) -> bool:
        text = self._layer(number)
        if is_garbled(text) and _is_installed(self._ocr):
            return True  # without an engine its glyphs without Unicode are reported, as ever
        # Most pages have enough text at their head.
        if (
            ink_count(text[: 4 * self._stamped]) >= self._stamped
            or (count := ink_count(text)) >= self._stamped
        ):
            return False
        page = self._pdf.page(number)
        if _is_hidden(page):
            return False
        if page.image_share > (0.5 if count < _NO_TEXT else 0.8):
            return True
        # Text may be drawn as outlines, without any font.
        return count == 0 and len(page.glyphs) == 0 and _is_installed(self._ocr) and self._is_drawn(number)

    def _layer(self, number: int) -> str:
        """The text that the file itself gives, asked for once."""
        if self._text[0] != number:
            self._text = number, self._pdf.text(number)
        return self._text[1]

    def _is_drawn(self, number: int) -> bool:
        import numpy as np

        small = self._render(number, 50 / 72)
        return float(np.mean(small < 128)) > 0.001

    def _engine(self) -> Engine | None:
        return _engine(self._ocr)

    # ------------------------------------------------------------ pictures

    def _render(self, number: int, scale: float) -> Any:
        import numpy as np

        from ..read.stand_in import system_fonts

        with system_fonts():
            page = self._opened()[number - 1]
            picture = page.render(scale=scale, grayscale=True).to_numpy()
            page.close()
        return np.ascontiguousarray(picture.reshape(picture.shape[:2]))

    def _scale(self, number: int) -> float:
        from .straight import DPI

        width, height = map(float, self._opened().get_page_size(number - 1))
        return float(min(DPI / 72, (_LARGEST / (width * height)) ** 0.5))

    def _opened(self) -> Any:
        import pypdfium2

        if self._document is None:
            self._document = pypdfium2.PdfDocument(self._data)
        return self._document

    def _upright(self, number: int) -> Picture:
        """The picture of a page, straight and not on its head; PictureError when nothing can read it."""
        if self._seen is not None and self._seen.number == number:
            return self._seen
        self._kept.page = number, len(self)
        engine = self._engine()
        if engine is None:
            raise PictureError(number, _remedy(self._ocr))
        from .picture import look  # loads what only comes with an engine

        scale = self._scale(number)
        picture = look(self._render(number, scale), number, scale, self._find)
        sample = _sample(picture)
        found = {0: self._sureness(sample, 0)}
        for quarters in (2, 1, 3):  # the lines have told quarter turns already, if not without fail
            if max(sure for sure, _ in found.values()) < _SURE:
                found[quarters] = self._sureness(sample, quarters)
        # Of lying text engines read the characters one by one: the longer lines are the right ones.
        best = max(found, key=lambda quarters: found[quarters][0] * found[quarters][1] ** 0.5)
        if found[best][0] > found[0][0] + 0.1:
            picture = picture.turned(best, self._find)
        self._seen = picture
        return picture

    def _sureness(self, sample: Sequence[Region], quarters: int) -> tuple[float, float]:
        """How sure the engine is of parts of a picture turned counter-clockwise; how long lines are."""
        import numpy as np

        turned = [np.ascontiguousarray(np.rot90(part.picture, quarters)) for part in sample]
        lines = [line for lines in self._read_all(turned) for line in lines]
        scores = [score for line in lines for score in line.scores]
        return (sum(scores) / len(scores), len(scores) / len(lines)) if scores else (0.0, 0.0)

    def _read(self, parts: Sequence[Region]) -> list[Any]:
        return self._read_all([part.picture for part in parts])

    def _read_all(self, cells: Sequence[Any]) -> list[Any]:
        engine = self._engine()
        assert engine is not None
        try:
            return self._kept.read(engine, cells)
        except EngineError as error:
            remedy = f"The OCR engine failed ({error}); try it by hand, or name another one with --ocr"
            raise PictureError(self._kept.page[0], remedy) from error

    # ------------------------------------------------------------ text under a picture

    def _under_picture(self, page: Page) -> Page:
        """A page of invisible text over a picture: the picture's rules, and the better of the two texts."""
        from .underneath import layered

        self._kept.page = page.number, len(self)
        scale = self._scale(page.number)
        grey = self._render(page.number, scale)
        engine = self._engine()
        return layered(page, grey, scale, self._find, self._read if engine else None)


@cache
def _engine(ocr: Ocr) -> Engine | None:
    """The engine, its models loaded once a process; null when none is wanted or installed."""
    if ocr == "off" or not _can_see():
        return None
    from .engines import open_engine

    return open_engine(ocr)


@cache
def _is_installed(ocr: Ocr) -> bool:
    """Whether pictures can be read; asked of every file, so nothing is loaded for it."""
    if ocr == "off":
        return False
    from .engines import is_any_installed

    return is_any_installed()


@cache
def _can_see() -> bool:
    return find_spec("cv2") is not None


def _remedy(ocr: Ocr) -> str:
    if ocr == "off":
        return "Read them with --ocr auto instead of off"
    from .engines import INSTALL

    return INSTALL


def _is_hidden(page: Page) -> bool:
    """Whether most of a page's text is drawn invisibly."""
    return 2 * int(page.glyphs.hidden.sum()) > len(page.glyphs)


def _may_matter(picture: Picture) -> bool:
    """Whether the change table may stand on a page, or so little that all of it may be read."""
    return _widest_row(picture.tables) >= _WIDE or sum(map(_ink, picture.parts)) < _LITTLE


def _widest_row(tables: Layout) -> int:
    """The most cells that stand side by side in one of a page's tables."""
    return max(
        (sum(cell.row == row for cell in grid.cells) for grid in tables.grids for row in range(grid.rows)),
        default=0,
    )


def _telling(picture: Picture) -> list[Region]:
    """The parts that tell what a page is: text at its head, and short cells, as headings and labels are."""
    height = picture.straight.grey.shape[0]
    head = [part for part in picture.parts if not part.in_table and part.box[1] < height / 4][:3]
    short = [part for part in picture.parts if part.in_table and _ink(part) < _SHORT][:_LOOK]
    return [*head, *short]


def _sample(picture: Picture) -> list[Region]:
    """A few parts with a fair amount of text."""
    parts = sorted(picture.parts, key=_ink)
    fair = [part for part in parts if _ink(part) > _SHORT / 2] or parts
    middle = len(fair) // 3
    return fair[middle : middle + 3]


def _ink(part: Region) -> int:
    return int((part.picture < 128).sum())
