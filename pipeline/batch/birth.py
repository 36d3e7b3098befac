"""How a child comes to be: Python started anew, or, from the command line on Linux, forked from a nursery.

Python, its libraries and our rules take as long to load as sixty pages to read. The nursery is a fork of the
driver at its start, with the libraries that both need; it loads what reading needs as soon as some file has
changed. It never has a second thread, a dataset or a filing open, so that it may fork at any time: also the
tenth child, and the one after a crash. A child has its own process group, streams and limits either way.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, NoReturn, Protocol

from . import child

START_SECONDS = 120.0
_TICK = 0.002
_LONGEST = 4096

_BOOT = "import sys; sys.path[:] = sys.argv[2:]; from pipeline.batch.child import serve; serve(sys.argv[1])"
# Arrow's own allocator sets a GiB of addresses aside at once: all that a limit of memory may leave.
_LIBRARIES = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # else it has a thread once it is loaded
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
}
_OWN = {"PYTHONHASHSEED": "0", "PYTHONFAULTHANDLER": "1", **_LIBRARIES}


class Birth(Protocol):
    """A child that serves: as much of `subprocess.Popen` as guarding it takes."""

    pid: int

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def kill(self) -> None: ...


Born = tuple[Birth, IO[bytes], IO[bytes]]
"""A new child, where to send it requests, and where its replies come from."""


def born(work: str, nursery: Nursery | None, words: IO[bytes]) -> Born:
    """A child that does this work. `words`: its stderr."""
    if nursery is not None:
        with contextlib.suppress(OSError):  # it is gone: killed from outside, say
            return nursery.born(work, words)
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", _BOOT, work, *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=words,
        start_new_session=True,  # Ctrl-C is ours to handle
        env={**os.environ, **_OWN},
    )
    assert process.stdin and process.stdout
    return process, process.stdin, process.stdout


@contextlib.contextmanager
def opened() -> Iterator[Nursery | None]:
    """A nursery for as long as the block lasts; null where this process must not fork one.

    Other systems' libraries do not stand being forked, nor does a process that has threads.
    """
    if sys.platform != "linux" or len(list(Path("/proc/self/task").iterdir())) > 1:
        yield None
        return
    os.environ.update(_LIBRARIES)  # else numpy and Arrow start threads as they are loaded
    gc.disable()  # what is loaded stays: a search for cycles only takes time, and copies its pages
    child.load_libraries()
    gc.freeze()
    nursery = Nursery()
    child.collect_seldom()
    try:
        yield nursery
    finally:
        nursery.close()


class Nursery:
    """A process that children are forked from; it answers one request at a time, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(START_SECONDS)
        self._pid: int | None = os.fork()
        if self._pid == 0:
            self._socket.close()
            _serve(theirs)
        theirs.close()

    def prepare(self, work: str) -> None:
        """Have it load what this work needs: a child will be wanted soon."""
        with self._lock, contextlib.suppress(OSError):
            self._socket.send(json.dumps([work]).encode())

    def born(self, work: str, words: IO[bytes]) -> Born:
        """As the function of this name; OSError when there is no child to be had."""
        requests, replies = os.pipe(), os.pipe()
        theirs = (requests[0], replies[1], words.fileno())
        try:
            pid = self._ask(work, theirs)
            assert pid is not None
        except BaseException:
            os.close(requests[1])
            os.close(replies[0])
            raise
        finally:
            os.close(requests[0])
            os.close(replies[1])
        return _Forked(self, pid), os.fdopen(requests[1], "wb"), os.fdopen(replies[0], "rb")

    def status(self, pid: int) -> int | None:
        """Of a child that has ended, as `subprocess` tells it; null while it lives."""
        try:
            return self._ask(pid)
        except OSError:
            return -child.KILLED  # as all its children are when it ends

    def close(self) -> None:
        """End it, and with it what children it still has."""
        self._socket.close()
        pid, self._pid = self._pid, None
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def _ask(self, request: str | int, handles: Sequence[int] = ()) -> int | None:
        with self._lock:
            try:
                socket.send_fds(self._socket, [json.dumps(request).encode()], handles)
                told: int | None = json.loads(self._socket.recv(_LONGEST))
            except BaseException as error:  # what comes late must not answer the next request
                self._socket.close()
                if (pid := self._pid) is not None:
                    os.kill(pid, signal.SIGKILL)  # `status` tells that its children are gone
                if isinstance(error, ValueError):
                    raise ConnectionResetError("the process that forks is gone") from None
                raise
        return told


class _Forked:
    """A child of the nursery."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self.pid, self._nursery = pid, nursery
        self._status: int | None = None

    def poll(self) -> int | None:
        if self._status is None:
            self._status = self._nursery.status(self.pid)
        return self._status

    def wait(self, timeout: float | None = None) -> int:
        deadline = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("child", timeout or 0)
            time.sleep(_TICK)
        return status

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


# ---------------------------------------------------------------- in the nursery and its children


def _serve(asked: socket.socket) -> NoReturn:
    """Answer until the driver closes its end or ends; only `prepare` asks for no answer."""
    ended: dict[int, int] = {}
    try:
        os.setsid()  # Ctrl-C is the driver's to handle
        child.die_with_parent()
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(2, 1)
        while True:
            message, handles, *_ = socket.recv_fds(asked, _LONGEST, 3)
            if not message:
                break
            request = json.loads(message)
            if isinstance(request, list):
                _load(*request)
                continue
            answer: int | None
            if isinstance(request, str):
                answer = _fork(request, handles, asked)
                ended.pop(answer, None)  # of an earlier child of that number
            else:
                if request not in ended and (over := os.waitpid(request, os.WNOHANG))[0]:
                    ended[request] = os.waitstatus_to_exitcode(over[1])
                answer = ended.get(request)
            asked.send(json.dumps(answer).encode())
    finally:
        os._exit(0)


def _load(work: str) -> None:
    with contextlib.suppress(Exception):  # a child meets it again, and says so on its stderr
        child.prepared(work)


def _fork(work: str, handles: Sequence[int], asked: socket.socket) -> int:
    _load(work)
    pid = os.fork()
    if pid == 0:
        asked.close()
        _live(work, handles)
    with contextlib.suppress(OSError):
        os.setpgid(pid, pid)  # both do it: the driver may want to kill the group at once
    for handle in handles:
        os.close(handle)
    return pid


def _live(work: str, handles: Sequence[int]) -> NoReturn:
    status = 1
    try:
        os.setpgid(0, 0)
        for stream, handle in enumerate(handles):
            os.dup2(handle, stream)
            os.close(handle)
        sys.stdin = os.fdopen(0, closefd=False)
        sys.stderr = os.fdopen(2, "w", 1, errors="backslashreplace", closefd=False)
        faulthandler.enable()
        child.serve(work)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)
