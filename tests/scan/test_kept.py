"""What an engine read before is not read again; what comes back is the same to the last digit."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.scan.engine import OcrLine
from pipeline.scan.kept import AT_ONCE, Kept, packed, unpacked


class Counting:
    """An engine that tells how dark a picture is, and counts what it is asked."""

    name, version = "counting", "1"

    def __init__(self, settings: str = "") -> None:
        self.settings, self.asked = settings, 0

    def read(self, cells):
        self.asked += len(cells)
        return [(OcrLine(str(int(cell.sum())), (1 / 3,), (0.0,), (9.9,), 0.0, 8.0),) for cell in cells]


CELLS = [np.full((4, 4), shade, np.uint8) for shade in range(AT_ONCE + 5)]


def test_a_second_run_asks_the_engine_nothing():
    engine, new = Counting(), []
    first = Kept(note=lambda packed, page: new.append(packed)).read(engine, CELLS)
    assert engine.asked == len(CELLS) and len(new) == 2
    assert Kept(new).read(engine, CELLS) == first
    assert engine.asked == len(CELLS)


def test_alike_pictures_are_read_once():
    engine = Counting()
    found = Kept().read(engine, [CELLS[3], CELLS[1], CELLS[3]])
    assert engine.asked == 2
    assert [lines[0].text for lines in found] == ["48", "16", "48"]


def test_other_settings_are_another_reading():
    new: list[bytes] = []
    Kept(note=lambda packed, page: new.append(packed)).read(Counting(), CELLS[:2])
    other = Counting("blurred")
    Kept(new).read(other, CELLS[:2])
    assert other.asked == 2


score = st.integers(0, 1000).map(lambda n: n / 1000)
place = st.integers(0, 30000).map(lambda n: n / 10)


@st.composite
def ocr_lines(draw):
    text = draw(st.text(max_size=5))
    numbers = [draw(st.lists(kind, min_size=len(text), max_size=len(text))) for kind in (score, place, place)]
    return OcrLine(text, *map(tuple, numbers), draw(place), draw(place))


@given(st.dictionaries(st.text(max_size=3), st.lists(ocr_lines(), max_size=2).map(tuple), max_size=3))
def test_what_is_packed_comes_back(readings):
    assert unpacked(packed(readings)) == readings
