"""What `inspect` tells of a file: pages, cover, table, rows, problems; and where two engines differ."""

from pathlib import Path

import pytest

import pipeline
from pipeline.errors import FilingError, UsageError
from pipeline.model import COLUMNS, Piece, RawCell, RawRow
from pipeline.review import inspect

FILINGS = Path(__file__).parents[1] / "filings"
TRANSCRIPT = """架空の見本
変更日\t項目\t変更前の記載\t変更後の記載\t提出時期\t提出時期に係る説明
令和6年4月1日\tⅢ-5\t甲 乙\t事後\t機構変更
"""


def data(case):
    return (FILINGS / f"{case}.pdf").read_bytes()


def row(**texts):
    return RawRow({column: RawCell((Piece((texts.get(column, ""),)),)) for column in COLUMNS})


def test_a_report_names_every_row_and_page_of_the_table():
    report = inspect.report(data("drawn_merged"), "x.pdf")
    filing = pipeline.extract(FILINGS / "drawn_merged.pdf")
    lines = report.splitlines()
    assert f"{len(filing.changes)} rows" in report
    for change in filing.changes:
        (line,) = [line for line in lines if line.startswith(f"  {change.ordinal:>3} ")]
        assert str(change.change_date) in line and change.timing in line
        assert all(mark in line for mark in change.marks)
    assert {f"  page {n}:" for c in filing.changes for n in (c.page_first, c.page_last)} <= {
        line.partition(":")[0] + ":" for line in lines
    }


def test_a_report_of_a_transcript_tells_its_problems():
    report = inspect.report(TRANSCRIPT.encode(), "x.txt")
    assert "a transcript" in report and " pages" not in report
    assert "warning columns_unclear row 1" in report


def test_a_report_of_a_file_without_a_table():
    assert "table: absent, 0 rows" in inspect.report(data("drawn_no_table"), "x.pdf")


def test_one_page_in_detail():
    report = inspect.page_report(data("drawn_merged"), "x.pdf", 5)
    assert "row 1 column 3: 変更前の記載" in report and "(3 x 1)" in report
    with pytest.raises(UsageError):
        inspect.page_report(data("drawn_merged"), "x.pdf", 99)


def test_a_file_that_cannot_be_read():
    with pytest.raises(FilingError):
        inspect.report(data("drawn_empty_file"), "x.pdf")


def test_engines_that_agree():
    assert inspect.compare(data("drawn_merged"), "x.pdf").endswith("no cell reads otherwise")


def test_glyph_twins_are_told_as_spellings():
    report = inspect.compare(data("web_unmapped"), "x.pdf")
    assert "no cell reads otherwise" in report and "differ in spellings alone" in report


def test_a_transcript_has_no_second_engine():
    with pytest.raises(UsageError, match="only PDFs"):
        inspect.compare(TRANSCRIPT.encode(), "x.txt")


def test_differences_are_told_cell_by_cell():
    first = [row(item="Ⅲ-5", before="個人番号の利用"), row(item="Ⅲ-6")]
    second = [row(item="Ⅲ- 5", before="個人番号を利用")]
    found = list(inspect.differences(first, second))
    assert [(one.ordinal, one.column) for one in found] == [(1, "before"), (2, "whole row")]
    assert (found[0].first, found[0].second) == ("個人番号の利用", "個人番号を利用")
    assert found[1].second == "no such row"


def test_twins_are_differences_that_normalising_settles():
    (one,) = inspect.differences([row(before="⼾籍の住⺠票")], [row(before="戸籍の住民票")])
    assert one.settled
