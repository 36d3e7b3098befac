"""Children as those see them who drive them: a process with its pipes, and one such for each thread."""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
import threading
from collections.abc import Callable
from typing import IO, Generic, TypeVar

from .birth import Born


class Closed(Exception):
    """All children have been ended, and no more are to be had."""


class Child:
    """One child process and the pipes to it."""

    def __init__(self, born: Callable[[IO[bytes]], Born]) -> None:
        """`born`: what gives the child life, told where its stderr goes."""
        self._words: IO[bytes] = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - lives as long as the child
        # Unbuffered, because the child shares its position.
        try:
            self._process, self._requests, self._replies = born(self._words)
        except BaseException:
            self._words.close()
            raise

    def kill(self) -> None:
        """With all that it may have started itself."""
        if self._process.poll() is not None:
            return
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError, PermissionError):  # this one on macOS, of the dead
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()

    def end(self) -> None:
        """Kill it, and give back what it had of this process."""
        self.kill()
        self._process.wait()
        for stream in (self._requests, self._replies, self._words):
            with contextlib.suppress(OSError, ValueError):
                stream.close()


Own = TypeVar("Own", bound=Child)


class Children(Generic[Own]):
    """A child for each thread that asks for one; any thread can end them all."""

    def __init__(self) -> None:
        self._local = threading.local()
        self._all: set[Own] = set()
        self._lock = threading.Lock()
        self.closed = False

    def kept(self) -> Own | None:
        """This thread's child, if it has one."""
        child: Own | None = getattr(self._local, "child", None)
        return child

    def get(self, start: Callable[[], Own]) -> Own:
        """This thread's child, started if it has none; Closed when none may be."""
        child = self.kept()
        if child is None and not self.closed:
            child = self._local.child = start()
        if child is None:
            raise Closed
        with self._lock:
            self._all.add(child)
            closed = self.closed
        if closed:
            self.dismiss()
            raise Closed
        return child

    def dismiss(self) -> None:
        """End this thread's child, if it has one."""
        child = self.kept()
        if child is not None:
            child.end()
            self._local.child = None
            with self._lock:
                self._all.discard(child)

    def close(self) -> None:
        """End all children, busy ones too."""
        with self._lock:
            self.closed = True
            children = list(self._all)
        with contextlib.ExitStack() as ends:
            for child in children:
                ends.callback(child.end)
