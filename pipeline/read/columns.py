"""The fields of one record -> the columns of the change table, split by content where columns ran together.

Transcribers merge neighbouring columns (変更日+項目, 提出時期+説明), differently from page to page. Which
layout a record has is told by its anchors: a date at the start of the first field, 事前 or 事後 at
the start of the timing field.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Literal

from .. import rules
from ..characters import ideographs
from ..model import COLUMNS, Column

Slot = Column | Literal["number", "remark"]
Lines = tuple[str, ...]
Layout = tuple[tuple[Slot, ...], ...]
"""The columns that each field holds; more than one where columns ran together."""

_SPACE = r"[\s\u3000]*"
_TAG = r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>"
TAG = re.compile(_TAG)
_NO_BREAK = "&nbsp;|&#160;|&#[xX][aA]0;"
_OPENING = rf"(?:[\s\u3000*]|{_NO_BREAK}|{_TAG})*"
_CLOSING = r"(?:</[A-Za-z][A-Za-z0-9]*\s*>|<br\s*/?>|\*\*)*"
_NUMBER = r"(?:[0-9０-９][\s\u3000]*){1,2}"
_YEAR = (
    rf"(?:(?:令{_SPACE}和|平{_SPACE}成|昭{_SPACE}和|[㋿㍻㍼RHSＲＨＳ])[.．]?{_SPACE}(?:元{_SPACE}|{_NUMBER})"
    rf"|(?:[12１２][\s\u3000]*)(?:[0-9０-９][\s\u3000]*){{3}})"
)
_DAY = rf"(?:{_NUMBER}日|[0-9０-９]{{1,2}}(?=[\s\u3000<]*$)|末日?|吉日|[上中下]旬)"
_PLAIN = r"[0-9０-９]{1,2}"  # no spaces within: R6.4.1 1 関連情報
_DATE = (
    rf"{_YEAR}(?:年{_SPACE}(?:度|{_NUMBER}月{_SPACE}{_DAY}?)?"
    rf"|[./\-．／－・]{_SPACE}{_PLAIN}(?:{_SPACE}[./\-．／－・]{_SPACE}{_PLAIN})?)"
)
_AFTER_DATE = r"(?:付け?|以降|頃|から|より|まで|施行|適用|[（(](?:予定|施行|適用|改定|見込み?)[)）]|予定)"
_DATES = re.compile(
    rf"{_OPENING}{_DATE}(?:{_SPACE}(?:[～〜~、,，・]|及び|から){_SPACE}{_DATE})*"
    rf"(?:{_SPACE}{_AFTER_DATE})*{_SPACE}{_CLOSING}"
)
_TIMING = re.compile(
    rf"{_OPENING}事{_SPACE}[前後](?={_SPACE}(?:$|<|\n|[（(【、。:：*※])|[\s\u3000]){_SPACE}{_CLOSING}"
)
_TIMING_GLUED = re.compile(rf"{_OPENING}事{_SPACE}[前後]{_CLOSING}")
_TIMING_PARAGRAPH = re.compile(
    rf"(?:^|\n|</(?:p|div|li|ul|ol)\s*>|<br\s*/?>)(?P<timing>{_OPENING}事{_SPACE}[前後]{_SPACE}{_CLOSING})(?=$|\n|{_SPACE}<)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Split:
    """A record's text by column; `merged`: columns had run together; `clear`: content decided."""

    cells: Mapping[Slot, Lines]
    layout: Layout
    """Of the fields after a row number; empty when nothing fits."""
    merged: bool
    clear: bool


def folded(text: str) -> str:
    """Text as it is compared with headings: no tags, no white space (&nbsp; is some), NFKC, no radicals.

    >>> folded("<p>変　更　前<br>の記載</p>")
    '変更前の記載'
    """
    shown = re.sub(_NO_BREAK, " ", TAG.sub("", text))
    return "".join(unicodedata.normalize("NFKC", ideographs(shown)).split())


def is_blank(text: str) -> bool:
    return not folded(text)


@cache
def _headings() -> dict[str, Slot]:
    return {folded(row["heading"]): row["column"] for row in rules.table("headers")}  # type: ignore[misc]


def read_header(texts: Sequence[str]) -> Layout | None:
    """Fields of a header row -> their columns, `()` for an unknown one; None when it is no header.

    >>> read_header(["変 更 日　項目", "変更前の記載", "変更後の記載", "提出時期", "備考"])
    (('change_date', 'item'), ('before',), ('after',), ('timing',), ('remark',))
    >>> read_header(["項目", "変更前", "変更後"])
    """
    layout = tuple(_read_heading(folded(text).strip("*_`")) for text in texts)
    known = {slot for slots in layout for slot in slots} & set(COLUMNS)
    return layout if len(known) >= 4 or (len(known) == 3 and "change_date" in known) else None


def _read_heading(text: str) -> tuple[Slot, ...]:
    """`変更日項目` -> (change_date, item); the longest heading first, since 変更前 opens 変更前の記載."""
    if not text:
        return ()
    for heading in sorted(_headings(), key=len, reverse=True):
        if text == heading:
            return (_headings()[heading],)
        if text.startswith(heading) and (rest := _read_heading(text[len(heading) :])):
            return (_headings()[heading], *rest)
    return ()


def starts_with_date(text: str) -> bool:
    """Whether a date stands at the start: `<p>令和6年4月1日</p> <p>Ⅲ-2</p>`, `Ｈ28.4.1`."""
    return _DATES.match(ideographs(text)) is not None


def is_timing(text: str) -> bool:
    """Whether the field is 事前 or 事後 and nothing else."""
    return folded(text) in ("事前", "事後")


def starts_with_timing(text: str) -> bool:
    return _TIMING.match(ideographs(text)) is not None


def split(
    fields: Sequence[Lines], known: Mapping[int, Layout], *, numbered: bool = False, remark: bool = False
) -> Split:
    """Fields of one record -> its columns. `known`: layouts decided before, by number of fields.

    `numbered`, `remark`: whether the table has a column of row numbers before the six, or 備考 after.

    >>> found = split([("令和6年4月1日 Ⅲ-5",), ("旧",), ("新",), ("<p>事後</p><p>機構変更</p>",)], {})
    >>> found.cells["item"], found.cells["timing"], found.cells["note"]
    (('Ⅲ-5',), ('<p>事後</p>',), ('<p>機構変更</p>',))
    """
    number: dict[Slot, Lines] = {}
    if len(fields) > 1 and _is_number(_text(fields[0]), numbered, starts_with_date(_text(fields[1]))):
        number, fields = {"number": fields[0]}, fields[1:]
    while len(fields) > len(COLUMNS) + remark and is_blank(_text(fields[-1])):
        fields = fields[:-1]
    layout, clear = _layout([ideographs(_text(field)) for field in fields], known, remark)
    if layout is None:
        return Split(number | _undecided(fields), (), True, False)
    cells = dict(number)
    for slots, field in zip(layout, fields, strict=True):
        cells |= dict(zip(slots, _parts(slots, field), strict=True))
    merged = any(len(slots) > 1 and not is_blank(_text(cells[slots[1]])) for slots in layout)
    return Split(cells, layout, merged, clear)


def _is_number(text: str, numbered: bool, before_date: bool) -> bool:
    short = re.fullmatch(r"[(]?\d{1,4}(?:-\d{1,3})?[.)]?", folded(text)) is not None
    return (short and (numbered or before_date)) or (numbered and is_blank(text))


def _layout(texts: Sequence[str], known: Mapping[int, Layout], remark: bool) -> tuple[Layout | None, bool]:
    """(layout, whether content decided); no layout when nothing fits."""
    possible = [layout for layout in _layouts(remark) if len(layout) == len(texts)]
    for glued in (False, True):
        fitting = [layout for layout in possible if _fits(layout, texts, glued)]
        if len(fitting) == 1:
            return fitting[0], True
        if fitting:
            usual = known.get(len(texts))
            return (usual, True) if usual in fitting else (fitting[0], False)
    if len(texts) == len(COLUMNS) and not any(is_timing(text) for text in [*texts[:4], texts[5]]):
        return tuple((column,) for column in COLUMNS), True
    return None, False


@cache
def _layouts(remark: bool) -> tuple[Layout, ...]:
    """Every way in which the columns can run together and content can still tell them apart."""
    left: tuple[Layout, ...] = ((("change_date",), ("item",)), (("change_date", "item"),))
    right: tuple[Layout, ...] = (
        (("after",), ("timing",), ("note",)),
        (("after",), ("timing", "note")),
        (("after",),),
        (("after", "timing"), ("note",)),
        (("after", "timing", "note"),),
    )
    layouts = [(*first, ("before",), *last) for first, last in product(left, right)]
    return tuple(layouts) + tuple((*layout, ("remark",)) for layout in layouts if remark)


def _fits(layout: Layout, texts: Sequence[str], glued: bool) -> bool:
    return all(_slot_fits(slots, text, glued) for slots, text in zip(layout, texts, strict=True))


def _slot_fits(slots: tuple[Slot, ...], text: str, glued: bool) -> bool:
    if slots[0] == "change_date":
        found = _DATES.match(text)
        rest = found is not None and not is_blank(text[found.end() :])
        return rest if len(slots) == 2 else not rest and (found is not None or is_blank(text))
    if slots[0] == "timing":
        timing = _TIMING_GLUED if glued else _TIMING
        return is_blank(text) or (timing.match(text) is not None if len(slots) == 2 else is_timing(text))
    if slots[:2] == ("after", "timing"):
        found = _TIMING_PARAGRAPH.search(text)
        if found is None or is_blank(text[: found.start("timing")]):
            return False
        return len(slots) == 3 or is_blank(text[found.end() :])
    return not is_timing(text)


def _parts(slots: tuple[Slot, ...], field: Lines) -> list[Lines]:
    """The text of a field, cut where its columns meet; the white space between them goes."""
    if len(slots) == 1:
        return [field]
    text = _text(field)
    if slots[0] == "after":
        found = _TIMING_PARAGRAPH.search(ideographs(text))
        assert found is not None
        cuts = [found.start("timing"), found.end()][: len(slots) - 1]
    else:
        pattern = _DATES if slots[0] == "change_date" else _TIMING_GLUED
        found = pattern.match(ideographs(text))
        cuts = [found.end() if found else 0]
    parts = [text[a:b].strip() for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return [tuple(part.split("\n")) if len(field) > 1 else (part,) for part in parts]


def _undecided(fields: Sequence[Lines]) -> dict[Slot, Lines]:
    """All text of a record whose columns content does not tell, near where it stood."""
    texts = [_text(field) for field in fields]
    cells: dict[Slot, Lines] = {}
    rest = list(fields)
    found = _DATES.match(ideographs(texts[0]))
    if found and not is_blank(texts[0][found.end() :]):
        cells["change_date"], cells["item"] = _parts(("change_date", "item"), rest.pop(0))
    elif found or is_blank(texts[0]):
        cells["change_date"] = rest.pop(0)
    if "item" not in cells and rest:
        cells["item"] = rest.pop(0)
    at = next((i for i in reversed(range(len(rest))) if starts_with_timing(_text(rest[i]))), None)
    if at is not None:
        cells["timing"], note = _parts(("timing", "note"), rest[at])
        cells["note"] = _joined([line for line in [note, *rest[at + 1 :]] if any(line)])
        rest = rest[:at]
    cells["after"] = rest.pop() if rest else ()
    cells["before"] = _joined(rest)
    return {slot: lines for slot, lines in cells.items() if any(lines)}


def _joined(fields: Iterable[Lines]) -> Lines:
    return tuple(line for field in fields for line in field)


def _text(field: Lines) -> str:
    return "\n".join(field)
