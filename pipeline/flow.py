"""One filing, all steps in order: bytes -> `Reading` (`read`), path and body added -> `Filing` (`place`).

A filing's result is a pure function of its bytes, its path's metadata, the rules and the settings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from . import check, files, place, rows, rules, schema, tables
from .errors import FilingError
from .fields import cover
from .model import Contents, Cover, Document, Problem
from .result import Filing, Reading
from .scan.kept import Kept
from .settings import Settings

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
    identity, filing_cover = filing_identity(data), cover.read_cover(contents.front)
    stitched = list(contents.table.rows)
    contents = contents._replace(front=(), table=contents.table._replace(rows=()))
    parts: list[rows.Told] = []
    first = 1
    for part in rows.clean(stitched):  # which lets go of each row: of a long table few are held at once
        parts.append(rows.told(identity, filing_cover, first, part))
        first += len(part.raw)
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


def read_contents(data: bytes, name: str, settings: Settings, kept: Kept | None = None) -> Contents:
    """PDFs by their table reader, text files as transcripts; told by the name, or a PDF's first bytes."""
    if name.lower().endswith(".pdf") or data.startswith(b"%PDF-"):
        return tables.read(data, name, settings, kept)
    from .read import transcript

    return transcript.read(data, name)


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
