"""Rules as drawn in, the frames of tables out: dashes joined, underlines dropped, cut edges closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..model import Glyphs, Page
from ..read.shapes import middle
from ..settings import Settings

Rules = npt.NDArray[np.float64]
"""[n, 3]: position across, start and end along; ascending by position, then start."""


HUGE = 4.0
"""Glyphs this many times as high as the page's text are none of it."""


class Frame(NamedTuple):
    """The rules of one table, all connected."""

    vertical: Rules
    horizontal: Rules
    drawn: npt.NDArray[np.bool_]
    """Which of the level rules are drawn, not made by us to close an edge."""
    open_top: bool
    open_bottom: bool


def frames(page: Page, settings: Settings, edges: Sequence[float] = ()) -> list[Frame]:
    """A page in, the frames of its tables out, from top to bottom; rules that bound nothing are left out.

    `edges`: where the columns of a table that may run on here meet, its sides first and last. A page
    of a table without outer border, in the middle of a cell, shows nothing else of its sides.
    """
    # Dots of level rules are close neighbours across: they must go before rules are snapped together.
    vertical = _long(_joined(page.vertical, settings.rule_align, settings.rule_gap), settings)
    horizontal = _long(_joined(page.horizontal, settings.rule_align, settings.rule_gap), settings)
    horizontal = horizontal[~_underlines(horizontal, page.glyphs)]
    vertical = _joined(vertical, settings.rule_snap, settings.rule_gap)
    horizontal = _joined(horizontal, settings.rule_snap, settings.rule_gap)
    if len(vertical) < 2:
        return []
    tops = _closing(vertical, horizontal, 1, settings)
    bottoms = _closing(vertical, horizontal, 2, settings)
    closed = np.vstack((horizontal, tops, bottoms))
    made = np.repeat([0, 1, 2], [len(horizontal), len(tops), len(bottoms)])
    found = [
        _frame(vertical[in_v], closed[in_h], made[in_h], edges, settings)
        for in_v, in_h in _connected(vertical, closed, settings.rule_snap)
        if in_v.sum() >= 2 and in_h.sum() >= 2
    ]
    return sorted(found, key=lambda frame: (frame.horizontal[0, 0], frame.vertical[0, 0]))


def _joined(rules: npt.NDArray[np.floating], snap: float, gap: float) -> Rules:
    """Rules of (nearly) one position whose ends (nearly) meet made one: dashes, doubled and cell borders."""
    if not len(rules):
        return np.empty((0, 3))
    rules = rules[np.argsort(rules[:, 0], kind="stable")].astype(np.float64)
    line = np.cumsum(np.diff(rules[:, 0], prepend=rules[0, 0]) > snap)
    # One sort for all lines: each is moved into a stretch of its own along the axis.
    apart = line * 1e6
    order = np.argsort(rules[:, 1] + apart, kind="stable")
    rules, apart = rules[order], apart[order]
    start, end = rules[:, 1] + apart, rules[:, 2] + apart
    reach = np.maximum.accumulate(end)
    first = np.flatnonzero(np.r_[True, start[1:] > reach[:-1] + gap])
    count = np.diff(np.r_[first, len(rules)])
    position = np.add.reduceat(rules[:, 0], first) / count
    joined = np.column_stack(
        (position, np.minimum.reduceat(rules[:, 1], first), np.maximum.reduceat(rules[:, 2], first))
    )
    return joined[np.lexsort((joined[:, 1], joined[:, 0]))]


def _long(rules: Rules, settings: Settings) -> Rules:
    return rules[rules[:, 2] - rules[:, 1] >= settings.rule_length]


def _underlines(horizontal: Rules, glyphs: Glyphs) -> npt.NDArray[np.bool_]:
    """Which level rules run through the feet or the middle of the text over most of their length.

    Changed wording is often underlined or struck out, in narrow cells from border to border. Letters of
    a watermark lie over borders, and make no underline of them.
    """
    box = glyphs.box[(glyphs.code != 32) & (glyphs.code != 0x3000) & ~glyphs.askew]
    if not len(box) or not len(horizontal):
        return np.zeros(len(horizontal), bool)
    height = box[:, 3] - box[:, 1]
    text = height <= HUGE * middle(height)
    box, height = box[text], height[text]
    order = np.argsort(box[:, 3], kind="stable")
    box, height = box[order], height[order]
    tallest = float(height.max())
    first = np.searchsorted(box[:, 3], horizontal[:, 0] - 0.05 * tallest)
    last = np.searchsorted(box[:, 3], horizontal[:, 0] + tallest)
    found = np.zeros(len(horizontal), bool)
    for index, (y, x0, x1) in enumerate(horizontal.tolist()):
        near = slice(first[index], last[index])
        over = (box[near, 1] + 0.3 * height[near] < y) & (y < box[near, 3] + 0.02 * height[near])
        left, right = box[near, 0][over].clip(x0, x1), box[near, 2][over].clip(x0, x1)
        found[index] = (right - left).sum() > 0.6 * (x1 - x0)
    return found


def _closing(vertical: Rules, horizontal: Rules, end: int, settings: Settings) -> Rules:
    """Level rules that close edges where several upright rules end together in the open."""
    touches = _touch(vertical, horizontal, settings.rule_snap)
    nearest = np.abs(vertical[:, end, None] - horizontal[None, :, 0])
    free = ~(touches & (nearest <= settings.edge_gap)).any(axis=1)
    edges = []
    ends = np.flatnonzero(free)
    ends = ends[np.argsort(vertical[ends, end], kind="stable")]
    for group in np.split(ends, np.flatnonzero(np.diff(vertical[ends, end]) > settings.edge_gap) + 1):
        if len(group) >= 2:
            x = vertical[group, 0]
            edge = vertical[group, end].min() if end == 1 else vertical[group, end].max()
            edges.append((edge, x.min(), x.max()))
    return np.array(edges).reshape(-1, 3)


def _touch(vertical: Rules, horizontal: Rules, snap: float) -> npt.NDArray[np.bool_]:
    """[v, h]: whether the two rules cross or meet."""
    x, y0, y1 = vertical[:, 0, None], vertical[:, 1, None], vertical[:, 2, None]
    y, x0, x1 = horizontal[None, :, 0], horizontal[None, :, 1], horizontal[None, :, 2]
    reach = 1.5 * snap
    touches: npt.NDArray[np.bool_] = (
        (x >= x0 - reach) & (x <= x1 + reach) & (y >= y0 - reach) & (y <= y1 + reach)
    )
    return touches


def _connected(
    vertical: Rules, horizontal: Rules, snap: float
) -> list[tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]]:
    """Groups of rules that hang together, as masks over the upright and the level rules."""
    touches = _touch(vertical, horizontal, snap)
    group = np.full(len(vertical), -1)
    for first in range(len(vertical)):
        reached = np.zeros(len(vertical), bool)
        reached[first] = group[first] < 0
        size = 0
        while reached.sum() > size:
            size = int(reached.sum())
            reached = reached | touches[:, touches[reached].any(axis=0)].any(axis=1)
        group[reached] = first
    return [(group == number, touches[group == number].any(axis=0)) for number in sorted(set(group.tolist()))]


def _frame(
    vertical: Rules,
    horizontal: Rules,
    made: npt.NDArray[np.int_],
    edges: Sequence[float],
    settings: Settings,
) -> Frame:
    """One table's rules, its sides closed where level rules run on past the outermost upright ones."""
    top, bottom = horizontal[:, 0].min(), horizontal[:, 0].max()
    open_top = bool((made[horizontal[:, 0] <= top + settings.edge_gap] == 1).any())
    open_bottom = bool((made[horizontal[:, 0] >= bottom - settings.edge_gap] == 2).any())
    drawn = horizontal[made == 0]
    carried = len(edges) > 0 and all(
        min(abs(x - edge) for edge in edges) < settings.rule_length / 2 for x in vertical[:, 0].tolist()
    )
    if carried or len(drawn) >= 2 or (len(drawn) == 1 and len(vertical) >= 3):
        left, right = (edges[0], edges[-1]) if carried else (drawn[:, 1].min(), drawn[:, 2].max())
        sides = []
        if left < vertical[:, 0].min() - settings.rule_length:
            sides.append((left, top, bottom))
        if right > vertical[:, 0].max() + settings.rule_length:
            sides.append((right, top, bottom))
        if sides:
            vertical = np.vstack((vertical, sides))
            # An edge that we closed runs as far as the sides do.
            wide = [vertical[:, 0].min(), vertical[:, 0].max()]
            horizontal = np.where(
                (made > 0)[:, None],
                np.column_stack((horizontal[:, 0], *np.tile(wide, (len(horizontal), 1)).T)),
                horizontal,
            )
    vertical = vertical[np.lexsort((vertical[:, 1], vertical[:, 0]))]
    order = np.lexsort((horizontal[:, 1], horizontal[:, 0]))
    return Frame(vertical, horizontal[order], made[order] == 0, open_top, open_bottom)
