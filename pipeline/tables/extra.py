"""A table's columns that are no part of the dataset: its pages in, problems that name the columns out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..model import Problem
from .headers import Columns
from .headings import Heading
from .strips import TablePage
from .words import folded

_KNOWN: dict[Heading, str] = {"number": "row numbers", "remark": "remarks"}


@dataclass(slots=True)
class Extra:
    """What the pages of a table show of such columns, each where it is seen first."""

    known: dict[str, tuple[int, str]] = field(default_factory=dict)
    unknown: dict[float, tuple[int, str]] = field(default_factory=dict)
    """Page and text of the first line with its middle there."""
    headers: dict[tuple[Columns, tuple[tuple[float, str], ...]], None] = field(default_factory=dict)
    """The headers that differ, in document order: columns, and the middle and text of each line."""

    def add(self, page: TablePage) -> None:
        for part in page.sections:
            if part.header_lines:
                lines = tuple(((line.x0 + line.x1) / 2, line.text) for line in part.header_lines)
                self.headers[part.columns.columns, lines] = None
            for heading, line in part.extra:
                first = page.layout.page, line.text
                if heading in _KNOWN:
                    self.known.setdefault(_KNOWN[heading], first)
                else:
                    self.unknown.setdefault((line.x0 + line.x1) / 2, first)

    def problems(self) -> Iterator[Problem]:
        for what, (number, text) in self.known.items():
            yield Problem("extra_column", f"the table has {what}, which are left out", number, excerpt=text)
        named: dict[str, tuple[int, str]] = {}
        for middle, first in self.unknown.items():
            named.setdefault(self._heading_above(middle), first)
        for name, (number, text) in named.items():
            message = f"the column «{name}» is none of the table's; its text is left out"
            yield Problem("unknown_column", message, number, excerpt=text)

    def _heading_above(self, middle: float) -> str:
        """The heading, in the first header that has one there, of what stands below; empty when none."""
        for columns, lines in self.headers:
            over = [(x0, x1) for _, x0, x1 in columns if x0 <= middle <= x1]
            above = [text for at, text in lines for x0, x1 in over if x0 <= at <= x1]
            if above:
                return folded("".join(above))
        return ""
