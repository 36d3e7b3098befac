"""Prints how many rows of each filing come out right.

    python -m tests.accuracy [--misses] [--case WORD] [TOOL ...]

Tools: henkou (reader auto), henkou-pdfium, henkou-pdfplumber, and the peers of peers.py as far as they
are installed. Exact means: equal after NFKC, folding of look-alikes, and without white space.
"""

from __future__ import annotations

import argparse
import importlib.util
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.accuracy import ours, peers
from tests.accuracy.compare import Score, Texts, score
from tests.accuracy.truth import FIELDS, Case, cases

OURS = {"henkou": "auto", "henkou-pdfium": "pdfium", "henkou-pdfplumber": "pdfplumber"}


def our_score(reader: Any) -> Callable[[Case], tuple[Score, str]]:
    """Scores our reading of a filing; the remark is its glyph_share, or how it was refused."""

    def scored(case: Case) -> tuple[Score, str]:
        from pipeline import FilingError

        try:
            filing, rows = ours.read(case, reader)
        except FilingError:
            return Score(), "refused" if not case.readable else "REFUSED"
        share = filing.metadata.glyph_share
        return score(ours.written(case), rows), "" if share is None else f"{share:.4f}"

    return scored


def peer_score(name: str) -> Callable[[Case], tuple[Score, str]]:
    """Scores a peer with the plain merge."""

    def scored(case: Case) -> tuple[Score, str]:
        truth: list[Texts] = [tuple(row[name] for name in FIELDS) for row in case.rows]
        try:
            rows = peers.merge(peers.PEERS[name](case.pdf))
        except Exception as error:  # a peer's failure is its result
            return score(truth, []), type(error).__name__
        return score(truth, rows), ""

    return scored


def tools(names: list[str]) -> dict[str, Callable[[Case], tuple[Score, str]]]:
    """The tools asked for, or all that are installed."""
    installed = [name for name in peers.PEERS if importlib.util.find_spec(name)]
    known = {name: our_score(reader) for name, reader in OURS.items()}
    known |= {name: peer_score(name) for name in installed}
    return {name: known[name] for name in names} if names else known


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy", description=__doc__)
    parser.add_argument("tools", nargs="*")
    parser.add_argument("--case", default="", help="only filings whose name contains this")
    parser.add_argument("--misses", action="store_true", help="print the rows that are not exact")
    arguments = parser.parse_args()
    measured = tools(arguments.tools)
    chosen = [case for case in cases() if arguments.case in case.name]
    totals = dict.fromkeys(measured, Score())
    table = Table("filing", "rows", *measured, "glyph share", title="Rows exact in all six fields")
    for case in chosen:
        results = {name: run(case) for name, run in measured.items()}
        if case.readable:
            totals = {name: totals[name] + results[name][0] for name in measured}
        remarks = [remark for name, (_, remark) in results.items() if name in OURS]
        shares = " ".join(dict.fromkeys(remarks))
        rows = str(len(case.rows)) if case.readable else "–"
        table.add_row(case.name, rows, *(shown(case, *result) for result in results.values()), shares)
    add_totals(table, totals)
    console = Console(width=max(Console().width, 140))
    console.print(table)
    if arguments.misses:
        print_misses(console, totals)


def shown(case: Case, result: Score, remark: str) -> str:
    """A filing's rows that are exact, and rows that are not there in truth."""
    if not case.readable:
        return remark or f"{result.read} rows"
    extra = f" (+{result.read - result.rows})" if result.read > result.rows else ""
    return f"{result.rows_exact}{extra}"


def add_totals(table: Table, totals: dict[str, Score]) -> None:
    table.add_section()
    sums = list(totals.values())
    rows = str(max((total.rows for total in sums), default=0))
    table.add_row("rows exact", rows, *(percent(t.rows_exact, t.rows) for t in sums), "")
    table.add_row("cells exact", "", *(percent(t.cells_exact, t.cells) for t in sums), "")
    table.add_row("line ends F1", "", *(f"{t.line_end_f1:.4f}" for t in sums), "")


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "–"


def print_misses(console: Console, totals: dict[str, Score]) -> None:
    for name, total in totals.items():
        for truth, read in total.misses:
            console.rule(name)
            for field, a, b in zip(FIELDS, truth, read or [""] * 6, strict=True):
                if a != b:
                    console.print(f"{field}\n  written {a!r}\n  read    {b!r}", markup=False, highlight=False)


if __name__ == "__main__":
    main()
