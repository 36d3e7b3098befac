"""The dataset in object storage, where there are no links, no renames and no locks.

    OUT/_current.json          names the published generation; put only if it is still what this run found
    OUT/_lock.json             of the run at work: refuses a second one at its start
    OUT/generations/<n>-…/     one complete dataset; files that did not change are copied inside the store
    OUT/_state.sqlite          what need not be read again; at work it lies in this machine's cache folder

The lock is for those who wait; what keeps the dataset whole is that put: of two runs the second to publish
is refused, whatever became of the lock.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from .. import files
from ..errors import HenkouError, StoreError, UsageError
from . import lease, objects, state
from .folder import PLAN, exclusive, writing
from .lease import Lease
from .objects import Dialect, Refused

CURRENT, STATE = "_current.json", "_state.sqlite"


@contextlib.contextmanager
def locked(url: str) -> Iterator[Bucket]:
    """The dataset at a URL for one run; UsageError when another is at work on it, here or elsewhere."""
    filesystem, root = files.connect(url)
    storage = objects.dialect(url, filesystem)
    home = _home(url)
    with writing(home):
        home.mkdir(parents=True, exist_ok=True)
    with exclusive(home / "lock", url), contextlib.ExitStack() as stack:
        with _asked(url):
            held = lease.held(storage, filesystem, url, f"{root}/{lease.NAME}", home / "lock.json")
            hold = stack.enter_context(held)
        bucket = Bucket(url, storage, hold, home)
        try:
            bucket.fetch_state()
            yield bucket
            bucket.finish()
        finally:
            bucket.discard(bucket.scratch)


class Bucket:
    """The dataset at a URL, for one run; the same methods as `store.Store`."""

    def __init__(self, url: str, storage: Dialect, hold: Lease, home: Path) -> None:
        self.out, self._storage, self._hold, self._home = url, storage, hold, home
        self.filesystem, self._root = files.connect(url)
        self.scratch = home / "scratch"
        """Empty at first: a run that was killed leaves its own behind."""
        self._reused: list[str] = []
        self._old: list[str] = []
        self._published = False
        with _asked(url):
            self._version, self._told = _current(storage, self._root)
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir()

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
        generation = self.scratch / "generation"
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
            self._hold.check()
            self.filesystem.put(
                [str(generation / file) for file in written], [f"{new}/{file}" for file in written]
            )
            if self._reused:
                old = [f"{self.folder()}/{file}" for file in self._reused]
                self.filesystem.copy(old, [f"{new}/{file}" for file in self._reused])
            self._hold.check()
            self._put_current({"generation": name, "previous": self._told.get("generation")})
            self._published = True

    def finish(self) -> None:
        """After a good run: keep its state there, remove what is neither published nor kept for readers."""
        try:
            self._save_state()
            self._tidy()
        except HenkouError:
            raise
        except Exception as error:
            raise StoreError(
                f"{self.out} is complete and published, but its state cannot be put there, or what is old or "
                f"half there cannot be removed: {files.words(error)}. Check your "
                "rights; the next run tries again"
            ) from error

    def _tidy(self) -> None:
        if self._told and not self._published and self._stray(self._told):
            self._hold.check()
            self._put_current(self._told | {"tidied": secrets.token_hex(4)})
        if self._old:
            self.filesystem.rm(self._old)

    def _stray(self, told: Mapping[str, Any]) -> list[str]:
        """Objects of generations that `told` does not name."""
        folder = f"{self._root}/generations/"
        kept = tuple(f"{folder}{told.get(name)}/" for name in ("generation", "previous"))
        found = self.filesystem.find(folder)
        return [path for path in found if path.startswith(folder) and not path.startswith(kept)]

    def discard(self, generation: Path) -> None:
        """Drop a generation that was not published; what is in the store already goes with the next run."""
        shutil.rmtree(generation, ignore_errors=True)

    def fetch_state(self) -> None:
        """What runs on other machines read, too, need not be read again."""
        remote, note = f"{self._root}/{STATE}", self._home / "state.etag"
        with _asked(self.out):
            if not self.filesystem.exists(remote):
                return
            etag = _etag(self.filesystem.info(remote))
            if self.state_path.exists() and note.exists() and note.read_text() == etag:
                return
            fetched = self.scratch / "state.sqlite"
            self.filesystem.get_file(remote, str(fetched))
        if self.state_path.exists():
            state.merge(self.state_path, into=fetched)
        shutil.copyfile(fetched, self.state_path)
        note.write_text(etag)

    def _save_state(self) -> None:
        remote = f"{self._root}/{STATE}"
        # Waves are published without one.
        if self.state_path.exists() and (self._published or not self.filesystem.exists(remote)):
            self.filesystem.put_file(str(self.state_path), remote)
            (self._home / "state.etag").write_text(_etag(self.filesystem.info(remote)))

    def _put_current(self, told: dict[str, Any]) -> None:
        path = f"{self._root}/{CURRENT}"
        # Listed before the put: who began before it can publish no more, who begins after it is not listed.
        old = self._stray(told)
        try:
            self._version = objects.replace(self._storage, path, json.dumps(told).encode(), self._version)
        except Refused:
            raise UsageError(
                f"{self.out} is in use by another run, which published first; nothing of this one was. "
                "What was read is kept: run again"
            ) from None
        self._told, self._old = told, old


def current_generation(url: str) -> tuple[Any, str] | None:
    """A URL -> file system and folder of the published generation; null when there is no dataset."""
    filesystem, root = files.connect(url)
    storage = objects.dialect(url, filesystem)
    with _asked(url):
        _, told = _current(storage, root)
    return (filesystem, f"{root}/generations/{told['generation']}") if told else None


def _current(storage: Dialect, root: str) -> tuple[str | None, dict[str, Any]]:
    """Version and content of what names the published generation."""
    seen = storage.look(f"{root}/{CURRENT}")
    return (None, {}) if seen is None else (seen.version, json.loads(seen.data))


@contextlib.contextmanager
def _asked(url: str) -> Iterator[None]:
    """Whatever the storage's library raises meanwhile becomes a StoreError."""
    try:
        yield
    except (HenkouError, KeyboardInterrupt):
        raise
    except Exception as error:
        raise StoreError(
            f"{url} cannot be read or written: {files.words(error)}. The dataset there is as it was; "
            "check the network and your rights, and run again"
        ) from error


def _etag(info: Mapping[str, Any]) -> str:
    return str(info.get("ETag") or info["etag"])


def _home(url: str) -> Path:
    """This machine's folder for one URL's state."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "henkou" / hashlib.sha256(url.rstrip("/").encode()).hexdigest()[:16]
