"""What the READMEs show is what the samples give."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_the_summary_shown_is_that_of_the_samples(name):
    shown = re.search(r"^(\d+) filings .* (\d+) rows,", (ROOT / name).read_text(encoding="utf-8"), re.M)
    truths = [
        json.loads(path.read_text(encoding="utf-8")) for path in ROOT.glob("tests/filings/samples/*.json")
    ]
    assert [int(number) for number in shown.groups()] == [
        len(list(ROOT.glob("raw_pdfs/*/*.pdf"))),
        sum(len(truth["rows"]) for truth in truths),
    ]


def test_the_readmes_say_the_same_commands():
    def commands(name):
        text = (ROOT / name).read_text(encoding="utf-8")
        blocks = re.findall(r"```(?:sh|python)\n(.*?)```", text, re.S)
        return [re.sub(r"\s+#.*", "", line) for block in blocks for line in block.splitlines()]

    assert commands("README.md") == commands("README.ja.md")
