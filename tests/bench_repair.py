"""How many misread characters the repairs put right, and how many right ones they spoil: `make bench-repair`.

Noise is drawn from counted confusions (`cases/ocr_confusions.tsv`) and put into the rows of the invented
filings. The repairs believe only confusions counted on other pages than those the noise comes from.
"""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.model import COLUMNS, Column
from pipeline.text.lexicon import known_pairs
from pipeline.text.normalise import normalise
from pipeline.text.repair import repair_rows

HERE = Path(__file__).parent
FOLDS = ((("clean_skew", "noisy"), ("fax",)), (("fax",), ("clean_skew", "noisy")))
ENGINES = {"rapidocr": ("all_rapid.line", 0.0167), "tesseract": ("tess_jpn.cell", 0.0141)}
"""The engine's rows in the table, and the share of characters that it misread."""

Rows = list[dict[Column, str]]
Cell = tuple[str, list[int], int]


@dataclass
class Score:
    """Characters put right and spoilt, by rule and in all."""

    characters: int = 0
    errors: int = 0
    fixed: Counter[str] = field(default_factory=Counter)
    harmed: Counter[str] = field(default_factory=Counter)

    @property
    def reduction(self) -> float:
        return (sum(self.fixed.values()) - sum(self.harmed.values())) / self.errors


def filings() -> list[Rows]:
    """The rows of the invented filings, normalised."""
    truths = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(HERE.glob("filings/*.json"))]
    return [
        [{column: normalise(row[column]) for column in COLUMNS} for row in truth["rows"]]
        for truth in truths
        if truth["rows"]
    ]


def confusions(engine: str, pages: tuple[str, ...]) -> dict[tuple[str, str], int]:
    """(truth, read) -> count on these pages."""
    with (HERE / "cases/ocr_confusions.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    counts = {
        (row["truth"], row["read"]): sum(int(row[page]) for page in pages)
        for row in rows
        if row["engine"] == engine
    }
    return {pair: count for pair, count in counts.items() if count}


def misread(
    rows: Rows, pairs: dict[tuple[str, str], int], share: float, rng: random.Random
) -> list[dict[Column, Cell]]:
    """Rows -> the same with noise: per cell the text as read and where each of its characters came from."""
    places: dict[str, list[tuple[int, Column, int]]] = {}
    wanted = {truth for truth, _ in pairs}
    total = 0
    for number, row in enumerate(rows):
        for column, text in row.items():
            total += len(text)
            for start in range(len(text)):
                for length in (0, 1, 2, 3):
                    if text[start : start + length] in wanted:
                        places.setdefault(text[start : start + length], []).append((number, column, start))
    drawn: dict[tuple[int, Column], dict[int, tuple[str, str]]] = {}
    possible = [pair for pair in pairs if pair[0] in places]
    for truth, read in rng.choices(possible, [pairs[pair] for pair in possible], k=round(total * share)):
        number, column, start = rng.choice(places[truth])
        drawn.setdefault((number, column), {})[start] = (truth, read)
    return [
        {column: _cell(text, drawn.get((number, column), {})) for column, text in row.items()}
        for number, row in enumerate(rows)
    ]


def _cell(text: str, drawn: dict[int, tuple[str, str]]) -> Cell:
    """Text and misreadings -> the text as read, each of its boundaries' place in the truth, the errors."""
    read, origin, place, errors = "", [0], 0, 0
    while place < len(text):
        truth, wrong = drawn.get(place, (text[place], text[place]))
        errors += distance(truth, wrong)
        if truth == "":
            read, origin = read + wrong, origin + [place] * len(wrong)
            truth = wrong = text[place]
        read += wrong
        place += len(truth)
        origin += [place] * len(wrong)
    origin[-1] = len(text)
    return read, origin, errors


def score(rows: Rows, noisy: list[dict[Column, Cell]], learned: tuple[str, ...], result: Score) -> None:
    """Repair the noisy rows and add to `result` what became right and what became wrong."""
    texts = [{column: cell[0] for column, cell in row.items()} for row in noisy]
    for row, cells, (_, ledger) in zip(
        rows, noisy, repair_rows(texts, "ocr", known_pairs(learned)), strict=True
    ):
        for column, (_, origin, errors) in cells.items():
            truth = row[column]
            result.characters += len(truth)
            result.errors += errors
            for repair in (one for at, one in ledger if at == column and one.applied):
                meant = truth[origin[repair.start] : origin[repair.stop]]
                gain = distance(repair.before, meant) - distance(repair.after, meant)
                (result.fixed if gain > 0 else result.harmed)[repair.rule] += abs(gain)


def distance(one: str, other: str) -> int:
    """Levenshtein distance; common ends cost nothing to find."""
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    line = list(range(len(other) + 1))
    for number, a in enumerate(one, 1):
        previous, line = line, [number]
        for place, b in enumerate(other, 1):
            line.append(min(previous[place] + 1, line[-1] + 1, previous[place - 1] + (a != b)))
    return line[-1]


def run(rounds: int = 1, seed: int = 5) -> dict[str, Score]:
    """The bench: a score for each engine, over both ways of splitting the pages."""
    scores = {engine: Score() for engine in ENGINES}
    for engine, (rows_of, share) in ENGINES.items():
        rng = random.Random(seed)
        for _ in range(rounds):
            for learned, tested in FOLDS:
                pairs = confusions(rows_of, tested)
                for rows in filings():
                    score(rows, misread(rows, pairs, share, rng), learned, scores[engine])
    return scores


def clean() -> int:
    """Repairs applied to the clean filings read as if they came from OCR; none should be."""
    return sum(
        one.applied for rows in filings() for _, ledger in repair_rows(rows, "ocr") for _, one in ledger
    )


def report(scores: dict[str, Score]) -> str:
    lines = []
    for engine, result in scores.items():
        fixed, harmed = sum(result.fixed.values()), sum(result.harmed.values())
        before, after = result.errors, result.errors - fixed + harmed
        lines += [
            f"{engine}: {result.characters:,} characters, {before:,} misread "
            f"({before / result.characters:.2%} -> {after / result.characters:.2%}, "
            f"-{result.reduction:.1%}), {fixed} put right, {harmed} spoilt",
            f"  {'rule':<24}{'right':>8}{'spoilt':>8}",
        ]
        for rule in sorted(result.fixed | result.harmed, key=lambda rule: -result.fixed[rule]):
            if result.fixed[rule] or result.harmed[rule]:
                lines.append(f"  {rule:<24}{result.fixed[rule]:>8}{result.harmed[rule]:>8}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(report(run()))
    print(f"clean filings read as OCR: {clean()} repairs applied")
