"""A row -> how to cite it: whose document, which one, where in it, and how it was read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from os import PathLike
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import UsageError
from .load import dataset, pinned

_ROW = ["row_id", "source_path", "ordinal", "page_first", "page_last", "pipeline_version"]
_FILING = [
    "municipality", "municipality_code", "agency", "filing_title", "filing_number", "filing_type", "stage",
    "published", "url", "retrieved_on", "sha256", "source_path",
]  # fmt: skip
_STAGES = {
    "draft": ("案", "draft"),
    "public_comment": ("意見募集", "for public comment"),
    "ended": ("終了", "ended"),
}


@dataclass(frozen=True, slots=True)
class Citation:
    """One row, cited in both languages; what is not known is left out, never guessed."""

    ja: str
    en: str

    def __str__(self) -> str:
        return f"{self.ja}\n{self.en}"


def cite(row_id: str, out: str | PathLike[str] = "extracted") -> Citation:
    """A row of the dataset -> its citation: body, title, number, date, page, URL, hash, version.

    UsageError when the dataset has no such row.
    """

    def read(generation: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        rows = dataset(generation, "changes").to_table(columns=_ROW, filter=pc.field("row_id") == row_id)
        paths = pa.array(rows["source_path"].to_pylist(), pa.string())
        filings = dataset(generation, "filings").to_table(
            columns=_FILING, filter=pc.field("source_path").isin(paths)
        )
        return rows.to_pylist(), filings.to_pylist()

    rows, filings = pinned(out, read)
    if not rows or not filings:
        raise UsageError(f"{out} has no row {row_id!r}; row_ids change when a filing is replaced")
    return citation(rows[0], filings[0])


def citation(row: dict[str, Any], filing: dict[str, Any]) -> Citation:
    """A row and its filing -> the citation."""
    return Citation("".join(_japanese(row, filing)), " ".join(_english(row, filing)))


def _japanese(row: dict[str, Any], filing: dict[str, Any]) -> Iterator[str]:
    yield filing["municipality"] or filing["agency"] or "団体不明"
    if filing["municipality"] and filing["agency"]:
        yield f"（{filing['agency']}）"
    yield f"「{filing['filing_title'] or filing['source_path']}」"
    stage = _STAGES.get(filing["stage"])
    about = [
        "" if filing["filing_number"] is None else f"評価書番号{filing['filing_number']}",
        filing["filing_type"] and f"{filing['filing_type']}評価書",
        stage and stage[0],
        _day_ja("公表", filing["published"]),
    ]
    if any(about):
        yield f"（{'、'.join(filter(None, about))}）"
    yield f"、変更箇所 第{row['ordinal']}行"
    if row["page_first"] is not None:
        last = "" if row["page_last"] == row["page_first"] else f"〜{row['page_last']}"
        yield f"、{row['page_first']}{last}頁"
    yield "。"
    if filing["url"]:
        yield f"{filing['url']}{_in_brackets(_day_ja('取得', filing['retrieved_on']))}。"
    yield f"SHA-256: {filing['sha256']}。henkou {row['pipeline_version']} により抽出（{row['row_id']}）。"


def _english(row: dict[str, Any], filing: dict[str, Any]) -> Iterator[str]:
    body = filing["municipality"] or filing["agency"] or "Unknown body"
    code = filing["municipality_code"]
    yield f"{body}{f' (local government code {code})' if code else ''},"
    stage = _STAGES.get(filing["stage"])
    about = [
        "" if filing["filing_number"] is None else f"assessment no. {filing['filing_number']}",
        filing["filing_type"] and f"{filing['filing_type']}評価書",
        stage and stage[1],
        filing["published"] and f"published {_day_en(filing['published'])}",
    ]
    title = f"「{filing['filing_title'] or filing['source_path']}」"
    yield f"{title} ({', '.join(filter(None, about))})," if any(about) else f"{title},"
    where = f"change table, row {row['ordinal']}"
    if row["page_first"] is not None:
        one = row["page_last"] == row["page_first"]
        where += f", p. {row['page_first']}" if one else f", pp. {row['page_first']}–{row['page_last']}"
    yield f"{where}."
    if filing["url"]:
        day = filing["retrieved_on"]
        yield f"{filing['url']}{f' (retrieved {_day_en(day)})' if day else ''}."
    yield f"SHA-256 {filing['sha256']}."
    yield f"Extracted by henkou {row['pipeline_version']} ({row['row_id']})."


def _day_ja(what: str, day: date | None) -> str | None:
    return f"{day.year}年{day.month}月{day.day}日{what}" if day else None


def _day_en(day: date) -> str:
    months = "January February March April May June July August September October November December".split()
    return f"{day.day} {months[day.month - 1]} {day.year}"


def _in_brackets(text: str | None) -> str:
    return f"（{text}）" if text else ""
