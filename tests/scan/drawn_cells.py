"""Tiny pictures of cells with known lines, for the engines' tests."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from tests.scans.paper import FONTS


def cell(
    *lines: str,
    font: str = "gothic_2",
    size: int = 38,
    leading: float = 1.35,
    paper: int = 255,
    pad: int = 14,
) -> npt.NDArray[np.uint8]:
    """A cell's picture at 300 dpi: these lines, 9 points high unless said otherwise."""
    face = ImageFont.truetype(FONTS[font][0], size, index=FONTS[font][1])
    width = round(max([face.getlength(line) for line in lines], default=100)) + 2 * pad
    height = round(max(1, len(lines)) * size * leading) + 2 * pad
    picture = Image.new("L", (width, height), paper)
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        draw.text((pad, pad + size * 0.88 + number * size * leading), line, fill=10, font=face, anchor="ls")
    return np.asarray(picture).copy()
