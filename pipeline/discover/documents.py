"""RAW arguments -> Documents: which files may be filings, and what their paths and `manifest.csv` say."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path, PurePath, PurePosixPath
from typing import NamedTuple

from .. import files
from ..errors import UsageError
from ..model import Document, Problem
from ..schema import TABLES
from . import manifest, walk
from .walk import Listed, PathProblem, Walk

_BODY_FOLDER = re.compile(r"([0-9]{6})_(.+)")


@dataclass(frozen=True, slots=True)
class Discovery:
    """What the RAW arguments hold."""

    documents: tuple[Document, ...]
    """Sorted by source_path, which is unique."""
    problems: tuple[PathProblem, ...] = ()
    listed: Mapping[str, Listed] = field(default_factory=dict)
    """Of documents in object storage, by path."""


class _Root(NamedTuple):
    """One RAW argument, looked through."""

    where: str
    parts: tuple[str, ...]
    """Its name and those of the folders above."""
    is_folder: bool
    walk: Walk


def discover(raws: Sequence[str | PathLike[str]], *, out: str | PathLike[str] | None = None) -> Discovery:
    """Files and folders, here or in object storage -> every file in them that may be a filing.

    `out`, the dataset's folder, is not looked into when it lies inside RAW. UsageError for a path that
    does not exist or is no kind of file that henkou reads, and for filings and dataset in one folder.
    """
    roots = [_look(raw, out) for raw in _outermost([os.fspath(raw) for raw in raws])]
    if out is not None:
        for raw in raws:
            _check_apart(os.fspath(raw), os.fspath(out))
    documents: dict[str, Document] = {}
    problems: list[PathProblem] = []
    for label, root in zip(_labels(roots), roots, strict=True):
        found, doubts = _root_documents(root, label)
        problems += doubts
        for document in found:
            first = documents.setdefault(document.source_path, document)
            if first is not document:
                problems.append((document.source_path, _clash(first, document)))
    return Discovery(
        tuple(sorted(documents.values(), key=lambda document: document.source_path)),
        tuple(sorted(problems, key=lambda pair: (pair[0], pair[1].message))),
        {path: told for root in roots for path, told in root.walk.listed.items()},
    )


def one(path: str | PathLike[str]) -> Document:
    """One file -> its Document, as if it were the only RAW argument."""
    root = _look(os.fspath(path), None)
    if root.is_folder:
        raise UsageError(f"{path} is a folder; name one file, or give the folder to extract_all")
    return _document(root.walk.files[0][1], root.walk.files[0][0])


def _look(raw: str, out: str | PathLike[str] | None) -> _Root:
    if files.is_url(raw):
        found = walk.remote(raw, None if out is None else str(out))
        path = PurePosixPath(raw.partition("://")[2])
        is_folder = [file for _, file in found.files] != [raw]
        if not found.files and path.suffix.lower() in walk.SUFFIXES:
            raise UsageError(f"{raw} does not exist; name a file or folder with filings")
        return _Root(raw.rstrip("/"), path.parts, is_folder, found)
    root = Path(raw)
    if not root.exists():
        raise UsageError(f"{raw} does not exist; name a file or folder with filings")
    if root.is_dir():
        inside = None if out is None or files.is_url(out) else Path(os.path.realpath(out))
        return _Root(raw, _absolute(raw).parts[1:], True, walk.local(root, inside))
    if root.suffix.lower() not in walk.SUFFIXES:
        raise UsageError(f"{raw} is no kind of file that henkou reads ({' '.join(walk.SUFFIXES)})")
    return _Root(raw, _absolute(raw).parts[1:], False, Walk([(walk.text(root.name), raw)]))


def _check_apart(raw: str, out: str) -> None:
    """UsageError when the dataset would be written among the filings of `raw`, or is read as filings."""
    real_raw, real_out = _real(raw), _real(out)
    if real_raw == real_out:
        raise UsageError(
            f"{raw} holds the filings; name another folder for the dataset, such as {raw}/extracted"
        )
    if any(real_out / name in (real_raw, *real_raw.parents) for name in (*TABLES, ".henkou")):
        raise UsageError(f"{raw} is part of the dataset {out}; name the folder with the filings")


def _real(path: str) -> PurePath:
    """Without links and `..`; URLs as they are, their scheme a part."""
    return PurePosixPath(path.rstrip("/")) if files.is_url(path) else Path(os.path.realpath(path))


def _outermost(raws: list[str]) -> list[str]:
    """Without repetitions, and without what lies in another argument's folder."""
    real = [_real(raw) for raw in raws]
    return [
        raw
        for at, raw in enumerate(raws)
        if real[at] not in real[:at] and not any(other in real[at].parents for other in real)
    ]


def _labels(roots: list[_Root]) -> list[str]:
    """What stands before the paths of each argument: nothing for a lone folder, else the folder's name.

    Arguments of the same name are told apart by as many folders above them as it takes:
    `2023/pdfs 2024/pdfs` give `2023/pdfs/…` and `2024/pdfs/…`.
    """
    parts = [[walk.text(part) for part in root.parts] or ["root"] for root in roots]
    if len(roots) == 1:
        return ["" if roots[0].is_folder else parts[0][-1]]
    depths = [1] * len(roots)
    while True:
        labels = ["/".join(names[-depth:]) for names, depth in zip(parts, depths, strict=True)]
        clashing = [
            at for at, label in enumerate(labels) if labels.count(label) > 1 and depths[at] < len(parts[at])
        ]
        if not clashing:
            return labels
        for at in clashing:
            depths[at] += 1


def _root_documents(root: _Root, label: str) -> tuple[list[Document], list[PathProblem]]:
    if not root.is_folder:
        return [_document(root.walk.files[0][1], label)], []
    prefix = f"{label}/" if label else ""
    entries, problems = manifest.read(f"{root.where}/{manifest.NAME}", prefix)
    problems = [(prefix + path, problem) for path, problem in root.walk.problems] + problems
    documents = []
    for below, path in root.walk.files:
        entry = entries.pop(below, None)
        document = _document(path, prefix + below)
        documents.append(document if entry is None else document._replace(**entry.metadata))
        if _undecodable(path):
            problems.append((prefix + below, _NAME_NOT_UTF8))
    problems += [(prefix + manifest.NAME, manifest.unmatched(entry)) for entry in entries.values()]
    return documents, problems


def _document(path: str, source_path: str) -> Document:
    code, name = _body_folder(path)
    return Document(path, source_path, folder_code=code, folder_name=name)


def _body_folder(path: str) -> tuple[str | None, str | None]:
    """Code and name of the nearest folder above that is called `<code>_<name>`."""
    above = PurePosixPath(path) if files.is_url(path) else _absolute(path)
    for part in reversed(above.parts[:-1]):
        if match := _BODY_FOLDER.fullmatch(walk.text(part)):
            return match[1], match[2]
    return None, None


def _absolute(path: str) -> PurePath:
    """Without `..`, but with links as they are named."""
    return PurePath(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links


def _undecodable(name: str) -> bool:
    return any("\udc80" <= character <= "\udcff" for character in name)


_NAME_NOT_UTF8 = Problem(
    "name_not_utf8",
    "The file's name is not UTF-8, so its path is spelled with \\x…; rename it (an archive made on "
    "Windows unpacks with `unzip -O cp932`).",
)


def _clash(first: Document, second: Document) -> Problem:
    return Problem(
        "path_clash",
        f"Not read: its path is the same as that of {_shown(first)} after Unicode normalisation; rename one.",
        excerpt=_shown(second),
    )


def _shown(document: Document) -> str:
    return os.fsencode(document.path).decode("utf-8", "backslashreplace")
