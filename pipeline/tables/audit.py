"""The pages of a change table in, where every glyph on them went out, and what went nowhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ..model import GlyphCount, Line, Problem
from .find import TablePage
from .words import folded, is_title

_PAGE_NUMBER = re.compile(
    r"[-‐―ー(\[<]*(?:p(?:age|\.)?)?[0-9]{1,4}(?:(?:/|of|ページ中)[0-9]{1,4})?(?:頁|ページ|page)?[-‐―ー)\]>]*",
    re.IGNORECASE,
)
_NEAR = 6.0
"""A running head stands at the same height on every page, within this."""


def ink(text: str) -> int:
    """Glyphs with ink in a text."""
    return len("".join(text.split()))


def audit(pages: Sequence[TablePage]) -> tuple[GlyphCount, tuple[Problem, ...]]:
    """The table's pages in; where their glyphs stand and problems that name those without a place out."""
    repeated = _repeated(pages)
    total = cells = headers = furniture = duplicates = 0
    problems: list[Problem] = []
    for index, page in enumerate(pages):
        total += page.layout.glyphs
        duplicates += page.layout.duplicates
        for part in page.sections:
            cells += sum(
                ink(line)
                for strip in part.strips
                for piece in strip.cells.values()
                for line in _texts(piece.lines)
            )
            headers += sum(ink(line.text) for line in part.header_lines)
            furniture += sum(ink(line.text) for _, line in part.extra)
        own = [part.grid for part in page.sections]
        other = [grid for grid in page.layout.grids if grid not in own]
        furniture += sum(ink(line.text) for grid in other for cell in grid.cells for line in cell.lines)
        furniture += sum(ink(line.text) for line in page.layout.strays)
        loose = [line for line in page.layout.lines if not is_title(line.text)]
        headers += sum(ink(line.text) for line in page.layout.lines if is_title(line.text))
        lost = [
            line for line in loose if not (_is_outside(line, page, pages, index) or _key(line) in repeated)
        ]
        furniture += sum(ink(line.text) for line in loose) - sum(ink(line.text) for line in lost)
        if lost:
            text = " / ".join(line.text for line in lost)
            problems.append(
                Problem(
                    "glyphs_unplaced",
                    f"{sum(ink(line.text) for line in lost)} glyphs stand in no cell of the table",
                    page.layout.page,
                    excerpt=text[:200],
                )
            )
    return GlyphCount(total, cells, headers, furniture, duplicates), tuple(problems)


def _texts(lines: Iterable[str | Line]) -> Iterable[str]:
    return (line if isinstance(line, str) else line.text for line in lines)


def _key(line: Line) -> tuple[str, int]:
    return re.sub(r"[0-9]+", "#", folded(line.text)), round(line.y0 / _NEAR)


def _repeated(pages: Sequence[TablePage]) -> set[tuple[str, int]]:
    """Text outside tables that stands on several pages at the same height, numbers aside."""
    seen = Counter(key for page in pages for key in {_key(line) for line in page.layout.lines})
    return {key for key, count in seen.items() if count > 1}


def _is_outside(line: Line, page: TablePage, pages: Sequence[TablePage], index: int) -> bool:
    """Whether a line lies outside the table for certain: beyond an edge with a rule, or a page number."""
    if _PAGE_NUMBER.fullmatch(folded(line.text)):
        return True
    first, last = page.sections[0].grid, page.sections[-1].grid
    middle = (line.y0 + line.y1) / 2
    if middle < first.box[1]:
        return page.opens or not first.open_top
    if middle > last.box[3]:
        return not last.open_bottom
    # Between the edges, yet in no cell: to the left or to the right, or between two parts of the table.
    return any(part.grid.box[1] <= middle <= part.grid.box[3] for part in page.sections)
