"""Tables without upright rules: columns by white space and headings, or an error that says so."""

from __future__ import annotations

import pytest

from pipeline import check

from .test_cases import HEADS, ONE, THREE, TWO, Drawing, raw, read

LONG = (*ONE[:2], "前" * 32, "後" * 50, *ONE[4:])


def page(number: int, rows: list[tuple[str, ...]], *, level: bool, sides: str = "") -> Drawing:
    made = Drawing(number)
    for row, texts in enumerate([HEADS, *rows]):
        made.row(row, texts, sides="tb" if level else sides)
    made.sheet.write(280, 810, f"- {number} -")
    return made


@pytest.mark.parametrize("level", [True, False])
def test_white_space_and_headings_tell_the_columns(level: bool) -> None:
    table = read(page(3, [LONG, TWO], level=level), page(4, [THREE], level=level))
    assert raw(table) == [LONG, TWO, THREE]
    assert table.glyphs.share == 1.0
    assert all(row.marks == ("columns_by_white_space",) for row in table.rows)
    assert table.problems == ()


@pytest.mark.parametrize("level", [True, False])
def test_a_glyph_in_a_gutter_leaves_the_table_unread_and_says_so(level: bool) -> None:
    made = page(3, [LONG, TWO], level=level)
    made.sheet.write(made.x(3) - 10, 175, "越境", size=10)
    table = read(made)
    assert (table.state, check.status(table, table.problems)) == ("absent", "partial")
    assert [problem.code for problem in table.problems] == ["table_not_found"]


def test_rows_without_rules_are_not_guessed_where_the_date_stands_elsewhere() -> None:
    made = page(3, [LONG], level=False)
    made.sheet.write(made.x(0) + 3, made.top + 95, "令和6年")
    made.sheet.write(made.x(1) + 3, made.top + 88, "項目")
    assert [problem.code for problem in read(made).problems] == ["table_not_found"]


def test_a_page_that_cannot_be_read_beside_one_that_can_is_named() -> None:
    second = page(4, [LONG], level=True)
    second.sheet.write(second.x(3) - 10, 175, "越境", size=10)
    table = read(page(3, [ONE], level=True), second)
    assert raw(table) == [ONE]
    assert ("table_not_found", 4) in [(problem.code, problem.page) for problem in table.problems]
    assert check.status(table, table.problems) == "partial"
