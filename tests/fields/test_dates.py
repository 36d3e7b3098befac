import calendar
import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import rules
from pipeline.fields.dates import read_date
from pipeline.text.normalise import normalise
from tests.cases import cases

ERAS = [
    (row["name"], row["short"], row["letter"], dt.date.fromisoformat(row["first_day"]))
    for row in rules.table("eras")
]
CASES = cases("dates")


@pytest.mark.parametrize("case", CASES, ids=lambda case: repr(case["text"]))
def test_read_date(case):
    reading = read_date(case["text"])
    assert (reading.date.isoformat() if reading.date else "") == case["date"], case["why"]
    assert (reading.precision or "") == case["precision"], case["why"]
    assert list(reading.marks) == case["marks"].split(), case["why"]
    assert [problem.code for problem in reading.problems] == case["problem"].split(), case["why"]


@pytest.mark.xfail(strict=True, reason="left unread for now: null and a problem, not a guess")
@pytest.mark.parametrize("case", cases("date_xfails"), ids=lambda case: f"{case['text']}: {case['why']}")
def test_dates_not_yet_read(case):
    reading = read_date(case["text"])
    assert (reading.date.isoformat() if reading.date else "", reading.precision) == (
        case["date"],
        case["precision"],
    )


@pytest.mark.parametrize("case", cases("date_xfails"), ids=lambda case: case["text"])
def test_dates_not_yet_read_are_problems(case):
    assert [problem.code for problem in read_date(case["text"]).problems] == ["unreadable_date"]


def test_an_impossible_end_is_told_and_the_start_stays():
    reading = read_date("令和6年4月1日～令和6年4月31日")
    assert reading.date == dt.date(2024, 4, 1)
    assert [problem.code for problem in reading.problems] == ["impossible_date"]


def test_a_problem_shows_the_text_on_one_line():
    (problem,) = read_date("令和6年\n2月\n30日").problems
    assert problem.excerpt == "令和6年 2月 30日"


def full_width(text):
    return text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789./-"})


def kanji(number):
    tens, ones = divmod(number, 10)
    return (
        ("" if tens < 2 else "〇一二三四五六七八九"[tens])
        + "十" * (tens > 0)
        + "〇一二三四五六七八九"[ones] * (ones > 0)
    )


def spellings(day):
    """Every way in which a filing may write this day."""
    y, m, d = day.year, day.month, day.day
    yield from (
        f"{y}年{m}月{d}日",
        f"{y}/{m}/{d}",
        f"{y}/{m:02}/{d:02}",
        f"{y}.{m}.{d}",
        day.isoformat(),
        f"{day:%Y%m%d}",
    )
    name, short, letter, first = max((era for era in ERAS if era[3] <= day), key=lambda era: era[3])
    n = y - first.year + 1
    for year in [str(n), f"{n:02}", *(["元"] if n == 1 else [])]:
        yield f"{name}{year}年{m}月{d}日"
        for dot in "./-":
            yield from (f"{era}{year}{dot}{m}{dot}{d}" for era in (name, short, letter))
    yield f"{name}{kanji(n)}年{kanji(m)}月{kanji(d)}日"
    yield f"{name}{n}年({y}年){m}月{d}日"


@given(st.dates(dt.date(1912, 7, 30), dt.date(2060, 12, 31)))
def test_every_spelling_of_a_day_is_that_day(day):
    weekday = "月火水木金土日"[day.weekday()]
    for text in spellings(day):
        for dressed in (
            text,
            full_width(text),
            f"（{text}）",
            f"{text}（{weekday}）",
            f"{text}予定",
            f" {text}\n",
        ):
            reading = read_date(dressed)
            assert (reading.date, reading.precision, reading.problems) == (day, "day", ()), dressed


@given(st.dates(dt.date(1912, 7, 30), dt.date(2060, 12, 31)), st.sampled_from([" ", "　", "\n"]))
def test_spaces_and_line_ends_inside_a_date_do_not_matter(day, space):
    for text in spellings(day):
        if not text[:8].isdigit():
            assert read_date(space.join(text)).date == day, space.join(text)


@given(st.integers(1990, 2060), st.integers(1, 12), st.integers(1, 31))
def test_a_day_is_read_exactly_when_the_calendar_has_it(year, month, day):
    exists = day <= calendar.monthrange(year, month)[1]
    reading = read_date(f"{year}年{month}月{day}日")
    assert reading.date == (dt.date(year, month, day) if exists else None)
    assert [problem.code for problem in reading.problems] == ([] if exists else ["impossible_date"])


@given(st.integers(0, 99), st.integers(1, 12), st.integers(1, 31), st.sampled_from([".", "/", "-"]))
def test_a_year_of_two_digits_is_never_completed(year, month, day, dot):
    assert read_date(f"{year:02}{dot}{month:02}{dot}{day:02}").date is None


@given(st.text() | st.text("令和平成昭元RHS年度月日0123456789十一〜~・./- \n()予定末から同", max_size=24))
def test_any_text_is_read_or_is_a_problem(text):
    reading = read_date(text)
    assert (reading.date is None) == (reading.precision is None)
    if reading.date is None and not reading.problems:
        assert not re.search(r"[^\W_ー]", normalise(text))
