"""A page whose table has no upright rules in; the same with rules in the gutters between its columns out.

Only where nothing is left open: every column has a heading that we know, no glyph stands in a gutter,
and the rows are parted by level rules, or each begins with a date beside its item.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ..model import NO_LINES, Line, Page
from ..settings import Settings
from .furniture import is_page_number
from .headings import heading_of
from .letters import blank, lines
from .words import folded, holds_headings, is_whole

GUTTER = 2.0
"""Points that part two columns at least."""
HEADER_LINES = 3
"""Lines that a header may have."""
END = 3.0
"""A gap this many times as high as a glyph ends a table without rules."""
_HALF_EMPTY = np.array([ord(letter) for letter in "、。，．）］｝〉》」』】〕"])
"""Glyphs with ink in their left half alone; at a line's end the other half may reach into the gutter."""
Span = tuple[float, float]


def with_gutters(page: Page, settings: Settings) -> Page | None:
    """A page without upright rules in; the page with them where its columns are certain out, else null."""
    ink = ~blank(page.glyphs.code) & ~page.glyphs.askew
    if not ink.any():
        return None
    box = page.glyphs.box
    text = tuple(lines(page.glyphs, np.where(ink, 0, 1), settings).lines.get(0, NO_LINES))
    head = next((line for line in text if holds_headings(line.text)), None)
    if head is None:
        return None
    level = _level(page, settings)
    below = level[level > head.y1]
    bottom = _foot(text, head, float(below[-1]) if len(below) >= 2 else head.y1)
    inside = ink & (box[:, 1] > head.y0 - 1) & (box[:, 3] < bottom + 1)
    columns = _columns(page, inside, head, settings)
    if columns is None:
        return None
    spans, header_foot = columns
    left, right = spans[0][0] - GUTTER, spans[-1][1] + GUTTER
    edges = [left, *((a[1] + b[0]) / 2 for a, b in pairwise(spans)), right]
    if len(below) >= 2:
        heights = [y for y in level.tolist() if y >= head.y0 - END * (head.y1 - head.y0)]
        if heights[0] > head.y0:
            heights.insert(0, head.y0 - 1)
        if bottom > heights[-1] + 2:  # the page ends within a row
            heights.append(bottom + 1)
    else:
        starts = _row_starts(page, inside, edges, header_foot, settings)
        if not starts:
            return None
        heights = [head.y0 - 1, *starts, bottom + 1]
    upright = np.array([(x, heights[0], heights[-1]) for x in edges], np.float32)
    across = np.array([(y, left, right) for y in heights], np.float32)
    return replace(page, vertical=upright, horizontal=across)


def _level(page: Page, settings: Settings) -> npt.NDArray[np.float64]:
    """Heights of level rules over most of the table's width, from top to bottom; some are drawn twice."""
    rules = page.horizontal[np.argsort(page.horizontal[:, 0], kind="stable")].astype(np.float64)
    if not len(rules):
        return np.empty(0)
    group = np.cumsum(np.diff(rules[:, 0], prepend=rules[0, 0]) > settings.rule_snap)
    width = np.bincount(group, rules[:, 2] - rules[:, 1])
    at = np.bincount(group, rules[:, 0]) / np.bincount(group)
    found: npt.NDArray[np.float64] = at[width > 0.4 * width.max()]
    return found


def _foot(text: Sequence[Line], head: Line, reach: float) -> float:
    """Where a table without rules ends: above the first gap below `reach` that no row has inside."""
    for line in sorted(text, key=lambda line: line.y0):
        if line.y0 > head.y0:
            if line.y0 - reach > END * (line.y1 - line.y0) or is_page_number(line.text):
                break
            reach = max(reach, line.y1)
    return reach


def _columns(
    page: Page, inside: npt.NDArray[np.bool_], head: Line, settings: Settings
) -> tuple[list[Span], float] | None:
    """The stretches of the page's width that hold the columns, and where the header ends."""
    x = page.glyphs.box[inside][:, [0, 2]]
    half_empty = np.isin(page.glyphs.code[inside], _HALF_EMPTY)
    x[half_empty, 1] -= (x[half_empty, 1] - x[half_empty, 0]) / 2
    x = x[np.argsort(x[:, 0], kind="stable")]
    reach = np.maximum.accumulate(x[:, 1])
    first = np.flatnonzero(np.r_[True, x[1:, 0] > reach[:-1] + GUTTER])
    last = np.r_[first[1:] - 1, len(x) - 1]
    spans: list[Span] = [(float(x[a, 0]), float(reach[b])) for a, b in zip(first, last, strict=True)]
    middle = (page.glyphs.box[:, 0] + page.glyphs.box[:, 2]) / 2
    height = head.y1 - head.y0
    for count in range(HEADER_LINES):
        foot = head.y1 + count * 1.2 * height
        joined = spans
        while True:
            edges = [(a[1] + b[0]) / 2 for a, b in pairwise(joined)]
            owner = np.where(inside, np.searchsorted(np.array(edges), middle), -1)
            by_column = lines(page.glyphs, owner, settings).lines
            above = [
                [line for line in by_column.get(index, NO_LINES) if line.y0 < foot]
                for index in range(len(joined))
            ]
            bare = next((index for index, found in enumerate(above) if not found), None)
            if bare is None or len(joined) == 1:
                break
            joined = _with_neighbour(joined, bare)
        named = [heading_of(found) for found in above]
        if None not in named and {"change_date", "item", "before", "after"} <= set(named):
            return joined, max(line.y1 for found in above for line in found)
    return None


def _with_neighbour(spans: Sequence[Span], index: int) -> list[Span]:
    """A stretch without heading, beside a space between words, made one with the nearer of its neighbours."""
    left = spans[index][0] - spans[index - 1][1] if index else float("inf")
    right = spans[index + 1][0] - spans[index][1] if index + 1 < len(spans) else float("inf")
    first = index - 1 if left <= right else index
    return [*spans[:first], (spans[first][0], spans[first + 1][1]), *spans[first + 2 :]]


def _row_starts(
    page: Page,
    inside: npt.NDArray[np.bool_],
    edges: Sequence[float],
    header_foot: float,
    settings: Settings,
) -> list[float]:
    """Where rows begin: at a date with an item beside it, and no text of any column across; else none."""
    middle = (page.glyphs.box[:, 0] + page.glyphs.box[:, 2]) / 2
    owner = np.where(inside, np.searchsorted(np.array(edges), middle) - 1, -1)
    found = lines(page.glyphs, owner, settings).lines
    body = [
        [line for line in found.get(k, NO_LINES) if line.y1 > header_foot + 1] for k in range(len(edges) - 1)
    ]
    dated = next((k for k, column in enumerate(body) if any(_begins(line) for line in column)), None)
    if dated is None or dated > 1:
        return []
    dates = [line for line in body[dated] if _begins(line)]
    starts = [header_foot + 0.5]
    for line in dates:
        near = (line.y1 - line.y0) / 2
        beside = [one for column in body for one in column if abs(one.y0 - line.y0) < near]
        y = min(one.y0 for one in beside) - 0.5
        others = [one for column in body for one in column if one not in beside]
        if any(one.y0 < y - 2 < one.y1 - 2 for one in others) or not any(
            one in body[dated + 1] for one in beside
        ):
            return []
        if y - starts[-1] > 2:
            starts.append(y)
        else:
            starts[-1] = y
    ends = [*starts[-len(dates) + 1 :], float("inf")] if len(dates) > 1 else [float("inf")]
    for line, end in zip(dates, ends, strict=True):
        whole = "".join(one.text for one in body[dated] if line.y0 <= one.y0 < end)
        if not is_whole(whole):
            return []
    return starts


def _begins(line: Line) -> bool:
    return bool(_BEGINS.match(folded(line.text)))


_BEGINS = re.compile(r"(?:令和|平成|昭和|[令平昭RHS])\.?(?:元|[0-9])|(?:19|20)[0-9]{2}")
