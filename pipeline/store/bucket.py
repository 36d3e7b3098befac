"""The dataset in object storage, where there are no links, no renames and no locks.

    OUT/_current.json          names the published generation; put only if it is still what this run found
    OUT/generations/<n>-…/     one complete dataset; files that did not change are copied inside the store
    OUT/_state.sqlite          what need not be read again; at work it lies in this machine's cache folder

The conditional put is the lock: of two runs on one OUT the second to publish is refused.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from .. import files
from ..errors import HenkouError, StoreError, UsageError
from . import state
from .folder import PLAN, exclusive

CURRENT, STATE = "_current.json", "_state.sqlite"
PROTOCOLS = ("s3",)
"""Where a put can be made to depend on what it replaces."""


@contextlib.contextmanager
def locked(url: str) -> Iterator[Bucket]:
    """The dataset at a URL for one run of this machine; UsageError when another is at work on it."""
    if url.partition("://")[0] not in PROTOCOLS:
        raise UsageError(
            f"{url}: a dataset can be written to {', '.join(f'{p}://' for p in PROTOCOLS)} or a folder"
        )
    home = _home(url)
    home.mkdir(parents=True, exist_ok=True)
    with exclusive(home / "lock", url), tempfile.TemporaryDirectory(prefix="henkou-") as scratch:
        bucket = Bucket(url, home, Path(scratch))
        bucket.fetch_state()
        yield bucket
        bucket.save_state()


class Bucket:
    """The dataset at a URL, for one run; the same methods as `store.Store`."""

    def __init__(self, url: str, home: Path, scratch: Path) -> None:
        self.out, self._home, self._scratch = url, home, scratch
        self.filesystem, self._root = files.connect(url)
        self._reused: list[str] = []
        self._published = False
        with _asked(url):
            self._etag, self._told = _current(self.filesystem, self._root)

    @property
    def state_path(self) -> Path:
        return self._home / "state.sqlite"

    def folder(self) -> str | None:
        """Where the published generation is, for `filesystem`; null before the first."""
        return f"{self._root}/generations/{self._told['generation']}" if self._told else None

    def plan(self) -> dict[str, Any]:
        """What the published generation was made of; empty before the first."""
        if not self._told:
            return {}
        with _asked(self.out):
            plan: dict[str, Any] = json.loads(self.filesystem.cat_file(f"{self.folder()}/{PLAN}"))
        return plan

    def holds(self, sizes: Mapping[str, int]) -> bool:
        """Whether the published generation has these files, as long as they were when they were written."""
        return all(self._sizes.get(f"{self.folder()}/{file}") == size for file, size in sizes.items())

    @cached_property
    def _sizes(self) -> dict[str, int]:
        with _asked(self.out):
            found = self.filesystem.find(self.folder(), detail=True) if self._told else {}
        return {path: info["size"] for path, info in found.items()}

    def begin(self) -> Path:
        """A folder here for what the next generation has new."""
        generation = self._scratch / "generation"
        generation.mkdir()
        return generation

    def reuse(self, file: str, _generation: Path) -> None:
        """Take a file over from the published generation."""
        self._reused.append(file)

    def publish(self, generation: Path) -> None:
        """Put a complete generation beside the others, then make it the dataset, if nobody else has."""
        number = int(self._told["generation"].partition("-")[0]) + 1 if self._told else 1
        name = f"{number:06d}-{secrets.token_hex(4)}"
        new = f"{self._root}/generations/{name}"
        written = sorted(
            path.relative_to(generation).as_posix() for path in generation.rglob("*") if path.is_file()
        )
        with _asked(self.out):
            self.filesystem.put(
                [str(generation / file) for file in written], [f"{new}/{file}" for file in written]
            )
            if self._reused:
                old = [f"{self.folder()}/{file}" for file in self._reused]
                self.filesystem.copy(old, [f"{new}/{file}" for file in self._reused])
            before = self._told.get("generation")
            self._told = {"generation": name, "previous": before}
            self._put_current()
            self._published = True
            self._forget_old(number, {name, before})

    def discard(self, generation: Path) -> None:
        """Drop a generation that was not published; what is in the store already goes with the next run."""
        shutil.rmtree(generation, ignore_errors=True)

    def fetch_state(self) -> None:
        """What runs on other machines read, too, need not be read again."""
        remote, note = f"{self._root}/{STATE}", self._home / "state.etag"
        with _asked(self.out):
            if not self.filesystem.exists(remote):
                return
            etag = str(self.filesystem.info(remote).get("ETag"))
            if self.state_path.exists() and note.exists() and note.read_text() == etag:
                return
            fetched = self._scratch / "state.sqlite"
            self.filesystem.get_file(remote, str(fetched))
        if self.state_path.exists():
            state.merge(self.state_path, into=fetched)
        shutil.copyfile(fetched, self.state_path)
        note.write_text(etag)

    def save_state(self) -> None:
        if not self._published:
            return
        remote = f"{self._root}/{STATE}"
        with _asked(self.out):
            self.filesystem.put_file(str(self.state_path), remote)
            (self._home / "state.etag").write_text(str(self.filesystem.info(remote).get("ETag")))

    def _put_current(self) -> None:
        condition = {"IfMatch": self._etag} if self._etag else {"IfNoneMatch": "*"}
        try:
            self.filesystem.pipe_file(f"{self._root}/{CURRENT}", json.dumps(self._told).encode(), **condition)
        except Exception as error:
            if _refused(error):
                raise UsageError(
                    f"{self.out} is in use by another run, which published first; nothing of this one was. "
                    "What was read is kept: run again"
                ) from None
            raise

    def _forget_old(self, number: int, kept: set[str | None]) -> None:
        """Only generations up to ours: a later one may be another run's, at work."""
        for path in self.filesystem.ls(f"{self._root}/generations", detail=False):
            name = path.rstrip("/").rpartition("/")[2]
            if name not in kept and name[:6].isdecimal() and int(name[:6]) <= number:
                self.filesystem.rm(path, recursive=True)


def current_generation(url: str) -> tuple[Any, str] | None:
    """A URL -> file system and folder of the published generation; null when there is no dataset."""
    filesystem, root = files.connect(url)
    with _asked(url):
        _, told = _current(filesystem, root)
    return (filesystem, f"{root}/generations/{told['generation']}") if told else None


def _current(filesystem: Any, root: str) -> tuple[str | None, dict[str, Any]]:
    """ETag and content. The ETag is asked first: if both do not fit, the conditional put will fail."""
    path = f"{root}/{CURRENT}"
    if not filesystem.exists(path):
        return None, {}
    etag = filesystem.info(path)["ETag"]
    return etag, json.loads(filesystem.cat_file(path))


def _refused(error: BaseException) -> bool:
    """Whether a put failed because its condition did not hold (412), or another was under way (409)."""
    cause: BaseException | None = error
    while cause is not None:
        response = getattr(cause, "response", None) or {}
        if response.get("ResponseMetadata", {}).get("HTTPStatusCode") in (409, 412):
            return True
        cause = cause.__cause__
    return False


@contextlib.contextmanager
def _asked(url: str) -> Iterator[None]:
    """Whatever the storage's library raises meanwhile becomes a StoreError."""
    try:
        yield
    except (HenkouError, KeyboardInterrupt):
        raise
    except Exception as error:
        raise StoreError(
            f"{url} cannot be read or written: {error}. The dataset there is as it was; check the network "
            "and your rights, and run again"
        ) from error


def _home(url: str) -> Path:
    """This machine's folder for one URL's state."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "henkou" / hashlib.sha256(url.rstrip("/").encode()).hexdigest()[:16]
