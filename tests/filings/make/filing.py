"""One invented filing, ready for any producer, and the truth about it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .content import HEADERS, TITLES, Cover, Row, Section, declaration, sections

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Look:
    """How a filing is drawn; the defaults are the plainest. A producer honours the switches that it can."""

    font: str = "IPAexGothic"
    size: float = 9
    landscape: bool = False
    widths: tuple[float, ...] = (56, 84, 140, 140, 38, 72)
    """Of the table's columns, in points."""
    leading: float = 1.35
    rules: str = "line"
    """line, rect (thin filled), dash, dot, double, cell (every cell its own frame), thin, medium …"""
    outer: bool = True
    """Whether the table has its left and right border."""
    close_at_break: bool = True
    """A rule under the part of a row that is cut by the page's end, and above the rest of it."""
    split: bool = True
    """Rows may run over a page end."""
    header: str = "every"
    """Column headers: on every page, on the first, none, or also again in mid-page."""
    header_style: str = "plain"
    """plain, spaced, two_lines."""
    header_open: bool = False
    """No rule between the header and a row that goes on below it."""
    bold: str = ""
    """What is drawn twice, slightly apart: header, date, title."""
    watermark: str = ""
    head: str = ""
    foot: str = "- {n} -"
    title: str = ""
    """Instead of the form's own title of the table."""
    sections: int = 99
    """How many parts of the form are printed before the table."""
    other_table: bool = False
    """Another table of six columns before the change table."""
    companions: bool = False
    """Small tables above and below the change table on its pages."""
    sheet_lines: int = 10_000
    """Sheets: a longer row goes on in further sheet rows, without a rule between."""
    spill: bool = False
    """At a break, the text beyond the edge is drawn too, under a clipping path."""
    hang: bool = False
    """Commas and full stops may hang past a cell's text edge, as Word sets them."""
    top: float = 62
    bottom: float = 54
    date_align: str = "left"
    valign: str = "top"


@dataclass(frozen=True)
class Filing:
    """What is to be drawn."""

    case: str
    producer: str
    body: str
    task: str
    form: int
    cover: Cover
    rows: tuple[Row, ...]
    traits: tuple[str, ...] = ()
    look: Look = Look()
    merged_dates: Spans = ()
    """Row numbers (first, last; from 0) whose date cells are one merged cell."""
    merged_items: Spans = ()
    number_column: bool = False
    remark_column: bool = False
    table_state: str = "rows"
    after: tuple[tuple[str, dict[str, Any]], ...] = ()
    """What is done to the PDF afterwards: names of functions in `after.py` with their arguments."""
    expect: dict[str, Any] = field(default_factory=dict)
    """Where a perfect reader cannot do it all: `readable`: false, `unmapped`: true …"""

    @property
    def title(self) -> str:
        return self.look.title or TITLES[self.form]

    @property
    def headers(self) -> tuple[str, ...]:
        return ("No.",) * self.number_column + HEADERS + ("備考",) * self.remark_column

    @property
    def declaration(self) -> str:
        return declaration(self.body, self.task)

    @property
    def sections(self) -> list[Section]:
        return sections(self.body, self.task, self.form)[: self.look.sections]

    @property
    def merges(self) -> dict[int, Spans]:
        """Column number → spans of its merged cells."""
        shift = int(self.number_column)
        return {shift: self.merged_dates, shift + 1: self.merged_items}

    def cells(self, number: int) -> list[str]:
        """A row's texts by column; empty under a merged cell."""
        number_cell, remark = [str(number + 1)] * self.number_column, ["　"] * self.remark_column
        texts = [*number_cell, *self.rows[number].texts, *remark]
        return ["" if covered(self.merges.get(c, ()), number) else text for c, text in enumerate(texts)]


def covered(spans: Spans, row: int) -> bool:
    """Whether this row's cell is hidden under a merged cell that begins further up."""
    return any(first < row <= last for first, last in spans)


def truth(filing: Filing, pages: list[tuple[int, int]] | None = None) -> dict[str, Any]:
    """What a perfect reader reports. `pages`: first and last page of every row, where the maker knows."""
    c = filing.cover
    return {
        "case": filing.case,
        "producer": filing.producer,
        "traits": list(filing.traits),
        "expect": filing.expect,
        "cover": {
            "filing_number": int(c.filing_number) if c.filing_number else None,
            "filing_title": c.filing_title,
            "filing_type": c.filing_type,
            "agency": c.agency.replace(" ", ""),
            "agency_raw": c.agency,
            "municipality_code": c.municipality_code,
            "municipality": c.municipality,
            "prefecture_name": c.prefecture,
            "published": c.published_iso,
            "published_raw": c.published,
            "stage": c.stage,
            "form_version": c.form_version.replace("　", " "),
        },
        "table_state": filing.table_state,
        "rows": [
            {
                "change_date": r.change_date,
                "item": r.item,
                "before": r.before,
                "after": r.after,
                "timing": r.timing,
                "note": r.note,
                "change_date_iso": r.change_date_iso,
                "item_code": r.item_code,
                "page_first": pages[i][0] if pages else None,
                "page_last": pages[i][1] if pages else None,
            }
            for i, r in enumerate(filing.rows)
        ],
    }


def write_truth(path: Path, record: dict[str, Any]) -> None:
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
