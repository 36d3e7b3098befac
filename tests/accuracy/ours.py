"""This project's reading of a filing as plain rows, to be scored like everybody else's."""

from __future__ import annotations

from typing import Any, Literal

from tests.accuracy.compare import Texts, compact
from tests.accuracy.truth import Case

Reader = Literal["auto", "pdfium", "pdfplumber"]


def written(case: Case) -> list[Texts]:
    """Truth for us: the date as a date, since that is what we report."""
    return [
        (row["change_date_iso"], row["item"], row["before"], row["after"], row["timing"], row["note"])
        for row in case.rows
    ]


def texts(change: Any, written_date: str) -> Texts:
    """A change's clean columns. The raw date must be right too, where the cell is the row's own."""
    raw = change.change_date_raw
    date = str(change.change_date or "")
    if raw and compact(raw) != compact(written_date):
        date = f"{date} ({raw})"
    return (
        date,
        change.item or "",
        change.before or "",
        change.after or "",
        change.timing or "",
        change.note or "",
    )


def read(case: Case, reader: Reader) -> tuple[Any, list[Texts]]:
    """The filing and its rows. Raises FilingError where it cannot be read."""
    import pipeline

    filing = pipeline.extract(case.pdf, reader=reader, ocr="off")
    dates = [row["written_date"] for row in case.rows]
    dates += [""] * max(0, len(filing.changes) - len(dates))
    return filing, [texts(change, date) for change, date in zip(filing.changes, dates, strict=False)]
