"""Measures henkou beside the floor and its peers, and writes docs/performance.md's figures.

    python -m tests.bench [FOLDER] [--share N] [--instructions]

Draws its own filings into FOLDER. The floor is what PDFium takes to load a page and lay its text out, with
the stand-in for fonts that the file does not hold; what it takes with the machine's fonts is told beside it.
Ratios are of CPU seconds within one run; figures of wall time stand beside a peer's. `--share 10` does
a tenth of the long measures; then only `--write` writes the figures.
"""

from __future__ import annotations

import argparse
import compileall
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

import pipeline
from pipeline.batch import child
from tests.bench import corpus, measures, report
from tests.scale import corpus as originals

PLUMBER = """
import sys, pdfplumber
from pathlib import Path
for path in sorted(Path(sys.argv[1]).rglob("*.pdf")):
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            page.extract_tables()
            page.close()
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--share", type=int, default=1, help="do one part in so many of the long measures")
    parser.add_argument("--instructions", action="store_true", help="have valgrind count, for some minutes")
    parser.add_argument("--write", action="store_true", help="write the figures of a share, too")
    options = parser.parse_args()
    compileall.compile_dir(Path(pipeline.__file__).parent, quiet=1)  # as pip does; a checkout may write none
    child.collect_seldom()  # what is measured in this process is what a child does
    with tempfile.TemporaryDirectory(prefix="henkou-bench-") as made:
        told = measured(options.folder or Path(made), options.share, options.instructions)
    print(json.dumps(told, indent=1))
    if options.share == 1 or options.write:
        report.write(told)


def measured(folder: Path, share: int, count: bool) -> dict[str, Any]:
    """Every figure, in the order in which they are told."""
    told: dict[str, Any] = {"machine": measures.machine() | {"share": share}}
    _say("drawing filings")
    table = corpus.of_pages(folder / "files", "table", table=100)
    whole = corpus.of_pages(folder / "files", "whole", table=12, form=46)
    office = corpus.office(folder / "files", "office", table=100)
    office_whole = corpus.office(folder / "files", "office_whole", table=12, form=46)
    _say("start-up")
    told["start_up"] = measures.start_up()
    _say("table pages beside the floor and the peers")
    told["table"] = measures.alone(measures.pages_beside, table, 9, True)
    told["office_table"] = measures.alone(measures.pages_beside, office, 9, True)
    _say("whole filings beside the floor")
    told["whole"] = measures.alone(measures.pages_beside, whole, 9)
    told["office_whole"] = measures.alone(measures.pages_beside, office_whole, 9)
    if count:
        _say("instructions")
    told["instructions"] = measures.instructions(table, 6, 12) if count else None
    told["plumber"] = {}
    for name, path in {
        "table": table,
        "office_table": office,
        "whole": corpus.of_pages(folder / "files", "whole_100", table=20, form=78),
        "office_whole": corpus.office(folder / "files", "office_whole_100", table=20, form=78),
    }.items():
        _say(f"a filing of 100 pages, and 2,000 pages, beside pdfplumber, start to end: {name}")
        told["plumber"][name] = beside_plumber(folder, name, path, 20 // share)
    _say("memory")
    told["memory"] = memory(folder, table, 1000 // share, 2000 // share)
    _say("two jobs")
    told["cores"] = cores(whole, 30 // share)
    told["jobs"] = two_jobs(folder, "jobs", [whole], 200 // share, by_body=True)
    told["jobs_of_one"] = two_jobs(folder, "jobs_of_one", [whole], 200 // share)
    told["short_jobs"] = two_jobs(folder, "short_jobs", originals(), 200 // share)
    _say("pages from 100 to 5,000, filings from 100 to 10,000")
    told["by_pages"] = by_pages(folder, table, [100 // share * n for n in (1, 3, 10, 30, 50)])
    told["by_filings"] = by_filings(folder, [count // share for count in (100, 1000, 10_000)])
    return told


def beside_plumber(folder: Path, name: str, path: Path, files: int) -> dict[str, Any]:
    """CPU and wall seconds of one filing and of many, each from the start of a process to its end."""
    told = {}
    pages = measures.floor(path.read_bytes())
    for times, count in (("one", 1), ("many", max(files, 1))):
        raw = corpus.varied(folder / f"plumber_{name}_{times}", [path], count)
        rounds = 5 if times == "one" else 1
        plumber = [measures.command(sys.executable, "-c", PLUMBER, str(raw)) for _ in range(min(rounds, 3))]
        henkou = [measures.extract(raw, folder / "out") for _ in range(rounds)]
        told[times] = {"pages": pages * count, "plumber": _middle(plumber), "henkou": _middle(henkou)}
    return told


def _middle(runs: list[dict[str, float]]) -> dict[str, float]:
    return sorted(runs, key=itemgetter("cpu"))[len(runs) // 2]


def memory(folder: Path, table: Path, pages: int, filings: int) -> dict[str, float]:
    """MB at most on one long filing; MB held by one process over many."""
    long = corpus.bound(folder / "long", "long", table, [1, 2, *(3 + n % 100 for n in range(pages - 2))])
    held = measures.flatness([path.read_bytes() for path in originals()], filings)
    return measures.peaks(long.parent, folder / "out") | held | {"pages": pages, "filings": filings}


def two_jobs(
    folder: Path, name: str, files: Sequence[Path], count: int, by_body: bool = False
) -> dict[str, float]:
    """Wall seconds of so many filings with one job and with two: medians of five runs in turn."""
    raw = corpus.varied(folder / name, files, count, by_body=by_body)
    return _by_one_and_two(lambda jobs: measures.extract(raw, folder / "out", jobs)["wall"]) | {
        "filings": count
    }


def cores(path: Path, times: int) -> dict[str, float]:
    """Wall seconds for the floor alone, by one process and by two: what a second one can gain here."""
    data = path.read_bytes()
    return _by_one_and_two(lambda processes: measures.floors(data, times, processes))


def _by_one_and_two(wall: Callable[[int], float]) -> dict[str, float]:
    """Medians of five rounds in turn."""
    ones, twos = zip(*((wall(1), wall(2)) for _ in range(5)), strict=True)
    return {"1": statistics.median(ones), "2": statistics.median(twos)}


def by_pages(folder: Path, table: Path, counts: list[int]) -> list[tuple[int, float]]:
    """CPU seconds of whole extraction for filings of so many pages."""
    told = []
    for count in counts:
        pages = [1, 2, *(3 + n % 100 for n in range(count - 2))]
        data = corpus.bound(folder / "by_pages", str(count), table, pages).read_bytes()
        seconds = measures.side_by_side({"whole": lambda data=data: measures.our_whole(data)}, 1)["whole"]
        told.append((count, seconds))
    return told


def by_filings(folder: Path, counts: list[int]) -> list[tuple[int, float]]:
    """CPU seconds of `henkou extract` over so many filings, driver and worker together."""
    told = []
    for count in counts:
        raw = corpus.varied(folder / f"by_filings_{count}", originals(), count)
        told.append((count, measures.extract(raw, folder / "out", 2)["cpu"]))
    return told


def _say(what: str) -> None:
    print(f"{what} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
