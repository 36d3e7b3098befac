"""Whatever table is drawn, its rows come back whole and every glyph has exactly one place."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model import COLUMNS, Contents
from pipeline.settings import Settings
from pipeline.tables import contents
from pipeline.tables.audit import ink

from .drawing import FakePdf, Sheet, Style, draw

KANJI = "個人情報の取扱いに関する事務を行う市町村長、住民基本台帳法・ＩＤＡＢｃｄ12ab"
prose = st.text(alphabet=KANJI, min_size=1, max_size=400)
short = st.text(alphabet="事務担当部署法令根拠", min_size=1, max_size=20)
dates = st.builds("令和{}年{}月{}日".format, st.integers(1, 8), st.integers(1, 12), st.integers(1, 28))
row = st.tuples(dates, short, st.one_of(st.just(""), prose), prose, st.sampled_from(["事前", "事後"]), short)
styles = st.builds(
    Style,
    rules=st.sampled_from(["lines", "cells", "double", "dashes", "dots"]),
    outer=st.booleans(),
    closed=st.booleans(),
    headers=st.sampled_from(["all", "first"]),
    numbers=st.booleans(),
    shift=st.sampled_from([0.0, 14.0]),
)


def read(sheets: list[Sheet]) -> Contents:
    blank = [Sheet(1), Sheet(2)]
    return contents(FakePdf([*blank, *sheets]), Settings())


def folded(text: str) -> str:
    return "".join(text.split())


def texts(result: Contents) -> list[list[str]]:
    return [[folded(row.cells[column].raw) for column in COLUMNS] for row in result.table.rows]


@settings(max_examples=60, deadline=None)
@given(st.lists(row, min_size=1, max_size=12), styles)
def test_rows_come_back_and_every_glyph_has_one_place(rows: list[tuple[str, ...]], style: Style) -> None:
    sheets = draw(rows, style)
    result = read(sheets)
    assert texts(result) == [[folded(text) for text in row] for row in rows]
    count = result.table.glyphs
    assert count.total == sum(ink("".join(map(chr, sheet.codes))) for sheet in sheets)
    assert count.share == 1.0
    assert count.cells == sum(ink(text) for row in rows for text in row)
    assert not [p for p in result.table.problems if p.code != "extra_column"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(row, st.booleans()), min_size=2, max_size=12), st.sampled_from(["all", "first"]))
def test_a_merged_date_fills_the_rows_below_it(
    drawn: list[tuple[tuple[str, ...], bool]], headers: str
) -> None:
    merged = [False, *(shares for _, shares in drawn[1:])]
    rows = [("", *cells[1:]) if shares else cells for (cells, _), shares in zip(drawn, merged, strict=True)]
    result = read(draw(rows, Style(headers=headers), merged))
    assert texts(result) == [[folded(text) for text in row] for row in rows]
    expected = ""
    for (cells, _), shares, found in zip(drawn, merged, result.table.rows, strict=True):
        if not shares:
            expected = cells[0]
        value = "".join(
            piece.text for piece in found.cells["change_date"].merged or found.cells["change_date"].pieces
        )
        assert folded(value) == expected
        assert ("filled_from_merged_cell" in found.marks) == shares


@settings(max_examples=30, deadline=None)
@given(st.lists(row, min_size=1, max_size=4), st.text(alphabet="迷子文字", min_size=1, max_size=9))
def test_text_below_an_open_edge_is_named_not_swallowed(rows: list[tuple[str, ...]], stray: str) -> None:
    sheets = draw(rows, Style(outer=False))
    sheets[-1].write(200, 795, stray)
    result = read(sheets)
    assert result.table.glyphs.share is not None and result.table.glyphs.share < 1.0
    lost = [problem for problem in result.table.problems if problem.code == "glyphs_unplaced"]
    assert [stray in problem.excerpt for problem in lost] == [True]
    assert lost[0].page == sheets[-1].number
