"""Partitions in, their files out, several at a time: each is written by a child that is told its parts.

What a child cannot do, this process does: what is wrong is met here again, and told.
"""

from __future__ import annotations

import contextlib
import pickle
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from pathlib import Path
from typing import IO, Any

from . import child
from .birth import Nursery
from .children import Child, Children, Closed
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
        with ThreadPoolExecutor(count) as threads, contextlib.closing(Children[_Writer]()) as writers:
            write_one = partial(_written, writers, nursery, generation)
            done = {}
            with contextlib.suppress(RuntimeError):  # no further thread can be started
                for name in left:
                    done[threads.submit(write_one, name, told(partitions[name]))] = name
            for future in as_completed(done):
                if (plan := future.result()) is not None:
                    left.remove(done[future])
                    yield done[future], plan
    for name in left:  # by now no child or thread is at work
        yield name, write(generation, name, told(partitions[name]))


class _Writer(Child):
    """A child that writes."""

    def __init__(self, nursery: Nursery) -> None:
        super().__init__(partial(nursery.born, child.WRITER))
        self._is_ready = False

    def write(self, generation: Path, name: str, parts: Iterator[Told]) -> dict[str, Any] | None:
        self._is_ready = self._is_ready or child.receive(self._replies) is not None
        child.send(self._requests, {"generation": str(generation), "name": name})
        for part in parts:
            child.send(self._requests, {}, pickle.dumps(part))
        child.send(self._requests, {})
        message = child.receive(self._replies)
        return message[0] if message else None


def _written(
    writers: Children[_Writer], nursery: Nursery, generation: Path, name: str, parts: Iterator[Told]
) -> dict[str, Any] | None:
    """One partition by this thread's child; null when it ended over it, or there is none to be had."""
    plan = None
    try:
        plan = writers.get(lambda: _Writer(nursery)).write(generation, name, parts)
    except (OSError, ValueError, Closed):  # it ended, or was ended, amid a message
        pass
    finally:
        if plan is None:  # it may be amid a partition still
            writers.dismiss()
    return plan


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
