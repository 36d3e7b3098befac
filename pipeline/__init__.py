"""henkou: the change tables (変更箇所) of Japan's My Number privacy assessments, as data.

    discover -> read -> find the table -> stitch over pages -> clean the text -> read the fields -> check
    -> store

    flow.py        one filing, all steps in order, on one screen; rows.py: its rows, some at a time;
                   place.py: what its path and body add
    model.py       the frozen values that flow: Document, Page, Grid, RawRow, Contents; line.py: Line, Lines
    result.py      what comes of one filing: Reading, Filing
    schema.py      the one source of columns (its data: rules/schema.csv); dictionary.py tells it to people
    settings.py    switches and tolerances; errors.py: what is raised

    discover/      RAW -> Documents: what is there (walk.py), what is told of it (manifest.py)
    files.py       bytes of a path or a URL; lean.py: processes without pandas
    compiled/      loops over pages, glyphs and rules in C, which all else can do without
    characters.py  radicals and symbol fonts' bullets, told as what they show
    read/          pdfium.py, plumber.py -> Pages; transcript.py -> Contents; glance.py: what an unread page
                   can show; seen.py: pages of PDFium at one go, or else drawn.py: objects, rules, pictures,
                   many.py: all glyphs asked at one go, placed.py: where they show; stand_in.py: fonts that
                   the file does not hold
    scan/          pages that are pictures -> Pages. scanned.py: which pages are; straight, ruling, regions,
                   picture: laid straight, its rules and cells; engines.py: rapidocr, tesseract, or both, on
                   these; kept.py: not twice; layer, underneath: text under a picture
    tables/        grid.py (rules -> cells), owners.py and letters.py (glyphs -> their cells and lines),
                   find.py (where the table is), found.py (what is kept of its pages), stitch.py (page breaks)
    text/          markup, normalise (together.py: many texts), lines and measured (wrapped lines ->
                   paragraphs), repair (OCR, with its ledger)
    tokens.py      morphemes and their dictionary forms; the difference of two texts
    fields/        dates, items, timing, cover, municipality, change
    check.py       doubts about rows and filings
    rules/         data with source and reason: headings, codes, repairs, municipalities

    batch/         many filings, one bad file is one row. run.py: a run's steps; sources.py: what changed;
                   work.py: what is not known is read, in child.py behind guard.py (birth.py: how children
                   come to be; children.py: one for each thread; watch.py: their limits) or on a cluster;
                   publish.py: all that is known becomes the next generation, in part.py a prefecture's part
                   of it, by writers.py several at once
    store/         where the dataset lies. folder.py: generations published at once; bucket.py: in object
                   storage (objects.py: conditional puts, lease.py: one run at a time); partition.py: one
                   prefecture's files; state.py: what was read, under which key
    dataset/       over stored tables: load, search (its index.py), export (its sheets.py), cite;
                   occurrences (prints of one change over revisions), waves (one edit over bodies)
    review/        pictures and reports of one filing; plots.py: figures over many
    cli.py         thin verbs, verbs.py those over a dataset; progress.py: what a terminal shows meanwhile

This module is the public API and nothing else. It imports nothing third-party until a function is used.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal

from .errors import FilingError, HenkouError, NotAFiling, StoreError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from .batch.run import Run
    from .dataset.cite import Citation
    from .dataset.export import Exported
    from .dataset.waves import Waves
    from .result import Filing

__version__ = "0.1.0"
__all__ = [
    "FilingError",
    "HenkouError",
    "NotAFiling",
    "StoreError",
    "UsageError",
    "cite",
    "diff",
    "explain",
    "export",
    "extract",
    "extract_all",
    "load",
    "normalise",
    "search",
    "waves",
]

_Path = str | PathLike[str]
_Ocr = Literal["auto", "rapidocr", "tesseract", "both", "off"]


def extract(
    path: _Path, *, reader: Literal["auto", "pdfium", "pdfplumber"] = "auto", ocr: _Ocr = "auto"
) -> Filing:
    """One filing (PDF or OCR transcript) -> Filing with changes, problems, repairs and metadata.

    `ocr`: the engine for scanned pages; `auto` takes rapidocr, else tesseract.

    Raises FilingError when the file cannot be read, UsageError when there is none.

        filing = pipeline.extract("raw_pdfs/011002_札幌市/mihon_yobosesshu.pdf")
        filing.changes[0].item_code    # 'I-1-2'
    """
    from . import flow
    from .discover import documents
    from .settings import Settings

    return flow.extract(documents.one(path), Settings(reader=reader, ocr=ocr))


def extract_all(
    raw: _Path | Sequence[_Path] = "raw_pdfs",
    out: _Path = "extracted",
    *,
    jobs: int = 1,
    reader: Literal["auto", "pdfium", "pdfplumber"] = "auto",
    ocr: _Ocr = "auto",
    force: bool = False,
    allow_removal: bool = False,
    timeout: float = 120.0,
    memory: float = 2.0,
    cluster: str | None = None,
    progress: Callable[[Any], None] | None = None,
) -> Run:
    """Every filing below `raw` into the dataset `out` -> Run with filings, rows, problems, failed, seconds.

    Never raises for a bad file: that is a `failed` row in `filings`. Raises UsageError (no filing, `out`
    in use) and StoreError (`out` cannot be written; the old dataset is intact). `timeout` in seconds
    (anew with each part of a scan) and `memory` in GiB are for one filing. `cluster`: address of a Dask
    scheduler whose workers read.
    """
    from .batch import run
    from .settings import Settings

    return run.extract_all(
        raw, out, jobs=jobs, settings=Settings(reader=reader, ocr=ocr), force=force,
        allow_removal=allow_removal, timeout=timeout, memory=memory, cluster=cluster, progress=progress,
    )  # fmt: skip


def load(
    out: _Path = "extracted",
    *,
    distinct: bool = False,
    text: Literal["repaired", "normalised", "raw"] = "repaired",
) -> pd.DataFrame:
    """The dataset's changes as a DataFrame: dates as datetime64, integers as Int32, prefecture as str.

    `distinct`: one row per change, however often revisions reprint it. `text`: which state of item,
    before, after and note.
    """
    from .dataset.load import load

    return load(out, distinct=distinct, text=text)


def search(
    words: str | Sequence[str],
    out: _Path = "extracted",
    *,
    by: Literal["both", "characters", "words"] = "both",
    body: str | None = None,
    item: str | None = None,
    since: date | str | None = None,
    until: date | str | None = None,
    kind: str | None = None,
    distinct: bool = True,
    limit: int | None = 100,
) -> pd.DataFrame:
    """Words, all of which must stand in a change -> a line per change and cell: keyword in context.

    `by` characters: as written, in any place; words: in any spelling or inflection (取扱い, 取り扱い);
    both: either. `body` is a code or name, `item` a code or key or the start of one, `since` and `until`
    are change dates, `kind` a change_kind or note_kind. Newest first; `attrs["found"]` counts all changes.

        pipeline.search("ガバメントクラウド", item="risk.storage", since="2025")
    """
    from .dataset.search import search

    return search(
        words, out, by=by, body=body, item=item, since=since, until=until, kind=kind, distinct=distinct,
        limit=limit,
    )  # fmt: skip


def export(
    out: _Path = "extracted",
    *,
    kind: Literal["csv", "xlsx", "duckdb"],
    to: _Path | None = None,
    table: str | None = None,
) -> Exported:
    """The dataset -> a file for other programs: one table as CSV or Excel, or all of them as a DuckDB.

    `agency_raw`, where a person's name can stand, is left out.
    """
    from .dataset.export import export

    return export(out, kind=kind, to=to, table=table)


def cite(row_id: str, out: _Path = "extracted") -> Citation:
    """A row of the dataset -> its citation, `.ja` and `.en`: body, title, date, page, URL, hash, version."""
    from .dataset.cite import cite

    return cite(row_id, out)


def waves(out: _Path = "extracted") -> Waves:
    """The dataset -> the edits that several bodies made, stored in it; made again only when rows changed.

    waves = pipeline.waves("extracted")
    waves.list                            # label, first body and date, bodies, 事前 share, wordings
    waves.not_followed("w0123456789ab")   # bodies it is not seen at, with the newest filing held
    """
    from .dataset.waves import waves

    return waves(out)


def normalise(text: str) -> str:
    """Text as read -> comparable text: widths, radicals, dashes, layout spaces. Repairs nothing.

    >>> normalise("Ⅲ－２　ﾘｽｸ１")
    'III-2 リスク1'
    """
    from .text.normalise import normalise

    return normalise(text)


def explain(text: str) -> tuple[str, tuple[tuple[str, str, str], ...]]:
    """Text as read -> (normalised text, the steps that led there as (rule, before, after))."""
    from .text.normalise import explain

    return explain(text)


def diff(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """Two texts -> segments ("equal" | "delete" | "insert", text) by morpheme.

    The equal and deleted segments make up `before`, the equal and inserted ones `after`.

    >>> diff("感染症総合対策課長/調整担当課長", "感染症総合対策課長")
    (('equal', '感染症総合対策課長'), ('delete', '/調整担当課長'))
    """
    from .tokens import diff

    return diff(before, after)
