"""A cover page taken apart: which words are labels, and which text belongs to which label.

Ruled cells and loose lines alike become pieces with a place on the page; a label's value is the text
to its right or below it, up to the next label. The reading order of the file plays no part.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..model import Layout
from .pieces import Piece, pieces, squeezed

_TOUCH = 3.0  # points by which neighbours may overlap
_LEADING = 1.3  # a gap wider than this many line heights ends a value of loose lines
_FORM_BODY = re.compile(r"(?:[Ⅰ-Ⅵ]|I{1,3}|IV|VI?)(?:[\s.．　]|$)|[（(]別添")
_HEADER = {"変更日", "変更前の記載", "変更後の記載", "提出時期"}
_TIMINGS = {"事前", "事後"}
_HEADING = re.compile(
    r"特定個人情報保護評価書|^[(〔【]?(?:基礎|重点|全)項目評価書?[)〕】]?(?:[(〔【]?素?案[)〕】]?)?$"
)
_STAMP = re.compile(r"様式第?[2-4]")


class Front(NamedTuple):
    """One page: what its labels name, and what stands beside them."""

    page: int
    values: dict[str, tuple[str, ...]]
    """Field -> texts that may be its value, the likeliest first; a field without its label is absent."""
    headings: tuple[str, ...]
    """The form's name and stamp."""
    texts: tuple[str, ...]
    """Every cell and loose line on the page, white space taken out."""

    @property
    def is_cover(self) -> bool:
        return bool(self.values) and len(self.values) + bool(self.headings) > 1

    @property
    def has_changes(self) -> bool:
        """Part of a change table, whose 項目 may well be labels of the cover."""
        return len(_HEADER & set(self.texts)) > 1 or bool(_TIMINGS & set(self.texts))


def read_front(layout: Layout) -> Front:
    """A page -> the values beside the labels of a cover; no values when it has no labels."""
    found = list(pieces(layout))
    first = min((piece.box[1] for piece in found if piece.label), default=0.0)
    headings = [piece for piece in found if piece.label is None and _heads(piece, first)]
    text = [piece for piece in found if piece not in headings]
    values: dict[str, tuple[str, ...]] = {}
    for label in (piece for piece in found if piece.label):
        assert label.label
        values.setdefault(label.label, ())
        values[label.label] += tuple(filter(str.strip, _beside(label, text)))
    return Front(
        layout.page,
        values,
        tuple(squeezed(piece.text) for piece in headings),
        tuple(squeezed(text) for text in _texts(layout)),
    )


def _heads(piece: Piece, first_label: float) -> bool:
    text = squeezed(piece.text)
    return bool(
        (piece.box[1] <= first_label and _HEADING.search(text)) or (len(text) < 20 and _STAMP.search(text))
    )


def _texts(layout: Layout) -> Iterator[str]:
    for grid in layout.grids:
        yield from (cell.text for cell in grid.cells)
    yield from (line.text for line in layout.lines)


# ---------------------------------------------------------------- label -> text beside it


def _beside(label: Piece, around: list[Piece]) -> Iterator[str]:
    """What may be a label's value: to its right first, then below."""
    labels = [piece for piece in around if piece.label is not None and piece is not label]
    texts = [piece for piece in around if piece.label is None]
    row = [piece for piece in labels if _same_row(label, piece)]
    right_end = min((piece.box[0] for piece in row if piece.box[0] >= label.box[2] - _TOUCH), default=1e9)
    foot = min((piece.box[1] for piece in labels if piece.box[1] >= label.box[3] - _TOUCH), default=1e9)

    right = [
        piece
        for piece in texts
        if _same_row(label, piece) and label.box[2] - _TOUCH <= piece.box[0] < right_end - _TOUCH
    ]
    below = [piece for piece in texts if piece.box[1] >= label.box[3] - _TOUCH]
    if cells := [piece for piece in right if piece.ruled]:
        yield min(cells, key=lambda piece: piece.box[0]).text
    elif right:
        under = [
            p for p in below if label.box[2] - _TOUCH <= p.box[0] < right_end and p.box[1] < foot - _TOUCH
        ]
        yield _paragraph([*right, *(piece for piece in under if not piece.ruled)])

    left, edge = _column(label, row)
    if label.ruled:
        below = [piece for piece in below if _overlaps(label, piece) or not piece.ruled]
    column = [piece for piece in below if left <= _middle(piece) < edge]
    column = column or [piece for piece in below if piece.box[0] <= _middle(label) <= piece.box[2]]
    if not column:
        return
    nearest = min(column, key=lambda piece: piece.box[1])
    if nearest.ruled:
        blocked = any(
            _overlaps(label, piece) and label.box[3] - _TOUCH <= piece.box[1] < nearest.box[1]
            for piece in labels
        )
        if not blocked:
            yield nearest.text
    else:
        yield _paragraph(
            [piece for piece in column if not piece.ruled and piece.box[1] < foot - _TOUCH], label.box[3]
        )


def _column(label: Piece, row: list[Piece]) -> tuple[float, float]:
    """The strip of the page below a label, up to half-way to the labels beside it."""
    left = max((piece.box[2] for piece in row if piece.box[2] <= label.box[0] + _TOUCH), default=None)
    right = min((piece.box[0] for piece in row if piece.box[0] >= label.box[2] - _TOUCH), default=None)
    return (
        -1e9 if left is None else (left + label.box[0]) / 2,
        1e9 if right is None else (right + label.box[2]) / 2,
    )


def _paragraph(parts: list[Piece], start: float | None = None) -> str:
    """Pieces -> their text line by line, up to the first wide gap."""
    lines: list[list[Piece]] = []
    bottom = start
    for piece in sorted(parts, key=lambda piece: (piece.box[1], piece.box[0])):
        height = piece.box[3] - piece.box[1]
        if _FORM_BODY.match(piece.text):
            break
        if lines and _same_row(lines[-1][0], piece):
            lines[-1].append(piece)
        elif bottom is None or piece.box[1] - bottom <= _LEADING * height * (1 if lines else 3):
            lines.append([piece])
        else:
            break
        bottom = piece.box[3]
    return "\n".join(map(_as_read, lines))


def _as_read(line: list[Piece]) -> str:
    """The pieces of one row -> their text; where they were cut from one line, that line's own text."""
    ordered = sorted(line, key=lambda piece: piece.box[0])
    whole, start, _ = ordered[0].source
    if {piece.source[0] for piece in ordered} == {whole} and whole:
        return whole[start : ordered[-1].source[2]]
    return " ".join(piece.text for piece in ordered)


def _same_row(one: Piece, other: Piece) -> bool:
    shared = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    return shared > 0.5 * min(one.box[3] - one.box[1], other.box[3] - other.box[1])


def _overlaps(one: Piece, other: Piece) -> bool:
    return min(one.box[2], other.box[2]) - max(one.box[0], other.box[0]) > _TOUCH


def _middle(piece: Piece) -> float:
    return (piece.box[0] + piece.box[2]) / 2


def fronts(layouts: Iterable[Layout]) -> list[list[Front]]:
    """Pages -> covers, each the pages it stands on; pages that are no cover are left out.

    A page with only labels that the cover before lacks continues it.
    """
    covers: list[list[Front]] = []
    for front in map(read_front, layouts):
        if not front.values or front.has_changes:
            continue
        known = {field for part in covers[-1] for field in part.values} if covers else set()
        if covers and front.page <= covers[-1][-1].page + 1 and not known & set(front.values):
            covers[-1].append(front)
        elif front.is_cover:
            covers.append([front])
    return covers
