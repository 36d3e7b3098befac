import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import rules, schema
from pipeline.fields.timing import read_note_kind, read_timing
from tests.cases import cases


@pytest.mark.parametrize("case", cases("timings"), ids=lambda case: repr(case["text"]))
def test_read_timing(case):
    assert read_timing(case["text"]) == (case["timing"] or None), case["why"]


@pytest.mark.parametrize("case", cases("note_kinds"), ids=lambda case: repr(case["note"]))
def test_read_note_kind(case):
    assert read_note_kind(case["note"]) == (case["kind"] or None), case["why"]


@pytest.mark.xfail(strict=True, reason="no rule yet: null, not a guess")
@pytest.mark.parametrize("case", cases("note_kind_xfails"), ids=lambda case: f"{case['note']}: {case['why']}")
def test_notes_without_a_rule_yet(case):
    assert read_note_kind(case["note"]) == case["kind"]


@pytest.mark.parametrize(
    "rule", [row for row in rules.table("note_kinds") if row["kind"]], ids=lambda row: row["example"]
)
def test_every_rule_finds_its_own_example(rule):
    assert read_note_kind(rule["example"]) == rule["kind"]


def test_kinds_are_those_of_the_schema():
    (column,) = (field for field in schema.TABLES["changes"] if field.name == "note_kind")
    assert {row["kind"] for row in rules.table("note_kinds")} - {""} == set(column.values)


@given(st.text())
def test_words_around_both_timings_never_make_one(text):
    assert read_timing(f"事前{text}事後") is None


@given(st.text(), st.text())
def test_any_note_has_one_of_the_kinds_or_none(before, after):
    kinds = {row["kind"] for row in rules.table("note_kinds")}
    assert (read_note_kind(before + after) or "") in kinds


def test_the_real_sample_accuses_nobody():
    folder = os.environ.get("HENKOU_REAL_FILINGS")
    if not folder:
        pytest.skip("HENKOU_REAL_FILINGS names no folder of real filings")
    text = (Path(folder) / "sapporo_vaccination.txt").read_text(encoding="utf-8")
    notes = {cell for row in text.splitlines() for cell in row.split("\t")[-1:] if len(cell) < 120}
    assert {read_note_kind(note) for note in notes if "機能廃止" in note or "管轄省庁" in note} == {None}
    assert {read_note_kind(note) for note in notes if "機構変更" in note} == {"組織改正"}
