"""What a run shows meanwhile, on a terminal and in a log."""

import io

import pytest

from pipeline import progress
from pipeline.batch.work import Progress

EVENTS = [
    Progress("look", 2, 2),
    Progress("scan", 3, 12, "札幌市/scan.pdf"),
    Progress("read", 1, 2, "札幌市/scan.pdf", pages=12, problems=1),
    Progress("read", 2, 2, "那覇市/a.pdf", error="那覇市/a.pdf: it is no PDF"),
]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_filings_failures_and_pages_of_scans_are_shown(stream, monkeypatch):
    monkeypatch.setattr(progress, "_LINE_SECONDS", 0.0)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("TERM", "xterm")
    shown = stream()
    with progress.reporter(quiet=False, stream=shown) as tell:
        for event in EVENTS:
            tell(event)
    text = shown.getvalue()
    for words in ("reading filings", "failed: 那覇市/a.pdf: it is no PDF", "12 pages", "1 problems"):
        assert words in text
    if stream is io.StringIO:
        assert "reading scans: 札幌市/scan.pdf, page 3 of 12\n" in text


def test_quiet_shows_nothing():
    shown = Terminal()
    with progress.reporter(quiet=True, stream=shown) as tell:
        for event in EVENTS:
            tell(event)
    assert shown.getvalue() == ""
