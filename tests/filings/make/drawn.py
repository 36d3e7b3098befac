"""ReportLab: every rule and every line of text placed by us, so that each trait of real files can be had."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from .content import CONTENTS, OTHER_TABLE, SPECIMEN, spell_header
from .filing import Filing, covered

FONTS = {
    "IPAexGothic": "/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf",
    "IPAexMincho": "/usr/share/fonts/opentype/ipaexfont-mincho/ipaexm.ttf",
    "IPAGothic": "/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf",
    "IPAPMincho": "/usr/share/fonts/opentype/ipafont-mincho/ipamp.ttf",
}
NO_START = set("、。，．）」』】〕〉》・ー々：；？！)]}’”")
NO_END = set("（「『【〔〈《([{“‘")


@dataclass(frozen=True)
class Fragment:
    """The part of a table row on one page: each cell's lines, and whether its edges are ruled."""

    row: int
    lines: tuple[tuple[str, ...], ...]
    top: bool = True
    bottom: bool = True
    spill_above: tuple[tuple[str, ...], ...] = ()
    spill_below: tuple[tuple[str, ...], ...] = ()


def wrap(text: str, width: float, font: str, size: float, hang: bool = False) -> list[str]:
    """Paragraphs broken into lines that fit, with the usual rules for line starts and ends.

    `hang`: a comma or full stop may stand past the edge instead of taking its neighbour to the next line.
    """
    made = []
    for paragraph in text.split("\n"):
        line, used = "", 0.0
        for char in paragraph:
            step = pdfmetrics.stringWidth(char, font, size)
            if line and used + step > width and not (hang and char in "、。" and used <= width):
                carry = ""
                while len(line) > 1 and (carry + char)[0] in NO_START:
                    carry, line = line[-1] + carry, line[:-1]
                while len(line) > 1 and line[-1] in NO_END:
                    carry, line = line[-1] + carry, line[:-1]
                made.append(line)
                line, used = carry, pdfmetrics.stringWidth(carry, font, size)
            line, used = line + char, used + step
        made.append(line)
    return made


class Sheet:
    """A canvas with the origin at the top left, furniture on every page, and the rules of a Look."""

    def __init__(self, filing: Filing, out: Path) -> None:
        self.filing, self.look = filing, filing.look
        self.width, self.height = A4[::-1] if self.look.landscape else A4
        self.left = (self.width - sum(self.look.widths)) / 2
        self.leading = self.look.size * self.look.leading
        self.canvas = Canvas(str(out), pagesize=(self.width, self.height), invariant=1)
        self.canvas.setTitle(filing.cover.filing_title)
        self.number = 0
        if self.look.font in FONTS:
            pdfmetrics.registerFont(TTFont(self.look.font, FONTS[self.look.font]))
        else:  # a CID font that viewers bring: not embedded
            pdfmetrics.registerFont(UnicodeCIDFont(self.look.font))

    def width_of(self, text: str, size: float = 0) -> float:
        return float(pdfmetrics.stringWidth(text, self.look.font, size or self.look.size))

    def wrap(self, text: str, width: float, size: float = 0) -> list[str]:
        return wrap(text, width, self.look.font, size or self.look.size, self.look.hang)

    def start(self) -> None:
        self.number += 1
        if self.look.watermark:
            self.canvas.saveState()
            self.canvas.setFillGray(0.85)
            self.canvas.setFont(self.look.font, 150)
            self.canvas.translate(self.width / 2, self.height / 2)
            self.canvas.rotate(30)
            self.canvas.drawCentredString(0, -50, self.look.watermark)
            self.canvas.restoreState()
        self.text(50, 24, self.look.head, 8)
        self.text(self.width - 50 - self.width_of(SPECIMEN, 8), 24, SPECIMEN, 8)

    def end(self) -> None:
        label = self.look.foot.format(n=self.number)
        self.text((self.width - self.width_of(label, 9)) / 2, self.height - 28, label, 9)
        self.canvas.showPage()

    def text(self, x: float, y: float, text: str, size: float = 0, bold: bool = False) -> None:
        """Draws one line with its top at y."""
        size = size or self.look.size
        self.canvas.setFont(self.look.font, size)
        for shift in (0, 0.3) if bold else (0,):
            if text:
                self.canvas.drawString(x + shift, self.height - y - size * 0.88, text)

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        c, top = self.canvas, self.height
        c.setLineWidth(0.6)
        c.setDash(*{"dash": ([3, 2],), "dot": ([0.6, 1.4],)}.get(self.look.rules, ()))
        if self.look.rules == "rect":
            c.rect(x0 - 0.3, top - y1 - 0.3, x1 - x0 + 0.6, y1 - y0 + 0.6, stroke=0, fill=1)
        elif self.look.rules == "double":
            dx, dy = (0.8, 0.0) if x0 == x1 else (0.0, 0.8)
            c.setLineWidth(0.35)
            for sign in (-1, 1):
                c.line(x0 + sign * dx, top - y0 - sign * dy, x1 + sign * dx, top - y1 - sign * dy)
        else:
            c.line(x0, top - y0, x1, top - y1)

    def box(self, x0: float, y0: float, x1: float, y1: float) -> None:
        for edge in ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)):
            self.rule(*edge)

    def cell(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        text: str,
        centre: bool = False,
        size: float = 0,
    ) -> None:
        """A box of the form with its wrapped text."""
        size = size or self.look.size
        self.box(x, y, x + width, y + height)
        lines = self.wrap(text, width - 8, size)
        top = y + (height - len(lines) * size * 1.35) / 2 if centre else y + 4
        for n, line in enumerate(lines):
            inset = (width - self.width_of(line, size)) / 2 if centre else 4
            self.text(x + inset, top + n * size * 1.35, line, size)


def make(filing: Filing, out: Path) -> list[tuple[int, int]]:
    """Draws the filing; returns the first and last page of every row."""
    sheet = Sheet(filing, out)
    cover_page(sheet)
    contents_page(sheet)
    form_pages(sheet)
    if filing.look.other_table:
        other_table(sheet)
    pages = change_pages(sheet) if filing.table_state != "absent" else []
    sheet.canvas.save()
    return pages


def cover_page(sheet: Sheet) -> None:
    c, f = sheet.filing.cover, sheet.filing
    sheet.start()
    x, width, up = 60, sheet.width - 120, 20 if sheet.look.landscape else 0
    sheet.cell(x, 60 - up, width, 40, f"特定個人情報保護評価書（{c.filing_type}評価書）", True, 15)
    sheet.cell(x, 120 - up, 90, 22, "評価書番号", True)
    sheet.cell(x + 90, 120 - up, width - 90, 22, "評価書名", True)
    sheet.cell(x, 142 - up, 90, 40, c.filing_number, True, 11)
    sheet.cell(x + 90, 142 - up, width - 90, 40, c.filing_title, True, 11)
    sheet.cell(x, 202 - up, width, 22, "個人のプライバシー等の権利利益の保護の宣言", True)
    sheet.cell(x, 224 - up, width, 90, f.declaration, size=10)
    sheet.cell(x, 314 - up, 90, 56, "特記事項", True)
    sheet.cell(x + 90, 314 - up, width - 90, 56, c.remarks or "－")
    sheet.cell(x, 390 - up, width, 22, "評価実施機関名", True)
    sheet.cell(x, 412 - up, width, 32, c.agency, True, 12)
    sheet.cell(x, 462 - up, width, 22, "公表日", True)
    sheet.cell(x, 484 - up, width, 28, c.published, True, 11)
    sheet.text(sheet.width - 170, 524 - up, f"[{c.form_version}]", 9)
    sheet.end()


def contents_page(sheet: Sheet) -> None:
    sheet.start()
    sheet.text(sheet.width / 2 - 30, 50, "項目一覧", 14)
    for n, line in enumerate(CONTENTS[sheet.filing.form]):
        sheet.cell(70, 80 + 36 * n, sheet.width - 140, 36, line, size=11)
    sheet.end()


def form_pages(sheet: Sheet) -> None:
    """Label and value in two columns, on as many pages as it takes."""
    look, left, label_width = sheet.look, 50, 130
    width = sheet.width - 100 - label_width
    for section in sheet.filing.sections:
        sheet.start()
        sheet.text(left, 46, section.title, 13)
        y = 70.0
        for label, value in section.boxes:
            lines = max(len(sheet.wrap(value, width - 8)), len(sheet.wrap(label, label_width - 8)))
            height = lines * look.size * 1.35 + 8
            if y + height > sheet.height - 50:
                sheet.end()
                sheet.start()
                y = 60.0
            sheet.cell(left, y, label_width, height, label)
            sheet.cell(left + label_width, y, width, height, value)
            y += height
        sheet.end()


def other_table(sheet: Sheet) -> None:
    sheet.start()
    sheet.text(sheet.left, 46, "（参考）特定個人情報ファイルの一覧", 12)
    for n, line in enumerate(OTHER_TABLE):
        x = sheet.left
        for width, text in zip(sheet.look.widths[-6:], line, strict=True):
            sheet.cell(x, 70 + 40 * n, width, 40, text)
            x += width
    sheet.end()


def change_pages(sheet: Sheet) -> list[tuple[int, int]]:
    """Fills pages with row fragments: a row that does not fit is cut between lines."""
    filing, look = sheet.filing, sheet.look
    wrapped = [
        tuple(
            tuple(sheet.wrap(text, width - 6))
            for text, width in zip(filing.cells(n), look.widths, strict=True)
        )
        for n in range(len(filing.rows))
    ]
    header = Fragment(
        -1,
        tuple(
            tuple(sheet.wrap(spell_header(text, look.header_style), width - 4))
            for text, width in zip(filing.headers, look.widths, strict=True)
        ),
    )
    blank = Fragment(0, (("", ""),) * len(look.widths))
    queue = [Fragment(n, lines) for n, lines in enumerate(wrapped)] or [blank, blank]
    where: dict[int, list[int]] = {}
    first = True
    while queue:
        sheet.start()
        y = start_table(sheet) if first else look.top
        if look.header in ("every", "middle") or (first and look.header == "first"):
            bottom = not (look.header_open and not queue[0].top)
            y = draw_fragment(sheet, y, replace(header, bottom=bottom))
        rows_here = 0
        while queue:
            room = int((sheet.height - look.bottom - y - 6) / sheet.leading)
            now, rest = cut(sheet, queue[0], room, fresh=not rows_here)
            if now is None:
                break
            queue[:1] = [rest] if rest else []
            where.setdefault(now.row, []).append(sheet.number)
            y = draw_fragment(sheet, y, now)
            rows_here += 1
            if look.header == "middle" and rows_here % 4 == 0 and not rest and room > 24:
                y = draw_fragment(sheet, y, header)
            if rest:
                break
        if look.companions and not queue:
            note = (
                "（注）提出時期の欄は、事前に提出した場合は「事前」、事後に提出した場合は「事後」と記載する。"
            )
            sheet.cell(sheet.left, y + 16, 120, 34, "提出時期の区分", centre=True)
            sheet.cell(sheet.left + 120, y + 16, 300, 34, note)
        sheet.end()
        first = False
    return [(where[n][0], where[n][-1]) for n in range(len(filing.rows))]


def start_table(sheet: Sheet) -> float:
    """What stands above the table on its first page; returns where the table begins."""
    look, y = sheet.look, sheet.look.top
    if look.companions:
        for n, (label, value) in enumerate((("評価書名", sheet.filing.cover.filing_title), ("版", "第3版"))):
            sheet.cell(sheet.left, y - 18 + 24 * n, 80, 24, label, centre=True)
            sheet.cell(sheet.left + 80, y - 18 + 24 * n, 340, 24, value)
        y += 66
    sheet.text(sheet.left, y - 20, sheet.filing.title, 12, bold=look.bold == "title")
    return y


def cut(sheet: Sheet, fragment: Fragment, room: int, fresh: bool) -> tuple[Fragment | None, Fragment | None]:
    """What of a row goes on this page, and what is left for the next: `room` lines are free."""
    look, need = sheet.look, max(len(lines) for lines in fragment.lines)
    if need <= room:
        return fragment, None
    if not fresh and (room < 1 or not look.split):
        return None, fragment
    spill = 4 if look.spill else 0
    now = replace(
        fragment,
        lines=tuple(lines[:room] for lines in fragment.lines),
        bottom=look.close_at_break,
        spill_below=tuple(lines[room : room + spill] for lines in fragment.lines),
    )
    rest = replace(
        fragment,
        lines=tuple(lines[room:] for lines in fragment.lines),
        top=look.close_at_break,
        spill_above=tuple(lines[max(0, room - spill) : room] for lines in fragment.lines) if spill else (),
    )
    return now, rest


def draw_fragment(sheet: Sheet, y: float, fragment: Fragment) -> float:
    """Text and rules of one row on one page (no rules inside merged cells); returns where it ends."""
    look, filing = sheet.look, sheet.filing
    height = max(len(lines) for lines in fragment.lines) * sheet.leading + 6
    x = sheet.left
    for column, (width, lines) in enumerate(zip(look.widths, fragment.lines, strict=True)):
        spans = filing.merges.get(column, ())
        top = fragment.top and not covered(spans, fragment.row)
        bottom = fragment.bottom and (fragment.row < 0 or not covered(spans, fragment.row + 1))
        if look.rules == "cell":
            sheet.box(x + 0.8, y + 0.8, x + width - 0.8, y + height - 0.8)
        else:
            if top:
                sheet.rule(x, y, x + width, y)
            if bottom:
                sheet.rule(x, y + height, x + width, y + height)
            if column or look.outer:
                sheet.rule(x, y, x, y + height)
            if column == len(look.widths) - 1 and look.outer:
                sheet.rule(x + width, y, x + width, y + height)
        is_date = column == int(filing.number_column)
        centre = fragment.row < 0 or (is_date and look.date_align == "centre")
        bold = (look.bold == "header" and fragment.row < 0) or (look.bold == "date" and is_date)
        for n, line in enumerate(lines):
            inset = (width - sheet.width_of(line)) / 2 if centre else 3.0
            sheet.text(x + inset, y + 3 + n * sheet.leading, line, bold=bold)
        draw_spill(sheet, x, y, width, height, fragment, column)
        x += width
    return y + height


def draw_spill(
    sheet: Sheet, x: float, y: float, width: float, height: float, fragment: Fragment, column: int
) -> None:
    """Lines of the neighbouring page, clipped away: in the file, not on the paper."""
    if not fragment.spill_above and not fragment.spill_below:
        return
    path = sheet.canvas.beginPath()
    path.rect(x, sheet.height - y - height, width, height)
    sheet.canvas.saveState()
    sheet.canvas.clipPath(path, stroke=0, fill=0)
    above = fragment.spill_above[column] if fragment.spill_above else ()
    for n, line in enumerate(above):
        sheet.text(x + 3, y + 3 - (len(above) - n) * sheet.leading, line)
    below = fragment.spill_below[column] if fragment.spill_below else ()
    for n, line in enumerate(below):
        sheet.text(x + 3, y + height + 1 + n * sheet.leading, line)
    sheet.canvas.restoreState()
