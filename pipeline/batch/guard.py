"""Reading behind a guard: a child process that may hang, crash or grow, and costs one filing when it does.

`Guards.read(task)` can be called from many threads; each drives a child of its own, which it reuses.
`read(task)` does the same with guards that live as long as the process: the task for a cluster's workers.
"""

from __future__ import annotations

import dataclasses
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Literal

from ..errors import HenkouError
from ..settings import Settings
from ..store import packing, state
from ..store.packing import Outcome, Scans
from . import birth, child
from .birth import Nursery
from .children import Child, Children, Closed
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
        self._children = Children[_Reader]()

    def read(self, task: Task, tell: Tell | None = None) -> Outcome:
        """One file -> its outcome, within its limits; `tell` hears of each page that an OCR engine reads.

        What a child dies of may be what earlier files left in it: then a new one tries again.
        """
        while True:
            reader = self._reader(task.reader)
            used = reader.served > 0
            try:
                outcome = reader.ask(task, tell)
            except _Ended as end:
                self._children.dismiss()
                if self._children.closed:
                    raise GuardError("reading was stopped") from None
                task = dataclasses.replace(task, scans=(*task.scans, *end.scans))
                if end.why == "time" or not used:
                    return child.outcome_of_end(
                        end.why, end.status, end.words, (task.limits.seconds, task.limits.memory),
                        sha256=task.sha256, bytes=task.bytes, scans=task.scans,
                    )  # fmt: skip
            else:
                tired = reader.memory() > _TIRED * task.limits.memory
                if outcome.limit == "memory" or tired or reader.was_killed():
                    self._children.dismiss()
                if outcome.limit != "memory" or not used:
                    return outcome

    def close(self) -> None:
        """End all children, busy ones too."""
        self._children.close()

    def _reader(self, work: str) -> _Reader:
        kept = self._children.kept()
        if kept is not None and (kept.work != work or not kept.alive()):
            self._children.dismiss()
        try:
            return self._children.get(lambda: _start(work, self._nursery))
        except Closed:
            raise GuardError("reading was stopped") from None


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


def _start(work: str, nursery: Nursery | None) -> _Reader:
    """A child that is ready to read; GuardError when none can be had."""
    for _ in range(_STARTS):
        try:
            reader = _Reader(work, nursery)
        except OSError as error:
            raise GuardError(
                f"no process to read filings can be started ({error}); try fewer --jobs"
            ) from None
        if reader.is_ready():
            return reader
        status, words = reader.last_status(), reader.last_words()
        reader.end()
        if status != -child.KILLED:  # by a machine short of memory: that may pass
            break
    raise GuardError(f"the process that reads filings does not start: {words or f'status {status}'}")


class _Reader(Child):
    """A child that reads, and who watches it."""

    def __init__(self, work: str, nursery: Nursery | None) -> None:
        super().__init__(partial(birth.born, work, nursery))
        self.work, self.served = work, 0
        try:
            self._watch = Watch(self.memory, self.kill)
        except RuntimeError as error:  # no further thread can be started
            super().end()
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

    def end(self) -> None:
        super().end()
        self._watch.end()

    def last_words(self) -> str:
        """The last line that the child wrote to stderr, where a dying library says why."""
        try:
            self._words.seek(0)
            lines = self._words.read()[-4000:].decode("utf-8", "replace").strip().splitlines()
        except (OSError, ValueError):  # `end`, by another thread, closed it, or closes it now
            lines = []
        fatal = [line for line in lines if line.startswith("Fatal Python error")]
        return (fatal or lines or [""])[-1][:300]
