"""Filing metadata from the cover: 評価書番号, 評価書名, 評価実施機関名, 公表日, kind, stage and form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Literal

from .. import rules
from ..model import Cover, DateReading, Layout, Problem
from ..text.normalise import normalise
from .agency import read_agency
from .dates import read_date
from .front import Front, fronts
from .pieces import squeezed

Kind = Literal["基礎項目", "重点項目", "全項目"]
Stage = Literal["published", "draft", "public_comment", "ended"]

NUMBERS = range(1, 31001)
"""評価書番号 that can be given out."""

_KINDS: dict[str, Kind] = {"2": "基礎項目", "3": "重点項目", "4": "全項目"}
_KIND = re.compile("(基礎|重点|全)項目")
_STAMP = re.compile(r"((?:平成|令和)(?:\d+|元)年\d+月)[^\d]{0,6}?様式第?([2-4])")
_ANNEX = re.compile(r"[(〔【\[]?別添([23])[)〕】\]]?変更箇所")
_KIND_OF_ANNEX: dict[str, Kind] = {"2": "重点項目", "3": "全項目"}
"""The change table is 別添2 of form 3, 別添3 of form 4; form 2 gives it no number."""
_BLANK = re.compile(r"(?:令和|平成)?[○〇◯\d]*年[○〇◯\d]*月[○〇◯]*日?|未定|未公表|[-―－]")
_DRAFT = re.compile(r"[(〔【\[<]素?案[)〕】\]>]|(?:^|評価書)素?案$|素案")
_COMMENT = re.compile("意見募集|意見公募|パブリック・?コメント|パブコメ")
_ENDED = re.compile(r"[(〔【\[]?(?:終了|廃止)[)〕】\]]$")


def read_cover(front: Sequence[Layout]) -> Cover:
    """Pages that may be covers, or what stands before a transcript's table -> filing metadata.

    Several covers in one file are a problem; what they say alike is kept, the rest is null.
    """
    covers = [_read_one(parts) for parts in fronts(front)]
    if not covers:
        message = "No page has the labels of a cover; number, title, agency and date are unknown."
        return Cover(filing_type=_kind_of_annex(front), problems=(Problem("cover_missing", message),))
    if len(covers) == 1:
        return covers[0]
    pages = [parts[0].page for parts in fronts(front)]
    message = f"Covers stand on pages {', '.join(map(str, pages))}; split the file, one filing each."
    problem = Problem("several_covers", message, page=pages[1])
    return _in_common(covers)._replace(problems=(problem,))


def _kind_of_annex(front: Sequence[Layout]) -> Kind | None:
    """Which form the change table's own title names, where there is no cover."""
    titles = (_ANNEX.fullmatch(squeezed(line.text)) for page in front for line in page.lines)
    kinds = {_KIND_OF_ANNEX[title[1]] for title in titles if title}
    return kinds.pop() if len(kinds) == 1 else None


# ---------------------------------------------------------------- one cover


def _read_one(parts: Sequence[Front]) -> Cover:
    values: dict[str, list[str]] = {}
    for part in parts:
        for field, beside in part.values.items():
            values.setdefault(field, []).extend(beside)
    number, number_raw, problems = _number(values.get("filing_number"))
    title_raw = next(iter(values.get("filing_title", [])), None)
    agency_raw = next(iter(values.get("agency", [])), None)
    published_raw, reading = _published(values.get("published"))
    title = _joined(title_raw) if title_raw else None
    headings = [heading for part in parts for heading in part.headings]
    texts = [text for part in parts for text in part.texts]
    kind, more = _kind(headings, texts, title or "")
    doubts = [*problems, *more, *_published_doubts(reading), *_missing(title, kind or more)]
    return Cover(
        agency=read_agency(agency_raw).name if agency_raw else None,
        agency_raw=agency_raw,
        filing_type=kind,
        filing_number=number,
        filing_number_raw=number_raw,
        filing_title=title,
        filing_title_raw=title_raw,
        stage=_stage(title or "", texts, published_raw, reading),
        published=reading.date if reading and reading.precision == "day" else None,
        published_raw=published_raw,
        form_version=next((f"{stamp[1]} 様式{stamp[2]}" for stamp in _stamps(texts)), None),
        prefectures=_prefectures(texts),
        problems=tuple(doubts),
    )


def _number(texts: list[str] | None) -> tuple[int | None, str | None, tuple[Problem, ...]]:
    """Texts beside 評価書番号 -> the number; one that cannot be given out is a problem."""
    for raw in (line for text in texts or [] for line in (text, text.split("\n")[0])):
        folded = squeezed(raw)
        match = re.fullmatch(r"(?:第|No\.?)?(\d+)(?:号|番)?", folded, re.IGNORECASE)
        if match and int(match[1]) in NUMBERS:
            return int(match[1]), raw, ()
        if match or re.fullmatch(r"(?=.*\d)[0-9A-Za-z().、・/-]{1,12}", folded):
            message = f"評価書番号 is a number from {NUMBERS[0]} to {NUMBERS[-1]}."
            return None, raw, (Problem("unreadable_filing_number", message, excerpt=raw[:80]),)
    return None, None if texts is None else "", ()


def _published(texts: list[str] | None) -> tuple[str | None, DateReading | None]:
    """Texts beside 公表日 -> the text and its reading; a form left blank is no date, and no problem."""
    unread: tuple[str, DateReading] | None = None
    for raw in (_date_lines(text) for text in texts or []):
        reading = read_date(raw)
        if reading.date or any(problem.code == "impossible_date" for problem in reading.problems):
            return raw, reading
        if _BLANK.fullmatch(squeezed(raw)):
            return raw, None
        if unread is None and len(raw) < 30 and re.search(r"\d|年", raw):
            unread = raw, reading
    return unread or (None if texts is None else "", None)


def _date_lines(text: str) -> str:
    """Lines below 公表日 -> those that make up its date; the form may go on right below."""
    lines = text.split("\n")
    for count in range(1, len(lines)):
        reading = read_date("\n".join(lines[:count]))
        if reading.precision == "day" and not reading.marks and read_date(lines[count]).date is None:
            return "\n".join(lines[:count])
    return text


def _published_doubts(reading: DateReading | None) -> tuple[Problem, ...]:
    if reading is None or reading.problems or reading.precision == "day":
        return reading.problems if reading else ()
    return (Problem("published_undecided", f"公表日 is not one day ({reading.precision})."),)


def _missing(title: str | None, kind: object) -> tuple[Problem, ...]:
    """What every cover tells, drafts too, and this one does not; a missing body is told where bodies are."""
    lacking = [name for name, value in (("評価書名", title), ("the kind of assessment", kind)) if not value]
    return (
        (Problem("cover_incomplete", f"The cover does not tell {' or '.join(lacking)}."),) if lacking else ()
    )


def _joined(raw: str) -> str:
    """A value of several lines -> one: a word broken at the line's end is whole again."""
    text = ""
    for line in normalise(raw).split("\n"):
        between = re.search(r"[A-Za-z0-9]$", text) and re.match(r"[A-Za-z0-9]", line)
        space = " " if text and (between or _KIND.match(line)) else ""
        text += space + line.strip()
    return text


def _kind(
    headings: Sequence[str], texts: Sequence[str], title: str
) -> tuple[Kind | None, tuple[Problem, ...]]:
    """The form's name and stamp say the kind; the title only when neither does."""
    named = {f"{match}項目" for heading in headings for match in _KIND.findall(heading)}
    stamped = {_KINDS[stamp[2]] for stamp in _stamps(texts)}
    found = named | stamped or {f"{match}項目" for match in _KIND.findall(title)}
    if len(found) > 1:
        message = f"The cover says {' and '.join(sorted(found))}."
        return None, (Problem("filing_type_disagreement", message),)
    return next((kind for kind in _KINDS.values() if kind in found), None), ()


def _stamps(texts: Iterable[str]) -> list[re.Match[str]]:
    return [match for text in texts for match in _STAMP.finditer(text)]


def _stage(
    title: str, texts: Sequence[str], published_raw: str | None, reading: DateReading | None
) -> Stage | None:
    """Title and short lines say that it is over, out for comments or a draft; else the date decides.

    A 公表日 that is left blank is a draft's; one that cannot be read decides nothing.
    """
    short = [title, *(text for text in texts if len(text) <= 40 and not text.endswith("。"))]
    if _ENDED.search(squeezed(title)):
        return "ended"
    if any(_COMMENT.search(text) for text in short):
        return "public_comment"
    if any(_DRAFT.search(text) for text in short):
        return "draft"
    if reading:
        return "published" if reading.date else None
    return None if published_raw is None else "draft"


def _prefectures(texts: Iterable[str]) -> tuple[str, ...]:
    """Texts -> prefectures named in them, once each; 東京都府中市 does not name 京都府."""
    found = (match for text in texts for match in _prefecture_names().findall(text))
    return tuple(dict.fromkeys(found))


@cache
def _prefecture_names() -> re.Pattern[str]:
    return re.compile(
        "|".join(row["name"] for row in rules.table("municipalities") if row["kind"] == "prefecture")
    )


# ---------------------------------------------------------------- several covers


def _in_common(covers: Sequence[Cover]) -> Cover:
    """Covers -> what all of them say alike."""
    same = {
        name: value
        for name, value in covers[0]._asdict().items()
        if all(getattr(cover, name) == value for cover in covers)
    }
    return Cover(**same)
