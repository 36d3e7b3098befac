"""LibreOffice Calc: an .xlsx workbook, one sheet for each part of the form, printed to PDF."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from .content import CONTENTS, OTHER_TABLE, SPECIMEN, spell_header
from .filing import Filing
from .office import print_to_pdf

POINTS = 6.2
"""Points in one unit of a column's width."""
CENTRE = Alignment(wrap_text=True, vertical="center", horizontal="center")


def make(filing: Filing, out: Path) -> None:
    book = Workbook()
    cover_sheet(book.active, filing)
    contents_sheet(book.create_sheet("項目一覧"), filing)
    for number, section in enumerate(filing.sections, 1):
        sheet = book.create_sheet(f"様式{number}")
        set_page(sheet, filing, (150, 380))
        add_heading(sheet, section.title, filing, columns=2)
        for label, value in section.boxes:
            add_row(sheet, [label, value], (150, 380), filing)
    if filing.look.other_table:
        sheet = book.create_sheet("一覧")
        set_page(sheet, filing, filing.look.widths[-6:])
        add_heading(sheet, "（参考）特定個人情報ファイルの一覧", filing, 6)
        for line in OTHER_TABLE:
            add_row(sheet, list(line), filing.look.widths[-6:], filing)
    if filing.table_state != "absent":
        change_sheet(book.create_sheet("変更箇所"), filing)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "filing.xlsx"
        book.save(source)
        print_to_pdf(source, out)


def set_page(sheet: Worksheet, filing: Filing, widths: tuple[float, ...]) -> None:
    for column, width in zip("ABCDEFGH", widths, strict=False):
        sheet.column_dimensions[column].width = width / POINTS
    sheet.page_setup.paperSize = 9
    sheet.page_setup.orientation = "landscape" if filing.look.landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top = margins.bottom = 0.8
    margins.header = margins.footer = 0.35
    sheet.oddHeader.left.text = filing.look.head
    sheet.oddHeader.right.text = SPECIMEN
    sheet.oddFooter.center.text = filing.look.foot.replace("{n}", "&P")


def font(filing: Filing, size: float = 0, bold: bool = False) -> Font:
    return Font(name=filing.look.font, size=size or filing.look.size, bold=bold)


def add_heading(sheet: Worksheet, text: str, filing: Filing, columns: int) -> None:
    sheet.append([text])
    sheet.merge_cells(start_row=sheet.max_row, start_column=1, end_row=sheet.max_row, end_column=columns)
    sheet.cell(sheet.max_row, 1).font = font(filing, 12, bold=filing.look.bold != "title")


def add_row(
    sheet: Worksheet,
    texts: list[str],
    widths: tuple[float, ...],
    filing: Filing,
    *,
    centre: bool = False,
    top: bool = True,
    bottom: bool = True,
) -> None:
    """One sheet row with borders, high enough for its text."""
    look = filing.look
    sheet.append(texts)
    row, last = sheet.max_row, len(texts)
    side, none = Side(style="thin" if look.rules == "line" else look.rules), Side()
    for column in range(1, last + 1):
        cell = sheet.cell(row, column)
        cell.number_format, cell.font = "@", font(filing)
        cell.alignment = CENTRE if centre else Alignment(wrap_text=True, vertical=look.valign)
        cell.border = Border(
            left=side if column > 1 or look.outer else none,
            right=side if column < last or look.outer else none,
            top=side if top else none,
            bottom=side if bottom else none,
        )
    sheet.row_dimensions[row].height = (
        (height_of(texts, widths, look.size) + 0.7) * look.size * leading(filing)
    )


def leading(filing: Filing) -> float:
    return 1.48 if filing.look.font.startswith("Noto") else 1.06


def height_of(texts: list[str], widths: tuple[float, ...], size: float) -> int:
    """Lines that the longest cell takes."""

    def lines(text: str, width: float) -> int:
        room = max(1, math.floor(width / size * 0.97))
        used = (sum(0.55 if char.isascii() else 1 for char in part) for part in text.split("\n"))
        return sum(max(1, math.ceil(need / room)) for need in used)

    return max(lines(text, width) for text, width in zip(texts, widths, strict=True))


def cover_sheet(sheet: Worksheet, filing: Filing) -> None:
    sheet.title = "表紙"
    c, widths = filing.cover, (110.0, 420.0)
    set_page(sheet, filing, widths)
    add_heading(sheet, f"特定個人情報保護評価書（{c.filing_type}評価書）", filing, 2)
    sheet.append([])
    for label, value in [
        ("評価書番号", "評価書名"),
        (c.filing_number, c.filing_title),
        ("個人のプライバシー等の権利利益の保護の宣言", None),
        (filing.declaration, None),
        ("特記事項", c.remarks or "－"),
        ("評価実施機関名", None),
        (c.agency, None),
        ("公表日", None),
        (c.published, None),
    ]:
        wide = value is None
        add_row(sheet, [label, value or ""], (530, 530) if wide else widths, filing, centre=True)
        sheet.row_dimensions[sheet.max_row].height += 12
        if wide:
            sheet.merge_cells(start_row=sheet.max_row, start_column=1, end_row=sheet.max_row, end_column=2)
    sheet.append(["", f"[{c.form_version}]"])
    stamp = sheet.cell(sheet.max_row, 2)
    stamp.alignment, stamp.font = Alignment(horizontal="right"), font(filing)


def contents_sheet(sheet: Worksheet, filing: Filing) -> None:
    set_page(sheet, filing, (530,))
    add_heading(sheet, "項目一覧", filing, 1)
    for line in CONTENTS[filing.form]:
        add_row(sheet, [line], (530,), filing)


def change_sheet(sheet: Worksheet, filing: Filing) -> None:
    look = filing.look
    widths, count = look.widths, len(look.widths)
    set_page(sheet, filing, widths)
    add_heading(sheet, filing.title, filing, count)
    if look.header != "none":
        add_row(
            sheet, [spell_header(h, look.header_style) for h in filing.headers], widths, filing, centre=True
        )
    if look.header == "every":
        sheet.print_title_rows = f"{sheet.max_row}:{sheet.max_row}"
    starts = []
    for number in range(len(filing.rows)):
        starts.append(sheet.max_row + 1)
        chunks = pieces(filing.cells(number), widths, look.sheet_lines, look.size)
        for i, chunk in enumerate(chunks):
            add_row(sheet, chunk, widths, filing, top=i == 0, bottom=i == len(chunks) - 1)
    starts.append(sheet.max_row + 1)
    for column, spans in filing.merges.items():
        for first, last in spans:
            end = starts[last + 1] - 1
            sheet.merge_cells(
                start_row=starts[first], end_row=end, start_column=column + 1, end_column=column + 1
            )
    for _ in range(0 if filing.rows else 3):
        add_row(sheet, [""] * count, widths, filing)


def pieces(texts: list[str], widths: tuple[float, ...], limit: int, size: float) -> list[list[str]]:
    """A long row as its author cuts it into several sheet rows: at paragraph ends, `limit` lines at most."""
    left = [text.split("\n") for text in texts]
    made = []
    while any(left):
        chunk = []
        for paragraphs, width in zip(left, widths, strict=True):
            take: list[str] = []
            while paragraphs:
                trial = "\n".join([*take, paragraphs[0]])
                if take and height_of([trial], (width,), size) > limit:
                    break
                take.append(paragraphs.pop(0))
            chunk.append("\n".join(take))
        made.append(chunk)
    return made
