"""Folders, here or in object storage -> the files in them that may be filings, by name alone."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from .. import files
from ..errors import UsageError
from ..model import Problem
from . import manifest

SUFFIXES = (".pdf", ".txt", ".tsv", ".md", ".html")
"""Files that may be filings; a text file that is none says so when it is read."""
BESIDE = ("readme.md", manifest.NAME)
"""Files at the top of RAW that describe it."""

PathProblem = tuple[str, Problem]
"""A doubt about a path: where, and what."""


class Listed(NamedTuple):
    """What a listing tells of an object: enough to see that it changed."""

    signature: str
    bytes: int


@dataclass(slots=True)
class Walk:
    """What is below one RAW argument."""

    files: list[tuple[str, str]] = field(default_factory=list)
    """Name below RAW, and path; in order."""
    problems: list[PathProblem] = field(default_factory=list)
    listed: dict[str, Listed] = field(default_factory=dict)
    """Of objects, by path."""


def local(root: Path, out: Path | None) -> Walk:
    """Real folders first, then folders behind links, each folder once: links may form loops."""
    walk = Walk()
    seen: set[tuple[int, int]] = set()
    waiting, links = [("", root)], list[tuple[str, Path]]()
    while waiting or links:
        below, folder = waiting.pop() if waiting else links.pop(0)
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in seen or (out and Path(os.path.realpath(folder)) == out):
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as scan:
                entries = sorted(scan, key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            if not below:
                raise UsageError(f"{root} cannot be listed ({error.strerror}); check its rights") from None
            walk.problems.append((below, _unlistable(error)))
            continue
        for entry in entries:
            name = f"{below}/{text(entry.name)}" if below else text(entry.name)
            if entry.name.startswith("."):
                continue
            if _is_folder(entry):
                (links if entry.is_symlink() else waiting).append((name, Path(entry.path)))
            elif _may_be_filing(entry, top=not below):
                walk.files.append((name, entry.path))
    walk.files.sort(key=lambda file: (file[0], os.fsencode(file[1])))
    return walk


def remote(url: str, out: str | None) -> Walk:
    """A URL's objects; one object when it names one. Empty when there are none."""
    filesystem, root = files.connect(url)
    try:
        infos: dict[str, dict[str, Any]] = filesystem.find(root, detail=True)
    except Exception as error:
        raise UsageError(
            f"{url} cannot be listed ({files.words(error)}); check its name, your rights and the network"
        ) from error
    scheme = url.partition("://")[0]
    inside = out.partition("://")[2].rstrip("/") + "/" if out and out.startswith(f"{scheme}://") else None
    walk = Walk()
    for path, info in sorted(infos.items()):
        below = path[len(root) :].lstrip("/") or path.rpartition("/")[2]
        if not _may_be_named(below) or (inside and path.startswith(inside)):
            continue
        walk.files.append((unicodedata.normalize("NFC", below), f"{scheme}://{path}"))
        walk.listed[f"{scheme}://{path}"] = _listed(info)
    return walk


def _listed(info: Mapping[str, Any]) -> Listed:
    """Object stores name their hash and their time each in their own way."""
    told = [
        info.get(name)
        for name in ("ETag", "etag", "md5Hash", "generation", "LastModified", "mtime", "created")
    ]
    return Listed(
        " ".join([str(info.get("size")), *(str(one) for one in told if one is not None)]),
        info.get("size") or 0,
    )


def _may_be_named(below: str) -> bool:
    parts = below.lower().split("/")
    hidden = any(part.startswith(".") for part in parts)
    return parts[-1].endswith(SUFFIXES) and not hidden and below.lower() not in BESIDE


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads in a circle, or to where we may not look
        return False


def _may_be_filing(entry: os.DirEntry[str], *, top: bool) -> bool:
    """By name alone; a link that leads nowhere counts, so that it is reported and not overlooked."""
    if not entry.name.lower().endswith(SUFFIXES) or (top and entry.name.lower() in BESIDE):
        return False
    try:
        return entry.is_file() or (entry.is_symlink() and not Path(entry.path).exists())
    except OSError:
        return True


def text(name: str) -> str:
    """A name from the file system as NFC text; bytes that are not UTF-8 as `\\x82`."""
    return unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "backslashreplace"))


def _unlistable(error: OSError) -> Problem:
    return Problem(
        "folder_unreadable",
        f"The folder cannot be listed ({error.strerror}), its filings are left out; check its rights.",
    )
