"""Reading behind a guard: a child process that may hang, crash or grow, and costs one filing when it does.

`Guards.read(task)` can be called from many threads; each drives a child of its own, which it reuses.
`read(task)` does the same with guards that live as long as the process: the task for a cluster's workers.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import IO, Literal

from ..errors import HenkouError
from ..settings import Settings
from ..store import packing, state
from ..store.packing import Outcome, Scans
from . import birth, child
from .birth import Nursery
from .watch import Limits, Watch, held

Tell = Callable[[str, int, int], None]
"""What hears of a filing's name, the page that is being read, and of how many."""

_STARTS = 3
_TIRED = 0.5
"""A child that after a filing holds more than this share of its limit is replaced: libraries keep memory."""


@dataclass(frozen=True, slots=True)
class Task:
    """All that reading one file needs, on this machine or another that sees the same files."""

    path: str
    name: str
    sha256: str
    bytes: int
    settings: Settings
    limits: Limits
    reader: str = child.READER
    scans: Scans = ()
    """What an OCR engine read of it before."""
    version: str = field(default_factory=state.version)
    """Of the henkou that asks; another one's answer would not fit its key."""


class GuardError(HenkouError):
    """Children cannot be started at all: the installation's fault, not a filing's."""


class _Ended(Exception):
    """The child ended before it answered."""

    def __init__(
        self, why: Literal["time", "memory", "crash"], status: int, words: str, scans: list[bytes]
    ) -> None:
        self.why, self.status, self.words, self.scans = why, status, words, tuple(scans)


class Guards:
    """Children for the threads of this process."""

    def __init__(self, nursery: Nursery | None = None) -> None:
        self._nursery = nursery
        self._local = threading.local()
        self._all: set[_Child] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def read(self, task: Task, tell: Tell | None = None) -> Outcome:
        """One file -> its outcome, within its limits; `tell` hears of each page that an OCR engine reads.

        What a child dies of may be what earlier files left in it: then a new one tries again.
        """
        while True:
            worker = self._worker(task.reader)
            used = worker.served > 0
            try:
                outcome = worker.ask(task, tell)
            except _Ended as end:
                self._dismiss(worker)
                if self._stopped:
                    raise GuardError("reading was stopped") from None
                task = dataclasses.replace(task, scans=(*task.scans, *end.scans))
                if end.why == "time" or not used:
                    return child.outcome_of_end(
                        end.why, end.status, end.words, (task.limits.seconds, task.limits.memory),
                        sha256=task.sha256, bytes=task.bytes, scans=task.scans,
                    )  # fmt: skip
            else:
                tired = worker.memory() > _TIRED * task.limits.memory
                if outcome.limit == "memory" or tired or worker.was_killed():
                    self._dismiss(worker)
                if outcome.limit != "memory" or not used:
                    return outcome

    def close(self) -> None:
        """End all children, busy ones too."""
        with self._lock:
            self._stopped = True
            workers = list(self._all)
        for worker in workers:
            worker.end()

    def _worker(self, reader: str) -> _Child:
        worker: _Child | None = getattr(self._local, "worker", None)
        if worker is not None and (worker.reader != reader or not worker.alive()):
            self._dismiss(worker)
            worker = None
        if worker is None:
            worker = self._local.worker = _start(reader, self._nursery)
        with self._lock:
            self._all.add(worker)
            stopped = self._stopped
        if stopped:
            self._dismiss(worker)
            raise GuardError("reading was stopped")
        return worker

    def _dismiss(self, worker: _Child) -> None:
        worker.end()
        self._local.worker = None
        with self._lock:
            self._all.discard(worker)


@cache
def _process_guards() -> Guards:
    return Guards()


def read(task: Task) -> Outcome:
    """One file -> its outcome, by a child that this process keeps for its thread.

    GuardError when this process has not the henkou that asks.
    """
    if task.version != state.version():
        raise GuardError(f"{socket.gethostname()} has another version of henkou, its rules or its engines")
    return _process_guards().read(task)


def _start(reader: str, nursery: Nursery | None) -> _Child:
    """A child that is ready to read; GuardError when none can be had."""
    for _ in range(_STARTS):
        try:
            worker = _Child(reader, nursery)
        except OSError as error:
            raise GuardError(
                f"no process to read filings can be started ({error}); try fewer --jobs"
            ) from None
        if worker.is_ready():
            return worker
        status, words = worker.last_status(), worker.last_words()
        worker.end()
        if status != -child.KILLED:  # by a machine short of memory: that may pass
            break
    raise GuardError(f"the process that reads filings does not start: {words or f'status {status}'}")


class _Child:
    """One child process and the pipes to it."""

    def __init__(self, reader: str, nursery: Nursery | None) -> None:
        self.reader, self.served = reader, 0
        self._words: IO[bytes] = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - lives as long as the child
        # Unbuffered, because the child shares its position.
        self._process, self._requests, self._replies = birth.born(reader, self._words, nursery)
        try:
            self._watch = Watch(self.memory, self.kill)
        except RuntimeError as error:  # no further thread can be started
            self.kill()
            raise GuardError(f"no child can be watched: {error}") from error

    def was_killed(self) -> bool:
        """Whether its time ran out as its answer came; it may be dying still, and must not be asked again."""
        return self._watch.why is not None

    def is_ready(self) -> bool:
        """Whether the child says that it can read, after its imports."""
        try:
            with self._watch.over(Limits(birth.START_SECONDS, sys.maxsize)):
                return child.receive(self._replies) is not None
        except BaseException:
            self.end()
            raise

    def ask(self, task: Task, tell: Tell | None) -> Outcome:
        self.served += 1
        request = {
            "path": task.path, "name": task.name, "sha256": task.sha256, "bytes": task.bytes,
            "settings": dataclasses.asdict(task.settings), "memory": task.limits.memory,
        }  # fmt: skip
        scans: list[bytes] = []
        with self._watch.over(task.limits):
            try:
                self._words.seek(0)
                self._words.truncate()
                child.send(self._requests, request, packing.joined(task.scans))
                while (message := child.receive(self._replies)) is not None and "scanned" in message[0]:
                    scans.append(message[1])
                    self._watch.again()
                    if tell:
                        tell(task.name, *message[0]["scanned"])
            except (OSError, ValueError):  # the pipe broke, or `end` closed it, or this is no message
                message = None
        if message is None:
            status = self.last_status()
            raise _Ended(self._watch.why or "crash", status, self.last_words(), scans)
        head, tables = message
        return Outcome(**head, tables=tables, scans=tuple(scans))

    def last_status(self) -> int:
        """Exit status of a child that no longer answers; it may need a moment to end, or help."""
        try:
            return self._process.wait(1)
        except subprocess.TimeoutExpired:
            self.kill()
            return self._process.wait()

    def alive(self) -> bool:
        # What holds memory lives; to ask its parent takes twenty times as long.
        return self.memory() > 0 or self._process.poll() is None

    def memory(self) -> int:
        return held(self._process.pid)

    def kill(self) -> None:
        """With all that it may have started itself."""
        if self._process.poll() is not None:
            return
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()

    def end(self) -> None:
        self.kill()
        self._process.wait()
        self._watch.end()
        for stream in (self._requests, self._replies, self._words):
            with contextlib.suppress(OSError):
                stream.close()

    def last_words(self) -> str:
        """The last line that the child wrote to stderr, where a dying library says why."""
        try:
            self._words.seek(0)
            lines = self._words.read()[-4000:].decode("utf-8", "replace").strip().splitlines()
        except (OSError, ValueError):  # `end`, by another thread, closed it, or closes it now
            lines = []
        fatal = [line for line in lines if line.startswith("Fatal Python error")]
        return (fatal or lines or [""])[-1][:300]
