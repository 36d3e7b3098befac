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
from ..model import Box, Glyphs, Page
from ..settings import Settings
from . import broken, locked, shapes
from .shapes import EVERYWHERE
from .upright import quarters, upright

Array = npt.NDArray[np.float32]

# pdfminer warns about every odd colour or font; what matters to a table reaches the audit.
logging.getLogger("pdfminer").setLevel(logging.ERROR)

ASKEW = 0.05
"""Text whose line climbs by more than this share of its length is turned askew."""
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

    def letters(self, number: int) -> str | None:
        return None

    def page(self, number: int) -> Page:
        layout = self._read(number)
        left, bottom, right, top = _crop(self._pages[number - 1])
        width, height = right - left, top - bottom

        def visible(boxes: Sequence[tuple[float, ...]]) -> Array:
            box = np.array(boxes, np.float32).reshape(-1, 4)
            return np.column_stack((box[:, 0] - left, top - box[:, 3], box[:, 2] - left, top - box[:, 1]))

        thickness = self._settings.rule_thickness
        drawn: list[Any] = list(_shapes(layout))
        images = [shape.bbox for shape in drawn if isinstance(shape, LTImage)]
        curves: list[Any] = [shape for shape in drawn if isinstance(shape, LTCurve)]
        boxes = [(box, curve.clip) for curve in curves for box in _edges(curve, thickness)]
        boxes += [(box, EVERYWHERE) for box in images if min(box[2] - box[0], box[3] - box[1]) < thickness]
        thin = shapes.cut(visible([box for box, _ in boxes]), visible([clip for _, clip in boxes]))
        vertical, horizontal = shapes.rules(thin, width, height, thickness)
        return upright(
            Page(
                number=number,
                width=width,
                height=height,
                glyphs=_glyphs(
                    [shape for shape in drawn if isinstance(shape, LTChar)], visible, width, height
                ),
                vertical=vertical,
                horizontal=horizontal,
                image_share=shapes.share(visible(images), width, height),
            )
        )

    def _read(self, number: int) -> LTPage:
        if number == self._number and self._layout is not None:
            return self._layout
        self._number, self._layout = number, None
        device = _Device(self._pdf.rsrcmgr, pageno=number, laparams=None)
        try:
            _Interpreter(self._pdf.rsrcmgr, device).process_page(self._pages[number - 1])
        except Exception as error:  # as above: a damaged page raises whatever comes
            raise PageError(number) from error
        layout: LTPage = device.get_result()
        self._layout = layout
        return layout


class _Interpreter(PDFPageInterpreter):
    """pdfminer's interpreter, which also follows clip paths; the device carries the one in force."""

    device: _Device

    def init_state(self, ctm: Any) -> None:
        super().init_state(ctm)
        self.clips: list[Box] = []

    def do_q(self) -> None:
        super().do_q()
        self.clips.append(self.device.clip)

    def do_Q(self) -> None:
        super().do_Q()
        if self.clips:
            self.device.clip = self.clips.pop()

    def do_W(self) -> None:
        numbers = [float(number) for segment in self.curpath for number in segment[1:]]
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        if points:
            a, b, c, d, e, f = self.ctm
            x, y = zip(*((a * x + c * y + e, b * x + d * y + f) for x, y in points), strict=True)
            x0, y0, x1, y1 = self.device.clip
            self.device.clip = (max(x0, min(x)), max(y0, min(y)), min(x1, max(x)), min(y1, max(y)))

    do_W_a = do_W

    def do_Do(self, xobjid_arg: Any) -> None:
        outside = self.device.clip
        super().do_Do(xobjid_arg)
        self.device.clip = outside


class _Device(PDFPageAggregatorWithMarkedContent):
    """pdfplumber's collector of shapes, which also notes text without ink and what clip paths leave."""

    hidden = False
    clip: Box = EVERYWHERE

    def render_string(self, textstate: Any, *arguments: Any) -> None:
        self.hidden = textstate.render in INVISIBLE
        super().render_string(textstate, *arguments)

    def render_char(self, *arguments: Any, **named: Any) -> float:
        advance: float = super().render_char(*arguments, **named)
        shape: Any = self.cur_item._objs[-1]
        shape.hidden, shape.clip = self.hidden, self.clip
        return advance

    def paint_path(self, *arguments: Any, **named: Any) -> None:
        known = len(self.cur_item._objs)
        super().paint_path(*arguments, **named)
        shape: Any
        for shape in self.cur_item._objs[known:]:
            shape.clip = self.clip


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
    clips: list[Box] = []
    askew: list[bool] = []
    along: list[tuple[float, float]] = []
    for char in chars:
        text = char.get_text()
        if text.startswith("(cid:") or not text:
            text = "\0"
        codes += [ord(letter) for letter in text]
        boxes += [char.bbox] * len(text)
        hidden += [char.hidden] * len(text)  # type: ignore[attr-defined]
        rise, run = sorted(map(abs, char.matrix[:2]))
        askew += [rise > ASKEW * run] * len(text)
        along += [char.matrix[:2]] * len(text)
        clips += [char.clip] * len(text)  # type: ignore[attr-defined]
    box = visible(boxes)
    code = np.array(codes, np.uint32)
    code[(code < 32) & ~np.isin(code, (9, 10, 13))] = 0
    step = np.array(along, np.float32).reshape(-1, 2)
    middle = (box[:, :2] + box[:, 2:]) / 2
    clip = visible(clips)
    shown = (middle >= np.maximum(clip[:, :2], 0)).all(axis=1)
    shown &= (middle <= np.minimum(clip[:, 2:], (width, height))).all(axis=1)
    return Glyphs(
        code=code[shown],
        box=box[shown],
        hidden=np.array(hidden, bool)[shown],
        askew=np.array(askew, bool)[shown],
        turn=quarters(step[:, 0], -step[:, 1])[shown],
    )
