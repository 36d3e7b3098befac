"""Draws change tables straight as glyphs and rules, so that tests know where every glyph belongs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from pipeline.model import Glyphs, Page

WIDTHS = (48.0, 84.0, 150.0, 150.0, 36.0, 72.0)
HEADS = ("変更日", "項　目", "変更前の記載", "変更後の記載", "提出時期", "提出時期に係る説明")
SIZE, PITCH, PAD = 8.0, 10.0, 3.0
WIDTH, HEIGHT, TOP, BOTTOM, LEFT = 595.0, 842.0, 80.0, 780.0, 27.0


@dataclass
class Sheet:
    """One page that is being drawn."""

    number: int
    width: float = WIDTH
    height: float = HEIGHT
    codes: list[int] = field(default_factory=list)
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)
    vertical: list[tuple[float, float, float]] = field(default_factory=list)
    horizontal: list[tuple[float, float, float]] = field(default_factory=list)
    hidden: bool = False
    image_share: float = 0.0
    turns: list[int] = field(default_factory=list)

    def write(self, x: float, y: float, text: str, size: float = SIZE) -> None:
        for letter in text:
            advance = size / 2 if ord(letter) < 256 else size
            self.codes.append(ord(letter))
            self.turns.append(0)
            self.boxes.append((x, y, x + advance, y + size))
            x += advance

    def write_turned(self, x: float, y: float, text: str, turn: int, size: float = SIZE) -> None:
        """Text turned clockwise by quarters, its first glyph with its upper left corner at x, y."""
        across, down = ((1, 0), (0, 1), (-1, 0), (0, -1))[turn]
        for place, letter in enumerate(text):
            left, top = x + place * size * across, y + place * size * down
            self.codes.append(ord(letter))
            self.turns.append(turn)
            self.boxes.append((left, top, left + size, top + size))

    def page(self) -> Page:
        count = len(self.codes)
        return Page(
            number=self.number,
            width=self.width,
            height=self.height,
            glyphs=Glyphs(
                np.array(self.codes, np.uint32),
                np.array(self.boxes, np.float32).reshape(-1, 4),
                np.full(count, self.hidden),
                np.zeros(count, bool),
                np.array(self.turns, np.uint8),
            ),
            vertical=np.array(self.vertical, np.float32).reshape(-1, 3),
            horizontal=np.array(self.horizontal, np.float32).reshape(-1, 3),
            image_share=self.image_share,
        )


@dataclass
class FakePdf:
    """An open PDF made of pages that are at hand; `broken` ones cannot be read."""

    sheets: Sequence[Sheet]
    name: str = "架空.pdf"
    broken: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self.sheets)

    def __enter__(self) -> FakePdf:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def page(self, number: int) -> Page:
        from pipeline.errors import PageError

        if number in self.broken:
            raise PageError(number)
        return self.sheets[number - 1].page()

    def letters(self, number: int) -> str:
        return self.text(number)

    def text(self, number: int) -> str:
        return "".join(map(chr, self.sheets[number - 1].codes))


@dataclass(frozen=True)
class Style:
    """How a table is drawn."""

    rules: str = "lines"
    """lines, cells (each cell its own border), double, dashes or dots."""
    outer: bool = True
    """Has an outer border."""
    closed: bool = False
    """A row cut by the page's end gets a rule there, and at the next page's head."""
    headers: str = "all"
    """all pages, or first."""
    numbers: bool = False
    """A column of row numbers before the others."""
    shift: float = 0.0
    """Even pages stand this much to the right."""


PLAIN = Style()


def wrap(text: str, width: float) -> list[str]:
    lines = [""]
    used = 0.0
    for letter in text:
        advance = SIZE / 2 if ord(letter) < 256 else SIZE
        if letter == "\n" or used + advance > width - 2 * PAD:
            lines.append("")
            used = 0.0
        if letter != "\n":
            lines[-1] += letter
            used += advance
    return lines


@dataclass
class _Band:
    """Part of a row on one page."""

    row: int
    cells: list[list[str]]
    top: float
    bottom: float
    begins: bool
    ends: bool


def draw(
    rows: Sequence[Sequence[str]], style: Style = PLAIN, merged: Sequence[bool] = (), first: int = 3
) -> list[Sheet]:
    """Rows of six texts in; the pages of their table out. `merged[i]`: row i shares the date above it."""
    widths = ((24.0,) if style.numbers else ()) + WIDTHS
    heads = (("No.",) if style.numbers else ()) + HEADS
    head = _Band(-1, [wrap(text, width) for text, width in zip(heads, widths, strict=True)], 0, 0, True, True)
    sheets: list[Sheet] = []
    bands: list[_Band] = []
    y = BOTTOM + 1

    def turn_page() -> float:
        if bands:
            _finish(sheets[-1], bands, widths, style, merged)
            bands.clear()
        sheets.append(Sheet(first + len(sheets)))
        if len(sheets) == 1:
            sheets[-1].write(LEFT, 50, "（別添３）　変　更　箇　所")
        sheets[-1].write(280, 810, f"- {sheets[-1].number} -")
        top = TOP
        if style.headers == "all" or len(sheets) == 1:
            height = 2 * PAD + PITCH * max(map(len, head.cells))
            bands.append(_Band(-1, head.cells, top, top + height, True, True))
            top += height
        return top

    y = turn_page()
    for index, row in enumerate(rows):
        texts = ([str(index + 1)] if style.numbers else []) + list(row)
        cells = [wrap(text, width) if text else [] for text, width in zip(texts, widths, strict=True)]
        left = max(1, *map(len, cells))
        begins = True
        while left:
            room = int((BOTTOM - y - 2 * PAD) // PITCH)
            if room < 1:
                y = turn_page()
                continue
            take = min(left, room)
            height = 2 * PAD + PITCH * take
            bands.append(_Band(index, [c[:take] for c in cells], y, y + height, begins, take == left))
            cells = [c[take:] for c in cells]
            left -= take
            y += height
            begins = False
    _finish(sheets[-1], bands, widths, style, merged)
    return sheets


def _finish(
    sheet: Sheet, bands: Sequence[_Band], widths: Sequence[float], style: Style, merged: Sequence[bool]
) -> None:
    left = LEFT + (style.shift if sheet.number % 2 == 0 else 0.0)
    edges = [left]
    for width in widths:
        edges.append(edges[-1] + width)
    date = 1 if style.numbers else 0

    def shared(row: int) -> bool:
        return 0 <= row < len(merged) and merged[row]

    for position, band in enumerate(bands):
        for column, lines in enumerate(band.cells):
            for index, line in enumerate(lines):
                sheet.write(edges[column] + PAD, band.top + PAD + index * PITCH, line)
        for column in range(len(widths)):
            x0, x1 = edges[column], edges[column + 1]
            is_first, is_last = position == 0, position == len(bands) - 1
            top = (band.begins or style.closed or band.row < 0) and not (
                band.begins and column == date and shared(band.row)
            )
            if is_first and not style.outer:
                top = False
            if not is_first and bands[position - 1].row < 0:
                top = True
            bottom = (band.ends or style.closed) and not (
                band.ends and column == date and shared(band.row + 1)
            )
            if is_last and not style.outer:
                bottom = False
            if top:
                _rule(sheet.horizontal, band.top, x0, x1, style)
            if bottom:
                _rule(sheet.horizontal, band.bottom, x0, x1, style)
            if style.outer or column > 0:
                _rule(sheet.vertical, x0, band.top, band.bottom, style)
            if style.outer or column < len(widths) - 1:
                _rule(sheet.vertical, x1, band.top, band.bottom, style)


def _rule(rules: list[tuple[float, float, float]], at: float, start: float, end: float, style: Style) -> None:
    if style.rules == "double":
        rules += [(at - 0.75, start, end), (at + 0.75, start, end)]
    elif style.rules == "dashes":
        rules += [(at, x, min(x + 3.0, end)) for x in np.arange(start, end, 5.0).tolist()]
    elif style.rules == "dots":
        rules += [(at, x, min(x + 0.75, end)) for x in np.arange(start, end, 1.5).tolist()]
    elif style.rules == "cells":
        rules.append((at + 0.2, start + 0.4, end - 0.4))
    else:
        rules.append((at, start, end))
