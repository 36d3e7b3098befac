"""A cell's drawn lines -> its paragraphs: wrapped lines joined, real line ends kept.

A line was wrapped when what follows would not have fitted behind it. So the question at each line
end is how much room was left, measured in what stands first on the next line: a character with the
closing marks that must not begin a line, or a whole Latin word. Where the line is full, the texts
decide: a bullet or the next number of a list begins a paragraph, a comma ends none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Literal, NamedTuple

from ..model import Box, Line, Piece
from .starts import Openings, Start, names_item

Ending = Literal["sentence", "bracket", "heading", "open", "other"]


class Break(NamedTuple):
    """What is seen where one line ends and the next begins."""

    room: float
    """Free space behind the line, over the width of the next line's first unit: 1 would just have fitted."""
    spread: float
    """Distance to the next line, over the usual one in this cell."""
    ends: Ending
    """How the line ends: 。, a closing bracket, a whole line in 【】, a comma or opening bracket, or else."""
    starts: Start
    """How the next line starts."""
    in_list: bool
    """The next line's number follows one that started a line above, or is the first of such."""
    in_item: bool
    """The cell holds an item's address (Ⅲ-2 …), whose parts stand on lines of their own."""
    shift: float
    """How far right of this line the next one starts, in ems."""
    within: bool
    """This line carries on a paragraph that began on a line above."""


def is_line_end(seen: Break) -> bool:
    """Whether a paragraph ends here; else the line was wrapped.

    >>> is_line_end(Break(3.0, 1.0, "other", "text", False, False, 0.0, False))  # much room left
    True
    >>> is_line_end(Break(0.4, 1.0, "open", "number", True, False, 0.0, False))  # full, and ends in 、
    False
    """
    marked = seen.starts not in ("text", "aside")
    ended = seen.ends in ("sentence", "bracket")
    enough = _ROOM_FREE if (marked and not seen.in_item) or seen.ends == "sentence" else _ROOM_SURE
    if seen.ends == "open":
        enough = _ROOM_OPEN
    if seen.room > enough or seen.spread > _PARTED or seen.ends == "heading":
        return True
    if seen.ends == "open":
        return False
    match seen.starts:
        case "bullet":
            return ended or seen.in_list
        case "number":
            return ended or seen.in_list or seen.in_item
        case "named":
            return seen.in_item
        case "label":
            return True
        case "heading":
            return ended or seen.in_item
        case "indent":
            return ended
        case "aside":
            return ended or not seen.in_item
        case _:
            # Hanging lines: the next paragraph starts left of the lines that carry one on; and where
            # first lines are indented, right of them.
            return ended and seen.within and abs(seen.shift) > _SHIFTED


# Measured over producers: less than one unit is left behind a wrapped line. More than that is seen
# where a producer's right margin is wider than its left one, never as much as two units.
_ROOM_FREE, _ROOM_SURE, _ROOM_OPEN = 1.0, 1.55, 2.5
_PARTED = 1.35
_SHIFTED = 0.7


def paragraphs(pieces: Sequence[Piece]) -> str:
    """Pieces of one cell, line by line -> its text, paragraphs parted by line ends.

    The lines of a transcript (plain strings) are paragraphs already.

    >>> box = (0.0, 0.0, 84.0, 36.0)
    >>> drawn = ["①接種記録の管", "理", "②証明書の交付"]
    >>> lines = tuple(Line(t, 2.0, 12.0 * k, 2.0 + 11 * len(t), 12.0 * k + 11) for k, t in enumerate(drawn))
    >>> paragraphs([Piece(lines, 1, box)])
    '①接種記録の管理\\n②証明書の交付'
    """
    drawn = _drawn(pieces)
    if not drawn:
        return ""
    ends = [True, *_line_ends(drawn)]
    result = ""
    for line, begins in zip(drawn, ends, strict=True):
        result = f"{result}\n{line.text}" if begins and result else joined(result, line.text)
    return result


def joined(left: str, right: str) -> str:
    """Two parts of a wrapped line -> one text, with a space only where words of letters meet.

    >>> joined("統合宛名シス", "テム"), joined("Microsoft", "Excel"), joined("電話：012-345-", "6789")
    ('統合宛名システム', 'Microsoft Excel', '電話：012-345-6789')
    """
    spaced = left[-1:] in " \t" or right[:1] in " \t"
    left, right = left.rstrip(" \t"), right.lstrip(" \t")
    if not left or not right:
        return left + right
    words = bool(re.search(r"[A-Za-z0-9,;]$", left) and re.match("[A-Za-z0-9(]", right))
    between = spaced and (left[-1].isascii() or right[0].isascii())
    return f"{left} {right}" if words or between else left + right


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
        _Drawn(line.text, line, piece, k == 0)
        if isinstance(line, Line)
        # A line end inside a transcript's line is its source's layout (HTML): no line ends there.
        else _Drawn(_INNER_LINE_END.sub(" ", line).strip(), None, piece, k == 0)
        for piece in pieces
        for k, line in enumerate(piece.lines)
    ]


_INNER_LINE_END = re.compile(r"[ \t]*\n\s*")


def _line_ends(drawn: Sequence[_Drawn]) -> Iterator[bool]:
    """For each line but the last whether a paragraph ends with it."""
    frames = {
        id(piece): _Frame.of(piece) for piece in {id(line.piece): line.piece for line in drawn}.values()
    }
    texts = [line.text for line in drawn]
    openings = Openings(texts)
    in_item = names_item(texts)
    paragraph, within = texts[0], False
    for k, (this, following) in enumerate(pairwise(drawn)):
        if this.line is None and not following.first:
            ends = True
        else:
            room, spread, shift = _geometry(this, following, frames[id(this.piece)])
            in_list = openings.continues(k + 1)
            ends = is_line_end(
                Break(
                    room,
                    spread,
                    _ending(paragraph, following.text),
                    openings.starts[k + 1],
                    in_list,
                    in_item,
                    shift,
                    within,
                )
            )
        yield ends
        paragraph, within = (following.text, False) if ends else (joined(paragraph, following.text), True)


_WHOLE_HEADING = re.compile(r"[【＜<《〈≪〔][^【＜<《〈≪〔]*[】＞>》〉≫〕]")


def _ending(paragraph: str, following: str) -> Ending:
    """How the paragraph so far ends; a number that the next line's digits carry on ends nothing."""
    text = paragraph.rstrip()
    if _WHOLE_HEADING.fullmatch(text):
        return "heading"
    last = text[-1:]
    if last.isdecimal() and following[:1].isdecimal():
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
    def of(cls, piece: Piece) -> _Frame:
        lines = [line for line in piece.lines if isinstance(line, Line)]
        if not lines:
            return cls(0.0, None, 1.0, None)
        box = piece.box or _hull(lines)
        em = median((line.x1 - line.x0) / _width(line.text) for line in lines if _width(line.text))
        steps = [below.y0 - line.y0 for line, below in pairwise(lines)]
        return cls(
            right=_right(lines, box, em),
            centre=_centre(lines, box, em),
            em=em,
            pitch=median(steps) if len(steps) > 2 else None,
        )


def _right(lines: Sequence[Line], box: Box, em: float) -> float:
    """The right edge of the text: as far from the cell's border as the left one, unless lines show another."""
    left = min(line.x0 for line in lines)
    even = box[2] - min(left - box[0], em)
    # Commas and full stops may hang over the edge.
    seen = max(line.x1 - (em if line.text.rstrip()[-1:] in "、。，．" else 0.0) for line in lines)
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


def _geometry(this: _Drawn, following: _Drawn, frame: _Frame) -> tuple[float, float, float]:
    """Room, spread and shift between two lines; where nothing is drawn, a full line at an even distance."""
    if this.line is None or following.line is None:
        return 0.0, 1.0, 0.0
    line, below = this.line, following.line
    scale = (below.x1 - below.x0) / (_width(below.text) or 1.0)
    unit = _width(first_unit(below.text)) * scale
    free = frame.right - line.x1
    if frame.centre is not None:
        free = 2 * (frame.right - frame.centre) - (line.x1 - line.x0)
    if following.first:  # over a page break
        return free / max(unit, 0.1), 1.0, 0.0
    spread = (below.y0 - line.y0) / frame.pitch if frame.pitch else 1.0
    shift = 0.0 if frame.centre is not None else (below.x0 - line.x0) / frame.em
    return free / max(unit, 0.1), spread, shift


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
    "、。，．,.)）」』】》〉≫＞>］]｝}〕”’・‧･：；:;？！?!％%‰℃々ーァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎヽヾゝゞ゛゜"
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
