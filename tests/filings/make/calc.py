"""LibreOffice Calc: an .xlsx workbook, one sheet for each part of the form, printed to PDF."""

from __future__ import annotations

import datetime as dt
import math
import shutil
import subprocess
import tempfile
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.worksheet import Worksheet

from .content import CONTENTS, SPECIMEN
from .filing import Filing, covered

WRAP = Alignment(wrap_text=True, vertical="top")
CENTRE = Alignment(wrap_text=True, vertical="center", horizontal="center")


def office(source: Path, out: Path) -> None:
    """Prints an office document with LibreOffice; `out` names the PDF."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", "pdf",
             "--outdir", profile, str(source)],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip
        shutil.move(f"{profile}/{source.stem}.pdf", out)


def make(filing: Filing, out: Path) -> None:
    book = Workbook()
    book.properties.created = book.properties.modified = dt.datetime(2025, 1, 6)
    cover_sheet(book.active, filing)
    contents_sheet(book.create_sheet("項目一覧"), filing)
    for number, section in enumerate(filing.sections, 1):
        sheet = book.create_sheet(f"様式{number}")
        page(sheet, filing, (28, 74))
        heading(sheet, section.title, filing, columns=2)
        for label, value in section.boxes:
            sheet.append([label, value])
            ruled(
                sheet, sheet.max_row, 2, filing, lines=lines_of((label, value), (28, 74), font(filing).size)
            )
    for front in range(filing.look.get("other_tables", 0)):
        other_table(book.create_sheet(f"記録{front}"), filing)
    change_sheet(book.create_sheet("変更箇所"), filing)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "filing.xlsx"
        book.save(source)
        office(source, out)


def page(sheet: Worksheet, filing: Filing, widths: tuple[float, ...]) -> None:
    for number, width in enumerate(widths):
        sheet.column_dimensions["ABCDEFGH"[number]].width = width
    sheet.page_setup.paperSize = 9
    sheet.page_setup.orientation = "landscape" if filing.look.get("landscape") else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.5
    margins.top, margins.bottom = 0.7, 0.7
    sheet.oddHeader.right.text = SPECIMEN
    sheet.oddFooter.center.text = filing.look.get("footer", "- &P -")


def font(filing: Filing, size: float = 0, bold: bool = False) -> Font:
    return Font(
        name=filing.look.get("font", "IPAexGothic"), size=size or filing.look.get("size", 9), bold=bold
    )


def heading(sheet: Worksheet, text: str, filing: Filing, columns: int) -> None:
    sheet.append([text])
    sheet.merge_cells(start_row=sheet.max_row, start_column=1, end_row=sheet.max_row, end_column=columns)
    sheet.cell(sheet.max_row, 1).font = font(filing, 12, bold=True)


def ruled(sheet: Worksheet, row: int, columns: int, filing: Filing, lines: int = 1,
          top: bool = True, bottom: bool = True, align: Alignment = WRAP) -> None:  # fmt: skip
    side = Side(style=filing.look.get("border", "thin"))
    for column in range(1, columns + 1):
        cell = sheet.cell(row, column)
        cell.alignment, cell.font = align, font(filing)
        cell.border = Border(
            left=side, right=side, top=side if top else Side(), bottom=side if bottom else Side()
        )
    leading = 1.48 if font(filing).name.startswith("Noto") else 1.06
    sheet.row_dimensions[row].height = (max(1, lines) + 0.7) * font(filing).size * leading


def lines_of(texts: tuple[str, ...], widths: tuple[float, ...], size: float) -> int:
    """Lines that the longest cell takes; a column is `width` digits of 6.15 points wide."""

    def lines(text: str, width: float) -> int:
        room = max(1, math.floor(width * 6.15 / size))
        return sum(max(1, math.ceil(units(p) / room)) for p in text.split("\n"))

    def units(text: str) -> float:
        return sum(0.55 if c.isascii() else 1 for c in text)

    return max(lines(text, width) for text, width in zip(texts, widths, strict=True))


def cover_sheet(sheet: Worksheet, filing: Filing) -> None:
    sheet.title = "表紙"
    c = filing.cover
    page(sheet, filing, (20, 80))
    heading(sheet, f"特定個人情報保護評価書（{c.filing_type}評価書）", filing, 2)
    sheet.append([])
    boxes = [
        ("評価書番号", "評価書名"),
        (c.filing_number, c.filing_title),
        ("個人のプライバシー等の権利利益の保護の宣言", ""),
        (filing.declaration, ""),
        ("特記事項", c.remarks or "－"),
        ("評価実施機関名", ""),
        (c.agency, ""),
        ("公表日", ""),
        (c.published, ""),
    ]
    for label, value in boxes:
        sheet.append([label, value])
        row = sheet.max_row
        wide = not value and label != c.filing_number
        ruled(sheet, row, 2, filing, lines=1 + lines_of((label,), (96 if wide else 20,), 9), align=CENTRE)
        if wide:
            sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=2)
    sheet.append(["", f"[{c.form_version}]"])
    sheet.cell(sheet.max_row, 2).alignment = Alignment(horizontal="right")
    sheet.cell(sheet.max_row, 2).font = font(filing)


def contents_sheet(sheet: Worksheet, filing: Filing) -> None:
    page(sheet, filing, (100,))
    heading(sheet, "項目一覧", filing, 1)
    for line in CONTENTS[filing.form]:
        sheet.append([line])
        ruled(sheet, sheet.max_row, 1, filing, lines=2)


def other_table(sheet: Worksheet, filing: Filing) -> None:
    """A table of six columns that is not the change table."""
    widths = (6, 20, 24, 16, 14, 16)
    page(sheet, filing, widths)
    heading(sheet, "（参考）特定個人情報ファイルの一覧", filing, 6)
    rows = [("番号", "ファイル名", "主な記録項目", "保管場所", "更新の時期", "備考")]
    rows += [
        (str(n), f"{filing.task}ファイル{n}", "個人番号、4情報、連絡先", "電算室", "随時", "")
        for n in range(1, 7)
    ]
    for line in rows:
        sheet.append(list(line))
        ruled(sheet, sheet.max_row, 6, filing, lines=lines_of(line, widths, font(filing).size))


def change_sheet(sheet: Worksheet, filing: Filing) -> None:
    look = filing.look
    widths = look.get("widths", (10, 16, 29, 29, 7, 14))
    page(sheet, filing, widths)
    count = len(widths)
    heading(sheet, filing.title, filing, count)
    sheet.append(list(filing.headers))
    ruled(sheet, sheet.max_row, count, filing, lines=2, align=CENTRE)
    if look.get("header", "every") == "every":
        sheet.print_title_rows = f"{sheet.max_row}:{sheet.max_row}"
    first = sheet.max_row + 1
    starts = []
    for number, r in enumerate(filing.rows):
        starts.append(sheet.max_row + 1)
        texts = (
            list(look.get("extra_left", lambda n: [])(number)) + list(r.texts) + look.get("extra_right", [])
        )
        for column, spans in ((0, filing.merged_dates), (1, filing.merged_items)):
            if covered(spans, number):
                texts[column] = ""
        chunks = pieces(texts, widths, look.get("row_lines", 10_000), font(filing).size)
        for i, chunk in enumerate(chunks):
            sheet.append(chunk)
            ruled(sheet, sheet.max_row, count, filing, lines_of(tuple(chunk), widths, font(filing).size),
                  top=i == 0, bottom=i == len(chunks) - 1)  # fmt: skip
    starts.append(sheet.max_row + 1)
    for column, spans in ((1, filing.merged_dates), (2, filing.merged_items)):
        for a, b in spans:
            sheet.merge_cells(
                start_row=starts[a], end_row=starts[b + 1] - 1, start_column=column, end_column=column
            )
    if not filing.rows:
        for _ in range(3):
            sheet.append([""] * count)
            ruled(sheet, sheet.max_row, count, filing, lines=3)
    assert sheet.max_row >= first - 1


def pieces(texts: list[str], widths: tuple[float, ...], limit: int, size: float) -> list[list[str]]:
    """A long row as its author cuts it into several sheet rows: at paragraph ends, `limit` lines at most."""
    left = [text.split("\n") for text in texts]
    made = []
    while any(left):
        chunk = []
        for column, paragraphs in enumerate(left):
            take: list[str] = []
            while paragraphs:
                trial = "\n".join([*take, paragraphs[0]])
                if take and lines_of((trial,), (widths[column],), size) > limit:
                    break
                take.append(paragraphs.pop(0))
            chunk.append("\n".join(take))
        made.append(chunk)
    return made
