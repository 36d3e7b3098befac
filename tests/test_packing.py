"""A reading comes back from its bytes as it was."""

import dataclasses
import datetime as dt

import pytest

from pipeline import schema
from pipeline.model import Cover, Problem
from pipeline.result import Reading
from pipeline.store import packing
from pipeline.store.packing import TABLES

COVER = Cover(
    agency="札幌市長",
    filing_number=7,
    published=dt.date(2024, 4, 1),
    prefectures=("北海道", "東京都"),
    problems=(Problem("date_missing", "が", page=2, ordinal=None, excerpt="\n"),),
)


def reading(**facts):
    empty = {name: schema.table_from_rows(name, []) for name in TABLES}
    change = {
        "row_id": "a-0001",
        "item_codes": ["I-1", "I-2"],
        "change_date": dt.date(2024, 2, 29),
        "page_first": None,
    }
    repair = {"row_id": "a-0001", "field": "item", "start": 0, "stop": 1, "applied": True, "score": 0.5}
    tables = {
        "changes": schema.table_from_rows("changes", [change, {**change, "confidence": 0.25}]),
        "repairs": schema.table_from_rows("repairs", [repair]),
    }
    return Reading(facts=facts, cover=COVER, **{**empty, **tables})


def packed(**facts):
    return packing.of_reading(reading(**facts), sha256="00", bytes=1, seconds=2.5)


def test_a_reading_comes_back_whole():
    facts = {"published": dt.date(2024, 4, 1), "rows": 2, "glyph_share": None, "agency": "が"}
    back = packed(**facts).reading()
    assert back.cover == COVER
    assert back.facts == {**facts, "seconds": 2.5}
    for name in TABLES:
        assert getattr(back, name).equals(getattr(reading(), name)), name
        assert getattr(back, name).schema.equals(schema.arrow(name), check_metadata=True), name


def test_without_tables_only_they_are_missing():
    back = packed(rows=2).reading(tables=False)
    assert back.cover == packed().cover == COVER and back.facts["rows"] == 2
    assert [len(getattr(back, name)) for name in TABLES] == [0, 0, 0, 0]
    assert back.changes.schema == schema.arrow("changes")


def test_counts_need_no_unpacking():
    problem = {"source_path": "a.pdf", "severity": "error", "code": "date_missing", "message": "が"}
    problems = schema.table_from_rows("problems", [problem, problem])
    some = dataclasses.replace(reading(pages=7), problems=problems)
    outcome = packing.of_reading(some, sha256="00", bytes=1, seconds=2.5)
    assert dataclasses.replace(outcome, tables=b"").counts == (7, 2)
    assert packed(pages=None).counts == (0, 0)  # a transcript has none


def test_the_digest_forgets_the_seconds_and_nothing_else():
    one = packed(rows=2)
    assert one.digest == packing.of_reading(reading(rows=2), sha256="00", bytes=1, seconds=9.0).digest
    assert one.digest == packed(rows=2, seconds=9.0).digest
    assert one.digest != packed(rows=3).digest
    other = Reading(
        **{name: getattr(reading(rows=2), name) for name in Reading.__slots__}
        | {"changes": reading().changes[:1]}
    )
    assert one.digest != packing.of_reading(other, sha256="00", bytes=1, seconds=2.5).digest


def test_foreign_columns_are_refused():
    wrong = Reading(facts={}, cover=COVER, **{name: schema.table_from_rows("cells", []) for name in TABLES})
    with pytest.raises(TypeError, match="changes"):
        packing.of_reading(wrong, sha256="00", bytes=1)
