"""What is drawn on a page of PDFium: where its text stands, what may be a rule, what is a picture."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from . import library as pdfium
from . import shapes
from .many import Column
from .objects import Array, Container, Matrix, clips, containers, counted, matrices, moved, moved_boxes
from .placed import NO_OBJECT, TextObjects


class Drawn(NamedTuple):
    """A page's objects, on its visible part."""

    texts: TextObjects
    boxes: Array
    """[n, 4]: of everything that may be a rule."""
    pictures: Array
    """[n, 4]"""
    has_blanks: bool
    """Whether some were made to count that PDFium leaves out of a page's text, which must be loaded anew."""


def drawn(page: int, to_visible: Matrix, thickness: float) -> Drawn:
    """A page, the matrix onto its visible part, and how thick a rule may be, in."""
    found = list(containers(page, to_visible))
    blanks = np.concatenate([_blanks_of(container) for container in found])
    _show(blanks)
    boxes: list[Array] = []
    pictures: list[Array] = []
    for container in found:
        pictures.append(picture_boxes(container.images, container.matrix))
        boxes.append(thin(pictures[-1], thickness))
        if len(container.paths):
            boxes += _path_boxes(container, thickness)
    return Drawn(_joined(map(_texts_in, found)), np.vstack(boxes), np.vstack(pictures), len(blanks) > 0)


# ---------------------------------------------------------------- text


def _blanks_of(container: Container) -> Column:
    """The text objects of which no ink is seen; most pages have none."""
    boxes = pdfium.object_bounds(container.texts)
    blanks: Column = container.texts[boxes[:, 2] - boxes[:, 0] < NO_WIDTH]
    return blanks


def _show(blanks: Column) -> None:
    """Make text objects count that PDFium leaves out of a page's text, which must then be loaded anew.

    It leaves out text objects without width, and takes the width from the ink: of an ideographic space
    drawn alone (Ⅰ-6　①部署) nothing is left. An outline that is stroked has width: the object is told
    so for as long as its place is worked out anew.
    """
    for handle, mode in zip(blanks.tolist(), pdfium.render_mode(blanks).tolist(), strict=True):
        pdfium.set_stroke_width(handle, 1.0)
        pdfium.set_render_mode(handle, pdfium.STROKED)
        pdfium.move_object(handle, 1, 0, 0, 1, 0, 0)
        pdfium.set_render_mode(handle, mode)


NO_WIDTH = 0.01
"""A text object narrower than this shows no ink."""


def _joined(parts: Iterable[TextObjects]) -> TextObjects:
    """The text objects of a page and its forms as one, behind them the one for text that none holds."""
    return TextObjects(*map(np.concatenate, zip(*parts, NO_OBJECT, strict=True)))


def _texts_in(container: Container) -> TextObjects:
    texts = container.texts
    mode = pdfium.render_mode(texts)
    steps = pdfium.object_matrix(texts)[:, :4].astype(np.float64)
    (a, b), (c, d) = container.matrix[:2, :2].tolist()
    if b or c:
        steps = (steps.reshape(-1, 2) @ container.matrix[:2, :2]).reshape(-1, 4)
    else:
        steps *= (a, d, a, d)
    steps *= pdfium.font_size(texts)
    return TextObjects(
        texts,
        (mode == pdfium.INVISIBLE) | (mode == pdfium.CLIP_ONLY),
        clips(texts, container.matrix, container.clip),
        steps.astype(np.float32),
    )


# ---------------------------------------------------------------- rules and pictures


def picture_boxes(images: Column, matrix: Matrix) -> Array:
    """Pictures and their container's matrix in, their boxes [n, 4] on the visible page out."""
    return moved_boxes(pdfium.object_bounds(images), matrix)


def thin(pictures: Array, thickness: float) -> Array:
    """Those boxes of pictures that may be rules."""
    found: Array = pictures[(pictures[:, 2:] - pictures[:, :2]).min(axis=1) < thickness]
    return found


def _path_boxes(container: Container, thickness: float) -> list[Array]:
    """What shows of a container's paths: thin ones, and the edges or outlines of the others."""
    paths, modes = container.paths, pdfium.draw_mode(container.paths)
    around = clips(paths, container.matrix, container.clip)
    boxes = moved_boxes(pdfium.object_bounds(paths), container.matrix)
    is_thin = np.minimum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]) < thickness
    is_drawn = (modes[:, 0] | modes[:, 1]) != 0
    thin, large = is_thin & is_drawn, ~is_thin & is_drawn
    found = [shapes.cut(boxes[thin], around[thin])]
    if large.any():
        found.append(edges(paths[large], modes[large], around[large], container.matrix))
    return found


def edges(paths: Column, modes: npt.NDArray[np.int32], around: Array, matrix: Matrix) -> Array:
    """What shows of the edges of stroked paths, and of the outlines of filled ones, on the visible page."""
    outlined = list(_outlines(paths, matrix, modes[:, 1] != 0))
    around = np.repeat(around, [len(found) for found in outlined], axis=0)
    return shapes.cut(np.vstack(outlined), around)


def _outlines(paths: Column, matrix: Matrix, stroked: npt.NDArray[np.bool_]) -> Iterable[Array]:
    """The edges of each stroked path, or the outlines of a filled one, as boxes on the visible page."""
    counts = pdfium.count_segments(paths)
    owner, segment = counted(counts)
    segments = pdfium.get_segment(paths[owner], segment)
    points = pdfium.segment_point(segments)
    starts = pdfium.segment_type(segments) == pdfium.MOVE_TO
    closes = pdfium.segment_closes(segments) > 0
    first = np.cumsum(counts) - counts
    for inner, start, count, is_stroked in zip(matrices(paths), first, counts, stroked, strict=True):
        part = slice(start, start + count)
        place = moved(points[part], inner @ matrix)
        if count < 2:
            yield np.empty((0, 4), np.float32)
        elif is_stroked:
            yield shapes.edges(place, starts[part], closes[part])
        else:
            yield shapes.outlines(place, starts[part])
