"""Long filings: what is held while they are read does not grow by their pages, but by their rows alone."""

from __future__ import annotations

import gc
import tracemalloc
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import flow, tables
from pipeline.compiled import loops
from pipeline.model import Cell, Layout, Line, Lines, Page
from pipeline.settings import Settings

from .test_passing import FIND, FRONT, RESIDENTS, bound

SETTINGS = Settings(reader="pdfium", ocr="off")
TABLE = range(12, 22)
"""Pages of the sample's table; all of them carry it on."""


def filing(pages: int) -> bytes:
    return bound([FRONT, (RESIDENTS, [TABLE[0], *(TABLE[1 + n % 9] for n in range(pages - 1))])])


def live() -> Counter[type]:
    kinds = (Layout, Page, Cell, Line)
    return Counter(type(value) for value in gc.get_objects() if isinstance(value, kinds))


def test_pages_are_let_go_of_as_the_table_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Counter[type]] = []
    gc.collect()
    before = live()

    def watched(*arguments: object) -> Layout:
        seen.append(live() - before)
        return layout(*arguments)  # type: ignore[arg-type]

    layout = FIND.layout
    monkeypatch.setattr(FIND, "layout", watched)
    contents = tables.read(filing(40), "架空.pdf", SETTINGS)
    assert len(contents.table.pages) == 40 and len(seen) == 42
    for kind in (Layout, Page, Cell, Line):
        assert max(count[kind] for count in seen[20:]) <= 1.1 * max(count[kind] for count in seen[:20]), kind


@pytest.mark.parametrize("read", [tables.read, flow.read])
def test_a_further_page_takes_little_room(read: Callable[..., object]) -> None:
    """Bytes of Python's own at most, a page of three or four rows: its lines as tuples alone take 44,000."""
    read(filing(3), "架空.pdf", SETTINGS)  # imports, tables of rules
    peaks = []
    for pages in (40, 80):
        data = filing(pages)
        tracemalloc.start()
        read(data, "架空.pdf", SETTINGS)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert (peaks[1] - peaks[0]) / 40 < (32_000 if loops is None else 30_000)


SIDE = st.floats(-1e4, 1e4, width=32)
LINE = st.builds(Line, st.text(), SIDE, SIDE, SIDE, SIDE, st.sampled_from([1.0, 0.3, 1 / 3]))


@given(st.lists(LINE))
def test_lines_are_packed_without_loss(lines: list[Line]) -> None:
    packed = Lines.of(lines)
    assert list(packed) == lines
    assert len(packed) == len(lines) and bool(packed) == bool(lines)
    assert packed.text == "\n".join(line.text for line in lines)
