"""Tables of labelled cases: `cases("dates")` reads `tests/cases/dates.tsv`; `\\n` in a cell is a line end."""

from __future__ import annotations

import csv
from pathlib import Path

HERE = Path(__file__).parent


def cases(name: str) -> list[dict[str, str]]:
    with (HERE / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [{key: (value or "").replace("\\n", "\n") for key, value in row.items()} for row in rows]
