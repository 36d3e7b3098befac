"""The one real transcript: 36 rows in three shapes, 6, 4 and 5 fields, as OCR merged the columns."""

import os
from collections import Counter
from pathlib import Path

import pytest

from pipeline.read import transcript
from pipeline.read.columns import TAG

FOLDER = os.environ.get("HENKOU_REAL_FILINGS")
pytestmark = pytest.mark.skipif(
    not FOLDER, reason="HENKOU_REAL_FILINGS (folder of real transcripts) is not set"
)


@pytest.fixture(scope="module")
def table():
    name = "sapporo_vaccination.txt"
    return transcript.read((Path(str(FOLDER)) / name).read_bytes(), name).table


def column(table, name):
    return [row.cells[name].raw for row in table.rows]


def test_every_row_is_read_and_no_character_is_lost(table):
    assert (table.state, len(table.rows), table.problems) == ("rows", 36, ())
    assert table.glyphs.share == 1.0


def test_dates_stand_alone_in_their_column(table):
    plain = [TAG.sub("", date) for date in column(table, "change_date")]
    assert Counter(plain) == {"令和6年4月1日": 35, "令和6年5月1日": 1}


def test_timing_stands_alone_in_its_column(table):
    plain = [TAG.sub("", timing) for timing in column(table, "timing")]
    assert Counter(plain) == {"事後": 35, "事前": 1}
    assert (
        plain[TAG.sub("", "".join(column(table, "change_date"))).split("日").index("令和6年5月1")] == "事前"
    )


def test_split_columns_keep_their_markup(table):
    rows = [row for row in table.rows if "columns_split" in row.marks]
    assert len(rows) == 16
    for row in rows:
        for name in ("change_date", "item", "timing", "note"):
            assert row.cells[name].raw.startswith("<p>") and row.cells[name].raw.endswith("</p>")


def test_headings_in_angle_brackets_are_text(table):
    assert sum("<札幌市における措置>" in text for text in column(table, "before")) == 6
