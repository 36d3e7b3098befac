"""The dataset where it lies: generations published at once, and the state that saves reading again."""

from __future__ import annotations

from contextlib import AbstractContextManager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from .. import files

if TYPE_CHECKING:
    from .bucket import Bucket
    from .folder import Store


Dataset: TypeAlias = "Store | Bucket"


def locked(out: str | PathLike[str]) -> AbstractContextManager[Dataset]:
    """The dataset at a path or URL for one run at a time; UsageError when another is at work on it."""
    if files.is_url(out):
        from . import bucket

        return bucket.locked(str(out))
    from . import folder

    return folder.locked(Path(out))
