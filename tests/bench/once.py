"""One work on a file's first pages, for valgrind to count: `python -m tests.bench.once WORK FILE PAGES`."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pikepdf

from tests.bench import measures

WORKS: dict[str, measures.Work] = {
    "floor": measures.floor,
    "tables": measures.our_tables,
    "whole": measures.our_whole,
}


def main() -> None:
    name, path, pages = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    out = io.BytesIO()
    with pikepdf.open(path) as pdf:
        del pdf.pages[pages:]
        pdf.save(out)
    WORKS[name](out.getvalue())


if __name__ == "__main__":
    main()
