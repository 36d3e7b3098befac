"""How long a child may take over one filing, how much memory, and who sees to it."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

_TICK = 0.05
_LINE = 200
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0


class Limits(NamedTuple):
    """What one filing may take."""

    seconds: float = 120.0
    """Counted anew with every two dozen cells that an OCR engine has read: scans take longer, and go on."""
    memory: int = 2 * 2**30


class Watch:
    """Kills a child that takes longer or grows larger than it may, while it is asked.

    Its thread lives as long as the child: to start one for each short filing takes as long as reading a page.
    """

    def __init__(self, memory: Callable[[], int], kill: Callable[[], None]) -> None:
        self.why: Literal["time", "memory"] | None = None
        """Why the child was killed."""
        self._memory, self._kill = memory, kill
        self._limits: Limits | None = None
        self._deadline = 0.0
        self._ended = self._rests = False
        self._changed = threading.Condition()
        threading.Thread(target=self._run, daemon=True).start()

    @contextlib.contextmanager
    def over(self, limits: Limits) -> Iterator[None]:
        """Watch for as long as the block lasts."""
        with self._changed:
            self._limits = limits
            self.again()
            if self._rests or limits.seconds < _TICK:  # else it looks soon enough
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._limits = None

    def again(self) -> None:
        """Count the time from now on."""
        if self._limits is not None:
            self._deadline = time.monotonic() + self._limits.seconds

    def end(self) -> None:
        """The child is gone."""
        with self._changed:
            self._ended = True
            self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while not (self._ended or self.why):
                self._rests = self._limits is None
                left = None if self._rests else min(_TICK, max(0.0, self._deadline - time.monotonic()))
                self._changed.wait(left)
                if self._limits is not None and not self._ended:
                    self._look(self._limits)

    def _look(self, limits: Limits) -> None:
        if time.monotonic() >= self._deadline:
            self.why = "time"
        elif self._memory() > limits.memory:
            self.why = "memory"
        if self.why:
            self._kill()


def held(process: int) -> int:
    """Bytes that a process holds in memory; 0 when it is gone."""
    if sys.platform == "linux":  # psutil knows every system, and loads for as long as two pages take
        try:
            with open(f"/proc/{process}/statm", "rb", 0) as file:  # noqa: PTH123 - Path takes thrice as long
                pages = file.read(_LINE).split()[1]
        except OSError:
            return 0
        return int(pages) * _PAGE
    import psutil

    try:
        return int(psutil.Process(process).memory_info().rss)
    except psutil.Error:
        return 0
