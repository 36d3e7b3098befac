"""One page with a small change table, drawn plainly and in every disguise that a producer may choose."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import pairwise

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 595.0, 842.0
FONT = "HeiseiKakuGo-W5"
EDGES = (40.0, 110.0, 190.0, 320.0, 450.0, 490.0, 560.0)
ROWS = (
    ("変更日", "項目", "変更前の記載", "変更後の記載", "提出時期", "説明"),
    ("令和6年4月1日", "Ⅰ-2 ②事務の内容", "旧システムで行う", "新システムで行う", "事後", "機構改革"),
    ("令和6年5月1日", "Ⅱ-3 ⑧使用方法", "紙で照会する", "端末で照会する", "事前", "様式の変更"),
)
TOP, STEP = 700.0, 40.0


def document(draw: Callable[[Canvas], None], size: tuple[float, float] = (WIDTH, HEIGHT)) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size, invariant=True)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def table(canvas: Canvas, *, rules: bool = True, text: bool = True) -> None:
    bottom = TOP - STEP * len(ROWS)
    if rules:
        for x in EDGES:
            canvas.line(x, bottom, x, TOP)
        for row in range(len(ROWS) + 1):
            canvas.line(EDGES[0], TOP - STEP * row, EDGES[-1], TOP - STEP * row)
    if text:
        canvas.setFont(FONT, 8)
        for row, cells in enumerate(ROWS):
            for x, cell in zip(EDGES, cells, strict=False):
                canvas.drawString(x + 3, TOP - STEP * row - 14, cell)


def plain(canvas: Canvas) -> None:
    table(canvas)


def turned_90(canvas: Canvas) -> None:
    # The page shows upright once the viewer has turned it clockwise.
    canvas.translate(HEIGHT, 0)
    canvas.rotate(90)
    table(canvas)
    canvas.setPageRotation(90)


def turned_180(canvas: Canvas) -> None:
    canvas.translate(WIDTH, HEIGHT)
    canvas.rotate(180)
    table(canvas)
    canvas.setPageRotation(180)


def turned_270(canvas: Canvas) -> None:
    canvas.translate(0, WIDTH)
    canvas.rotate(270)
    table(canvas)
    canvas.setPageRotation(270)


def lying_on_its_left_side(canvas: Canvas) -> None:
    # No /Rotate: the viewer shows the page as it lies.
    canvas.translate(HEIGHT, 0)
    canvas.rotate(90)
    table(canvas)


def lying_on_its_right_side(canvas: Canvas) -> None:
    canvas.translate(0, WIDTH)
    canvas.rotate(270)
    table(canvas)


def upside_down(canvas: Canvas) -> None:
    canvas.translate(WIDTH, HEIGHT)
    canvas.rotate(180)
    table(canvas)


def moved_crop(canvas: Canvas) -> None:
    canvas.translate(60, 45)
    table(canvas)
    # Text outside the visible page belongs to its neighbour.
    canvas.drawString(EDGES[2] + 3, -30, "隣のページの文字")
    canvas.drawString(-50, 600, "隣のページの文字")
    canvas.setCropBox((60, 45, 60 + WIDTH, 45 + HEIGHT))


def turned_crop(canvas: Canvas) -> None:
    canvas.translate(HEIGHT + 20, 30)
    canvas.rotate(90)
    table(canvas)
    canvas.setCropBox((20, 30, 20 + HEIGHT, 30 + WIDTH))
    canvas.setPageRotation(90)


def nested_forms(canvas: Canvas) -> None:
    canvas.beginForm("inner", 0, 0, WIDTH, HEIGHT)
    table(canvas)
    canvas.endForm()
    canvas.beginForm("outer", 0, 0, 2 * WIDTH, 2 * HEIGHT)
    canvas.scale(2, 2)
    canvas.doForm("inner")
    canvas.endForm()
    canvas.scale(0.5, 0.5)
    canvas.doForm("outer")


def form_of_rules(canvas: Canvas) -> None:
    canvas.beginForm("rules", 0, 0, WIDTH, HEIGHT)
    canvas.translate(10, 10)
    table(canvas, text=False)
    canvas.endForm()
    canvas.saveState()
    canvas.translate(-10, -10)
    canvas.doForm("rules")
    canvas.restoreState()
    table(canvas, rules=False)


def stroked_rectangles(canvas: Canvas) -> None:
    for row in range(len(ROWS)):
        for x0, x1 in pairwise(EDGES):
            canvas.rect(x0, TOP - STEP * (row + 1), x1 - x0, STEP, stroke=1, fill=0)
    table(canvas, rules=False)


def filled_rectangles(canvas: Canvas) -> None:
    bottom = TOP - STEP * len(ROWS)
    for x in EDGES:
        canvas.rect(x - 0.4, bottom, 0.8, TOP - bottom, stroke=0, fill=1)
    for row in range(len(ROWS) + 1):
        canvas.rect(EDGES[0], TOP - STEP * row - 0.4, EDGES[-1] - EDGES[0], 0.8, stroke=0, fill=1)
    table(canvas, rules=False)


def one_path(canvas: Canvas) -> None:
    path = canvas.beginPath()
    bottom = TOP - STEP * len(ROWS)
    for x in EDGES:
        path.moveTo(x, bottom)
        path.lineTo(x, TOP)
    for row in range(len(ROWS) + 1):
        path.moveTo(EDGES[0], TOP - STEP * row)
        path.lineTo(EDGES[-1], TOP - STEP * row)
    canvas.drawPath(path, stroke=1, fill=0)
    table(canvas, rules=False)


def one_filled_path(canvas: Canvas) -> None:
    path = canvas.beginPath()
    bottom = TOP - STEP * len(ROWS)
    for x in EDGES:
        path.rect(x - 0.4, bottom, 0.8, TOP - bottom)
    for row in range(len(ROWS) + 1):
        path.rect(EDGES[0], TOP - STEP * row - 0.4, EDGES[-1] - EDGES[0], 0.8)
    canvas.drawPath(path, stroke=0, fill=1)
    table(canvas, rules=False)


def thick_lines(canvas: Canvas) -> None:
    canvas.setLineWidth(4)
    table(canvas, text=False)
    table(canvas, rules=False)


def shaded_cells(canvas: Canvas) -> None:
    canvas.setFillGray(0.9)
    for row in range(len(ROWS)):
        for x0, x1 in pairwise(EDGES):
            canvas.rect(x0 + 1, TOP - STEP * (row + 1) + 1, x1 - x0 - 2, STEP - 2, stroke=0, fill=1)
    canvas.setFillGray(0)
    table(canvas)


def dashed(canvas: Canvas) -> None:
    canvas.setDash(3, 2)
    table(canvas, text=False)
    canvas.setDash()
    table(canvas, rules=False)


def underlined(canvas: Canvas) -> None:
    table(canvas)
    for row, cells in enumerate(ROWS):
        for x, cell in zip(EDGES, cells, strict=False):
            y = TOP - STEP * row - 15
            canvas.line(x + 3, y, x + 3 + pdfmetrics.stringWidth(cell, FONT, 8), y)


def struck_out_from_border_to_border(canvas: Canvas) -> None:
    table(canvas)
    y = TOP - STEP - 28
    canvas.setFont(FONT, 8)
    canvas.drawString(EDGES[2] + 1, y, "")
    canvas.line(EDGES[2] + 1, TOP - STEP - 11, EDGES[3] - 60, TOP - STEP - 11)


def watermark(canvas: Canvas) -> None:
    table(canvas)
    canvas.saveState()
    canvas.setFont(FONT, 90)
    canvas.setFillGray(0.85)
    canvas.translate(230, 560)
    canvas.rotate(30)
    canvas.drawString(0, 0, "案")
    canvas.restoreState()


def words_across(canvas: Canvas) -> None:
    table(canvas)
    canvas.saveState()
    canvas.setFont(FONT, 13)
    canvas.setFillGray(0.8)
    canvas.translate(200, 590)
    canvas.rotate(20)
    canvas.drawString(0, 0, "架空の見本　複写を禁ず")
    canvas.restoreState()


def bold(canvas: Canvas) -> None:
    table(canvas)
    canvas.translate(0.3, 0)
    table(canvas, rules=False)


def clipped(canvas: Canvas) -> None:
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(30, 560, 540, 200)
    canvas.clipPath(path, stroke=0)
    table(canvas)
    canvas.drawString(EDGES[2] + 3, 540, "隣のページの文字")
    canvas.line(EDGES[2], 300, EDGES[2], 559)
    canvas.restoreState()


def letter_by_letter(canvas: Canvas) -> None:
    table(canvas, text=False)
    canvas.setFont(FONT, 8)
    for row, cells in enumerate(ROWS):
        for edge, cell in zip(EDGES, cells, strict=False):
            x = edge + 3
            for letter in cell:
                canvas.drawString(x, TOP - STEP * row - 14, letter)
                x += pdfmetrics.stringWidth(letter, FONT, 8)


def column_by_column(canvas: Canvas) -> None:
    table(canvas, text=False)
    canvas.setFont(FONT, 8)
    for column, x in enumerate(EDGES[:-1]):
        for row, cells in reversed(list(enumerate(ROWS))):
            canvas.drawString(x + 3, TOP - STEP * row - 14, cells[column])


DISGUISES = (
    turned_90, turned_180, turned_270, moved_crop, turned_crop, nested_forms, form_of_rules,
    stroked_rectangles, filled_rectangles, one_path, one_filled_path, thick_lines, shaded_cells,
    lying_on_its_left_side, lying_on_its_right_side, upside_down,
    dashed, underlined, watermark, words_across, bold, clipped, letter_by_letter, column_by_column,
)  # fmt: skip
SIZES = {
    "lying_on_its_left_side": (HEIGHT, WIDTH),
    "lying_on_its_right_side": (HEIGHT, WIDTH),
    "moved_crop": (WIDTH + 120, HEIGHT + 90),
    "turned_crop": (WIDTH + 60, HEIGHT + 40),  # ReportLab swaps the sides of a turned page
}
