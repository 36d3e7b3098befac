"""The picture of a page in, the same upright and level out: quarter turns by its lines of text, then skew."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Ink = npt.NDArray[np.uint8]
"""255 where a picture is inked, else 0."""

# Threads of their own would wait for work on the cores of the other reading processes.
cv2.setNumThreads(1)

DPI = 300
"""Pictures are read at this resolution; lengths below are in its pixels."""
_SOLID = 25
"""Ink thicker than this both ways (2 mm) is no writing: a black border, a punched hole."""
_STEEPEST = 5.0
_COARSE, _FINE = 0.25, 0.02
_TILE = 128


class Straight(NamedTuple):
    """A page's picture as its text stands level, and how it came to that."""

    grey: Grey
    """Paper is white."""
    quarters: int = 0
    """By which the picture was turned counter-clockwise."""
    skew: float = 0.0
    """Degrees by which it was then turned counter-clockwise."""

    def turned(self, quarters: int) -> Straight:
        """The same turned counter-clockwise by further quarters."""
        grey = np.ascontiguousarray(np.rot90(self.grey, quarters))
        return Straight(grey, (self.quarters + quarters) % 4, self.skew)


def straighten(grey: Grey) -> Straight:
    """A page's picture -> the same with lines of text level; whether it is upside down stays open.

    First the quarter turn, then the skew: both are told by the lines' gaps.
    """
    straight = Straight(whitened(grey))
    if _stands_sideways(ink(straight.grey)):
        straight = straight.turned(1)
    return levelled(straight)


def levelled(straight: Straight) -> Straight:
    """A picture whose lines run nearly level -> the same with its skew taken out."""
    skew = _skew(ink(straight.grey))
    return straight._replace(grey=_turned(straight.grey, skew), skew=skew) if skew else straight


def whitened(grey: Grey) -> Grey:
    """A grey picture -> the same as if its paper were white and evenly lit; what is black stays so."""
    height, width = grey.shape
    small = cv2.resize(grey, (max(width // 8, 1), max(height // 8, 1)), interpolation=cv2.INTER_AREA)
    paper = cv2.GaussianBlur(cv2.dilate(small, np.ones((9, 9), np.uint8)), (0, 0), 5)
    paper = np.maximum(paper, 0.6 * float(np.median(paper))).astype(np.uint8)
    return cv2.divide(grey, cv2.resize(paper, (width, height)), scale=255).astype(np.uint8)


def ink(white: Grey) -> Ink:
    """A picture on white paper -> where it is inked, without solid black patches."""
    limit, _ = cv2.threshold(white, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    # On a nearly blank page the two classes are paper and noise.
    inked = cv2.threshold(white, min(max(limit, 100), 215), 255, cv2.THRESH_BINARY_INV)[1]
    solid = cv2.morphologyEx(inked, cv2.MORPH_OPEN, np.ones((_SOLID, _SOLID), np.uint8))
    if solid.any():
        # A solid patch has a ragged edge; it goes with it.
        inked[cv2.dilate(solid, np.ones((9, 9), np.uint8)) > 0] = 0
    return inked.astype(np.uint8)


def _turned(grey: Grey, degrees: float) -> Grey:
    """Turned counter-clockwise about its middle."""
    height, width = grey.shape
    about = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    turned = cv2.warpAffine(
        grey,
        about,
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=255,
    )
    return turned.astype(np.uint8)


def _stands_sideways(inked: Ink) -> bool:
    """Whether lines of text run down the picture: then gaps between lines part its columns, not its rows.

    Asked tile by tile, because the columns of a table have lines at different heights, and without
    long strokes, which are rules.
    """
    down, across = (size // _TILE for size in inked.shape)
    text = (inked & ~_long_strokes(inked))[: down * _TILE, : across * _TILE] > 0
    tiles = text.reshape(down, _TILE, across, _TILE)
    share = tiles.mean(axis=(1, 3))
    written = (share > 0.02) & (share < 0.5)
    rows, columns = tiles.mean(axis=3).var(axis=1)[written], tiles.mean(axis=1).var(axis=2)[written]
    return bool((columns / share[written]).sum() > (rows / share[written]).sum())


def _long_strokes(inked: Ink) -> Ink:
    level = cv2.morphologyEx(inked, cv2.MORPH_OPEN, np.ones((1, 80), np.uint8))
    upright = cv2.morphologyEx(inked, cv2.MORPH_OPEN, np.ones((80, 1), np.uint8))
    return cv2.dilate(cv2.bitwise_or(level, upright), np.ones((3, 3), np.uint8)).astype(np.uint8)


def _skew(inked: Ink) -> float:
    """Degrees by which level lines fall to the right: rows are then most unlike their neighbours."""
    small = cv2.resize(inked, None, fx=1 / 3, fy=1 / 3, interpolation=cv2.INTER_AREA)
    y, x = np.nonzero(small > 64)
    if len(y) < 500:
        return 0.0
    middle = small.shape[1] / 2

    def sharpness(degrees: float) -> float:
        rows = y - (x - middle) * np.tan(np.radians(degrees))
        profile = np.bincount((rows - rows.min()).astype(np.intp)).astype(np.float64)
        return float((np.diff(profile) ** 2).sum())

    coarse = np.arange(-_STEEPEST, _STEEPEST + _COARSE / 2, _COARSE)
    best = float(coarse[int(np.argmax([sharpness(angle) for angle in coarse]))])
    fine = np.arange(best - _COARSE, best + _COARSE + _FINE / 2, _FINE)
    skew = float(round(fine[int(np.argmax([sharpness(angle) for angle in fine]))], 2))
    return skew if abs(skew) > 2 * _FINE else 0.0
