"""The one real filing at hand, an OCR transcript of a change table: found through HENKOU_REAL_FILINGS."""

import datetime as dt
import os
import re
from pathlib import Path

import pytest

import pipeline
from pipeline.text import repair

FOLDER = os.environ.get("HENKOU_REAL_FILINGS")
pytestmark = pytest.mark.skipif(
    not FOLDER, reason="HENKOU_REAL_FILINGS names no folder; real filings are not ours to ship"
)

CODES = """
    I-1-2 I-2-system7-2 I-5 I-7-1 I-7-2 A1 II-2-6 II-3-2 II-3-3 II-3-4
    II-3-5 II-3-7 II-3-8 II-3-8 II-4-consignment2 II-4-consignment2-1 II-4-consignment2-2
    II-4-consignment2-4 II-5-recipient2 II-6-1
    III-2-risk1 III-2-risk1 III-2-risk2 III-2-risk3 III-2-risk3
    III-2-risk4 III-3-risk1 III-3-other III-4 III-5
    III-7-risk1-6 IV-1-1 IV-1-2 IV-2
    IV-3 V-1-1
""".split()
ADVANCE = 27
"""The one row filed in advance, with a date of its own."""


@pytest.fixture(scope="module")
def path():
    return Path(FOLDER) / "sapporo_vaccination.txt"


@pytest.fixture(scope="module")
def filing(path):
    return pipeline.extract(path)


def test_every_row_has_its_item_date_and_timing(filing):
    assert [change.item_code for change in filing.changes] == CODES
    for change in filing.changes:
        advance = change.ordinal == ADVANCE
        assert change.change_date == (dt.date(2024, 5, 1) if advance else dt.date(2024, 4, 1))
        assert change.timing == ("事前" if advance else "事後")


def test_no_cell_of_the_merged_columns_holds_its_neighbour(filing):
    for change in filing.changes:
        assert "令和" not in change.item
        assert change.change_date_raw and "事" not in change.change_date_raw
        assert change.timing_raw.removeprefix("<p>").removesuffix("</p>").strip() in ("事前", "事後")
        assert change.note and not re.match("事[前後]", change.note)


def test_headings_in_angle_brackets_stay_and_markup_goes(filing, path):
    heading = re.compile("<(?![a-z/])[^<>\n]+>")
    clean = [text for change in filing.changes for text in (change.before, change.after)]
    raw_headings = re.findall("[<＜](?![a-z/])[^<>\n]+[>＞]", path.read_text(encoding="utf-8"))
    assert sum(len(heading.findall(text)) for text in clean) == len(raw_headings) > 60
    assert not any(re.search("</?(p|ul|ol|li|u|br)\\b", text) for text in clean)


def test_raw_keeps_every_character_of_the_file(filing, path):
    def letters(text):
        return sorted(re.sub(r"\s", "", text))

    lines = path.read_text(encoding="utf-8").splitlines()
    rows = "".join(line for line in lines if "\t" in line and not line.startswith("変更日"))
    kept = "".join(
        change[f"{column}_raw"]
        for change in filing.changes
        for column in ("change_date", "item", "before", "after", "timing", "note")
    )
    assert letters(kept) == letters(rows)


def test_a_heading_that_is_not_that_numbers_has_no_name(filing):
    contact = filing.changes[-1]
    assert (contact.item_code, contact.item_name) == ("V-1-1", None)
    assert "item_heading_mismatch" in {
        problem.code for problem in filing.problems if problem.row_id == contact.row_id
    }


def test_undoing_the_ledger_gives_the_unrepaired_text(filing):
    applied = [one for one in filing.repairs if one.applied]
    assert applied
    for change in filing.changes:
        for field in ("item", "before", "after", "note"):
            ledger = [
                repair.Repair(**{name: one[name] for name in repair.Repair._fields})
                for one in applied
                if one.row_id == change.row_id and one.field == field
            ]
            unrepaired = repair.undo(change[field], ledger)
            for one in ledger:
                assert unrepaired[one.start : one.stop] == one.before
            if not ledger:
                assert unrepaired == change[field]
