"""The verbs of `henkou` over a stored dataset: check, waves, search, export; thin as those of cli.py."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

import click

from .errors import HenkouError, StoreError

EXIT_USAGE, EXIT_STORE = 2, 3


@click.command()
@click.argument("out", default="extracted")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
def check(out: str, as_json: bool) -> None:
    """How complete the dataset OUT is: coverage per field and body, problems, unused repair rules.

    \b
    Example:  henkou check extracted
    """
    from .dataset.coverage import coverage
    from .review.coverage import to_json, to_text

    try:
        found = coverage(out)
    except HenkouError as error:
        stop(error)
    click.echo(to_json(found) if as_json else to_text(found))


@click.command()
@click.argument("out", default="extracted")
@click.option("--wave", metavar="WAVE_ID", help="Bodies that one wave is not seen at, instead.")
@click.option(
    "--top", type=click.IntRange(1), default=10, show_default=True, help="Waves shown, largest first."
)
@click.option("--json", "as_json", is_flag=True, help="All of them, one JSON object a line.")
def waves(out: str, wave: str | None, top: int, as_json: bool) -> None:
    """Edits that several bodies made, found in the dataset OUT and stored in it as waves and wave_list.

    They are made again only when rows have changed. A body is called late only where a filing newer than
    the wave's last change is held.

    \b
    Example:  henkou waves extracted
              henkou waves extracted --wave w0123456789ab
    """  # fmt: skip
    from .dataset.waves import waves

    try:
        made = waves(out)
        shown = made.list if wave is None else made.not_followed(wave)
    except HenkouError as error:
        stop(error)
    if as_json:
        _json_lines(shown)
    elif wave is not None:
        click.echo(
            shown.to_string(index=False, na_rep="–")
            if len(shown)
            else "No body that could have it is without it."
        )
    else:
        click.echo(made.told(top))


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="[OUT] WORDS...")
@click.option(
    "--by",
    type=click.Choice(["both", "characters", "words"]),
    default="both",
    show_default=True,
    help="As written in any place, as words in any spelling and inflection, or either.",
)
@click.option("--body", metavar="BODY", help="Code or name of a body: 011002, 札幌市.")
@click.option("--item", metavar="ITEM", help="Code or key, or its start: II-4, risk.storage.")
@click.option("--since", metavar="DATE", help="Change dates from: 2024-05-27, 2024-05 or 2024.")
@click.option("--until", metavar="DATE", help="Change dates to, the month or year included.")
@click.option("--kind", metavar="KIND", help="A change_kind or note_kind: deleted, 法令改正.")
@click.option("--every-print", is_flag=True, help="Reprints in later revisions too, not each change once.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="Changes shown.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def search(words: tuple[str, ...], every_print: bool, as_json: bool, **filters: Any) -> None:
    """Changes in the dataset OUT [default: extracted] that hold all WORDS, newest first, in context.

    OUT is the first word when that is a folder or URL. The first search of a dataset makes its index.

    \b
    Example:  henkou search extracted ガバメントクラウド --item risk --since 2025
    """  # fmt: skip
    from .dataset import search as step

    out, words = _out_of(words)
    try:
        hits = step.search(
            words, out, distinct=not every_print, tell=lambda line: click.echo(line, err=True), **filters
        )
    except HenkouError as error:
        stop(error)
    if as_json:
        _json_lines(hits)
    elif hits.empty:
        click.echo(f"no change in {out} holds {' '.join(words)}{_said(filters)}")
    else:
        click.echo(step.told(hits))


@click.command()
@click.argument("out", default="extracted")
@click.option("--csv", "kind", flag_value="csv", help="UTF-8 that Excel opens; nothing runs as a formula.")
@click.option("--xlsx", "kind", flag_value="xlsx", help="Excel; more rows than a sheet holds go on the next.")
@click.option("--duckdb", "kind", flag_value="duckdb", help="A DuckDB database, columns with comments.")
@click.option("--to", metavar="FILE", help="File to write.  [default: the table's name, here]")
@click.option("--table", metavar="TABLE", help="One table.  [default: changes; all of them for --duckdb]")
def export(out: str, kind: Any, to: str | None, table: str | None) -> None:
    """Write tables of the dataset OUT for other programs; never agency_raw, which may hold a name.

    In a CSV Excel shows the code 011002 as 11002; --xlsx keeps it.

    \b
    Example:  henkou export extracted --xlsx --to changes.xlsx
    """
    from .dataset.export import export

    if kind is None:
        raise click.UsageError("name a format: --csv, --xlsx or --duckdb")
    try:
        done = export(out, kind=kind, to=to, table=table)
    except HenkouError as error:
        stop(error)
    for name, rows in done.rows.items():
        click.echo(f"{name}: {counted(rows, 'row')} → {done.path}")
    if done.too_long:
        what = "are cut in this file" if kind == "xlsx" else "are whole here, but Excel splits them"
        click.echo(f"{counted(done.too_long, 'cell')} longer than Excel's 32,767 characters {what}")


def _json_lines(rows: Any) -> None:
    """Rows of a DataFrame, one JSON object a line; none for no rows."""
    if len(rows):
        click.echo(rows.to_json(orient="records", lines=True, date_format="iso", force_ascii=False), nl=False)


def _out_of(words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Arguments of `search` -> the dataset and the words."""
    from pathlib import Path

    first = words[0]
    if len(words) > 1 and ("://" in first or "/" in first or Path(first).is_dir()):
        return first, words[1:]
    return "extracted", words


def _said(filters: dict[str, Any]) -> str:
    """The filters that were set, for a message."""
    names = ("body", "item", "since", "until", "kind")
    said = [f"{name} {filters[name]}" for name in names if filters[name] is not None]
    return f" with {', '.join(said)}" if said else ""


def counted(number: int, what: str) -> str:
    """How many, in words: 1 row, 2,000 rows."""
    return f"{number:,} {what}{'s' * (number != 1)}"


def stop(error: HenkouError) -> NoReturn:
    """Say what was wrong and end with the status that stands for it."""
    click.echo(f"henkou: {error}", err=True)
    sys.exit(EXIT_STORE if isinstance(error, StoreError) else EXIT_USAGE)
