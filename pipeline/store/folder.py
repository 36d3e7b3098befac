"""The dataset in OUT: whole generations in a hidden folder, of which one rename publishes the newest.

    OUT/changes, filings, … datapackage.json    links into .henkou/current/
    OUT/.henkou/current                         link to generations/<n>; replacing it is the publication
    OUT/.henkou/generations/<n>/                one complete dataset; files that did not change are hard links
    OUT/.henkou/lock, state.sqlite              one run at a time; what need not be read again

Where there are no symbolic links the tables themselves stand in OUT; publishing then moves the old ones
out and the new ones in, and the next run completes a move that was cut short.
The generation before the current one is kept for readers that are still at work in it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ..errors import StoreError, UsageError

HIDDEN = ".henkou"
PLAN = "plan.json"
"""In a generation: what each partition was made of, and what is in it."""
MOVED_PLAN = "current.json"
"""The same of a dataset that stands in OUT itself, in the hidden folder."""
_FLUSHED_AT_ONCE = 8


@contextlib.contextmanager
def locked(out: Path) -> Iterator[Store]:
    """The dataset at `out`, made when absent, for one run at a time; UsageError when another is at work."""
    with contextlib.ExitStack() as stack:
        with writing(out):
            (out / HIDDEN / "generations").mkdir(parents=True, exist_ok=True)
            stack.enter_context(exclusive(out / HIDDEN / "lock", out))
            store = Store(out)
            store.recover()
        yield store


@contextlib.contextmanager
def exclusive(path: Path, out: Path | str) -> Iterator[None]:
    """Hold the lock of this file, or UsageError at once."""
    with path.open("a") as file:
        try:
            _lock(file.fileno())
        except BlockingIOError:
            raise UsageError(f"{out} is in use by another run; wait for it, or name another --out") from None
        yield


@contextlib.contextmanager
def writing(out: Path | str) -> Iterator[None]:
    """What the file system refuses meanwhile becomes a StoreError; the published dataset is as it was."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise StoreError(
            f"{out} cannot be written: {error.strerror or error}{where}. The dataset there is as it was; "
            "free space or check its rights, and run again"
        ) from error


class Store:
    """The dataset at OUT, while this run holds its lock."""

    filesystem = None
    """As pyarrow takes it: the one of this machine."""

    def __init__(self, out: Path, *, links: bool | None = None) -> None:
        self.out, self.hidden = out, out / HIDDEN
        self._links = _can_link(self.hidden) if links is None else links

    @property
    def state_path(self) -> Path:
        return self.hidden / "state.sqlite"

    @property
    def _journal(self) -> Path:
        return self.hidden / "publishing.json"

    def current(self) -> Path | None:
        """The folder of the published generation; null before the first."""
        return _current(self.out)

    def plan(self) -> dict[str, Any]:
        """What the published generation was made of; empty before the first, or when it is not readable."""
        folder = self.current()
        path = self.hidden / MOVED_PLAN if folder == self.out else (folder or self.hidden) / PLAN
        try:
            plan: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return plan

    def folder(self) -> str | None:
        """Where the published generation is, for `filesystem`; null before the first."""
        folder = self.current()
        return None if folder is None else str(folder)

    def holds(self, sizes: Mapping[str, int]) -> bool:
        """Whether the published generation has these files, as long as they were when they were written."""
        folder = self.current()
        try:
            return folder is not None and all(
                (folder / file).stat().st_size == size for file, size in sizes.items()
            )
        except OSError:
            return False

    def reuse(self, file: str, generation: Path) -> None:
        """Take a file of the published generation over, without writing its bytes again where possible."""
        folder, target = self.current(), generation / file
        assert folder is not None
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(folder / file, target)
        except OSError:
            shutil.copyfile(folder / file, target)

    def begin(self) -> Path:
        """A new folder for the next generation."""
        folder = self.hidden / "generations" / str(max(self._numbers(), default=0) + 1)
        folder.mkdir()
        return folder

    def publish(self, generation: Path) -> None:
        """Make a complete generation the dataset."""
        names = _visible(generation)
        _flush_tree(generation)
        if self._links:
            self._check_free(names)
            self._link_all([name for name in names if not (self.out / name).exists()])
            _remove_folder(self.hidden / "current")
            _point(self.hidden / "current", f"generations/{generation.name}")
            _flush(self.hidden)
            self._link_all(names)
        else:
            journal = json.dumps({"generation": generation.name, "names": names})
            (self.hidden / "publishing.new").write_text(journal, encoding="utf-8")
            _flush_file(self.hidden / "publishing.new")
            (self.hidden / "publishing.new").replace(self._journal)
            self._move_in()
        _flush(self.hidden)
        self._forget_old()

    def discard(self, generation: Path) -> None:
        """Drop a generation, unless its publication has begun: then it is the dataset, or is becoming it."""
        if self.current() != generation.resolve() and not self._journal.exists():
            shutil.rmtree(generation, ignore_errors=True)

    def recover(self) -> None:
        """Finish or clear away what a run left that was cut short."""
        self._move_in()
        current = self.hidden / "current"
        if self._links and current.is_symlink() and current.is_dir():
            self._link_all(_visible(current))
        for left in ("current.new", "link.new", "publishing.new"):
            (self.hidden / left).unlink(missing_ok=True)
        self._forget_old()

    def _check_free(self, names: list[str]) -> None:
        for name in names:
            path = self.out / name
            if self.current() is None and path.exists() and not path.is_symlink():
                raise UsageError(f"{path} is in the way and was not made by henkou; name another --out")

    def _link_all(self, names: list[str]) -> None:
        """These tables of the published generation, or of the one that will be, can be seen in OUT."""
        if [name for name in names if self._link(name)]:
            _flush(self.out)

    def _link(self, name: str) -> bool:
        """Let a table be seen in OUT -> whether it was not."""
        path, target = self.out / name, f"{HIDDEN}/current/{name}"
        if path.is_symlink() and str(path.readlink()) == target:
            return False
        if path.exists() and not path.is_symlink():  # a copy of a dataset that was made without links
            (self.hidden / "retired").mkdir(exist_ok=True)
            path.rename(self.hidden / "retired" / name)
        _point(path, target)
        return True

    def _move_in(self) -> None:
        """Publication without links, as far as it has not been done."""
        if not self._journal.exists():
            return
        told = json.loads(self._journal.read_text(encoding="utf-8"))
        generation, retired = self.hidden / "generations" / told["generation"], self.hidden / "retired"
        retired.mkdir(exist_ok=True)
        for name in told["names"]:
            if not (generation / name).exists():
                continue  # moved before the cut
            if (self.out / name).is_symlink():
                (self.out / name).unlink()
            elif (self.out / name).exists():
                _remove(retired / name)
                (self.out / name).rename(retired / name)
            (generation / name).rename(self.out / name)
        if (generation / PLAN).exists():
            (generation / PLAN).replace(self.hidden / MOVED_PLAN)
        (self.hidden / "current").unlink(missing_ok=True)
        self._journal.unlink()

    def _numbers(self) -> list[int]:
        return [int(path.name) for path in (self.hidden / "generations").iterdir() if path.name.isdecimal()]

    def _forget_old(self) -> None:
        """Keep the published generation and the one before it."""
        _remove(self.hidden / "retired")
        current = self.hidden / "current"
        number = int(current.readlink().name) if current.is_symlink() else 0
        kept = {number, *sorted(n for n in self._numbers() if n < number)[-1:]}
        for old in set(self._numbers()) - kept:
            shutil.rmtree(self.hidden / "generations" / str(old), ignore_errors=True)


def current_generation(out: Path) -> Path | None:
    """The folder with the published tables, its links resolved so that it stays the same; null when none.

    A copy of a dataset without its hidden folder is one too.
    """
    folder = _current(out)
    return folder or (out if (out / "changes").is_dir() else None)


def _current(out: Path) -> Path | None:
    current = out / HIDDEN / "current"
    if current.is_dir():  # a link, or a folder in a copy that was made without links
        return current.resolve()
    return out if (out / HIDDEN / MOVED_PLAN).exists() else None


def _can_link(folder: Path) -> bool:
    probe = folder / "link.new"
    probe.unlink(missing_ok=True)
    try:
        probe.symlink_to("current")
    except (OSError, NotImplementedError):
        return False
    probe.unlink()
    return True


def _point(link: Path, target: str) -> None:
    """Let a link lead elsewhere, at once."""
    new = (
        link.with_name(f"{link.name}.new")
        if link.parent.name == HIDDEN
        else link.parent / HIDDEN / "link.new"
    )
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    new.replace(link)


def _remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def _remove_folder(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)


def _visible(generation: Path) -> list[str]:
    """Names in a generation that readers see in OUT."""
    return sorted(path.name for path in generation.iterdir() if path.name != PLAN)


def _flush_tree(folder: Path) -> None:
    """Let all that is new in a generation reach the disk before the rename that publishes it.

    Many at once: a disk takes hardly longer for them than for one.
    """
    folders = [folder.parent, *(Path(parent) for parent, _, _ in os.walk(folder))]
    files = [file for one in folders[1:] for file in one.iterdir() if file.is_file()]
    with ThreadPoolExecutor(_FLUSHED_AT_ONCE) as threads:
        list(threads.map(_flush_file, (file for file in files if file.stat().st_nlink == 1)))
        list(threads.map(_flush, folders))


def _flush_file(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    """The system drops the lock with the process, however it ends: it cannot be left behind."""
    if os.name == "posix":
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    else:
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except PermissionError:
            raise BlockingIOError from None
