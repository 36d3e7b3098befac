"""The pages of a change table in, where every glyph on them went out, and what went nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields

from ..model import GlyphCount, Line, Problem
from .find import TablePage
from .furniture import NEAR, is_page_number, without_numbers
from .words import is_row_like, is_title

EXCERPT = 200
"""Characters of unplaced text that a problem quotes."""


def ink(text: str) -> int:
    """Glyphs with ink in a text."""
    return len("".join(text.split()))


def audit(pages: Sequence[TablePage]) -> tuple[GlyphCount, tuple[Problem, ...]]:
    """The table's pages in; where their glyphs stand and problems that name those without a place out."""
    heights = _heights(pages)
    counts, problems = [], []
    for page in pages:
        loose = [line for line in page.layout.lines if not is_title(line.text)]
        lost = [line for line in loose if not (_is_outside(line, page) or _repeats(line, page, heights))]
        if not page.sections:  # amid the table, yet no part of it: tables on it may be rows not known as such
            lost += [line for grid in page.layout.grids for cell in grid.cells for line in cell.lines]
        counts.append(_count(page, loose, lost))
        if lost:
            number = sum(ink(line.text) for line in lost)
            text = " / ".join(line.text for line in lost)
            message = f"{number} glyphs stand in no cell of the table"
            problems.append(Problem("glyphs_unplaced", message, page.layout.page, excerpt=text[:EXCERPT]))
    sums = (sum(getattr(count, field.name) for count in counts) for field in fields(GlyphCount))
    return GlyphCount(*sums), tuple(problems)


def _count(page: TablePage, loose: Sequence[Line], lost: Sequence[Line]) -> GlyphCount:
    own = [part.grid for part in page.sections]
    pieces = [p for part in page.sections for strip in part.strips for p in strip.cells.values()]
    other = [
        line for grid in page.layout.grids if grid not in own for cell in grid.cells for line in cell.lines
    ]
    # Row numbers and remarks are known to be no part of the dataset; what an unknown column holds is lost.
    extra = [line for part in page.sections for heading, line in part.extra if heading != "other"]
    titles = [line for line in page.layout.lines if is_title(line.text)]
    return GlyphCount(
        total=page.layout.glyphs,
        cells=sum(ink(piece.text) for piece in pieces),
        headers=_ink(titles) + sum(_ink(part.header_lines) for part in page.sections),
        furniture=_ink(loose) + _ink(other) - _ink(lost) + _ink(extra) + _ink(page.layout.strays),
        duplicates=page.layout.duplicates,
    )


def _ink(lines: Iterable[Line]) -> int:
    return sum(ink(line.text) for line in lines)


def _heights(pages: Sequence[TablePage]) -> dict[str, list[tuple[int, float]]]:
    """For each text outside tables, numbers aside, the pages and heights at which it stands."""
    heights: dict[str, list[tuple[int, float]]] = {}
    for page in pages:
        for line in page.layout.lines:
            heights.setdefault(without_numbers(line.text), []).append((page.layout.page, line.y0))
    return heights


def _repeats(line: Line, page: TablePage, heights: dict[str, list[tuple[int, float]]]) -> bool:
    """Whether the line stands on another page too, at the same height: a running head or foot."""
    return any(
        number != page.layout.page and abs(y0 - line.y0) < NEAR
        for number, y0 in heights[without_numbers(line.text)]
    )


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
