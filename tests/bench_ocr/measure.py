"""One document read by every engine, and what is right of it."""

from __future__ import annotations

import resource
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from rapidfuzz.distance import Levenshtein

import pipeline
from pipeline.model import COLUMNS, Column, Repair
from pipeline.result import Filing, Record
from pipeline.scan import scanned
from pipeline.scan.both import Both, merged_lines
from pipeline.scan.engine import Engine, OcrLine
from pipeline.scan.engines import open_engine
from pipeline.text.normalise import normalise
from pipeline.text.repair import repair_rows, undo
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


class Remembering:
    """An engine that reads every picture once, and knows how long all of its readings took."""

    def __init__(self, reader: Engine) -> None:
        self._reader = reader
        self.name, self.version, self.settings = reader.name, reader.version, reader.settings
        self._known: dict[bytes, tuple[OcrLine, ...]] = {}
        self.seconds = 0.0

    def read(self, cells: Sequence[Grey]) -> list[tuple[OcrLine, ...]]:
        keys = [bytes(str(cell.shape), "ascii") + cell.tobytes() for cell in cells]
        new = {key: cell for key, cell in zip(keys, cells, strict=True) if key not in self._known}
        start = used_seconds()
        self._known |= zip(new, self._reader.read(list(new.values())), strict=True)
        self.seconds += used_seconds() - start
        return [self._known[key] for key in keys]


def read_filing(document: Document) -> dict[str, Score]:
    """The document as a PDF of pictures, read from end to end with every engine.

    `both` finds in memory what each engine has read before; its seconds are those of the two.
    """
    alone = {name: Remembering(reader) for name in ("rapidocr", "tesseract") if (reader := engine(name))}
    engines: dict[str, Engine] = {**alone}
    if len(alone) == 2:
        engines["both"] = Both(*alone.values())
    scores = {}
    with TemporaryDirectory() as folder, patch.object(scanned, "_engine", engines.get):
        path = Path(folder, "mihon.pdf")
        pages = document.write(path)
        for name in engines:
            start = used_seconds()
            filing = pipeline.extract(path, ocr=name)  # type: ignore[arg-type]
            used = used_seconds() - start
            scores[name] = score_rows(document, *_matched(document, filing))
            scores[name].pages, scores[name].seconds = pages, used
        if "both" in scores:
            scores["both"].seconds += sum(one.seconds for one in alone.values())
    return scores


Found = tuple[dict[int, Texts], dict[int, list[tuple[Column, Repair]]]]


def _matched(document: Document, filing: Filing) -> Found:
    """Number of the row in the document -> its unrepaired texts, and the repairs that were applied."""
    texts: dict[int, Texts] = {}
    ledgers: dict[int, list[tuple[Column, Repair]]] = {}
    for row in filing.changes:
        ledger = [
            (one.field, _repair(one)) for one in filing.repairs if one.row_id == row.row_id and one.applied
        ]
        read = {column: _unrepaired(row, column, ledger) for column in COLUMNS}
        number = _number(document, read, texts)
        if number is not None:
            texts[number], ledgers[number] = read, ledger
    return texts, ledgers


def _unrepaired(row: Record, column: Column, ledger: Sequence[tuple[Column, Repair]]) -> str:
    if column not in REPAIRED:  # only the raw text of these is in the dataset
        return normalise(row[f"{column}_raw"]).replace("\n", "")
    return undo(row[column] or "", [one for at, one in ledger if at == column])


REPAIRED = ("item", "before", "after", "note")


def _repair(one: Record) -> Repair:
    return Repair(*(one[name] for name in Repair._fields))


def _number(document: Document, read: Texts, taken: Iterable[int]) -> int | None:
    """Which of the document's rows this is: the most alike that is not found yet."""
    alike = {
        number: Levenshtein.normalized_similarity(folded("".join(row.texts)), folded("".join(read.values())))
        for number, row in enumerate(document.rows)
        if number not in taken
    }
    best = max(alike, key=alike.__getitem__, default=None)
    return best if best is not None and alike[best] > 0.6 else None


def read_cells(document: Document) -> dict[str, Score]:
    """The cells where they were drawn, read by every engine: how good the engines are alone."""
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
    scores = {}
    for name, found in readings.items():
        rows = _rows(found)
        ledgers = [ledger for _, ledger in repair_rows([rows[n] for n in sorted(rows)], ["ocr"] * len(rows))]
        scores[name] = score_rows(document, rows, dict(zip(sorted(rows), ledgers, strict=True)))
        scores[name].pages, scores[name].seconds = count, seconds[name]
    return scores


def _read(reader: Engine, pictures: Sequence[Grey]) -> list[tuple[OcrLine, ...]]:
    """Sixteen cells at a time, as the pipeline reads them."""
    return [lines for n in range(0, len(pictures), 16) for lines in reader.read(pictures[n : n + 16])]


def _rows(readings: Sequence[tuple[Cell, tuple[OcrLine, ...]]]) -> dict[int, Texts]:
    rows: dict[int, Texts] = {}
    for cell, lines in readings:
        if cell.row >= 0:
            text = normalise("\n".join(line.text for line in lines))
            rows.setdefault(cell.row, {})[cell.column] = text  # type: ignore[index]
    return rows


def score_rows(
    document: Document, texts: dict[int, Texts], ledgers: Mapping[int, Sequence[tuple[Column, Repair]]]
) -> Score:
    """Rows as read, by their number in the document -> how right they are, before and after repair."""
    score = Score(rows=len(document.rows), found=len(texts))
    for number, read in texts.items():
        for column, truth in zip(COLUMNS, document.rows[number].texts, strict=True):
            repairs = [one for at, one in ledgers[number] if at == column and one.applied]
            _score_cell(score, folded(truth), read[column], repairs)
    return score


def _score_cell(score: Score, truth: str, read: str, repairs: Sequence[Repair]) -> None:
    score.characters += len(truth)
    before = folded(read)
    wrong = Levenshtein.distance(truth, before)
    score.wrong += wrong
    for step in Levenshtein.opcodes(truth, before):
        if step.tag != "equal":
            meant, got = truth[step.src_start : step.src_end], before[step.dest_start : step.dest_end]
            score.confusions[meant, got] += 1
    for one in reversed(repairs):  # from the end, so that the places before stay true
        read = read[: one.start] + one.after + read[one.stop :]
        after = Levenshtein.distance(truth, folded(read))
        if after < wrong:
            score.right[one.rule] += wrong - after
        elif after > wrong:
            score.spoilt[one.rule] += after - wrong
            score.false_edits += 1
        wrong = after
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
