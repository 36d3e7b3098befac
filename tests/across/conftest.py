import pytest

import pipeline

from . import make


@pytest.fixture(scope="session")
def generated(tmp_path_factory):
    """200 bodies over 5 years, waves made: (OUT, truth of its rows)."""
    out = tmp_path_factory.mktemp("across") / "out"
    truth = make.make(out, count=200, filings=1)
    pipeline.waves(out)
    return out, truth
