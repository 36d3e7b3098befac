"""Cells are cut into their lines by the ink in them."""

from itertools import pairwise

import numpy as np
import pytest

from pipeline.scan.line_strips import ink_of, strips_of

from .drawn_cells import cell

FULL = "令和６年４月１日から変更する。"


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ((), "an empty cell"),
        ((FULL,), "one line"),
        ((FULL, "国民健康保険", FULL), "three lines"),
        (("二三", FULL), "strokes that do not touch are one line"),
        (("－", FULL), "a dash alone is a line"),
        ((FULL, "・・・", "：："), "dots alone are a line"),
        (("一", "二", FULL), "low characters keep their own lines"),
    ],
)
def test_as_many_strips_as_lines(lines, why):
    assert len(strips_of(cell(*lines))) == len(lines), why


@pytest.mark.parametrize("leading", [1.0, 1.1, 1.35, 2.0])
def test_lines_set_tight_or_wide_are_told_apart(leading):
    lines = [FULL, "口座番号（ゆうちょ）", "頭書の図面を確認", FULL]
    strips = [pieces[0] for pieces in strips_of(cell(*lines, leading=leading))]
    assert len(strips) == 4
    tops = [14 + (number + 0.5) * 38 * leading for number in range(4)]
    assert all(strip.top < middle < strip.bottom for strip, middle in zip(strips, tops, strict=True))


def test_lines_that_touch_are_cut_where_the_ink_is_thinnest():
    touching = cell(FULL, FULL, FULL, leading=1.05)
    touching[:, 40:43] = 0  # a scratch through all lines
    assert len(strips_of(touching)) == 3


def test_lines_without_a_row_between_them_are_cut_in_equal_parts():
    assert len(strips_of(cell(FULL, FULL, FULL, leading=0.87))) == 3


def test_a_dash_keeps_its_height_within_the_line():
    ((strip,),) = strips_of(cell("－"))
    assert strip.bottom - strip.top > 25


def test_strips_neither_overlap_nor_leave_the_cell():
    picture = cell(*[FULL] * 6, leading=1.0)
    strips = [pieces[0] for pieces in strips_of(picture)]
    assert all(one.bottom <= other.top for one, other in pairwise(strips))
    assert all(0 <= s.top < s.bottom <= picture.shape[0] for s in strips)
    assert all(0 <= s.left < s.right <= picture.shape[1] for s in strips)


def test_grain_and_specks_are_no_ink():
    rng = np.random.default_rng(3)
    paper = np.clip(rng.normal(205, 25, (120, 400)), 0, 255).astype(np.uint8)
    paper[rng.random(paper.shape) < 0.002] = 20
    assert strips_of(paper) == []


def test_grey_paper_has_ink_where_the_text_is():
    ink, height = ink_of(cell(FULL, paper=170))
    assert 0.02 < ink.mean() < 0.3
    assert 30 < height < 40


@pytest.mark.parametrize("shape", [(0, 0), (1, 40), (40, 1), (2, 2)])
def test_slivers_have_no_lines(shape):
    assert strips_of(np.zeros(shape, np.uint8)) == []


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        ("[　　]専用線　　[○]庁内連携システム", 2),
        ("Ⅲ－２　リスク１　対象者以外の情報", 3),
        ("国民健康保険の被保険者証を、交付する。", 1),
        ("変　　更　　日", 1),
        ("①　　　記載の誤りを直した", 1),
        ("令", 1),
    ],
)
def test_lines_are_cut_at_wide_blanks_but_not_around_single_characters(line, pieces):
    picture = cell(line)
    (strips,) = strips_of(picture)
    assert len(strips) == pieces
    assert strips[0].left < 24 and strips[-1].right > picture.shape[1] - 60
    assert all(one.right <= other.left for one, other in pairwise(strips))
