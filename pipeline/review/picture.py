"""A page of a filing as a picture: what was seen on it (rules, cells, row numbers, joins) drawn over it.

Labels are ASCII, since no Japanese font may be at hand; every kind of mark has its own pattern, so
that a picture printed in grey still tells.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from .. import tables
from ..errors import UsageError
from ..model import Box, Layout, Page, Piece, RawRow
from ..scan.kept import Kept
from ..settings import Settings
from ..tables.grid import layout

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

DPI = 110
RULE, CELL, MERGED, JOIN, LOOSE = (0, 90, 190), (225, 140, 0), (0, 140, 90), (160, 0, 80), (110, 110, 110)
_LEGEND_HEIGHT, _MARGIN, _LABEL = 58, 46, 13


class Band(NamedTuple):
    """One row of the table as far as it stands on the page."""

    ordinal: int
    boxes: tuple[Box, ...]
    merged: tuple[Box, ...]
    """Cells above that serve this row too."""
    from_page: int | None
    """The page before, when the row runs on from there."""
    to_page: int | None


def draw_page(data: bytes, name: str, number: int, settings: Settings | None = None, dpi: int = DPI) -> Image:
    """Bytes of a PDF, its name for messages and a 1-based page number -> the picture of that page.

    UsageError when there is no such page, FilingError when the file cannot be read.
    """
    settings = settings or Settings()
    kept = Kept()
    with tables.opened(data, name, "pdfium", settings, kept) as pdf:
        if not 1 <= number <= len(pdf):
            raise UsageError(f"{name} has {len(pdf)} pages; there is no page {number}")
        page = pdf.page(number)
    rows = tables.read(data, name, settings, kept).table.rows
    image = rendered(data, number, dpi)
    if page.turn:
        image = image.rotate(90 * page.turn, expand=True)
    if page.skew:
        image = image.rotate(page.skew, fillcolor="white")
    return draw(image, page, layout(page, settings), bands(rows, number))


def rendered(data: bytes, number: int, dpi: int) -> Image:
    """The page as a reader sees it, by PDFium."""
    import pypdfium2

    from ..read.stand_in import system_fonts

    with system_fonts(), pypdfium2.PdfDocument(data) as pdf:
        image: Image = pdf[number - 1].render(scale=dpi / 72).to_pil()
    return image


def bands(rows: Sequence[RawRow], number: int) -> list[Band]:
    """Rows of a change table -> those that stand on the page, or are filled from a cell on it."""
    return [band for ordinal, row in enumerate(rows, 1) if (band := _band(ordinal, row, number)).boxes]


def _band(ordinal: int, row: RawRow, number: int) -> Band:
    before = [page for page in row.pages if page < number]
    after = [page for page in row.pages if page > number]
    return Band(
        ordinal,
        tuple(_boxes((piece for cell in row.cells.values() for piece in cell.pieces), number)),
        tuple(_boxes((piece for cell in row.cells.values() for piece in cell.merged), number)),
        max(before, default=None),
        min(after, default=None),
    )


def _boxes(pieces: Iterable[Piece], number: int) -> Iterator[Box]:
    return (piece.box for piece in pieces if piece.page == number and piece.box is not None)


# ---------------------------------------------------------------- drawing


def draw(image: Image, page: Page, taken: Layout, rows: Sequence[Band]) -> Image:
    """The page's picture and what was seen on it -> a picture with both, and a legend below."""
    from PIL import Image as images
    from PIL import ImageDraw

    scale = image.width / page.width
    # A pale page, so that the marks stand out; and a margin for the row numbers.
    pale = images.blend(image.convert("RGB"), images.new("RGB", image.size, "white"), 0.25)
    size = (max(image.width + _MARGIN, 700), image.height + _LEGEND_HEIGHT)
    whole = images.new("RGB", size, "white")
    whole.paste(pale, (_MARGIN, 0))
    pen = _Pen(ImageDraw.Draw(whole), scale, _MARGIN)
    in_rows = {box for band in rows for box in (*band.boxes, *band.merged)}
    for grid in taken.grids:
        for cell in grid.cells:
            if cell.lines and not any(_covers(box, cell.box) for box in in_rows):
                pen.hatch(cell.box)
    for line in (*taken.lines, *taken.strays):
        pen.dashed(line.box, LOOSE, dash=2)
    for x, y0, y1 in page.vertical.tolist():
        pen.rule((x, y0, x, y1))
    for y, x0, x1 in page.horizontal.tolist():
        pen.rule((x0, y, x1, y))
    for band in rows:
        for box in band.boxes:
            pen.dashed(_inner(box, 1.5), CELL, dash=6)
        for box in band.merged:
            pen.box(_inner(box, 3.0), MERGED)
            pen.box(_inner(box, 5.0), MERGED)
    shared = {box for band in rows for box in band.merged}
    for band in rows:
        own = tuple(box for box in band.boxes if box not in shared) or band.boxes
        pen.row(band._replace(boxes=own), _edges(band, taken))
    pen.legend(image.height, whole.width)
    return whole


def _edges(band: Band, taken: Layout) -> tuple[float, float]:
    """Left and right of the table that the row stands in."""
    around = [grid.box for grid in taken.grids if any(_covers(grid.box, box) for box in band.boxes)]
    boxes = around or band.boxes
    return min(box[0] for box in boxes), max(box[2] for box in boxes)


def _inner(box: Box, by: float) -> Box:
    return box[0] + by, box[1] + by, box[2] - by, box[3] - by


def _covers(outer: Box, inner: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


class _Pen:
    """Draws in page points."""

    def __init__(self, draw: ImageDraw, scale: float, left: int) -> None:
        from PIL import ImageFont

        self.draw, self.scale, self.left = draw, scale, left
        self.font = ImageFont.load_default(_LABEL)

    def _at(self, box: Sequence[float]) -> tuple[float, float, float, float]:
        x0, y0, x1, y1 = (value * self.scale for value in box)
        return x0 + self.left, y0, max(x0, x1) + self.left, max(y0, y1)

    def rule(self, box: Box) -> None:
        self.draw.line(self._at(box), fill=RULE, width=2)

    def box(self, box: Box, colour: tuple[int, int, int]) -> None:
        self.draw.rectangle(self._at(box), outline=colour, width=1)

    def dashed(self, box: Sequence[float], colour: tuple[int, int, int], dash: int) -> None:
        x0, y0, x1, y1 = self._at(box)
        for start in range(int(x0), int(x1), 2 * dash):
            stop = min(start + dash, int(x1))
            for y in (y0, y1):
                self.draw.line((start, y, stop, y), fill=colour, width=1)
        for start in range(int(y0), int(y1), 2 * dash):
            stop = min(start + dash, int(y1))
            for x in (x0, x1):
                self.draw.line((x, start, x, stop), fill=colour, width=1)

    def hatch(self, box: Box) -> None:
        x0, y0, x1, y1 = self._at(box)
        for offset in range(0, int(x1 - x0 + y1 - y0), 9):
            start = (min(x0 + offset, x1), y0 + max(0.0, offset - (x1 - x0)))
            stop = (x0 + max(0.0, offset - (y1 - y0)), min(y0 + offset, y1))
            self.draw.line((*start, *stop), fill=LOOSE, width=1)

    def row(self, band: Band, edges: tuple[float, float]) -> None:
        """The row's number beside the table, a bar along it, arrows where it runs over the page's ends."""
        y0 = min(box[1] for box in band.boxes)
        y1 = max(box[3] for box in band.boxes)
        x0, top, x1, bottom = self._at((edges[0], y0, edges[1], y1))
        self.draw.line((x0 - 5, top + 2, x0 - 5, bottom - 2), fill="black", width=3)
        self.label(x0 - 12, top + 4, f"{band.ordinal}", anchor="ra")
        middle = (x0 + x1) / 2
        if band.from_page is not None:
            self._arrow(x0, x1, top, -1)
            self.label(middle, max(top - 6, 20), f"row {band.ordinal} from p. {band.from_page}", anchor="md")
        if band.to_page is not None:
            self._arrow(x0, x1, bottom, 1)
            self.label(middle, bottom + 6, f"row {band.ordinal} runs on to p. {band.to_page}", anchor="ma")

    def _arrow(self, x0: float, x1: float, y: float, way: int) -> None:
        """A thick edge with arrow heads that point out of the page."""
        self.draw.line((x0, y, x1, y), fill=JOIN, width=5)
        for x in (x0 + 14, x1 - 14):
            self.draw.polygon([(x - 9, y), (x + 9, y), (x, y + way * 12)], fill=JOIN)

    def label(self, x: float, y: float, text: str, anchor: str) -> None:
        x0, y0, x1, y1 = self.draw.textbbox((x, y), text, font=self.font, anchor=anchor)
        self.draw.rectangle((x0 - 3, y0 - 3, x1 + 3, y1 + 3), fill="white", outline="black")
        self.draw.text((x, y), text, fill="black", font=self.font, anchor=anchor)

    def legend(self, top: int, width: int) -> None:
        self.draw.line((0, top, width, top), fill="black", width=1)
        texts = (
            "rule", "cell of a row", "merged cell that fills rows",
            "row runs over the page end", "in no row (header)", "outside all tables",
        )  # fmt: skip
        for k, text in enumerate(texts):
            x, y = 10 + k % 3 * 235, top + 10 + k // 3 * 24
            corners = (x - self.left, y, x + 30 - self.left, y + 12)
            self._sample(k, tuple(value / self.scale for value in corners))  # type: ignore[arg-type]
            self.draw.text((x + 38, y - 2), text, fill="black", font=self.font)

    def _sample(self, kind: int, box: Box) -> None:
        match kind:
            case 0:
                middle = (box[1] + box[3]) / 2
                self.rule((box[0], middle, box[2], middle))
            case 1:
                self.dashed(box, CELL, dash=6)
            case 2:
                self.box(box, MERGED)
                self.box(_inner(box, 2), MERGED)
            case 3:
                x0, y0, x1, _ = self._at(box)
                self._arrow(x0, x1, y0, 1)
            case 4:
                self.hatch(box)
            case _:
                self.dashed(box, LOOSE, dash=2)


# ---------------------------------------------------------------- notebooks


def page_png(page: Page) -> bytes:
    """A page as a reader reported it -> PNG: rules, cells, and a grey box for each glyph."""
    from PIL import Image as images
    from PIL import ImageDraw

    scale = DPI / 72
    image = images.new("RGB", (round(page.width * scale), round(page.height * scale)), "white")
    pen = ImageDraw.Draw(image)
    for x0, y0, x1, y1 in (page.glyphs.box * scale).tolist():
        pen.rectangle((x0 + 1, y0 + 1, max(x1 - 1, x0 + 1), max(y1 - 1, y0 + 1)), fill=(190, 190, 190))
    return png(draw(image, page, layout(page, Settings()), ()))


def png(image: Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
