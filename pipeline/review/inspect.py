"""One file -> what is seen in it, as text for a terminal; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile, zip_longest
from typing import Any, NamedTuple

from .. import flow, tables
from ..errors import FilingError, UsageError
from ..fields.cover import read_cover
from ..model import COLUMNS, ChangeTable, Contents, Cover, Page, RawRow
from ..read import Pdf
from ..scan.kept import Kept
from ..settings import Settings
from ..tables.grid import layout
from ..text.normalise import comparison_form

_COVER = (
    ("評価書名", "filing_title"), ("種別", "filing_type"), ("評価書番号", "filing_number"),
    ("評価実施機関名", "agency"), ("公表日", "published"), ("段階", "stage"), ("様式", "form_version"),
)  # fmt: skip


def report(data: bytes, name: str, settings: Settings | None = None) -> str:
    """Bytes of a filing, its name for messages and the settings -> pages, cover, table, rows and problems.

    FilingError when the file cannot be read.
    """
    settings = settings or Settings()
    kept = Kept()
    contents = flow.read_contents(data, name, settings, kept)
    reading = flow.read(data, name, settings, kept)
    lines = [
        f"{name}: {len(data):,} bytes, {_kind(contents)}",
        *_cover(read_cover(contents.front)),
        *_table(contents.table),
        *_per_page(data, name, contents, settings, kept),
        *_rows(contents.table.rows, reading.changes.to_pylist()),
        *_problems(reading.problems.to_pylist()),
    ]
    return "\n".join(lines)


def page_report(data: bytes, name: str, number: int, settings: Settings | None = None) -> str:
    """One page of a PDF -> its size, glyphs, rules, tables with their cells' text, and other lines."""
    settings = settings or Settings()
    with _opened(data, name, settings) as pdf:
        if not 1 <= number <= len(pdf):
            raise UsageError(f"{name} has {len(pdf)} pages; there is no page {number}")
        page = pdf.page(number)
    taken = layout(page, settings)
    lines = [
        f"page {number}: {page.width:.0f} x {page.height:.0f} pt, {taken.glyphs:,} glyphs "
        f"({taken.duplicates:,} drawn twice, {taken.hidden:,} hidden), {len(page.vertical)} upright and "
        f"{len(page.horizontal)} level rules, pictures over {page.image_share:.0%}{_read_as(page)}"
    ]
    for grid in taken.grids:
        lines.append(f"table of {grid.rows} x {grid.columns} at {_box(grid.box)}")
        lines += [
            f"  row {cell.row + 1} column {cell.column + 1}"
            f"{_span(cell.row_span, cell.column_span)}: {_short(cell.text, 90)}"
            for cell in grid.cells
            if cell.lines
        ]
    lines += [f"outside: {_short(line.text, 90)}" for line in (*taken.lines, *taken.strays)]
    return "\n".join(lines)


def _read_as(page: Page) -> str:
    skew = f", laid straight by {page.skew:+.2f}°" if page.skew else ""
    return "" if page.method == "text" else f", read as {page.method}{skew}"


def _opened(data: bytes, name: str, settings: Settings, kept: Kept | None = None) -> Pdf:
    """The file open in the engine that the settings name; what PDFium cannot open may do in the other."""
    if settings.reader != "pdfplumber":
        try:
            return tables.opened(data, name, "pdfium", settings, kept)
        except FilingError:
            if settings.reader == "pdfium":
                raise
    return tables.opened(data, name, "pdfplumber", settings, kept)


def compare(data: bytes, name: str, settings: Settings | None = None) -> str:
    """Bytes of a PDF -> where PDFium and pdfplumber read it differently, cell by cell."""
    settings = settings or Settings()
    if b"%PDF" not in data[:1024]:
        raise UsageError(f"{name} is no PDF; only PDFs are read by two engines")
    first = tables.read(data, name, replace(settings, reader="pdfium")).table
    second = tables.read(data, name, replace(settings, reader="pdfplumber")).table
    lines = [
        f"{engine:10} {len(table.rows):,} rows on {len(table.pages)} pages, glyph_share {_share(table)}, "
        f"{len(table.problems)} problems"
        for engine, table in (("PDFium", first), ("pdfplumber", second))
    ]
    found = list(differences(first.rows, second.rows))
    for one in found:
        if not one.settled:
            lines += [f"row {one.ordinal} {one.column}", f"  PDFium     {one.first}"]
            lines += [f"  pdfplumber {one.second}"]
    settled = sum(one.settled for one in found)
    lines.append(
        f"{len(found) - settled:,} cells differ" if settled < len(found) else "no cell reads otherwise"
    )
    if settled:
        lines.append(
            f"{settled:,} cells differ in spellings alone (radicals, widths), which normalising settles"
        )
    return "\n".join(lines)


class Difference(NamedTuple):
    """A cell that two engines read differently, with excerpts around the first difference."""

    ordinal: int
    column: str
    first: str
    second: str
    settled: bool
    """Alike once normalised."""


def differences(first: Sequence[RawRow], second: Sequence[RawRow]) -> Iterator[Difference]:
    """Two readings of a table -> each cell whose raw text differs; white space does not count."""
    for ordinal, pair in enumerate(zip_longest(first, second), 1):
        one, other = pair
        if one is None or other is None:
            texts = ["no such row" if row is None else _short(_whole(row), 60) for row in pair]
            yield Difference(ordinal, "whole row", texts[0], texts[1], False)
            continue
        for column in COLUMNS:
            left, right = ("".join(row.cells[column].raw.split()) for row in (one, other))
            if left != right:
                settled = comparison_form(left) == comparison_form(right)
                yield Difference(ordinal, column, *_around(left, right), settled)


def _around(one: str, other: str) -> tuple[str, str]:
    """Two texts -> short excerpts around the first place where they differ."""
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    at = sum(1 for _ in alike)
    start = max(0, at - 12)
    dots = "…" if start else ""
    return dots + one[start : at + 24], dots + other[start : at + 24]


def _whole(row: RawRow) -> str:
    return " | ".join(row.cells[column].raw for column in COLUMNS)


# ---------------------------------------------------------------- parts of the report


def _kind(contents: Contents) -> str:
    return (
        "a transcript" if contents.pages is None else f"{contents.pages:,} pages, read as {contents.method}"
    )


def _cover(cover: Cover) -> Iterator[str]:
    yield "cover"
    for label, name in _COVER:
        value = getattr(cover, name)
        yield f"  {label}: {'—' if value is None else value}"


def _table(table: ChangeTable) -> Iterator[str]:
    glyphs = table.glyphs
    yield f"table: {table.state}, {len(table.rows):,} rows{_on_pages(table.pages)}"
    yield (
        f"  glyph_share {_share(table)} of {glyphs.total:,}: {glyphs.cells:,} in cells, {glyphs.headers:,} "
        f"in headers, {glyphs.furniture:,} in furniture, {glyphs.duplicates:,} drawn twice"
    )


def _per_page(data: bytes, name: str, contents: Contents, settings: Settings, kept: Kept) -> Iterator[str]:
    """Each page of the table: its grids, and which rows stand on it."""
    if not contents.table.pages:
        return
    with _opened(data, name, settings, kept) as pdf:
        for number in contents.table.pages:
            taken = layout(pdf.page(number), settings)
            grids = ", ".join(f"{grid.rows} x {grid.columns}" for grid in taken.grids)
            here = [k for k, row in enumerate(contents.table.rows, 1) if number in row.pages]
            rows = f"rows {here[0]}–{here[-1]}" if here else "no row"
            yield f"  page {number}: grids {grids or 'none'}; {rows}"


def _rows(raw: Sequence[RawRow], changes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if raw:
        yield "rows"
    for row, change in zip(raw, changes, strict=True):
        pages = f" p. {'–'.join(map(str, dict.fromkeys((row.pages[0], row.pages[-1]))))}" if row.pages else ""
        date = change["change_date"] or _short(change["change_date_raw"], 20) or "—"
        marks = f" [{', '.join(change['marks'])}]" if change["marks"] else ""
        yield (
            f"  {change['ordinal']:>3}{pages} {date} {change['item_code'] or '—'} {change['timing'] or '—'} "
            f"{change['change_kind'] or '—'}: {_short(change['item'], 40)}{marks}"
        )


def _problems(problems: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield f"problems: {len(problems) or 'none'}"
    for problem in problems:
        row = f" row {int(problem['row_id'].rpartition('-')[2])}" if problem["row_id"] else ""
        page = f" p. {problem['page']}" if problem["page"] else ""
        excerpt = f": {_short(problem['excerpt'], 60)}" if problem["excerpt"] else ""
        yield f"  {problem['severity']} {problem['code']}{row}{page}: {problem['message']}{excerpt}"


def _share(table: ChangeTable) -> str:
    share = table.glyphs.share
    return "—" if share is None else f"{share:.4f}"


def _on_pages(pages: Sequence[int]) -> str:
    if not pages:
        return ""
    return f" on page {pages[0]}" if len(pages) == 1 else f" on {len(pages)} pages, {pages[0]}–{pages[-1]}"


def _box(box: Sequence[float]) -> str:
    return ", ".join(f"{value:.0f}" for value in box)


def _span(down: int, across: int) -> str:
    return f" ({down} x {across})" if (down, across) != (1, 1) else ""


def _short(text: str | None, width: int) -> str:
    text = " ".join((text or "").split())
    return text if len(text) <= width else f"{text[: width - 1]}…"
