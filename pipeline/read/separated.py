"""Text of a transcript whose columns neither tabs, pipes nor tags part -> its records: commas, or wide gaps.

Only for text that shows no table otherwise: a comma or two spaces may well stand inside a cell.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable

from . import columns
from .text_tables import Field, Record

_GAP = re.compile(r"(?: {2}|\u3000{2}| \u3000|\u3000 )[ \u3000]*")


def by_commas(text: str) -> list[Record]:
    """Comma-separated text -> its rows; a quoted cell may hold commas, line ends and doubled quotes.

    >>> by_commas('令和6年4月1日,Ⅰ-2,"旧,\\n記載",新')[0].texts
    ['令和6年4月1日', 'Ⅰ-2', '旧,\\n記載', '新']
    """
    try:
        rows = list(csv.reader(text.splitlines(keepends=True), skipinitialspace=True))
    except csv.Error:  # a quote that never closes
        return []
    return _records([[cell.strip() for cell in row] for row in rows], "commas", lambda row: len(row) > 1)


def by_gaps(text: str) -> list[Record]:
    """Text in columns -> its rows, cut at two spaces or more.

    An empty cell leaves no trace there. So a row is one with as many cells as the header, or with a date
    at its start and 事前 or 事後 further on; any other line stays a line.

    >>> text = "変更日  項目  変更前  変更後\\n令和6年4月1日  Ⅰ-2  旧  新\\n  つづき  旧の  新の"
    >>> [record.kind for record in by_gaps(text)]
    ['spaces', 'spaces', 'line']
    """
    rows = [_GAP.split(line.strip()) for line in text.split("\n")]
    width = max((len(row) for row in rows if columns.read_header(row)), default=0)

    def is_row(row: list[str]) -> bool:
        return len(row) > 2 and (
            len(row) == width or (columns.starts_with_date(row[0]) and any(map(columns.is_timing, row[2:])))
        )

    return _records(rows, "spaces", is_row)


def _records(rows: list[list[str]], kind: str, is_row: Callable[[list[str]], bool]) -> list[Record]:
    found: list[Record] = []
    block, after_blank = 0, True
    for row in rows:
        if not any(row):
            block, after_blank = block + 1, True
        elif is_row(row):
            fields = tuple(Field(tuple(cell.split("\n"))) for cell in row)
            found.append(Record(fields, kind, block, after_blank))
            after_blank = False
        else:
            found.append(Record((Field(("  ".join(row),)),), "line", block, after_blank))
            after_blank = False
    return found
