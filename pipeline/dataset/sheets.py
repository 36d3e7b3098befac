"""Rows -> an Excel workbook, written as they come; what does not fit a sheet or a cell is said."""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from ..errors import UsageError

SHEET_ROWS = 1_048_576
"""Rows of a sheet, the one with the names of the columns among them."""
CELL = 32_767
"""UTF-16 units of a cell."""
_NOTE = "…［以下省略: 全{:,}文字 / cut: {:,} characters in the dataset］"
# Characters that XML has not.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FIRST_DAY = date(1900, 3, 1)
"""Excel counts 29 February 1900, which never was; an earlier date stays text."""
_WIDTHS = {"date32": 12, "int32": 9, "int64": 12, "float32": 9, "float64": 9, "bool": 8}


def is_too_long(text: str) -> bool:
    """Whether a spreadsheet's cell cannot hold the text."""
    return len(text) > CELL // 2 and _units(text) > CELL


def write(
    path: Path,
    name: str,
    columns: Mapping[str, tuple[str, str]],
    rows: Iterable[Sequence[Any]],
    looks_like_formula: Callable[[str], bool],
) -> tuple[int, int]:
    """A table (column -> type and meaning) and its rows -> a workbook; (rows, cells that were cut).

    Rows that do not fit on one sheet go on on the next, `name_2`. A sheet `columns` tells what the columns
    mean.
    """
    book = _Book(path, columns, looks_like_formula)
    try:
        count = 0
        sheet = book.sheet(name)
        for count, row in enumerate(rows, 1):
            number, at = divmod(count - 1, SHEET_ROWS - 1)
            if number and at == 0:
                sheet = book.sheet(f"{name}_{number + 1}")
            book.row(sheet, at + 1, row)
        book.meanings()
    finally:
        book.close()
    return count, book.cut


class _Book:
    """A workbook that keeps one row in memory."""

    def __init__(
        self, path: Path, columns: Mapping[str, tuple[str, str]], looks_like_formula: Callable[[str], bool]
    ) -> None:
        try:
            xlsxwriter: Any = importlib.import_module("xlsxwriter")
        except ImportError:
            raise UsageError("this needs xlsxwriter; pip install 'henkou[analysis]'") from None
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
        self.columns, self._looks_like_formula, self.cut = columns, looks_like_formula, 0
        self._head = self._book.add_format({"bold": True, "bottom": 1})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._quoted = self._book.add_format({"quote_prefix": True})
        """Stays text when somebody edits the cell."""

    def sheet(self, name: str) -> Any:
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for place, (column, (kind, _)) in enumerate(self.columns.items()):
            sheet.set_column(place, place, _WIDTHS.get(kind, 18))
            sheet.write_string(0, place, column, self._head)
        return sheet

    def row(self, sheet: Any, at: int, row: Sequence[Any]) -> None:
        for place, value in enumerate(row):
            if isinstance(value, str):
                text = self._fitting(value)
                quoted = self._quoted if self._looks_like_formula(text) else None
                if text:
                    sheet.write_string(at, place, text, quoted)
            elif isinstance(value, bool):
                sheet.write_boolean(at, place, value)
            elif isinstance(value, date):
                if value >= _FIRST_DAY:
                    sheet.write_datetime(at, place, value, self._day)
                else:
                    sheet.write_string(at, place, value.isoformat())
            elif value is not None and math.isfinite(value):
                sheet.write_number(at, place, value)

    def meanings(self) -> None:
        sheet = self._book.add_worksheet("columns")
        sheet.set_column(0, 1, 22)
        sheet.set_column(2, 2, 100)
        for at, (column, (kind, meaning)) in enumerate(self.columns.items()):
            for place, text in enumerate((column, kind, meaning)):
                sheet.write_string(at, place, text)

    def _fitting(self, text: str) -> str:
        text = _NOT_XML.sub("\ufffd", text)
        if not is_too_long(text):
            return text
        self.cut += 1
        note = _NOTE.format(len(text), len(text))
        room = 2 * (CELL - _units(note))
        return text.encode("utf-16-le")[:room].decode("utf-16-le", errors="ignore") + note

    def close(self) -> None:
        xlsxwriter: Any = importlib.import_module("xlsxwriter.exceptions")
        try:
            self._book.close()
        except xlsxwriter.FileCreateError as error:
            raise OSError(str(error)) from error


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
