"""変更日 and 公表日: the text of a cell -> the day, month, year or range that it names.

The text is cut into dates, words that may stand beside them (`rules/date_words.csv`) and the rest.
A date is read in full or not at all: two-digit years are never completed, numbers are never bent.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from re import Match
from typing import Literal, NamedTuple

from .. import rules
from ..model import DateReading, Problem
from ..text.normalise import normalise

YEARS_PAST_AN_ERA = 5
"""Plans reach this far: texts from before 2019 say 平成34年; 平成40年 is a slip of the pen."""


class Era(NamedTuple):
    """A 元号 and the days it was in force."""

    name: str
    first_day: dt.date
    last_day: dt.date

    def year(self, number: int) -> int | None:
        """Western year of the era's year `number`; null when it never came, nor could be planned for."""
        year = self.first_day.year - 1 + number
        last = self.last_day.year + YEARS_PAST_AN_ERA if self.last_day < dt.date.max else 2100
        return year if number >= 1 and year <= last else None


class _Span(NamedTuple):
    """One date as written: its first and last day, or why there is none."""

    first: dt.date | None
    last: dt.date | None
    unit: Literal["day", "month", "year", "fiscal"]
    marks: tuple[str, ...] = ()


class _Parts(NamedTuple):
    """Year (with its era), month and day of one date as written; later dates inherit what they omit."""

    year: int | None
    era: Era | None
    month: int | None = None
    day: int | None = None
    fiscal: bool = False


@lru_cache(maxsize=65536)
def read_date(text: str) -> DateReading:
    """A 変更日 or 公表日 as read -> the date, how exact it is, and what was doubted.

    >>> read_date('令和元年５月７日').date
    datetime.date(2019, 5, 7)
    >>> read_date('R6.4').precision, read_date('令和6年度').precision
    ('month', 'range')
    >>> [problem.code for problem in read_date('令和6年2月30日').problems]
    ['impossible_date']
    """
    folded = _fold(text)
    # A circled number alone is folded away, but it is not an empty cell.
    if not folded.strip(" -~・()") and not any(map(str.isalnum, text)):
        return DateReading()
    written, rest = _dates_in(folded)
    if not written or not _harmless(rest, written):
        return _unread("unreadable_date", "Not understood as a date; year, month and day are needed.", text)
    spans = [_span(parts) for parts in written]
    impossible = any(span.first is None for span in spans)
    problems = _unread("impossible_date", "No such day in the calendar.", text).problems if impossible else ()
    if spans[0].first is None:
        return DateReading(problems=problems)
    marks = {mark for span in spans for mark in span.marks}
    if _without_words(rest) or _marked_words().search(_RANGE.sub("#", rest)):
        marks.add("date_with_words")
    return DateReading(spans[0].first, _precision(spans, rest), tuple(sorted(marks)), problems)


def _unread(code: str, message: str, text: str) -> DateReading:
    return DateReading(problems=(Problem(code, message, excerpt=" ".join(text.split())[:80]),))


# ---------------------------------------------------------------- text -> dates as written

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－ー─━", "-") | dict.fromkeys("〜～∼", "~"))
_ENUMERATION = re.compile("[①-⓿❶-➓⑴-⒛]")  # ①2024年 must not become 12024年
_WEEKDAY = re.compile(r"[(\[][月火水木金土日](?:曜日?)?(?:[・,、/]?[祝休])?[)\]]|[月火水木金土日]曜日?")
_STATUTE = re.compile(
    r"(?:\D{2}(?:元|\d{1,2})年)?(?:[^\d#年月日]{0,8})(?:法律|政令|省令|府令|規則|告示|条例)第\d+号"
)
_CLOCK = re.compile(r"(?:(?<=\d)[T ]|(?<=日)) ?[0-2]?\d:[0-5]\d(?::[0-5]\d(?:\.\d+)?)?Z?(?!\d)")

_ONE = "[一二三四五六七八九]"
_IN_KANJI = f"(?<![一二三四五六七八九十])(?:{_ONE}?十{_ONE}?|{_ONE}{{1,3}})(?!十)"  # 十十 is no number
_N = rf"(?:\d ?\d?|元|{_IN_KANJI})"
_LAST = rf"(?:\d \d(?! ?\d)|\d\d?(?!\d)|{_IN_KANJI})"  # no 日 follows
_WESTERN = "(?:(?<!\\d)[12](?: ?\\d){3}|[一二][〇零一二三四五六七八九]{3})"


def _fold(text: str) -> str:
    """Text -> half width, no markup, spaces only where they part two digits."""
    text = unicodedata.normalize("NFKC", normalise(_ENUMERATION.sub(" ", text))).translate(_DASHES)
    text = re.sub(r"(?<![\d\s])\s+|\s+(?![\d\s])", "", " ".join(text.split()))
    return _CLOCK.sub("", _WEEKDAY.sub("", text))


@cache
def _rewritings() -> tuple[tuple[str, str, str | Callable[[Match[str]], str]], ...]:
    """Short forms -> 年月日, in this order, each where one of some signs stands (none: always)."""
    year = f"(?:(?:{_era_names()})[. ]?{_N}|{_WESTERN})"
    return (
        ("", r"(?<!\d)((?:19|20)\d\d)([01]\d)([0-3]\d)(?!\d)", r"\1年\2月\3日"),  # 20240401
        ("./・-", rf"({year}) ?([./・-]) ?({_N})\2 ?({_LAST})日?(?![年月度])", r"\1年\3月\4日"),  # R6.4.1
        ("./", rf"({year}) ?[./] ?({_LAST})月?(?![./年度])", r"\1年\2月"),  # R6.4
        ("-", rf"({_WESTERN})-([01]\d)(?![\d年月度-])", r"\1年\2月"),  # 2024-04; R5-6 may be two years
        ("./", rf"({year})年(\d\d?)[./](\d\d?)(?!\d)", r"\1年\2月\3日"),  # 令和6年4/1
        # In both calendars or two eras: 令和6年(2024年), 令和6(2024)年, 2024年/令和6年.
        ("(/・=", rf"({year})(?:年[(/・=]|\()({year})年?\)?年?", _one_year),
    )


@cache
def _written() -> re.Pattern[str]:
    return re.compile(
        rf"(?:(?P<era>{_era_names()})[. ]?(?P<n>{_N})年|(?P<y>{_WESTERN})年|(?P<short>\d\d?)年|同年)?"
        rf"(?:(?<=年)(?P<fiscal>度)|(?:(?P<m>{_N})月|同月)?(?:(?P<d>{_N})日|(?P<end>(?<=月)末日))?)"
    )


@cache
def _era_names() -> str:
    rows = rules.table("eras")
    letters = "".join(row["letter"] + row["letter"].lower() for row in rows)
    words = "|".join(f"{row['name']}|{row['short']}" for row in rows)
    return rf"(?:{words}|(?<![A-Za-z])[{letters}])"


def _dates_in(text: str) -> tuple[list[_Parts], str]:
    """Folded text -> the dates written in it, in order, and what is left (`#` for each date)."""
    text = _STATUTE.sub("法令", text)
    for signs, pattern, plain in _rewritings():
        if not signs or any(sign in text for sign in signs):
            text = re.sub(pattern, plain, text)
    written: list[_Parts] = []

    def take(match: Match[str]) -> str:
        parts = _parts(match, written[-1] if written else None) if match[0] else None
        if parts is None:
            return match[0]
        written.append(parts)
        return "#"

    return written, _written().sub(take, text)


def _one_year(match: Match[str]) -> str:
    """Two spellings of a year -> one, the later era's; a year that never was when they disagree."""
    first, second = (_year_of(text) for text in match.groups())
    if first[0] is None or first[0] != second[0]:
        return "令和0年"
    if first[1] and second[1] and second[1].first_day > first[1].first_day:
        return f"{match[2]}年"
    return f"{match[1] if first[1] else match[2]}年"


def _year_of(text: str) -> tuple[int | None, Era | None]:
    parts = _written().match(f"{text}年")
    read = _parts(parts, None) if parts else None
    return (read.year, read.era) if read else (None, None)


def _parts(match: Match[str], before: _Parts | None) -> _Parts | None:
    """One date as matched -> its parts; what it leaves out comes from the date before, or it is none."""
    n, m, d = (_number(match[name]) for name in ("n", "m", "d"))
    if match["y"]:
        year, era = _number(match["y"]), None
    elif match["era"]:
        era = _eras()[match["era"].upper()]
        year = era.year(n) if n is not None else None
    elif before is None:
        return None
    else:
        year, era = before.year, before.era
        if match["short"]:
            if era is None:
                return None
            year = era.year(int(match["short"]))
        elif m is None:
            m = before.month
            if m is None:
                return None
    if match["end"] and year and m and 1 <= m <= 12:
        d = calendar.monthrange(year, m)[1]
    return _Parts(year, era, m, d, bool(match["fiscal"]))


@cache
def _eras() -> dict[str, Era]:
    eras: dict[str, Era] = {}
    for row in rules.table("eras"):
        last = dt.date.fromisoformat(row["last_day"]) if row["last_day"] else dt.date.max
        era = Era(row["name"], dt.date.fromisoformat(row["first_day"]), last)
        eras |= dict.fromkeys((row["name"], row["short"], row["letter"]), era)
    return eras


_KANJI = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0, "元": 1}


def _number(written: str | None) -> int | None:
    """A number in digits or kanji -> int: `1 2`, 三十一, 二〇二四, 元."""
    if written is None:
        return None
    tens, ten, ones = written.replace(" ", "").rpartition("十")
    return (_digits(tens or "1") if ten else 0) * 10 + _digits(ones)


def _digits(written: str) -> int:
    value = 0
    for digit in written:
        value = value * 10 + (_KANJI[digit] if digit in _KANJI else int(digit))
    return value


# ---------------------------------------------------------------- what stands beside the dates

_UNTIL = re.compile("~#|#(?:まで|以前|より前|前)")
_RANGE = re.compile(r"#(?:~|-|から|より|至)*(?:~|-|から|より|至)#")


def _without_words(rest: str) -> str:
    return _words().sub("", rest)


@cache
def _words() -> re.Pattern[str]:
    words = "|".join(row["pattern"] for row in rules.table("date_words"))
    return re.compile(rf"{words}|まで|至|自|[#()\[\]「」『』、,。.・:;/~\s-]")


@cache
def _marked_words() -> re.Pattern[str]:
    """Words that leave a doubt about the day itself: 以降, 頃, 上旬, 末. The から of a range does not."""
    return re.compile("|".join(row["pattern"] for row in rules.table("date_words") if row["marked"]))


def _harmless(rest: str, written: list[_Parts]) -> bool:
    """Whether what stands beside the dates leaves no doubt about them."""
    if len(written) == 1 and _UNTIL.search(rest):
        return False  # the last day of something whose first day is not told
    beside = _without_words(rest)
    if re.search(r"\d", beside):
        return False
    return not beside or all(parts.day is not None for parts in written)


def _precision(spans: list[_Span], rest: str) -> Literal["day", "month", "year", "range", "several"]:
    first = spans[0]
    # 令和6年4月1日(令和6年度) names one day: what holds the first date whole adds none.
    others = [one for one in spans if not (_holds(one, first) or one == first)]
    if others:
        return "range" if len(spans) == 2 and _RANGE.search(rest) else "several"
    if first.unit == "fiscal" or rest.rstrip().endswith("#~"):
        return "range"
    return first.unit


def _holds(one: _Span, other: _Span) -> bool:
    if one.first is None or one.last is None or other.first is None or other.last is None:
        return False
    return one.first <= other.first and other.last <= one.last


# ---------------------------------------------------------------- dates as written -> days


def _span(parts: _Parts) -> _Span:
    """A date as written -> its first and last day; nulls when the calendar has no such day."""
    try:
        unit, first, last = _ends(parts)
    except (ValueError, TypeError):
        return _Span(None, None, "day")
    if parts.era is None:
        return _Span(first, last, unit)
    # 令和元年 began in May; only a period wholly outside an era's days is written in the wrong one.
    if unit == "fiscal" and parts.year == parts.era.first_day.year:
        return _Span(first, last, unit)
    if last < parts.era.first_day or first > parts.era.last_day:
        return _Span(first, last, unit, ("era_not_in_force",))
    return _Span(max(first, parts.era.first_day), last, unit)


def _ends(parts: _Parts) -> tuple[Literal["day", "month", "year", "fiscal"], dt.date, dt.date]:
    year = parts.year
    if year is None:
        raise ValueError("no such year")
    if parts.fiscal:
        return "fiscal", dt.date(year, 4, 1), dt.date(year + 1, 3, 31)
    if parts.month is None:
        return "year", dt.date(year, 1, 1), dt.date(year, 12, 31)
    if parts.day is None:
        first = dt.date(year, parts.month, 1)
        return "month", first, first.replace(day=calendar.monthrange(year, parts.month)[1])
    day = dt.date(year, parts.month, parts.day)
    return "day", day, day
