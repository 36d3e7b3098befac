"""Makes the filings: all, or those whose case contains one of the words given.

python -m tests.filings.make [WORD ...]
"""

from __future__ import annotations

import csv
import sys
from json import loads as load
from pathlib import Path
from typing import Any

from . import after, calc, drawn, web, writer
from .cases import CASES
from .filing import Filing, truth, write_truth
from .samples import SAMPLES

HERE = Path(__file__).parents[1]
RAW = HERE.parents[1] / "raw_pdfs"
PRODUCERS = {"calc": calc.make, "drawn": drawn.make, "web": web.make, "writer": writer.make}


def build(filing: Filing, pdf: Path, json: Path) -> None:
    for path in (pdf, json):
        path.parent.mkdir(parents=True, exist_ok=True)
    pages = PRODUCERS[filing.producer](filing, pdf)
    if filing.producer != "drawn":
        after.tidy(pdf)
    for name, arguments in filing.after:
        after.STEPS[name](pdf, **arguments)
    record = truth(filing, pages)
    for name, arguments in filing.after:
        if name == "append":
            record = both(record, load(json.with_stem(arguments["other"]).read_text(encoding="utf-8")))
    write_truth(json, record)
    print(f"{pdf.stat().st_size // 1024:5} KiB {len(filing.rows):3} rows  {pdf.name}", flush=True)


def both(record: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The truth about two filings in one file: no cover is the file's cover."""
    rows = [row | {"page_first": None, "page_last": None} for row in record["rows"] + other["rows"]]
    return record | {"cover": None, "covers": [record["cover"], other["cover"]], "rows": rows}


def folder(filing: Filing) -> str:
    return f"{filing.cover.municipality_code}_{filing.body}"


def main(words: list[str]) -> None:
    def wanted(filing: Filing) -> bool:
        return not words or any(word in filing.case for word in words)

    for filing in filter(wanted, SAMPLES):
        name = f"{filing.case}.pdf"
        build(filing, RAW / folder(filing) / name, HERE / "samples" / f"{filing.case}.json")
    for filing in filter(wanted, CASES):
        build(filing, HERE / f"{filing.case}.pdf", HERE / f"{filing.case}.json")
    with (RAW / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["path", "municipality_code", "url", "retrieved_on", "licence", "document"])
        for filing in sorted(SAMPLES, key=lambda f: (folder(f), f.case)):
            out.writerow(
                [f"{folder(filing)}/{filing.case}.pdf", filing.cover.municipality_code, "", "", "MIT", ""]
            )


if __name__ == "__main__":
    main(sys.argv[1:])
