"""Pages in, the change table's sections out: where it starts, which grids carry it on, where it ends."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from ..errors import PageError, PictureError
from ..model import Grid, Layout, Problem
from ..read import Pdf
from ..settings import Settings
from .audit import ink
from .found import Found
from .furniture import is_running
from .grid import layout
from .gutters import with_gutters
from .headers import Header, fits, headers, is_printed_again, told_by_content
from .passing import FEW_PAGES, can_matter, is_worth, letters_of
from .strips import Section, TablePage, section
from .words import (
    NONE,
    TIMING,
    completes,
    folded,
    has_cover_labels,
    holds_headings,
    is_contents_list,
    is_date_like,
    is_row_like,
    is_title,
    is_whole,
    may_hold_table,
)

COVER_PAGES = 2
"""The cover and the contents list stand on the first pages."""
HEADER_GLYPHS = 60
"""A header in one line has fewer glyphs than a sentence that tells of the columns."""
STAMPED = 30
"""A page with less text than this may hold a table's last words."""


@dataclass(slots=True)
class _Course:
    """How far the search has come: which table it is in, or which one ended."""

    last: TablePage | None = None
    """The last page of a table."""
    columns: Header | None = None
    """Of the table that the page before belongs to."""
    ended: Header | None = None
    """Of the table that ended, while nothing says that another filing begins."""
    since: list[int] = field(default_factory=list)
    """Pages looked at, or passed over, after that end."""
    unclear: Problem | None = None
    """The end of that table, where something may speak against it."""


def find(pdf: Pdf, settings: Settings, only: Collection[int] = ()) -> Found:
    """An open PDF in; the pages of its change tables, and those that may be covers, out.

    `only`: the pages that are known to matter; without it all are looked at.
    """
    try:
        return _search(pdf, settings, only, pass_by=not only and len(pdf) > FEW_PAGES)
    except _Mistaken:
        return _search(pdf, settings, only, pass_by=False)


class _Mistaken(Exception):
    """A page shows letters that it was said not to show: no page may be passed by on such word."""


def _search(pdf: Pdf, settings: Settings, only: Collection[int], pass_by: bool) -> Found:
    found = Found()
    unseen: dict[int, str] = {}
    course = _Course()
    asked = passed = 0
    # Covers are read in any case: what is told of other pages is not believed before it is right for them.
    covers: dict[int, str] = {}
    for number in sorted(only) or range(1, len(pdf) + 1):
        asks = pass_by and number > COVER_PAGES and course.columns is None and is_worth(asked, passed)
        for cover in [*covers] if asks else ():
            _compare(pdf.letters(cover), covers.pop(cover))
        told = pdf.letters(number) if asks else None
        asked += asks
        if told is not None and not _can_matter(told, course):
            passed += 1
            course.since.append(number)
            continue
        try:
            # A page that surely matters is read before its text is looked at: that loads it once.
            page = pdf.page(number) if course.columns or number <= COVER_PAGES else None
            text = pdf.text(number)
            _compare(told, text)
            if number <= COVER_PAGES:
                covers[number] = text
            is_cover = has_cover_labels(text)
            is_front = number <= COVER_PAGES or is_cover
            looks_alike = course.ended is not None and _may_go_on(text, course.ended)
            if not (is_front or course.columns or looks_alike or _is_stamp(text) or may_hold_table(text)):
                course.since.append(number)
                continue
            page = page or pdf.page(number)
        except PictureError as error:
            unseen[number] = error.remedy
            found.missing.add(number)
            continue
        except PageError as error:
            found.problems.append(Problem("page_unreadable", str(error), number))
            found.missing.add(number)
            continue
        if not text.strip() and not is_front:
            continue  # a blank page inside the table does not end it
        columns = course.columns or course.ended
        if len(page.vertical) < 2 and (ruled := with_gutters(page, settings)) is not None:
            page = ruled
            found.gutters.add(number)
        taken = layout(page, settings, columns.edges if columns else ())
        if is_front:
            found.front.append(taken)
        if found.hidden is None and 2 * taken.hidden > taken.glyphs:
            found.hidden = number
        if found.title is None and _stands_below_title(taken):
            found.title = number
            found.says_none = any(NONE.fullmatch(folded(line.text)) for line in taken.lines)
        _follow(found, course, taken, lambda number: layout(pdf.page(number), settings))
        if number not in found.methods and _holds_rows(taken):
            found.unread.append(number)
        if is_cover:
            course.ended = None  # another filing begins
    found.problems += [_unseen(first, last, unseen[first]) for first, last in _runs([*unseen])]
    found.pictures, found.remedy = len(unseen), next(iter(unseen.values()), "")
    if course.unclear:
        found.problems.append(course.unclear)
    return found


def _compare(told: str | None, text: str) -> None:
    """Letters that a page was said to show, if it was, and its text in; _Mistaken where it shows others."""
    if told is not None and not letters_of(text) - _MADE <= letters_of(told):
        raise _Mistaken


def _is_stamp(text: str) -> bool:
    return ink(text) < STAMPED


_MADE = frozenset("-\x02\ufffe")
"""What the reader may put for a hyphen at a line's end."""


def _can_matter(told: str, course: _Course) -> bool:
    ended = course.ended
    return can_matter(told, ended is not None, ended is not None and _is_timed(ended))


def _follow(found: Found, course: _Course, page: Layout, look: Callable[[int], Layout]) -> None:
    """Add a page to the table that it carries on or opens, or see that the table ended before it."""
    last = course.last if course.columns or course.ended else None
    part = _table_page(page, course.columns, last)
    if part is None and course.columns is None and course.ended is not None:
        again = _table_page(page, course.ended, last)
        if again is not None and _holds_dates(again):
            # The table was not at its end: what stands between belongs to it, or must be named.
            for number in course.since:
                found.add(TablePage(look(number), (), False))
            part = again
    if part is not None:
        if part.opens and course.unclear:
            found.problems.append(course.unclear)
        found.add(part)
        course.last = part
        course.columns, course.ended, course.since = part.sections[-1].columns, None, []
        course.unclear = None
        return
    if course.columns is not None:
        if last is not None and _is_bare(page, last):
            return  # page number and running heads alone do not end it
        course.ended, course.since, course.columns = course.columns, [], None
    if course.ended is not None and course.unclear is None and _looks_alike(page, course.ended):
        what = "the change table ends before this page, though what stands here looks like rows of it"
        course.unclear = Problem("table_end_unclear", what, page.page)
    course.since.append(page.page)


def _is_bare(page: Layout, last: TablePage) -> bool:
    return not page.grids and all(is_running(line, last.layout.lines) for line in page.lines)


def _holds_rows(page: Layout) -> bool:
    """Whether loose text on a page is the header of a change table or rows of one."""
    texts = [line.text for line in page.lines]
    return any(is_row_like(text) or (holds_headings(text) and len(text) < HEADER_GLYPHS) for text in texts)


def _may_go_on(text: str, ended: Header) -> bool:
    """Whether a page's text may hold rows of a table that seemed to have ended."""
    return is_date_like(text) and (not _is_timed(ended) or bool(TIMING.search(folded(text))))


def _is_timed(header: Header) -> bool:
    return any(heading == "timing" for heading, _, _ in header.columns)


def _looks_alike(page: Layout, ended: Header) -> bool:
    """Whether a page after a table's end has a grid of its columns, or rows with date and timing."""
    if any(is_row_like(line.text) for line in page.lines):
        return True
    for grid in page.grids:
        texts = [folded(cell.text) for cell in grid.cells]
        if fits(grid, ended) or (any(map(is_whole, texts)) and any(map(TIMING.fullmatch, texts))):
            return True
    return False


def _holds_dates(part: TablePage) -> bool:
    return any(is_whole(strip.text("change_date")) for section in part.sections for strip in section.strips)


def _table_page(page: Layout, columns: Header | None, last: TablePage | None) -> TablePage | None:
    """A page, the columns of the table so far and its page before in; the page's part of it out, or null."""
    opens = columns is None
    untold = opens and _stands_below_title(page)
    sections: list[Section] = []
    for grid in page.grids:
        heads = _printed_again(grid, last) or headers(grid)
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
        if not heads and not sections and not _carries_on(page, made, last):
            continue
        sections.append(made)
        columns = made.columns
    if not sections:
        return None
    return TablePage(page, tuple(sections), opens)


def _printed_again(grid: Grid, last: TablePage | None) -> list[Header]:
    """The header of the table's page before, where it stands on this one again."""
    if last is None or not last.sections or not (first := last.sections[0]).header_lines:
        return []
    is_only = len(first.header_lines) == len(first.columns.lines)
    return [first.columns] if is_only and is_printed_again(first.columns, first.grid, grid) else []


def _stands_below_title(page: Layout) -> bool:
    """Whether loose text on a page is the title of a change table, or the headings of one without rules."""
    texts = [line.text for line in page.lines]
    if is_contents_list(texts):
        return False
    return any(is_title(text) or holds_headings(text) for text in texts)


def _carries_on(page: Layout, made: Section, last: TablePage | None) -> bool:
    """Whether a grid without header that has the table's columns is the table's.

    Its dates tell, the rest of a date that the page before ends with, or that nothing but running heads
    stands above it.
    """
    dates = [text for strip in made.strips if (text := strip.text("change_date").strip())]
    if not dates or any(is_date_like(text) for text in dates):
        return True
    if last is not None and completes(_last_date(last), dates[0]):
        return True
    running = last.layout.lines if last is not None else ()
    above = [line for line in page.lines if line.y1 <= made.grid.box[1] and not is_title(line.text)]
    other = [grid for grid in page.grids if grid.box[3] <= made.grid.box[1]]
    return not other and all(is_running(line, running) for line in above)


def _last_date(page: TablePage) -> str:
    strips = [strip for part in page.sections for strip in part.strips]
    return strips[-1].text("change_date") if strips else ""


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Consecutive numbers as first and last."""
    first = 0
    for index, number in enumerate(numbers):
        if index + 1 == len(numbers) or numbers[index + 1] != number + 1:
            yield numbers[first], number
            first = index + 1


def _unseen(first: int, last: int, remedy: str) -> Problem:
    pages = f"page {first} is" if first == last else f"pages {first} to {last} are"
    return Problem("image_only", f"{pages} only a picture; the text in it was not read. {remedy}", first)
