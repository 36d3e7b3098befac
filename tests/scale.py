"""A country's worth of filings, made by varying a few: throughput, memory, size, and the second run.

`make scale` (N=10000) varies the corpus and writes docs/performance_scale.json and .svg; `make country`
(N=27000) varies the two filings of 60 pages that `make bench` draws, and writes performance_country.*.
docs/performance.md tells what they mean. The same page again and again says nothing about accuracy, and
nothing is asserted here.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

from pipeline import flow, rules
from pipeline.discover.documents import one
from pipeline.errors import FilingError
from pipeline.settings import Settings

HERE = Path(__file__).parent
DOCS = HERE.parent / "docs"


def corpus() -> list[Path]:
    """The corpus' PDFs that read as filings."""
    return [path for path in sorted((HERE / "filings").glob("*.pdf")) if _reads(path)]


def _reads(path: Path) -> bool:
    try:
        return flow.extract(one(path), Settings()).facts["status"] != "failed"
    except FilingError:
        return False


def drawn(folder: Path) -> list[Path]:
    """Filings of 60 pages, a fifth of them table, by ReportLab and by LibreOffice."""
    from tests.bench.corpus import of_pages, office

    return [of_pages(folder, "whole", 12, 46), office(folder, "office_whole", 12, 46)]


def make(raw: Path, count: int, paths: list[Path]) -> None:
    """`count` filings of unique bytes (a comment behind the end) in the folders of 1,800 bodies."""
    originals = [path.read_bytes() for path in paths]
    bodies = rules.table("municipalities")[:1800]
    for number in range(count):
        body = bodies[number % len(bodies)]
        folder = raw / f"{body['code']}_{body['name']}"
        folder.mkdir(parents=True, exist_ok=True)
        data = originals[number % len(originals)]
        (folder / f"{number:06d}.pdf").write_bytes(data + b"\n%% %d\n" % number)


class Memory(threading.Thread):
    """Samples what a process and its children hold, once a second."""

    def __init__(self, process: psutil.Process) -> None:
        super().__init__(daemon=True)
        self.process, self.samples = process, list[tuple[float, float, float]]()

    def run(self) -> None:
        started = time.monotonic()
        while self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE:
            try:
                own = self.process.memory_info().rss
                children = sum(one.memory_info().rss for one in self.process.children(recursive=True))
            except psutil.Error:
                continue
            self.samples.append((round(time.monotonic() - started, 1), own / 1e6, children / 1e6))
            time.sleep(1)


def extract(raw: Path, out: Path, jobs: int) -> tuple[dict[str, float], list[tuple[float, float, float]]]:
    """One run of the command -> its summary, and memory over time."""
    command = [
        sys.executable,
        "-m",
        "pipeline.cli",
        "extract",
        str(raw),
        "--out",
        str(out),
        "--json",
        "--ocr",
        "off",
    ]
    process = subprocess.Popen(
        [*command, "--jobs", str(jobs)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    memory = Memory(psutil.Process(process.pid))
    memory.start()
    started = time.monotonic()
    told, _ = process.communicate()
    memory.join()
    return {**json.loads(told), "wall_seconds": round(time.monotonic() - started, 2)}, memory.samples


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--whole", action="store_true", help="filings of 60 pages instead of the corpus")
    options = parser.parse_args()
    raw, out = options.folder / "raw", options.folder / "out"
    shutil.rmtree(options.folder, ignore_errors=True)
    make(raw, options.count, drawn(options.folder) if options.whole else corpus())
    first, samples = extract(raw, out, options.jobs)
    second, _ = extract(raw, out, options.jobs)
    generations = sorted((out / ".henkou/generations").iterdir())
    size = sum(path.stat().st_size for path in generations[-1].rglob("*") if path.is_file())
    pages = _pages(out)
    told = {
        "filings": options.count,
        "pages": pages,
        "pdf_bytes": sum(path.stat().st_size for path in raw.rglob("*.pdf")),
        "jobs": options.jobs,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "load_before": round(psutil.getloadavg()[2], 1),
        "first": first,
        "filings_per_second": round(options.count / first["wall_seconds"], 1),
        "pages_per_second": round(pages / first["wall_seconds"], 1),
        "driver_peak_mb": round(max(own for _, own, _ in samples)),
        "children_peak_mb": round(max(children for _, _, children in samples)),
        "dataset_bytes": size,
        "state_bytes": (out / ".henkou/state.sqlite").stat().st_size,
        "second": second,
    }
    name = "performance_country" if options.whole else "performance_scale"
    (DOCS / f"{name}.json").write_text(json.dumps(told, indent=1) + "\n")
    _plot(samples, DOCS / f"{name}.svg")
    print(json.dumps(told, indent=1))


def _pages(out: Path) -> int:
    import pandas as pd

    return int(pd.read_parquet(out / "filings", columns=["pages"])["pages"].sum())


def _plot(samples: list[tuple[float, float, float]], path: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "henkou"
    from matplotlib import pyplot as plt

    seconds, own, children = zip(*samples, strict=True)
    figure, axes = plt.subplots(figsize=(7, 3), layout="constrained")
    axes.plot(seconds, own, label="henkou")
    axes.plot(seconds, children, label="its children, together")
    axes.set(xlabel="seconds", ylabel="MB in memory", ylim=(0, None))
    axes.legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
