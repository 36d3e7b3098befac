"""One filing, all steps in order: bytes -> `Reading` (`read`), path and body added -> `Filing` (`place`).

A filing's result is a pure function of its bytes, its path's metadata, the rules and the settings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from . import __version__, check, files, rules, schema, tables
from .errors import FilingError
from .fields import change, cover, dates, items, municipality, timing
from .model import (
    COLUMNS,
    Body,
    ChangeTable,
    Column,
    Contents,
    Cover,
    Document,
    Piece,
    Problem,
    RawRow,
    Repair,
)
from .read import transcript
from .result import Filing, Reading
from .scan.kept import Kept
from .settings import Settings
from .text import lines, repair
from .text.normalise import normalise

Row = dict[str, Any]


def extract(document: Document, settings: Settings) -> Filing:
    """One file, read from disk -> its complete result; FilingError when it cannot be read."""
    try:
        data = files.read_bytes(document.path)
    except OSError as error:
        what = f"the file cannot be opened ({error.strerror})"
        raise FilingError(document.source_path, what, "Check that it is there and may be read") from error
    return place(read(data, document.source_path, settings), document)


def read(data: bytes, name: str, settings: Settings, kept: Kept | None = None) -> Reading:
    """A file's bytes -> all that they determine. `name` serves messages and tells PDFs from text.

    `kept`: what an OCR engine read of the file before; it saves time and changes nothing.
    """
    contents = read_contents(data, name, settings, kept)
    filing_cover = cover.read_cover(contents.front)
    margin = lines.right_margin(_text_pieces(contents.table))
    texts = [clean_row(row, margin) for row in contents.table.rows]
    repaired = repair.repair_rows(texts, [row.method for row in contents.table.rows])
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
    changes = [{**identity, **row, "row_id": _row_id(identity, row["ordinal"])} for row, _ in rows]
    return Reading(
        facts={**identity, **_filing_facts(data, contents, filing_cover, changes, problems)},
        cover=filing_cover,
        changes=schema.table_from_rows("changes", changes),
        repairs=schema.table_from_rows("repairs", list(_repair_rows(identity, repaired))),
        problems=schema.table_from_rows("problems", [_problem_row(identity, p) for p in problems]),
        cells=schema.table_from_rows("cells", list(_cell_rows(identity, contents.table))),
    )


def place(reading: Reading, document: Document) -> Filing:
    """Add what the path says and whose filing it is: source_path, municipality, filing_key, change_id."""
    body = municipality.resolve(reading.cover, document)
    key = cover.filing_key(body, reading.cover)
    facts = {
        **reading.facts,
        "source_path": document.source_path,
        "municipality_code": body.code,
        "municipality": body.name,
        "prefecture": body.prefecture,
        "filing_key": key,
        "url": document.url,
        "retrieved_on": document.retrieved_on,
        "licence": document.licence,
        "document": document.document,
    }
    return Filing(facts, _placed_tables(reading, facts, body), document.path)


def failed(document: Document, error: str, sha256: str | None = None, size: int | None = None) -> Filing:
    """A file that could not be read -> its row in `filings`, with the reason as a problem too."""
    body = municipality.resolve(Cover(), document)
    facts = {
        "filing_id": sha256[:16] if sha256 else None,
        "source_path": document.source_path,
        "sha256": sha256,
        "bytes": size,
        "rows": 0,
        "status": "failed",
        "error": error,
        "municipality_code": body.code,
        "municipality": body.name,
        "prefecture": body.prefecture,
        "url": document.url,
        "retrieved_on": document.retrieved_on,
        "licence": document.licence,
        "document": document.document,
        "pipeline_version": pipeline_version(),
    }
    problems = [_problem_row(facts, p) for p in (Problem("unreadable", error), *body.problems)]
    empty = {name: schema.table_from_rows(name, []) for name in ("changes", "repairs", "cells")}
    return Filing(facts, {**empty, "problems": schema.table_from_rows("problems", problems)})


def pipeline_version() -> str:
    """Version of the code and of the rules: `0.1.0+1a2b3c4d`."""
    return f"{__version__}+{rules.version()}"


def read_contents(data: bytes, name: str, settings: Settings, kept: Kept | None = None) -> Contents:
    """PDFs by their table reader, text files as transcripts; told by the name, or a PDF's first bytes."""
    if name.lower().endswith(".pdf") or data.startswith(b"%PDF-"):
        return tables.read(data, name, settings, kept)
    return transcript.read(data, name)


def clean_row(row: RawRow, margin: float | None) -> dict[Column, str]:
    """Six raw cells -> six normalised texts; a cell under a merged one has that one's text."""
    return {
        column: normalise(lines.paragraphs(cell.pieces or cell.merged, margin))
        for column, cell in row.cells.items()
    }


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
    row: Row = {
        "ordinal": ordinal,
        "change_id": change.content_digest(
            date, text["change_date"], text["item"], text["before"], text["after"]
        ),
        "page_first": min(raw.pages, default=None),
        "page_last": max(raw.pages, default=None),
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
        "pipeline_version": pipeline_version(),
        **{f"{column}_raw": raw.cells[column].raw for column in COLUMNS},
    }
    problems = [*date.problems, *item.problems, *check.row_problems(row, text)]
    row["marks"] = sorted(set(marks))
    row["confidence"] = check.row_confidence(row["marks"], raw)
    return row, [check.at_row(problem, ordinal, row["page_first"]) for problem in problems]


def _text_pieces(table: ChangeTable) -> Iterable[Piece]:
    """Pieces of the columns that hold running text."""
    columns: tuple[Column, ...] = ("item", "before", "after", "note")
    return (piece for row in table.rows for column in columns for piece in row.cells[column].pieces)


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
        "pipeline_version": pipeline_version(),
    }  # fmt: skip


def _placed_tables(reading: Reading, facts: Row, body: Body) -> dict[str, Any]:
    import pyarrow as pa

    # Without a body and a series nothing says that two files tell of the same change.
    series = "\x1f".join(filter(None, (body.code or body.name, facts["filing_key"])))
    series = series if facts["filing_key"] else facts["filing_id"]
    changes = reading.changes
    placed = {name: facts[name] for name in changes.schema.names if name in _FILING_COLUMNS}
    placed |= {"prefecture_name": body.prefecture_name}
    for name, value in placed.items():
        field = changes.schema.field(name)
        column = pa.repeat(pa.scalar(value, field.type), len(changes))
        changes = changes.set_column(changes.schema.get_field_index(name), field, column)
    ids = [change.change_id(series, digest) for digest in reading.changes["change_id"].to_pylist()]
    field = changes.schema.field("change_id")
    changes = changes.set_column(1, field, pa.array(ids, pa.string()))

    new = schema.table_from_rows("problems", [_problem_row(facts, problem) for problem in body.problems])
    problems = pa.concat_tables([reading.problems, new])
    at = problems.schema.get_field_index("source_path")
    path = pa.repeat(pa.scalar(facts["source_path"]), len(problems))
    problems = problems.set_column(at, problems.schema.field(at), path)
    return {"changes": changes, "repairs": reading.repairs, "problems": problems, "cells": reading.cells}


_FILING_COLUMNS = {
    "source_path", "municipality_code", "municipality", "agency", "filing_type", "filing_number",
    "filing_title", "filing_key", "stage", "published", "prefecture",
}  # fmt: skip


def _row_id(identity: Row, ordinal: int | None) -> str | None:
    return None if ordinal is None else f"{identity['filing_id']}-{ordinal:04d}"


def _problem_row(identity: Row, problem: Problem) -> Row:
    return {
        "filing_id": identity["filing_id"],
        "source_path": identity.get("source_path", ""),
        "row_id": _row_id(identity, problem.ordinal),
        "page": problem.page,
        "severity": check.severity(problem),
        "code": problem.code,
        "message": problem.message,
        "excerpt": problem.excerpt,
    }


def _repair_rows(identity: Row, repaired: Any) -> Iterable[Row]:
    for ordinal, (_, ledger) in enumerate(repaired, 1):
        for column, one in ledger:
            yield {
                "row_id": _row_id(identity, ordinal),
                "field": column,
                **{name: getattr(one, name) for name in Repair.__slots__},
            }


def _cell_rows(identity: Row, table: ChangeTable) -> Iterable[Row]:
    for ordinal, row in enumerate(table.rows, 1):
        for column, cell in row.cells.items():
            for piece in cell.pieces or cell.merged:
                if piece.box is not None:
                    x0, y0, x1, y1 = piece.box
                    yield {
                        "row_id": _row_id(identity, ordinal), "field": column, "page": piece.page,
                        "x0": x0, "y0": y0, "x1": x1, "y1": y1,
                    }  # fmt: skip
