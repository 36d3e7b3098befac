"""Partitions in, their files out, several at a time: each is written by a child that is told its parts.

What a child cannot do, this process does: what is wrong is met here again, and told.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import signal
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import IO, Any

from . import child
from .birth import Nursery
from .part import Part, Told, write

_WORTH = 100
"""Fewer parts are written in the time that it takes to have a child."""


def written(
    generation: Path,
    partitions: Mapping[str, list[Part]],
    told: Callable[[list[Part]], Iterator[Told]],
    jobs: int,
    nursery: Nursery | None,
) -> Generator[tuple[str, dict[str, Any]]]:
    """Partitions, and what gives their parts with outcomes, in; each one's name and what `write` tells out.

    They come in any order; when it is closed no child writes any more. Without a nursery this process writes
    them, one by one.
    """
    count = min(jobs, len(partitions))
    left = sorted(partitions)
    if nursery is not None and count > 1 and sum(map(len, partitions.values())) >= _WORTH:
        # Large ones first: one that starts last would leave the other cores idle.
        left.sort(key=lambda name: -len(partitions[name]))
        with ThreadPoolExecutor(count) as threads, _Writers(nursery, generation) as writers:
            done = {}
            with contextlib.suppress(RuntimeError):  # no further thread can be started
                for name in left:
                    done[threads.submit(writers.write, name, told(partitions[name]))] = name
            for future in as_completed(done):
                if (plan := future.result()) is not None:
                    left.remove(done[future])
                    yield done[future], plan
    for name in left:  # by now no child or thread is at work
        yield name, write(generation, name, told(partitions[name]))


class _Writers:
    """Children for the threads of this process."""

    def __init__(self, nursery: Nursery, generation: Path) -> None:
        self._nursery, self._generation = nursery, generation
        self._local = threading.local()
        self._all: set[_Writer] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def __enter__(self) -> _Writers:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped = True
        with contextlib.ExitStack() as ends, self._lock:
            for writer in self._all:
                ends.callback(writer.end)

    def write(self, name: str, parts: Iterator[Told]) -> dict[str, Any] | None:
        """One partition by this thread's child; null when it ended over it, or there is none to be had."""
        plan = None
        try:
            writer = self._writer()
            if writer is not None:
                plan = writer.write(self._generation, name, parts)
        except (OSError, ValueError):  # it ended, or was ended, amid a message
            pass
        finally:
            if plan is None:  # it may be amid a partition still
                self._dismiss()
        return plan

    def _writer(self) -> _Writer | None:
        with self._lock:
            if self._stopped:
                return None
            writer: _Writer | None = getattr(self._local, "writer", None)
            if writer is None:
                writer = self._local.writer = _Writer(self._nursery)
                self._all.add(writer)
        return writer

    def _dismiss(self) -> None:
        writer: _Writer | None = getattr(self._local, "writer", None)
        if writer is not None:
            writer.end()
            self._local.writer = None
            with self._lock:
                self._all.discard(writer)


class _Writer:
    """One child process and the pipes to it."""

    def __init__(self, nursery: Nursery) -> None:
        with tempfile.TemporaryFile(buffering=0) as words:  # no one reads them: see above
            self._process, requests, self._replies = nursery.born(child.WRITER, words)
        self._requests = io.BufferedWriter(requests)
        self._is_ready = False

    def write(self, generation: Path, name: str, parts: Iterator[Told]) -> dict[str, Any] | None:
        self._is_ready = self._is_ready or child.receive(self._replies) is not None
        child.send(self._requests, {"generation": str(generation), "name": name})
        for part in parts:
            child.send(self._requests, {}, pickle.dumps(part))
        child.send(self._requests, {})
        message = child.receive(self._replies)
        return message[0] if message else None

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for stream in (self._requests, self._replies):
            with contextlib.suppress(OSError, ValueError):
                stream.close()


# ---------------------------------------------------------------- in the child


def serve(requests: IO[bytes], replies: IO[bytes]) -> None:
    """Write partitions until there are no more."""
    while (message := child.receive(requests)) is not None:
        head, _ = message
        child.send(replies, write(Path(head["generation"]), head["name"], _sent(requests)))


def _sent(requests: IO[bytes]) -> Iterator[Told]:
    while (message := child.receive(requests)) is not None and message[1]:
        yield pickle.loads(message[1])  # from the process that this one serves
    if message is None:
        raise EOFError
