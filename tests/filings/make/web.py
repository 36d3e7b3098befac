"""Chromium: an HTML page, printed to PDF."""

from __future__ import annotations

import html
import subprocess
import tempfile
from pathlib import Path

from .content import CONTENTS, OTHER_TABLE, SPECIMEN, spell_header
from .filing import Filing, covered

STYLE = """
@page {{ size: A4 {orientation}; margin: 18mm 12mm 16mm;
  @top-right {{ content: "{specimen}"; font: 8pt "{font}"; }}
  @top-left {{ content: "{head}"; font: 8pt "{font}"; }}
  @bottom-center {{ content: "{before}" counter(page) "{after}"; font: 9pt "{font}"; }} }}
body {{ font: {size}pt/{leading} "{font}"; margin: 0; }}
h1 {{ font-size: 14pt; font-weight: normal; margin: 0 0 8pt; }}
section {{ break-after: page; }}
section:last-child {{ break-after: auto; }}
table {{ border-collapse: collapse; width: 100%; table-layout: fixed; margin-bottom: 12pt; }}
td, th {{ border: {border}; padding: 2pt 3pt; vertical-align: {valign}; font-weight: normal;
  word-break: break-all; white-space: pre-wrap; }}
tr {{ break-inside: {split}; }}
thead {{ display: {header}; }}
.open td:first-child, .open th:first-child {{ border-left: 0; }}
.open td:last-child, .open th:last-child {{ border-right: 0; }}
.mark {{ position: fixed; top: 35%; left: 25%; font-size: 150pt; color: #ddd; transform: rotate(-30deg);
  z-index: -1; }}
"""
BORDERS = {
    "line": "0.75pt solid black",
    "dash": "0.75pt dashed black",
    "dot": "1pt dotted black",
    "double": "2.25pt double black",
    "cell": "0.75pt solid #555",
}


def make(filing: Filing, out: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "filing.html", Path(folder) / "filing.pdf"
        source.write_text(page(filing), encoding="utf-8")
        subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
             f"--user-data-dir={folder}/profile", f"--print-to-pdf={made}", source.as_uri()],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip
        out.write_bytes(made.read_bytes())


def page(filing: Filing) -> str:
    look = filing.look
    before, after = look.foot.split("{n}")
    style = STYLE.format(
        orientation="landscape" if look.landscape else "portrait",
        specimen=SPECIMEN,
        font=look.font,
        head=look.head,
        before=before,
        after=after,
        size=look.size,
        leading=look.leading,
        border=BORDERS[look.rules],
        valign={"top": "top", "center": "middle"}[look.valign],
        split="auto" if look.split else "avoid",
        header="table-header-group" if look.header == "every" else "table-row-group",
    )
    if look.rules == "cell":
        style += "table { border-collapse: separate; border-spacing: 1.5pt; }"
    parts = [cover(filing), block("項目一覧", table([[line] for line in CONTENTS[filing.form]], (1,)))]
    for section in filing.sections:
        boxes = [[label, value] for label, value in section.boxes]
        parts.append(block(section.title, table(boxes, (130, 390))))
    if look.other_table:
        rows = [list(line) for line in OTHER_TABLE]
        parts.append(block("（参考）特定個人情報ファイルの一覧", table(rows, look.widths[-6:])))
    if filing.table_state != "absent":
        parts.append(block(filing.title, changes(filing)))
    mark = f'<div class="mark">{look.watermark}</div>' if look.watermark else ""
    head = f'<!doctype html><html lang="ja"><meta charset="utf-8"><style>{style}</style>'
    return f"{head}<body>{mark}{''.join(parts)}"


def block(title: str, content: str) -> str:
    return f"<section><h1>{html.escape(title)}</h1>{content}</section>"


def table(rows: list[list[str]], widths: tuple[float, ...]) -> str:
    lines = "".join(
        "<tr>" + "".join(f"<td>{html.escape(text)}</td>" for text in row) + "</tr>" for row in rows
    )
    return f"<table>{columns(widths)}{lines}</table>"


def columns(widths: tuple[float, ...]) -> str:
    return "".join(f'<col style="width: {100 * width / sum(widths):.2f}%">' for width in widths)


def cover(filing: Filing) -> str:
    c = filing.cover
    parts = [table([["評価書番号", "評価書名"], [c.filing_number, c.filing_title]], (110, 410))]
    for label, value in [
        ("個人のプライバシー等の権利利益の保護の宣言", filing.declaration),
        ("特記事項", c.remarks or "－"),
        ("評価実施機関名", c.agency),
        ("公表日", c.published),
    ]:
        parts.append(table([[label], [value]], (1,)))
    stamp = f'<p style="text-align: right">[{c.form_version}]</p>'
    return block(f"特定個人情報保護評価書（{c.filing_type}評価書）", "".join(parts) + stamp)


def changes(filing: Filing) -> str:
    look = filing.look
    header = "".join(
        f"<th>{html.escape(spell_header(text, look.header_style))}</th>" for text in filing.headers
    )
    lines = []
    for number in range(len(filing.rows)):
        cells = []
        for column, text in enumerate(filing.cells(number)):
            spans = filing.merges.get(column, ())
            if covered(spans, number):
                continue
            rows = next((last - first + 1 for first, last in spans if first == number), 1)
            cells.append(f'<td rowspan="{rows}">{html.escape(text)}</td>')
        lines.append(f"<tr>{''.join(cells)}</tr>")
    if not lines:
        lines = ["<tr>" + "<td>&nbsp;</td>" * len(look.widths) + "</tr>"] * 3
    head = f"<thead><tr>{header}</tr></thead>" if look.header != "none" else ""
    kind = "" if look.outer else ' class="open"'
    return f"<table{kind}>{columns(look.widths)}{head}<tbody>{''.join(lines)}</tbody></table>"
