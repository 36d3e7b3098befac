"""Records of a transcript's change table, one by one -> its rows, and where every character went."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from ..model import COLUMNS, ChangeTable, Column, GlyphCount, Piece, Problem, RawCell, RawRow
from . import columns
from .columns import Lines, Slot, Split, folded, is_blank
from .text_tables import Record

ITEM = re.compile(
    r"\(?別[添紙]|表紙|評価書名|[IVX]{1,4}[-.・]?(?:[0-9]|\W|関連|特定|リスク|その他|開示|評価実施|しきい|基本)"
)
PAGE_NUMBER = re.compile(
    r"[-–—‐―ー\[(]*(?:p(?:age|\.)?)?\d{1,4}(?:(?:/|of)\d{1,4})?(?:頁|ページ|page)?[-–—‐―ー\])]*|第\d+頁",
    re.IGNORECASE,
)
_DATE_TAIL = re.compile(r"[0-9元]{0,2}年?[0-9]{0,2}月?[0-9]{1,2}日|日")
"""The rest of a date that a page break has cut: 令和6年4月|1日."""
_TITLE = re.compile(r"[#*]*[(\[]?(?:別添\d*)?[)\]]?変更箇所[*]*")
_NONE = re.compile(r"(?:該当|変更)?(?:なし|無し|事項なし|箇所なし)|[-―－ー]+")


@dataclass(slots=True)
class TranscribedTable:
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
        glyphs = sum(_count(cell.text) for cell in record.fields if not cell.merged)
        self.total += glyphs
        header = columns.read_header(record.texts) if len(record.fields) > 1 else None
        if header is not None:
            self.headers += glyphs
            self._learn(header)
        elif _NONE.fullmatch(folded(record.text)) and not self.rows:
            self.headers += glyphs
        elif len(record.fields) == 1:
            if not self._add_line(record, glyphs):
                return  # the line below it continues no cell either
        else:
            self._add_row(record)
        self.last_kind = record.kind

    def whole(self) -> ChangeTable:
        pieces = (piece for row in self.rows for cell in row.cells.values() for piece in cell.pieces)
        placed = sum(_count(piece.text) for piece in pieces)
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

    def _add_line(self, record: Record, glyphs: int) -> bool:
        """A plain line between rows: furniture, the last cell's next line, or a problem (then false)."""
        line = folded(record.text)
        if _TITLE.fullmatch(line) or PAGE_NUMBER.fullmatch(line) or line in self.furniture_lines:
            self.furniture += glyphs
        elif self.rows and self.last_kind in ("tabs", "line") and not record.after_blank:
            last = next(column for column in reversed(COLUMNS) if self.rows[-1].cells[column].pieces)
            self._append({last: record.fields[0].lines}, "lines_joined")
        else:
            self._unplaced(record.text, "A line between the rows of the change table is in no cell")
            return False
        return True

    def _add_row(self, record: Record) -> None:
        split = self._split(record)
        if not split.clear and any(cell.merged for cell in record.fields):
            # A rowspan that reaches down too far: the row's own cells alone.
            record = replace(record, fields=tuple(cell for cell in record.fields if not cell.merged))
            split = self._split(record)
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
        marks += self._fill(row, covered, split.clear)
        if not split.clear:
            marks.append("columns_unclear")
        self.rows.append(RawRow(row, tuple(marks), "transcript"))
        if not split.clear:
            self._problem(
                "columns_unclear",
                f"Nothing tells the columns of a row of {len(record.fields)} fields",
                record.text,
            )

    def _split(self, record: Record) -> Split:
        fields = [cell.lines for cell in record.fields]
        return columns.split(fields, self.layouts, numbered=self.numbered, remark=self.remark)

    def _fill(self, row: dict[Column, RawCell], covered: set[Slot], clear: bool) -> list[str]:
        """Give a row under a merged cell the pieces of the row above: by rowspan, or where date and item
        are blank."""
        if not self.rows:
            return []
        above = self.rows[-1].cells
        blank = [column for column in COLUMNS[:2] if is_blank(row[column].raw)]
        if "change_date" not in blank or not clear:
            blank = []  # a blank 項目 beside a date is no merged cell, and an unread date stands elsewhere
        filled = [c for c in COLUMNS if c in covered or c in blank]
        filled = [c for c in filled if above[c].pieces or above[c].merged]
        for column in filled:
            self.furniture += _count(row[column].raw)  # tags around nothing
            row[column] = RawCell((), above[column].merged or above[column].pieces)
        return ["filled_from_merged_cell"] if filled else []

    def _append(self, text: dict[Column, Lines], mark: str) -> None:
        row = self.rows[-1]
        cells = dict(row.cells)
        for column, lines in text.items():
            if any(lines):
                cells[column] = cells[column]._replace(pieces=(*cells[column].pieces, Piece(lines)))
        marks = row.marks if mark in row.marks else (*row.marks, mark)
        self.rows[-1] = RawRow(cells, marks, "transcript")

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
        date = folded("\n".join(text["change_date"]))
        return blank["item"] and blank["timing"] and _DATE_TAIL.fullmatch(date) is not None
    if not blank["timing"]:
        return blank["item"] and blank["before"] and blank["after"]
    return blank["item"] or ITEM.match(folded("\n".join(text["item"]))) is None


def _count(text: str) -> int:
    """Characters but white space; markup counts, since a cut tag would otherwise turn into text."""
    return len("".join(text.split()))
