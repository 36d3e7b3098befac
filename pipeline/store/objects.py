"""Objects that are put only if they are still what was seen: S3's If-Match, Google's ifGenerationMatch.

The one thing that file systems of fsspec do not offer; all else goes through them.
"""

from __future__ import annotations

import datetime as dt
import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import quote

from ..errors import UsageError

_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """An object as it was found."""

    data: bytes
    version: str
    age: float
    """Seconds since it was put, by the clock of the storage."""


class Refused(Exception):
    """The object is not, or no longer, what the put was to replace."""


class Dialect(Protocol):
    """How one kind of storage is asked."""

    def look(self, path: str) -> Seen | None:
        """An object, its content and version of one moment; null when it is not there."""

    def put(self, path: str, data: bytes, over: str | None) -> str:
        """Replace one version, or with None make the object -> the new version. Refused otherwise."""


def dialect(url: str, filesystem: Any) -> Dialect:
    """How the storage at a URL is asked; UsageError when its puts know no conditions."""
    match url.partition("://")[0]:
        case "s3":
            return _S3(filesystem)
        case "gs" | "gcs":
            return _Google(filesystem)
    raise UsageError(f"{url}: a dataset can be in s3://, gs:// or a folder")


def replace(storage: Dialect, path: str, data: bytes, over: str | None) -> str:
    """A put whose answer may be lost on the way: then the library's second try is refused for its first.

    S3 also refuses while another request for the object is under way, whatever comes of that.
    """
    for _ in range(_ATTEMPTS):
        try:
            return storage.put(path, data, over)
        except Refused:
            seen = storage.look(path)
            if seen is not None and seen.data == data:
                return seen.version
            if (seen and seen.version) != over:
                raise
    raise Refused(path)


class _S3:
    """Versions are ETags."""

    def __init__(self, filesystem: Any) -> None:
        self._filesystem = filesystem

    def look(self, path: str) -> Seen | None:
        asyn = importlib.import_module("fsspec.asyn")
        try:
            answer, data = asyn.sync(self._filesystem.loop, self._get, path)
        except FileNotFoundError:
            return None
        return Seen(data, answer["ETag"], _age(answer["LastModified"], _headers(answer)))

    async def _get(self, path: str) -> tuple[Any, bytes]:
        bucket, key, _ = self._filesystem.split_path(path)
        answer = await self._filesystem._call_s3("get_object", Bucket=bucket, Key=key)
        async with answer["Body"] as body:
            return answer, await body.read()

    def put(self, path: str, data: bytes, over: str | None) -> str:
        bucket, key, _ = self._filesystem.split_path(path)
        condition = {"IfNoneMatch": "*"} if over is None else {"IfMatch": over}
        try:
            answer = self._filesystem.call_s3(
                "put_object", Bucket=bucket, Key=key, Body=data, CacheControl="no-cache", **condition
            )
        except Exception as error:
            if _s3_refused(error):
                raise Refused(path) from error
            raise
        return str(answer["ETag"])


def _headers(answer: Mapping[str, Any]) -> Mapping[str, str]:
    headers: Mapping[str, str] = answer["ResponseMetadata"]["HTTPHeaders"]
    return headers


def _s3_refused(error: BaseException) -> bool:
    """The condition did not hold (412), another put was under way (409), or what to replace is gone (404)."""
    cause: BaseException | None = error
    while cause is not None:
        told = getattr(cause, "response", None) or {}
        status = told.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if status in (409, 412) or told.get("Error", {}).get("Code") == "NoSuchKey":
            return True
        cause = cause.__cause__
    return False


class _Google:
    """Versions are generations, of the JSON interface."""

    def __init__(self, filesystem: Any) -> None:
        self._filesystem = filesystem

    def look(self, path: str) -> Seen | None:
        for _ in range(_ATTEMPTS):
            try:
                headers, answer = self._filesystem.call("GET", "b/{}/o/{}", *self._place(path))
            except FileNotFoundError:
                return None
            told = json.loads(answer)
            try:
                url = self._filesystem.url(path)
                _, data = self._filesystem.call("GET", url, generation=told["generation"])
            except FileNotFoundError:  # replaced meanwhile
                continue
            return Seen(
                data, told["generation"], _age(dt.datetime.fromisoformat(told["timeCreated"]), headers)
            )
        raise OSError(f"{path} changes too fast to be read")

    def put(self, path: str, data: bytes, over: str | None) -> str:
        bucket, key = self._place(path)
        about = json.dumps({"name": key, "contentType": "application/json", "cacheControl": "no-cache"})
        body = b"\r\n".join([
            b"--part", b"Content-Type: application/json; charset=UTF-8", b"", about.encode(),
            b"--part", b"Content-Type: application/json", b"", data, b"--part--", b"",
        ])  # fmt: skip
        try:
            _, answer = self._filesystem.call(
                "POST",
                f"{self._filesystem._location}/upload/storage/v1/b/{quote(bucket, safe='')}/o",
                uploadType="multipart",
                ifGenerationMatch=over or "0",
                headers={"Content-Type": "multipart/related; boundary=part"},
                data=body,
            )
        except FileExistsError as error:
            raise Refused(path) from error
        return str(json.loads(answer)["generation"])

    def _place(self, path: str) -> tuple[str, str]:
        bucket, key, _ = self._filesystem.split_path(path)
        return bucket, key


def _age(written: dt.datetime, headers: Mapping[str, str]) -> float:
    """Seconds from an object's time to the answer's, both by the storage's clock."""
    date = {name.lower(): value for name, value in headers.items()}["date"]
    return (parsedate_to_datetime(date) - written).total_seconds()
