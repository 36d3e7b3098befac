"""How the lines of a table's cells are set: their ems, edges and distances, all measured at once.

By a compiled loop (`measure_seams`, `find_margins`), or by arrays, which come to the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .. import compiled
from ..line import PLACE, Lines
from ..model import Piece
from .breaks import Seams
from .widths import KINDS, Parts, codes_of

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Packed(NamedTuple):
    """The lines of pieces of cells that stand on pages, one behind the other."""

    text: str
    """Of all lines, with line ends between them."""
    places: bytes
    """For each line a `PLACE`."""
    counts: Integers
    """Of each piece, how many lines: one at least."""
    sides: Floats
    """[2, n] left sides, then right sides of the pieces' boxes; no number where a piece has none."""

    @classmethod
    def of(cls, pieces: Sequence[Piece]) -> Packed:
        packed = [lines for piece in pieces if isinstance(lines := piece.lines, Lines)]
        places = [lines.places for lines in packed]
        boxes = [piece.box or _NOWHERE for piece in pieces]
        return cls(
            "\n".join([lines.text for lines in packed]),
            b"".join(places),
            np.array(list(map(len, places)), np.int64) // _PLACE.itemsize,
            np.array([[box[0] for box in boxes], [box[2] for box in boxes]], np.float64),
        )


_PLACE = np.dtype(PLACE)
_NOWHERE = (np.nan,) * 4


class Placed(NamedTuple):
    """Where lines stand in the text of all, and the seam above each."""

    start: Integers
    stop: Integers
    seams: Seams


def margins(pieces: Sequence[Piece]) -> list[float]:
    """Pieces of cells -> how far from its right border the lines of each end; closing marks may hang over."""
    packed = Packed.of(pieces)
    if compiled.loops is None:
        return _Lines(packed).margins()
    ends = np.empty(len(pieces))
    text, places, counts, sides = packed
    plain = compiled.loops.find_margins(codes_of(text), KINDS, places, counts, sides, ends)
    if plain == compiled.NOT_PLAIN:
        return _Lines(packed).margins()
    told: list[float] = ends.tolist()
    return told


def measured(packed: Packed, margin: float | None, wanted: Flags) -> Placed:
    """Lines, the table's right margin and for which lines the seam above is wanted -> where they stand, and
    the seams; they mean nothing where none is wanted.

    Without the margin the left one of each cell has to serve.
    """
    if compiled.loops is None:
        return _Lines(packed).placed(margin, wanted)
    lines = len(wanted)
    start, stop = np.empty((2, lines), np.int64)
    room, spread, shift = np.empty((3, lines))
    full = np.empty(lines, np.bool_)
    text, places, counts, sides = packed
    plain = compiled.loops.measure_seams(
        codes_of(text), KINDS, places, counts, sides, np.nan if margin is None else margin, wanted,
        start, stop, room, spread, shift, full,
    )  # fmt: skip
    if plain == compiled.NOT_PLAIN:
        return _Lines(packed).placed(margin, wanted)
    return Placed(start, stop, Seams(room, spread, shift, full))


# ------------------------------------------------------------------------- by arrays


class _Lines:
    """The same lines, measured by arrays."""

    def __init__(self, packed: Packed) -> None:
        places = np.frombuffer(packed.places, _PLACE)
        self._x0, self._y0, self._x1 = (places[side].astype(np.float64) for side in ("x0", "y0", "x1"))
        lengths = places["length"].astype(np.int64)
        self._stop = np.cumsum(lengths + 1) - 1
        self._start = self._stop - lengths
        self._parts = Parts(packed.text, self._start, self._stop)
        self._count = packed.counts
        self._first = np.cumsum(self._count) - self._count
        self._piece = np.repeat(np.arange(len(self._count)), self._count)
        """Which each line stands in."""
        left, right = packed.sides
        framed = ~np.isnan(left)
        self._left = np.where(framed, left, self._least(self._x0))
        self._right = np.where(framed, right, self._most(self._x1))
        wide = self._parts.widths()
        self._scale = (self._x1 - self._x0) / np.where(wide, wide, 1.0)
        """How wide an em of each line is."""
        self._em = _medians(self._scale, self._count)
        self._reach = self._most(self._x1 - np.where(self._parts.hang(), self._to_lines(self._em), 0.0))
        """How far right the lines of each piece stand; closing marks may hang over the edge."""

    def margins(self) -> list[float]:
        reach = self._most(np.where(self._parts.hang(), -np.inf, self._x1))
        # How far a mark may hang is measured only where one stands further right than all other lines.
        ends = self._right - np.where(self._most(self._x1) > reach, self._reach, reach)
        told: list[float] = ends.tolist()
        return told

    def placed(self, margin: float | None, wanted: Flags) -> Placed:
        return Placed(self._start, self._stop, self._seams(margin, wanted))

    def _to_lines(self, values: Floats) -> Floats:
        """Of each piece -> of each line."""
        return np.repeat(values, self._count)

    def _least(self, values: Floats) -> Floats:
        return np.minimum.reduceat(values, self._first)

    def _most(self, values: Floats) -> Floats:
        return np.maximum.reduceat(values, self._first)

    def _seams(self, margin: float | None, wanted: Flags) -> Seams:
        of_pieces = self._wraps(margin), self._middle(), self._em, self._pitch()
        wraps, middle, em, pitch = map(self._to_lines, of_pieces)
        centred = np.repeat(self._centred(), self._count)
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
        pitch = np.zeros(len(self._count))
        tells = self._count > 3
        steps = np.diff(self._y0, prepend=0.0)[self._is_below() & tells[self._piece]]
        pitch[tells] = _medians(steps, self._count[tells] - 1)
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
