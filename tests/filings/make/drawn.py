"""ReportLab: every rule and every line of text placed by us, so that each trait of real files can be had."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from .content import CONTENTS, SPECIMEN
from .filing import Filing, covered

FONTS = {
    "IPAexGothic": "/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf",
    "IPAexMincho": "/usr/share/fonts/opentype/ipaexfont-mincho/ipaexm.ttf",
    "IPAGothic": "/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf",
    "IPAPMincho": "/usr/share/fonts/opentype/ipafont-mincho/ipamp.ttf",
}
NO_START = set("、。，．）」』】〕〉》・ー々：；？！)]}〟’”")
NO_END = set("（「『【〔〈《([{“‘")


@dataclass(frozen=True)
class Look:
    """How a filing is drawn; the defaults are the plainest."""

    font: str = "HeiseiMin-W3"  # a CID font that viewers bring: not embedded
    size: float = 9
    landscape: bool = False
    widths: tuple[float, ...] = (56, 84, 140, 140, 38, 72)
    rules: str = "line"  # line, rect, dash, dot, double, cell
    outer: bool = True
    close_at_break: bool = True  # a rule under the part of a row that is cut by the page's end
    split: bool = True  # rows may run over a page end
    header: str = "every"  # every, first, none, middle (also where a row goes on in mid-page)
    header_style: str = "plain"  # plain, spaced, two_lines
    date_align: str = "left"
    bold: str = ""  # "", "header", "date": drawn twice, slightly apart
    watermark: str = ""
    footer: str = "- {n} -"
    title: str = ""
    sections: int = 99
    top: float = 62
    bottom: float = 54
    before_table: str = ""  # a text line above the title on the table's first page
    room: float = 0  # points already used on the table's first page
    leading: float = 1.35


@dataclass(frozen=True)
class Fragment:
    """The part of a table row that stands on one page: the lines of each cell, and which edges are its own."""

    row: int
    lines: tuple[tuple[str, ...], ...]
    top: bool
    bottom: bool


def font_ready(name: str) -> None:
    if name in FONTS:
        pdfmetrics.registerFont(TTFont(name, FONTS[name]))
    else:
        pdfmetrics.registerFont(UnicodeCIDFont(name))


def wrap(text: str, width: float, font: str, size: float) -> list[str]:
    """Paragraphs broken into lines that fit, with the usual rules for line starts and ends."""
    made = []
    for paragraph in text.split("\n"):
        line, used = "", 0.0
        for char in paragraph:
            step = pdfmetrics.stringWidth(char, font, size)
            if line and used + step > width and char not in NO_START:
                carry = ""
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
        self.filing, self.look = filing, Look(**filing.look.get("drawn", {}))
        self.width, self.height = A4[::-1] if self.look.landscape else A4
        self.left = (self.width - sum(self.look.widths)) / 2
        self.canvas = Canvas(str(out), pagesize=(self.width, self.height), invariant=1)
        self.canvas.setTitle(filing.cover.filing_title)
        self.number = 0
        font_ready(self.look.font)

    @property
    def leading(self) -> float:
        return self.look.size * self.look.leading

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
        self.text(self.width - 50 - 6 * len(SPECIMEN) - 6, 36, SPECIMEN, 8)

    def end(self) -> None:
        label = self.look.footer.format(n=self.number)
        width = pdfmetrics.stringWidth(label, self.look.font, 9)
        self.text((self.width - width) / 2, self.height - 28, label, 9)
        self.canvas.showPage()

    def text(self, x: float, y: float, text: str, size: float = 0, bold: bool = False) -> None:
        """Draws one line with its top at y."""
        size = size or self.look.size
        self.canvas.setFont(self.look.font, size)
        for shift in (0, 0.3) if bold else (0,):
            self.canvas.drawString(x + shift, self.height - y - size * 0.88, text)

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        c, h = self.canvas, self.height
        if x0 == x1 and y0 == y1:
            return
        c.setLineWidth(0.6)
        c.setDash()
        match self.look.rules:
            case "rect":
                c.rect(x0 - 0.3, h - y1 - 0.3, x1 - x0 + 0.6, y1 - y0 + 0.6, stroke=0, fill=1)
                return
            case "dash":
                c.setDash(3, 2)
            case "dot":
                c.setDash(0.6, 1.4)
            case "double":
                across = (0.0, 1.4) if x0 == x1 else (1.4, 0.0)
                c.setLineWidth(0.35)
                for sign in (-0.5, 0.5):
                    dx, dy = sign * across[1], sign * across[0]
                    c.line(x0 + dx, h - y0 - dy, x1 + dx, h - y1 - dy)
                return
        c.line(x0, h - y0, x1, h - y1)

    def box(self, x0: float, y0: float, x1: float, y1: float) -> None:
        for edge in ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)):
            self.rule(*edge)

    def cell(self, x: float, y: float, width: float, height: float, text: str, *, centre: bool = False,
             size: float = 0) -> None:  # fmt: skip
        """A box of the form with its wrapped text."""
        size = size or self.look.size
        self.box(x, y, x + width, y + height)
        lines = wrap(text, width - 8, self.look.font, size)
        top = y + (height - len(lines) * size * 1.35) / 2 if centre else y + 4
        for n, line in enumerate(lines):
            inset = (width - pdfmetrics.stringWidth(line, self.look.font, size)) / 2 if centre else 4
            self.text(x + inset, top + n * size * 1.35, line, size)


def make(filing: Filing, out: Path) -> list[tuple[int, int]]:
    """Draws the filing; returns the first and last page of every row."""
    sheet = Sheet(filing, out)
    cover_page(sheet)
    contents_page(sheet)
    form_pages(sheet)
    for _ in range(filing.look.get("other_tables", 0)):
        other_table(sheet)
    pages = change_pages(sheet) if filing.table_state != "absent" else []
    sheet.canvas.save()
    return pages


def cover_page(sheet: Sheet) -> None:
    c, f = sheet.filing.cover, sheet.filing
    sheet.start()
    x, width = 60, sheet.width - 120
    sheet.cell(x, 70, width, 44, f"特定個人情報保護評価書（{c.filing_type}評価書）", centre=True, size=15)
    sheet.cell(x, 140, 90, 22, "評価書番号", centre=True)
    sheet.cell(x + 90, 140, width - 90, 22, "評価書名", centre=True)
    sheet.cell(x, 162, 90, 40, c.filing_number, centre=True, size=11)
    sheet.cell(x + 90, 162, width - 90, 40, c.filing_title, centre=True, size=11)
    sheet.cell(x, 225, width, 22, "個人のプライバシー等の権利利益の保護の宣言", centre=True)
    sheet.cell(x, 247, width, 100, f.declaration, size=10)
    sheet.cell(x, 347, 90, 60, "特記事項", centre=True)
    sheet.cell(x + 90, 347, width - 90, 60, c.remarks or "－")
    sheet.cell(x, 430, width, 22, "評価実施機関名", centre=True)
    sheet.cell(x, 452, width, 36, c.agency, centre=True, size=12)
    sheet.cell(x, 506, width, 22, "公表日", centre=True)
    sheet.cell(x, 528, width, 30, c.published, centre=True, size=11)
    sheet.text(sheet.width - 170, 572, f"[{c.form_version}]", 9)
    sheet.end()


def contents_page(sheet: Sheet) -> None:
    sheet.start()
    sheet.text(sheet.width / 2 - 30, 60, "項目一覧", 14)
    for n, line in enumerate(CONTENTS[sheet.filing.form]):
        sheet.cell(70, 100 + 40 * n, sheet.width - 140, 40, line, size=11)
    sheet.end()


def form_pages(sheet: Sheet) -> None:
    """Label and value in two columns, on as many pages as it takes."""
    look, left, label_width = sheet.look, 50, 130
    width = sheet.width - 100 - label_width
    for section in sheet.filing.sections[: look.sections]:
        sheet.start()
        sheet.text(left, 46, section.title, 13)
        y = 70.0
        for label, value in section.boxes:
            lines = max(
                len(wrap(value, width - 8, look.font, look.size)), len(wrap(label, 122, look.font, look.size))
            )
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
    """A table of six columns that is not the change table."""
    sheet.start()
    sheet.text(sheet.left, 46, "（参考）特定個人情報ファイルの一覧", 12)
    rows = [("番号", "ファイル名", "主な記録項目", "保管場所", "更新", "備考")]
    rows += [
        (str(n), f"関係情報ファイル{n}", "個人番号、4情報、連絡先、業務関係情報", "電算室", "随時", "－")
        for n in range(1, 8)
    ]
    for n, line in enumerate(rows):
        x = sheet.left
        for width, text in zip(sheet.look.widths[-6:], line, strict=True):
            sheet.cell(x, 70 + 36 * n, width, 36, text)
            x += width
    sheet.end()


def spaced(header: str, style: str) -> str:
    if style == "spaced":
        return "　".join(header) if len(header) < 4 else " ".join(header)
    if style == "two_lines" and len(header) > 3:
        half = {"変更前の記載": "変更前の\n記載", "変更後の記載": "変更後の\n記載", "提出時期": "提出\n時期"}
        return half.get(header, "提出時期に係る\n説明")
    return header


def change_pages(sheet: Sheet) -> list[tuple[int, int]]:
    """Fills pages with row fragments: a row that does not fit is cut between lines."""
    filing, look = sheet.filing, sheet.look
    rows = [cell_lines(sheet, n) for n in range(len(filing.rows))] or [[[""]] * len(look.widths)] * 2
    header = [wrap(spaced(h, look.header_style), w - 6, look.font, look.size)
              for h, w in zip(filing.headers, look.widths, strict=True)]  # fmt: skip
    header_height = max(len(lines) for lines in header) * sheet.leading + 6
    where: dict[int, list[int]] = {}
    queue = [Fragment(n, tuple(tuple(c) for c in cells), True, True) for n, cells in enumerate(rows)]
    first_page = True
    while queue:
        sheet.start()
        y = look.top if first_page or look.header == "every" else look.top - 16
        if first_page:
            sheet.text(sheet.left, look.top - 22, look.title or filing.title, 13, bold=look.bold == "title")
            y += look.room
        if look.header == "every" or (first_page and look.header != "none"):
            draw_fragment(sheet, y, header_height, Fragment(-1, tuple(map(tuple, header)), True, True))
            y += header_height
        while queue:
            fragment = queue.pop(0)
            room = int((sheet.height - look.bottom - y - 6) / sheet.leading)
            need = max(len(lines) for lines in fragment.lines)
            cut = need > room
            if cut and (room < 1 or (not look.split and need <= 40)):
                queue.insert(0, fragment)
                break
            now = fragment
            if cut:
                now = replace(
                    fragment, lines=tuple(c[:room] for c in fragment.lines), bottom=look.close_at_break
                )
                rest = tuple(c[room:] for c in fragment.lines)
                queue.insert(0, replace(fragment, lines=rest, top=look.close_at_break))
            height = min(need, room) * sheet.leading + 6
            draw_fragment(sheet, y, height, now)
            where.setdefault(fragment.row, []).append(sheet.number)
            y += height
            if cut:
                break
        sheet.end()
        first_page = False
    return [(where[n][0], where[n][-1]) for n in range(len(filing.rows))]


def cell_lines(sheet: Sheet, number: int) -> list[list[str]]:
    filing, look = sheet.filing, sheet.look
    texts = [*filing.look.get("extra_left", lambda n: [])(number), *filing.rows[number].texts,
             *filing.look.get("extra_right", [])]  # fmt: skip
    shift = len(texts) - 6 - len(filing.look.get("extra_right", []))
    for column, spans in ((shift, filing.merged_dates), (shift + 1, filing.merged_items)):
        if covered(spans, number):
            texts[column] = ""
    return [
        wrap(text, width - 6, look.font, look.size) for text, width in zip(texts, look.widths, strict=True)
    ]


def draw_fragment(sheet: Sheet, y: float, height: float, fragment: Fragment) -> None:
    """Text and rules of one row on one page; merged cells have no rule inside them."""
    look, filing = sheet.look, sheet.filing
    shift = len(filing.look.get("extra_left", lambda n: [])(0))
    spans = {shift: filing.merged_dates, shift + 1: filing.merged_items}
    x = sheet.left
    for column, (width, lines) in enumerate(zip(look.widths, fragment.lines, strict=True)):
        merged = spans.get(column, ())
        top = fragment.top and not covered(merged, fragment.row)
        bottom = fragment.bottom and not (fragment.row >= 0 and covered(merged, fragment.row + 1))
        if look.rules == "cell":
            inner = (x + 0.8, y + 0.8, x + width - 0.8, y + height - 0.8)
            sheet.box(*inner)
        else:
            if top:
                sheet.rule(x, y, x + width, y)
            if bottom:
                sheet.rule(x, y + height, x + width, y + height)
            if column or look.outer:
                sheet.rule(x, y, x, y + height)
            if column == len(look.widths) - 1 and look.outer:
                sheet.rule(x + width, y, x + width, y + height)
        bold = (look.bold == "header" and fragment.row < 0) or (look.bold == "date" and column == shift)
        for n, line in enumerate(lines):
            inset = 3.0
            if fragment.row < 0 or (column == shift and look.date_align == "centre"):
                inset = (width - pdfmetrics.stringWidth(line, look.font, look.size)) / 2
            sheet.text(x + inset, y + 3 + n * sheet.leading, line, bold=bold)
        x += width
