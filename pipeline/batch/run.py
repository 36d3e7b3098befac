"""Many filings: find them, read what is new behind guards, publish the dataset; one bad file is one row."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from os import PathLike
from typing import TYPE_CHECKING

from ..discover.documents import Discovery, discover
from ..errors import UsageError
from ..settings import Settings
from ..store import locked, state
from ..store.state import State
from .birth import Nursery
from .sources import Entry, Source, check_still_there, fingerprint, path_key
from .watch import Limits
from .work import Job, Progress, Work

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from ..store import Dataset
    from .part import Totals

Raws = str | PathLike[str] | Sequence[str | PathLike[str]]


@dataclass(frozen=True, slots=True)
class Run:
    """What a run made of its filings. Counts are of the whole dataset, but for `read`."""

    filings: int
    rows: int
    problems: int
    failed: int
    """Filings that could not be read, and files and folders that had to be left out."""
    partial: int
    read: int
    """Filings whose bytes were read in this run; the others were known."""
    seconds: float
    duplicates: int = 0
    not_filings: int = 0
    """Text files that are no filings."""
    errors: tuple[str, ...] = field(default=(), repr=False)
    """The failed filings' messages."""


def extract_all(
    raw: Raws = "raw_pdfs",
    out: str | PathLike[str] = "extracted",
    *,
    jobs: int | None = None,
    settings: Settings | None = None,
    force: bool = False,
    allow_removal: bool = False,
    timeout: float = 120.0,
    memory: float = 2.0,
    progress: Callable[[Progress], None] | None = None,
    cluster: str | None = None,
    nursery: Nursery | None = None,
) -> Run:
    """Every filing below `raw` -> the dataset `out`; only new and changed ones are read.

    Never raises for a bad file. UsageError: no filing, most filings gone, `out` in use. StoreError: `out`
    cannot be written, and is as it was. Ctrl-C: what is done is published, the rest keeps its old rows,
    then KeyboardInterrupt. `timeout` in seconds and `memory` in GiB are for one filing. `cluster` is the
    address of a Dask scheduler whose workers read instead of this machine, and see `raw` as it does.
    `nursery`: where children come from that need not start anew.
    """
    raws = [raw] if isinstance(raw, str | PathLike) else list(raw)
    with _workers(cluster, jobs or _cores()) as (executor, threads):
        job = Job(
            settings or Settings(),
            Limits(timeout, int(memory * 2**30)),
            threads,
            force,
            progress if progress is not None else lambda event: None,
            executor,
            nursery=nursery,
        )
        return run(raws, out, job, allow_removal)


def run(
    raws: Sequence[str | PathLike[str]], out: str | PathLike[str], job: Job, allow_removal: bool = False
) -> Run:
    """All steps of one run, in order."""
    started = time.monotonic()
    found = discover(raws, out=out)
    if not found.documents and not allow_removal:
        raise _no_filing(raws)
    with locked(out) as dataset, state.opened(dataset.state_path) as kept:
        published = _published(dataset)
        sources = fingerprint(
            found, kept, job.jobs, lambda n, of: job.tell(Progress("look", n, of)),
            partial(job.nursery.prepare, job.reader) if job.nursery else lambda: None,
        )  # fmt: skip
        if not allow_removal:
            _check_removal(published, sources, out)
        work = Work(job, kept, sources)
        interrupted = work.run()
        check_still_there([os.fspath(raw) for raw in raws], work.unopened, len(sources))
        entries = work.entries()
        if not allow_removal and all(entry.known.kind == "not_a_filing" for entry in entries):
            raise KeyboardInterrupt if interrupted else _no_filing(raws)
        if interrupted and not _covered(published, sources, entries):
            raise KeyboardInterrupt
        totals = _publish(dataset, kept, job, found, entries)
        if interrupted:
            raise KeyboardInterrupt
    return Run(
        totals.filings, totals.rows, totals.problems, totals.failed, totals.partial, work.read,
        time.monotonic() - started, totals.duplicates, totals.not_filings, tuple(totals.errors),
    )  # fmt: skip


def _publish(dataset: Dataset, kept: State, job: Job, found: Discovery, entries: list[Entry]) -> Totals:
    from .publish import publish  # it brings Arrow along: nothing that the children should wait for

    totals, placed = publish(
        dataset, kept, entries, found.problems, force=job.force, jobs=job.jobs, nursery=job.nursery,
        tell=lambda done, total: job.tell(Progress("write", done, total)),
    )  # fmt: skip
    kept.publish(placed.items(), (path_key(document) for document in found.documents))
    return totals


def _published(dataset: Dataset) -> dict[str, str | None]:
    """The filings of the published dataset: source_path -> SHA-256."""
    folder = dataset.folder()
    if folder is None:
        return {}
    import pyarrow.parquet as pq

    try:
        columns = ["source_path", "sha256"]
        table = pq.read_table(f"{folder}/filings", columns=columns, filesystem=dataset.filesystem)
    except (OSError, ValueError):  # damaged by hand; this run writes it anew
        return {}
    return dict(zip(*(column.to_pylist() for column in table.columns), strict=True))


def _check_removal(published: dict[str, str | None], sources: Iterable[Source], out: object) -> None:
    """UsageError when most of the dataset would go: more likely a wrong path or a drive that is not there."""
    sources = list(sources)
    paths = {source.document.source_path for source in sources}
    hashes = {source.sha256 for source in sources}
    gone = [path for path, sha256 in published.items() if path not in paths and sha256 not in hashes]
    if len(gone) * 2 > len(published):
        raise UsageError(
            f"{len(gone)} of the {len(published)} filings in {out} are gone from RAW ({gone[0]} …); nothing "
            "was written. If that is right, say --allow-removal"
        )


def _covered(published: dict[str, str | None], sources: Iterable[Source], entries: Iterable[Entry]) -> bool:
    """Whether every filing that is still in RAW has rows, new ones or its old ones."""
    covered = {entry.document.source_path for entry in entries}
    return all(
        source.document.source_path in covered or source.document.source_path not in published
        for source in sources
    )


def _no_filing(raws: Sequence[str | PathLike[str]]) -> UsageError:
    shown = ", ".join(map(str, raws))
    return UsageError(
        f"no filing in {shown}; henkou reads PDFs, and OCR transcripts that have a change table"
    )


def _workers(cluster: str | None, jobs: int) -> AbstractContextManager[tuple[Executor | None, int]]:
    """Where filings are read, and how many at a time."""
    if cluster is None:
        return nullcontext((None, jobs))
    from .cluster import connected

    return connected(cluster)


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
