"""Columns whose headings are none of the table's: told by what stands in them, or named as lost."""

from __future__ import annotations

import pytest

from pipeline import check
from pipeline.tables.headers import _with_item
from pipeline.tables.headings import Heading

from .test_cases import HEADS, ONE, TWO, Drawing, raw, read

SEVEN = (48.0, 84.0, 120.0, 120.0, 36.0, 72.0, 60.0)


def test_a_column_that_nobody_knows_is_named_and_lowers_the_share() -> None:
    page = Drawing(widths=SEVEN)
    page.row(0, (*HEADS, "担当課"))
    page.row(1, (*ONE, "総務課"))
    table = read(page)
    assert raw(table) == [ONE]
    (problem,) = table.problems
    assert (problem.code, problem.page, problem.excerpt) == ("unknown_column", 3, "総務課")
    assert "担当課" in problem.message
    assert table.glyphs.share is not None and table.glyphs.share < 1.0
    assert check.status(table, table.problems) == "partial"


@pytest.mark.parametrize(("column", "heading"), [(4, "事前・事後"), (0, "改正日")])
def test_a_column_of_timings_or_dates_alone_needs_no_known_heading(column: int, heading: str) -> None:
    page = Drawing()
    page.row(0, (*HEADS[:column], heading, *HEADS[column + 1 :]))
    page.row(1, ONE)
    page.row(2, TWO)
    table = read(page)
    assert (raw(table), table.glyphs.share, table.problems) == ([ONE, TWO], 1.0, ())


def test_a_second_column_of_timings_stays_unknown() -> None:
    page = Drawing(widths=SEVEN)
    page.row(0, (*HEADS, "旧区分"))
    page.row(1, (*ONE, "事前"))
    table = read(page)
    assert raw(table) == [ONE]
    assert [problem.code for problem in table.problems] == ["unknown_column"]


def test_numbers_below_a_heading_of_their_own_count_rows() -> None:
    page = Drawing(widths=(24.0, *SEVEN[:6]))
    page.row(0, ("行", *HEADS))
    page.row(1, ("1", *ONE))
    page.row(2, ("2", *TWO))
    table = read(page)
    assert (raw(table), table.glyphs.share) == ([ONE, TWO], 1.0)
    assert [problem.code for problem in table.problems] == ["extra_column"]


def test_headings_without_a_table_in_rules_make_a_filing_partial() -> None:
    page = Drawing()
    page.sheet.write(30, 60, "変更日　項目　変更前の記載　変更後の記載")
    page.sheet.write(30, 80, "令和6年4月1日　Ⅰ-2　旧　新　事後")
    table = read(page)
    assert (table.state, check.status(table, table.problems)) == ("absent", "partial")


@pytest.mark.parametrize(
    ("headings", "told"),
    [
        (("change_date", "other", "before"), ("change_date", "item", "before")),
        (("change_date", "other", "after"), ("change_date", "other", "after")),  # 変更前 shares its cell
        (("other", "before"), ("other", "before")),
    ],
)
def test_a_misread_heading_before_the_text_before_is_the_item(
    headings: tuple[Heading, ...], told: tuple[Heading, ...]
) -> None:
    columns = [(heading, float(at), at + 1.0) for at, heading in enumerate(headings)]
    assert tuple(heading for heading, _, _ in _with_item(columns)) == told
