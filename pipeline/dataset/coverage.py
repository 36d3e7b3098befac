"""How complete a dataset is: per body and field, its problems, and the rules that nothing used."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING

from ..text import repair
from .load import read_table

if TYPE_CHECKING:
    import pandas as pd

FIELDS = ("change_date", "item_code", "item_key", "item_name", "timing", "note_kind")
"""Columns of `changes` whose share of rows with a value is told."""
META = ("municipality_code", "agency", "filing_type", "filing_number", "filing_title", "published")
"""Columns of `filings` whose share is told, among filings that were read."""
UNKNOWN = "(unknown body)"


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """Tables to print; shares are 0 … 1."""

    bodies: pd.DataFrame
    """Per body: filings, partial, failed, rows, glyph_share (mean), and the share of rows with each field."""
    fields: pd.Series[float]
    """Over all rows and filings: share with each field."""
    problems: pd.DataFrame
    """Per severity and code: count, filings, and one message as an example."""
    unused_rules: tuple[str, ...]
    """Repair rules that neither repaired nor suggested anything; empty when no OCR text was read."""


def coverage(out: str | PathLike[str] = "extracted") -> Coverage:
    """The dataset at OUT, a folder or a URL -> how complete it is, from its stored tables alone."""
    import pandas as pd

    changes = read_table(out, "changes", columns=["municipality", *FIELDS, "method"])
    filings = read_table(
        out, "filings", columns=["municipality", "status", "rows", "glyph_share", *META]
    ).assign(municipality=lambda frame: frame["municipality"].fillna(UNKNOWN))
    changes["municipality"] = changes["municipality"].fillna(UNKNOWN)

    by_body = filings.groupby("municipality", sort=True)
    bodies = pd.DataFrame(
        {
            "filings": by_body.size(),
            "partial": by_body["status"].agg(lambda column: (column == "partial").sum()),
            "failed": by_body["status"].agg(lambda column: (column == "failed").sum()),
            "rows": by_body["rows"].sum(),
            "glyph_share": by_body["glyph_share"].mean(),
        }
    )
    present = changes[list(FIELDS)].notna()
    bodies = bodies.join(present.groupby(changes["municipality"]).mean())
    read = filings[filings["status"] != "failed"]
    fields = pd.concat([present.mean(), read[list(META)].notna().mean()])
    return Coverage(bodies, fields, _problems(out), _unused_rules(out, changes))


def _problems(out: str | PathLike[str]) -> pd.DataFrame:
    problems = read_table(out, "problems", columns=["severity", "code", "source_path", "message"])
    grouped = problems.groupby(["severity", "code"], sort=True)
    return grouped.agg(
        count=("source_path", "size"), filings=("source_path", "nunique"), example=("message", "first")
    ).reset_index()


def _unused_rules(out: str | PathLike[str], changes: pd.DataFrame) -> tuple[str, ...]:
    if not (changes["method"] != "text").any():
        return ()  # born-digital text is never repaired: nothing could have used them
    used = set(read_table(out, "repairs", columns=["rule"])["rule"])
    return tuple(name for name, _ in repair.rule_names() if name not in used)
