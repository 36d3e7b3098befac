"""Merged cells over page breaks: whose value it is, and where nothing tells."""

from __future__ import annotations

from pipeline.settings import Settings
from pipeline.tables import contents

from .drawing import PITCH, FakePdf, Sheet
from .test_cases import ONE, THREE, TWO, Drawing, raw, read, started, value

DATE = "令和6年6月1日"


def filled(table: object) -> list[bool]:
    return ["filled_from_merged_cell" in row.marks for row in table.rows]  # type: ignore[attr-defined]


def test_an_empty_merged_cell_above_a_closed_foot_fills_nothing_and_says_so() -> None:
    one, two = started(3), started(4)
    one.row(1, ONE)
    one.cell(2, 0, "", rows=2)
    for row, texts in ((2, TWO), (3, THREE)):
        for column in range(1, 6):
            one.cell(row, column, texts[column])
    two.row(1, (DATE, *ONE[1:]))
    table = read(one, two)
    assert [row[0] for row in raw(table)] == [ONE[0], "", "", DATE]
    assert [value(table, k, "change_date") for k in (1, 2)] == ["", ""]
    assert filled(table) == [False] * 4


def test_a_merged_date_printed_beside_the_rest_of_a_cut_row_serves_the_rows_above_too() -> None:
    one, two = started(3), Drawing(4)
    one.row(1, ONE)
    one.cell(2, 0, "", rows=2, sides="tlr")
    for column in range(1, 6):
        one.cell(2, column, TWO[column])
        one.cell(3, column, (*THREE[:2], "甲の", "乙の", *THREE[4:])[column], sides="tlr")
    two.cell(0, 0, DATE, rows=2, sides="blr")
    for column in range(1, 6):
        two.cell(0, column, ("", "", "続き", "続き", "", "")[column], sides="blr")
        two.cell(1, column, ONE[column])
    table = read(one, two)
    assert [value(table, k, "change_date") for k in range(4)] == [ONE[0], DATE, DATE, DATE]
    assert [row[2] for row in raw(table)] == [ONE[2], TWO[2], "甲の続き", ONE[2]]
    assert [row.pages for row in table.rows] == [(3,), (3,), (3, 4), (4,)]
    assert filled(table) == [False, True, False, True]


def test_a_merged_date_from_above_is_not_taken_where_a_row_is_cut_too() -> None:
    one, two, three = started(3), started(4), Drawing(5)
    one.row(1, ONE)
    two.cell(1, 0, "", rows=2, sides="tlr")
    for column in range(1, 6):
        two.cell(1, column, TWO[column])
        two.cell(2, column, THREE[column], sides="tlr")
    three.cell(0, 0, DATE, sides="blr")
    for column in range(1, 6):
        three.cell(0, column, ("", "", "続き", "続き", "", "")[column], sides="blr")
    table = read(one, two, three)
    assert [value(table, k, "change_date") for k in range(3)] == [ONE[0], DATE, DATE]


def test_a_date_in_the_middle_of_its_cell_does_not_run_on_below_a_closed_foot() -> None:
    one, two = started(3), started(4)
    one.row(1, ("", *ONE[1:]), rows=2)
    one.sheet.write(one.x(0) + 3, one.top + 40 + 40 - PITCH / 2, "令和6年")
    two.cell(1, 0, "", rows=2)
    for row, texts in ((1, TWO), (2, THREE)):
        for column in range(1, 6):
            two.cell(row, column, texts[column])
    table = read(one, two)
    assert [value(table, k, "change_date") for k in range(3)] == ["令和6年", "", ""]
    assert filled(table) == [False] * 3


def test_rows_are_not_joined_nor_dates_filled_over_a_damaged_page() -> None:
    one, two, three = started(3), started(4), Drawing(5)
    one.row(1, ONE, sides="tlr")
    two.row(1, TWO)
    three.row(0, ("", "", "続き", "続き", "", ""), sides="blr")
    three.row(1, THREE)
    sheets = [Sheet(1), Sheet(2), one.sheet, two.sheet, three.sheet]
    table = contents(FakePdf(sheets, broken=frozenset({4})), Settings()).table
    assert raw(table) == [ONE, ("", "", "続き", "続き", "", ""), THREE]
    assert table.rows[1].marks == ()
    assert [(problem.code, problem.page) for problem in table.problems] == [("page_unreadable", 4)]
