"""The objects on a page of PDFium, inside forms too: where they stand, what is cut off, what is a rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from . import library as pdfium
from . import shapes
from .library import Handle

Array = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]
"""3 x 3; row vectors times matrix."""
FORM_DEPTH = 12
"""Forms nested deeper than this are a loop in a damaged file."""


class Container(NamedTuple):
    """The page itself or one form on it: its objects, how to bring them onto the visible page, its clip."""

    texts: list[Handle]
    paths: list[Handle]
    images: list[Handle]
    matrix: Matrix
    clip: Array
    """The box on the visible page outside which nothing of it is drawn."""


def containers(page: Handle, to_visible: Matrix) -> Iterable[Container]:
    """A page and the matrix onto its visible part in; the page and every form on it out."""
    count = pdfium.count_objects(page)
    handles = list(map(pdfium.get_object, repeat(page, count), range(count)))
    yield from _sorted_out(handles, to_visible, np.array(shapes.EVERYWHERE, np.float32), 0)


def _sorted_out(handles: list[Handle], matrix: Matrix, clip: Array, depth: int) -> Iterable[Container]:
    by_kind: dict[int, list[Handle]] = {}
    for kind, handle in zip(map(pdfium.object_type, handles), handles, strict=True):
        by_kind.setdefault(kind, []).append(handle)
    texts, paths, images = (by_kind.get(kind, []) for kind in (pdfium.TEXT, pdfium.PATH, pdfium.IMAGE))
    yield Container(texts, paths, images, matrix, clip)
    forms = by_kind.get(pdfium.FORM, [])
    if not forms or depth >= FORM_DEPTH:
        return
    for form, inner, cut in zip(forms, matrices(forms), clips(forms, matrix, clip), strict=True):
        count = max(pdfium.count_form_objects(form), 0)
        inside = list(map(pdfium.get_form_object, repeat(form, count), range(count)))
        yield from _sorted_out(inside, inner @ matrix, cut, depth + 1)


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
    place = (boxes * np.array((a, d, a, d)) + np.array((e, f, e, f))).astype(np.float32)
    found: Array = np.empty_like(place)
    np.minimum(place[:, :2], place[:, 2:], out=found[:, :2])
    np.maximum(place[:, :2], place[:, 2:], out=found[:, 2:])
    return found


def matrices(handles: Sequence[Handle]) -> Matrix:
    """[n, 3, 3]: the matrix of each object."""
    found = np.zeros((len(handles), 3, 3))
    numbers = pdfium.six.filled(len(handles), pdfium.object_matrix, handles)
    found[:, :, :2] = numbers.reshape(-1, 3, 2)
    found[:, 2, 2] = 1
    return found


def clips(handles: Sequence[Handle], matrix: Matrix, clip: Array) -> Array:
    """For each object the box [n, 4] on the visible page that its clip paths and the given clip leave.

    Objects drawn under one clip share its outline: each outline is looked at once.
    """
    found = np.tile(clip, (len(handles), 1))
    outlines: dict[int, int] = {}
    parts: list[tuple[Handle, int]] = []
    owner: list[int] = []
    which: list[int] = []
    paths = list(map(pdfium.clip_path, handles))
    for index, count in enumerate(map(pdfium.count_clips, paths)):
        for part in range(count):
            start = pdfium.first_clip_segment(paths[index], part, 0)
            if start:
                if start not in outlines:
                    outlines[start] = len(parts)
                    parts.append((paths[index], part))
                owner.append(index)
                which.append(outlines[start])
    if parts:
        low, high = _clip_boxes(parts, matrix)
        np.maximum.at(found[:, :2], owner, low[which])
        np.minimum.at(found[:, 2:], owner, high[which])
    return found


def _clip_boxes(parts: Sequence[tuple[Handle, int]], matrix: Matrix) -> tuple[Array, Array]:
    """The corners, on the visible page, of the boxes around outlines of clip paths."""
    counts = [pdfium.count_clip_segments(path, part) for path, part in parts]
    segments = [
        pdfium.get_clip_segment(path, part, index)
        for (path, part), count in zip(parts, counts, strict=True)
        for index in range(count)
    ]
    points = moved(pdfium.points.filled(len(segments), pdfium.segment_point, segments), matrix)
    first = np.cumsum([0, *counts[:-1]])
    return np.minimum.reduceat(points, first), np.maximum.reduceat(points, first)


# ---------------------------------------------------------------- rules and pictures


def drawn_shapes(drawn: Iterable[Container], thickness: float) -> tuple[Array, Array]:
    """Boxes of everything that may be a rule, and boxes of pictures, on the visible page."""
    thin: list[Array] = [np.empty((0, 4), np.float32)]
    images: list[Array] = [np.empty((0, 4), np.float32)]
    for container in drawn:
        if container.images:
            pictures = moved_boxes(bounds(container.images), container.matrix)
            images.append(pictures)
            thin.append(pictures[(pictures[:, 2:] - pictures[:, :2]).min(axis=1) < thickness])
        if container.paths:
            thin.append(_path_boxes(container, thickness))
    return np.vstack(thin), np.vstack(images)


def bounds(handles: Sequence[Handle]) -> Array:
    """[n, 4]: the box of each object's ink, where its container has it."""
    found: Array = pdfium.corners.filled(len(handles), pdfium.object_bounds, handles)
    return found


def _path_boxes(container: Container, thickness: float) -> Array:
    paths = container.paths
    modes = pdfium.modes.filled(len(paths), pdfium.draw_mode, paths)
    boxes = moved_boxes(bounds(paths), container.matrix)
    is_thin = np.minimum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]) < thickness
    is_drawn = (modes[:, 0] | modes[:, 1]) != 0
    large = np.flatnonzero(~is_thin & is_drawn).tolist()
    thin = is_thin & is_drawn
    cut = clips(paths, container.matrix, container.clip)
    if not large:
        return shapes.cut(boxes[thin], cut[thin])
    outlined = [_outline(paths[index], container.matrix, stroked=bool(modes[index, 1])) for index in large]
    around = [np.tile(cut[index], (len(found), 1)) for index, found in zip(large, outlined, strict=True)]
    return shapes.cut(np.vstack([boxes[thin], *outlined]), np.vstack([cut[thin], *around]))


def _outline(path: Handle, matrix: Matrix, stroked: bool) -> Array:
    """The edges of a stroked path, or the outlines of a filled one, as boxes on the visible page."""
    count = pdfium.count_segments(path)
    if count < 2:
        return np.empty((0, 4), np.float32)
    segments = list(map(pdfium.get_segment, repeat(path, count), range(count)))
    points = pdfium.points.filled(count, pdfium.segment_point, segments)
    starts = np.fromiter(map(pdfium.segment_type, segments), np.int32, count) == pdfium.MOVE_TO
    place = moved(points, matrices([path])[0] @ matrix)
    if not stroked:
        return shapes.outlines(place, starts)
    closes = np.fromiter(map(pdfium.segment_closes, segments), np.int32, count) > 0
    return shapes.edges(place, starts, closes)
