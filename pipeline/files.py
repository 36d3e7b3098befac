"""Files here or in object storage: `s3://bucket/raw/x.pdf`, `gs://…` beside `raw/x.pdf`, through fsspec."""

from __future__ import annotations

import errno
import importlib
import os
from functools import cache
from pathlib import Path
from typing import IO, Any, cast

from .errors import UsageError


def is_url(path: object) -> bool:
    """Whether a path names object storage.

    >>> is_url("s3://bucket/raw"), is_url("raw_pdfs")
    (True, False)
    """
    return "://" in str(path)


def open_bytes(path: str) -> IO[bytes]:
    """A file of either kind, open for reading; OSError with its name when it cannot be."""
    if not is_url(path):
        return Path(path).open("rb")
    filesystem, root = connect(path)
    try:
        return cast(IO[bytes], filesystem.open(root, "rb"))
    except Exception as error:  # every library behind fsspec has errors of its own
        raise told(error, path) from error


def read_bytes(path: str) -> bytes:
    """A whole file of either kind; OSError with its name when it cannot be read."""
    if not is_url(path):
        return Path(path).read_bytes()
    filesystem, root = connect(path)
    try:
        return bytes(filesystem.cat_file(root))
    except Exception as error:
        raise told(error, path) from error


def told(error: Exception, path: str) -> OSError:
    """An error of some storage library as the system would tell it."""
    missing = isinstance(error, FileNotFoundError)
    number = errno.ENOENT if missing else getattr(error, "errno", None) or errno.EIO
    return OSError(number, "No such file" if missing else words(error), path)


def words(error: Exception) -> str:
    """What an error of some storage library says, on one line."""
    return " ".join(str(error).split()) or type(error).__name__


def connect(url: str) -> tuple[Any, str]:
    """A URL -> the file system that serves it, and the path there. UsageError when there is none."""
    scheme, _, rest = url.partition("://")
    return _filesystem(scheme), rest.rstrip("/")


@cache
def _filesystem(scheme: str) -> Any:
    try:
        # gcsfs asks a second service whether a bucket is zonal; we need nothing of that.
        os.environ.setdefault("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")
        import logging

        logging.getLogger("gcsfs").addHandler(logging.NullHandler())  # it also raises what it logs
        fsspec: Any = importlib.import_module("fsspec")
        # Listings are not kept: what another machine writes meanwhile must be seen.
        return fsspec.filesystem(scheme, use_listings_cache=False)
    except (ImportError, ValueError) as error:
        raise UsageError(f"{scheme}:// needs a package more ({error}); pip install 'henkou[cloud]'") from None
