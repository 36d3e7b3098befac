"""Doubts that show only when a row or a filing is whole, and what doubts mean for trust in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from . import rules
from .model import ChangeTable, Column, Line, Method, Problem, RawRow

METHOD_CONFIDENCE: dict[Method, float] = {"text": 1.0, "hidden_text": 0.9, "ocr": 0.8, "transcript": 0.9}
"""Where a row starts before marks lower it: only born-digital text is the author's own characters."""


def row_problems(
    texts: Mapping[Column, Sequence[str]], timings: Sequence[str | None]
) -> Iterator[list[Problem]]:
    """Some rows' clean texts, column by column, and their timings -> what each lacks, or is unread in it."""
    columns = (texts[column] for column in ("change_date", "item", "timing", "before", "after"))
    for date, item, written, before, after, timing in zip(*columns, timings, strict=True):
        problems = []
        if not date.strip():
            problems.append(Problem("date_missing", "The row has no 変更日; see the page."))
        if not item.strip():
            problems.append(Problem("item_missing", "The row has no 項目; see the page."))
        if timing is None and written.strip():
            problems.append(
                Problem("unreadable_timing", "提出時期 is neither 事前 nor 事後.", excerpt=written[:80])
            )
        if not (before.strip() or after.strip()):
            problems.append(Problem("texts_missing", "Both 変更前の記載 and 変更後の記載 are empty."))
        yield problems


def at_row(problem: Problem, ordinal: int, page: int | None) -> Problem:
    """A problem found inside a row -> the same with the row and its first page named."""
    return problem._replace(ordinal=ordinal, page=problem.page or page)


def row_confidence(marks: Iterable[str], row: RawRow) -> float:
    """Marks of a row and the row as read -> its confidence, 0 … 1: each mark takes its share of what is left.

    So does an OCR engine's doubt, on average over the row's characters.
    """
    confidence = METHOD_CONFIDENCE[row.method]
    if row.method != "text":
        pieces = (piece for cell in row.cells.values() for piece in cell.pieces)
        lines = [line for piece in pieces for line in piece.lines if isinstance(line, Line)]
        if length := sum(len(line.text) for line in lines):
            confidence *= sum(line.score * len(line.text) for line in lines) / length
    for mark in marks:
        confidence *= 1 - _penalties()[mark]
    return round(confidence, 4)


def status(table: ChangeTable, problems: Iterable[Problem]) -> str:
    """`partial` when something of the table was not read or not placed, else `ok`."""
    share = table.glyphs.share
    unread = share is not None and share < 1
    return "partial" if unread or any(severity(problem) == "error" for problem in problems) else "ok"


def severity(problem: Problem) -> str:
    """error, warning or info, as `rules/problems.csv` says of its code."""
    return _severities()[problem.code]


@cache
def _severities() -> dict[str, str]:
    return {row["code"]: row["severity"] for row in rules.table("problems")}


@cache
def _penalties() -> dict[str, float]:
    return {row["mark"]: float(row["penalty"]) for row in rules.table("marks")}


def row_id(filing: Mapping[str, Any], ordinal: int | None) -> str | None:
    """A filing's facts and a row's place in it -> the row's id: `0123456789abcdef-0001`."""
    return None if ordinal is None else f"{filing['filing_id']}-{ordinal:04d}"


def problem_row(filing: Mapping[str, Any], problem: Problem) -> dict[str, Any]:
    """A filing's facts and a doubt about it -> its row of `problems`."""
    return {
        "filing_id": filing["filing_id"],
        "source_path": filing.get("source_path", ""),
        "row_id": row_id(filing, problem.ordinal),
        "page": problem.page,
        "severity": severity(problem),
        "code": problem.code,
        "message": problem.message,
        "excerpt": problem.excerpt,
    }
