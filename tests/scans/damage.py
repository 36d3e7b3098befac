"""What scanners, copiers and offices do to a page: skew, noise, fax, turns, borders, holes, stamps, marks.

Every function takes a grey page and a seeded generator and gives the damaged page.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from .paper import FONTS

Grey = npt.NDArray[np.uint8]
Damage = Callable[[Grey, np.random.Generator], Grey]
SKEW = 0.7
"""Degrees, clockwise."""


def clean(page: Grey, rng: np.random.Generator) -> Grey:
    return page


def skewed(page: Grey, rng: np.random.Generator) -> Grey:
    """Laid on the glass not quite straight."""
    return turned_by(page, SKEW)


def turned_by(page: Grey, degrees: float) -> Grey:
    """The page turned clockwise about its middle, the corners white."""
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    turned = cv2.warpAffine(page, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255,))
    return turned.astype(np.uint8)


def noisy(page: Grey, rng: np.random.Generator) -> Grey:
    """A copy of a copy: soft edges, grain, uneven light, specks."""
    soft = cv2.GaussianBlur(page, (0, 0), 0.8).astype(np.float32)
    light = np.linspace(-18, 6, page.shape[1], dtype=np.float32)[None, :]
    grain = rng.normal(0, 28, page.shape).astype(np.float32)
    specks = rng.random(page.shape) < 2e-4
    made = soft * 0.88 + 20 + light + grain
    made[specks] = 60
    return np.clip(made, 0, 255).astype(np.uint8)


def faxed(page: Grey, rng: np.random.Generator) -> Grey:
    """Black or white only, ragged edges, specks, and lines of the scan that were lost."""
    soft = cv2.GaussianBlur(page, (0, 0), 1.0).astype(np.float32)
    ragged = soft + rng.normal(0, 40, page.shape)
    made = np.where(ragged < 128, 0, 255).astype(np.uint8)
    made[rng.random(page.shape) < 1e-3] = 0
    for line in rng.integers(1, page.shape[0], page.shape[0] // 300):
        made[line] = made[line - 1]
    return made


def turned_90(page: Grey, rng: np.random.Generator) -> Grey:
    return np.ascontiguousarray(np.rot90(page))


def turned_180(page: Grey, rng: np.random.Generator) -> Grey:
    return np.ascontiguousarray(np.rot90(page, 2))


def black_border(page: Grey, rng: np.random.Generator) -> Grey:
    """The lid was open: black beside and below the paper, with an uneven edge."""
    made = page.copy()
    height, width = made.shape
    edge = width // 60 + np.cumsum(rng.integers(-1, 2, height)) // 8
    made[np.arange(width)[None, :] < edge[:, None]] = 8
    made[-(height // 70) :] = 12
    return made


def punched(page: Grey, rng: np.random.Generator) -> Grey:
    """Two holes of a ring binder at the left edge."""
    made = page.copy()
    height, width = made.shape
    for share in (0.36, 0.64):
        cv2.circle(made, (int(width * 0.018), int(height * share)), int(width * 0.0095), (10,), -1)
    return made


def stamped(page: Grey, rng: np.random.Generator) -> Grey:
    """A stamp of receipt over the table's text: a ring with words in it, the text shows through."""
    height, width = page.shape
    side = width // 9
    stamp = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(stamp)
    face = ImageFont.truetype(FONTS["gothic"][0], side // 6)
    draw.ellipse((4, 4, side - 5, side - 5), outline=90, width=max(3, side // 40))
    for y, text in ((0.24, "受　付"), (0.44, "見　本"), (0.64, "架　空")):
        draw.text((side / 2, side * y), text, fill=90, font=face, anchor="mt")
    mark = np.asarray(stamp.rotate(8, fillcolor=255))
    made = page.copy()
    top, left = int(height * 0.35), int(width * 0.55)
    place = made[top : top + side, left : left + side]
    np.minimum(place, mark, out=place)
    return made


def marked(page: Grey, rng: np.random.Generator) -> Grey:
    """A hand-written tick and a wavy line in the margin beside the table."""
    made = page.copy()
    height, width = made.shape
    x, thick = width * 0.965, max(3, width // 800)
    tick = np.array([(0, 0.5), (0.3, 1), (1.2, -0.9)]) * width * 0.009 + (x, height * 0.3)
    t = np.linspace(0, 6 * np.pi, 80)
    wave = np.stack([x + np.sin(t) * width * 0.003, height * 0.5 + t * height * 0.008], axis=1)
    for stroke in (tick, wave):
        cv2.polylines(made, [stroke.astype(np.int32)], False, (40,), thick, cv2.LINE_AA)
    return made
