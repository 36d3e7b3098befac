"""rapidocr's recogniser on the lines of each cell; its models come inside the package.

The package's own way cuts a page or a crop into boxes of text first, which costs five times as much and
reads three times worse here: the cells are known, and their lines are found by their ink. It also keeps
only the best character of every step, where outputs that no Japanese text has must be left out before the
best is chosen. So the model is run directly.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from .ctc import Alphabet, Read
from .engine import UNREAD, OcrLine
from .line_strips import Grey, Strip, strips_of

_HEIGHT = 48
"""Pixels: the height of lines that the model was trained on."""
_LOOKS = ((0.042, 0.0), (0.065, 0.0), (0.042, 0.13), (0.065, 0.13))
"""Of a line's height: a blur, and a margin above and below, to look at a line with.

The blur smooths grain and ragged edges away: a quarter fewer misreadings. The others come after the first
where ink was left unread.
"""
_REACH = 0.52
"""Of a line's height: ink farther than this from the middle of every character that was read is unread."""

_STEP = 8
"""Pixels of such a line for one step of the output."""


class RapidOcr:
    """The recogniser, loaded once; one thread."""

    name = "rapidocr"

    def __init__(self, version: str) -> None:
        self.version = version
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        with resources.as_file(resources.files("rapidocr") / "models") as models:
            model = _recogniser(models)
            self._session = onnxruntime.InferenceSession(str(model), options, ["CPUExecutionProvider"])
        characters = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._alphabet = Alphabet(["", *characters, " "])
        self.settings = f"{model.stem};strips2;looks{_LOOKS};cp932"

    def read(self, cells: Sequence[Grey]) -> list[tuple[OcrLine, ...]]:
        """Grey pictures of cells at 300 dpi -> the lines of each, from top to bottom."""
        return [
            tuple(line for pieces in strips_of(cell) for line in self._line(cell, pieces)) for cell in cells
        ]

    def _line(self, cell: Grey, pieces: Sequence[Strip]) -> list[OcrLine]:
        read = [line for strip in pieces for line in self._piece(cell, strip)]
        return [reduce(_joined, read)] if read else []

    def _piece(self, cell: Grey, strip: Strip) -> list[OcrLine]:
        """A piece of a line as read, at the look that leaves the least ink unread."""
        best: list[Read] = []
        for number, (blur, margin) in enumerate(_LOOKS):
            read = self._look(cell, strip, blur, margin)
            read += [Read(UNREAD, 0.0, middle) for middle in unread(strip, [one.middle for one in read])]
            if number == 0 or _rank(read) < _rank(best):
                best = sorted(read, key=lambda one: one.middle)
            if _rank(best)[0] == 0:
                break
        return [_placed(best, strip)] if best else []

    def _look(self, cell: Grey, strip: Strip, blur: float, margin: float) -> list[Read]:
        """The characters, their middles in pixels of the cell."""
        high = strip.bottom - strip.top
        top, bottom = max(0, strip.top - round(margin * high)), strip.bottom + round(margin * high)
        picture = cell[top:bottom, strip.left : strip.right]
        scale = _HEIGHT / picture.shape[0]
        width = max(_STEP, round(picture.shape[1] * scale))
        soft = cv2.GaussianBlur(picture, (0, 0), blur * picture.shape[0])
        line = cv2.resize(soft, (width, _HEIGHT), interpolation=cv2.INTER_LINEAR)
        scores = self._session.run(None, {"x": _as_input(line)})[0][0]
        read = self._alphabet.decode(scores)
        return [one._replace(middle=strip.left + one.middle * _STEP / scale) for one in read]


def unread(strip: Strip, middles: Sequence[float]) -> list[float]:
    """Where ink stands in a line that belongs to none of the characters read: middles, one a character."""
    high = strip.bottom - strip.top
    left: list[list[float]] = []
    for x0, x1 in strip.blots:
        middle = (x0 + x1) / 2
        if all(abs(middle - other) > _REACH * high for other in middles):
            if left and middle - left[-1][0] < _REACH * high:
                left[-1].append(middle)
            else:
                left.append([middle])
    return [sum(group) / len(group) for group in left]


def _rank(read: Sequence[Read]) -> tuple[int, float]:
    """How much was left unread, then how unsure the rest is: less is better."""
    known = [one.score for one in read if one.character != UNREAD]
    return len(read) - len(known), -sum(known) / max(1, len(known))


def _joined(one: OcrLine, other: OcrLine) -> OcrLine:
    """Two pieces of a line, the blank between them a space."""
    return OcrLine(
        f"{one.text} {other.text}",
        (*one.scores, 1.0, *other.scores),
        (*one.left, one.right[-1], *other.left),
        (*one.right, other.left[0], *other.right),
        one.top,
        one.bottom,
    )


def _recogniser(models: Path) -> Path:
    """The model of lines among the package's models, the newest where there are several."""
    found = sorted(models.glob("*_rec_*.onnx"))
    if not found:
        raise ImportError("this version of rapidocr brings no model that reads lines")
    return found[-1]


def _as_input(line: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    grey = line.astype(np.float32) / 127.5 - 1
    return np.broadcast_to(grey, (1, 3, *grey.shape)).copy()


def _placed(read: Sequence[Read], strip: Strip) -> OcrLine:
    """Characters by their middles -> a line; they end half-way to their neighbours."""
    middles = [one.middle for one in read]
    half = (strip.bottom - strip.top) / 2
    between = [(one + other) / 2 for one, other in pairwise(middles)]
    return OcrLine(
        "".join(one.character for one in read),
        tuple(one.score for one in read),
        tuple(map(max, [strip.left, *between], (middle - half for middle in middles))),
        tuple(map(min, [*between, strip.right], (middle + half for middle in middles))),
        float(strip.top),
        float(strip.bottom),
    )
