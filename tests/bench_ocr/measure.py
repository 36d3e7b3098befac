"""One document read by every engine, and what is right of it."""

from __future__ import annotations

import resource
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from rapidfuzz.distance import Levenshtein

from pipeline.model import COLUMNS, Column
from pipeline.scan.both import merged_lines
from pipeline.scan.engine import Engine, OcrLine
from pipeline.scan.engines import open_engine
from pipeline.text.normalise import normalise
from pipeline.text.repair import repair_rows
from tests.scans.damage import Grey
from tests.scans.paper import Cell

from .pages import Document, cut_out

Texts = dict[Column, str]


@dataclass
class Score:
    """What one engine made of some documents."""

    pages: int = 0
    rows: int = 0
    found: int = 0
    characters: int = 0
    wrong: int = 0
    wrong_after: int = 0
    right: Counter[str] = field(default_factory=Counter)
    """Characters put right by each rule of the repairs."""
    spoilt: Counter[str] = field(default_factory=Counter)
    false_edits: int = 0
    seconds: float = 0
    """Of one core, the engine alone."""
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, other: Score) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


@cache
def engine(name: str) -> Engine | None:
    return open_engine(name)  # type: ignore[arg-type]


def used_seconds() -> float:
    """CPU of this process and of the programs that it started."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def read_cells(document: Document) -> dict[str, Score]:
    """The cells where they were drawn, read by every engine: how good the engines are."""
    readings: dict[str, list[tuple[Cell, tuple[OcrLine, ...]]]] = {}
    seconds: Counter[str] = Counter()
    count = 0
    for cells, page in document.pages():
        count += 1
        pictures = cut_out(cells, page, document)
        lines: dict[str, list[tuple[OcrLine, ...]]] = {}
        for name in ("rapidocr", "tesseract"):
            reader = engine(name)
            if reader is not None:
                start = used_seconds()
                lines[name] = _read(reader, pictures)
                seconds[name] += used_seconds() - start
        if len(lines) == 2:
            pairs = zip(lines["rapidocr"], lines["tesseract"], strict=True)
            lines["both"] = [merged_lines(one, other) for one, other in pairs]
            seconds["both"] = seconds["rapidocr"] + seconds["tesseract"]
        for name, found in lines.items():
            readings.setdefault(name, []).extend(zip(cells, found, strict=True))
    scores = {name: score_rows(document, _rows(found)) for name, found in readings.items()}
    for name, score in scores.items():
        score.pages, score.seconds = count, seconds[name]
    return scores


def _read(reader: Engine, pictures: Sequence[Grey]) -> list[tuple[OcrLine, ...]]:
    """Sixteen cells at a time, as the pipeline reads them."""
    return [lines for n in range(0, len(pictures), 16) for lines in reader.read(pictures[n : n + 16])]


def _rows(readings: Sequence[tuple[Cell, tuple[OcrLine, ...]]]) -> dict[int, Texts]:
    rows: dict[int, Texts] = {}
    for cell, lines in readings:
        if cell.row >= 0:
            rows.setdefault(cell.row, {})[cell.column] = "\n".join(line.text for line in lines)  # type: ignore[index]
    return rows


def score_rows(document: Document, found: dict[int, Texts]) -> Score:
    """Rows as read, by their number in the document -> how right they are, before and after repair."""
    score = Score(rows=len(document.rows), found=len(found))
    truths = dict(enumerate(document.rows))
    numbers = sorted(found)
    texts = [{column: normalise(found[n].get(column, "")) for column in COLUMNS} for n in numbers]
    for number, read, (_, ledger) in zip(numbers, texts, repair_rows(texts, "ocr"), strict=True):
        for column, truth in zip(COLUMNS, truths[number].texts, strict=True):
            repairs = [one for at, one in ledger if at == column and one.applied]
            _score_cell(score, folded(truth), read[column], repairs)
    return score


def _score_cell(score: Score, truth: str, read: str, repairs: Sequence[object]) -> None:
    score.characters += len(truth)
    before = folded(read)
    wrong = Levenshtein.distance(truth, before)
    score.wrong += wrong
    for step in Levenshtein.opcodes(truth, before):
        if step.tag != "equal":
            score.confusions[
                truth[step.src_start : step.src_end], before[step.dest_start : step.dest_end]
            ] += 1
    text = read
    for one in reversed(repairs):  # from the end, so that the places before stay true
        repaired = text[: one.start] + one.after + text[one.stop :]  # type: ignore[attr-defined]
        after = Levenshtein.distance(truth, folded(repaired))
        gain = wrong - after
        rule = one.rule  # type: ignore[attr-defined]
        if gain > 0:
            score.right[rule] += gain
        elif gain < 0:
            score.spoilt[rule] -= gain
            score.false_edits += 1
        text, wrong = repaired, after
    score.wrong_after += wrong


def folded(text: str) -> str:
    """How texts are compared: NFKC, no white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def peak_megabytes(name: str) -> int:
    """The most memory that one engine takes for a page: run in a process of its own."""
    document = Document("clean", 0)
    reader = engine(name)
    assert reader is not None
    cells, page = next(iter(document.pages()))
    _read(reader, cut_out(cells, page, document))
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    theirs = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return (ours + theirs) // 1024
