"""Ink that no character stands for is looked at again, and marked."""

import pytest

from pipeline.scan.engine import UNREAD
from pipeline.scan.engines import open_engine
from pipeline.scan.line_strips import Strip

from .drawn_cells import cell

rapid = pytest.importorskip("pipeline.scan.rapid", reason="rapidocr is not installed")

HIGH = 40


@pytest.mark.parametrize(
    ("blots", "middles", "left", "why"),
    [
        ([(0, 36), (40, 76)], [18, 58], [], "every blot has its character"),
        ([(0, 36), (40, 76), (80, 116)], [18, 98], [58], "a character was missed"),
        ([(0, 36), (44, 50), (54, 60), (80, 116)], [18, 98], [52], "parts of one character are missed once"),
        ([(0, 36), (40, 76), (80, 116), (120, 156)], [18], [58, 98, 138], "three were missed"),
        ([(0, 10), (14, 36)], [20], [], "two parts of one character"),
        ([(0, 76)], [18, 58], [], "characters that touch"),
        ([(0, 36)], [], [18], "nothing was read"),
        ([], [], [], "no ink"),
    ],
)
def test_unread_ink(blots, middles, left, why):
    assert rapid.unread(Strip(0, 0, 200, HIGH, tuple(blots)), middles) == left, why


class Blind:
    """A recogniser's alphabet that misses what it is told to."""

    def __init__(self, alphabet, missed):
        self._alphabet, self._missed = alphabet, missed

    def decode(self, scores):
        return [one for one in self._alphabet.decode(scores) if one.character != self._missed]


def test_what_stays_unread_is_marked_where_it_stands(monkeypatch):
    engine = open_engine("rapidocr")
    if engine is None:
        pytest.skip("rapidocr is not installed")
    monkeypatch.setattr(engine, "_alphabet", Blind(engine._alphabet, "証"))
    ((line,),) = engine.read([cell("被保険者証の交付")])
    assert line.text == f"被保険者{UNREAD}の交付"
    assert line.scores[4] == 0 and min(line.scores[:4] + line.scores[5:]) > 0.5
    assert 14 + 4 * 38 - 12 < (line.left[4] + line.right[4]) / 2 - 19 < 14 + 4 * 38 + 12
