"""Addresses of 項目 cells as OCR garbles them: `皿-2`, `Il―3`, `lV-1` -> `III-2`, `II-3`, `IV-1`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from .. import rules
from ..scan.engine import UNREAD
from .ledger import Edit
from .normalise import normalise

_PARTS = ("I", "II", "III", "IV", "V", "VI")
_STROKE = {**dict.fromkeys("I1l|!i丨", "I"), **dict.fromkeys("VYv", "V")}
"""What is always read as this numeral."""
_DOUBTFUL = {**dict.fromkeys("川皿HTNM中日相四山田用串昌エェ工直罰出", "I"), **dict.fromkeys("WMNU", "V")}
"""What is read as this numeral where the heading beside it proves it."""
_WHOLE = {"川": "III", "皿": "III", "W": "IV"}
"""What a whole numeral is read as."""
_ADDRESS = re.compile(
    r"(?P<part>[^\s\-‐–—―−ー一.,、()]{0,6}) ?(?P<dash>[-‐–—―−ー一.]) ?(?=(?P<number>\d{1,2}))"
)
_CLEAN = re.compile(r"(?:I{1,3}|IV|VI?) ?-")
_BARE = re.compile(r"(?!1+ ?-)\d{1,2} ?-")


def address_edits(text: str, roman: bool) -> Iterator[Edit]:
    """A 項目 cell -> corrections of its leading roman numeral and dash.

    `roman`: other cells of the filing start with a roman numeral; only then can a digit be one, and only
    where the official heading in the cell proves it. Otherwise that is a suggestion.

    >>> [edit.after for edit in address_edits('皿―7 リスク1 ⑥技術的対策', True)]
    ['III', '-']
    """
    match = _ADDRESS.match(text)
    if match is None:
        return
    read = match["part"]
    bare = read.isdecimal()
    part = _numeral(read) or _proven(read, int(match["number"]), text)
    if part is None or (bare and match["dash"] != "-"):
        return
    if not read:
        yield Edit(*match.span("dash"), f"{part}-", "roman_numeral", "rule", 0.98)
        return
    if part != read:
        digit = any(stroke.isdecimal() for stroke in read)
        proven = roman and _heading_of(part, int(match["number"]), text)
        yield Edit(*match.span("part"), part, "roman_numeral", "rule", 0.98, applied=proven or not digit)
    if match["dash"] not in "-.":
        yield Edit(*match.span("dash"), "-", "address_dash", "rule", 0.98)


def uses_roman(items: Sequence[str]) -> bool:
    """Do these 項目 cells start with roman numerals, more of them than with bare digits?

    A 1 is no evidence: it is what Ⅰ is read as.
    """
    return sum(bool(_CLEAN.match(item)) for item in items) > sum(bool(_BARE.match(item)) for item in items)


def _numeral(read: str) -> str | None:
    """The numeral that these strokes can only be: `lV` -> `IV`; Ⅲ read twice, or with a stroke more."""
    part = "".join(_STROKE.get(stroke, "?") for stroke in read)
    if len(part) > 3 and set(part) == {"I"}:
        return "III"
    return part if part in _PARTS else None


def _proven(read: str, number: int, text: str) -> str | None:
    """The numeral that the official heading in the cell proves: `皿-2 リスク1 …` -> `III`.

    Of a numeral that was lost, or read as other strokes, only the heading tells which one it was.
    """
    alike = [part for part in _PARTS if len(part) == len(read) and all(map(_may_be, read, part))]
    if read in _WHOLE:
        alike.append(_WHOLE[read])
    garbled = read == UNREAD or all(stroke in _STROKE or stroke in _DOUBTFUL for stroke in read)
    for possible in (alike, _PARTS if garbled else ()):
        proven = {part for part in possible if _heading_of(part, number, text)}
        if proven:
            return proven.pop() if len(proven) == 1 else None
    return None


def _heading_of(part: str, number: int, text: str) -> bool:
    """Does an official heading of this part and section stand in the cell?"""
    return any(heading in text for heading in _headings().get((part, number), ()))


def _may_be(read: str, stroke: str) -> bool:
    return _STROKE.get(read) == stroke or _DOUBTFUL.get(read) == stroke or (read in "MN" and stroke in "IV")


@cache
def _headings() -> dict[tuple[str, int], set[str]]:
    """(part, section) -> the official headings that stand there on any form."""
    found: dict[tuple[str, int], set[str]] = {}
    for row in rules.table("items"):
        part, _, rest = row["code"].partition("-")
        number = rest.partition("-")[0]
        if part in _PARTS and number.isdecimal():
            found.setdefault((part, int(number)), set()).add(normalise(row["heading"]))
    return found
