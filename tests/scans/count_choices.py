"""Counts which of two engines is right where they differ: `python -m tests.scans.count_choices`.

Writes `pipeline/rules/ocr_choices.csv`. The pages show rows of the other invented filings in two fonts that
no page of the bench uses, so that the bench measures what it has not seen.
"""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Levenshtein

import pipeline
from pipeline.scan.both import KINDS, Letter, aligned, kind_of, letters
from pipeline.scan.engine import OcrLine
from pipeline.scan.engines import open_engine
from tests.filings.make.content import FIELDS, Row

from . import damage
from .paper import Cell, Press, table_pages

FILINGS = Path(__file__).parents[1] / "filings/samples"
OUT = Path(pipeline.__file__).parent / "rules/ocr_choices.csv"
PRESSES = [Press(font, size) for font in ("mincho_2", "gothic_2") for size in (8, 9, 10.5)]
DAMAGES = (damage.clean, damage.noisy, damage.faxed)
LONGEST = 450
"""Characters of a cell: longer rows fit no page."""
ROWS = 24
"""On the pages of one press."""
SEEN = 3
"""Fewer times counted is not told."""

NAMES = {*KINDS, "symbol", "none", "several"}

Pair = tuple[str, str]


def counted_rows() -> list[Row]:
    """Rows of the invented filings, each wording once."""
    rows: dict[str, Row] = {}
    for path in sorted(FILINGS.glob("*.json")):
        for row in json.loads(path.read_text(encoding="utf-8"))["rows"]:
            if max(len(row["before"]), len(row["after"])) <= LONGEST:
                rows.setdefault(row["after"], Row(*(row[name] for name in FIELDS)))
    return list(rows.values())


def differences(truth: str, first: OcrLine, second: OcrLine) -> Iterator[tuple[str, str, bool, bool]]:
    """A line's text and two readings -> what each has where they differ, and whether it is right."""
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
        if len(mine) == len(theirs) == len(meant):
            for a, b, c in zip(mine, theirs, meant, strict=True):
                yield a.folded, b.folded, a.folded == c, b.folded == c
        else:
            told = ["".join(one.folded for one in part) for part in (mine, theirs)]
            yield told[0], told[1], told[0] == "".join(meant), told[1] == "".join(meant)


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


def pages() -> Iterator[tuple[tuple[Cell, ...], list[np.ndarray]]]:
    rows = counted_rows()
    for number, press in enumerate(PRESSES):
        start = number * ROWS % len(rows)
        for paper in table_pages([*rows, *rows][start : start + ROWS], press):
            for harm in DAMAGES:
                page = harm(np.asarray(paper.picture), np.random.default_rng(number))
                boxes = [cell.box for cell in paper.cells]
                yield paper.cells, [np.ascontiguousarray(page[t:b, x:r]) for x, t, r, b in boxes]


def main() -> None:
    engines = [open_engine("rapidocr"), open_engine("tesseract")]
    counts: dict[Pair, Counter[str]] = defaultdict(Counter)
    for cells, pictures in pages():
        first, second = (engine.read(pictures) for engine in engines if engine)
        for cell, one, other in zip(cells, first, second, strict=True):
            lines = [line for line in cell.lines if line.strip()]
            if len(one) == len(other) == len(lines):
                for truth, a, b in zip(lines, one, other, strict=True):
                    for mine, theirs, a_right, b_right in differences(truth, a, b):
                        told = "first" if a_right else "second" if b_right else ""
                        for key in {(mine, theirs), (kind_of(mine), kind_of(theirs))}:
                            counts[key][told] += 1
        print(sum(map(Counter.total, counts.values())), flush=True)
    with OUT.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["first", "second", "first_right", "second_right"])
        for (mine, theirs), found in sorted(counts.items()):
            told = found["first"] + found["second"]
            if told >= SEEN and all(len(text) == 1 or text in NAMES for text in (mine, theirs)):
                out.writerow([mine, theirs, found["first"], found["second"]])


if __name__ == "__main__":
    main()
