"""Makes the scanned filings of the suite: `python -m tests.scans.make [WORD ...]`.

Each is a PDF whose pages are pictures, with its truth beside it (the form of `tests/filings/*.json`).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from tests.filings.make.content import SPECIMEN, cover
from tests.filings.make.filing import Filing, truth, write_truth

from . import damage
from .damage import Damage
from .paper import Paper, Press, cover_page, invented_rows, table_pages

HERE = Path(__file__).parent
LAYER_FONT = "HeiseiMin-W3"
"""Not embedded: nobody sees it."""


MIDDLE, SMALL = Press("mincho", 9, 200), Press("gothic", 8, 200)


@dataclass(frozen=True)
class Scan:
    """One filing on paper, and what became of it on the way into the file."""

    case: str
    rows: tuple[int, int]
    """First and past the last of `rows.toml`."""
    press: Press = MIDDLE
    body: str = "土浦市"
    task: str = "care"
    damages: tuple[Damage, ...] = ()
    jpeg: int = 0
    """Quality of grey pages; 0: pages are black and white only."""
    cover: bool = False
    layer: str = ""
    """Invisible text over the pictures: `good`, or `poor` as some copiers write it."""

    @property
    def filing(self) -> Filing:
        front = cover(self.body, self.task, 4, "8", "2025-03-14")
        rows = invented_rows(self.body)[slice(*self.rows)]
        return Filing(self.case, "scanned", self.body, self.task, 4, front, rows, ("scanned",))

    def papers(self) -> list[Paper]:
        pages = table_pages(self.filing.rows, self.press)
        return [cover_page(self.filing.cover, self.press), *pages] if self.cover else pages

    def pictures(self) -> Iterator[tuple[Paper, Image.Image]]:
        """Every page as drawn, and as it is in the file."""
        for number, paper in enumerate(self.papers()):
            page = np.asarray(paper.picture)
            for harm in self.damages:
                page = harm(page, np.random.default_rng(number))
            yield paper, Image.fromarray(page)


HANDLED = (damage.stamped, damage.marked, damage.punched, damage.black_border)
SCANS = (
    Scan("scanned_plain", (0, 5), cover=True),
    Scan("scanned_skewed", (5, 9), SMALL, "高知市", damages=(damage.skewed,)),
    Scan("scanned_noisy", (9, 11), Press("gothic", 9, 200), "海津市", damages=(damage.noisy,), jpeg=25),
    Scan("scanned_faxed", (11, 13), Press("mincho", 9, 300), "扶桑町", damages=(damage.faxed,)),
    Scan("scanned_turned_90", (13, 17), SMALL, "那覇市", damages=(damage.turned_90,)),
    Scan("scanned_turned_180", (17, 20), SMALL, "栗山町", damages=(damage.turned_180,)),
    Scan("scanned_handled", (20, 24), damages=HANDLED),
    Scan("scanned_searchable", (24, 27), SMALL, "府中市", layer="good"),
    Scan("scanned_searchable_poor", (27, 30), SMALL, "郡山市", layer="poor"),
)  # fmt: skip


def write_pdf(scan: Scan, out: Path) -> list[Paper]:
    """The filing as a PDF of pictures; returns its pages as drawn."""
    pages = list(scan.pictures())
    pictures = [picture for _, picture in pages]
    if not scan.jpeg:
        pictures = [picture.convert("1", dither=Image.Dither.NONE) for picture in pictures]
    day = time.gmtime(0)
    said = {"title": SPECIMEN, "creationDate": day, "modDate": day, "resolution": scan.press.dpi}
    quality = {"quality": scan.jpeg} if scan.jpeg else {}
    pictures[0].save(out, "PDF", save_all=True, append_images=pictures[1:], **said, **quality)
    return [paper for paper, _ in pages]


def write_searchable(scan: Scan, out: Path) -> list[Paper]:
    """The same with invisible text over every page, line by line where the picture has it."""
    pdfmetrics.registerFont(UnicodeCIDFont(LAYER_FONT))
    points = 72 / scan.press.dpi
    canvas = Canvas(str(out), invariant=1)
    canvas.setTitle(SPECIMEN)
    pages = list(scan.pictures())
    for paper, picture in pages:
        width, height = (side * points for side in paper.picture.size)
        canvas.setPageSize((width, height))
        canvas.drawImage(ImageReader(picture), 0, 0, width, height)
        text = canvas.beginText()
        text.setTextRenderMode(3)
        text.setFont(LAYER_FONT, scan.press.size)
        for cell in paper.cells:
            for number, line in enumerate(cell.lines):
                top = cell.box[1] * points + 3 + number * scan.press.size * scan.press.leading
                text.setTextOrigin(cell.box[0] * points + 3, height - top - scan.press.size * 0.88)
                text.textOut(line if scan.layer == "good" else garbled(line))
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return [paper for paper, _ in pages]


def garbled(line: str) -> str:
    """A line as a copier's poor recognition writes it: every third character another one.

    >>> garbled('高額介護サービス費')
    '高額儷護サ|ビスノ'
    """
    junk = "儷|ノ簪·凵"
    return "".join(junk[n // 3 % len(junk)] if n % 3 == 2 else c for n, c in enumerate(line))


def main(words: Sequence[str]) -> None:
    for scan in SCANS:
        if not words or any(word in scan.case for word in words):
            pdf = HERE / f"{scan.case}.pdf"
            papers = (write_searchable if scan.layer else write_pdf)(scan, pdf)
            pages = {cell.row: number for number, paper in enumerate(papers, 1) for cell in paper.cells}
            where = [(pages[n], pages[n]) for n in range(len(scan.filing.rows))]
            write_truth(pdf.with_suffix(".json"), truth(scan.filing, where))
            print(f"{pdf.stat().st_size // 1024:5} KiB {len(papers)} pages  {pdf.name}")


if __name__ == "__main__":
    main(sys.argv[1:])
