"""Lines of text with their place, one by one or packed. Part of `model`, from where they are imported."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 with x0 <= x1 and y0 <= y1."""


PLACE = [("x0", "f4"), ("y0", "f4"), ("x1", "f4"), ("y1", "f4"), ("length", "u4")]
"""A line's sides and the length of its text, as `Lines` packs them: for arrays."""


class Line(NamedTuple):
    """One line of text inside a cell or on the page, as drawn."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    score: float = 1.0
    """How sure an OCR engine was of it, on average over its characters."""

    @property
    def box(self) -> Box:
        return self.x0, self.y0, self.x1, self.y1


@dataclass(slots=True, unsafe_hash=True)
class Lines:
    """Lines of text one by one, as a tuple of them would give them, in a quarter of its room.

    A long filing has more than 100,000 of them in its table, all of them at once. Sides are kept as precisely
    as those of glyphs. Nothing changes them, though they are not frozen: that makes them in half the time.
    """

    text: str
    """Of all, with line ends between them."""
    places: bytes
    """For each a `PLACE`."""
    scores: tuple[float, ...] | None
    """Where an engine was not sure of all of them."""

    _PLACE: ClassVar = struct.Struct("4fI")

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Lines:
        """The same lines, packed."""
        pack = cls._PLACE.pack
        return cls(
            "\n".join([line.text for line in lines]),
            b"".join([pack(x0, y0, x1, y1, len(text)) for text, x0, y0, x1, y1, _ in lines]),
            None if all(line.score == 1 for line in lines) else tuple(line.score for line in lines),
        )

    def __len__(self) -> int:
        return len(self.places) // 20  # what a place takes

    def __iter__(self) -> Iterator[Line]:
        start, text, scores = 0, self.text, iter(self.scores or ())
        for x0, y0, x1, y1, length in self._PLACE.iter_unpack(self.places):
            yield Line(text[start : start + length], x0, y0, x1, y1, next(scores, 1.0))
            start += length + 1

    def texts(self) -> list[str]:
        """The text of each."""
        parted = self.text.split("\n") if self.places else []
        return parted if len(parted) == len(self) else [line.text for line in self]


NO_LINES = Lines("", b"", None)
