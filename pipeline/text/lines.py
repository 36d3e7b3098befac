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
from itertools import islice
from math import inf

from ..line import Lines
from ..model import Piece
from .breaks import Ending, Seam, is_line_end
from .measured import Measured
from .starts import Openings

_ENOUGH_CELLS = 8
"""Fewer cells of several lines do not show a table's margin."""
_AT_ONCE = 300
"""Pieces of cells measured at once; all of a long table's would take more memory than to read it."""


def right_margin(cells: Iterable[Sequence[Piece]]) -> float | None:
    """A table's cells of running text -> how far from a cell's border its wrapped lines end; None if unseen.

    One style holds for a table's cells, so the fullest lines of all show where a line must wrap.
    """
    pieces = [piece for cell in cells for piece in cell if piece.box and len(piece.lines) > 2]
    margins = sorted(
        margin
        for first in range(0, len(pieces), _AT_ONCE)
        for margin in Measured(pieces[first : first + _AT_ONCE]).margins()
    )
    if len(margins) < _ENOUGH_CELLS:
        return None
    return margins[len(margins) // 10]  # not the least: now and then a line sticks out


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
    texts, seams = _on_pages(cells, margin) or _in_transcript(cells)
    counts = [sum(len(piece.lines) for piece in cell) for cell in cells]
    return [_cell_text(list(islice(texts, count)), islice(seams, count)) for count in counts]


_Seen = tuple[Iterator[str], Iterator[Seam]]
"""The texts of a table's lines, and the seam above each."""


def _on_pages(cells: Sequence[Sequence[Piece]], margin: float | None) -> _Seen | None:
    drawn = (piece for cell in cells for piece in cell if isinstance(piece.lines, Lines))
    pieces = [piece for piece in drawn if piece.lines]
    if not pieces:
        return None
    measured = Measured(pieces)
    return measured.texts(), measured.seams(margin)


def _in_transcript(cells: Sequence[Sequence[Piece]]) -> _Seen:
    """A line end inside a line is its source's layout (HTML): no line ends there."""
    pieces = [piece.lines for cell in cells for piece in cell if not isinstance(piece.lines, Lines)]
    texts = (_INNER_LINE_END.sub(" ", line).strip() for lines in pieces for line in lines)
    return texts, (Seam(room=inf if at else 0.0) for lines in pieces for at in range(len(lines)))


_INNER_LINE_END = re.compile(r"[ \t]*\n\s*")


def _cell_text(lines: Sequence[str], above: Iterable[Seam]) -> str:
    """The lines of one cell and the seam above each -> its text."""
    openings = Openings(lines) if len(lines) > 1 else None
    whole: list[str] = []
    paragraph, within = "", False
    for at, (line, seam) in enumerate(zip(lines, above, strict=True)):
        if openings and at and not is_line_end(seam, _ending(paragraph, line), within, openings, at):
            paragraph, within = joined(paragraph, line, seam.full), True
            continue
        if paragraph or whole:
            whole.append(paragraph)
        paragraph, within = line, False
    return "\n".join([*whole, paragraph])


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
