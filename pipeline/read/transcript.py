"""An OCR transcript (tab-separated, pipe tables, HTML tables; told by content) -> `Contents`.

The table starts at its header, or at the first row with a date and an item, and ends with its last
row. What stands before goes to the cover reader; what stands between rows is joined, evidently
furniture, or named in a problem.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ..errors import NotAFiling
from ..model import (
    COLUMNS,
    ChangeTable,
    Column,
    Contents,
    GlyphCount,
    Layout,
    Line,
    Piece,
    Problem,
    RawCell,
    RawRow,
)
from . import columns
from .columns import Lines, Slot, Split, folded, is_blank
from .encoding import decode
from .text_tables import Field, Record, records

_ITEM = re.compile(
    r"\(?別[添紙]|表紙|評価書名|[IVX]{1,4}[-.・.]?(?:[0-9]|\W|関連|特定|リスク|その他|開示|評価実施|しきい|基本)"
)
_PAGE_NUMBER = re.compile(
    r"[-–—‐―ー\[(]*(?:p(?:age|\.)?)?\d{1,4}(?:(?:/|of)\d{1,4})?(?:頁|ページ|page)?[-–—‐―ー\])]*|第\d+頁",
    re.IGNORECASE,
)
_TITLE = re.compile(r"[#*]*[(\[]?(?:別添\d*)?[)\]]?変更箇所[*]*")
_MARKDOWN = re.compile(r"(?:[-*_=]{3,}|`{3,}\w*|<!--.*-->)")
_NONE = re.compile(r"(?:該当|変更)?(?:なし|無し|事項なし|箇所なし)|[-―－ー]+")
_LINE_HEIGHT, _CHAR_WIDTH = 12.0, 10.0


def read(data: bytes, name: str) -> Contents:
    """Bytes of a transcript -> its change table and what stands before it.

    FilingError when no encoding fits; NotAFiling when it has neither header nor rows of date and item.

    >>> header = "変更日\\t項目\\t変更前の記載\\t変更後の記載\\t提出時期"
    >>> row, = read(f"{header}\\n令和6年4月1日\\tⅢ-5\\t旧\\t新\\t事後 機構変更".encode(), "x.txt").table.rows
    >>> row.cells["timing"].raw, row.cells["note"].raw
    ('事後', '機構変更')
    """
    found = [record for record in records(decode(data, name)) if not _is_empty(record)]
    start = next((i for i, record in enumerate(found) if _opens_table(record)), None)
    if start is None:
        raise NotAFiling(
            name,
            "no change table's header (変更日, 項目, …) and no row of date and item in it",
            "If it is a transcript, check that its columns are separated by tabs, pipes or table tags",
        )
    furniture = {
        line for line, n in Counter(folded(r.text) for r in found if r.kind == "line").items() if n > 1
    }
    table = _Table(furniture)
    for record in _rejoined(_within_table(found[start:])):
        table.add(record)
    return Contents(method="transcript", table=table.whole(), front=_front(found[:start]))


# ---------------------------------------------------------------- where the table is


def _is_empty(record: Record) -> bool:
    return all(is_blank(cell.text) for cell in record.fields) or bool(
        record.kind == "line" and _MARKDOWN.fullmatch(record.text.strip())
    )


def _texts(record: Record) -> list[str]:
    return [cell.text for cell in record.fields]


def _opens_table(record: Record) -> bool:
    """A header, or a row with a date and an item that cannot be another table's."""
    if len(record.fields) < 3:
        return False
    if columns.read_header(_texts(record)):
        return True
    split = columns.split([cell.lines for cell in record.fields], {})
    date, item, timing = ("\n".join(split.cells.get(slot, ())) for slot in ("change_date", "item", "timing"))
    return columns.starts_with_date(date) and (
        _ITEM.match(folded(item)) is not None or (not is_blank(item) and columns.is_timing(timing))
    )


def _has_anchor(record: Record) -> bool:
    texts = _texts(record)
    return len(texts) > 1 and (
        columns.read_header(texts) is not None
        or any(columns.starts_with_date(text) for text in texts[:2])
        or any(columns.starts_with_timing(text) for text in texts[2:])
    )


def _within_table(found: Sequence[Record]) -> list[Record]:
    """Records up to the table's last one: a row with an anchor, or rows alike that carry on after it."""
    anchored = {record.block for record in found if _has_anchor(record)}
    widths = {len(record.fields) for record in found if _has_anchor(record)}
    last = max(
        i
        for i, record in enumerate(found)
        if record.block in anchored
        or (len(record.fields) > 2 and len(record.fields) in widths and is_blank(record.fields[0].text))
    )
    while last + 1 < len(found) and found[last + 1].kind == "line" and not found[last + 1].after_blank:
        last += 1
    return list(found[: last + 1])


# ---------------------------------------------------------------- rows broken over lines


def _rejoined(found: Sequence[Record]) -> list[Record]:
    """Rows of tabs that a line end inside a cell has broken, whole again."""
    width = max((len(record.fields) for record in found if columns.read_header(_texts(record))), default=6)
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
    texts = _texts(record)
    return (
        record.kind == "tabs"
        and len(texts) < width
        and any(columns.starts_with_date(text) for text in texts[:2])
        and not any(columns.starts_with_timing(text) for text in texts[2:])
    )


def _carries_on(record: Record, broken: Record, width: int) -> bool:
    texts = _texts(record)
    return (
        record.kind in ("tabs", "line")
        and not record.after_blank
        and len(broken.fields) + len(texts) - 1 <= width
        and not columns.starts_with_date(texts[0])
        and not columns.read_header(texts)
        and not (len(texts) == 1 and _PAGE_NUMBER.fullmatch(folded(texts[0])))
    )


# ---------------------------------------------------------------- records -> rows


@dataclass(slots=True)
class _Table:
    """The change table as it grows, record by record."""

    furniture_lines: set[str]
    rows: list[RawRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    layouts: dict[int, columns.Layout] = field(default_factory=dict)
    numbered: bool = False
    remark: bool = False
    total: int = 0
    headers: int = 0
    furniture: int = 0
    last_kind: str = ""

    def add(self, record: Record) -> None:
        glyphs = _count(record.text)
        self.total += glyphs
        header = columns.read_header(_texts(record)) if len(record.fields) > 1 else None
        if header is not None:
            self.headers += glyphs
            self._learn(header)
        elif _NONE.fullmatch(folded(record.text)) and not self.rows:
            self.headers += glyphs
        elif len(record.fields) == 1:
            self._add_line(record, glyphs)
        else:
            self._add_row(record)
        self.last_kind = record.kind

    def whole(self) -> ChangeTable:
        placed = sum(_count(cell.raw) for row in self.rows for cell in row.cells.values())
        count = GlyphCount(self.total, placed, self.headers, self.furniture)
        return ChangeTable(
            "rows" if self.rows else "empty", tuple(self.rows), glyphs=count, problems=tuple(self.problems)
        )

    def _learn(self, header: columns.Layout) -> None:
        self.numbered = header[0] == ("number",)
        self.remark = header[-1] == ("remark",)
        layout = header[self.numbered :]
        if all(layout):
            self.layouts[len(layout)] = layout

    def _add_line(self, record: Record, glyphs: int) -> None:
        """A plain line between rows: furniture, the last cell's next line, or a problem."""
        line = folded(record.text)
        if _TITLE.fullmatch(line) or _PAGE_NUMBER.fullmatch(line) or line in self.furniture_lines:
            self.furniture += glyphs
        elif self.rows and self.last_kind in ("tabs", "line") and not record.after_blank:
            last = next(column for column in reversed(COLUMNS) if self.rows[-1].cells[column].pieces)
            self._append({last: record.fields[0].lines}, "lines_joined")
        else:
            self._unplaced(record.text, "A line between the rows of the change table is in no cell")

    def _add_row(self, record: Record) -> None:
        fields = [cell.lines for cell in record.fields]
        split = columns.split(fields, self.layouts, numbered=self.numbered, remark=self.remark)
        if split.clear:
            self.layouts[len(split.layout)] = split.layout
        covered = _covered(record, split)
        cells = {slot: lines for slot, lines in split.cells.items() if slot not in covered}
        self.furniture += sum(_count("\n".join(cells.get(slot, ()))) for slot in ("number", "remark"))
        if not is_blank(remark := "\n".join(cells.get("remark", ()))):
            self._problem("extra_column", "The text of 備考 is in no column of the dataset", remark)
        text = {column: cells.get(column, ()) for column in COLUMNS}
        if self.rows and not covered and _is_tail(text):
            self._append(text, "joined_over_page_break")
            return
        marks = ["columns_split"] if split.merged and split.clear else []
        row: dict[Column, RawCell] = {
            column: RawCell((Piece(lines),)) if any(lines) else RawCell() for column, lines in text.items()
        }
        marks += self._fill(row, covered)
        if not split.clear:
            marks.append("columns_unclear")
        self.rows.append(RawRow(row, tuple(marks)))
        if not split.clear:
            self._problem(
                "columns_unclear", f"Nothing tells the columns of a row of {len(fields)} fields", record.text
            )

    def _fill(self, row: dict[Column, RawCell], covered: set[Slot]) -> list[str]:
        """Give a row under a merged cell the pieces of the row above: by rowspan, or where date and item
        are blank."""
        if not self.rows:
            return []
        above = self.rows[-1].cells
        blank = [column for column in COLUMNS[:2] if is_blank(row[column].raw)]
        if "change_date" not in blank:
            blank = []  # a blank 項目 beside a date is no merged cell
        filled = [c for c in COLUMNS if c in covered or c in blank]
        filled = [c for c in filled if above[c].pieces or above[c].merged]
        for column in filled:
            row[column] = RawCell((), above[column].merged or above[column].pieces)
        return ["filled_from_merged_cell"] if filled else []

    def _append(self, text: dict[Column, Lines], mark: str) -> None:
        row = self.rows[-1]
        cells = dict(row.cells)
        for column, lines in text.items():
            if any(lines):
                cells[column] = replace(cells[column], pieces=(*cells[column].pieces, Piece(lines)))
        marks = row.marks if mark in row.marks else (*row.marks, mark)
        self.rows[-1] = RawRow(cells, marks)

    def _unplaced(self, text: str, message: str) -> None:
        self.problems.append(Problem("text_unplaced", message, excerpt=text.strip()[:80]))

    def _problem(self, code: str, message: str, text: str) -> None:
        self.problems.append(Problem(code, message, ordinal=len(self.rows), excerpt=text.strip()[:80]))


def _covered(record: Record, split: Split) -> set[Slot]:
    """Columns whose text stands in a cell that reaches down from the row above."""
    offset = len(record.fields) - len(split.layout)
    offset = offset if "number" in split.cells else 0
    return {
        slot
        for slots, cell in zip(split.layout, record.fields[offset:], strict=False)
        if cell.merged
        for slot in slots
    }


def _is_tail(text: dict[Column, Lines]) -> bool:
    """The rest of the row above: no date, no timing, and no item of its own."""
    blank = {column: is_blank("\n".join(lines)) for column, lines in text.items()}
    if not blank["change_date"]:
        return False
    if not blank["timing"]:
        return blank["item"] and blank["before"] and blank["after"]
    return blank["item"] or _ITEM.match(folded("\n".join(text["item"]))) is None


def _count(text: str) -> int:
    """Characters that a reader of the document sees: no markup, no white space."""
    return len("".join(columns.TAG.sub("", text).split()))


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
            x += max((len(text) for text in cell.lines), default=0) * _CHAR_WIDTH + _CHAR_WIDTH
        y += _LINE_HEIGHT * max(len(cell.lines) for cell in record.fields)
    if not lines:
        return ()
    return (Layout(0, max(line.x1 for line in lines), y, (), tuple(lines)),)
