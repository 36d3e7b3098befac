"""RAW arguments -> Documents: which files may be filings, and what their paths and `manifest.csv` say."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path, PurePath

from . import manifest
from .errors import UsageError
from .model import Document, Problem

SUFFIXES = (".pdf", ".txt", ".tsv", ".md", ".html")
"""Files that may be filings; a text file that is none says so when it is read."""
BESIDE = ("readme.md", manifest.NAME)
"""Files at the top of RAW that describe it."""

_BODY_FOLDER = re.compile(r"([0-9]{6})_(.+)")

PathProblem = tuple[str, Problem]
"""A doubt about a path: where, and what."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """What the RAW arguments hold."""

    documents: tuple[Document, ...]
    """Sorted by source_path, which is unique."""
    problems: tuple[PathProblem, ...] = ()


@dataclass(slots=True)
class _Walk:
    """Files of one RAW argument with their names below it, and the folders that could not be listed."""

    files: list[tuple[str, Path]] = field(default_factory=list)
    problems: list[PathProblem] = field(default_factory=list)


def discover(raws: Sequence[str | PathLike[str]], *, out: Path | None = None) -> Discovery:
    """Files and folders -> every file in them that may be a filing, with its path's metadata.

    `out`, the dataset's folder, is not looked into when it lies inside RAW. UsageError for a path that
    does not exist or is no kind of file that henkou reads.
    """
    roots = _outermost([_existing(Path(raw)) for raw in raws])
    documents: dict[str, Document] = {}
    problems: list[PathProblem] = []
    for label, root in zip(_labels(roots), roots, strict=True):
        found, doubts = _root_documents(root, label, out)
        problems += doubts
        for document in found:
            first = documents.setdefault(document.source_path, document)
            if first is not document:
                problems.append((document.source_path, _clash(first, document)))
    ordered = sorted(documents.values(), key=lambda document: document.source_path)
    return Discovery(tuple(ordered), tuple(sorted(problems, key=lambda pair: (pair[0], pair[1].message))))


def one(path: str | PathLike[str]) -> Document:
    """One file -> its Document, as if it were the only RAW argument."""
    root = _existing(Path(path))
    if root.is_dir():
        raise UsageError(f"{path} is a folder; name one file, or give the folder to extract_all")
    return _document(root, root.name)


def _existing(path: Path) -> Path:
    if not path.exists():
        raise UsageError(f"{path} does not exist; name a file or folder with filings")
    if not path.is_dir() and path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{path} is no kind of file that henkou reads ({' '.join(SUFFIXES)})")
    return path


def _outermost(roots: list[Path]) -> list[Path]:
    """Without repetitions, and without what lies in another argument's folder."""
    real = [Path(os.path.realpath(root)) for root in roots]
    return [
        root
        for at, root in enumerate(roots)
        if real[at] not in real[:at] and not any(other in real[at].parents for other in real)
    ]


def _labels(roots: list[Path]) -> list[str]:
    """What stands before the paths of each argument: nothing for a lone folder, else the folder's name.

    Arguments of the same name are told apart by as many folders above them as it takes:
    `2023/pdfs 2024/pdfs` give `2023/pdfs/…` and `2024/pdfs/…`.
    """
    if len(roots) == 1:
        return ["" if roots[0].is_dir() else _text(roots[0].name)]
    parts = [_absolute(root).parts[1:] or ("root",) for root in roots]
    depths = [1] * len(roots)
    while True:
        labels = ["/".join(_text(part) for part in p[-d:]) for p, d in zip(parts, depths, strict=True)]
        clashing = [
            at for at, label in enumerate(labels) if labels.count(label) > 1 and depths[at] < len(parts[at])
        ]
        if not clashing:
            return labels
        for at in clashing:
            depths[at] += 1


def _root_documents(root: Path, label: str, out: Path | None) -> tuple[list[Document], list[PathProblem]]:
    if not root.is_dir():
        return [_document(root, label)], []
    walk = _walk(root, None if out is None else Path(os.path.realpath(out)))
    prefix = f"{label}/" if label else ""
    entries, problems = manifest.read(root / manifest.NAME, prefix)
    problems = [(prefix + path, problem) for path, problem in walk.problems] + problems
    documents = []
    for below, path in walk.files:
        entry = entries.pop(below, None)
        document = _document(path, prefix + below)
        documents.append(document if entry is None else replace(document, **entry.metadata))
        if _undecodable(os.path.relpath(path, root)):
            problems.append((prefix + below, _NAME_NOT_UTF8))
    problems += [(prefix + manifest.NAME, manifest.unmatched(entry)) for entry in entries.values()]
    return documents, problems


def _walk(root: Path, out: Path | None) -> _Walk:
    """Real folders first, then folders behind links, each folder once: links may form loops."""
    walk = _Walk()
    seen: set[tuple[int, int]] = set()
    if out == Path(os.path.realpath(root)):
        out = None  # the dataset and the filings share a folder; only its hidden part is henkou's
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
            name = f"{below}/{_text(entry.name)}" if below else _text(entry.name)
            if entry.name.startswith("."):
                continue
            if _is_folder(entry):
                (links if entry.is_symlink() else waiting).append((name, Path(entry.path)))
            elif _may_be_filing(entry, top=not below):
                walk.files.append((name, Path(entry.path)))
    walk.files.sort(key=lambda file: (file[0], os.fsencode(file[1])))
    return walk


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


def _document(path: Path, source_path: str) -> Document:
    code, name = _body_folder(path)
    return Document(str(path), source_path, folder_code=code, folder_name=name)


def _body_folder(path: Path) -> tuple[str | None, str | None]:
    """Code and name of the nearest folder above that is called `<code>_<name>`."""
    for part in reversed(_absolute(path).parts[:-1]):
        if match := _BODY_FOLDER.fullmatch(_text(part)):
            return match[1], match[2]
    return None, None


def _absolute(path: Path) -> PurePath:
    """Without `..`, but with links as they are named."""
    return PurePath(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links


def _text(name: str) -> str:
    """A name from the file system as NFC text; bytes that are not UTF-8 as `\\x82`."""
    return unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "backslashreplace"))


def _undecodable(name: str) -> bool:
    return any("\udc80" <= character <= "\udcff" for character in name)


_NAME_NOT_UTF8 = Problem(
    "name_not_utf8",
    "The file's name is not UTF-8, so its path is spelled with \\x…; rename it (an archive made on "
    "Windows unpacks with `unzip -O cp932`).",
)


def _unlistable(error: OSError) -> Problem:
    return Problem(
        "folder_unreadable",
        f"The folder cannot be listed ({error.strerror}), its filings are left out; check its rights.",
    )


def _clash(first: Document, second: Document) -> Problem:
    return Problem(
        "path_clash",
        f"Not read: its path is the same as that of {_shown(first)} after Unicode normalisation; rename one.",
        excerpt=_shown(second),
    )


def _shown(document: Document) -> str:
    return os.fsencode(document.path).decode("utf-8", "backslashreplace")
