"""Every filing of the corpus beside its truth, with both readers."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, get_args

import pytest

import pipeline
from pipeline.model import COLUMNS
from tests.accuracy import ours
from tests.accuracy.compare import Score, compact, score
from tests.accuracy.truth import NO_UNICODE, Case, cases

CASES = cases()
READABLE = [case for case in CASES if case.readable]
ROWS = [case for case in READABLE if case.rows]
READERS = get_args(ours.Reader)
ALONE = ("pdfium", "pdfplumber")

by_name = {"ids": lambda value: value.name if isinstance(value, Case) else value}


@cache
def read(case: Case, reader: Any) -> tuple[Any, list[tuple[str, ...]]]:
    return ours.read(case, reader)


def result(case: Case, reader: Any) -> Score:
    return score(ours.written(case), read(case, reader)[1])


# Rows that no reader of ours gets right yet: each stands here until it does.
GAPS: dict[str, str] = {}


def marked(case: Case, *more: Any) -> Any:
    reason = GAPS.get(case.name)
    return pytest.param(case, *more, marks=pytest.mark.xfail(strict=True, reason=reason) if reason else ())


SOUND = [case for case in ROWS if case.name not in GAPS]


@pytest.mark.parametrize(
    ("case", "reader"), [marked(case, reader) for case in READABLE for reader in ALONE], **by_name
)
def test_rows_are_as_written(case, reader):
    found = result(case, reader)
    assert found.misses == []
    assert found.read == found.rows


def blanks(case: Case, reader: Any) -> list[list[list[int]]]:
    """Lengths of what stands between the blanks of each cell; the engines differ in twins of letters."""
    rows = read(case, reader)[0].tables["changes"].to_pylist()
    return [[[len(word) for word in re.split(r"\s", row[f"{name}_raw"])] for name in COLUMNS] for row in rows]


@pytest.mark.parametrize("case", SOUND, **by_name)
def test_readers_agree_on_every_blank_and_line_end(case):
    assert blanks(case, "pdfium") == blanks(case, "pdfplumber")


@pytest.mark.parametrize("case", [marked(case) for case in READABLE], **by_name)
def test_the_better_reading_is_kept(case):
    found = result(case, "auto")
    assert found.misses == []
    assert found.read == found.rows


@pytest.mark.parametrize("case", ROWS, **by_name)
def test_every_glyph_of_the_table_is_accounted_for(case):
    assert read(case, "auto")[0].metadata.glyph_share == 1.0


@pytest.mark.parametrize("case", SOUND, **by_name)
def test_item_codes(case):
    changes = read(case, "pdfium")[0].changes
    assert [c.item_code for c in changes] == [row["item_code"] for row in case.rows]


@pytest.mark.parametrize("case", [case for case in SOUND if case.rows[0]["page_first"]], **by_name)
def test_rows_stand_on_their_pages(case):
    changes = read(case, "pdfium")[0].changes
    assert [(c.page_first, c.page_last) for c in changes] == [
        (row["page_first"], row["page_last"]) for row in case.rows
    ]


@pytest.mark.parametrize("case", READABLE, **by_name)
def test_table_state(case):
    pictures = case.expect.get("image_only")
    assert read(case, "pdfium")[0].metadata.table_state == (
        "absent" if pictures else case.truth["table_state"]
    )


@pytest.mark.parametrize("case", [case for case in READABLE if case.truth["cover"]], **by_name)
def test_cover(case):
    metadata = read(case, "pdfium")[0].metadata
    truth = case.truth["cover"]
    names = (
        "filing_number",
        "filing_type",
        "agency",
        "municipality_code",
        "municipality",
        "stage",
        "form_version",
    )
    assert {name: metadata[name] for name in names} == {name: truth[name] for name in names}
    assert str(metadata.published or "") == (truth["published"] or "")
    assert compact(metadata.filing_title_raw) == compact(truth["filing_title"])


def test_line_ends_are_the_authors():
    total = sum((result(case, "pdfium") for case in READABLE), Score())
    assert total.line_end_f1 >= 0.97


@pytest.mark.parametrize("case", [case for case in CASES if not case.readable], **by_name)
@pytest.mark.parametrize("reader", READERS)
def test_what_cannot_be_read_is_refused_by_name(case, reader):
    with pytest.raises(pipeline.FilingError, match=case.pdf.name):
        read(case, reader)


def codes(case: Case) -> set[str]:
    return {problem.code for problem in read(case, "pdfium")[0].problems}


def named(name: str) -> Case:
    return next(case for case in CASES if case.name == name)


def test_pictures_are_reported():
    assert "image_only" in codes(named("drawn_image_only"))


def test_glyphs_without_unicode_are_reported_and_stay_visible():
    case = named("web_unmapped")
    assert "unmapped_glyphs" in codes(case)
    assert any(NO_UNICODE in change.after for change in read(case, "pdfium")[0].changes)


def test_two_covers_give_their_metadata_to_nobody():
    case = named("drawn_two_covers")
    assert "several_covers" in codes(case)
    metadata = read(case, "pdfium")[0].metadata
    assert metadata.filing_title is None
    assert metadata.agency == case.truth["covers"][0]["agency"] == case.truth["covers"][1]["agency"]


def test_every_filing_says_that_it_is_invented():
    for case in READABLE:
        title = case.truth["cover"]["filing_title"] if case.truth["cover"] else "架空の見本"
        assert "架空の見本" in title
