"""Boxes of drawn shapes in, vertical and horizontal rules out; shared by the readers of PDFs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .. import compiled

Array = npt.NDArray[np.float32]
EVERYWHERE = (-np.inf, -np.inf, np.inf, np.inf)
"""The box of what is not cut."""


def rules(boxes: Array, width: float, height: float, thickness: float) -> tuple[Array, Array]:
    """Boxes [n, 4] of lines, thin rectangles and edges in, rules out: [n, 3] x, y0, y1 and [n, 3] y, x0, x1.

    Boxes thicker than `thickness` both ways are no rules. What lies outside the visible page is cut
    away. A dot, as thick as long, counts both ways: it may be part of a dotted rule of either kind.
    """
    if compiled.loops is None:
        return rules_by_arrays(boxes, width, height, thickness)
    vertical, horizontal = np.empty((2, len(boxes), 3), np.float32)
    told = np.empty(2, np.int64)
    boxes = np.ascontiguousarray(boxes, np.float32)
    compiled.loops.sort_rules(boxes, width, height, thickness, vertical, horizontal, told)
    upright, level = told.tolist()
    return vertical[:upright], horizontal[:level]


def rules_by_arrays(boxes: Array, width: float, height: float, thickness: float) -> tuple[Array, Array]:
    """`rules` by arrays alone."""
    boxes = boxes[(boxes[:, 2] >= 0) & (boxes[:, 0] <= width) & (boxes[:, 3] >= 0) & (boxes[:, 1] <= height)]
    wide, high = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    dot = (wide < thickness) & (high < thickness) & (np.maximum(wide, high) < 2 * np.minimum(wide, high))
    upright = (wide < thickness) & ((high > wide) | dot)
    level = (high < thickness) & ((wide >= high) | dot)
    vertical = np.column_stack(
        ((boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 1].clip(0, height), boxes[:, 3].clip(0, height))
    )[upright]
    horizontal = np.column_stack(
        ((boxes[:, 1] + boxes[:, 3]) / 2, boxes[:, 0].clip(0, width), boxes[:, 2].clip(0, width))
    )[level]
    return vertical.astype(np.float32), horizontal.astype(np.float32)


def edges(points: Array, starts: npt.NDArray[np.bool_], closes: npt.NDArray[np.bool_]) -> Array:
    """Points of a drawn outline in, the boxes of its level and upright edges out.

    `starts` marks points that begin a new outline, `closes` those that an edge joins to its beginning.
    """
    first = np.maximum.accumulate(np.where(starts, np.arange(len(points)), 0))
    drawn = ~starts[1:]
    from_, to = points[:-1][drawn], points[1:][drawn]
    from_, to = np.vstack((from_, points[closes])), np.vstack((to, points[first[closes]]))
    straight = np.abs(from_ - to).min(axis=1) < 0.5
    boxes = np.hstack((np.minimum(from_, to), np.maximum(from_, to)))[straight]
    drawn_out: Array = boxes[(boxes[:, 2:] > boxes[:, :2]).any(axis=1)]
    return drawn_out


def outlines(points: Array, starts: npt.NDArray[np.bool_]) -> Array:
    """Points of a filled path in, the box of each of its outlines out."""
    begin = np.flatnonzero(starts)
    if not len(begin):
        return np.empty((0, 4), np.float32)
    points = points[begin[0] :]
    begin = begin - begin[0]
    return np.hstack((np.minimum.reduceat(points, begin), np.maximum.reduceat(points, begin)))


def share(images: Array, width: float, height: float) -> float:
    """Boxes of pictures in, the share of the page's area under them out; scans may come in strips."""
    if not len(images):
        return 0.0
    across = images[:, 2].clip(0, width) - images[:, 0].clip(0, width)
    down = images[:, 3].clip(0, height) - images[:, 1].clip(0, height)
    return min(1.0, float((across * down).sum()) / (width * height)) if width * height else 0.0


def cut(boxes: Array, around: Array) -> Array:
    """Boxes and, for each, the box outside which it is not drawn, in; what is left of them out."""
    shown = (boxes[:, :2] <= around[:, 2:]).all(axis=1) & (boxes[:, 2:] >= around[:, :2]).all(axis=1)
    low, high = np.maximum(boxes[:, :2], around[:, :2]), np.minimum(boxes[:, 2:], around[:, 2:])
    return np.hstack((low, high))[shown]


def middle(values: Array) -> float:
    """Numbers in, the one in the middle out, the larger of two; numpy's own median loads a module for masks.

    >>> middle(np.array([9, 1, 7, 8], np.float32))
    8.0
    """
    half = len(values) // 2
    return float(np.partition(values, half)[half])
