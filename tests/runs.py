"""Runs over invented files, read by `fakes`: what tests of the batch share."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pandas as pd

from pipeline.batch import run as batch
from pipeline.batch.watch import Limits
from pipeline.batch.work import Job, Progress
from pipeline.settings import Settings
from tests import fakes

SAPPORO, KAIZU = "011002_札幌市", "212211_海津市"


def write(raw: Path, files: dict[str, str]) -> Path:
    """Files with these texts below RAW."""
    for name, text in files.items():
        path = raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return raw


@cache
def shared() -> ThreadPoolExecutor:
    """Threads whose children all tests of this process use: starting them is most of a small run's time."""
    return ThreadPoolExecutor(4)


def job(jobs=2, force=False, timeout=60.0, memory=2**30, tell=None, executor=None, own=False) -> Job:
    """`own`: with children of its own, as `extract_all` has them."""
    tell = tell if tell is not None else lambda event: None
    executor = None if own else executor or shared()
    return Job(Settings(), Limits(timeout, memory), jobs, force, tell, executor, fakes.READER)


def run(raw, out, *, allow_removal=False, **how) -> batch.Run:
    return batch.run(raw if isinstance(raw, list) else [raw], out, job(**how), allow_removal)


def frame(out: Path, table: str) -> pd.DataFrame:
    return pd.read_parquet(out / table)


def status(out: Path) -> dict[str, str]:
    filings = frame(out, "filings")
    return dict(zip(filings["source_path"], filings["status"], strict=True))


def names(folder: Path) -> list[str]:
    """What a folder holds, hidden things too."""
    return sorted(path.name for path in folder.iterdir())


def rows(out: Path) -> dict[str, int]:
    """Rows of `changes` by source_path."""
    return frame(out, "changes")["source_path"].value_counts().to_dict()


def parquet_bytes(out: Path, *, without: tuple[str, ...] = ()) -> dict[str, str]:
    """Every visible Parquet file of the dataset -> hash of its bytes."""
    files = {
        str(Path(folder, name).relative_to(out)): Path(folder, name)
        for table in names(out)
        if table not in (".henkou", *without)
        for folder, _, inside in os.walk(out / table)
        for name in inside
    }
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}


class Reads(list[str]):
    """A listener that notes which filings were read."""

    def __call__(self, event: Progress) -> None:
        if event.stage == "read" and event.source_path is not None:
            self.append(event.source_path)
