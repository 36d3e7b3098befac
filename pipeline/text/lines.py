"""A cell's drawn lines -> its paragraphs: wrapped lines joined, real line ends kept.

A line was wrapped when what follows would not have fitted behind it. So the question at each line
end is how much room was left, measured in what stands first on the next line: a character with the
closing marks that must not begin a line, or a whole Latin word. Where the line is full, the texts
decide: a bullet or the next number of a list begins a paragraph, a comma ends none.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping, Sequence
from itertools import dropwhile
from math import inf

import numpy as np

from ..characters import shown
from ..line import PLACE, Lines
from ..model import Piece
from .breaks import Seam, at_first_sight, ending, is_line_end
from .measured import Integers, Packed, margins, measured
from .starts import Openings

_ENOUGH_CELLS = 8
"""Fewer cells of several lines do not show a table's margin."""
_TWO_LINES = 2 * np.dtype(PLACE).itemsize
_AT_ONCE = 1000
"""Pieces of cells measured at once; all of a long table's would take more memory than to read it."""


def right_margin(cells: Iterable[Sequence[Piece]]) -> float | None:
    """A table's cells of running text -> how far from a cell's border its wrapped lines end; None if unseen.

    One style holds for a table's cells, so the fullest lines of all show where a line must wrap.
    """
    pieces = [
        piece
        for cell in cells
        for piece in cell
        if piece.box and isinstance(lines := piece.lines, Lines) and len(lines.places) > _TWO_LINES
    ]
    ends = sorted(
        end for first in range(0, len(pieces), _AT_ONCE) for end in margins(pieces[first : first + _AT_ONCE])
    )
    if len(ends) < _ENOUGH_CELLS:
        return None
    return ends[len(ends) // 10]  # not the least: now and then a line sticks out


def paragraphs(cells: Sequence[Sequence[Piece]], margin: float | None = None) -> list[str]:
    """Cells of a table, each its pieces, line by line -> their texts, paragraphs parted by line ends.

    `margin`: the table's right margin (`right_margin`); without it each cell's left one has to serve. The
    lines of a transcript (plain strings) are paragraphs already.

    >>> from pipeline.line import Line
    >>> drawn = ["①接種記録の管", "理", "②証明書の交付"]
    >>> lines = [Line(t, 2.0, 12.0 * k, 2.0 + 11 * len(t), 12.0 * k + 11) for k, t in enumerate(drawn)]
    >>> paragraphs([[Piece(Lines.of(lines), 1, (0.0, 0.0, 84.0, 36.0))]])
    ['①接種記録の管理\\n②証明書の交付']
    """
    drawn = [
        (number, piece)
        for number, cell in enumerate(cells)
        for piece in cell
        if isinstance(lines := piece.lines, Lines) and lines.places
    ]
    if not drawn:
        return [_in_transcript(cell) for cell in cells]
    packed = Packed.of([piece for _, piece in drawn])
    cell = np.repeat([number for number, _ in drawn], packed.counts)
    return _on_pages(packed, cell, len(cells), margin)


def _on_pages(packed: Packed, cell: Integers, cells: int, margin: float | None) -> list[str]:
    """Lines, which of so many cells each stands in, and the table's margin -> the cells' texts.

    Most seams need no second look: their lines are joined, or stay parted, for all cells at once.
    """
    text, below = shown(packed.text), np.diff(cell, prepend=-1) == 0
    start, stop, seams = measured(packed, margin, below)
    sight = at_first_sight(text, start, stop, seams, below)
    in_doubt = np.bincount(cell[below & ~sight.runs_on & ~sight.ends], minlength=cells) != 0
    runs_on = below & sight.runs_on & ~(sight.signed & in_doubt[cell])
    whole, gone = _without(text, start[runs_on] - 1), np.cumsum(runs_on)
    heads = np.flatnonzero(~runs_on)
    feet = np.append(heads[1:], len(start)) - 1
    starts, firsts, stops = (
        (at[lines] - gone[lines]).tolist() for at, lines in ((start, heads), (stop, heads), (stop, feet))
    )
    behind = np.cumsum(np.bincount(cell[heads], minlength=cells)).tolist()
    own = list(zip([0, *behind], behind, strict=False))  # which strands, lines that run on, are each cell's
    texts = [whole[starts[first] : stops[last - 1]] if last > first else "" for first, last in own]
    doubted = np.flatnonzero(below & ~runs_on & ~sight.ends)
    above = dict(zip(doubted.tolist(), seams.above(doubted), strict=True))
    numbers = heads.tolist()
    for number in dict.fromkeys(cell[doubted].tolist()):  # they ascend
        first, last = own[number]
        strands = [whole[starts[at] : stops[at]] for at in range(first, last)]
        heading = [whole[starts[at] : firsts[at]] for at in range(first, last)]
        seen = {at: above[line] for at, line in enumerate(numbers[first:last]) if line in above}
        texts[number] = _cell_text(strands, heading, seen)
    return texts


def _without(text: str, places: Integers) -> str:
    """A text without some of its characters."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return np.delete(codes, places).tobytes().decode("utf-32-le", "surrogatepass")


def _in_transcript(cell: Sequence[Piece]) -> str:
    """A line end inside a line is its source's layout (HTML): no line ends there."""
    lines = [(at, line) for piece in cell for at, line in enumerate(piece.lines) if isinstance(line, str)]
    texts = [_INNER_LINE_END.sub(" ", line).strip() for _, line in lines]
    return _cell_text(texts, texts, {k: Seam(inf if at else 0.0) for k, (at, _) in enumerate(lines) if k})


_INNER_LINE_END = re.compile(r"[ \t]*\n\s*")


def _cell_text(strands: Sequence[str], firsts: Sequence[str], seams: Mapping[int, Seam]) -> str:
    """Strands of one cell -> its text.

    A strand is lines of which each carries on the one above at first sight, often just one; `firsts` are
    their first lines. `seams`: those above strands that may carry on the one before; above others a paragraph
    ends.
    """
    openings = Openings(strands, firsts) if seams else None
    paragraphs: list[str] = []
    done = joined_last = 0
    for at, seam in seams.items():
        paragraphs += strands[done:at]
        within = joined_last == at or len(strands[at - 1]) > len(firsts[at - 1])
        ends = ending(paragraphs[-1], firsts[at])
        if openings and is_line_end(seam, ends, within, openings, at):
            paragraphs.append(strands[at])
        else:
            paragraphs[-1] = joined(paragraphs[-1], strands[at], seam.full)
            joined_last = at + 1
        done = at + 1
    paragraphs += strands[done:]
    return "\n".join(dropwhile(lambda text: not text, paragraphs))


_CHECK_BOX = re.compile(r"[\[［][\s○〇●✓]?[\]］]")
"""`[○]紙 [ ]電子記録媒体`: what stands between two boxes of the form is white space."""


def joined(left: str, right: str, cut: bool = False) -> str:
    """Two parts of a wrapped line -> one text, with a space only where words of letters meet.

    `cut`: the line is full to the last letter, so that a word may have been cut in two.

    >>> joined("統合宛名シス", "テム"), joined("Microsoft", "Excel"), joined("電話：012-345-", "6789")
    ('統合宛名システム', 'Microsoft Excel', '電話：012-345-6789')
    """
    if left[-1:] > "\x7f" and right[:1] > "\x7f" and right[0] != "［":
        return left + right  # Japanese on both sides, as in most places
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
