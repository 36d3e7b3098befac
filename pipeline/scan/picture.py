"""A grey picture of a page in; straight, with its rules, tables and parts to be read out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from ..model import Glyphs, Layout, Method, Page
from .engine import OcrLine
from .regions import Region, regions
from .ruling import Ruling, ruling
from .straight import Grey, Straight, ink, straighten

FindTables = Callable[[Page], Layout]
"""A page's rules -> its tables: the same code as for every other page."""

NO_GLYPHS = Glyphs(
    np.empty(0, np.uint32), np.empty((0, 4), np.float32), np.empty(0, bool), np.empty(0, bool),
    np.empty(0, np.uint8), np.empty(0, np.float32),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What is seen on the picture of a page before anything is read."""

    number: int
    straight: Straight
    scale: float
    """Pixels a point."""
    ruling: Ruling
    tables: Layout
    parts: tuple[Region, ...]

    def page(self, glyphs: Glyphs = NO_GLYPHS, method: Method = "ocr", image_share: float = 1.0) -> Page:
        """The page with these glyphs, which stand where they do on the straight picture."""
        height, width = self.straight.grey.shape
        return Page(
            number=self.number,
            width=width / self.scale,
            height=height / self.scale,
            glyphs=glyphs,
            vertical=self.ruling.vertical / np.float32(self.scale),
            horizontal=self.ruling.horizontal / np.float32(self.scale),
            image_share=image_share,
            turn=self.straight.quarters,
            skew=self.straight.skew,
            method=method,
        )

    def turned(self, quarters: int, find: FindTables) -> Picture:
        """The same, turned counter-clockwise by quarters."""
        return seen(self.straight.turned(quarters), self.number, self.scale, find)


def look(grey: Grey, number: int, scale: float, find: FindTables) -> Picture:
    """A page's picture at `scale` pixels a point -> what is seen on it; it may still stand on its head."""
    return seen(straighten(grey), number, scale, find)


def seen(straight: Straight, number: int, scale: float, find: FindTables) -> Picture:
    """A straight picture -> what is seen on it."""
    inked = ink(straight.grey)
    found = ruling(inked)
    bare = Picture(number, straight, scale, found, Layout(number, 0, 0, (), ()), ())
    tables = find(bare.page())
    parts = regions(straight.grey, inked, found.drawn, tables, scale)
    return replace(bare, tables=tables, parts=tuple(parts))


def glyphs(parts: Sequence[Region], read: Sequence[Sequence[OcrLine]], scale: float) -> Glyphs:
    """Parts of a picture and the lines read in each -> glyphs on the page, line by line."""
    codes: list[int] = []
    boxes: list[tuple[float, float, float, float]] = []
    scores: list[float] = []
    for part, lines in zip(parts, read, strict=True):
        x, y = part.box[:2]
        for line in lines:
            left, right = _touching(line)
            codes += map(ord, line.text)
            scores += line.scores
            top, bottom = y + line.top, y + line.bottom
            boxes += [(x + a, top, x + b, bottom) for a, b in zip(left, right, strict=True)]
    count = len(codes)
    return Glyphs(
        np.array(codes, np.uint32),
        np.array(boxes, np.float32).reshape(-1, 4) / np.float32(scale),
        np.zeros(count, bool),
        np.zeros(count, bool),
        np.zeros(count, np.uint8),
        np.array(scores, np.float32),
    )


def _touching(line: OcrLine) -> tuple[list[float], list[float]]:
    """Where a line's characters begin and end, with the small gaps between them closed.

    An engine tells where a character is, not how wide it is set; only a gap as wide as a character is
    one of the page.
    """
    left, right = list(line.left), list(line.right)
    for index in range(1, len(left)):
        if left[index] - right[index - 1] < line.bottom - line.top:
            middle = max((left[index] + right[index - 1]) / 2, left[index - 1] + 1)
            right[index - 1], left[index] = middle, middle
            right[index] = max(right[index], middle + 1)
    return left, right


def moved(boxes: npt.NDArray[np.float32], straight: Straight, scale: float) -> npt.NDArray[np.float32]:
    """Boxes on the page before its picture was laid straight -> where they stand after it."""
    if not straight.skew:
        return boxes
    height, width = straight.grey.shape
    about = cv2.getRotationMatrix2D((width / scale / 2, height / scale / 2), straight.skew, 1.0)
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    step = middle @ about[:, :2].T + about[:, 2] - middle
    return (boxes + np.hstack((step, step))).astype(np.float32)
