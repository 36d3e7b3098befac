"""What an OCR engine is: pictures of cells in, lines of characters with scores and places out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


UNREAD = "〓"
"""Printers' mark for a character that is missing; stands, with no score, where ink was left unread."""


@dataclass(frozen=True, slots=True)
class OcrLine:
    """One line of text as an engine reads it; places in pixels of the cell's picture."""

    text: str
    scores: tuple[float, ...]
    """How sure the engine is of each character, 0 … 1."""
    left: tuple[float, ...]
    """Where each character begins."""
    right: tuple[float, ...]
    top: float
    bottom: float


class EngineError(Exception):
    """An engine that broke down over pictures; says how."""


class Engine(Protocol):
    """One engine, its models loaded."""

    name: str
    version: str
    settings: str
    """What else decides the result: part of the key under which readings are kept."""

    def read(self, cells: Sequence[npt.NDArray[np.uint8]]) -> list[tuple[OcrLine, ...]]:
        """Grey pictures of cells at 300 dpi, without their rules -> the lines of each, from top to bottom.

        EngineError when the engine breaks down.
        """
