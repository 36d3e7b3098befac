"""A page of invisible text under a picture in; the picture's rules and the better of two texts out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from ..model import Cell, Glyphs, Page
from .engine import OcrLine
from .layer import AGREES, agreement
from .picture import FindTables, Picture, glyphs, moved, seen
from .regions import Region
from .straight import Grey, Ink, Straight, ink, levelled, whitened

Read = Callable[[Sequence[Region]], list[tuple[OcrLine, ...]]]

_ON_INK = 0.8
_SAMPLE = 4
"""Cells that are read to see whether the layer can be trusted."""


def layered(page: Page, grey: Grey, scale: float, find: FindTables, read: Read | None) -> Page:
    """A page with a hidden layer and its picture -> the page with rules.

    `read`: an engine, if there is one: it reads a few cells, and the whole page where it does not
    agree with the layer, or where the layer does not stand on the ink.
    """
    straight = levelled(Straight(whitened(grey)).turned(page.turn))
    picture = seen(straight, page.number, scale, find)
    box = moved(page.glyphs.box, straight, scale)
    under = replace(picture.page(replace(page.glyphs, box=box), "hidden_text"), image_share=page.image_share)
    fits = _lies_on_ink(under.glyphs, ink(straight.grey), scale)
    if read is None:
        return _with_score(under, 1.0 if fits else 0.5)
    cells = {_key(cell): cell for grid in find(under).grids for cell in grid.cells}
    known = [part for part in picture.parts if part.in_table and _of(cells, part, scale)]
    known.sort(key=lambda part: -int((part.picture < 128).sum()))
    sample = known[len(known) // 4 :][:_SAMPLE]
    agree = _agreement(sample, read(sample), cells, scale) if sample else 0.0
    if fits and agree >= AGREES:
        return _with_score(under, agree)
    return _weighed(picture, read, cells, scale)


def _lies_on_ink(glyphs: Glyphs, inked: Ink, scale: float) -> bool:
    """Whether a layer's glyphs stand where the picture has ink, most of them."""
    boxes = glyphs.box[glyphs.code > 32] * scale
    if not len(boxes):
        return False
    height, width = inked.shape
    whole = cv2.integral((inked > 0).astype(np.uint8))
    x0, y0, x1, y1 = boxes.T.round().astype(np.intp)
    x0, x1, y0, y1 = (
        edge.clip(0, end) for edge, end in ((x0, width), (x1, width), (y0, height), (y1, height))
    )
    under = whole[y1, x1] - whole[y0, x1] - whole[y1, x0] + whole[y0, x0]
    return bool((under > 0).mean() >= _ON_INK)


def _weighed(picture: Picture, read: Read, cells: dict[Any, Cell], scale: float) -> Page:
    """The picture as an engine reads it, surer where the layer says the same, less sure where not."""
    found = []
    for part, lines in zip(picture.parts, read(picture.parts), strict=True):
        cell = _of(cells, part, scale)
        agree = agreement("".join(line.text for line in lines), cell.text) if cell is not None else None
        found.append(tuple(line if agree is None else _rated(line, agree) for line in lines))
    return picture.page(glyphs(picture.parts, found, scale))


def _rated(line: OcrLine, agree: float) -> OcrLine:
    """A line with what the other reading says: agreement halves the doubt, each difference adds to it."""
    if agree == 1.0:
        return replace(line, scores=tuple(1 - (1 - score) / 2 for score in line.scores))
    return replace(line, scores=tuple(score * (0.5 + agree / 2) for score in line.scores))


def _agreement(
    sample: Sequence[Region], read: Sequence[Sequence[OcrLine]], cells: dict[Any, Cell], scale: float
) -> float:
    ours = "\n".join("".join(line.text for line in lines) for lines in read)
    theirs = "\n".join(cell.text for part in sample if (cell := _of(cells, part, scale)) is not None)
    return agreement(ours, theirs)


def _key(cell: Cell) -> tuple[int, int]:
    return round(cell.box[0]), round(cell.box[1])


def _of(cells: dict[Any, Cell], part: Region, scale: float) -> Cell | None:
    """The cell of the layer that a part of the picture is; null when it has no text there."""
    x, y = part.box[0] / scale, part.box[1] / scale
    for (left, top), cell in cells.items():
        if abs(left - x) <= 2 and abs(top - y) <= 2:
            return cell if cell.lines else None
    return None


def _with_score(page: Page, score: float) -> Page:
    layer: Glyphs = page.glyphs
    return replace(page, glyphs=replace(layer, score=np.full(len(layer), score, np.float32)))
