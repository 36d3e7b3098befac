"""Rules as drawn in, the frames of tables out: dashes joined, underlines dropped, cut edges closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .. import compiled
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
    vertical = _joined(page.vertical, settings.rule_align, settings.rule_gap, settings.rule_length)
    horizontal = _joined(page.horizontal, settings.rule_align, settings.rule_gap, settings.rule_length)
    horizontal = horizontal[~_underlines(horizontal, page.glyphs)]
    vertical = _joined(vertical, settings.rule_snap, settings.rule_gap)
    horizontal = _joined(horizontal, settings.rule_snap, settings.rule_gap)
    if len(vertical) < 2:
        return []
    links = linked(vertical, horizontal, settings)
    tops = _closing(vertical[links.free_top], 1, settings)
    bottoms = _closing(vertical[links.free_bottom], 2, settings)
    closed, made = horizontal, np.zeros(len(horizontal), np.int64)
    if tops or bottoms:
        closed = np.array([*horizontal.tolist(), *tops, *bottoms])
        made = np.array([0] * len(horizontal) + [1] * len(tops) + [2] * len(bottoms))
        links = linked(vertical, closed, settings)
    found = []
    groups = links.upright.max() + 1
    if groups == 1 and links.level.min() == 0:  # so on most pages
        return [_frame(vertical, closed, made, edges, settings)] if len(closed) >= 2 else []
    for group in range(groups):
        in_v, in_h = links.upright == group, links.level == group
        if np.count_nonzero(in_v) >= 2 and np.count_nonzero(in_h) >= 2:
            found.append(_frame(vertical[in_v], closed[in_h], made[in_h], edges, settings))
    return sorted(found, key=lambda frame: (frame.horizontal[0, 0], frame.vertical[0, 0]))


def _joined(rules: npt.NDArray[np.floating], snap: float, gap: float, least: float = 0.0) -> Rules:
    """Rules of (nearly) one position whose ends (nearly) meet made one: dashes, doubled and cell borders.

    Those that stay shorter than `least` are left out.
    """
    if not len(rules):
        return np.empty((0, 3))
    if compiled.loops is None:
        whole = joined_by_arrays(rules, snap, gap)
        return whole[whole[:, 2] - whole[:, 1] >= least]
    found: Rules = np.empty((len(rules), 3))
    return found[
        : compiled.loops.join_rules(np.ascontiguousarray(rules, np.float64), snap, gap, least, found)
    ]


def joined_by_arrays(rules: npt.NDArray[np.floating], snap: float, gap: float) -> Rules:
    """`_joined` by arrays alone."""
    ordered: Rules = rules[rules[:, 0].argsort(kind="stable")].astype(np.float64, copy=False)
    step = ordered[1:, 0] - ordered[:-1, 0]
    if (step > snap).all():
        return ordered
    # One sort for all lines: each is moved into a stretch of its own along the axis.
    apart = np.zeros(len(ordered))
    np.cumsum(step > snap, out=apart[1:])
    apart *= 1e6
    order = (ordered[:, 1] + apart).argsort(kind="stable")
    ordered, apart = ordered[order], apart[order]
    start, end = ordered[:, 1] + apart, ordered[:, 2] + apart
    begins = np.ones(len(ordered), bool)
    np.greater(start[1:], np.maximum.accumulate(end)[:-1] + gap, out=begins[1:])
    first = begins.nonzero()[0]
    found = np.empty((len(first), 3))
    found[:, 0] = np.add.reduceat(ordered[:, 0], first) / np.bincount(begins.cumsum() - 1)
    found[:, 1] = np.minimum.reduceat(ordered[:, 1], first)
    found[:, 2] = np.maximum.reduceat(ordered[:, 2], first)
    return _sorted(found)


def _underlines(horizontal: Rules, glyphs: Glyphs) -> npt.NDArray[np.bool_]:
    """Which level rules run through the feet or the middle of the text over most of their length.

    Changed wording is often underlined or struck out, in narrow cells from border to border. Letters of
    a watermark lie over borders, and make no underline of them.
    """
    found = np.zeros(len(horizontal), bool)
    if compiled.loops is not None and not compiled.loops.cross_text(
        glyphs.code, glyphs.askew, np.ascontiguousarray(glyphs.box), horizontal, HUGE, found
    ):
        return found  # so on most pages
    found[:] = False
    inked = (glyphs.code != 32) & (glyphs.code != 0x3000) & ~glyphs.askew
    top, bottom = glyphs.box[inked, 1], glyphs.box[inked, 3]
    if not len(top) or not len(horizontal):
        return found
    height = bottom - top
    text = usual(height, HUGE) & (height > 0)
    upper, lower = (top + 0.3 * height)[text], (bottom + 0.02 * height)[text]
    # How many glyphs begin above a rule, and how many of them end there: most rules run through none.
    y = horizontal[:, 0]
    begun, ended = np.sort(upper).searchsorted(y), np.sort(lower).searchsorted(y, "right")
    sides = glyphs.box[inked][text] if (begun > ended).any() else glyphs.box[:0]
    for index in (begun > ended).nonzero()[0].tolist():
        y, x0, x1 = horizontal[index].tolist()
        over = (upper < y) & (y < lower)
        left, right = sides[over, 0].clip(x0, x1), sides[over, 2].clip(x0, x1)
        found[index] = (right - left).sum() > 0.6 * (x1 - x0)
    return found


def usual(height: npt.NDArray[np.float32], times: float) -> npt.NDArray[np.bool_]:
    """Heights of glyphs in; which are at most so many times the one in the middle, out."""
    if height.max() <= times * height.min():  # so on most pages, and quick to see
        return np.ones(len(height), bool)
    return height <= times * middle(height)


class Links(NamedTuple):
    """How rules hang together: those of one number do, -1 with none. Numbers go up with the upright ones."""

    upright: npt.NDArray[np.int64]
    level: npt.NDArray[np.int64]
    free_top: npt.NDArray[np.bool_]
    """Which upright rules begin where no level one runs."""
    free_bottom: npt.NDArray[np.bool_]


REACH = 1.5
"""Rules meet whose ends miss each other by so many times the distance within which rules are one."""


def linked(vertical: Rules, horizontal: Rules, settings: Settings) -> Links:
    """Upright and level rules in, which of them cross or meet out."""
    if compiled.loops is None:
        return linked_by_arrays(vertical, horizontal, settings)
    upright, level = np.empty(len(vertical), np.int64), np.empty(len(horizontal), np.int64)
    found = Links(upright, level, np.empty(len(vertical), bool), np.empty(len(vertical), bool))
    compiled.loops.connect_rules(vertical, horizontal, REACH * settings.rule_snap, settings.edge_gap, *found)
    return found


def linked_by_arrays(vertical: Rules, horizontal: Rules, settings: Settings) -> Links:
    """`linked` by arrays alone."""
    touches = _touch(vertical, horizontal, settings.rule_snap)
    upright, level = np.full(len(vertical), -1, np.int64), np.full(len(horizontal), -1, np.int64)
    for group, (in_v, in_h) in enumerate(_connected(touches)):
        upright[in_v], level[in_h] = group, group
    reached = [
        touches & (np.abs(vertical[:, end, None] - horizontal[None, :, 0]) <= settings.edge_gap)
        for end in (1, 2)
    ]
    free_top, free_bottom = (np.logical_not(one.any(axis=1)) for one in reached)
    return Links(upright, level, free_top, free_bottom)


def _closing(free: Rules, end: int, settings: Settings) -> list[tuple[float, float, float]]:
    """Upright rules that end in the open in; level rules that close edges where several end together out."""
    if len(free) < 2:
        return []
    groups: list[list[tuple[float, float]]] = []
    for x, edge in sorted(free[:, (0, end)].tolist(), key=lambda one: one[1]):
        if groups and edge - groups[-1][-1][1] <= settings.edge_gap:
            groups[-1].append((x, edge))
        else:
            groups.append([(x, edge)])
    edges = []
    for group in groups:
        if len(group) >= 2:
            across, along = zip(*group, strict=True)
            edges.append((min(along) if end == 1 else max(along), min(across), max(across)))
    return edges


def _touch(vertical: Rules, horizontal: Rules, snap: float) -> npt.NDArray[np.bool_]:
    """[v, h]: whether the two rules cross or meet."""
    x, y0, y1 = vertical[:, 0, None], vertical[:, 1, None], vertical[:, 2, None]
    y, x0, x1 = horizontal[None, :, 0], horizontal[None, :, 1], horizontal[None, :, 2]
    reach = REACH * snap
    touches: npt.NDArray[np.bool_] = (
        (x >= x0 - reach) & (x <= x1 + reach) & (y >= y0 - reach) & (y <= y1 + reach)
    )
    return touches


def _connected(
    touches: npt.NDArray[np.bool_],
) -> list[tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]]:
    """Which rules touch in; groups that hang together, as masks over the upright and the level rules, out."""
    groups = []
    left = np.ones(len(touches), bool)
    while left.any():
        reached = np.zeros(len(touches), bool)
        reached[left.argmax()] = True
        level = touches[left.argmax()]
        while (grown := touches[:, level].any(axis=1) | reached).sum() > reached.sum():
            reached, level = grown, touches[grown].any(axis=0)
        groups.append((reached, level))
        left &= ~reached
    return groups


def _frame(
    vertical: Rules,
    horizontal: Rules,
    made: npt.NDArray[np.int64],
    edges: Sequence[float],
    settings: Settings,
) -> Frame:
    """One table's rules, its sides closed where level rules run on past the outermost upright ones."""
    places, drawn = horizontal[:, 0], horizontal
    top, bottom = places.min(), places.max()
    open_top = open_bottom = False
    if made.any():
        drawn = horizontal[made == 0]
        open_top = bool((made[places <= top + settings.edge_gap] == 1).any())
        open_bottom = bool((made[places >= bottom - settings.edge_gap] == 2).any())
    carried = len(edges) > 0 and bool(
        (np.abs(vertical[:, :1] - np.asarray(edges)).min(axis=1) < settings.rule_length / 2).all()
    )
    sides = []
    if carried or len(drawn) >= 2 or (len(drawn) == 1 and len(vertical) >= 3):
        left, right = (edges[0], edges[-1]) if carried else (drawn[:, 1].min(), drawn[:, 2].max())
        if left < vertical[0, 0] - settings.rule_length:
            sides.append((left, top, bottom))
        if right > vertical[-1, 0] + settings.rule_length:
            sides.append((right, top, bottom))
    if sides:
        vertical = _sorted(np.vstack((vertical, sides)))
        # An edge that we closed runs as far as the sides do.
        horizontal = horizontal.copy()
        horizontal[made > 0, 1:] = vertical[0, 0], vertical[-1, 0]
    elif drawn is horizontal:
        return Frame(vertical, horizontal, made == 0, open_top, open_bottom)
    order = np.lexsort((horizontal[:, 1], horizontal[:, 0]))
    return Frame(vertical, horizontal[order], made[order] == 0, open_top, open_bottom)


def _sorted(rules: Rules) -> Rules:
    return rules[np.lexsort((rules[:, 1], rules[:, 0]))]
