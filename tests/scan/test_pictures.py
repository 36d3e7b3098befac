"""Pages of known cells, damaged as paper is: laid straight, and every cell found again."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.model import Layout, Page
from pipeline.scan.picture import look
from pipeline.scan.straight import straighten
from pipeline.settings import Settings
from pipeline.tables.grid import layout

cv2 = pytest.importorskip("cv2")

DPI = 300
WIDTHS = (60, 90, 150, 150, 50, 80)
ROWS = (24, 60, 36, 96, 48, 72)
CELLS = len(WIDTHS) * len(ROWS)


def page() -> np.ndarray:
    """An A4 page with a ruled table, whose cells hold strokes as letters have them."""
    picture = np.full((round(11.69 * DPI), round(8.27 * DPI)), 255, np.uint8)
    left, top = 40, 100
    xs = np.cumsum((left, *WIDTHS)) * DPI // 72 - 100
    ys = np.cumsum((top, *ROWS)) * DPI // 72
    for x in xs.tolist():
        cv2.line(picture, (x, int(ys[0])), (x, int(ys[-1])), 0, 3)
    for y in ys.tolist():
        cv2.line(picture, (int(xs[0]), y), (int(xs[-1]), y), 0, 3)
    for x0, x1 in zip(xs[:-1].tolist(), xs[1:].tolist(), strict=True):
        for y0, y1 in zip(ys[:-1].tolist(), ys[1:].tolist(), strict=True):
            for y in range(y0 + 60, y1 - 10, 55):
                for k, x in enumerate(range(x0 + 15, x1 - 50, 42)):
                    foot = y - 4 * (k % 3)  # letters are not all of one height
                    cv2.rectangle(picture, (x, foot - 28), (x + 30, foot), 30, 3)
                    cv2.line(picture, (x, foot - 14), (x + 30, foot - 14), 30, 3)
    return picture


def tilted(picture: np.ndarray, degrees: float) -> np.ndarray:
    height, width = picture.shape
    about = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return cv2.warpAffine(picture, about, (width, height), borderValue=255)


def noisy(picture: np.ndarray) -> np.ndarray:
    random = np.random.default_rng(5)
    grey = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 1.0) * 0.7 + 55
    return np.clip(grey + random.normal(0, 12, picture.shape), 0, 255).astype(np.uint8)


def bordered(picture: np.ndarray) -> np.ndarray:
    black = tilted(picture, 0.6)
    black[:, :45], black[:60], black[-30:] = 12, 8, 15
    return black


def stamped(picture: np.ndarray) -> np.ndarray:
    stamp = np.full_like(picture, 255)
    cv2.circle(stamp, (1300, 1200), 120, 90, 7)
    cv2.line(stamp, (1185, 1170), (1415, 1170), 90, 5)
    return np.minimum(picture, stamp)


def punched(picture: np.ndarray) -> np.ndarray:
    holed = picture.copy()
    for y in (1300, 2200):
        cv2.circle(holed, (60, y), 36, 20, -1)
    return holed


def tables(found: Page) -> Layout:
    return layout(found, Settings())


DAMAGES = {
    "clean": lambda picture: picture,
    "skewed": lambda picture: tilted(picture, 0.7),
    "skewed far the other way": lambda picture: tilted(picture, -2.6),
    "noisy": noisy,
    "black border": bordered,
    "stamp": stamped,
    "punched": punched,
    "turned": lambda picture: np.ascontiguousarray(np.rot90(picture, 3)),
    "faint": lambda picture: (255 - (255 - picture) * 0.3).astype(np.uint8),
    "drawn twice": lambda picture: np.minimum(picture, np.roll(picture, 3, axis=1)),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_every_cell_is_found_and_nothing_else(damage):
    found = look(damage(page()), 1, DPI / 72, tables)
    assert [(grid.rows, grid.columns) for grid in found.tables.grids] == [(len(ROWS), len(WIDTHS))]
    assert sum(len(grid.cells) for grid in found.tables.grids) == CELLS
    assert sum(part.in_table for part in found.parts) == CELLS


def test_skew_and_turn_are_told():
    straight = straighten(np.ascontiguousarray(np.rot90(tilted(page(), 1.5))))
    assert straight.quarters == 1
    assert straight.skew == pytest.approx(-1.5, abs=0.1)


def test_rows_of_text_without_rules_are_no_rules():
    picture = page()
    bare = np.full_like(picture, 255)
    for y in range(300, 3000, 55):
        for x in range(150, 2300, 42):
            cv2.rectangle(bare, (x, y - 34), (x + 34, y), 30, 3)
    found = look(bare, 1, DPI / 72, tables)
    assert found.tables.grids == ()


def test_no_remnant_of_a_rule_is_left_to_be_read():
    picture = page()
    picture[picture == 30] = 255  # the letters
    found = look(noisy(tilted(picture, 0.4)), 1, DPI / 72, tables)
    assert sum(len(grid.cells) for grid in found.tables.grids) == CELLS
    assert found.parts == ()
