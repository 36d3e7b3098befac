"""tesseract on the pictures of cells: the installed program, started once for all cells of a page.

No Python binding is needed: a list of pictures is one run that loads its model once, and its hOCR has every
character with its box and confidence. That installs wherever tesseract does.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree

import cv2

from .engine import EngineError, OcrLine
from .line_strips import Grey, strips_of
from .tesseract_program import LANGUAGE, run

_BLUR = 1.5
"""Pixels: grain is smoothed away; without it noisy pages are read ten times worse, with 1 px six times."""
_BORDER = 10
"""Pixels of white around a cell: characters at the very edge are lost otherwise."""
_XHTML = "{http://www.w3.org/1999/xhtml}"
_BOX = re.compile(r"bbox(?:es)? (-?\d+) (-?\d+) (-?\d+) (-?\d+)")
_CONFIDENCE = re.compile(r"x_conf ([\d.]+)")


class Tesseract:
    """The program on the path; one thread."""

    name = "tesseract"
    settings = f"{LANGUAGE};psm6;blur{_BLUR:g};border{_BORDER}"

    def __init__(self, version: str) -> None:
        self.version = version

    def read(self, cells: Sequence[Grey]) -> list[tuple[OcrLine, ...]]:
        """Grey pictures of cells at 300 dpi -> the lines of each, from top to bottom."""
        shown = [number for number, cell in enumerate(cells) if strips_of(cell)]  # it reads words into grain
        lines: list[tuple[OcrLine, ...]] = [() for _ in cells]
        if not shown:
            return lines
        with tempfile.TemporaryDirectory(prefix="henkou-ocr-") as name:
            folder = Path(name)
            for number in shown:
                (folder / f"{number}.pgm").write_bytes(_pgm(cells[number]))
            names = "".join(f"{folder / str(number)}.pgm\n" for number in shown)
            (folder / "cells.txt").write_text(names, encoding="utf-8")
            options = ["-l", LANGUAGE, "--psm", "6", "--dpi", "300", "-c", "hocr_char_boxes=1", "hocr"]
            hocr = run(str(folder / "cells.txt"), "stdout", *options)
        pages = list(lines_of(hocr))
        if len(pages) != len(shown):
            raise EngineError(f"tesseract read {len(pages)} of {len(shown)} cells")
        for number, page in zip(shown, pages, strict=True):
            lines[number] = page
        return lines


def _pgm(cell: Grey) -> bytes:
    soft = cv2.GaussianBlur(cell, (0, 0), _BLUR)
    edged = cv2.copyMakeBorder(soft, *(_BORDER,) * 4, cv2.BORDER_CONSTANT, value=(255,))
    height, width = edged.shape
    return b"P5 %d %d 255\n" % (width, height) + edged.tobytes()


def lines_of(hocr: str) -> Iterator[tuple[OcrLine, ...]]:
    """hOCR of several pictures -> the lines of each, places without the border."""
    root = ElementTree.fromstring(hocr)
    for page in root.iter(f"{_XHTML}div"):
        if page.get("class") == "ocr_page":
            spans = [span for span in page.iter(f"{_XHTML}span") if span.get("class") in _LINES]
            lines = [line for span in spans if (line := _line(span))]
            yield tuple(sorted(lines, key=lambda line: line.top))


_LINES = {"ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat"}


def _line(span: ElementTree.Element) -> OcrLine | None:
    """One line; its characters' boxes end where the next begins, so that none lies over another."""
    text, scores, left, right = "", [], [], []
    for one in span.iter(f"{_XHTML}span"):
        title, letters = one.get("title", ""), one.text or ""
        box, sure = _BOX.search(title), _CONFIDENCE.search(title)
        if one.get("class") != "ocrx_cinfo" or box is None or sure is None or not letters.strip():
            continue
        x0, x1 = float(box[1]) - _BORDER, float(box[3]) - _BORDER
        for place, letter in enumerate(letters):  # a ligature is two characters in one box
            text += letter
            scores.append(min(1.0, float(sure[1]) / 100))
            left.append(x0 + (x1 - x0) * place / len(letters))
            right.append(x0 + (x1 - x0) * (place + 1) / len(letters))
    box = _BOX.search(span.get("title", ""))
    if not text or box is None:
        return None
    after = [*left[1:], right[-1]]
    ends = [min(end, max(start, begin)) for end, start, begin in zip(right, left, after, strict=True)]
    top, bottom = float(box[2]) - _BORDER, float(box[4]) - _BORDER
    return OcrLine(text, tuple(scores), tuple(left), tuple(ends), top, bottom)
