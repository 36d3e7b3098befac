"""The coverage of a dataset as text for a terminal, or as JSON."""

from __future__ import annotations

import json

from rich.console import Console
from rich.table import Table

from ..dataset.coverage import FIELDS, Coverage


def to_text(coverage: Coverage) -> str:
    """Three tables and the unused rules; wide enough for a terminal of 120 columns."""
    console = Console(width=120, color_system=None, highlight=False)
    with console.capture() as capture:
        console.print(_fields(coverage))
        console.print(_bodies(coverage))
        console.print(_problems(coverage) if len(coverage.problems) else "No problems.")
        if coverage.unused_rules:
            console.print(f"Repair rules that nothing used: {', '.join(coverage.unused_rules)}")
    return capture.get().rstrip("\n")


def to_json(coverage: Coverage) -> str:
    """The same, for machines."""
    return json.dumps(
        {
            "fields": {name: round(share, 4) for name, share in coverage.fields.items()},
            "bodies": json.loads(coverage.bodies.reset_index().to_json(orient="records")),
            "problems": json.loads(coverage.problems.to_json(orient="records")),
            "unused_rules": coverage.unused_rules,
        },
        ensure_ascii=False,
    )


def _fields(coverage: Coverage) -> Table:
    table = Table("field", "share with a value", title="Coverage of fields", title_justify="left")
    for name, share in coverage.fields.items():
        table.add_row(str(name), _percent(share))
    return table


def _bodies(coverage: Coverage) -> Table:
    counts = ("filings", "partial", "failed", "rows")
    table = Table("body", title="Coverage of bodies", title_justify="left")
    for name in (*counts, "glyph_share", *FIELDS):
        table.add_column(name.replace("_", "\n"), justify="right", no_wrap=True)
    for body, row in coverage.bodies.iterrows():
        shares = (_percent(row[name]) for name in ("glyph_share", *FIELDS))
        table.add_row(str(body), *(f"{int(row[name]):,}" for name in counts), *shares)
    return table


def _problems(coverage: Coverage) -> Table:
    table = Table(
        "severity", "code", "count", "filings", "for example", title="Problems", title_justify="left"
    )
    for row in coverage.problems.itertuples(index=False):
        table.add_row(*map(str, row))
    return table


def _percent(share: float) -> str:
    return "–" if share != share else f"{100 * share:.1f} %"
