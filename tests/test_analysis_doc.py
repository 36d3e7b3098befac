"""The figures of docs/analysis.md are those that its code prints on the sample."""

import re
from pathlib import Path

import pytest

from pipeline import extract_all

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/analysis.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("analysis")
    extract_all(ROOT / "raw_pdfs", folder / "extracted")
    lines = []
    code = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
    code = code.replace('"extracted"', repr(str(folder / "extracted")))
    exec(code, {"print": lambda *words: lines.append(" ".join(map(str, words)))})
    return "\n".join(lines)


def test_what_the_code_prints(printed):
    assert printed == re.search(r"```text\n(.*?)\n```", PAGE, re.DOTALL)[1]


def test_what_the_answer_says(printed):
    """All bodies, all beforehand; five moved; one not seen, with an older filing."""
    assert re.match(r"(\d+) changes of 6 bodies, \1 事前\n", printed)
    assert "保管場所: 5 bodies on 2026-01-05" in printed
    assert printed.endswith("not seen at 郡山市 whose newest filing is of 2025-12-01")
    assert all(
        words in PAGE for words in ("All six bodies", "newest filing held is of 2025-12-01", "六団体すべて")
    )
