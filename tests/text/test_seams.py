"""Lines of cells are measured alike by compiled loops and by arrays: those of filings, and any others."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline import compiled, flow
from pipeline.line import Line, Lines
from pipeline.model import COLUMNS, Piece
from pipeline.settings import Settings
from pipeline.text import breaks, measured, starts
from pipeline.text.measured import Packed
from pipeline.text.widths import codes_of, first_unit
from tests.accuracy.truth import HERE, RAW

pytestmark = pytest.mark.skipif(compiled.loops is None, reason="installed without a C compiler")
UNREADABLE = {"drawn_broken", "drawn_empty_file", "drawn_user_password"}
FILINGS = sorted(path for path in [*HERE.glob("*.pdf"), *RAW.glob("*/*.pdf")] if path.stem not in UNREADABLE)


def check_pieces(pieces, margin):
    """Both ways of all that is measured of some pieces, each taken for a cell of its own."""
    packed = Packed.of(pieces)
    below = np.diff(np.repeat(np.arange(len(pieces)), packed.counts), prepend=-1) == 0
    quick = measured.measured(packed, margin, below), measured.margins(pieces)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "loops", None)
        long = measured.measured(packed, margin, below), measured.margins(pieces)
    assert quick[1] == long[1]
    (start, stop, seams), other = quick[0], long[0]
    np.testing.assert_array_equal(start, other.start)
    np.testing.assert_array_equal(stop, other.stop)
    for name in seams._fields:
        one, two = getattr(seams, name), getattr(other.seams, name)
        np.testing.assert_array_equal(one[below], two[below], name)
    codes = codes_of(packed.text)
    signs = breaks._signs(codes, start, stop, seams, below)
    np.testing.assert_array_equal(signs, breaks._signs_by_arrays(codes, start, stop, seams, below))


@pytest.mark.parametrize("path", FILINGS, ids=lambda path: path.stem)
def test_lines_of_the_filings(path):
    contents = flow.read_contents(path.read_bytes(), path.name, Settings(reader="pdfium", ocr="off"))
    pieces = [
        piece for row in contents.table.rows for column in COLUMNS for piece in row.cells[column].pieces
    ]
    pieces = [piece for piece in pieces if isinstance(piece.lines, Lines) and piece.lines.places]
    if pieces:
        check_pieces(pieces, None)
        check_pieces(pieces, 3.0)


coarse = st.integers(0, 40).map(lambda n: n / 2)
text = st.text("個のリシ、。）」（「・①１2３a(.,-% 　ｱﾞ【】〒\u2028\ue000𠮷", max_size=9)
line = st.builds(Line, text, coarse, coarse, coarse, coarse)
piece = st.builds(
    lambda lines, box: Piece(Lines.of(lines), 1, box),
    st.lists(line, min_size=1, max_size=7) | st.lists(line, min_size=24, max_size=27),
    st.none() | st.tuples(coarse, coarse, coarse, coarse),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(piece, min_size=1, max_size=6), st.none() | coarse)
def test_any_lines(pieces, margin):
    check_pieces(pieces, margin)


@settings(max_examples=500, deadline=None)
@given(text | st.text(max_size=9))
@example("「「")
@example("　\n")
@example("1.2.a")
@example("、abcdefghijklmnop")
def test_any_first_unit(text):
    lines = [Line("事務", 0.0, 0.0, 20.0, 10.0), Line(text, 0.0, 12.0, 20.0, 22.0)]
    check_pieces([Piece(Lines.of(lines), 1, (0.0, 0.0, 50.0, 30.0))], 0.0)
    assert text.startswith(first_unit(text))


def test_lines_that_start_as_plain_text_at_first_sight():
    all_written = "".join(pattern for _, pattern in starts._STARTS)
    seconds = {*all_written, *map(chr, range(0x20, 0x10000, 97))} - {*starts.NOT_BEHIND}
    for first in starts.MAY_BE_PLAIN:
        assert starts.start(first) == "text"
        for rest in ("", "1", "ク1", "号："):
            assert {starts.start(f"{first}{second}{rest}") for second in seconds} == {"text"}


def test_places_that_are_no_numbers_are_left_to_arrays():
    lines = Lines.of([Line("事務", float(np.inf), 0.0, 20.0, 10.0)])
    packed = Packed.of([Piece(lines, 1, None)])
    room = np.empty((3, 1))
    places = np.empty((2, 1), np.int64)
    plain = compiled.loops.measure_seams(
        codes_of(packed.text), measured.KINDS, *packed[1:], 0.0, np.zeros(1, bool), *places, *room,
        np.zeros(1, bool),
    )  # fmt: skip
    assert plain == compiled.NOT_PLAIN


def test_pieces_without_lines_and_texts_that_are_too_short_are_left_to_arrays():
    packed = Packed.of([Piece(Lines.of([Line("事務", 0.0, 0.0, 20.0, 10.0)]), 1, None)])
    for count, whole in (([0, 1], "事務"), ([1], "事"), ([2], "事務")):
        told = compiled.loops.find_margins(
            codes_of(whole), measured.KINDS, packed.places, np.array(count), np.zeros((2, len(count))),
            np.zeros(len(count)),
        )  # fmt: skip
        assert told == compiled.NOT_PLAIN
    with pytest.raises(ValueError, match="too few"):
        compiled.loops.find_margins(
            codes_of("事務"), measured.KINDS, packed.places, packed.counts, packed.sides, np.zeros(0)
        )
