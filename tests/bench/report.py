"""Figures of one run -> the generated part of docs/performance.md, its data and its plot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs"
BEGIN, END = "<!-- made by `make bench`: begin -->", "<!-- made by `make bench`: end -->"


def write(told: dict[str, Any]) -> None:
    """docs/performance_bench.json, .svg, and the block of docs/performance.md between the marks."""
    (DOCS / "performance_bench.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    plot(told, DOCS / "performance_bench.svg")
    page = DOCS / "performance.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n{block(told)}\n{END}{after}", encoding="utf-8")


def block(told: dict[str, Any]) -> str:
    """The figures as Markdown."""
    machine, cores = told["machine"], told["cores"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    return "\n\n".join(
        [
            f"{machine['processor']}, {machine['cores']} cores, Python {machine['python']}; {versions}; "
            f"calls of PDFium {machine['calls']}; "
            f"load average before the run {machine['load_before']}"
            + (
                f"; the long measures at 1/{machine['share']} of their length."
                if machine["share"] > 1
                else "."
            ),
            targets(told),
            f"PDFium alone, the floor of the same filings, gains {cores['1'] / cores['2']:.2f}× by a second "
            "process on this machine.",
            beside(told),
            *([counted(told["instructions"])] if told["instructions"] else []),
            "![CPU time by pages and by filings](performance_bench.svg)",
        ]
    )


PRODUCERS = {"": "ReportLab", "office_": "LibreOffice"}


def targets(told: dict[str, Any]) -> str:
    """What is aimed at, beside what was measured."""
    memory, start, jobs, short = told["memory"], told["start_up"], told["jobs"], told["short_jobs"]
    of_one = told["jobs_of_one"]
    rows: list[tuple[str, float, float, str, bool]] = []
    for name, producer in PRODUCERS.items():
        table = told[f"{name}table"]
        rows.append(
            (f"table pages over the floor, {producer}", table["whole"] / table["floor"], 1.7, "×", False)
        )
        if "tablers" in table:
            what = f"tablers' tables alone over ours, text and fields, {producer}"
            rows.append((what, table["tablers"] / table["whole"], 1, "×", True))
    for name, producer in PRODUCERS.items():
        whole = told[f"{name}whole"]
        what = f"filings, a fifth table pages, over the floor, {producer}"
        rows.append((what, whole["whole"] / whole["floor"], 1.0, "×", False))
    for kind, sides in told["plumber"].items():
        one, many = sides["one"], sides["many"]
        what = f"pdfplumber's tables over us, start to end, {PAGES[kind]}"
        rows.append((f"{what}: one filing of {one['pages']:,}", _over(one), 8, "×", True))
        rows.append((f"{what}: {many['pages']:,} pages", _over(many), 20, "×", True))
    rows += [
        (f"memory of a worker on {memory['pages']:,} pages", memory["worker"], 120, " MB", False),
        ("memory of the driver", memory["driver"], 250, " MB", False),
        (f"growth of one process from {memory['filings'] // 10:,} to {memory['filings']:,} filings",
         memory["last"] - memory["first"], 10, " MB", False),
        ("`henkou --help`", start["help"], 0.25, " s", False),
        ("`import pipeline`", start["import"], 0.05, " s", False),
        (f"two jobs over one, {jobs['filings']} filings of 60 pages", jobs["1"] / jobs["2"], 1.8, "×", True),
        (f"the same, all {of_one['filings']} of one body", of_one["1"] / of_one["2"], 1.8, "×", True),
        (f"the same, {short['filings']} filings of seven pages", short["1"] / short["2"], 1.8, "×", True),
    ]  # fmt: skip
    lines = ["| | measured | aim | |", "| --- | ---: | ---: | --- |"]
    for what, value, aim, unit, least in rows:
        met = value >= aim if least else value <= aim
        sign = "≥" if least else "≤"
        lines.append(f"| {what} | {value:.2f}{unit} | {sign} {aim:g}{unit} | {'met' if met else 'not met'} |")
    return "\n".join(lines)


def _over(sides: dict[str, Any]) -> float:
    return float(sides["plumber"]["cpu"] / sides["henkou"]["cpu"])


PAGES = {
    "table": "table pages, ReportLab",
    "office_table": "table pages, LibreOffice",
    "whole": "a fifth of them table, ReportLab",
    "office_whole": "a fifth of them table, LibreOffice",
}
NAMES = {
    "table": "100 table pages, ReportLab",
    "office_table": "100 table pages, LibreOffice",
    "whole": "60 pages, 12 of them table, ReportLab",
    "office_whole": "60 pages, 12 of them table, LibreOffice",
}


def beside(told: dict[str, Any]) -> str:
    """Milliseconds a page, and in brackets how many floors they are."""
    lines = [
        "| CPU ms a page (over the floor) | floor | with the machine's fonts | our tables "
        "| our whole extraction | tablers' tables |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, title in NAMES.items():
        each = told[name]
        cells = [
            f"{each[work]:.2f} ({each[work] / each['floor']:.2f}×)" if work in each else "–"
            for work in ("floor", "floor_as_it_comes", "tables", "whole", "tablers")
        ]
        lines.append(f"| {title} | {' | '.join(cells)} |")
    for kind, times in told["plumber"].items():
        for sides in times.values():
            pages, ours, theirs = sides["pages"], sides["henkou"], sides["plumber"]
            lines.append(
                f"| {pages:,} pages, {PAGES[kind].removeprefix('table pages, ')}, start to end | – | – | – "
                f"| {1000 * ours['cpu'] / pages:.2f} | pdfplumber: {1000 * theirs['cpu'] / pages:.1f} |"
            )
    return "\n".join(lines)


def counted(each: dict[str, float]) -> str:
    """Instructions do not depend on what else the machine does."""
    of = ", ".join(f"{name} {value:.1f} ({value / each['floor']:.2f}×)" for name, value in each.items())
    return f"Millions of instructions a table page, by valgrind: {of}."


def plot(told: dict[str, Any], path: Path) -> None:
    """CPU seconds by pages of one filing, and by filings: lines are straight where cost is linear."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "henkou"
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
    sides = ((left, "by_pages", "pages of one filing"), (right, "by_filings", "filings"))
    for axes, name, what in sides:
        counts, seconds = zip(*told[name], strict=True)
        axes.loglog(counts, seconds, "o-", label="measured")
        slope = sum(seconds) / sum(counts)
        axes.loglog(counts, [slope * count for count in counts], ":", color="grey", label="in proportion")
        axes.set(xlabel=what, ylabel="CPU seconds")
        axes.legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
