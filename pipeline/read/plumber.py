"""PDF pages through pdfplumber (pdfminer.six): the second opinion, slow and independent of PDFium."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pdfplumber
from pdfminer.layout import LTChar, LTCurve, LTFigure, LTImage, LTPage
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdfpage import PDFPage
from pdfplumber.page import PDFPageAggregatorWithMarkedContent
from pdfplumber.utils.exceptions import PdfminerException

from ..errors import PageError
from ..model import Glyphs, Page
from ..settings import Settings
from . import broken, locked, shapes

Array = npt.NDArray[np.float32]

# pdfminer warns about every odd colour or font; what matters to a table reaches the audit.
logging.getLogger("pdfminer").setLevel(logging.ERROR)

INVISIBLE = (3, 7)
"""Text render modes that leave no ink."""


class PlumberPdf:
    """An open PDF; holds the shapes of one page at a time, so that `text` and `page` share the work."""

    def __init__(self, data: bytes, name: str, settings: Settings) -> None:
        self.name = name
        self._settings = settings
        try:
            self._pdf = pdfplumber.open(io.BytesIO(data))
            self._pages = list(PDFPage.create_pages(self._pdf.doc))
        except Exception as error:  # pdfminer lets errors of any kind out of a damaged file
            cause = error.args[0] if isinstance(error, PdfminerException) and error.args else error
            raise (
                locked(name) if isinstance(cause, PDFPasswordIncorrect | PDFEncryptionError) else broken(name)
            ) from error
        if not self._pages:
            raise broken(name)
        self._number = 0
        self._layout: LTPage | None = None

    def __len__(self) -> int:
        return len(self._pages)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self._number, self._layout = 0, None
        self._pages.clear()
        self._pdf.stream.close()

    def text(self, number: int) -> str:
        return "".join(shape.get_text() for shape in _shapes(self._read(number)) if isinstance(shape, LTChar))

    def page(self, number: int) -> Page:
        layout = self._read(number)
        left, bottom, right, top = _crop(self._pages[number - 1])
        width, height = right - left, top - bottom

        def visible(boxes: Sequence[tuple[float, ...]]) -> Array:
            box = np.array(boxes, np.float32).reshape(-1, 4)
            return np.column_stack((box[:, 0] - left, top - box[:, 3], box[:, 2] - left, top - box[:, 1]))

        thickness = self._settings.rule_thickness
        drawn = list(_shapes(layout))
        images = [shape.bbox for shape in drawn if isinstance(shape, LTImage)]
        boxes = [box for shape in drawn if isinstance(shape, LTCurve) for box in _edges(shape, thickness)]
        boxes += [box for box in images if min(box[2] - box[0], box[3] - box[1]) < thickness]
        vertical, horizontal = shapes.rules(visible(boxes), width, height, thickness)
        return Page(
            number=number,
            width=width,
            height=height,
            glyphs=_glyphs([shape for shape in drawn if isinstance(shape, LTChar)], visible, width, height),
            vertical=vertical,
            horizontal=horizontal,
            image_share=shapes.share(visible(images), width, height),
        )

    def _read(self, number: int) -> LTPage:
        if number == self._number and self._layout is not None:
            return self._layout
        self._number, self._layout = number, None
        device = _Device(self._pdf.rsrcmgr, pageno=number, laparams=None)
        try:
            PDFPageInterpreter(self._pdf.rsrcmgr, device).process_page(self._pages[number - 1])
        except Exception as error:  # as above: a damaged page raises whatever comes
            raise PageError(number) from error
        layout: LTPage = device.get_result()
        self._layout = layout
        return layout


class _Device(PDFPageAggregatorWithMarkedContent):
    """pdfplumber's collector of shapes, which also notes text without ink."""

    hidden = False

    def render_string(self, textstate: Any, *arguments: Any) -> None:
        self.hidden = textstate.render in INVISIBLE
        super().render_string(textstate, *arguments)

    def render_char(self, *arguments: Any, **named: Any) -> float:
        advance: float = super().render_char(*arguments, **named)
        self.cur_item._objs[-1].hidden = self.hidden  # type: ignore[attr-defined]
        return advance


def _shapes(container: Any) -> Iterator[Any]:
    """Every shape of a page, those inside forms too."""
    for shape in container:
        if isinstance(shape, LTFigure):
            yield from _shapes(shape)
        else:
            yield shape


def _crop(page: PDFPage) -> tuple[float, float, float, float]:
    """The visible part of a page in pdfminer's coordinates: turned, from the media box's lower left."""
    x0, y0, x1, y1 = page.mediabox
    left, bottom, right, top = page.cropbox
    left, right = max(min(left, right), x0) - x0, min(max(left, right), x1) - x0
    bottom, top = max(min(bottom, top), y0) - y0, min(max(bottom, top), y1) - y0
    wide, high = x1 - x0, y1 - y0
    turned = {
        0: (left, bottom, right, top),
        90: (bottom, wide - right, top, wide - left),
        180: (wide - right, high - top, wide - left, high - bottom),
        270: (high - top, left, high - bottom, right),
    }
    return turned.get(page.rotate % 360, turned[0])


def _edges(shape: LTCurve, thickness: float) -> list[tuple[float, ...]]:
    """The boxes of a drawn shape that may be rules: itself when thin, else its edges when they have ink."""
    if not (shape.stroke or shape.fill):
        return []
    if min(shape.x1 - shape.x0, shape.y1 - shape.y0) < thickness:
        return [shape.bbox]
    if not shape.stroke:
        return []
    points = np.array(shape.pts, np.float32)
    starts = np.zeros(len(points), bool)
    starts[0] = True
    closes = np.zeros(len(points), bool)
    closes[-1] = shape.original_path is not None and shape.original_path[-1][0] == "h"
    return [tuple(box) for box in shapes.edges(points, starts, closes).tolist()]


def _glyphs(chars: list[LTChar], visible: Any, width: float, height: float) -> Glyphs:
    """Characters in, glyphs out; a glyph that stands for several characters gives each of them its box."""
    codes: list[int] = []
    boxes: list[tuple[float, ...]] = []
    hidden: list[bool] = []
    for char in chars:
        text = char.get_text()
        if text.startswith("(cid:") or not text:
            text = "\0"
        codes += [ord(letter) for letter in text]
        boxes += [char.bbox] * len(text)
        hidden += [char.hidden] * len(text)  # type: ignore[attr-defined]
    box = visible(boxes)
    code = np.array(codes, np.uint32)
    code[(code < 32) & ~np.isin(code, (9, 10, 13))] = 0
    middle = (box[:, :2] + box[:, 2:]) / 2
    shown = ((middle >= 0) & (middle <= [width, height])).all(axis=1)
    return Glyphs(code=code[shown], box=box[shown], hidden=np.array(hidden, bool)[shown])
