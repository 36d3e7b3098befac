"""Pages in, the change table's sections out: where it starts, which grids carry it on, where it ends."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from ..errors import PageError
from ..model import Layout, Problem
from ..read import Pdf
from ..settings import Settings
from .grid import layout
from .headers import Header, fits, headers, told_by_content
from .strips import Section, section
from .words import NONE, folded, holds_headings, is_contents_list, is_date_like, is_title, may_hold_table

_COVER = ("評価書名", "評価実施機関名")
COVER_PAGES = 2
"""The cover and the contents list stand on the first pages."""
FEW_GLYPHS = 3
"""A page with less text than this and a picture over most of it is a scan."""


@dataclass(slots=True)
class Found:
    """What the pages of a file hold, gathered in one pass."""

    front: list[Layout] = field(default_factory=list)
    pages: list[TablePage] = field(default_factory=list)
    tables: int = 0
    title: int | None = None
    """The first page on which the title stands outside tables and contents list."""
    says_none: bool = False
    """Below that title stands that there is nothing to list."""
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TablePage:
    """One page of a change table."""

    layout: Layout
    sections: tuple[Section, ...]
    opens: bool
    """The table begins on this page."""


def find(pdf: Pdf, settings: Settings, only: Collection[int] = ()) -> Found:
    """An open PDF in; the pages of its change tables, and those that may be covers, out.

    `only`: the pages that are known to matter; without it all are looked at.
    """
    found = Found()
    scans: list[int] = []
    columns: Header | None = None
    for number in sorted(only) or range(1, len(pdf) + 1):
        try:
            text = pdf.text(number)
            is_front = number <= COVER_PAGES or all(label in folded(text) for label in _COVER)
            is_empty = len(text.strip()) < FEW_GLYPHS
            if not (is_front or is_empty or columns or may_hold_table(text)):
                continue
            page = pdf.page(number)
        except PageError as error:
            found.problems.append(Problem("page_unreadable", str(error), number))
            continue
        if is_empty and page.image_share > 0.5:
            scans.append(number)
            continue
        if not text.strip() and not is_front:
            continue  # a blank page inside the table does not end it
        taken = layout(page, settings, columns.edges if columns else ())
        if is_front:
            found.front.append(taken)
        if found.title is None and _stands_below_title(taken):
            found.title = number
            found.says_none = any(NONE.fullmatch(folded(line.text)) for line in taken.lines)
        part = _table_page(taken, columns)
        if part is None:
            columns = None
            continue
        found.tables += part.opens
        found.pages.append(part)
        columns = part.sections[-1].columns
    found.problems += [_scanned(first, last) for first, last in _runs(scans)]
    return found


def _table_page(page: Layout, columns: Header | None) -> TablePage | None:
    """A page and the columns of the table so far in; the page's part of the table out, null when none."""
    opens = columns is None
    untold = opens and _stands_below_title(page)
    sections: list[Section] = []
    for grid in page.grids:
        heads = headers(grid)
        if heads:
            first = columns if columns is not None and not sections else heads[0]
            start = (fits(grid, first) or heads[0]) if first else heads[0]
        elif columns is not None and (carried := fits(grid, columns)) is not None:
            start = carried
        elif untold and (told := told_by_content(grid)) is not None:
            start = told
        else:
            continue
        made = section(grid, heads, start)
        if not heads and not sections and not _carries_on(page, made):
            continue
        sections.append(made)
        columns = made.columns
    if not sections:
        return None
    return TablePage(page, tuple(sections), opens)


def _stands_below_title(page: Layout) -> bool:
    """Whether loose text on a page is the title of a change table, or the headings of one without rules."""
    texts = [line.text for line in page.lines]
    if is_contents_list(texts):
        return False
    return any(is_title(text) or holds_headings(text) for text in texts)


def _carries_on(page: Layout, made: Section) -> bool:
    """Whether a grid without header that has the table's columns is the table's.

    Its dates tell, or that nothing stands above it.
    """
    dates = [text for strip in made.strips if (text := strip.text("change_date").strip())]
    if not dates or any(is_date_like(text) for text in dates):
        return True
    above = [line for line in page.lines if line.y1 <= made.grid.box[1] and not is_title(line.text)]
    other = [grid for grid in page.grids if grid.box[3] <= made.grid.box[1]]
    return not (above or other)


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Consecutive numbers as first and last."""
    first = 0
    for index, number in enumerate(numbers):
        if index + 1 == len(numbers) or numbers[index + 1] != number + 1:
            yield numbers[first], number
            first = index + 1


def _scanned(first: int, last: int) -> Problem:
    pages = f"page {first} is" if first == last else f"pages {first} to {last} are"
    return Problem("image_only", f"{pages} only a picture; the text in it was not read", first)
