"""An OCR transcript (tabs, pipe tables, HTML tables, else commas or wide gaps) -> `Contents`.

The table starts at its header, or at the first row with a date and an item, and ends with its last
row. What stands before goes to the cover reader; what stands between rows is joined, evidently
furniture, or named in a problem.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ..errors import NotAFiling
from ..model import Contents, Layout, Line
from . import columns
from .columns import folded, is_blank
from .encoding import decode
from .separated import by_commas, by_gaps
from .table_rows import ITEM, PAGE_NUMBER, TranscribedTable
from .text_tables import Field, Record, records

_MARKDOWN = re.compile(r"(?:[-*_=]{3,}|`{3,}\w*|<!--.*-->)")
_LINE_HEIGHT, _CHAR_WIDTH = 12.0, 10.0
_COLUMN_WIDTH = 1000.0  # cells of one column begin at one place, however long the texts beside them


def read(data: bytes, name: str) -> Contents:
    """Bytes of a transcript -> its change table and what stands before it.

    FilingError when no encoding fits; NotAFiling when it has neither header nor rows of date and item.

    >>> header = "変更日\\t項目\\t変更前の記載\\t変更後の記載\\t提出時期"
    >>> row, = read(f"{header}\\n令和6年4月1日\\tⅢ-5\\t旧\\t新\\t事後 機構変更".encode(), "x.txt").table.rows
    >>> row.cells["timing"].raw, row.cells["note"].raw
    ('事後', '機構変更')
    """
    found, start = _with_table(decode(data, name), name)
    table = TranscribedTable(_furniture(found, start))
    for record in _rejoined(_within_table(found[start:])):
        table.add(record)
    return Contents(method="transcript", table=table.whole(), front=_front(found[:start]))


# ---------------------------------------------------------------- where the table is


def _with_table(text: str, name: str) -> tuple[list[Record], int]:
    """Text -> its records by the first way of parting columns that shows the table, and where it starts."""
    for parted in (records, by_commas, by_gaps):
        found = [record for record in parted(text) if not _is_empty(record)]
        start = next((i for i, record in enumerate(found) if _opens_table(record)), None)
        if start is not None:
            return found, start
    raise NotAFiling(
        name,
        "no change table's header (変更日, 項目, …) and no row of date and item in it",
        "If it is a transcript, check that its columns are separated by tabs, pipes or table tags",
    )


def _is_empty(record: Record) -> bool:
    return all(cell.merged or is_blank(cell.text) for cell in record.fields) or bool(
        record.kind == "line" and _MARKDOWN.fullmatch(record.text.strip())
    )


def _opens_table(record: Record) -> bool:
    """A header, or a row with a date and an item that cannot be another table's."""
    if len(record.fields) < 3:
        return False
    if columns.read_header(record.texts):
        return True
    split = columns.split([cell.lines for cell in record.fields], {})
    date, item, timing = ("\n".join(split.cells.get(slot, ())) for slot in ("change_date", "item", "timing"))
    return columns.starts_with_date(date) and (
        ITEM.match(folded(item)) is not None or (not is_blank(item) and columns.is_timing(timing))
    )


def _has_anchor(record: Record) -> bool:
    texts = record.texts
    return len(texts) > 1 and (
        columns.read_header(texts) is not None
        or any(columns.starts_with_date(text) for text in texts[:2])
        or any(columns.starts_with_timing(text) for text in texts[2:])
    )


def _within_table(found: Sequence[Record]) -> list[Record]:
    """Records up to the table's last one: a row with an anchor, or as wide as those that have one."""
    anchored = {record.block for record in found if _has_anchor(record)}
    widths = {len(record.fields) for record in found if _has_anchor(record)}
    last = max(
        i
        for i, record in enumerate(found)
        if record.block in anchored or (len(record.fields) > 2 and len(record.fields) in widths)
    )
    while last + 1 < len(found) and found[last + 1].kind == "line" and not found[last + 1].after_blank:
        last += 1
    return list(found[: last + 1])


def _furniture(found: Sequence[Record], start: int) -> set[str]:
    """Running heads: plain lines that stand before the table too, or apart from the rows and repeatedly."""
    apart = Counter(folded(record.text) for record in found if record.kind == "line" and record.after_blank)
    before = {folded(record.text) for record in found[:start] if record.kind == "line"}
    return before | {line for line, times in apart.items() if times > 1}


# ---------------------------------------------------------------- rows broken over lines


def _rejoined(found: Sequence[Record]) -> list[Record]:
    """Rows of tabs that a line end inside a cell has broken, whole again."""
    width = max((len(record.fields) for record in found if columns.read_header(record.texts)), default=6)
    whole: list[Record] = []
    for record in found:
        if whole and _breaks_off(whole[-1], width) and _carries_on(record, whole[-1], width):
            first, then = whole[-1].fields, record.fields
            seam = Field((*first[-1].lines, *then[0].lines))
            whole[-1] = replace(whole[-1], fields=(*first[:-1], seam, *then[1:]))
        else:
            whole.append(record)
    return whole


def _breaks_off(record: Record, width: int) -> bool:
    texts = record.texts
    return (
        record.kind == "tabs"
        and len(texts) < width
        and any(columns.starts_with_date(text) for text in texts[:2])
        and not any(columns.starts_with_timing(text) for text in texts[2:])
    )


def _carries_on(record: Record, broken: Record, width: int) -> bool:
    texts = record.texts
    return (
        record.kind in ("tabs", "line")
        and not record.after_blank
        and len(broken.fields) + len(texts) - 1 <= width
        and not columns.starts_with_date(texts[0])
        and not columns.read_header(texts)
        and not (len(texts) == 1 and PAGE_NUMBER.fullmatch(folded(texts[0])))
    )


# ---------------------------------------------------------------- what stands before the table


def _front(found: Sequence[Record]) -> tuple[Layout, ...]:
    """Records before the table -> one page of plain lines; a table row's cells stand side by side."""
    lines: list[Line] = []
    y = 0.0
    for record in found:
        x = 0.0
        for cell in record.fields:
            for k, text in enumerate(cell.lines):
                shown = re.sub(r"^\s*#+\s+|\*\*|^>\s", "", text).strip()
                width = len(shown) * _CHAR_WIDTH
                top = y + k * _LINE_HEIGHT
                if shown:
                    lines.append(Line(shown, x, top, x + width, top + _CHAR_WIDTH))
            x += _COLUMN_WIDTH
        y += _LINE_HEIGHT * max(len(cell.lines) for cell in record.fields)
    if not lines:
        return ()
    return (Layout(0, max(line.x1 for line in lines), y, (), tuple(lines)),)
