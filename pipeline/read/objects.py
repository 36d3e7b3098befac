"""The objects on a page of PDFium, inside forms too: where they stand, what is cut off, what is a rule."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from . import library as pdfium
from . import shapes
from .many import Column

Array = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]
"""3 x 3; row vectors times matrix."""
FORM_DEPTH = 12
"""Forms nested deeper than this are a loop in a damaged file."""


class Container(NamedTuple):
    """The page itself or one form on it: its objects, how to bring them onto the visible page, its clip."""

    texts: Column
    paths: Column
    images: Column
    matrix: Matrix
    clip: Array
    """The box on the visible page outside which nothing of it is drawn."""


def containers(page: int, to_visible: Matrix) -> Iterable[Container]:
    """A page and the matrix onto its visible part in; the page and every form on it out."""
    handles = pdfium.get_object(page, pdfium.each(pdfium.count_objects(page)))
    yield from _sorted_out(handles, to_visible, np.array(shapes.EVERYWHERE, np.float32), 0)


def _sorted_out(handles: Column, matrix: Matrix, clip: Array, depth: int) -> Iterable[Container]:
    kind = pdfium.object_type(handles)
    texts, paths, images = (handles[kind == one] for one in (pdfium.TEXT, pdfium.PATH, pdfium.IMAGE))
    yield Container(texts, paths, images, matrix, clip)
    forms = handles[kind == pdfium.FORM]
    if not len(forms) or depth >= FORM_DEPTH:
        return
    for form, inner, cut in zip(forms.tolist(), matrices(forms), clips(forms, matrix, clip), strict=True):
        inside = pdfium.get_form_object(form, pdfium.each(max(pdfium.count_form_objects(form), 0)))
        yield from _sorted_out(inside, inner @ matrix, cut, depth + 1)


# ---------------------------------------------------------------- the visible page


_FourFloats = ctypes.c_float * 4


def visible(page: int) -> tuple[float, float, Matrix]:
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


# ---------------------------------------------------------------- bulk calls and geometry


def moved(points: npt.NDArray[np.floating], matrix: Matrix) -> Array:
    """Points [n, 2] moved by a matrix."""
    found: Array = (points @ matrix[:2, :2] + matrix[2, :2]).astype(np.float32)
    return found


def moved_boxes(boxes: npt.NDArray[np.floating], matrix: Matrix) -> Array:
    """Boxes [n, 4] of two opposite corners each in, upright boxes that hold the moved corners out."""
    (a, b, _), (c, d, _), (e, f, _) = matrix.tolist()
    if (b or c) and (a or d):  # askew: all four corners count
        x, y = boxes[:, [0, 2, 2, 0]], boxes[:, [1, 1, 3, 3]]
        corners = moved(np.stack((x, y), axis=2).reshape(-1, 2), matrix).reshape(-1, 4, 2)
        return np.hstack((corners.min(axis=1), corners.max(axis=1)))
    if b or c:
        boxes, a, d = boxes[:, [1, 0, 3, 2]], c, b
    moving = boxes * np.array((a, d, a, d))
    moving += (e, f, e, f)
    place = moving.astype(np.float32)
    found: Array = np.empty_like(place)
    np.minimum(place[:, :2], place[:, 2:], out=found[:, :2])
    np.maximum(place[:, :2], place[:, 2:], out=found[:, 2:])
    return found


def matrices(handles: Column) -> Matrix:
    """[n, 3, 3]: the matrix of each object."""
    found = np.zeros((len(handles), 3, 3))
    found[:, :, :2] = pdfium.object_matrix(handles).reshape(-1, 3, 2)
    found[:, 2, 2] = 1
    return found


def clips(handles: Column, matrix: Matrix, clip: Array) -> Array:
    """For each object the box [n, 4] on the visible page that its clip paths and the given clip leave.

    Objects drawn under one clip share its outline: each outline is looked at once.
    """
    found: Array = np.full((len(handles), 4), clip)
    paths = pdfium.clip_path(handles)
    counts = pdfium.count_clips(paths)
    if not (counts > 0).any():
        return found
    owner, part = counted(counts)
    start = pdfium.get_clip_segment(paths[owner], part, 0)
    owner, part, start = (every[start > 0] for every in (owner, part, start))
    if len(start):
        _, first, which = np.unique(start, return_index=True, return_inverse=True)
        low, high = _clip_boxes(paths[owner[first]], part[first], matrix)
        np.maximum.at(found[:, :2], owner, low[which])
        np.minimum.at(found[:, 2:], owner, high[which])
    return found


def _clip_boxes(paths: Column, parts: Column, matrix: Matrix) -> tuple[Array, Array]:
    """The corners, on the visible page, of the boxes around outlines of clip paths."""
    counts = pdfium.count_clip_segments(paths, parts)
    owner, segment = counted(counts)
    segments = pdfium.get_clip_segment(paths[owner], parts[owner], segment)
    points = moved(pdfium.segment_point(segments), matrix)
    first = np.cumsum(counts) - counts
    return np.minimum.reduceat(points, first), np.maximum.reduceat(points, first)


def counted(counts: npt.NDArray[np.integer]) -> tuple[Column, Column]:
    """How many parts each of several wholes has in; for every part its whole and its number there out.

    >>> [found.tolist() for found in counted(np.array([2, 0, 1]))]
    [[0, 0, 2], [0, 1, 0]]
    """
    counts = np.maximum(counts, 0)
    whole = np.repeat(np.arange(len(counts), dtype=np.uintp), counts)
    before = np.cumsum(counts) - counts
    return whole, np.arange(len(whole), dtype=np.uintp) - before[whole].astype(np.uintp)
