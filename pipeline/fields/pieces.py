"""A page of cells and loose lines -> pieces with a place on the page, labels of the cover told from text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from .. import rules
from ..characters import ideographs
from ..model import Box, Cell, Layout
from ..text.markup import strip_tags
from ..text.normalise import normalise

_SLIVER = 3.5  # an empty cell as thin as this is the gap between two rules
_GAP = 1.2  # a line that is this many characters too wide for its text has lost a gap
_EMPTY = " 　\t|:+-"  # what a line between the rows of a pipe table is made of
_STAMP = (  # [平成30年5月　様式4]
    r"[\[［〔【（(]?\s*(?:平\s*成|令\s*和)[\s\d元]{1,6}年[\s\d]{1,6}月\s*様\s*式\s*(?:第\s*)?[2-4２-４]\s*[\]］〕】）)]?"
)
_VALUE = re.compile(r"\d{1,5}(?=[ 　]+\D)|[^\s|:：](?:[^\t|　]*?[^\s|])??(?=\s{2}|[\t|　]|\s*$|\s*\|)")


class Piece(NamedTuple):
    """A cell, or a part of a loose line, with its place on the page."""

    text: str
    box: Box
    label: str | None = None
    """The field that it is the label of; empty for a label of something else, null for text."""
    ruled: bool = False
    source: tuple[str, int, int] = ("", 0, 0)
    """The loose line that it was cut from, and where it stood there."""


def squeezed(text: str) -> str:
    """Text -> normalised, without any white space."""
    return "".join(normalise(text).split())


def pieces(layout: Layout) -> Iterator[Piece]:
    """A page, or what stands before a transcript's table -> its pieces, in no order that matters."""
    for grid in layout.grids:
        for cell in grid.cells:
            yield from _cell_pieces(cell)
    flat = all(line.y1 <= line.y0 for line in layout.lines)  # plain lines without a place
    if layout.page and not flat:
        for line in layout.lines:
            yield from _line_pieces(line.text, line.box, _slack(line.text, line.box))
        return
    written = (line for line in layout.lines if line.text.strip(_EMPTY))
    for number, line in enumerate(written):
        text = strip_tags(line.text).strip("\n 　")  # a tab in front is an empty cell
        if not flat:
            yield from _line_pieces(text, line.box)
            continue
        for column, part in enumerate(re.split(r"[\t|]", text.strip("|"))):
            x, y = column * 1000.0, number * 20.0
            yield from _line_pieces(part, (x, y, x + min(len(part), 99) * 10, y + 10))


def _cell_pieces(cell: Cell) -> Iterator[Piece]:
    """A cell is one piece, two if it holds a label and its value, its lines if it frames several labels."""
    text, (x0, y0, x1, y1) = cell.text, cell.box
    label = _label_of(text)
    cuts = [(line, _cuts(line.text, _slack(line.text, line.box))) for line in cell.lines]
    if label is None and sum(name is not None for _, parts in cuts for _, _, name in parts) > 1:
        for line in cell.lines:
            yield from _line_pieces(line.text, line.box, _slack(line.text, line.box))
        return
    match = None if label is not None else _labels().match(ideographs(text))
    if match and match.end() < len(text.rstrip()):
        middle = y0 + (y1 - y0) * match.end() / len(text)
        yield Piece(match[0], (x0, y0, x1, middle), _label_of(match[0]), True)
        yield Piece(text[match.end() :].lstrip(" :：\n　"), (x0, middle, x1, y1), None, True)
    elif text.strip() or min(x1 - x0, y1 - y0) > _SLIVER:
        yield Piece(text, cell.box, label, True)


def _line_pieces(text: str, box: Box, slack: float = 0.0) -> Iterator[Piece]:
    """A loose line is cut at its labels and at wide gaps, those too of which no space is left."""
    x0, y0, x1, y1 = box
    cuts = list(_cuts(text, slack))
    if slack and len(cuts) > 1:
        unit, gap = _em(box), slack / (len(cuts) - 1)
    else:
        unit, gap = (x1 - x0) / max(_ems(text), 0.5), 0.0
    for number, (start, stop, label) in enumerate(cuts):
        left = x0 + _ems(text[:start]) * unit + number * gap
        width = _ems(text[start:stop]) * unit
        yield Piece(text[start:stop], (left, y0, left + width, y1), label, source=(text, start, stop))


def _cuts(text: str, slack: float) -> Iterator[tuple[int, int, str | None]]:
    """Start, end and label of each part of a line; with slack a label may touch what follows it."""
    at, text = 0, ideographs(text)
    for match in [*_labels().finditer(text), None] if not slack else [*_touching(text), None]:
        stop = match.start() if match else len(text)
        number = re.match(r"\s*\d{1,5}(?=[^\d\s.,・/-])", text[at:stop]) if slack else None
        if number:
            yield at, at + number.end(), None
            at += number.end()
        for part in _VALUE.finditer(text[at:stop]):
            yield at + part.start(), at + part.end(), None
        if match:
            yield match.start(), match.end(), _label_of(match[0])
            at = match.end()


def _touching(text: str) -> Iterator[re.Match[str]]:
    """Labels of a line; of one that begins with a label those too that touch what follows."""
    match = _labels().match(text) or _unparted().match(text)
    if match is None:
        yield from _labels().finditer(text)
    while match:
        yield match
        match = _labels().search(text, match.end()) or _unparted().search(text, match.end())


def _em(box: Box) -> float:
    return box[3] - box[1]


def _ems(text: str) -> float:
    """Width of a text in characters, half-width ones counting half."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


def _slack(text: str, box: Box) -> float:
    """How much wider than its characters a line is, where that is more than a character."""
    slack = box[2] - box[0] - _ems(text) * _em(box)
    return slack if slack > _GAP * _em(box) else 0.0


def _label_of(text: str) -> str | None:
    """The field that a text is the label of; empty for other labels and the form's stamp."""
    if re.fullmatch(_STAMP, ideographs(text).strip()):
        return ""
    name = re.sub(r"^[\W\d_]+|[\W_]+$", "", squeezed(text)) if len(text) < 80 else ""
    return _label_fields().get(name)


@cache
def _label_fields() -> dict[str, str]:
    return {re.sub(r"[\W_]+$", "", row["label"]): row["field"] for row in rules.table("cover_labels")}


@cache
def _spaced() -> str:
    longest_first = sorted((row["label"] for row in rules.table("cover_labels")), key=len, reverse=True)
    return "|".join(r"\s*".join(map(re.escape, label)) for label in longest_first)


@cache
def _labels() -> re.Pattern[str]:
    """A label, letter-spaced or not, at a line's start or after a gap, then a gap, a number or a date."""
    start, end = r"(?:(?<=^)|(?<=[\s|【\[(（■●○・.]))", r"(?=$|[\s|:：\d]|令和|平成)"
    return re.compile(rf"{start}(?:(?:{_spaced()})(?:[】\])）])?{end}|{_STAMP})")


@cache
def _unparted() -> re.Pattern[str]:
    """A label with something right after it that does not continue the phrase (…機関における)."""
    return re.compile(rf"(?:{_spaced()})(?!に(?:お|係|つ|関)|[のはがをと等])")
