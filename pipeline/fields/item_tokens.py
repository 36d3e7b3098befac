"""A folded 項目 cell -> its tokens: parts, sections, groups, circled numbers and the words between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from .item_spelling import (
    ASCII_PART,
    CIRCLE,
    CIRCLED,
    GROUP_WORDS,
    GROUPS,
    NUMERAL,
    PART,
    PART_HEADINGS,
    PARTS,
    SECTION_HEADINGS,
)

_DASH = "[-‐‑‒–—―─━−ー]"
_GAP = rf"(?:\s|{_DASH}|[.・:の]){{0,6}}"
_BESIDE = rf"(?:\s|{_DASH}|[.・:の、,;/>→※]){{0,8}}"
"""Between a heading and a number, where a comma makes no list."""
_NUMBER = r"(?:\(\s*(?P<bracketed>\d{1,2})\s*\)|(?P<plain>\d{1,2})(?:\s*\))?)(?!\d)"
# A number before these is a count, a date or an article of law; 個人…, 項目…, 人手…, 時期… are headings.
_UNIT = (
    r"(?!\s*(?:[年月日条号章件歳回%℃億万千]|個(?!\s*人)|項(?!\s*目)|人(?!\s*[手為])|時(?!\s*期)|名(?!\s*称)"
    r"|種類|箇所|ヶ|類|期))"
)


_NO_FILE = (
    r"(?![^()\ue000-\ue1ff]{0,40}特定個人情報\s*ファイル)"  # a heading about files, not the name of one
)
_FILE = (
    rf"\(\s*\d{{1,2}}\s*\)\s*{_NO_FILE}(?:[^\s()、。\ue000-\ue1ff]|\n(?=\S)){{1,40}}?"
    r"ファイル(?=$|[\s()、。・\d\ue000-\ue1ff])(?!\s*[名の簿をにがはへ])"
)
_NUMBERED_FILE, _FILE_AHEAD = re.compile(_FILE), re.compile(_GAP + _FILE)
_NAMED_FILE = re.compile(
    rf"[【<《「(]{_NO_FILE}[^【】<>《》「」()\d\ue000-\ue1ff]{{1,40}}?ファイル[】>》」)]"
)

_NUMBER_AHEAD = _NUMBER.replace("?P<bracketed>", "?:").replace("?P<plain>", "?:")
_WORDS_AHEAD = re.compile(rf"{_BESIDE}(?=\(|[^\W\dA-Za-z_])")
_SHORTENED = (  # the filer's own words for the part's heading: ファイル概要, リスク対策(プロセス)
    rf"{_BESIDE}(?=[(ぁ-んァ-ヺ一-龠])(?:(?!別\s*添|第\s*\d|リ\s*ス\s*ク\s*\d|シ\s*ス\s*テ\s*ム\s*\d)[^\dA-Za-z()。\ue001-\ue1ff]"
    rf"|\((?!\s*\d)[^()\d\ue001-\ue1ff]*\)){{2,60}}?{_BESIDE}"
    rf"(?={_FILE}|(?:第\s*)?{_NUMBER_AHEAD}\s*(?:$|[.、,/>。の\s]|{_DASH}|{CIRCLED}|{GROUP_WORDS}|{SECTION_HEADINGS}))"
)


_START = re.compile(
    r"(?:^|(?<=[^0-9A-Za-z々〆ぁ-んァ-ヺー一-龠.\-–−\ue101-\ue10f])|(?<=及び)|(?<=および)|(?<=並びに)|(?<=または)|(?<=又は)|(?<=と))"
)
_PART_TOKEN = re.compile(rf"(?P<sure>{NUMERAL})|(?P<ascii>{ASCII_PART})(?![A-Za-z])")
_BEHIND_PART = re.compile(  # letters need something behind them that a part has, or `_SHORTENED`
    rf"\s*{_DASH}\s*\(?\d|\s*[.、・の]\s*\(?\d|\s+\(?\d|\s*\(\d|\s*第\d|\s*{CIRCLED}|\d{{1,2}}\D{{0,3}}{CIRCLED}"
    rf"|(?<=[IV][IV])(?:\d|\s*[ぁ-んァ-ヺ一-龠]|\s*$)|{_BESIDE}(?:{PART_HEADINGS})"
)
_ANNEX = re.compile(
    r"[(\[【]?\s*別\s*添\s*(?:資\s*料\s*)?(?:(?P<number>\d{1,2})(?!\d)|(?P<circle>[\ue001-\ue003]))\s*[)\]】]?"
)
_COVER = re.compile(
    r"(?:評価書の?)?(?:[(\[【]?\s*表\s*紙\s*[)\]】]?(?![ぁ-んァ-ヶ一-龠])"
    r"|表\s*紙(?=の?(?:特記|評価|個人|公表)))"
)
_SECTION = re.compile(rf"{_GAP}(?:第\s*)?{_NUMBER}{_UNIT}")
_HEADED_SECTION = re.compile(rf"{_BESIDE}(?:{PART_HEADINGS}){_BESIDE}(?=(?:第\s*)?{_NUMBER})")
_LONE_NUMBER = re.compile(rf"(?:^|(?<=[\s、,;])){_NUMBER}\s*\.?\s*")
_GROUP = re.compile(
    rf"(?P<word>{GROUP_WORDS})\s*(?:(?P<number>\d{{1,3}})(?!\d)"
    rf"|(?P<apart>(?:{_DASH}\s*)?\(?\s*(?:(?P<digits>\d{{1,3}})(?!\d)|(?P<circle>(?<!\s){CIRCLED})(?!{CIRCLED}))\s*\)?))"
    r"(?!\s*[つ年月日件])"
)
_BRACKETED = re.compile(r"\(\s*(?P<bracketed>\d{1,2})\s*\)(?P<plain>)")
_THIRD = re.compile(rf"(?:\s*(?:{_DASH}|\.)\s*|\s*(?=\()|[^\S\n]*(?<!\n)){_NUMBER}{_UNIT}")
_LATE_RANGE = re.compile(rf"[~〜∼]\s*(?={CIRCLED}|{NUMERAL}|" + "|".join(GROUPS) + ")")
_RANGE = re.compile(rf"\s*(?:[~〜∼]|から|{_DASH}(?=\s*{CIRCLED}))\s*")
_DELIMITER = r"\s*(?:[、,;/&]|及\s*び|お\s*よ\s*び|並\s*び\s*に|又\s*は|と)\s*"
_ANOTHER = re.compile(
    rf"{_DELIMITER}(?P<plain>\d{{1,2}})(?!\d)"
    rf"(?=\s*(?:$|[\n、,;/&~〜]|及び|および|と|並びに|{_DASH}?\s*{CIRCLED}))"
)
_LIMIT = re.compile(rf"{_NUMBER}{_UNIT}")

_BEGINNING = re.compile(r"[(\[【<《「IVlivシ委提移リ別表~〜∼\d\ue001-\ue1ff]")
"""Characters that begin a token behind words."""


class Token(NamedTuple):
    """A piece of a cell: part annex cover heading section third group circle range file text."""

    kind: str
    value: str
    sure: bool = True


def tokens(text: str) -> Iterator[Token]:
    """Folded text -> its tokens in order; everything that is no token is `text`."""
    position, words = 0, ""
    before = [Token("start", "")]
    while position < len(text):
        fresh = not words or words.isspace()
        if not fresh and not _BEGINNING.match(text, position):
            words += text[position]
            position += 1
            continue
        token, end = _token(text, position, before, fresh)
        if token is None:
            words += text[position]
            position += 1
            continue
        if words.strip():
            yield Token("text", words)
        words = ""
        yield token
        position = end
        before.append(token)
    if words.strip():
        yield Token("text", words)


def _token(text: str, at: int, before: list[Token], fresh: bool) -> tuple[Token | None, int]:
    """The token that starts here; `fresh`: only white space since the last one."""
    last = before[-1].kind
    if fresh:
        token, end = _continued(text, at, before)
        if token:
            return token, end
    if match := _NUMBERED_FILE.match(text, at) or _NAMED_FILE.match(text, at):
        return Token("file", re.sub(r"\s+", "", match[0])), match.end()
    if _START.match(text, at):
        if match := _ANNEX.match(text, at):
            return Token("annex", match["number"] or _circled(match["circle"])), match.end()
        if last == "start" and fresh and (match := _COVER.match(text, at)):
            return Token("cover", ""), match.end()
        if (match := _PART_TOKEN.match(text, at)) and (match["sure"] or _is_followed(text, match.end())):
            return _part(match), match.end()
    if last in ("section", "group", "circle", "third", "part") and (match := _LATE_RANGE.match(text, at)):
        return Token("range", last), match.end()
    if last in ("section", "group") and (match := _BRACKETED.match(text, at)):
        return Token("third", _number(match)), match.end()
    if (
        any(token.kind == "section" for token in before)
        and (match := _LONE_NUMBER.match(text, at))
        and _matcher(SECTION_HEADINGS).match(text, match.end())
    ):
        return Token("section", _number(match)), match.end()
    if "\ue001" <= text[at] <= "\ue032":
        return Token("circle", _circled(text[at])), at + 1
    if (match := _GROUP.match(text, at)) and not (match["apart"] and _ends_a_heading(text, at, before)):
        number = match["number"] or match["digits"] or _circled(match["circle"])
        return Token("group", GROUPS[re.sub(r"\s", "", match["word"])] + str(int(number))), match.end()
    return None, at


def _is_followed(text: str, at: int) -> bool:
    """Whether behind a part's letters stands what makes them sure."""
    return _BEHIND_PART.match(text, at) is not None or _shortened(text, at) is not None


def _shortened(text: str, at: int) -> re.Match[str] | None:
    """`_SHORTENED`, where it fits."""
    return _matcher(_SHORTENED).match(text, at) if _WORDS_AHEAD.match(text, at) else None


@cache
def _matcher(pattern: str) -> re.Pattern[str]:
    """Patterns that few filings need, and that take some milliseconds to compile."""
    return re.compile(pattern)


def _ends_a_heading(text: str, at: int, before: list[Token]) -> bool:
    """The group's word is the end of a heading (漏えい・滅失・毀損リスク ⑤), not a group of its own."""
    grouped = any(token.kind == "group" for token in before)
    before_it = text[:at].rstrip()[-1:] if grouped else text[at - 1 : at]
    return any(first <= before_it <= last for first, last in ("ぁん", "ァヺ", "ーー", "一龠"))


def _continued(text: str, at: int, before: list[Token]) -> tuple[Token | None, int]:
    """What only makes sense right behind another token: section and third numbers, ranges, lists."""
    last = before[-1].kind
    if last == "part" and (match := _HEADED_SECTION.match(text, at) or _shortened(text, at)):
        return Token("heading", match[0]), match.end()
    sectionless = last in ("part", "heading") or (last == "file" and before[-2].kind in ("part", "heading"))
    if sectionless and not _FILE_AHEAD.match(text, at) and (match := _SECTION.match(text, at)):
        bare = before[-1].value in ("II", "III") and match[0].lstrip().startswith("(")
        return Token("section", _number(match), not bare), match.end()  # Ⅱ（１）: a section, or a file
    if last in ("section", "group", "circle", "third"):
        if (match := _RANGE.match(text, at)) and (last == "circle" or not re.search(_DASH, match[0])):
            return Token("range", last), match.end()
        if last != "third" and (match := _ANOTHER.match(text, at)):
            return Token("group" if last == "group" else "section", str(int(match["plain"]))), match.end()
    if last in ("section", "group") and not _FILE_AHEAD.match(text, at) and (match := _THIRD.match(text, at)):
        return Token("third", _number(match), bool(match["bracketed"])), match.end()
    if last == "range" and before[-1].value in ("section", "group") and (match := _LIMIT.match(text, at)):
        return Token(before[-1].value, _number(match)), match.end()
    return None, at


def _circled(character: str) -> str:
    return str(ord(character) - CIRCLE)


def _number(match: re.Match[str]) -> str:
    return str(int(match["bracketed"] or match["plain"]))


def _part(match: re.Match[str]) -> Token:
    if match["sure"]:
        return Token("part", PARTS[ord(match["sure"]) - PART - 1])
    return Token("part", match["ascii"].replace("l", "I").upper(), match["ascii"] in PARTS)
