"""Makes the filings: all of them, or those whose case contains one of the words given.

python -m tests.filings.make [--samples] [WORD ...]
"""

from __future__ import annotations

import sys
from pathlib import Path

from . import calc, drawn
from .filing import Filing, truth, write_truth
from .samples import samples

FILINGS = Path(__file__).parents[1]
RAW = FILINGS.parents[1] / "raw_pdfs"
PRODUCERS = {"calc": calc.make, "drawn": drawn.make}


def build(filing: Filing, pdf: Path, json: Path) -> None:
    for path in (pdf, json):
        path.parent.mkdir(parents=True, exist_ok=True)
    pages = PRODUCERS[filing.producer](filing, pdf)
    write_truth(json, truth(filing, pages))
    print(pdf.name, len(filing.rows), "rows", pdf.stat().st_size // 1024, "KiB", flush=True)


def main(words: list[str]) -> None:
    for filing in samples():
        if not words or any(word in filing.case for word in words):
            folder = RAW / f"{filing.cover.municipality_code}_{filing.body}"
            build(filing, folder / f"{filing.case}.pdf", FILINGS / "samples" / f"{filing.case}.json")


if __name__ == "__main__":
    main(sys.argv[1:])
