"""One filing, all steps in order: bytes -> `Reading` (`read`), path and body added -> `Filing` (`place`).

A filing's result is a pure function of its bytes, its path's metadata, the rules and the settings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from . import check, files, place, rules, schema, tables
from .errors import FilingError
from .fields import change, cover, dates, items, timing
from .model import (
    COLUMNS,
    ChangeTable,
    Column,
    Contents,
    Cover,
    Document,
    Method,
    Problem,
    RawRow,
    Repair,
)
from .result import Filing, Reading
from .scan.kept import Kept
from .settings import Settings
from .text import lines
from .text.normalise import normalise

if TYPE_CHECKING:
    from .text.repair import Repaired

Row = dict[str, Any]


def extract(document: Document, settings: Settings) -> Filing:
    """One file, read from disk -> its complete result; FilingError when it cannot be read."""
    try:
        data = files.read_bytes(document.path)
    except OSError as error:
        what = f"the file cannot be opened ({error.strerror})"
        raise FilingError(document.source_path, what, "Check that it is there and may be read") from error
    return place.place(read(data, document.source_path, settings), document)


def read(data: bytes, name: str, settings: Settings, kept: Kept | None = None) -> Reading:
    """A file's bytes -> all that they determine. `name` serves messages and tells PDFs from text.

    `kept`: what an OCR engine read of the file before; it saves time and changes nothing.
    """
    contents = read_contents(data, name, settings, kept)
    filing_cover = cover.read_cover(contents.front)
    texts = clean_rows(contents.table.rows)
    repaired = _repaired(texts, [row.method for row in contents.table.rows])
    identity = filing_identity(data)
    rows = [
        read_row(ordinal, raw, unrepaired, text, ledger, filing_cover)
        for ordinal, (raw, unrepaired, (text, ledger)) in enumerate(
            zip(contents.table.rows, texts, repaired, strict=True), 1
        )
    ]
    problems = [
        *contents.table.problems,
        *filing_cover.problems,
        *(problem for _, found in rows for problem in found),
    ]
    changes = [{**identity, **row, "row_id": check.row_id(identity, row["ordinal"])} for row, _ in rows]
    return Reading(
        facts={**identity, **_filing_facts(data, contents, filing_cover, changes, problems)},
        cover=filing_cover,
        changes=schema.table_from_rows("changes", changes),
        repairs=schema.table_from_rows("repairs", list(_repair_rows(identity, repaired))),
        problems=schema.table_from_rows("problems", [check.problem_row(identity, p) for p in problems]),
        cells=schema.table_from_columns("cells", _cell_columns(identity, contents.table)),
    )


def read_contents(data: bytes, name: str, settings: Settings, kept: Kept | None = None) -> Contents:
    """PDFs by their table reader, text files as transcripts; told by the name, or a PDF's first bytes."""
    if name.lower().endswith(".pdf") or data.startswith(b"%PDF-"):
        return tables.read(data, name, settings, kept)
    from .read import transcript

    return transcript.read(data, name)


def clean_rows(rows: Sequence[RawRow]) -> list[dict[Column, str]]:
    """Rows of six raw cells -> six normalised texts each; a cell under a merged one has that one's text."""
    cells = [(column, cell) for row in rows for column, cell in row.cells.items()]
    texts = lines.paragraphs(
        [cell.pieces or cell.merged for _, cell in cells],
        telling=[column in _RUNNING_TEXT and bool(cell.pieces) for column, cell in cells],
    )
    clean = map(normalise, texts)
    return [{column: next(clean) for column in row.cells} for row in rows]


_RUNNING_TEXT: tuple[Column, ...] = ("item", "before", "after", "note")


def _repaired(texts: Sequence[dict[Column, str]], methods: Sequence[Method]) -> Repaired:
    """Each row's repaired texts and its ledger; what repairs is loaded when there is something to repair."""
    if all(method == "text" for method in methods):
        return tuple((text, ()) for text in texts)
    from .text import repair

    return repair.repair_rows(texts, methods)


def read_row(
    ordinal: int,
    raw: RawRow,
    unrepaired: dict[Column, str],
    text: dict[Column, str],
    ledger: Iterable[tuple[Column, Repair]],
    filing_cover: Cover,
) -> tuple[Row, list[Problem]]:
    """One stitched row and its clean texts -> its columns of `changes`, and the doubts about it."""
    date = dates.read_date(text["change_date"])
    cell = raw.cells["item"]
    as_read = "\n".join(piece.text for piece in cell.pieces or cell.merged)
    item = items.read_item(
        as_read
        if raw.method == "text"
        else text["item"],  # a misread numeral is repaired only in the clean text
        text["item"],
        filing_cover.filing_type,
        date.date,
    )
    marks = [*raw.marks, *date.marks, *item.marks]
    if any(one.applied for _, one in ledger):
        marks.append("repaired")
    pages = raw.pages
    row: Row = {
        "ordinal": ordinal,
        "change_id": change.content_digest(
            date, text["change_date"], text["item"], text["before"], text["after"]
        ),
        "page_first": pages[0] if pages else None,
        "page_last": pages[-1] if pages else None,
        "change_date": date.date,
        "change_date_precision": date.precision,
        "item_code": item.code,
        "item_codes": list(item.codes),
        "item_key": item.key,
        "item_name": item.name,
        "item_sub": item.sub,
        "item_file": item.file,
        "item": text["item"],
        "before": text["before"],
        "after": text["after"],
        "timing": timing.read_timing(text["timing"]),
        "note": text["note"],
        "note_kind": timing.read_note_kind(text["note"]),
        "change_kind": change.change_kind(
            text["before"], text["after"], (unrepaired["before"], unrepaired["after"])
        ),
        "method": raw.method,
        "pipeline_version": rules.pipeline_version(),
        **{f"{column}_raw": raw.cells[column].raw for column in COLUMNS},
    }
    problems = [*date.problems, *item.problems, *check.row_problems(row, text)]
    row["marks"] = sorted(set(marks))
    row["confidence"] = check.row_confidence(row["marks"], raw)
    return row, [check.at_row(problem, ordinal, row["page_first"]) for problem in problems]


def filing_identity(data: bytes) -> Row:
    sha256 = hashlib.sha256(data).hexdigest()
    return {"filing_id": sha256[:16], "sha256": sha256}


def _filing_facts(
    data: bytes, contents: Contents, filing_cover: Cover, changes: list[Row], problems: list[Problem]
) -> Row:
    table = contents.table
    return {
        "bytes": len(data),
        "pages": contents.pages,
        "change_pages": len(table.pages) if contents.pages is not None else None,
        "rows": len(changes),
        "status": check.status(table, problems),
        "error": None,
        "table_state": table.state,
        "glyph_share": table.glyphs.share,
        "confidence": sum(row["confidence"] for row in changes) / len(changes) if changes else None,
        "method": contents.method,
        **{
            name: getattr(filing_cover, name)
            for name in (
                "agency", "agency_raw", "filing_type", "filing_number", "filing_number_raw", "filing_title",
                "filing_title_raw", "stage", "published", "published_raw", "form_version",
            )
        },
        "pipeline_version": rules.pipeline_version(),
    }  # fmt: skip


def _repair_rows(identity: Row, repaired: Repaired) -> Iterable[Row]:
    for ordinal, (_, ledger) in enumerate(repaired, 1):
        for column, one in ledger:
            yield {
                "row_id": check.row_id(identity, ordinal),
                "field": column,
                **{name: getattr(one, name) for name in Repair.__slots__},
            }


def _cell_columns(identity: Row, table: ChangeTable) -> dict[str, Sequence[Any]]:
    """Where each piece of a cell stands, a list a column."""
    pieces = [
        (check.row_id(identity, ordinal), column, piece.page, *piece.box)
        for ordinal, row in enumerate(table.rows, 1)
        for column, cell in row.cells.items()
        for piece in cell.pieces or cell.merged
        if piece.box is not None
    ]
    names = ("row_id", "field", "page", "x0", "y0", "x1", "y1")
    return dict(zip(names, zip(*pieces, strict=True) if pieces else [()] * len(names), strict=True))
