"""A PDF in, its change table out: found by its header, taken apart by its rules, stitched over pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from ..model import ChangeTable, Contents, Problem
from ..read import Pdf, open_pdf
from ..settings import Settings
from .audit import audit
from .find import Found, find
from .stitch import rows
from .strips import Strip


def read(data: bytes, name: str, settings: Settings) -> Contents:
    """Bytes of a PDF, its name for messages and the settings in; what it holds out, or FilingError."""
    engine: Literal["pdfium", "pdfplumber"] = "pdfplumber" if settings.reader == "pdfplumber" else "pdfium"
    with open_pdf(data, name, engine, settings) as pdf:
        return contents(pdf, settings)


def contents(pdf: Pdf, settings: Settings) -> Contents:
    """An open PDF and the settings in; its change table, stitched and audited, and its cover pages out."""
    found = find(pdf, settings)
    return Contents(method="text", table=_table(found), front=tuple(found.front), pages=len(pdf))


def _table(found: Found) -> ChangeTable:
    made = rows(_strips(found))
    glyphs, lost = audit(found.pages)
    problems = [*found.problems, *lost]
    if found.tables > 1:
        problems.append(
            Problem(
                "several_change_tables",
                f"the file holds {found.tables} change tables; the rows of all are here, in document order",
                next(page.layout.page for page in found.pages[1:] if page.opens),
            )
        )
    return ChangeTable(
        state="rows" if made else "empty" if found.pages else "absent",
        rows=tuple(made),
        pages=tuple(page.layout.page for page in found.pages),
        glyphs=glyphs,
        problems=tuple(problems),
    )


def _strips(found: Found) -> Iterator[tuple[Strip, bool]]:
    """All strips in document order, each with whether a new table opens with it."""
    for page in found.pages:
        opens = page.opens
        for part in page.sections:
            for strip in part.strips:
                yield strip, opens
                opens = False
