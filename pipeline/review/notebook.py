"""A filing as a notebook shows it: what it is, the first page of its table as a picture, its first rows."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import HenkouError, UsageError
from .picture import draw_page, png

if TYPE_CHECKING:
    from PIL.Image import Image

    from ..result import Filing

_FACTS = ("agency", "filing_title", "filing_type", "published", "rows", "status", "glyph_share")
_COLUMNS = ("ordinal", "change_date", "item_code", "item", "before", "after", "timing", "note")
_ROWS, _TEXT = 10, 80


def picture(filing: Filing, page: int | None = None) -> Image:
    """A filing and a 1-based page number (default: the table's first page) -> the picture of that page.

    UsageError when the filing has no pages or no such page, OSError when its file is gone.
    """
    number = page or min((row.page_first for row in filing.changes if row.page_first), default=1)
    if filing.path is None or filing.facts.get("pages") is None:
        raise UsageError(f"{filing.facts['source_path']} has no pages to draw")
    return draw_page(Path(filing.path).read_bytes(), filing.facts["source_path"], number)


def html(filing: Filing) -> str:
    """A filing -> HTML; without the picture when the file is gone or has no pages."""
    facts = " · ".join(str(filing.facts[name]) for name in _FACTS if filing.facts.get(name) is not None)
    try:
        image = b64encode(png(picture(filing))).decode("ascii")
        shown = f'<img style="max-width:100%" alt="" src="data:image/png;base64,{image}">'
    except (OSError, HenkouError):
        shown = ""
    head = "".join(f"<th>{name}</th>" for name in _COLUMNS)
    rows = "".join(
        f"<tr>{''.join(f'<td>{_cell(row[name])}</td>' for name in _COLUMNS)}</tr>"
        for row in filing.changes[:_ROWS]
    )
    more = len(filing.changes) - _ROWS
    return (
        f"<p><b>{escape(filing.facts['source_path'])}</b> {escape(facts)}</p>{shown}"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        + (f"<p>… and {more:,} rows more</p>" if more > 0 else "")
    )


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return escape(text if len(text) <= _TEXT else f"{text[: _TEXT - 1]}…").replace("\n", "<br>")
