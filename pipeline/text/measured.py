"""How the lines of a table's cells are set: their ems, edges and distances, all measured at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

from ..characters import shown
from ..line import PLACE, Lines
from ..model import Piece
from .breaks import Seams
from .widths import Parts

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class _Placed:
    """The lines of pieces of cells that stand on pages, one behind the other, and where they stand."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        packed = [piece.lines for piece in pieces if isinstance(piece.lines, Lines)]
        placed = [lines.places for lines in packed]
        places = np.frombuffer(b"".join(placed), PLACE)
        self._x0, self._y0, self._x1 = (places[side].astype(np.float64) for side in ("x0", "y0", "x1"))
        lengths = places["length"].astype(np.int64)
        self.stop = np.cumsum(lengths + 1) - 1
        """Where each line ends in the text of all."""
        self.start = self.stop - lengths
        self._text = "\n".join([lines.text for lines in packed])
        self._parts = Parts(self._text, self.start, self.stop)
        self.count = np.array(list(map(len, placed))) // places.itemsize
        """Of each piece, how many lines."""
        self._first = np.cumsum(self.count) - self.count
        sides = chain.from_iterable([piece.box or _NOWHERE for piece in pieces])
        boxes = np.fromiter(sides, np.float64, 4 * len(pieces)).reshape(-1, 4)
        framed = ~np.isnan(boxes[:, 0])
        self._left = np.where(framed, boxes[:, 0], self._least(self._x0))
        self._right = np.where(framed, boxes[:, 2], self._most(self._x1))

    def _to_lines(self, values: Floats) -> Floats:
        """Of each piece -> of each line."""
        return np.repeat(values, self.count)

    def _least(self, values: Floats) -> Floats:
        return np.minimum.reduceat(values, self._first)

    def _most(self, values: Floats) -> Floats:
        return np.maximum.reduceat(values, self._first)


_NOWHERE = (np.nan,) * 4


def margins(pieces: Sequence[Piece]) -> list[float]:
    """Pieces of cells -> how far from its right border the lines of each end; closing marks may hang over."""
    placed = _Placed(pieces)
    hang = placed._parts.hang()
    reach = placed._most(np.where(hang, -np.inf, placed._x1))
    ends = placed._right - reach
    # How far a mark may hang is measured only where one stands further right than all other lines.
    odd = np.flatnonzero(placed._most(placed._x1) > reach).tolist()
    if odd:
        measured = Measured([pieces[at] for at in odd])
        ends[odd] = measured._right - measured._reach
    told: list[float] = ends.tolist()
    return told


class Measured(_Placed):
    """The same lines, and how they are set."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        super().__init__(pieces)
        self.text = shown(self._text)
        """Of all lines, with line ends between them, as the pages show it."""
        wide = self._parts.widths()
        self._scale = (self._x1 - self._x0) / np.where(wide, wide, 1.0)
        """How wide an em of each line is."""
        self._piece = np.repeat(np.arange(len(pieces)), self.count)
        """Which each line stands in."""
        self._em = _medians(self._scale, self.count)
        self._reach = self._most(self._x1 - np.where(self._parts.hang(), self._to_lines(self._em), 0.0))
        """How far right the lines of each piece stand; closing marks may hang over the edge."""

    def seams(self, margin: float | None, wanted: Flags) -> Seams:
        """The seam above each line; it means nothing where none is wanted. Without the table's right margin
        the left one of each cell has to serve."""
        of_pieces = self._wraps(margin), self._middle(), self._em, self._pitch()
        wraps, middle, em, pitch = map(self._to_lines, of_pieces)
        centred = np.repeat(self._centred(), self.count)
        free = np.where(centred, 2 * (wraps - middle) - (self._x1 - self._x0), wraps - self._x1)
        below = self._is_below()
        unit = np.maximum(self._parts.widths_of_first_units(wanted) * self._scale, 0.1)
        room = np.roll(free, 1) / unit
        spread = _ratio(np.diff(self._y0, prepend=0.0), pitch, below, 1.0)
        shift = _ratio(np.diff(self._x0, prepend=0.0), em, below & ~centred, 0.0)
        full = np.roll(free < 0.5 * em, 1)
        return Seams(room, spread, shift, full)

    # ------------------------------------------------------------ of each piece

    def _wraps(self, margin: float | None) -> Floats:
        """Where a line must wrap: by the table's margin, else as far in as on the left."""
        seen, em, of = self._reach, self._em, self._piece
        if margin is not None:
            return np.maximum(self._right - margin, seen)
        even = self._right - np.minimum(self._least(self._x0) - self._left, em)
        agreeing = np.bincount(of[np.abs(self._x1 - seen[of]) < 0.25 * em[of]], minlength=len(seen))
        return np.where((agreeing >= 3) & (even - seen < 2.5 * em), seen, np.maximum(even, seen))

    def _middle(self) -> Floats:
        return (self._left + self._right) / 2

    def _centred(self) -> Flags:
        """Whether its lines start in several places and share their middle with it."""
        ragged = self._most(self._x0) - self._least(self._x0) >= 0.5 * self._em
        aside = np.abs((self._x0 + self._x1) / 2 - self._middle()[self._piece])
        return np.logical_and(ragged, self._most(aside) < 0.3 * self._em)

    def _pitch(self) -> Floats:
        """The usual distance from line to line; 0 where too few tell."""
        pitch = np.zeros(len(self.count))
        tells = self.count > 3
        steps = np.diff(self._y0, prepend=0.0)[self._is_below() & tells[self._piece]]
        pitch[tells] = _medians(steps, self.count[tells] - 1)
        return pitch

    def _is_below(self) -> Flags:
        """Whether each line has another of its piece above it."""
        return np.equal(np.diff(self._piece, prepend=-1), 0)


def _medians(values: Floats, counts: Integers) -> Floats:
    """Values of groups that follow one another, and how many are in each -> the median of each."""
    group = np.repeat(np.arange(len(counts)), counts)
    ordered = values[np.lexsort((values, group))]
    first = np.cumsum(counts) - counts
    medians: Floats = (ordered[first + (counts - 1) // 2] + ordered[first + counts // 2]) / 2
    return medians


def _ratio(one: Floats, other: Floats, where: Flags, otherwise: float) -> Floats:
    ratio = np.full(len(one), otherwise)
    np.divide(one, other, out=ratio, where=where & (other != 0))
    return ratio
