"""What every session of tests begins and ends with."""

import os

import pytest

os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # as the command line has it, before Arrow loads

from tests import servers


@pytest.fixture(scope="session", autouse=True)
def end_of_servers():
    yield
    servers.running.close()
