"""A cell's drawn lines -> its paragraphs: wrapped lines joined, real line ends kept.

A line was wrapped when what follows would not have fitted behind it. So the question at each line
end is how much room was left, measured in what stands first on the next line: a character with the
closing marks that must not begin a line, or a whole Latin word. Where the line is full, the texts
decide: a bullet or the next number of a list begins a paragraph, a comma ends none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Literal, NamedTuple

from ..characters import ideographs, symbols
from ..model import Box, Line, Piece
from .breaks import Break, Ending, is_line_end
from .starts import Openings, names_item

_ENOUGH_CELLS = 8
"""Fewer cells of several lines do not show a table's margin."""


def right_margin(pieces: Iterable[Piece]) -> float | None:
    """All pieces of a table's cells -> how far from a cell's border its wrapped lines end; None if unseen.

    One style holds for a table's cells, so the fullest lines of all show where a line must wrap.
    """
    margins = sorted(
        piece.box[2] - _reach(lines, _em(lines))
        for piece in pieces
        if piece.box and len(lines := [line for line in piece.lines if isinstance(line, Line)]) > 2
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
    drawn = _drawn(pieces)
    result = drawn[0].text if drawn else ""
    for line, seam in zip(drawn[1:], _seams(drawn, margin), strict=True):
        result = (
            f"{result}\n{line.text}" if seam == "end" and result else joined(result, line.text, seam == "cut")
        )
    return result


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
    if _CHECK_BOX.match(right):
        return f"{left} {right}"
    words = bool(re.search(r"[A-Za-z0-9,;]$", left) and re.match("[A-Za-z0-9(]", right))
    words &= not (left[-1].isdecimal() and right[0].isdecimal())  # a number that was cut
    between = left[-1].isascii() or right[0].isascii()
    return f"{left} {right}" if (spaced and between) or (words and not cut) else left + right


# ---------------------------------------------------------------- what is seen


class _Drawn(NamedTuple):
    """A line with what is known of its piece."""

    text: str
    line: Line | None
    """None for a transcript's line."""
    piece: Piece
    first: bool
    """The first line of its piece."""


def _drawn(pieces: Sequence[Piece]) -> list[_Drawn]:
    return [
        _Drawn(symbols(ideographs(line.text)), line, piece, k == 0)
        if isinstance(line, Line)
        # A line end inside a transcript's line is its source's layout (HTML): no line ends there.
        else _Drawn(_INNER_LINE_END.sub(" ", line).strip(), None, piece, k == 0)
        for piece in pieces
        for k, line in enumerate(piece.lines)
    ]


_INNER_LINE_END = re.compile(r"[ \t]*\n\s*")


Seam = Literal["end", "wrap", "cut"]
"""Between two lines: a paragraph's end, a wrapped line, or one that is full to the last letter."""


def _seams(drawn: Sequence[_Drawn], margin: float | None) -> Iterator[Seam]:
    """What stands between each line and the next."""
    frames = {id(line.piece): _Frame.of(line.piece, margin) for line in drawn if line.first}
    texts = [line.text for line in drawn]
    openings = Openings(texts)
    in_item = names_item(texts)
    paragraph, within = texts[0] if texts else "", False
    for k, (this, following) in enumerate(pairwise(drawn)):
        frame = frames[id(this.piece)]
        free = _free(this, frame)
        if this.line is None and not following.first:
            ends = True
        else:
            ends = is_line_end(
                Break(
                    room=_room(free, following),
                    spread=_spread(this, following, frame),
                    ends=_ending(paragraph, following.text),
                    starts=openings.starts[k + 1],
                    in_list=openings.continues(k + 1),
                    in_item=in_item,
                    shift=_shift(this, following, frame),
                    within=within,
                    last=k + 2 == len(drawn),
                )
            )
        cut = this.line is not None and free < 0.5 * frame.em
        yield "end" if ends else "cut" if cut else "wrap"
        paragraph, within = (
            (following.text, False) if ends else (joined(paragraph, following.text, cut), True)
        )


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
    if _WHOLE_HEADING.fullmatch(text):
        return "heading"
    last = text[-1:]
    if following[:1].isdecimal() and (last.isdecimal() or text.endswith(_COUNTED)):
        return "open"
    if last and last in "。．！？!?":
        return "sentence"
    if last and last in ")）」』】＞>》〉≫］]}〕":
        return "bracket"
    return "open" if last and last in "、，,・･‧(（「『【＜<《〈［[{〔：:／/～〜" else "other"


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
    def of(cls, piece: Piece, margin: float | None) -> _Frame:
        lines = [line for line in piece.lines if isinstance(line, Line)]
        if not lines:
            return cls(0.0, None, 1.0, None)
        box = piece.box or _hull(lines)
        em = _em(lines)
        steps = [below.y0 - line.y0 for line, below in pairwise(lines)]
        return cls(
            right=_right(lines, box, em, margin),
            centre=_centre(lines, box, em),
            em=em,
            pitch=median(steps) if len(steps) > 2 else None,
        )


def _em(lines: Sequence[Line]) -> float:
    return median((line.x1 - line.x0) / (_width(line.text) or 1.0) for line in lines)


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


def _free(this: _Drawn, frame: _Frame) -> float:
    """Space behind a line; none behind a transcript's."""
    if this.line is None:
        return 0.0
    if frame.centre is not None:
        return 2 * (frame.right - frame.centre) - (this.line.x1 - this.line.x0)
    return frame.right - this.line.x1


def _room(free: float, following: _Drawn) -> float:
    below = following.line
    if below is None:
        return 0.0
    scale = (below.x1 - below.x0) / (_width(below.text) or 1.0)
    return free / max(_width(first_unit(below.text)) * scale, 0.1)


def _spread(this: _Drawn, following: _Drawn, frame: _Frame) -> float:
    if this.line is None or following.line is None or following.first or not frame.pitch:
        return 1.0
    return (following.line.y0 - this.line.y0) / frame.pitch


def _shift(this: _Drawn, following: _Drawn, frame: _Frame) -> float:
    if this.line is None or following.line is None or following.first or frame.centre is not None:
        return 0.0
    return (following.line.x0 - this.line.x0) / frame.em


def _hull(lines: Sequence[Line]) -> Box:
    return (
        min(line.x0 for line in lines),
        min(line.y0 for line in lines),
        max(line.x1 for line in lines),
        max(line.y1 for line in lines),
    )


def _width(text: str) -> float:
    """Width in ems: one for a full-width character, a half for ASCII and half-width katakana."""
    text = text.strip()
    return len(text) - 0.5 * len(_HALF_WIDTH.findall(text))


_HALF_WIDTH = re.compile("[ -~\uff61-\uff9f]")
_OPENING = re.escape("(（「『【《〈≪＜<［[｛{〔“‘")
_CLOSING = re.escape(
    "、。，．,.)）」』】》〉≫＞>］]｝}〕”’・‧･：；:;？！?!"
    "％%‰℃々ーァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎヽヾゝゞ゛゜"
)
_UNIT = re.compile(
    rf"\s*[{_OPENING}]*"
    r"(?:[0-9]+(?:[.,\-][0-9]+)*.?|[!-~]+|[ｦ-ﾟ]+|.)"  # a number with its counter, a word, a character
    rf"[{_CLOSING}]*"
    r"(?:(?<=[、。，．,.・])[!-~]{1,12})?"  # some keep a word with the comma before it
)


def first_unit(text: str) -> str:
    """What must stand together at the start of a line: no closing mark begins a line, no word is cut.

    >>> first_unit("る。その後"), first_unit("「ＶＲＳ」を"), first_unit("LGWAN回線"), first_unit("26年度")
    ('る。', '「Ｖ', 'LGWAN', '26年')
    """
    found = _UNIT.match(text)
    return found.group() if found else text[:1]
