"""Sources -> the outcome of each: known from earlier runs, or read now by tasks of an executor."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from .. import files
from ..errors import FilingError, HenkouError, UsageError
from ..model import Document
from ..settings import Settings
from ..store import packing, state
from ..store.packing import Outcome
from ..store.state import Known, State
from . import child, guard
from .birth import Nursery
from .guard import Guards, Task
from .sources import Entry, Source
from .watch import Limits

_LOSSES = 3
"""So often may one filing's result be lost by a cluster."""


class Progress(NamedTuple):
    """One step of a run, for who watches it."""

    stage: Literal["look", "read", "scan", "write"]
    """Files are compared with the last run; filings are read, scans page by page; prefectures are written."""
    done: int
    total: int
    source_path: str | None = None
    pages: int = 0
    problems: int = 0
    error: str | None = None


class Job(NamedTuple):
    """How to read: what stays the same for all filings of a run."""

    settings: Settings
    limits: Limits
    jobs: int
    force: bool
    tell: Callable[[Progress], None]
    executor: Executor | None = None
    """Where tasks run, when not on threads of this process; its workers must see the same paths."""
    reader: str = child.READER
    nursery: Nursery | None = None
    """Where the children of these threads come from, when not started anew."""


class Work:
    """The reading of one run's sources; what is finished is saved as it comes in."""

    def __init__(self, job: Job, kept: State, sources: list[Source]) -> None:
        self._job, self._kept = job, kept
        self._known = kept.known()
        self._keys: dict[str, tuple[str, str | None]] = {}
        self._documents = {source.document.source_path: source.document for source in sources}
        self._alike: dict[str, list[Source]] = defaultdict(list)
        self._lost: Counter[str] = Counter()
        self.unopened: list[Document] = []
        self.read = 0
        """Filings that were read now."""
        for source in sources:
            self._sort_in(source)

    def run(self) -> bool:
        """Read what is not known -> whether it was interrupted (Ctrl-C) before the end."""
        # Large files first: a long filing that starts last would leave the other cores idle.
        todo = sorted(self._alike, key=lambda key: -self._alike[key][0].bytes)
        self._todo, self._total = deque(todo), len(todo)
        running: dict[Future[Outcome], str] = {}
        with _tasks(self._job) as submit:
            try:
                while self._todo or running:
                    while self._todo and len(running) < self._job.jobs * 2:
                        key = self._todo.popleft()
                        running[submit(self._task(self._alike[key][0]))] = key
                    finished, _ = wait(running, return_when=FIRST_COMPLETED)
                    if not self.read and self._job.nursery and self._job.jobs > 1:
                        self._job.nursery.prepare(child.WRITER)  # all that read have come to be
                    for future in finished:
                        key = running.pop(future)
                        outcome = self._outcome(future, key)
                        if outcome is None:
                            self._todo.append(key)
                        else:
                            self._finish(key, outcome)
            except KeyboardInterrupt:
                for future, key in running.items():
                    if (
                        not future.cancel()
                        and future.done()
                        and not future.cancelled()
                        and future.exception() is None
                    ):
                        self._finish(key, future.result())
                self._kept.commit(now=True)
                return True
        self._kept.commit(now=True)
        return False

    def entries(self) -> list[Entry]:
        """The documents with an outcome, from this run or, where it did not come so far, from the last."""
        before = self._kept.placed()
        entries = []
        for path, document in self._documents.items():
            key, sha256 = self._keys.get(path, (None, None))
            old = self._known.get(before[path].key) if key is None and path in before else None
            if old is not None and old.form == packing.form():
                key = before[path].key
                outcome = self._kept.outcome(key)
                sha256 = outcome.sha256 if outcome else None
            if key is not None:
                entries.append(Entry(document, sha256, key, self._known[key]))
        return entries

    def _outcome(self, future: Future[Outcome], key: str) -> Outcome | None:
        """What a task came to; null when a cluster lost it on its way, so that it is to be done again.

        Dask's executor does that to a result that came as its worker died: it raises a TypeError of its own.
        """
        try:
            return _result(future, self._alike[key][0])
        except HenkouError:
            raise
        except Exception:
            self._lost[key] += 1
            if self._job.executor is None or self._lost[key] == _LOSSES:
                raise
            return None

    def _sort_in(self, source: Source) -> None:
        path = source.document.source_path
        if source.sha256 is None:
            assert source.error is not None
            self._unopened(source.document, child.unopenable(source.error))
            return
        key = state.key(source.sha256, path, self._job.settings)
        if self._usable(self._known.get(key)):
            self._keys[path] = key, source.sha256
        else:
            self._alike[key].append(source)

    def _usable(self, known: Known | None) -> bool:
        """Whether reading again would give the same."""
        if known is None or self._job.force:
            return False
        if known.limit is not None and known.allowed is not None:
            limits = self._job.limits
            return (limits.seconds if known.limit == "time" else limits.memory) <= known.allowed
        return known.lasting

    def _task(self, source: Source) -> Task:
        document, job = source.document, self._job
        assert source.sha256 is not None
        return Task(
            document.path,
            document.source_path,
            source.sha256,
            source.bytes,
            job.settings,
            job.limits,
            job.reader,
            self._kept.scans(source.sha256),
        )

    def _finish(self, key: str, outcome: Outcome) -> None:
        """Save an outcome for all documents of the same bytes."""
        alike = self._alike.pop(key)
        first = alike[0].document
        self.read += 1
        if outcome.scans and outcome.sha256 is not None:
            self._kept.save_scans(outcome.sha256, outcome.scans)
        if outcome.sha256 == alike[0].sha256:
            self._known[key] = self._kept.save(key, outcome)
            for source in alike:
                self._keys[source.document.source_path] = key, outcome.sha256
        else:  # this file changed or went away since it was hashed; the others of its bytes did not
            if outcome.sha256 is None:
                self._check_shared(first)
                self._unopened(first, outcome)
            else:
                own = state.key(outcome.sha256, first.source_path, self._job.settings)
                self._known[own] = self._kept.save(own, outcome)
                self._keys[first.source_path] = own, outcome.sha256
            if alike[1:]:
                self._alike[key] = alike[1:]
                self._todo.append(key)
                self._total += 1
        self._tell(first, outcome)

    def _unopened(self, document: Document, outcome: Outcome) -> None:
        key = f"unopened {document.source_path}"
        self._known[key] = self._kept.save(key, outcome)
        self._keys[document.source_path] = key, None
        self.unopened.append(document)

    def _check_shared(self, document: Document) -> None:
        local = not files.is_url(document.path)
        if self._job.executor is not None and local and Path(document.path).exists():
            raise UsageError(
                f"{document.path} can be opened here but not on the cluster; RAW must be on a drive "
                "that all workers see under the same path"
            )

    def _tell(self, document: Document, outcome: Outcome) -> None:
        error, pages, problems = None, 0, 0
        if outcome.kind == "reading":
            pages, problems = outcome.counts
        elif outcome.kind == "failed":
            error = str(FilingError(document.source_path, *outcome.error))
        self._job.tell(Progress("read", self.read, self._total, document.source_path, pages, problems, error))


def _result(future: Future[Outcome], source: Source) -> Outcome:
    """What a task came to; of a cluster also that its workers died over it, or that it is gone."""
    try:
        return future.result()
    except CancelledError:
        raise UsageError("the cluster is gone; what was read is kept: run again when it is back") from None
    except Exception as error:
        if type(error).__name__ != "KilledWorker":  # Dask's name; it need not be installed here
            raise
        return packing.of_error(
            "the machines that read it were lost, one after another",
            "Look at the workers' logs, then run again",
            sha256=source.sha256, bytes=source.bytes, lasting=False,
        )  # fmt: skip


@contextmanager
def _tasks(job: Job) -> Iterator[Callable[[Task], Future[Outcome]]]:
    """Where tasks are handed in: the job's executor, or threads of ours that each drive a child."""
    if job.executor is not None:
        executor = job.executor
        yield lambda task: executor.submit(guard.read, task)
        return

    def scanned(name: str, page: int, pages: int) -> None:
        job.tell(Progress("scan", page, pages, name))

    guards = Guards(job.nursery)
    threads = ThreadPoolExecutor(job.jobs)
    try:
        yield lambda task: threads.submit(guards.read, task, scanned)
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
        guards.close()
        threads.shutdown(wait=True)
