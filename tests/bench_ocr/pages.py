"""What the bench reads: the invented rows in two fonts and three sizes, each page damaged in five ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from tests.filings.make.content import Row
from tests.scans import damage
from tests.scans.damage import Damage, Grey
from tests.scans.paper import Cell, Press, invented_rows, table_pages

BODY = "土浦市"
PER_LAYOUT = 11
"""Rows on the pages of one layout."""
SIZES = (8.0, 9.0, 10.5)
LAYOUTS = [
    (font, SIZES[(n + shift) % 3]) for n in range(3) for shift, font in enumerate(("mincho", "gothic"))
]
VARIANTS: dict[str, tuple[Damage, int]] = {
    "clean": (damage.clean, 300),
    "skewed": (damage.skewed, 300),
    "noisy": (damage.noisy, 300),
    "faxed": (damage.faxed, 300),
    "noisy, 200 dpi": (damage.noisy, 200),
}


@dataclass(frozen=True)
class Document:
    """Some rows set in one way, damaged in one way."""

    variant: str
    layout: int
    count: int = PER_LAYOUT

    @property
    def press(self) -> Press:
        font, size = LAYOUTS[self.layout]
        return Press(font, size, VARIANTS[self.variant][1])

    @property
    def rows(self) -> tuple[Row, ...]:
        every = invented_rows(BODY)
        start = self.layout * PER_LAYOUT % len(every)
        return (*every, *every)[start : start + self.count]

    def pages(self) -> Iterator[tuple[tuple[Cell, ...], Grey]]:
        """Each page's cells, where they were drawn, and its damaged picture."""
        for number, paper in enumerate(table_pages(self.rows, self.press)):
            rng = np.random.default_rng([self.layout, number])
            yield paper.cells, VARIANTS[self.variant][0](np.asarray(paper.picture), rng)

    def write(self, path: Path) -> int:
        """The pages as a PDF of pictures, faxes black and white, others as JPEG; how many they are."""
        pictures = [Image.fromarray(page) for _, page in self.pages()]
        if self.variant == "faxed":
            pictures = [picture.convert("1", dither=Image.Dither.NONE) for picture in pictures]
        quality = {} if self.variant == "faxed" else {"quality": 85}
        first, *rest = pictures
        first.save(path, "PDF", save_all=True, append_images=rest, resolution=self.press.dpi, **quality)
        return len(pictures)


def documents(layouts: int, count: int) -> list[Document]:
    """The first few layouts with so many rows, in every variant."""
    return [Document(variant, layout, count) for variant in VARIANTS for layout in range(layouts)]


def cut_out(cells: tuple[Cell, ...], page: Grey, document: Document) -> list[Grey]:
    """The pictures of the cells where they were drawn, at 300 dpi, the page set straight again."""
    if document.variant == "skewed":
        page = damage.turned_by(page, -damage.SKEW)
    scale = 300 / document.press.dpi
    cut = [np.ascontiguousarray(page[t:b, x:r]) for x, t, r, b in (cell.box for cell in cells)]
    if scale == 1:
        return cut
    return [cv2.resize(one, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC) for one in cut]
