"""A page whose text stands sideways or upside down in, the page turned so that it reads upright out.

A landscape sheet that was printed on portrait paper has no /Rotate: viewers show it lying on its side.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ..model import Page

Array = npt.NDArray[np.float32]


def quarters(across: Array, down: Array) -> npt.NDArray[np.uint8]:
    """Steps along lines of text on the visible page in, by how many quarters each is turned clockwise out.

    >>> quarters(np.array([1, 0, -1, 0], np.float32), np.array([0, 1, 0, -1], np.float32)).tolist()
    [0, 1, 2, 3]
    """
    level = np.abs(across) >= np.abs(down)
    return np.where(level, np.where(across < 0, 2, 0), np.where(down < 0, 3, 1)).astype(np.uint8)


def upright(page: Page) -> Page:
    """A page in; the same page, turned as most of its glyphs are, out."""
    glyphs = page.glyphs
    if not np.count_nonzero(glyphs.turn):
        return page
    turns = np.bincount(glyphs.turn[~glyphs.askew], minlength=4)
    turn = int(turns.argmax())
    if turn == 0 or 2 * turns[turn] <= turns.sum():
        return page
    width, height = (page.height, page.width) if turn % 2 else (page.width, page.height)
    vertical = turned_boxes(page.vertical[:, [0, 1, 0, 2]], turn, page.width, page.height)
    horizontal = turned_boxes(page.horizontal[:, [1, 0, 2, 0]], turn, page.width, page.height)
    if turn % 2:
        vertical, horizontal = horizontal, vertical
    return replace(
        page,
        width=width,
        height=height,
        turn=turn,
        glyphs=replace(
            glyphs,
            box=turned_boxes(glyphs.box, turn, page.width, page.height),
            turn=(glyphs.turn - turn) % 4,
        ),
        vertical=vertical[:, [0, 1, 3]],
        horizontal=horizontal[:, [1, 0, 2]],
    )


def turned_boxes(boxes: Array, turn: int, width: float, height: float) -> Array:
    """Boxes on a page of this size in, the same on the page turned counter-clockwise by quarters out."""
    x0, y0, x1, y1 = boxes.T
    turned = {
        0: (x0, y0, x1, y1),
        1: (y0, width - x1, y1, width - x0),
        2: (width - x1, height - y1, width - x0, height - y0),
        3: (height - y1, x0, height - y0, x1),
    }
    return np.column_stack(turned[turn]).astype(np.float32)
