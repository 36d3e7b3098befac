"""One filing, all steps in order: bytes -> `Reading` (`read`), path and body added -> `Filing` (`place`).

A filing's result is a pure function of its bytes, its path's metadata, the rules and the settings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from . import check, files, place, rules, schema, tables
from .errors import FilingError
from .fields import change, cover, dates, items, timing
from .model import (
    COLUMNS,
    Column,
    Contents,
    Cover,
    Document,
    Problem,
    RawRow,
    Repair,
)
from .result import Filing, Reading
from .scan.kept import Kept
from .settings import Settings
from .text import lines, together
from .text.normalise import comparison_form

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]
Texts = dict[Column, str]


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
    identity, filing_cover = filing_identity(data), cover.read_cover(contents.front)
    rows = list(reversed(contents.table.rows))
    contents = replace(contents, front=(), table=replace(contents.table, rows=()))
    each = enumerate(_clean(rows), 1)  # which lets go of each row: of a long table few are held at once
    parts = []
    while part := list(islice(each, _AT_ONCE)):
        parts.append(_told(identity, filing_cover, part))
    problems = [*contents.table.problems, *filing_cover.problems]
    problems += (problem for part in parts for problem in part.problems)
    confidence = [one for part in parts for one in part.confidence]
    return Reading(
        facts={**identity, **_filing_facts(data, contents, filing_cover, confidence, problems)},
        cover=filing_cover,
        changes=schema.joined("changes", (part.changes for part in parts)),
        repairs=schema.joined("repairs", (part.repairs for part in parts)),
        problems=schema.table_from_rows("problems", [check.problem_row(identity, p) for p in problems]),
        cells=schema.joined("cells", (part.cells for part in parts)),
    )


_AT_ONCE = 100
"""Rows that become columns at once."""


class _Clean(NamedTuple):
    """One stitched row and its clean texts."""

    raw: RawRow
    unrepaired: Texts
    text: Texts
    ledger: tuple[tuple[Column, Repair], ...]


class _Told(NamedTuple):
    """What some of a filing's rows give."""

    changes: pa.Table
    repairs: pa.Table
    cells: pa.Table
    problems: list[Problem]
    confidence: list[float]


def read_contents(data: bytes, name: str, settings: Settings, kept: Kept | None = None) -> Contents:
    """PDFs by their table reader, text files as transcripts; told by the name, or a PDF's first bytes."""
    if name.lower().endswith(".pdf") or data.startswith(b"%PDF-"):
        return tables.read(data, name, settings, kept)
    from .read import transcript

    return transcript.read(data, name)


def _clean(rows: list[RawRow]) -> Iterator[_Clean]:
    """Rows, the last one first -> each with its clean texts, in document order; the list is emptied.

    What stands elsewhere in the filing decides how a scan is repaired: its rows come all together.
    """
    is_born_digital = all(row.method == "text" for row in rows)
    each = clean_rows((rows.pop() for _ in range(len(rows))), right_margin(rows))
    if is_born_digital:
        return (_Clean(row, text, text, ()) for row, text in each)
    from .text import repair

    known = list(each)
    repaired = repair.repair_rows([text for _, text in known], [row.method for row, _ in known])
    return (_Clean(row, text, *mended) for (row, text), mended in zip(known, repaired, strict=True))


def right_margin(rows: Sequence[RawRow]) -> float | None:
    """Rows -> how far from a cell's border wrapped lines end in their columns of running text."""
    columns: tuple[Column, ...] = ("item", "before", "after", "note")
    return lines.right_margin([row.cells[column].pieces for row in rows for column in columns])


def clean_rows(rows: Iterable[RawRow], margin: float | None) -> Iterator[tuple[RawRow, Texts]]:
    """Rows of six raw cells -> each with six normalised texts; a cell under a merged one has that one's."""
    each = iter(rows)
    while some := list(islice(each, _AT_ONCE)):
        cells = [cell.pieces or cell.merged for row in some for cell in row.cells.values()]
        clean = iter(together.normalised(lines.paragraphs(cells, margin)))
        yield from ((row, {column: next(clean) for column in row.cells}) for row in some)


def _told(identity: Row, filing_cover: Cover, rows: Sequence[tuple[int, _Clean]]) -> _Told:
    """Rows with their ordinals -> their part of the filing's tables, and the doubts about them."""
    said = iter(together.comparison_forms([row.unrepaired[column] for _, row in rows for column in _SAID]))
    read = [read_row(ordinal, row, tuple(islice(said, len(_SAID))), filing_cover) for ordinal, row in rows]
    changes = [{**identity, **row, "row_id": check.row_id(identity, row["ordinal"])} for row, _ in read]
    return _Told(
        schema.table_from_rows("changes", changes),
        schema.table_from_rows("repairs", list(_repair_rows(identity, rows))),
        schema.table_from_columns("cells", _cell_columns(identity, rows)),
        [problem for _, found in read for problem in found],
        [row["confidence"] for row, _ in read],
    )


_SAID: tuple[Column, ...] = ("item", "before", "after")
"""What a change says, but for its date."""


def read_row(
    ordinal: int, clean: _Clean, unrepaired: Sequence[str], filing_cover: Cover
) -> tuple[Row, list[Problem]]:
    """One stitched row, its clean texts, and the comparison forms of what it said before any repair -> its
    columns of `changes`, and the doubts about it."""
    raw, text = clean.raw, clean.text
    date = dates.read_date(text["change_date"])
    item = items.read_item(
        raw.cells["item"].shown
        if raw.method == "text"
        else text["item"],  # a misread numeral is repaired only in the clean text
        text["item"],
        filing_cover.filing_type,
        date.date,
    )
    marks = [*raw.marks, *date.marks, *item.marks]
    said = unrepaired
    if any(one.applied for _, one in clean.ledger):
        marks.append("repaired")
        said = [comparison_form(text[column]) for column in _SAID]
    pages = raw.pages
    row: Row = {
        "ordinal": ordinal,
        "change_id": change.content_digest(date, text["change_date"], said),
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
        "change_kind": change.change_kind(text["before"], text["after"], unrepaired[1] == unrepaired[2]),
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
    data: bytes, contents: Contents, filing_cover: Cover, confidence: Sequence[float], problems: list[Problem]
) -> Row:
    table = contents.table
    return {
        "bytes": len(data),
        "pages": contents.pages,
        "change_pages": len(table.pages) if contents.pages is not None else None,
        "rows": len(confidence),
        "status": check.status(table, problems),
        "error": None,
        "table_state": table.state,
        "glyph_share": table.glyphs.share,
        "confidence": sum(confidence) / len(confidence) if confidence else None,
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


def _repair_rows(identity: Row, rows: Sequence[tuple[int, _Clean]]) -> Iterable[Row]:
    for ordinal, row in rows:
        for column, one in row.ledger:
            yield {
                "row_id": check.row_id(identity, ordinal),
                "field": column,
                **{name: getattr(one, name) for name in Repair.__slots__},
            }


def _cell_columns(identity: Row, rows: Sequence[tuple[int, _Clean]]) -> dict[str, Sequence[Any]]:
    """Where each piece of a cell stands, a list a column."""
    pieces = [
        (row_id, column, piece.page, *piece.box)
        for ordinal, row in rows
        for row_id in (check.row_id(identity, ordinal),)
        for column, cell in row.raw.cells.items()
        for piece in cell.pieces or cell.merged
        if piece.box is not None
    ]
    names = ("row_id", "field", "page", "x0", "y0", "x1", "y1")
    return dict(zip(names, zip(*pieces, strict=True) if pieces else [()] * len(names), strict=True))
