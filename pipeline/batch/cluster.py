"""The workers of a Dask cluster as the executor of a batch: `henkou extract --cluster tcp://host:8786`."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from ..errors import UsageError
from ..scan import engines
from ..store import state

_PATIENCE_SECONDS = 30
"""For the scheduler to answer and a first worker to be there."""


@contextmanager
def connected(address: str) -> Iterator[tuple[Executor, int]]:
    """A scheduler's address -> an executor that runs tasks on its workers, and how many at a time.

    UsageError when nobody answers, no worker is there, or a worker has another henkou than this.
    """
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError:
        raise UsageError("a cluster needs Dask; install it with: pip install 'henkou[cluster]'") from None
    try:
        client = distributed.Client(address, timeout=_PATIENCE_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"no Dask scheduler answers at {address} ({error}); start one, or correct it"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE_SECONDS)
        except TimeoutError:
            raise UsageError(
                f"the cluster at {address} has no workers; start some with: dask worker"
            ) from None
        _check_versions(client)
        # Not pure: the same task, handed in again, is to be done again.
        yield client.get_executor(pure=False), sum(client.nthreads().values())


def _version() -> str:
    return "\n".join([state.version(), *engines.installed()])


def _here() -> str:
    return _version()


def _check_versions(client: Any) -> None:
    answers = client.run(_version, on_error="return")
    other = sorted(worker for worker, answer in answers.items() if answer != _here())
    if other:
        raise UsageError(
            f"workers with another henkou, other rules or engines than here: {', '.join(other)}; "
            "install the same"
        )
