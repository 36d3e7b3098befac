"""The filings of the corpus with what a perfect reader reports of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

HERE = Path(__file__).parents[1] / "filings"
RAW = HERE.parents[1] / "raw_pdfs"
FIELDS = ("change_date", "item", "before", "after", "timing", "note")
NO_UNICODE = "\ufffd"


@dataclass(frozen=True)
class Case:
    """One filing: where its PDF is, and the truth about it."""

    pdf: Path
    json: Path

    @property
    def name(self) -> str:
        return self.json.stem

    @cached_property
    def truth(self) -> dict[str, Any]:
        made: dict[str, Any] = json.loads(self.json.read_text(encoding="utf-8"))
        return made

    @property
    def expect(self) -> dict[str, Any]:
        made: dict[str, Any] = self.truth["expect"]
        return made

    @property
    def readable(self) -> bool:
        return bool(self.expect.get("readable", True))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows that can be had: none from pictures; characters without Unicode as U+FFFD."""
        if self.expect.get("image_only"):
            return []
        lost = str.maketrans(dict.fromkeys(self.expect.get("unmapped", ""), NO_UNICODE))
        return [
            row | {name: row[name].translate(lost) for name in FIELDS} | {"written_date": row["change_date"]}
            for row in self.truth["rows"]
        ]


def cases() -> list[Case]:
    """All filings: the samples of raw_pdfs, then the corpus."""
    samples = [
        Case(next(RAW.glob(f"*/{path.stem}.pdf")), path) for path in sorted((HERE / "samples").glob("*.json"))
    ]
    return samples + [Case(path.with_suffix(".pdf"), path) for path in sorted(HERE.glob("*.json"))]
