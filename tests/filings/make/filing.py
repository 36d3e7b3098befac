"""One invented filing, ready for any producer, and the truth about it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .content import HEADERS, TITLES, Cover, Row, Section, declaration, sections


@dataclass(frozen=True)
class Filing:
    """What is to be drawn. `look` holds the producer's own switches, one a trait."""

    case: str
    producer: str
    body: str
    task: str
    form: int
    cover: Cover
    rows: tuple[Row, ...]
    traits: tuple[str, ...] = ()
    look: dict[str, Any] = field(default_factory=dict)
    merged_dates: tuple[tuple[int, int], ...] = ()
    """Row numbers (first, last; from 0) whose date cells are one merged cell."""
    merged_items: tuple[tuple[int, int], ...] = ()
    headers: tuple[str, ...] = HEADERS
    table_state: str = "rows"

    @property
    def title(self) -> str:
        return self.look.get("title", TITLES[self.form])

    @property
    def declaration(self) -> str:
        return declaration(self.body, self.task)

    @property
    def sections(self) -> list[Section]:
        return sections(self.body, self.task, self.form)[: self.look.get("sections", 99)]


def covered(spans: tuple[tuple[int, int], ...], row: int) -> bool:
    """Whether this row's cell is hidden under a merged cell that begins further up."""
    return any(first < row <= last for first, last in spans)


def truth(filing: Filing, pages: list[tuple[int, int]] | None = None) -> dict[str, Any]:
    """What a perfect reader reports. `pages`: first and last page of every row, where the maker knows."""
    c = filing.cover
    return {
        "case": filing.case,
        "producer": filing.producer,
        "traits": list(filing.traits),
        "cover": {
            "filing_number": int(c.filing_number) if c.filing_number else None,
            "filing_title": c.filing_title,
            "filing_type": c.filing_type,
            "agency": c.agency,
            "municipality_code": c.municipality_code,
            "municipality": c.municipality,
            "prefecture_name": c.prefecture,
            "published": c.published_iso,
            "published_raw": c.published,
            "stage": c.stage,
            "form_version": c.form_version,
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
