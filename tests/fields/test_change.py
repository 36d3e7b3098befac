import datetime as dt

import pytest

from pipeline.fields.change import change_id, change_kind, content_digest
from pipeline.model import DateReading
from pipeline.text.normalise import comparison_form
from tests.cases import cases

DAY = DateReading(dt.date(2024, 4, 1), "day")


@pytest.mark.parametrize(
    "case", cases("change_kinds"), ids=lambda case: f"{case['kind']}: {case['before']} > {case['after']}"
)
def test_change_kind(case):
    assert change_kind(case["before"], case["after"]) == case["kind"], case["why"]


def test_only_the_unrepaired_texts_tell_that_nothing_has_changed():
    assert change_kind("LGWAN", "LGWAN", is_same=False) == "modified"
    assert change_kind("削除", "削除", is_same=False) == "deleted"
    assert change_kind("LGWAN", "LGWAN回線", is_same=True) == "unchanged"


def digest(date=DAY, date_text="令和6年4月1日", item="I-5", before="旧", after="新"):
    return content_digest(date, date_text, map(comparison_form, (item, before, after)))


def test_a_reprint_that_reads_alike_is_the_same_change():
    assert digest(item="Ⅰ－５", before="ｼｽﾃﾑ\nの記載") == digest(item="I-5", before="システムの記載")


@pytest.mark.parametrize(
    "other",
    [
        {"date": DateReading(dt.date(2024, 5, 1), "day")},
        {"date": DateReading(dt.date(2024, 4, 1), "month")},
        {"item": "I-5 ①"},
        {"before": "旧い"},
        {"after": "新しい"},
        {"before": "新", "after": "旧"},
        {"before": "", "after": "旧新"},
    ],
)
def test_a_difference_in_any_part_is_another_change(other):
    assert digest(**other) != digest()


def test_unread_dates_count_as_worded():
    unread = DateReading()
    assert digest(unread, "同上") == digest(unread, "同　上")
    assert digest(unread, "同上") != digest(unread, "未定")


def test_change_id_is_per_series():
    assert change_id("011002/12", digest()) != change_id("131016/12", digest())
    assert len(change_id("011002/12", digest())) == 16
