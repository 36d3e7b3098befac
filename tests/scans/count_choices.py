"""Counts which of two engines is right where they differ: `python -m tests.scans.count_choices`.

Writes `pipeline/rules/ocr_choices.csv`. The pages show rows of the other invented filings in two fonts that
no page of the bench uses, so that the bench measures what it has not seen.
"""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Levenshtein

import pipeline
from pipeline.scan.both import (
    FIRST_STEPS,
    SECOND_STEPS,
    Letter,
    aligned,
    kind_of,
    letters,
    step_of,
    sureness,
)
from pipeline.scan.engine import OcrLine
from pipeline.scan.engines import open_engine
from tests.filings.make.content import FIELDS, Row

from . import damage
from .paper import Cell, Press, table_pages

FILINGS = Path(__file__).parents[1] / "filings/samples"
OUT = Path(pipeline.__file__).parent / "rules/ocr_choices.csv"
PRESSES = [Press(*look) for look in (("mincho_2", 9), ("gothic_2", 8), ("mincho_2", 8), ("gothic_2", 10.5))]
DAMAGES = (damage.clean, damage.noisy, damage.faxed)
LONGEST = 450
"""Characters of a cell: longer rows fit no page."""
ROWS = 8
"""On the page of one press."""

Key = tuple[str, float, float]


def counted_rows() -> list[Row]:
    """Rows of the invented filings, each wording once."""
    rows: dict[str, Row] = {}
    for path in sorted(FILINGS.glob("*.json")):
        for row in json.loads(path.read_text(encoding="utf-8"))["rows"]:
            if max(len(row["before"]), len(row["after"])) <= LONGEST:
                rows.setdefault(row["after"], Row(*(row[name] for name in FIELDS)))
    return list(rows.values())


def differences(truth: str, first: OcrLine, second: OcrLine) -> Iterator[tuple[Key, bool, bool]]:
    """A line's text and two readings -> every difference, and whether either is right there."""
    nowhere = (0.0,) * len(truth)
    wanted = [letter.folded for letter in letters(OcrLine(truth, nowhere, nowhere, nowhere, 0, 0))]
    read = letters(first)
    before, after = _places(read, wanted)
    done = 0
    for same, mine, theirs in aligned(read, letters(second)):
        meant = wanted[before[done] : after[done + len(mine)]]
        done += len(mine)
        if same:
            continue
        parts = [(mine, theirs, meant)]
        if len(mine) == len(theirs) == len(meant):
            parts = [([a], [b], [c]) for a, b, c in zip(mine, theirs, meant, strict=True)]
        for a, b, c in parts:
            key = kind_of(a, b), step_of(sureness(a), FIRST_STEPS), step_of(sureness(b), SECOND_STEPS)
            yield key, [one.folded for one in a] == c, [one.folded for one in b] == c


def _places(read: list[Letter], wanted: list[str]) -> tuple[list[int], list[int]]:
    """Where each boundary between read characters stands in the truth: before and after what was missed."""
    before, after = [0] * (len(read) + 1), [0] * (len(read) + 1)
    for step in Levenshtein.opcodes([one.folded for one in read], wanted):
        if step.tag == "insert":
            after[step.src_start] = step.dest_end
            continue
        for number in range(step.src_start, step.src_end):
            place = min(step.dest_start + number - step.src_start + 1, step.dest_end)
            before[number + 1] = after[number + 1] = place
    return before, after


Reading = list[tuple[OcrLine, ...]]


def pages() -> Iterator[tuple[tuple[Cell, ...], list[np.ndarray]]]:
    """Cells and their pictures, a page of each press damaged in each way."""
    rows = counted_rows()
    for number, press in enumerate(PRESSES):
        paper = table_pages(rows[number * ROWS + 3 : number * ROWS + 3 + ROWS], press)[0]
        for harm in DAMAGES:
            page = harm(np.asarray(paper.picture), np.random.default_rng(number))
            boxes = [cell.box for cell in paper.cells]
            yield paper.cells, [np.ascontiguousarray(page[t:b, x:r]) for x, t, r, b in boxes]


def count(counts: dict[Key, Counter[str]], cells: Sequence[Cell], first: Reading, second: Reading) -> None:
    """Adds the differences of one page; cells are left out where an engine has other lines than the page."""
    for cell, one, other in zip(cells, first, second, strict=True):
        lines = [line for line in cell.lines if line.strip()]
        if len(one) == len(other) == len(lines):
            for line in zip(lines, one, other, strict=True):
                for key, mine, theirs in differences(*line):
                    counts[key]["first" if mine else "second" if theirs else ""] += 1


def write(counts: dict[Key, Counter[str]]) -> None:
    with OUT.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["differ", "first_from", "second_from", "first_right", "second_right"])
        for key, found in sorted(counts.items()):
            if found["first"] + found["second"]:
                out.writerow([*key, found["first"], found["second"]])


def main() -> None:
    rapidocr, tesseract = open_engine("rapidocr"), open_engine("tesseract")
    if rapidocr is None or tesseract is None:
        raise SystemExit("both engines are needed")
    counts: dict[Key, Counter[str]] = defaultdict(Counter)
    for cells, pictures in pages():
        count(counts, cells, rapidocr.read(pictures), tesseract.read(pictures))
    write(counts)


if __name__ == "__main__":
    main()
