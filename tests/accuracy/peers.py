"""Other readers of PDF tables, each with the same plain merge of its fragments into rows.

A peer turns a PDF into tables in page order: lists of rows of cell texts. `merge` is what a careful
user writes around any of them in an afternoon.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.accuracy.compare import Texts, compact

Table = list[list[str]]

HEADERS = ("変更日", "項目", "変更前の記載", "変更後の記載", "提出時期", "提出時期に係る説明")


def pdfplumber(path: Path) -> Iterator[Table]:
    """MIT; its own `extract_tables`."""
    import pdfplumber

    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            for table in page.extract_tables():
                yield [[cell or "" for cell in row] for row in table]
            page.close()


def tablers(path: Path) -> Iterator[Table]:
    """MIT; Rust on PDFium."""
    import tablers

    document = tablers.Document(str(path))
    for page in document.pages():
        for table in tablers.find_tables(page, extract_text=True):
            yield [[cell.text or "" if cell else "" for cell in row.cells] for row in table.rows]


def camelot(path: Path) -> Iterator[Table]:
    """MIT; its lattice flavour, which looks for rules in a picture of the page."""
    import camelot

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tables = camelot.read_pdf(str(path), pages="all", flavor="lattice", suppress_stdout=True)
    for table in tables:
        yield [[str(cell) for cell in row] for row in table.df.to_numpy().tolist()]


PEERS: dict[str, Callable[[Path], Iterator[Table]]] = {
    "pdfplumber": pdfplumber,
    "tablers": tablers,
    "camelot": camelot,
}


def merge(tables: Iterator[Table]) -> list[Texts]:
    """Tables in page order -> rows: from the header on, tables as wide as it; headers dropped; a row
    without date and item joins the row above; an empty date or item is the one above."""
    columns: list[int] | None = None
    width = 0
    made: list[list[str]] = []
    for table in tables:
        for row in table:
            found = header(row)
            if found:
                columns, width = found, len(row)
            elif columns and len(row) == width:
                add(made, [row[n] for n in columns])
    return [tuple(row) for row in made if any(compact(cell) for cell in row)]


def header(row: list[str]) -> list[int] | None:
    """The column of each field, where a row is the change table's header."""
    names = [compact(cell) for cell in row]
    return [names.index(name) for name in HEADERS] if set(HEADERS) <= set(names) else None


def add(made: list[list[str]], row: list[str]) -> None:
    if made and not compact(row[0]) and not compact(row[1]):
        made[-1] = [
            f"{a}\n{b}" if compact(a) and compact(b) else a + b for a, b in zip(made[-1], row, strict=True)
        ]
    else:
        made.append(
            [cell if compact(cell) or not made or n > 1 else made[-1][n] for n, cell in enumerate(row)]
        )
