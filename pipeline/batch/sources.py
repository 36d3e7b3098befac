"""Documents -> SHA-256 of each, without opening files that have not changed since the last run."""

from __future__ import annotations

import errno
import hashlib
import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, NamedTuple

from .. import files
from ..discover.documents import Discovery
from ..discover.walk import Listed
from ..errors import UsageError
from ..model import Document
from ..store import state
from ..store.state import Known, State

_GONE = {errno.ENOENT, errno.EIO, errno.ESTALE, errno.ENOTCONN, errno.ENODEV, errno.ENXIO, errno.ETIMEDOUT}
"""What the system says of files on a drive that went away."""
_LONGEST_WAIT = 2.5
_MOST_THREADS = 32
_BLOCK = 2**20


class Source(NamedTuple):
    """A document and what its bytes are."""

    document: Document
    sha256: str | None
    bytes: int
    error: OSError | None = None
    """Why it could not be opened; then there is no SHA-256."""


class Entry(NamedTuple):
    """A document and the outcome that stands for it."""

    document: Document
    sha256: str | None
    key: str
    known: Known


def fingerprint(
    found: Discovery,
    kept: State,
    jobs: int,
    tell: Callable[[int, int], None],
    changed: Callable[[], None] = lambda: None,
) -> list[Source]:
    """Every document -> its Source, in order. Files with the signature of an earlier run are not opened.

    `changed` is called as soon as it is known that there are others.
    """
    known = kept.signatures()
    sources: dict[str, Source] = {}
    new: list[Document] = []
    times = []
    for document in found.documents:
        try:
            signature, size, status = _seen(document, found.listed)
        except OSError as error:
            sources[document.source_path] = Source(document, None, 0, error)
            continue
        before = known.get(path_key(document))
        if before is not None and before[0] == signature:
            sources[document.source_path] = Source(document, before[1], size)
        else:
            new.append(document)
            times += [status] if status else []
    if new:
        changed()
    _let_times_settle(times)
    with ThreadPoolExecutor(min(jobs, _MOST_THREADS)) as pool:
        try:
            hashed = pool.map(lambda document: _hashed(document, found.listed), new)
            for done, (source, trusted) in enumerate(hashed, 1):
                sources[source.document.source_path] = source
                if trusted is not None and source.sha256 is not None:
                    kept.save_signature(path_key(source.document), trusted, source.sha256)
                    kept.commit()
                tell(done, len(new))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [sources[document.source_path] for document in found.documents]


def path_key(document: Document) -> bytes:
    """A file's place on this machine or its URL; names need not be text."""
    if files.is_url(document.path):
        return document.path.encode()
    return os.fsencode(os.path.abspath(document.path))  # noqa: PTH100 - resolve() asks the drive for every part


def check_still_there(raws: Sequence[str], unopened: Sequence[Document], total: int) -> None:
    """UsageError when files could not be opened because RAW itself went away, not one by one."""
    gone = [document for document in unopened if _is_gone(document)]
    if not gone:
        return
    folders = [Path(raw) for raw in raws if not files.is_url(raw)]
    empty = [raw for raw in folders if not raw.exists() or (raw.is_dir() and not any(raw.iterdir()))]
    if empty or len(gone) * 2 > total:
        raise UsageError(
            f"{len(gone)} files went away during the run ({', '.join(map(str, empty or raws))}); nothing was "
            "written. Check that the drive is there and run again: what was read is kept"
        )


def _is_gone(document: Document) -> bool:
    if files.is_url(document.path):
        try:
            filesystem, path = files.connect(document.path)
            return not filesystem.exists(path)
        except Exception:  # the network, the rights, the service: not this one object
            return True
    if Path(document.path).is_symlink():  # led nowhere from the start
        return False
    try:
        Path(document.path).stat()
    except OSError as error:
        return error.errno in _GONE
    return False


def _seen(document: Document, listed: Mapping[str, Listed]) -> tuple[str, int, os.stat_result | None]:
    """Signature and size of a file without opening it; its times, when it is here."""
    if document.path in listed:
        told = listed[document.path]
        return told.signature, told.bytes, None
    status = Path(document.path).stat()
    return state.signature(status), status.st_size, status


def _hashed(document: Document, listed: Mapping[str, Listed]) -> tuple[Source, str | None]:
    """A file's hash, and its signature when that can be trusted to show any later change."""
    try:
        with files.open_bytes(document.path) as file:
            if document.path in listed:
                told = listed[document.path]
                return Source(document, _sha256(file), told.bytes), told.signature
            started = time.time_ns()
            before = os.fstat(file.fileno())
            sha256 = _sha256(file)
            after = os.fstat(file.fileno())
    except OSError as error:
        return Source(document, None, 0, error), None
    quiet = state.signature(before) == state.signature(after) and state.settled(before, started)
    return Source(document, sha256, after.st_size), state.signature(after) if quiet else None


def _sha256(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


def _let_times_settle(statuses: Sequence[os.stat_result]) -> None:
    """Wait a moment for files written just now, so that the next run need not open them again."""
    deadline = time.monotonic() + _LONGEST_WAIT
    for status in statuses:
        while (
            not state.settled(status, time.time_ns()) and _is_recent(status) and time.monotonic() < deadline
        ):
            time.sleep(0.01)


def _is_recent(status: os.stat_result) -> bool:
    return abs(time.time_ns() - status.st_ctime_ns) < _LONGEST_WAIT * 1e9
