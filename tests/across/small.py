"""Datasets of a few filings, written as extraction leaves them, for tests of what spans several filings."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import rules
from pipeline.fields import change
from pipeline.model import DateReading
from pipeline.text.normalise import comparison_form

from . import make

LAW = ("番号法第19条第7号に基づく情報照会", "番号法第19条第8号に基づく情報照会")
"""Both texts of a national edit."""


@dataclass(frozen=True)
class Printed:
    """One row of a table."""

    before: str
    after: str
    date: str | None = "2021-09-01"
    item: str = "I-5 法令上の根拠"
    key: str | None = "legal_basis"
    timing: str | None = "事後"


def day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def filing(
    body: str | None,
    published: str | None,
    *rows: Printed,
    number: int | None = 1,
    name: str = "",
    **more: Any,
) -> tuple[str, dict[str, Any], list[dict[str, Any]]]:
    """One filing of a body (its code; null: unknown) with its rows, as `make.write` takes it."""
    named = next((row for row in rules.table("municipalities") if row["code"] == body), None)
    path = f"{body or 'unknown'}/{number or 0}_{published or 'draft'}{name}.pdf"
    filing_id = hashlib.sha256(path.encode()).hexdigest()[:16]
    key = f"{body}/{number}" if body and number else None
    facts = {
        "filing_id": filing_id, "source_path": path, "sha256": filing_id * 4, "rows": len(rows),
        "status": "ok",
        "municipality_code": body, "municipality": named and named["name"],
        "prefecture": f"JP-{(body or '00')[:2]}", "filing_type": "全項目", "filing_number": number,
        "filing_title": "予防接種に関する事務 全項目評価書", "filing_key": key,
        "stage": "published" if published else "draft", "published": day(published), "pipeline_version": "0",
    } | more  # fmt: skip
    raw = {f"{column}_raw": "" for column in ("change_date", "item", "before", "after", "timing", "note")}
    of_filings = ("rows", "status", "document", "sha256")
    listed = []
    for ordinal, row in enumerate(rows, 1):
        said = map(comparison_form, (row.item, row.before, row.after))
        digest = change.content_digest(DateReading(day(row.date), "day"), "", said)
        listed.append(
            {name: value for name, value in facts.items() if name not in of_filings}
            | raw
            | {
                "row_id": f"{filing_id}-{ordinal:04d}", "ordinal": ordinal, "item": row.item,
                "change_id": change.change_id(f"{body}\x1f{key}" if key else filing_id, digest),
                "change_date": day(row.date),
                "item_key": row.key, "item_codes": [], "before": row.before, "after": row.after,
                "timing": row.timing, "note": "", "change_kind": change.change_kind(row.before, row.after),
                "method": facts.get("method", "text"), "confidence": 1.0, "marks": [],
                "truth": None, "wave": None,
            }
        )  # fmt: skip
    return body or "", facts, listed


def dataset(out: Path, *filings: Any) -> Path:
    """A published dataset of these filings."""
    make.write(out, sorted(filings, key=lambda one: (one[0], one[1]["source_path"])))
    return out
