"""How long, how much memory, how many instructions: each measure takes files and gives numbers."""

from __future__ import annotations

import importlib.util
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import psutil

from pipeline import flow, place, tables
from pipeline.batch import child
from pipeline.discover.documents import one
from pipeline.read import library as pdfium
from pipeline.read.many import many, through_ctypes
from pipeline.read.stand_in import system_fonts
from pipeline.settings import Settings

SETTINGS = Settings(reader="pdfium", ocr="off")
Work = Callable[[bytes], object]
Result = TypeVar("Result")
_HENKOU = str(Path(sys.executable).with_name("henkou"))
"""The command as it is installed."""


def floor(data: bytes) -> int:
    """PDFium loads every page and lays its text out: what nothing that uses PDFium can go below."""
    document = pdfium.load_document(data, len(data), None)
    pages = pdfium.count_pages(document)
    for number in range(pages):
        page = pdfium.load_page(document, number)
        text = pdfium.load_text(page)
        pdfium.close_text(text)
        pdfium.close_page(page)
    pdfium.close_document(document)
    return int(pages)


def floor_as_it_comes(data: bytes) -> int:
    """The same with the machine's fonts for those that the file does not hold, as PDFium does by itself."""
    with system_fonts():
        return floor(data)


def our_tables(data: bytes) -> object:
    """Reading, cells, stitching: `tables.read`."""
    return tables.read(data, "x.pdf", SETTINGS)


def our_whole(data: bytes) -> int:
    """All of it up to Parquet's bytes: reading, cells, stitching, text, fields, tables."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    reading = flow.read(data, "x.pdf", SETTINGS)
    filing = place.place(reading, one(str(_SAMPLE)))
    size = 0
    for table in filter(len, filing.tables.values()):  # nothing is written for no rows
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="zstd")
        size += sink.getvalue().size
    return size


_SAMPLE = next((Path(__file__).parents[2] / "raw_pdfs").glob("*/mihon_residents.pdf"))


def peer(name: str, path: Path) -> None:
    """A peer's tables of a file, with their text."""
    from tests.accuracy import peers

    for _ in peers.PEERS[name](path):
        pass


def side_by_side(works: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Each work's CPU seconds, the median of rounds in which all take turns."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():  # once beforehand: imports, tables of rules
        work()
    for _ in range(rounds):
        for name, work in works.items():
            started = time.process_time()
            work()
            seconds[name].append(time.process_time() - started)
    return {name: statistics.median(each) for name, each in seconds.items()}


def alone(work: Callable[..., Result], *arguments: object) -> Result:
    """A work in a process that has done nothing yet but to load what a child loads."""
    prepare = partial(child.prepared, child.READER)
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=prepare) as process:
        return process.submit(work, *arguments).result()


def floors(data: bytes, times: int, processes: int) -> float:
    """Wall seconds that so many processes take, together, for the floor of one file so many times."""
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        list(pool.map(floor, 2 * processes * [data]))  # once beforehand
        started = time.perf_counter()
        list(pool.map(floor, times * [data]))
        return time.perf_counter() - started


def pages_beside(path: Path, rounds: int, peers: bool = False) -> dict[str, float]:
    """CPU milliseconds a page of each work on one file, medians of rounds in turn."""
    data = path.read_bytes()
    pages = floor(data)
    works = {
        "floor": lambda: floor(data),
        "tables": lambda: our_tables(data),
        "whole": lambda: our_whole(data),
    }
    # Not in turns with these: the machine's fonts are large, and leave caches and heap to whoever is next.
    others = {"floor_as_it_comes": lambda: floor_as_it_comes(data)}
    if peers and importlib.util.find_spec("tablers"):
        others["tablers"] = lambda: peer("tablers", path)
    seconds = side_by_side(works, rounds) | side_by_side(others, rounds)
    return {name: 1000 * each / pages for name, each in seconds.items()} | {"pages": pages}


def command(*arguments: str, environment: Mapping[str, str] | None = None) -> dict[str, float]:
    """A command run to its end -> wall and CPU seconds, its children's too."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(
        arguments, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": wall, "cpu": cpu}


def extract(raw: Path, out: Path, jobs: int = 1) -> dict[str, float]:
    """`henkou extract` from nothing: start-up, isolation, Parquet and all."""
    shutil.rmtree(out, ignore_errors=True)
    return command(*_extract(raw, out, jobs))


def _extract(raw: Path, out: Path, jobs: int) -> list[str]:
    """The command; no engine is asked, one filing in fifty of the corpus would take half of the time."""
    told = ["extract", str(raw), "--out", str(out), "--jobs", str(jobs), "--ocr", "off", "--quiet"]
    return [_HENKOU, *told]


def peaks(raw: Path, out: Path) -> dict[str, float]:
    """The most memory, in MB, that `henkou extract` and its largest child hold while they work."""
    shutil.rmtree(out, ignore_errors=True)
    process = subprocess.Popen(
        _extract(raw, out, jobs=1), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    driver = psutil.Process(process.pid)
    most = {"driver": 0.0, "worker": 0.0}
    while process.poll() is None:
        try:
            own = driver.memory_info().rss
            workers = [child.memory_info().rss for child in driver.children(recursive=True)]
        except psutil.Error:
            continue
        most["driver"] = max(most["driver"], own / 1e6)
        most["worker"] = max(most["worker"], *(size / 1e6 for size in workers), 0.0)
        time.sleep(0.02)
    return most


def flatness(originals: list[bytes], count: int) -> dict[str, float]:
    """MB held by this process after a tenth of so many filings, and after all."""
    process = psutil.Process()
    held = {}
    for number in range(count):
        flow.read(originals[number % len(originals)] + b"\n%% %d" % number, "x.pdf", SETTINGS)
        if number + 1 in (count // 10, count):
            held[number + 1] = process.memory_info().rss / 1e6
    return {"first": held[count // 10], "last": held[count]}


def start_up(times: int = 9) -> dict[str, float]:
    """Wall seconds of `henkou --help`, and of importing the package into a running Python."""
    helped = [command(_HENKOU, "--help")["wall"] for _ in range(times)]
    code = "import time; t = time.perf_counter(); import pipeline; print(time.perf_counter() - t)"
    loads = [float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(times)]
    return {"help": statistics.median(helped), "import": statistics.median(loads)}


def instructions(path: Path, few: int, many: int) -> dict[str, float] | None:
    """Millions of instructions a page, counted by valgrind; nothing where there is none."""
    if shutil.which("valgrind") is None:
        return None
    told = {}
    for name in ("floor", "tables", "whole"):
        counts = [_counted(name, path, pages) for pages in (few, many)]
        told[name] = (counts[1] - counts[0]) / (many - few) / 1e6
    return told


def _counted(work: str, path: Path, pages: int) -> int:
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    own = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", sys.executable]
    arguments = [*own, "-m", "tests.bench.once", work, str(path), str(pages)]
    told = subprocess.run(arguments, env=environment, check=True, capture_output=True, text=True).stderr
    return int(next(line.split(":")[1] for line in told.splitlines() if "Collected" in line))


def machine() -> dict[str, Any]:
    """What ran: processor, cores, versions, load."""
    import importlib.metadata as metadata
    import platform

    model = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    names = ("pypdfium2", "pikepdf", "numpy", "pyarrow", "pdfplumber", "tablers")
    versions = {}
    for name in names:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "versions": versions,
        "calls": "through ctypes" if many is through_ctypes else "compiled",
        "load_before": round(psutil.getloadavg()[0], 1),
    }


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
