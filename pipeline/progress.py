"""What a run shows on stderr meanwhile: a bar on a terminal, plain lines elsewhere, nothing when quiet."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from .batch.work import Progress

Tell = Callable[[Progress], None]
_STAGES = {"look": "looking for changes", "read": "reading filings", "write": "writing prefectures"}
_LINE_SECONDS = 10.0
"""Between two plain lines of one stage."""


@contextmanager
def reporter(*, quiet: bool, stream: TextIO | None = None) -> Iterator[Tell]:
    """A function that shows the events of `batch.extract_all` in the way that suits `stream` (stderr)."""
    stream = stream or sys.stderr
    if quiet:
        yield lambda event: None
    elif stream.isatty():
        with _bar(stream) as tell:
            yield tell
    else:
        yield _lines(stream)


@contextmanager
def _bar(stream: TextIO) -> Iterator[Tell]:
    from rich import progress as rich
    from rich.console import Console

    columns = (
        rich.TextColumn("{task.description}"),
        rich.BarColumn(),
        rich.MofNCompleteColumn(),
        rich.TextColumn("{task.fields[rate]}"),
        rich.TimeRemainingColumn(compact=True, elapsed_when_finished=True),
    )
    console = Console(file=stream)
    tally = _Tally()
    with rich.Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, rich.TaskID] = {}

        def tell(event: Progress) -> None:
            if event.stage == "scan":
                if "read" not in tasks:
                    tasks["read"] = bars.add_task(_STAGES["read"], total=None, rate="")
                bars.update(tasks["read"], rate=f"{_scanned(event)}{tally}")
                return
            if event.stage not in tasks:
                tasks[event.stage] = bars.add_task(_STAGES[event.stage], total=event.total, rate="")
            rate = tally.add(event) if event.stage == "read" else ""
            bars.update(tasks[event.stage], completed=event.done, total=event.total, rate=rate)
            if event.error:
                console.print(f"failed: {event.error}", style="red", highlight=False, markup=False)

        yield tell


def _lines(stream: TextIO) -> Tell:
    tally, shown = _Tally(), {"": 0.0}

    def tell(event: Progress) -> None:
        rate = tally.add(event) if event.stage == "read" else ""
        if event.error:
            print(f"failed: {event.error}", file=stream, flush=True)
        now = time.monotonic()
        waited = now - shown.get(event.stage, tally.started) >= _LINE_SECONDS
        if event.stage == "scan" and waited:
            shown[event.stage] = now
            print(f"reading scans: {_scanned(event)}", file=stream, flush=True)
        if event.stage == "read" and (waited or event.done == event.total):
            shown[event.stage] = now
            print(f"{_STAGES['read']}: {event.done:,} of {event.total:,}{rate}", file=stream, flush=True)

    return tell


def _scanned(event: Progress) -> str:
    return f"{event.source_path}, page {event.done:,} of {event.total:,}"


class _Tally:
    """Pages and problems so far, and the speed."""

    def __init__(self) -> None:
        self.started, self.pages, self.problems = time.monotonic(), 0, 0

    def add(self, event: Progress) -> str:
        self.pages += event.pages
        self.problems += event.problems
        return str(self)

    def __str__(self) -> str:
        speed = self.pages / max(time.monotonic() - self.started, 1e-6)
        return f"  {self.pages:,} pages, {speed:,.0f}/s, {self.problems:,} problems"
