"""A cell's drawn lines -> its paragraphs: wrapped lines joined, real line ends kept.

A line was wrapped when what follows would not have fitted behind it. So the question at each line
end is how much room was left, measured in what stands first on the next line: a character with the
closing marks that must not begin a line, or a whole Latin word. Where the line is full, the texts
decide: a bullet or the next number of a list begins a paragraph, a comma ends none.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from ..characters import shown
from ..model import Box, Line, Piece
from .breaks import Break, Ending, is_line_end
from .starts import Openings
from .widths import width, width_of_first_unit

_ENOUGH_CELLS = 8
"""Fewer cells of several lines do not show a table's margin."""


def right_margin(pieces: Iterable[Piece]) -> float | None:
    """All pieces of a table's cells -> how far from a cell's border its wrapped lines end; None if unseen.

    One style holds for a table's cells, so the fullest lines of all show where a line must wrap.
    """
    margins = sorted(
        piece.box[2] - _reach(lines, _median(_scales(lines)))
        for piece in pieces
        if piece.box and len(piece.lines) > 2 and len(lines := _with_place(piece)) > 2
    )
    if len(margins) < _ENOUGH_CELLS:
        return None
    return margins[len(margins) // 10]  # not the least: now and then a line sticks out


def paragraphs(pieces: Sequence[Piece], margin: float | None = None) -> str:
    """Pieces of one cell, line by line -> its text, paragraphs parted by line ends.

    `margin`: the table's right margin (`right_margin`); without it the cell's left one has to serve.
    The lines of a transcript (plain strings) are paragraphs already.

    >>> box = (0.0, 0.0, 84.0, 36.0)
    >>> drawn = ["①接種記録の管", "理", "②証明書の交付"]
    >>> lines = tuple(Line(t, 2.0, 12.0 * k, 2.0 + 11 * len(t), 12.0 * k + 11) for k, t in enumerate(drawn))
    >>> paragraphs([Piece(lines, 1, box)])
    '①接種記録の管理\\n②証明書の交付'
    """
    if sum(len(piece.lines) for piece in pieces) == 1:
        return next(_text_of(line) for piece in pieces for line in piece.lines)
    drawn = [line for piece in pieces for line in _drawn(piece, margin)]
    texts = [line.text for line in drawn]
    openings = Openings(texts)
    whole: list[str] = []
    paragraph, within = "", False
    for at, line in enumerate(drawn):
        ends, cut = (True, False) if at == 0 else _seam(drawn, at, paragraph, within, openings)
        if not ends:
            paragraph, within = joined(paragraph, line.text, cut), True
            continue
        if paragraph or whole:
            whole.append(paragraph)
        paragraph, within = line.text, False
    return "\n".join([*whole, paragraph])


_CHECK_BOX = re.compile(r"[\[［][\s○〇●✓]?[\]］]")
"""`[○]紙 [ ]電子記録媒体`: what stands between two boxes of the form is white space."""


def joined(left: str, right: str, cut: bool = False) -> str:
    """Two parts of a wrapped line -> one text, with a space only where words of letters meet.

    `cut`: the line is full to the last letter, so that a word may have been cut in two.

    >>> joined("統合宛名シス", "テム"), joined("Microsoft", "Excel"), joined("電話：012-345-", "6789")
    ('統合宛名システム', 'Microsoft Excel', '電話：012-345-6789')
    """
    spaced = left[-1:] in " \t" or right[:1] in " \t"
    left, right = left.rstrip(" \t"), right.lstrip(" \t")
    if not left or not right:
        return left + right
    last, first = left[-1], right[0]
    if first in "[［" and _CHECK_BOX.match(right):
        return f"{left} {right}"
    words = last in _ENDS_WORD and first in _BEGINS_WORD
    words &= not (last.isdecimal() and first.isdecimal())  # a number that was cut
    between = last.isascii() or first.isascii()
    return f"{left} {right}" if (spaced and between) or (words and not cut) else left + right


_ENDS_WORD = frozenset(f"{string.ascii_letters}{string.digits},;")
_BEGINS_WORD = frozenset(f"{string.ascii_letters}{string.digits}(")


# ---------------------------------------------------------------- what is seen


class _Drawn(NamedTuple):
    """A line with what is known of its piece."""

    text: str
    line: Line | None
    """None for a transcript's line."""
    scale: float
    """Width of an em of it."""
    frame: _Frame
    first: bool
    """The first line of its piece."""


def _drawn(piece: Piece, margin: float | None) -> Iterator[_Drawn]:
    placed = _with_place(piece)
    scales = _scales(placed)
    frame = _Frame.of(placed, scales, piece.box, margin)
    widths = iter(scales)
    for k, line in enumerate(piece.lines):
        if isinstance(line, Line):
            yield _Drawn(shown(line.text), line, next(widths), frame, k == 0)
        else:
            yield _Drawn(_text_of(line), None, 1.0, frame, k == 0)


def _text_of(line: Line | str) -> str:
    """A line end inside a transcript's line is its source's layout (HTML): no line ends there."""
    return shown(line.text) if isinstance(line, Line) else _INNER_LINE_END.sub(" ", line).strip()


_INNER_LINE_END = re.compile(r"[ \t]*\n\s*")


def _seam(
    drawn: Sequence[_Drawn], at: int, paragraph: str, within: bool, openings: Openings
) -> tuple[bool, bool]:
    """Whether a paragraph ends before a line; else whether the line before is full to the last letter.

    `paragraph` is what of it stands above, `within` that these are several lines.
    """
    this, following = drawn[at - 1], drawn[at]
    if this.line is None and not following.first:
        return True, False
    free = _free(this)
    ends = is_line_end(
        Break(
            room=_room(free, following),
            spread=_spread(this, following),
            ends=_ending(paragraph, following.text),
            starts=openings.starts[at],
            in_list=openings.continues(at),
            in_item=openings.in_item,
            shift=_shift(this, following),
            within=within,
            last=at + 1 == len(drawn),
        )
    )
    return ends, this.line is not None and free < 0.5 * this.frame.em


_WHOLE_HEADING = re.compile(r"[【＜<《〈≪〔][^【＜<《〈≪〔]*[】＞>》〉≫〕]")


_COUNTED = (
    "第",
    "別添",
    "様式",
    "リスク",
    "システム",
    "委託事項",
    "提供先",
    "移転先",
    "平成",
    "令和",
    "丁目",
)


def _ending(paragraph: str, following: str) -> Ending:
    """How the paragraph so far ends; a number that the next line's digits carry on ends nothing."""
    text = paragraph.rstrip()
    last = text[-1:]
    if last in _CLOSES_HEADING and _WHOLE_HEADING.fullmatch(text):
        return "heading"
    if following[:1].isdecimal() and (last.isdecimal() or text.endswith(_COUNTED)):
        return "open"
    return _ENDINGS.get(last, "other")


_CLOSES_HEADING = frozenset("】＞>》〉≫〕")
_ENDINGS: dict[str, Ending] = {
    **dict.fromkeys("。．！？!?", "sentence"),
    **dict.fromkeys(")）」』】＞>》〉≫］]}〕", "bracket"),
    **dict.fromkeys("、，,・･‧(（「『【＜<《〈［[{〔：:／/～〜", "open"),
}


class _Frame(NamedTuple):
    """Where lines can stand in a piece of a cell."""

    right: float
    """Where wrapped lines end at the latest."""
    centre: float | None
    """The middle of the lines, when they are centred."""
    em: float
    pitch: float | None
    """The usual distance from line to line."""

    @classmethod
    def of(
        cls, lines: Sequence[Line], scales: Sequence[float], box: Box | None, margin: float | None
    ) -> _Frame:
        """The frame of a piece: its lines and how wide an em of each is, its box, the table's margin."""
        if not lines:
            return cls(0.0, None, 1.0, None)
        box = box or _hull(lines)
        em = _median(scales)
        steps = [below.y0 - line.y0 for line, below in pairwise(lines)]
        return cls(
            right=_right(lines, box, em, margin),
            centre=_centre(lines, box, em),
            em=em,
            pitch=_median(steps) if len(steps) > 2 else None,
        )


def _with_place(piece: Piece) -> list[Line]:
    return [line for line in piece.lines if isinstance(line, Line)]


def _scales(lines: Sequence[Line]) -> list[float]:
    """How wide an em of each line is."""
    return [(line.x1 - line.x0) / (width(line.text) or 1.0) for line in lines]


def _median(values: Iterable[float]) -> float:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _reach(lines: Sequence[Line], em: float) -> float:
    """How far right the lines stand; closing marks may hang over the edge."""
    return max(line.x1 - (em if line.text.rstrip()[-1:] in _MAY_HANG else 0.0) for line in lines)


_MAY_HANG = frozenset("、。，．）」』】〉》")


def _right(lines: Sequence[Line], box: Box, em: float, margin: float | None) -> float:
    """Where a line of this cell must wrap: by the table's margin, else as far in as on the left."""
    seen = _reach(lines, em)
    if margin is not None:
        return max(box[2] - margin, seen)
    even = box[2] - min(min(line.x0 for line in lines) - box[0], em)
    agreeing = sum(abs(line.x1 - seen) < 0.25 * em for line in lines)
    if agreeing >= 3 and even - seen < 2.5 * em:
        return seen
    return max(even, seen)


def _centre(lines: Sequence[Line], box: Box, em: float) -> float | None:
    middle = (box[0] + box[2]) / 2
    lefts = [line.x0 for line in lines]
    if max(lefts) - min(lefts) < 0.5 * em:
        return None
    return middle if all(abs((line.x0 + line.x1) / 2 - middle) < 0.3 * em for line in lines) else None


def _free(this: _Drawn) -> float:
    """Space behind a line; none behind a transcript's."""
    line, frame = this.line, this.frame
    if line is None:
        return 0.0
    if frame.centre is not None:
        return 2 * (frame.right - frame.centre) - (line.x1 - line.x0)
    return frame.right - line.x1


def _room(free: float, following: _Drawn) -> float:
    below = following.line
    if below is None:
        return 0.0
    return free / max(width_of_first_unit(below.text) * following.scale, 0.1)


def _spread(this: _Drawn, following: _Drawn) -> float:
    if this.line is None or following.line is None or following.first or not this.frame.pitch:
        return 1.0
    return (following.line.y0 - this.line.y0) / this.frame.pitch


def _shift(this: _Drawn, following: _Drawn) -> float:
    if this.line is None or following.line is None or following.first or this.frame.centre is not None:
        return 0.0
    return (following.line.x0 - this.line.x0) / this.frame.em


def _hull(lines: Sequence[Line]) -> Box:
    return (
        min(line.x0 for line in lines),
        min(line.y0 for line in lines),
        max(line.x1 for line in lines),
        max(line.y1 for line in lines),
    )
