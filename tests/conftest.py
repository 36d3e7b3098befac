"""What every session of tests ends with."""

import pytest

from tests import servers


@pytest.fixture(scope="session", autouse=True)
def end_of_servers():
    yield
    servers.running.close()
