"""The objects on a page of PDFium, inside forms too: where they stand, what is cut off, what is a rule."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from . import library as pdfium
from . import shapes

Array = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]
"""3 x 3; row vectors times matrix."""
FORM_DEPTH = 12
"""Forms nested deeper than this are a loop in a damaged file."""


class Container(NamedTuple):
    """The page itself or one form on it: its objects, how to bring them onto the visible page, its clip."""

    texts: list[int]
    paths: list[int]
    images: list[int]
    matrix: Matrix
    clip: Array
    """The box on the visible page outside which nothing of it is drawn."""


def containers(page: int, to_visible: Matrix) -> Iterable[Container]:
    """A page and the matrix onto its visible part in; the page and every form on it out."""
    count = pdfium.count_objects(page)
    handles = list(map(pdfium.get_object, repeat(page, count), range(count)))
    yield from _sorted_out(handles, to_visible, np.array(shapes.EVERYWHERE, np.float32), 0)


def _sorted_out(handles: list[int], matrix: Matrix, clip: Array, depth: int) -> Iterable[Container]:
    by_kind: dict[int, list[int]] = {}
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


def drain(calls: Iterable[object]) -> None:
    """Run all calls for their effect."""
    deque(calls, maxlen=0)


def column(buffer: npt.NDArray[Any], offset: int) -> range:
    """Addresses of one column of a buffer [n, k], row by row."""
    step = buffer.itemsize * buffer.shape[1]
    start = buffer.ctypes.data + buffer.itemsize * offset
    return range(start, start + step * len(buffer), step)


def moved(points: npt.NDArray[np.floating], matrix: Matrix) -> Array:
    """Points [n, 2] moved by a matrix."""
    found: Array = (points @ matrix[:2, :2] + matrix[2, :2]).astype(np.float32)
    return found


def moved_boxes(boxes: npt.NDArray[np.floating], matrix: Matrix) -> Array:
    """Boxes [n, 4] of two opposite corners each in, upright boxes that hold the moved corners out."""
    if (matrix[0, 1] or matrix[1, 0]) and (matrix[0, 0] or matrix[1, 1]):  # askew: all four corners count
        x, y = boxes[:, [0, 2, 2, 0]], boxes[:, [1, 1, 3, 3]]
        corners = moved(np.stack((x, y), axis=2).reshape(-1, 2), matrix).reshape(-1, 4, 2)
        return np.hstack((corners.min(axis=1), corners.max(axis=1)))
    one, two = moved(boxes[:, :2], matrix), moved(boxes[:, 2:], matrix)
    return np.hstack((np.minimum(one, two), np.maximum(one, two)))


def matrices(handles: Sequence[int]) -> Matrix:
    """[n, 3, 3]: the matrix of each object."""
    numbers = np.tile(np.array([1, 0, 0, 1, 0, 0], np.float32), (len(handles), 1))
    drain(map(pdfium.object_matrix, handles, column(numbers, 0)))
    found = np.zeros((len(handles), 3, 3))
    found[:, :, :2] = numbers.reshape(-1, 3, 2)
    found[:, 2, 2] = 1
    return found


def clips(handles: Sequence[int], matrix: Matrix, clip: Array) -> Array:
    """For each object the box [n, 4] on the visible page that its clip paths and the given clip leave."""
    found = np.tile(clip, (len(handles), 1))
    paths = np.fromiter(map(pdfium.clip_path, handles), np.uint64, len(handles))
    counts = np.fromiter(map(pdfium.count_clips, paths.tolist()), np.int64, len(handles)).clip(0)
    if not counts.any():
        return found
    owner, index = _counted(counts)
    lengths = np.fromiter(
        map(pdfium.count_clip_segments, paths[owner].tolist(), index.tolist()), np.int64, len(owner)
    ).clip(0)
    owner, index, lengths = owner[lengths > 0], index[lengths > 0], lengths[lengths > 0]
    if not len(owner):
        return found
    which, segment = _counted(lengths)
    segments = map(
        pdfium.get_clip_segment, paths[owner][which].tolist(), index[which].tolist(), segment.tolist()
    )
    points = np.empty((len(which), 2), np.float32)
    drain(map(pdfium.segment_point, segments, column(points, 0), column(points, 1)))
    points = moved(points, matrix)
    first = np.flatnonzero(segment == 0)
    np.maximum.at(found[:, :2], owner, np.minimum.reduceat(points, first))
    np.minimum.at(found[:, 2:], owner, np.maximum.reduceat(points, first))
    return found


def _counted(counts: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Counts in; for each thing counted its group and its number within the group out."""
    group = np.repeat(np.arange(len(counts)), counts)
    return group, np.arange(len(group)) - np.repeat(np.cumsum(counts) - counts, counts)


# ---------------------------------------------------------------- rules and pictures


def drawn_shapes(drawn: Iterable[Container], thickness: float) -> tuple[Array, Array]:
    """Boxes of everything that may be a rule, and boxes of pictures, on the visible page."""
    thin: list[Array] = [np.empty((0, 4), np.float32)]
    images: list[Array] = [np.empty((0, 4), np.float32)]
    for container in drawn:
        pictures = moved_boxes(bounds(container.images), container.matrix)
        images.append(pictures)
        thin.append(pictures[(pictures[:, 2:] - pictures[:, :2]).min(axis=1, initial=np.inf) < thickness])
        thin.append(_path_boxes(container, thickness))
    return np.vstack(thin), np.vstack(images)


def bounds(handles: Sequence[int]) -> Array:
    """[n, 4]: the box of each object's ink, where its container has it."""
    boxes = np.zeros((len(handles), 4), np.float32)
    drain(map(pdfium.object_bounds, handles, *(column(boxes, corner) for corner in range(4))))
    return boxes


def _path_boxes(container: Container, thickness: float) -> Array:
    paths = container.paths
    if not paths:
        return np.empty((0, 4), np.float32)
    modes = np.zeros((len(paths), 2), np.int32)  # fill, stroke
    drain(map(pdfium.draw_mode, paths, column(modes, 0), column(modes, 1)))
    boxes = moved_boxes(bounds(paths), container.matrix)
    is_thin = (boxes[:, 2:] - boxes[:, :2]).min(axis=1) < thickness
    is_drawn = modes.any(axis=1)
    large = np.flatnonzero(~is_thin & is_drawn).tolist()
    outlined = [_outline(paths[index], container.matrix, stroked=bool(modes[index, 1])) for index in large]
    cut = clips(paths, container.matrix, container.clip)
    around = [np.tile(cut[index], (len(found), 1)) for index, found in zip(large, outlined, strict=True)]
    return shapes.cut(
        np.vstack([boxes[is_thin & is_drawn], *outlined]), np.vstack([cut[is_thin & is_drawn], *around])
    )


def _outline(path: int, matrix: Matrix, stroked: bool) -> Array:
    """The edges of a stroked path, or the outlines of a filled one, as boxes on the visible page."""
    count = pdfium.count_segments(path)
    if count < 2:
        return np.empty((0, 4), np.float32)
    segments = list(map(pdfium.get_segment, repeat(path, count), range(count)))
    points = np.empty((count, 2), np.float32)
    drain(map(pdfium.segment_point, segments, column(points, 0), column(points, 1)))
    starts = np.fromiter(map(pdfium.segment_type, segments), np.int32, count) == pdfium.MOVE_TO
    place = moved(points, matrices([path])[0] @ matrix)
    if not stroked:
        return shapes.outlines(place, starts)
    closes = np.fromiter(map(pdfium.segment_closes, segments), np.int32, count) > 0
    return shapes.edges(place, starts, closes)
