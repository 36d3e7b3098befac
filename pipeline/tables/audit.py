"""The pages of a change table in, where every glyph on them went out, and what went nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from ..model import GlyphCount, Line, Problem
from .furniture import NEAR, is_page_number, without_numbers
from .letters import unmapped
from .strips import TablePage
from .words import is_row_like, is_title

EXCERPT = 200
"""Characters of unplaced text that a problem quotes."""


def ink(text: str) -> int:
    """Glyphs with ink in a text."""
    return len("".join(text.split()))


class _Open(NamedTuple):
    """What the pages that follow decide of a page, or what is lost on it for certain."""

    page: int
    lines: tuple[Line, ...]
    """Lost unless they stand on another page too."""
    lost: int
    excerpt: str


@dataclass(slots=True)
class Audit:
    """Where the glyphs of a table's pages stand, page after page; lines are kept where other pages decide."""

    counts: Counter[str] = field(default_factory=Counter)
    """As if no line were lost that another page may save."""
    heights: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    """For each text outside tables, numbers aside, the pages and heights at which it stands."""
    open: list[_Open] = field(default_factory=list)
    unmapped: bool = False
    """Some cell holds a glyph without Unicode."""

    def add(self, page: TablePage) -> None:
        layout, number, sections = page.layout, page.layout.page, page.sections
        loose: list[Line] = []
        titles: list[Line] = []
        for line in layout.lines:
            self.heights.setdefault(without_numbers(line.text), []).append((number, line.y0))
            (titles if is_title(line.text) else loose).append(line)
        own = [part.grid for part in sections]
        other = [
            line for grid in layout.grids if grid not in own for cell in grid.cells for line in cell.lines
        ]
        # Amid the table, yet no part of it: tables on such a page may be rows not known as such.
        lost = [] if sections else other
        unsure = tuple([line for line in loose if not _is_outside(line, page)])
        if unsure or lost:
            self.open.append(_Open(number, unsure, _ink(lost), _joined(lost)[:EXCERPT]))
        text = "\n".join(
            [piece.text for part in sections for strip in part.strips for piece in strip.cells.values()]
        )
        self.unmapped = self.unmapped or unmapped(text) > 0
        # Row numbers and remarks are known to be no part of the dataset; an unknown column's text is lost.
        extra = [line for part in sections for heading, line in part.extra if heading != "other"]
        found = {
            "total": layout.glyphs,
            "cells": ink(text),
            "headers": _ink([*titles, *[line for part in sections for line in part.header_lines]]),
            "furniture": _ink([*loose, *([] if lost else other), *extra, *layout.strays]),
            "duplicates": layout.duplicates,
        }
        for what, count in found.items():
            self.counts[what] += count

    def result(self) -> tuple[GlyphCount, tuple[Problem, ...]]:
        """All counts, and for each page with glyphs that have no place a problem that names them."""
        problems = []
        unplaced = 0
        for page in self.open:
            lines = [line for line in page.lines if not self._repeats(line, page.page)]
            number = _ink(lines)
            unplaced += number
            if number or page.lost:
                text = " / ".join(filter(None, (_joined(lines), page.excerpt)))
                message = f"{number + page.lost} glyphs stand in no cell of the table"
                problems.append(Problem("glyphs_unplaced", message, page.page, excerpt=text[:EXCERPT]))
        count = GlyphCount(**self.counts)
        return count._replace(furniture=count.furniture - unplaced), tuple(problems)

    def _repeats(self, line: Line, page: int) -> bool:
        """Whether the line stands on another page too, at the same height: a running head or foot."""
        return any(
            number != page and abs(y0 - line.y0) < NEAR
            for number, y0 in self.heights[without_numbers(line.text)]
        )


def _ink(lines: Iterable[Line]) -> int:
    return ink("\n".join([line.text for line in lines]))


def _joined(lines: Iterable[Line]) -> str:
    return " / ".join(line.text for line in lines)


def _is_outside(line: Line, page: TablePage) -> bool:
    """Whether a line lies outside the table for certain: beyond an edge with a rule, or a page number.

    What reads like a row, with date and timing, is never outside: it may be a row that has no rules.
    """
    if is_page_number(line.text):
        return True
    if is_row_like(line.text):
        return False
    if not page.sections:
        return False
    first, last = page.sections[0].grid, page.sections[-1].grid
    middle = (line.y0 + line.y1) / 2
    if middle < first.box[1]:
        return page.opens or not first.open_top
    if middle > last.box[3]:
        return not last.open_bottom
    # Between the edges, yet in no cell: to the left or to the right, or between two parts of the table.
    return any(part.grid.box[1] <= middle <= part.grid.box[3] for part in page.sections)
