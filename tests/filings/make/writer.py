"""LibreOffice Writer: a .docx document of tables, printed to PDF."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from .content import CONTENTS, OTHER_TABLE, SPECIMEN, spell_header
from .filing import Filing
from .office import print_to_pdf


def make(filing: Filing, out: Path) -> None:
    document = docx.Document()
    set_style(document, filing)
    set_page(document, filing)
    add_cover(document, filing)
    add_heading(document, "項目一覧")
    add_table(document, [[line] for line in CONTENTS[filing.form]], (420,), filing)
    document.add_page_break()
    for section in filing.sections:
        add_heading(document, section.title)
        add_table(document, [[label, value] for label, value in section.boxes], (130, 390), filing)
        document.add_page_break()
    if filing.look.other_table:
        add_heading(document, "（参考）特定個人情報ファイルの一覧")
        add_table(document, [list(line) for line in OTHER_TABLE], filing.look.widths[-6:], filing)
        document.add_page_break()
    if filing.table_state != "absent":
        add_changes(document, filing)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "filing.docx"
        document.save(str(source))
        print_to_pdf(source, out)


def set_style(document: Any, filing: Filing) -> None:
    style = document.styles["Normal"]
    style.font.name, style.font.size = filing.look.font, Pt(filing.look.size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:eastAsia", "w:ascii", "w:hAnsi"):
        fonts.set(qn(script), filing.look.font)
    style.paragraph_format.space_after = Pt(0)


def set_page(document: Any, filing: Filing) -> None:
    section = document.sections[0]
    long, short = Pt(841.9), Pt(595.3)
    section.orientation = WD_ORIENT.LANDSCAPE if filing.look.landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if filing.look.landscape else (short, long)
    section.left_margin = section.right_margin = Pt(30)
    section.top_margin = section.bottom_margin = Pt(56)
    section.header.paragraphs[0].text = f"{filing.look.head}\t\t{SPECIMEN}".strip("　")
    foot = section.footer.paragraphs[0]
    foot.alignment = 1
    before, after = filing.look.foot.split("{n}")
    foot.add_run(before)
    add_page_number(foot)
    foot.add_run(after)


def add_page_number(paragraph: Any) -> None:
    run = paragraph.add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        mark = OxmlElement("w:instrText" if text else "w:fldChar")
        if text:
            mark.text = text
        else:
            mark.set(qn("w:fldCharType"), kind)
        run._r.append(mark)


def add_heading(document: Any, text: str) -> None:
    run = document.add_paragraph().add_run(text)
    run.font.size = Pt(13)


def add_cover(document: Any, filing: Filing) -> None:
    c = filing.cover
    add_heading(document, f"特定個人情報保護評価書（{c.filing_type}評価書）")
    boxes = [["評価書番号", "評価書名"], [c.filing_number, c.filing_title]]
    add_table(document, boxes, (110, 410), filing)
    for label, value in [
        ("個人のプライバシー等の権利利益の保護の宣言", filing.declaration),
        ("特記事項", c.remarks or "－"),
        ("評価実施機関名", c.agency),
        ("公表日", c.published),
    ]:
        document.add_paragraph()
        add_table(document, [[label], [value]], (520,), filing)
    document.add_paragraph(f"[{c.form_version}]").alignment = 2
    document.add_page_break()


def add_table(
    document: Any, rows: list[list[str]], widths: tuple[float, ...], filing: Filing, header: bool = False
) -> Any:
    """A ruled table; one paragraph in a cell for each line of its text."""
    made = document.add_table(rows=len(rows), cols=len(widths), style="Table Grid")
    made.autofit = False
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Pt(width)
    for number, (texts, line) in enumerate(zip(rows, made.rows, strict=True)):
        properties = line._tr.get_or_add_trPr()
        if header and number == 0:
            properties.append(OxmlElement("w:tblHeader"))
        if not filing.look.split:
            properties.append(OxmlElement("w:cantSplit"))
        for cell, text, width in zip(line.cells, texts, widths, strict=True):
            cell.width = Pt(width)
            first, *others = text.split("\n")
            cell.paragraphs[0].text = first
            for paragraph in others:
                cell.add_paragraph(paragraph)
            if header and number == 0:
                for paragraph in cell.paragraphs:
                    paragraph.alignment = 1
    return made


def add_changes(document: Any, filing: Filing) -> None:
    look = filing.look
    add_heading(document, filing.title)
    rows = [[spell_header(text, look.header_style) for text in filing.headers]]
    rows += [filing.cells(number) for number in range(len(filing.rows))] or [[""] * len(look.widths)] * 3
    table = add_table(document, rows, look.widths, filing, header=look.header == "every")
    for column, spans in filing.merges.items():
        for first, last in spans:
            merged = table.cell(first + 1, column).merge(table.cell(last + 1, column))
            for paragraph in merged.paragraphs[len(filing.cells(first)[column].split("\n")) :]:
                paragraph._p.getparent().remove(paragraph._p)
