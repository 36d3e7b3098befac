"""An engine that remembers: what it read before, in this run or an earlier one, is not read again."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from .engine import Engine, OcrLine

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

AT_ONCE = 24
"""Pictures read between two signs of life."""


class Kept:
    """Readings of pictures of cells, as packed bytes from outside and back.

    `note` is told of everything new as it comes, and of the page: so also that the work goes on.
    """

    def __init__(
        self, packed: Iterable[bytes] = (), note: Callable[[bytes, tuple[int, int]], None] | None = None
    ) -> None:
        self._note = note or (lambda packed, page: None)
        self._known: dict[str, tuple[OcrLine, ...]] = {}
        self.page: tuple[int, int] = (0, 0)
        """The page that is being read, of how many."""
        for one in packed:
            self._known |= unpacked(one)

    def read(self, engine: Engine, cells: Sequence[npt.NDArray[np.uint8]]) -> list[tuple[OcrLine, ...]]:
        """Pictures of cells -> the lines of each, by the engine where they are not known."""
        keys = [_key(engine, cell) for cell in cells]
        missing = {key: cell for key, cell in zip(keys, cells, strict=True) if key not in self._known}
        todo = list(missing)
        for start in range(0, len(todo), AT_ONCE):
            part = todo[start : start + AT_ONCE]
            found = engine.read([missing[key] for key in part])
            # Through the packed form: a known reading and a new one are the same to the last digit.
            new = packed(dict(zip(part, found, strict=True)))
            self._known |= unpacked(new)
            self._note(new, self.page)
        return [self._known[key] for key in keys]


def _key(engine: Engine, cell: npt.NDArray[np.uint8]) -> str:
    name = json.dumps([engine.name, engine.version, engine.settings, cell.shape])
    return hashlib.sha256(name.encode() + cell.tobytes()).hexdigest()[:32]


def packed(readings: dict[str, tuple[OcrLine, ...]]) -> bytes:
    """Readings by the key of their picture -> bytes; scores to a thousandth, places to a pixel's tenth."""
    lines = {
        key: [
            [
                line.text,
                [round(1000 * score) for score in line.scores],
                [round(10 * x) for x in line.left],
                [round(10 * x) for x in line.right],
                round(10 * line.top),
                round(10 * line.bottom),
            ]
            for line in found
        ]
        for key, found in readings.items()
    }
    return zlib.compress(json.dumps(lines, ensure_ascii=False).encode())


def unpacked(data: bytes) -> dict[str, tuple[OcrLine, ...]]:
    """Bytes of `packed` -> the readings."""
    return {
        key: tuple(
            OcrLine(
                text,
                tuple(score / 1000 for score in scores),
                tuple(x / 10 for x in left),
                tuple(x / 10 for x in right),
                top / 10,
                bottom / 10,
            )
            for text, scores, left, right, top, bottom in found
        )
        for key, found in json.loads(zlib.decompress(data)).items()
    }
