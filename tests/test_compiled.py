"""Compiled loops and arrays come to the same: on every page of the filings, and on pages nobody draws."""

from __future__ import annotations

import ctypes
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st
from pikepdf import Name
from reportlab.pdfgen.canvas import Canvas

from pipeline import compiled, flow
from pipeline.compiled import loops
from pipeline.model import NO_LINES, Cell, Glyphs, Layout, Line, Lines, Page
from pipeline.read import library, open_pdf, seen
from pipeline.read.many import through_ctypes
from pipeline.read.opened import Open
from pipeline.read.placed import NO_OBJECT, Characters, TextObjects, placed
from pipeline.read.seen import see
from pipeline.settings import Settings
from pipeline.tables import grid
from pipeline.tables.grid import layout
from tests.accuracy.truth import HERE, RAW
from tests.read.disguises import DISGUISES, HEIGHT, SIZES, WIDTH, document
from tests.read.stand_ins import called_instead, real, write

pytestmark = pytest.mark.skipif(loops is None, reason="installed without a C compiler")
SETTINGS = Settings(reader="pdfium", ocr="off")
UNREADABLE = {"drawn_broken", "drawn_empty_file", "drawn_user_password"}
FILINGS = sorted(path for path in [*HERE.glob("*.pdf"), *RAW.glob("*/*.pdf")] if path.stem not in UNREADABLE)


def plain(value: Any) -> Any:
    """A layout as tuples, its packed lines one by one."""
    if isinstance(value, Layout):
        cells = [
            (grid.box, grid.rows, grid.columns, grid.open_top, grid.open_bottom, *map(plain, grid.cells))
            for grid in value.grids
        ]
        return cells, [*value.lines], [*value.strays], value.glyphs, value.duplicates, value.hidden
    told = value._asdict()
    return [*told.pop("lines")], told


def both_ways(work: Any, patch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    quick = work()
    with patch.context() as long:
        long.setattr(compiled, "loops", None)
        return quick, work()


def assert_layouts_alike(page: Page, patch: pytest.MonkeyPatch, edges: tuple[float, ...] = ()) -> None:
    """The one loop for plain pages, the loops for each step, and arrays alone come to the same."""
    one, other = both_ways(lambda: plain(layout(page, SETTINGS, edges)), patch)
    assert one == other
    assert plain(grid.any_layout(page, SETTINGS, edges)) == other


def assert_alike(one: Glyphs, other: Glyphs) -> None:
    for name in ("code", "box", "hidden", "askew", "turn"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)


def read(data: bytes) -> list[Page]:
    with open_pdf(data, "架空.pdf", "pdfium", SETTINGS) as pdf:
        return [pdf.page(number) for number in range(1, len(pdf) + 1)]


def check_pages(data: bytes, patch: pytest.MonkeyPatch) -> None:
    quick, long = both_ways(lambda: read(data), patch)
    assert quick
    for one, other in zip(quick, long, strict=True):
        assert_alike(one.glyphs, other.glyphs)
        np.testing.assert_array_equal(one.vertical, other.vertical)
        np.testing.assert_array_equal(one.horizontal, other.horizontal)
        assert one.image_share == other.image_share
        for edges in ((), (40.0, 300.0, 560.0), (1.0, one.width - 1)):
            assert_layouts_alike(one, patch, edges)


@pytest.mark.parametrize("path", FILINGS, ids=lambda path: path.stem)
def test_every_page_of_the_filings(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_pages(path.read_bytes(), monkeypatch)


@pytest.mark.parametrize("draw", DISGUISES, ids=lambda draw: draw.__name__)
def test_pages_in_disguise(draw: Callable[[Canvas], None], monkeypatch: pytest.MonkeyPatch) -> None:
    check_pages(document(draw, SIZES.get(draw.__name__, (WIDTH, HEIGHT))), monkeypatch)


CLIPPED = b"""q 0 0 30 20 re 40 40 5 5 re W n 1 0 0 1 5 5 cm q 0 0 7 9 re W* n 0 1 m 50 1 l S
BT /F 9 Tf 1 1 Td (ab) Tj ET Q 0 2 40 1 re f 0 3 40 .5 re n 2 2 m 90 2 l 90 90 l h S Q
10 10 30 30 re S 3 3 20 20 re f 5 40 m 5 60 l 7 60 l S
q 40 0 0 1 2 70 cm /I Do Q q 8 0 0 8 2 72 cm /I Do Q
BT /F 9 Tf 3 Tr 1 80 Td (c) Tj 0 Tr ( ) Tj 7 Tr (d) Tj ET 0 50 m 90 50 l S"""


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_clips_outlines_pictures_and_hidden_text(turn: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = pikepdf.new()
    sheet = pdf.add_blank_page(page_size=(100, 100))
    font = pikepdf.Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    picture = pdf.make_stream(
        b"\x7f", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1, BitsPerComponent=8,
        ColorSpace=Name.DeviceGray,
    )  # fmt: skip
    sheet.Resources = pikepdf.Dictionary(
        Font=pikepdf.Dictionary(F=font), XObject=pikepdf.Dictionary(I=picture)
    )
    sheet.Contents = pdf.make_stream(CLIPPED)
    sheet.Rotate = turn
    data = io.BytesIO()
    pdf.save(data)
    check_pages(data.getvalue(), monkeypatch)
    (page,) = read(data.getvalue())
    hidden = dict(zip(map(chr, page.glyphs.code), page.glyphs.hidden.tolist(), strict=True))
    assert (hidden["a"], hidden["c"], "b" in hidden) == (False, True, False)  # the clip ends before b
    assert page.image_share > 0
    assert sorted((len(page.horizontal), len(page.vertical))) == [3, 8]


def with_a_form(content: bytes) -> bytes:
    """A page with this content, a font /F and an empty form /M."""
    pdf = pikepdf.new()
    sheet = pdf.add_blank_page(page_size=(200, 200))
    font = pikepdf.Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    form = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
    sheet.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font), XObject=pikepdf.Dictionary(M=form))
    sheet.Contents = pdf.make_stream(content)
    data = io.BytesIO()
    pdf.save(data)
    return data.getvalue()


@pytest.mark.parametrize("rest", [b"", b"/M Do"], ids=["by the loop", "left to arrays amid"])
@pytest.mark.parametrize("text_first", [False, True])
def test_a_blank_that_was_made_to_count_is_not_lost(
    rest: bytes, text_first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = with_a_form(b"BT /F 20 Tf 20 100 Td (A) Tj ( ) Tj (B) Tj ET " + rest)

    def shown() -> str:
        with open_pdf(data, "架空.pdf", "pdfium", SETTINGS) as pdf:
            if text_first:
                pdf.text(1)
            return "".join(map(chr, pdf.page(1).glyphs.code))

    assert both_ways(shown, monkeypatch) == ("A B", "A B")


def test_what_is_open_is_closed_once_though_reading_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that is short of memory says so, and lives."""
    data = next(RAW.glob("*/mihon_vaccination.pdf")).read_bytes()
    calls: dict[str, list[int]] = {"FPDF_LoadPage": [], "FPDF_ClosePage": [], "FPDFText_LoadPage": []}
    calls["FPDFText_ClosePage"] = []

    def noted(name: str) -> Callable[..., Any]:
        function = real(name)

        def called(*arguments: int) -> Any:
            made = function(*arguments)
            calls[name].append(arguments[0] if made is None else made)
            return made

        return called

    def fail(*_: object) -> None:
        raise MemoryError

    watched = {name: noted(name) for name in calls}
    for name, function in zip(
        ("load_page", "close_page", "load_text", "close_text"), watched.values(), strict=True
    ):
        monkeypatch.setattr(library, name, function)
    with called_instead(watched), open_pdf(data, "架空.pdf", "pdfium", SETTINGS) as pdf:
        with monkeypatch.context() as patch:
            patch.setattr(seen, "_seen", fail)
            for number in (1, 7):
                pdf.text(number)
                with pytest.raises(MemoryError):
                    pdf.page(number)
        assert pdf.text(7)
        assert pdf.page(7).number == 7
    assert sorted(calls["FPDF_LoadPage"]) == sorted(calls["FPDF_ClosePage"])
    assert sorted(calls["FPDFText_LoadPage"]) == sorted(calls["FPDFText_ClosePage"])
    assert len(calls["FPDF_LoadPage"]) >= 3


def test_a_whole_filing_without_anything_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    data = next(RAW.glob("*/mihon_vaccination.pdf")).read_bytes()
    quick = flow.read(data, "架空.pdf", SETTINGS)
    monkeypatch.setattr(compiled, "loops", None)
    monkeypatch.setattr(library, "many", through_ctypes)
    assert flow.read(data, "架空.pdf", SETTINGS).changes == quick.changes
    assert quick.changes.num_rows > 0


# ------------------------------------------------------------------------- pages that nobody draws

coarse = st.integers(0, 60).map(lambda n: n / 2)
"""Places that often are the same, so that ends meet and glyphs lie on each other."""
rule = st.tuples(coarse, coarse, coarse).map(lambda r: (r[0], min(r[1:]), max(r[1:]) + 3))
letter = st.sampled_from([*map(ord, "変更A1、 　。"), 0, 0xE000, 0x20000])
glyph = st.tuples(
    letter,
    st.tuples(coarse, coarse, st.sampled_from([0.0, 1.0, 2.0, 2.0, 9.0]), st.sampled_from([1.0, 2.0, 2.0])),
    st.booleans(),
    st.integers(0, 9).map(lambda n: n == 0),
    st.integers(0, 40).map(lambda n: max(0, n - 37)),
)


def some_rules(drawn: list[tuple[float, float, float]]) -> Any:
    return np.array(drawn, np.float32).reshape(-1, 3)


BARE = Page(
    number=1, width=60, height=60, vertical=some_rules([]),
    horizontal=some_rules([(0, 0, 10), (30, 0, 10)]),
    glyphs=Glyphs(
        np.zeros(0, np.uint32), np.zeros((0, 4), np.float32), np.zeros(0, bool), np.zeros(0, bool),
        np.zeros(0, np.uint8),
    ),
)  # fmt: skip


@st.composite
def pages(draw: st.DrawFn) -> Page:
    lattice = draw(st.booleans())
    foot = draw(st.sampled_from([30.0, 30.0, 42.0]))  # and uprights that end in the open
    head = draw(st.sampled_from([0.0, 0.0, -8.0]))
    vertical, horizontal = draw(st.lists(rule, max_size=12)), draw(st.lists(rule, max_size=12))
    if lattice:  # cells for certain; what is drawn besides disturbs them
        vertical += [(x, head, foot) for x in (0.0, 8.0, 20.0, 30.0)]
        horizontal += [(y, 0.0, 30.0) for y in (0.0, 10.0, 20.0, 30.0)]
    drawn = draw(st.lists(glyph, max_size=40))
    boxes = [(x, y, x + wide, y + high) for _, (x, y, wide, high), *_ in drawn]
    found = Glyphs(
        np.array([one[0] for one in drawn], np.uint32),
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array([one[2] for one in drawn], bool),
        np.array([one[3] for one in drawn], bool),
        np.array([one[4] for one in drawn], np.uint8),
    )
    return Page(
        number=1, width=60, height=60, glyphs=found,
        vertical=some_rules(vertical), horizontal=some_rules(horizontal), image_share=0.0,
    )  # fmt: skip


@runs(max_examples=300)
@given(page=pages(), edges=st.sampled_from([(), (), (0.0, 20.0, 30.0), (0.0, 40.0), (-5.0, 8.0, 30.0)]))
def test_layouts_of_any_page(page: Page, edges: tuple[float, ...]) -> None:
    assert_layouts_alike(page, pytest.MonkeyPatch(), edges)


def test_nearly_all_pages_of_a_table_are_plain() -> None:
    """Else what the one loop does would be compared with nothing."""
    pages = read(next(RAW.glob("*/mihon_vaccination.pdf")).read_bytes())
    ruled = [page for page in pages if layout(page, SETTINGS).grids]
    told = [grid._plain_layout(page, SETTINGS, ()) is not None for page in ruled]
    assert told.count(True) > 0.8 * len(told) > 0


def test_a_side_that_the_page_before_had_is_left_to_the_long_way() -> None:
    page = replace(BARE, vertical=some_rules([(0, 0, 30), (10, 0, 30)]))
    assert grid._plain_layout(page, SETTINGS, ()) is not None
    assert grid._plain_layout(page, SETTINGS, (0.0, 10.0)) is not None
    assert grid._plain_layout(page, SETTINGS, (0.0, 30.0)) is None
    assert grid._plain_layout(page, SETTINGS, (-30.0, 10.0)) is None


@st.composite
def told(draw: st.DrawFn) -> tuple[Characters, TextObjects]:
    objects = draw(st.integers(0, 3))
    count = draw(st.integers(0, 12))
    steps = st.sampled_from([(1.0, 0.0, 0.0, -1.0)] * 6 + [(2.0, 0.05, 0.0, 2.0), (0.0, 1.0, 1.0, 0.0)])
    corner = st.sampled_from([-np.inf, 0.0, 3.0, 12.0])
    holders = sorted(draw(st.lists(st.integers(0, objects), min_size=count, max_size=count)))
    holders = draw(st.permutations(holders)) if draw(st.booleans()) else holders
    numbers = st.lists(coarse, min_size=6 * count, max_size=6 * count)
    places = np.array(draw(numbers), np.float32).reshape(-1, 6)
    rare = st.lists(st.integers(0, 9), min_size=count, max_size=count)
    characters = Characters(
        np.array([draw(letter | st.sampled_from([10, 7, 0x110000])) for _ in holders], np.uint32),
        np.array(holders, np.uintp),
        np.array([n == 0 for n in draw(rare)], np.int32),
        np.ascontiguousarray(places[:, :4]),
        places[:, 4:].astype(np.float64),
    )
    handles = [n + 1 for n in range(objects)]
    clip = [(draw(corner), draw(corner), -draw(corner) + 30, -draw(corner) + 30) for _ in handles]
    known = TextObjects(
        np.array(handles, np.uintp),
        np.array([draw(st.booleans()) for _ in handles], bool),
        np.array(clip, np.float32).reshape(-1, 4),
        np.array([draw(steps) for _ in handles], np.float32).reshape(-1, 4),
    )
    return characters, TextObjects(*(np.concatenate(part) for part in zip(known, NO_OBJECT, strict=True)))


@runs(max_examples=300)
@given(told=told(), turned=st.sampled_from([False, False, True]))
def test_glyphs_of_any_page(told: tuple[Characters, TextObjects], turned: bool) -> None:
    characters, objects = told
    with called_instead(told_by_functions(characters, objects, turned)):
        opened = Open(1)
        found = see(opened, first=1, most=1, thickness=3.0)
    if found:
        assert not turned
        matrix = np.array([[1, 0, 0], [0, -1, 0], [2, 31, 1]], float)
        assert_alike(found[0].page.glyphs, placed(characters, objects, matrix, 28.0, 30.0))
        assert (opened.page, opened.text, opened.number) == (0, 0, 0)
    else:
        assert turned or not all(is_level(objects.of(characters.holder).axes))
        assert (opened.page, opened.number) == (7, 1)


def is_level(axes: Any) -> Any:
    return (np.abs(axes[:, 0]) >= np.abs(axes[:, 1])) & (axes[:, 0] >= 0)


def told_by_functions(characters: Characters, objects: TextObjects, turned: bool) -> dict[str, Any]:
    """Functions that tell of one page's characters, and of the text objects that hold them, as PDFium's do.

    An object's handle is its clip's too, and the corners of that have it with their number.
    """
    single, double = ctypes.c_float, ctypes.c_double
    corners = [((x0 - 2, 31 - y0), (x1 - 2, 31 - y1)) for x0, y0, x1, y1 in objects.clip.tolist()]
    axes = objects.axes.tolist()
    return {
        "FPDF_LoadPage": lambda document, number: 7,
        "FPDF_ClosePage": lambda page: None,
        "FPDF_GetPageBoundingBox": lambda page, box: write((-2, 31, 26, 1), single, box),
        "FPDFPage_GetRotation": lambda page: int(turned),
        "FPDFPage_CountObjects": lambda page: len(axes) - 1,
        "FPDFPage_GetObject": lambda page, number: number + 1,
        "FPDFPageObj_GetType": lambda one: library.TEXT,
        "FPDFPageObj_GetBounds": lambda one, *sides: write((0, 0, 9, 9), single, *sides),
        "FPDFPageObj_GetMatrix": lambda one, matrix: write(
            [way * step for way, step in zip((1, -1, 1, -1), axes[one - 1], strict=True)], single, matrix
        ),
        "FPDFTextObj_GetTextRenderMode": lambda one: library.INVISIBLE if objects.hidden[one - 1] else 0,
        "FPDFTextObj_GetFontSize": lambda one, size: write((1.0,), single, size),
        "FPDFPageObj_GetClipPath": lambda one: one,
        "FPDFClipPath_CountPaths": lambda clip: 1,
        "FPDFClipPath_CountPathSegments": lambda clip, part: 2,
        "FPDFClipPath_GetPathSegment": lambda clip, part, corner: 10 * clip + corner,
        "FPDFPathSegment_GetPoint": lambda corner, x, y: write(
            corners[corner // 10 - 1][corner % 10], single, x, y
        ),
        "FPDFText_LoadPage": lambda page: 8,
        "FPDFText_ClosePage": lambda text: None,
        "FPDFText_CountChars": lambda text: len(characters.code),
        "FPDFText_GetText": lambda text, start, count, units: 1,
        "FPDFText_GetUnicode": lambda text, number: int(characters.code[number]),
        "FPDFText_GetTextObject": lambda text, number: int(characters.holder[number]),
        "FPDFText_HasUnicodeMapError": lambda text, number: int(characters.unmapped[number]),
        "FPDFText_GetLooseCharBox": lambda text, number, box: write(
            characters.advance[number].tolist(), single, box
        ),
        "FPDFText_GetCharOrigin": lambda text, number, x, y: write(
            characters.origin[number].tolist(), double, x, y
        ),
    }  # fmt: skip


# ---------------------------------------------------------------------------- what does not fit is refused

RULES, BOXES, BYTES = np.zeros((2, 3)), np.zeros((2, 4), np.float32), np.zeros(2, bool)
NUMBERS = (1.0,) * 10


def page_of(**short: Any) -> tuple[Any, ...]:
    """What `lay_out` is given of a page with one cell and two glyphs, but for what is too short."""
    sides, many = some_rules([(0, 0, 9), (9, 0, 9)]), np.zeros(0x10000, bool)
    whole = {
        "upright": sides, "level": sides,
        "code": np.zeros(2, np.uint32), "box": BOXES, "hidden": BYTES, "askew": BYTES, "turn": BYTES,
        "is_blank": many, "has_own_space": many, "never_starts": many,
    }  # fmt: skip
    return tuple((whole | short).values())


def test_the_page_that_the_short_ones_are_made_of_is_laid_out() -> None:
    made = loops.lay_out(*page_of(), *NUMBERS, Cell, Lines, Line, NO_LINES)
    assert not isinstance(made, int)
    box, rows, columns, cells, *_ = made
    assert (box, rows, columns, len(cells)) == ((0, 0, 9, 9), 1, 1, 1)


@pytest.mark.parametrize(
    ("loop", "arguments", "error"),
    [
        ("join_rules", (RULES, 1.0, 1.0), TypeError),
        ("join_rules", (RULES, "1", 1.0, 0.0, np.zeros((2, 3))), TypeError),
        ("join_rules", (RULES.astype(np.float32), 1.0, 1.0, 0.0, np.zeros((2, 3))), ValueError),
        ("join_rules", (RULES, 1.0, 1.0, 0.0, np.zeros((1, 3))), ValueError),
        ("join_rules", (np.zeros((3, 2)).T, 1.0, 1.0, 0.0, np.zeros((2, 3))), ValueError),
        (
            "find_owners",
            (BOXES, *np.zeros((2, 3)), np.zeros(3, int), 0, np.zeros(2, bool), np.zeros(2, int)),
            ValueError,
        ),
        *(
            ("lay_out", (*page_of(**{name: short}), *NUMBERS, Cell, Lines, Line, NO_LINES), ValueError)
            for name, short in [
                ("box", BOXES[:1]), ("hidden", BYTES[:1]), ("askew", BYTES[:1]), ("turn", BYTES[:1]),
                ("is_blank", BYTES[:0]), ("has_own_space", BYTES), ("never_starts", BYTES),
            ]
        ),
        ("lay_out", (*page_of(), *NUMBERS, list, Lines, Line, NO_LINES), TypeError),
        ("lay_out", (*page_of(), *NUMBERS, Cell, Lines, "Line", NO_LINES), TypeError),
        ("lay_out", (*page_of(), *NUMBERS, Cell, "Lines", Line, NO_LINES), TypeError),
    ],
)  # fmt: skip
def test_arrays_that_do_not_fit(loop: str, arguments: tuple[Any, ...], error: type[Exception]) -> None:
    with pytest.raises(error):
        getattr(loops, loop)(*arguments)
