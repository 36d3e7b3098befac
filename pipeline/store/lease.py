"""One run at a time on a dataset in object storage: a lock object that its holder renews.

Storage knows no processes, so a dead holder cannot be told from a slow one but by its silence.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import secrets
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import StoreError, UsageError
from . import objects
from .objects import Dialect, Refused, Seen

NAME = "_lock.json"
RENEW_SECONDS = 30.0
LAPSE_SECONDS = 300.0
"""After so long without a sign the holder is taken for dead. Its publication would be refused anyway."""


@contextlib.contextmanager
def held(storage: Dialect, filesystem: Any, url: str, path: str, note: Path) -> Iterator[Lease]:
    """The only run on the dataset at `url`; UsageError at once when another is at work on it.

    `note` remembers what this machine's last run put there: its caller holds a lock of this machine, so
    when that is still there, that run is dead, and there is no need to wait.
    """
    lease = Lease(storage, url, path)
    renewing = threading.Thread(target=lease.keep, daemon=True)
    try:
        lease.take(note)
        renewing.start()
        yield lease
    finally:
        lease.stop()
        if renewing.ident is not None:
            renewing.join()
        if lease.taken:
            lease.release(filesystem)


class Lease:
    """The lock object of one run."""

    def __init__(self, storage: Dialect, url: str, path: str) -> None:
        self._storage, self._url, self._path = storage, url, path
        self._version: str | None = None
        self.taken = self._lost = False
        self._stopped, self._mutex = threading.Event(), threading.Lock()
        told = {
            "holder": f"{socket.gethostname()}, process {os.getpid()}",
            "since": f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M:%S} UTC",
            "token": secrets.token_hex(16),
        }
        self.body = json.dumps(told).encode()

    def take(self, note: Path) -> None:
        seen = self._storage.look(self._path)
        ours = seen is not None and note.exists() and note.read_bytes() == seen.data
        if seen is not None and not ours and seen.age <= LAPSE_SECONDS:
            raise UsageError(_in_use(self._url, seen))
        note.write_bytes(self.body)
        try:
            over = None if seen is None else seen.version
            self._version = objects.replace(self._storage, self._path, self.body, over)
        except Refused:
            raise UsageError(
                f"{self._url} is in use by another run, which started at the same moment; wait for it, or "
                "name another --out"
            ) from None
        except FileNotFoundError:
            raise StoreError(
                f"{self._url} cannot be written: there is no such bucket; create it, or correct its name"
            ) from None
        self.taken = True
        self._check_conditions()

    def release(self, filesystem: Any) -> None:
        """Remove the lock, if it is still ours; when that cannot be done now, it lapses."""
        with contextlib.suppress(Exception):
            if (seen := self._storage.look(self._path)) is not None and seen.data == self.body:
                filesystem.rm_file(self._path)

    def keep(self) -> None:
        """Renew until stopped or lost; for a thread."""
        while not self._stopped.wait(RENEW_SECONDS):
            # An outage may pass before the lease lapses; one that stays is met by `check`.
            with contextlib.suppress(Exception):
                self._renew()
            if self._lost:
                return

    def stop(self) -> None:
        self._stopped.set()

    def check(self) -> None:
        """UsageError when another run has taken the dataset over."""
        if not self._lost:
            self._renew()
        if self._lost:
            raise UsageError(
                f"{self._url} is in use by another run, which took it over after nothing was heard of this "
                f"one for {LAPSE_SECONDS / 60:.3g} minutes; nothing of this one was published. What was "
                "read is kept: run again"
            )

    def _renew(self) -> None:
        with self._mutex:
            try:
                self._version = self._storage.put(self._path, self.body, self._version)
            except Refused:
                seen = self._storage.look(self._path)
                self._lost = seen is None or seen.data != self.body
                self._version = seen.version if seen else None

    def _check_conditions(self) -> None:
        """A storage that does not refuse what it should would let two runs mix: ask for refusals once."""
        for over in (None, "1"):
            with contextlib.suppress(Refused):
                self._storage.put(self._path, self.body, over)
                raise UsageError(
                    f"{self._url}: this storage replaces an object though it was told not to, so two runs "
                    "could not be kept apart; name a folder, or a storage with conditional puts"
                )


def _in_use(url: str, seen: Seen) -> str:
    try:
        told = json.loads(seen.data)
        holder = f"{told['holder']}, since {told['since']}"
    except (ValueError, KeyError, TypeError):
        holder = "its lock is not one of ours"
    left = max(1, round((LAPSE_SECONDS - seen.age) / 60))
    return (
        f"{url} is in use by another run ({holder}, last heard of {max(0, round(seen.age))} seconds ago); "
        f"wait for it, or name another --out. If it is dead, its lock lapses in {left} min: run again then"
    )
