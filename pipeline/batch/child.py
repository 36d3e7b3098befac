"""The child process that reads filings for `guard`: requests come in on stdin, outcomes go out on stdout.

Whatever a PDF does to a library happens here, where it can cost no more than this process.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import importlib
import json
import os
import signal
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import IO, Any

from .. import files
from ..errors import FilingError, NotAFiling
from ..lean import without_pandas
from ..result import Reading
from ..scan.kept import Kept
from ..settings import Settings
from ..store import packing
from ..store.packing import Outcome

Read = Callable[[bytes, str, Settings, Kept], Reading]

READER = "pipeline.flow:read"
"""The function that reads, but in tests."""
WRITER = "pipeline.batch.writers:serve"
"""What writes partitions."""
_FRAME = struct.Struct(">IQ")
_LONGEST = 2**30
KILLED = 9
_ENGINES = ("pipeline.read.pdfium", "pipeline.read.glance")
"""What the first PDF would load."""
OUTCOME_HEAD = ("kind", "head", "sha256", "bytes", "seconds", "limit", "allowed", "lasting")


def send(stream: IO[bytes], head: dict[str, Any], body: bytes = b"") -> None:
    """One message: lengths, JSON, bytes."""
    text = json.dumps(head).encode()
    stream.write(_FRAME.pack(len(text), len(body)) + text + body)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """One message; null at the end of the stream, even in the middle of a message."""
    frame = stream.read(_FRAME.size)
    if len(frame) < _FRAME.size:
        return None
    head, body = _FRAME.unpack(frame)
    if body > _LONGEST:
        raise ValueError("no message of ours")
    data = stream.read(head + body)
    if len(data) < head + body:
        return None
    return json.loads(data[:head]), data[head:]


def serve(work: str) -> None:
    """Answer requests until stdin ends. `work`: the function that reads, as `module:function`, or WRITER."""
    _follow_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    requests, replies = _private_streams()
    with requests, replies:  # what is left open would have the last word on stderr
        answer_all = prepared(work)
        send(replies, {"ready": True})
        answer_all(requests, replies)


@cache
def prepared(work: str) -> Callable[[IO[bytes], IO[bytes]], None]:
    """What answers requests, and all that takes long to load: not in the time and room of a filing."""
    gc.disable()
    load_libraries()
    module, _, name = work.partition(":")
    function = getattr(importlib.import_module(module), name)
    answer_all: Callable[[IO[bytes], IO[bytes]], None] = function
    if work != WRITER:
        for engine in _ENGINES:
            importlib.import_module(engine)
        answer_all = partial(_read_all, function)
    collect_seldom()
    return answer_all


def _read_all(read: Read, requests: IO[bytes], replies: IO[bytes]) -> None:
    while (message := receive(requests)) is not None:
        request, scans = message
        # Each is a sign of life, and outlives this process.
        kept = Kept(packing.parted(scans), lambda new, page: send(replies, {"scanned": page}, new))
        outcome = answer(read, request, kept)
        send(replies, {name: getattr(outcome, name) for name in OUTCOME_HEAD}, outcome.tables)
        if outcome.limit == "memory":
            return


def load_libraries() -> None:
    """What reading and publishing need alike: Arrow without pandas, and what tells of bodies and texts."""
    without_pandas()
    import pyarrow as pa

    from ..fields.agency import read_agency
    from ..place import place  # noqa: F401
    from ..scan import engines  # noqa: F401

    read_agency("札幌市長")  # which loads the code lists
    # It takes its memory from where PDFium gave it back, some 30 MB after 1,000 pages.
    pa.set_memory_pool(pa.system_memory_pool())


def collect_seldom() -> None:
    """Leave what was imported out of the search for cycles; our own values hold none."""
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)
    gc.enable()


def answer(read: Read, request: dict[str, Any], kept: Kept) -> Outcome:
    """One request, and what an OCR engine read of the file before -> its outcome.

    Nothing that reading raises gets past here.
    """
    name, memory = request["name"], request["memory"]
    started = time.monotonic()
    known: dict[str, Any] = {"sha256": request["sha256"], "bytes": request["bytes"]}
    try:
        with _address_space(memory):
            data = files.read_bytes(request["path"])
            known = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
            reading = read(data, name, Settings(**request["settings"]), kept)
            return packing.of_reading(reading, seconds=round(time.monotonic() - started, 3), **known)
    except NotAFiling as error:
        return packing.of_error(error.what, error.remedy, "not_a_filing", **known)
    except FilingError as error:
        return packing.of_error(error.what, error.remedy, **known)
    except MemoryError:
        return out_of_memory(memory, **known)
    except OSError as error:
        if error.filename is None:
            return unexpected(error, **known)
        return unopenable(error)
    except Exception as error:
        return unexpected(error, **known)


def unopenable(error: OSError) -> Outcome:
    """A file that the system does not let us read; tried again in the next run."""
    what = f"the file cannot be opened ({error.strerror})"
    return packing.of_error(what, "Check that it is there and may be read, then run again", lasting=False)


def out_of_memory(memory: int, **known: Any) -> Outcome:
    what = f"reading it took more than {memory / 2**30:.3g} GiB of memory"
    remedy = "Allow more with --memory, or split the file"
    return packing.of_error(what, remedy, limit="memory", allowed=memory, **known)


def unexpected(error: Exception, **known: Any) -> Outcome:
    """An error of henkou or of a library, not of the file alone: say where, for a report."""
    frames = traceback.extract_tb(error.__traceback__)
    at = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    what = f"reading it ended in an unexpected {type(error).__name__} at {at} ({str(error)[:200]})"
    return packing.of_error(what, "Open it in a PDF viewer; if it opens, please report this message", **known)


def outcome_of_end(why: str, status: int, words: str, limits: tuple[float, int], **known: Any) -> Outcome:
    """How a child ended before it answered -> what became of the filing. `limits`: seconds, bytes."""
    if why == "time":
        return packing.of_error(
            f"reading it took longer than {limits[0]:g} seconds",
            "Allow more with --timeout, or split the file",
            limit="time", allowed=limits[0], **known,
        )  # fmt: skip
    if why == "memory":
        return out_of_memory(limits[1], **known)
    if status == -KILLED:
        return packing.of_error(
            "the process that read it was killed from outside",
            "The machine may be short of memory: run again with fewer --jobs",
            lasting=False, **known,
        )  # fmt: skip
    how = signal.Signals(-status).name if status < 0 else f"exit status {status}"
    said = f": {words}" if words else ""
    return packing.of_error(
        f"reading it crashed a library ({how}{said})",
        "Open it in a PDF viewer and save it anew, or try --reader pdfplumber",
        **known,
    )


def _private_streams() -> tuple[IO[bytes], IO[bytes]]:
    """The pipes for ourselves: what a library prints or asks must not get between our messages."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return requests, replies


def die_with_parent() -> None:
    """End when the parent ends, however it ends, even while a library is busy: Linux sees to that."""
    if sys.platform == "linux":
        import ctypes

        death_signal = 1
        ctypes.CDLL(None).prctl(death_signal, signal.SIGKILL)


def _follow_parent() -> None:
    """End when the parent ends, on other systems within a second."""
    parent = os.getppid()
    die_with_parent()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    if os.name == "posix":
        threading.Thread(target=watch, daemon=True).start()


@contextlib.contextmanager
def _address_space(more: int) -> Any:
    """Let the process grow by so many bytes, so that one huge allocation fails before it is made."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (ImportError, OSError):  # not Linux: the parent's watch alone must do
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + more, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
