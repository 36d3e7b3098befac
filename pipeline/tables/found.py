"""The pages of a file one by one in, what later steps ask of them out: their layouts are not kept."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..model import Layout, Method, Problem
from .audit import Audit
from .extra import Extra
from .strips import Strip, TablePage


@dataclass(slots=True)
class Found:
    """What the pages of a file hold, gathered in one pass; no page's layout is kept but those of covers."""

    front: list[Layout] = field(default_factory=list)
    methods: dict[int, Method] = field(default_factory=dict)
    """The pages of change tables, and how each was read."""
    strips: list[tuple[Strip, bool]] = field(default_factory=list)
    """What stands on them in document order, each whether a table opens with it or what was above is lost."""
    tables: list[int] = field(default_factory=list)
    """The pages on which they begin."""
    audit: Audit = field(default_factory=Audit)
    extra: Extra = field(default_factory=Extra)
    title: int | None = None
    """The first page on which the title stands outside tables and contents list."""
    hidden: int | None = None
    """The first page looked at whose text is mostly drawn invisibly, under a scan."""
    says_none: bool = False
    """Below that title stands that there is nothing to list."""
    missing: set[int] = field(default_factory=set)
    """Pages that are damaged, or pictures that nothing can read: what stands on them is not known."""
    pictures: int = 0
    """Of these, the pictures."""
    remedy: str = ""
    """What to do so that they can be read."""
    unread: list[int] = field(default_factory=list)
    """Pages with headings or rows that no rules surround and no part of the table took up."""
    gutters: set[int] = field(default_factory=set)
    """Pages whose columns are parted by white space alone."""
    problems: list[Problem] = field(default_factory=list)

    def add(self, page: TablePage) -> None:
        """Take from a page of a table what is asked of it later."""
        number, last = page.layout.page, next(reversed(self.methods), 0)
        # Rows are not joined, nor merged cells filled, over what nobody has read.
        opens = page.opens or any(last < missing < number for missing in self.missing)
        for strip in (strip for part in page.sections for strip in part.strips):
            self.strips.append((strip, opens))
            opens = False
        self.methods[number] = page_method(page.layout)
        self.tables += [number] * page.opens
        self.audit.add(page)
        self.extra.add(page)


def page_method(page: Layout) -> Method:
    """How a page was read: a layer under a picture shows in its glyphs even where no rules were seen."""
    return "hidden_text" if page.method == "text" and 2 * page.hidden > page.glyphs else page.method
