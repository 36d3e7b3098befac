"""`henkou`: thin verbs over the Python functions of the same names; no logic here.

Modules that cost start-up time are imported inside the verb that needs them.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from typing import TYPE_CHECKING, Any

import click

from . import __version__
from .errors import FilingError, HenkouError, UsageError
from .verbs import check, counted, export, search, stop, waves

if TYPE_CHECKING:
    from .batch.run import Run

EXIT_FAILED, EXIT_INTERRUPTED = 1, 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="henkou")
def main() -> None:
    """Change tables (変更箇所) of 特定個人情報保護評価書, out of PDFs, as tidy Parquet."""


for _verb in (check, waves, search, export):
    main.add_command(_verb)


_OCR = click.option(
    "--ocr",
    type=click.Choice(["auto", "rapidocr", "tesseract", "both", "off"]),
    default="auto",
    show_default=True,
    help="Engine for scanned pages; auto takes rapidocr, else tesseract.",
)


@main.command()
@click.argument("raw", nargs=-1, metavar="[RAW]...")
@click.option("--out", default="extracted", show_default=True, help="Folder of the dataset.")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=lambda: os.cpu_count() or 1,
    metavar="N",
    help="Filings read at a time.  [default: all cores]",
)
@click.option(
    "--reader",
    type=click.Choice(["auto", "pdfium", "pdfplumber"]),
    default="auto",
    show_default=True,
    help="Engine for PDFs; auto asks a second one when in doubt.",
)
@_OCR
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=120.0,
    show_default=True,
    metavar="SECONDS",
    help="Time for one filing, anew with each part of a scan; one that takes longer fails alone.",
)
@click.option(
    "--memory",
    type=click.FloatRange(min=0, min_open=True),
    default=2.0,
    show_default=True,
    metavar="GIB",
    help="Memory for one filing; one that takes more fails alone.",
)
@click.option("--cluster", metavar="ADDRESS", help="Read on a Dask cluster: tcp://scheduler:8786.")
@click.option("--force", is_flag=True, help="Read every filing again, changed or not.")
@click.option("--allow-removal", is_flag=True, help="Go on although most filings of OUT are gone from RAW.")
@click.option("--strict", is_flag=True, help="Exit 1 also when a filing was read only in part.")
@click.option("--quiet", "-q", is_flag=True, help="No progress and no summary.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def extract(
    raw: tuple[str, ...],
    out: str,
    jobs: int,
    reader: Any,
    ocr: Any,
    timeout: float,
    memory: float,
    cluster: str | None,
    force: bool,
    allow_removal: bool,
    strict: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Read filings (PDFs, OCR transcripts) below RAW [default: raw_pdfs] into the dataset OUT.

    Only new and changed files are read; files that are gone leave the dataset.

    \b
    Example:  henkou extract raw_pdfs --out extracted --jobs 4
    Exit:     0 all read · 1 some failed, the rest written · 2 wrong usage, no filing,
              OUT in use · 3 OUT cannot be written · 130 interrupted
    """  # fmt: skip
    # The system's allocator gives memory back; Arrow's own keeps a quarter more over a long run.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    from contextlib import nullcontext

    from .batch import birth
    from .lean import without_pandas

    without_pandas()
    try:
        with nullcontext() if cluster else birth.opened() as nursery:  # before this process has threads
            from .batch.run import extract_all
            from .progress import reporter
            from .settings import Settings

            with reporter(quiet=quiet) as progress:
                run = extract_all(
                    list(raw) or ["raw_pdfs"], out, jobs=jobs, settings=Settings(reader=reader, ocr=ocr),
                    force=force, allow_removal=allow_removal, timeout=timeout, memory=memory,
                    cluster=cluster, nursery=nursery, progress=progress,
                )  # fmt: skip
    except HenkouError as error:
        stop(error)
    except KeyboardInterrupt:
        click.echo(f"Interrupted. What was finished is in {out}; run the same command to go on.", err=True)
        sys.exit(EXIT_INTERRUPTED)
    if as_json:
        click.echo(_json(_summary(run)))
    elif not quiet:
        click.echo(_summary_text(run, out))
    sys.exit(EXIT_FAILED if run.failed or (strict and run.partial) else 0)


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--page", type=click.IntRange(1), metavar="N", help="One page: its glyphs, rules and cells.")
@click.option(
    "--picture",
    type=click.Path(dir_okay=False, writable=True),
    metavar="OUT.png",
    help="Draw that page with its rules, cells, rows and joins.",
)
@click.option("--compare", is_flag=True, help="Where the two PDF engines read it differently.")
@click.option(
    "--reader",
    type=click.Choice(["auto", "pdfium", "pdfplumber"]),
    default="auto",
    show_default=True,
    help="Engine for PDFs.",
)
@_OCR
def inspect(file: str, page: int | None, picture: str | None, compare: bool, reader: Any, ocr: Any) -> None:
    """What henkou sees in FILE: pages, cover, table, rows, joins, problems. Writes nothing but a picture.

    \b
    Example:  henkou inspect filing.pdf --page 7 --picture page7.png
    """  # fmt: skip
    from pathlib import Path

    from .review import inspect as review
    from .settings import Settings

    settings = Settings(reader=reader, ocr=ocr)
    if picture and not page:
        raise click.UsageError("--picture needs --page N: the page to draw")
    try:
        data, name = Path(file).read_bytes(), Path(file).name
        if picture and page:
            from .review.picture import draw_page

            draw_page(data, name, page, settings).save(picture, "PNG")
            click.echo(f"page {page} of {name} drawn to {picture}")
        elif compare:
            click.echo(review.compare(data, name, settings))
        elif page:
            click.echo(review.page_report(data, name, page, settings))
        else:
            click.echo(review.report(data, name, settings))
    except FilingError as error:
        click.echo(f"henkou: {error}", err=True)
        sys.exit(EXIT_FAILED)
    except HenkouError as error:
        stop(error)


@main.command()
@click.option("--explain", is_flag=True, help="As JSON: the text and the steps that led to it.")
def normalise(explain: bool) -> None:
    """Normalise the text on standard input to standard output.

    \b
    Example:  echo 'Ⅲ－２　ﾘｽｸ１' | henkou normalise
    """
    import pipeline

    try:
        text = sys.stdin.buffer.read().decode("utf-8-sig").removesuffix("\n")
    except UnicodeDecodeError as error:
        stop(UsageError(f"standard input is not UTF-8 (byte {error.start}); convert it first"))
    if explain:
        normalised, steps = pipeline.explain(text)
        told = [{"rule": rule, "before": before, "after": after} for rule, before, after in steps]
        click.echo(_json({"text": normalised, "steps": told}))
    else:
        click.echo(pipeline.normalise(text))


@main.command()
@click.argument("table", required=False)
@click.option("--markdown", is_flag=True, help="The data dictionary of all tables as Markdown.")
@click.option("--json", "as_json", is_flag=True, help="The schema as a Frictionless data package.")
def schema(table: str | None, markdown: bool, as_json: bool) -> None:
    """Columns of every table, or of TABLE: name, type, nulls, meaning.

    \b
    Example:  henkou schema changes
    """
    from . import dictionary
    from .schema import TABLES

    if table is not None and table not in TABLES:
        raise click.BadParameter(f"no table {table!r}; there are {', '.join(TABLES)}", param_hint="TABLE")
    names = [table] if table else list(TABLES)
    if markdown:
        click.echo(dictionary.markdown(), nl=False)
    elif as_json:
        click.echo(dictionary.package_json({name: [] for name in names}), nl=False)
    else:
        click.echo("\n\n".join(f"{name}\n{dictionary.text(name)}" for name in names))


def _json(value: object) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


def _summary(run: Run) -> dict[str, Any]:
    return {
        "filings": run.filings, "rows": run.rows, "problems": run.problems, "failed": run.failed,
        "partial": run.partial, "read": run.read, "seconds": round(run.seconds, 2),
    }  # fmt: skip


def _summary_text(run: Run, out: str) -> str:
    lines = [
        f"{counted(run.filings, 'filing')} "
        f"({run.read:,} read now, {run.failed:,} failed, {run.partial:,} in part), "
        f"{counted(run.rows, 'row')}, {counted(run.problems, 'problem')}, {run.seconds:.1f} s → "
        f"{out.rstrip('/')}/changes"
    ]
    lines += [f"failed: {error}" for error in run.errors[:10]]
    if len(run.errors) > 10:
        lines.append(f"… and {len(run.errors) - 10} more; see status and error in {out.rstrip('/')}/filings")
    return "\n".join(lines)


def run() -> None:
    """The installed `henkou`: `main`, then the end of the process as it is.

    All is written by then. Python would take every module and value apart first, for 0.02 s; under a
    profiler, which writes what it found after that, use `python -m pipeline.cli`.
    """
    try:
        main()
    except SystemExit as end:
        if not isinstance(end.code, int) or threading.active_count() > 1:
            raise
        atexit._run_exitfuncs()
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
        os._exit(end.code)


if __name__ == "__main__":
    main()
