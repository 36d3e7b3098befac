"""Addresses of 項目 cells as OCR garbles them: `皿-2`, `Il―3`, `lV-1` -> `III-2`, `II-3`, `IV-1`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .ledger import Edit

_STROKES = str.maketrans(
    {**dict.fromkeys("1l|!i丨", "I"), "川": "III", "皿": "III", "Y": "V", "v": "V", "W": "IV"}
)
_PARTS = ("I", "II", "III", "IV", "V", "VI")
_ADDRESS = re.compile(
    r"(?P<part>[I1l|!i丨川皿VYvW]{1,4}) ?(?P<dash>[-‐–—―−ー一]) ?(?=[\d(①-⑳])", re.MULTILINE
)
_CLEAN = re.compile(r"^(?:I{1,3}|IV|VI?) ?-", re.MULTILINE)


def address_edits(text: str, roman: bool) -> Iterator[Edit]:
    """A 項目 cell -> corrections of its leading roman numeral and dash.

    `roman`: other cells of the filing start with a roman numeral; only then is a bare `1-` one.
    """
    match = _ADDRESS.match(text)
    if match is None:
        return
    part = match["part"].translate(_STROKES)
    bare = match["part"].isdecimal()
    if part not in _PARTS or (bare and match["dash"] != "-"):
        return
    if part != match["part"]:
        yield Edit(*match.span("part"), part, "roman_numeral", "rule", 0.98, applied=roman or not bare)
    if match["dash"] != "-":
        yield Edit(*match.span("dash"), "-", "address_dash", "rule", 0.98)


def uses_roman(items: Sequence[str]) -> bool:
    """Do these 項目 cells start with roman numerals, more of them than with bare digits?"""
    clean = sum(bool(_CLEAN.match(item)) for item in items)
    bare = sum(bool(re.match(r"\d{1,2} ?-", item)) for item in items)
    return clean > bare
