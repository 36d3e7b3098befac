"""`python -m tests.bench_ocr [--cells] [--confusions] [--write docs/ocr.md] [LAYOUTS [ROWS]]`

PDFs of pictures are read from end to end; with `--cells` the engines alone, on cells where they were drawn.
LAYOUTS: only so many of the six, each with ROWS rows.
"""

from __future__ import annotations

import os
import platform
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from pipeline.scan.engines import installed

from .measure import Score, peak_megabytes, read_cells, read_filing
from .pages import LAYOUTS, PER_LAYOUT, VARIANTS, Document, documents

ENGINES = ("rapidocr", "tesseract", "both")
START, END = "<!-- bench-ocr: start -->", "<!-- bench-ocr: end -->"

Table = dict[tuple[str, str], Score]


def run(todo: Sequence[Document], read: Callable[[Document], dict[str, Score]]) -> Table:
    """(engine, variant) -> its score; a process a core, one document at a time."""
    scores: Table = {}
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        for document, found in zip(todo, pool.map(read, todo), strict=True):
            for name, score in found.items():
                scores.setdefault((name, document.variant), Score()).add(score)
            told = ", ".join(f"{name} {one.wrong} {one.wrong_after}" for name, one in found.items())
            print(f"{document.variant}, layout {document.layout}: {told}", file=sys.stderr, flush=True)
    return scores


def memory() -> dict[str, int]:
    """Megabytes of each engine, a fresh process for each."""
    peaks = {}
    for line in installed():
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            name = line.split()[0]
            peaks[name] = pool.submit(peak_megabytes, name).result()
    return peaks


def report(scores: Table, peaks: dict[str, int]) -> str:
    lines = [
        "| engine | pages | rows found | characters | wrong | after repair | put right | spoilt "
        "| false edits | CPU s a page |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name in ENGINES:
        total = Score()
        for variant in VARIANTS:
            score = scores.get((name, variant))
            if score:
                lines.append(_line(name, variant, score))
                total.add(score)
        if total.characters:
            lines.append(_line(f"**{name}**", "all", total))
    lines += ["", *(f"Most memory, {name}: {peak} MB." for name, peak in peaks.items())]
    for name in ENGINES:
        lines += _repairs(name, scores)
    return "\n".join(lines)


def _line(name: str, variant: str, score: Score) -> str:
    right, spoilt = score.right.total(), score.spoilt.total()
    return (
        f"| {name} | {variant} | {score.found} of {score.rows} | {score.characters:,} | "
        f"{score.wrong / score.characters:.2%} | {score.wrong_after / score.characters:.2%} | "
        f"{right} | {spoilt} | {score.false_edits} | {score.seconds / score.pages:.1f} |"
    )


def _repairs(name: str, scores: Table) -> list[str]:
    total = Score()
    for (engine, _), score in scores.items():
        if engine == name:
            total.add(score)
    if not total.wrong:
        return []
    rules = Counter(total.right)
    told = ", ".join(
        f"{rule} {count}" + (f" (spoilt {total.spoilt[rule]})" if total.spoilt[rule] else "")
        for rule, count in rules.most_common()
    )
    less = 1 - total.wrong_after / total.wrong
    return [
        "",
        f"Repair of {name}: {less:.1%} fewer wrong characters. Put right by rule: {told or 'nothing'}.",
    ]


def machine() -> str:
    return f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, " + ", ".join(
        installed()
    )


def main(arguments: list[str]) -> None:
    numbers = [int(word) for word in arguments if word.isdecimal()]
    layouts, count = [*numbers, *(len(LAYOUTS), PER_LAYOUT)[len(numbers) :]]
    scores = run(documents(layouts, count), read_cells if "--cells" in arguments else read_filing)
    text = f"{report(scores, memory())}\n\n{machine()}."
    print(text)
    if "--confusions" in arguments:
        for name in ENGINES:
            counts = sum((s.confusions for (engine, _), s in scores.items() if engine == name), Counter())
            print(name, counts.most_common(80))
    if "--write" in arguments:
        path = Path(arguments[arguments.index("--write") + 1])
        before, _, rest = path.read_text(encoding="utf-8").partition(START)
        _, _, after = rest.partition(END)
        path.write_text(f"{before}{START}\n\n{text}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
