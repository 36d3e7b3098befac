"""Pages of a change table drawn as pictures, each cell's place and lines known.

Fonts, sizes and resolution are a `Press`; the same text gives the same pixels each time (same fonts).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from string import Template
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from tests.filings.make.content import HEADERS, SPECIMEN, Cover, Row, sides

HERE = Path(__file__).parent
A4 = (842.0, 595.0)
"""Lying, in points."""
WIDTHS = (62, 112, 236, 236, 40, 84)
COLUMNS = ("change_date", "item", "before", "after", "timing", "note")
FONTS = {
    "mincho": ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", 0),
    "gothic": ("/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf", 0),
    "mincho_2": ("/usr/share/fonts/opentype/ipaexfont-mincho/ipaexm.ttf", 0),
    "gothic_2": ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 0),
}
"""Two to test with, two others to count misreadings with."""
NO_START = set("、。，．）」』】〕〉》・ー々：；？！)]}’”＞")
NO_END = set("（「『【〔〈《([{“‘＜")


@dataclass(frozen=True)
class Press:
    """How pages are set."""

    font: str = "mincho"
    size: float = 9.0
    dpi: int = 300
    leading: float = 1.35

    @cached_property
    def face(self) -> ImageFont.FreeTypeFont:
        path, index = FONTS[self.font]
        return ImageFont.truetype(path, round(self.size * self.dpi / 72), index=index)

    def pixels(self, points: float) -> int:
        return round(points * self.dpi / 72)


@dataclass(frozen=True)
class Cell:
    """One cell on a page: its inside in pixels (left, top, right, bottom) and what stands in it."""

    row: int
    """Number of the row in the filing; -1 for the column headers."""
    column: str
    box: tuple[int, int, int, int]
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "".join(self.lines)


@dataclass(frozen=True)
class Paper:
    """A drawn page."""

    picture: Image.Image
    cells: tuple[Cell, ...]


Set = Literal["tested", "counted"]


@cache
def _entries() -> tuple[dict[str, str], ...]:
    return tuple(tomllib.loads((HERE / "rows.toml").read_text(encoding="utf-8"))["row"])


def invented_rows(city: str) -> tuple[Row, ...]:
    """The rows of `rows.toml` as this body prints them."""
    made = []
    for entry in _entries():
        filled = {key: Template(value).safe_substitute(city=city) for key, value in entry.items()}
        before, after = sides(filled["text"])
        made.append(Row(filled["date"], filled["item"], before, after, filled["timing"], filled["note"]))
    return tuple(made)


def wrap(text: str, width: float, length: Callable[[str], float]) -> tuple[str, ...]:
    """Paragraphs broken into lines that fit, with the usual rules for line starts and ends."""
    made = []
    for paragraph in text.split("\n"):
        line = ""
        for char in paragraph:
            if line and length(line + char) > width:
                carry = ""
                while len(line) > 1 and (carry + char)[0] in NO_START:
                    carry, line = line[-1] + carry, line[:-1]
                while len(line) > 1 and line[-1] in NO_END:
                    carry, line = line[-1] + carry, line[:-1]
                made.append(line)
                line = carry
            line += char
        made.append(line)
    return tuple(made)


def table_pages(rows: Sequence[Row], press: Press, title: str = "（別添３）変更箇所") -> list[Paper]:
    """The change table over as many pages as it takes; no row is cut by a page's end."""
    pages: list[Paper] = []
    todo = list(enumerate(rows))
    while todo:
        sheet = _Sheet(press, len(pages) + 1)
        y = 44.0
        if not pages:
            sheet.write(sheet.left, 40, title, 12)
            y = 62.0
        y = sheet.row(y, -1, HEADERS, centre=True)
        while todo:
            number, row = todo[0]
            if y + sheet.height(row.texts) > A4[1] - 36:
                break
            y = sheet.row(y, number, row.texts)
            todo.pop(0)
        pages.append(Paper(sheet.picture, tuple(sheet.cells)))
        if len(sheet.cells) == len(HEADERS):
            raise ValueError(f"row {todo[0][0]} fits no page at {press.size} points")
    return pages


def cover_page(cover: Cover, press: Press) -> Paper:
    """The cover of a filing, upright: labels and boxes as on the forms."""
    sheet = _Sheet(press, 1, (A4[1], A4[0]))
    x, width = 60.0, A4[1] - 120
    boxes = (
        (x, 60, width, 40, f"特定個人情報保護評価書（{cover.filing_type}評価書）", 15),
        (x, 120, 90, 22, "評価書番号", 0),
        (x + 90, 120, width - 90, 22, "評価書名", 0),
        (x, 142, 90, 40, cover.filing_number, 11),
        (x + 90, 142, width - 90, 40, cover.filing_title, 11),
        (x, 390, width, 22, "評価実施機関名", 0),
        (x, 412, width, 32, cover.agency, 12),
        (x, 462, width, 22, "公表日", 0),
        (x, 484, width, 28, cover.published, 11),
    )
    for left, top, wide, high, text, size in boxes:
        sheet.box(left, top, wide, high)
        font = size or press.size
        inset = (wide - sheet.length(text, font)) / 2
        sheet.write(left + inset, top + (high - font) / 2, text, font)
        sheet.cells.append(Cell(-1, "cover", sheet.inside(left, top, wide, high), (text,)))
    sheet.write(A4[1] - 170, 524, f"[{cover.form_version}]", 9)
    return Paper(sheet.picture, tuple(sheet.cells))


class _Sheet:
    """A white page with the specimen's line and the page number, being drawn; places in points."""

    def __init__(self, press: Press, number: int, size: tuple[float, float] = A4) -> None:
        self.press = press
        self.width = size[0]
        self.left = (size[0] - sum(WIDTHS)) / 2
        self.picture = Image.new("L", (press.pixels(size[0]), press.pixels(size[1])), 255)
        self.draw = ImageDraw.Draw(self.picture)
        self.cells: list[Cell] = []
        self.write(size[0] - 110, 22, SPECIMEN, 9)
        self.write(size[0] / 2 - 12, size[1] - 28, f"- {number} -", 9)

    def length(self, text: str, size: float = 0) -> float:
        face = self.press.face
        return float(face.getlength(text)) * 72 / self.press.dpi * (size or self.press.size) / self.press.size

    def write(self, x: float, y: float, text: str, size: float = 0) -> None:
        """Draws one line with its em box's top at y."""
        face = self.press.face
        if size and size != self.press.size:
            face = face.font_variant(size=self.press.pixels(size))
        size = size or self.press.size
        place = (self.press.pixels(x), self.press.pixels(y + size * 0.88))
        self.draw.text(place, text, fill=0, font=face, anchor="ls")

    def box(self, x: float, y: float, width: float, height: float) -> None:
        p = self.press.pixels
        self.draw.rectangle((p(x), p(y), p(x + width), p(y + height)), outline=0, width=max(2, p(0.6)))

    def inside(self, x: float, y: float, width: float, height: float) -> tuple[int, int, int, int]:
        p, rule = self.press.pixels, max(2, self.press.pixels(0.6)) + 1
        return p(x) + rule, p(y) + rule, p(x + width) - rule + 1, p(y + height) - rule + 1

    def lines(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        return [wrap(text, width - 7, self.length) for text, width in zip(texts, WIDTHS, strict=True)]

    def height(self, texts: Sequence[str]) -> float:
        return max(map(len, self.lines(texts))) * self.press.size * self.press.leading + 6

    def row(self, y: float, number: int, texts: Sequence[str], centre: bool = False) -> float:
        """Draws one row of the table; returns where it ends."""
        height, x = self.height(texts), self.left
        leading = self.press.size * self.press.leading
        for column, width, lines in zip(COLUMNS, WIDTHS, self.lines(texts), strict=True):
            self.box(x, y, width, height)
            for n, line in enumerate(lines):
                inset = (width - self.length(line)) / 2 if centre else 3.5
                self.write(x + inset, y + 3.5 + n * leading, line)
            self.cells.append(Cell(number, column, self.inside(x, y, width, height), lines))
            x += width
        return y + height
