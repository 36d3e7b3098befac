"""Time and memory of what spans filings, over a generated dataset (架空の見本) whose truth is known.

    python -m tests.across.scale OUT                 makes a dataset of half a million rows there when there
                                                     is none, and tells what waves, index and search cost
    python -m tests.across.scale OUT --bodies 100    a smaller one

Each step runs in a process of its own, so that its memory is its own. Times are wall / processor.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq

import pipeline
from pipeline.dataset import index, wave_store
from pipeline.store import folder

from . import make, quality

WORDS = ("の", "個人番号", "ガバメントクラウド", "取扱い", "中間サーバー", "番号法第19条", "個人番号 の")


def waves(out: Path) -> str:
    """All waves and suggestions, made anew under new ids."""
    plan = (folder.current_generation(out) or out) / folder.PLAN
    told = json.loads(plan.read_text(encoding="utf-8"))
    told["waves"] |= {"of": None, "ids": {}}
    plan.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    made = pipeline.waves(out)
    digest = hashlib.sha256()
    for files in wave_store.FILES.values():
        digest.update((out / files[0]).read_bytes())
    return (
        f"{len(made.list):,} waves of {len(made.members):,} changes, {len(made.suggestions):,} suggestions; "
        f"bytes {digest.hexdigest()[:12]}"
    )


def truth(out: Path) -> str:
    known = pq.read_table(out / "truth.parquet")
    found, national = quality.together(out, known)
    again = quality.prints(out, known)
    return (
        f"waves precision {found.precision:.4f}, recall {found.recall:.4f}, F1 {found.f1:.4f}; national "
        f"share of members {national:.4f}; occurrences F1 {again.f1:.4f}"
    )


def make_index(out: Path) -> str:
    (out / folder.HIDDEN / index.NAME).unlink(missing_ok=True)
    index.opened(out).close()
    return f"{(out / folder.HIDDEN / index.NAME).stat().st_size / 1e6:,.0f} MB"


def search(out: Path) -> str:
    pipeline.search("番号", out)  # the dictionary is loaded once a process
    told = []
    for words in WORDS:
        started = time.perf_counter()
        found = pipeline.search(words, out, limit=20).attrs["found"]
        told.append(f"{words} {time.perf_counter() - started:.2f} s ({found:,})")
    return ", ".join(told)


STEPS: dict[str, Callable[[Path], str]] = {
    "waves": waves, "waves again": waves, "truth": truth, "index": make_index, "search": search,
}  # fmt: skip


def measured(name: str, out: Path) -> str:
    wall, cpu = time.perf_counter(), time.process_time()
    told = STEPS[name](out)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return f"{name}: {wall:.1f} / {cpu:.1f} s, peak {peak:.2f} GB. {told}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--bodies", type=int, default=1040)
    parser.add_argument("--filings", type=int, default=10)
    parser.add_argument("--step", choices=STEPS)
    told = parser.parse_args()
    if told.step:
        print(measured(told.step, told.out), flush=True)
        return
    if not (told.out / "truth.parquet").exists():
        rows = make.make(told.out, count=told.bodies, filings=told.filings)
        pq.write_table(rows, told.out / "truth.parquet")
    print(f"{pq.read_metadata(told.out / 'truth.parquet').num_rows:,} rows, {os.cpu_count()} cores")
    for name in STEPS:
        command = [sys.executable, "-m", "tests.across.scale", str(told.out), "--step", name]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
