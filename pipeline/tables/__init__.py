"""A PDF in, its change table out: found by its header, taken apart by its rules, stitched over pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal

from ..errors import FilingError, UnseenError
from ..model import ChangeTable, Contents, Lines, Method, Problem, RawRow
from ..read import Pdf, open_pdf
from ..scan.kept import Kept
from ..scan.scanned import readable
from ..settings import Settings
from .find import find
from .found import Found, page_method
from .grid import layout
from .letters import unmapped
from .stitch import rows
from .words import NONE, folded

_DOUBTS = {"unmapped_glyphs", "glyphs_unplaced", "page_unreadable", "table_not_found"}
"""Problems that a second reader may not have."""


def read(data: bytes, name: str, settings: Settings, kept: Kept | None = None) -> Contents:
    """Bytes of a PDF, its name for messages and the settings in; what it holds out, or FilingError.

    With the reader `auto` PDFium reads; where that leaves a doubt pdfplumber reads too, and the better
    of the two is kept. `kept`: what an OCR engine read of the file before.
    """
    kept = kept or Kept()
    if settings.reader != "auto":
        return _read(data, name, settings.reader, settings, kept)
    try:
        first = _read(data, name, "pdfium", settings, kept)
    except UnseenError:
        raise
    except FilingError:
        # What neither opens fails with PDFium's words.
        try:
            second = _read(data, name, "pdfplumber", settings, kept)
        except FilingError:
            second = None
        if second is None:
            raise
        return _noted(second, "PDFium could not open the file; pdfplumber's reading is used")
    doubts = _DOUBTS & {problem.code for problem in first.table.problems}
    if not doubts or first.method == "ocr":
        return first
    known = {*first.table.pages, *(layout.page for layout in first.front)} if first.table.pages else ()
    why = ", ".join(sorted(doubts))
    try:
        second = _read(data, name, "pdfplumber", settings, kept, known)
    except FilingError:
        return _noted(first, f"{why}: pdfplumber could not open the file; PDFium's reading is used")
    if _worth(second.table) > _worth(first.table):
        return _noted(second, f"{why}: pdfplumber's reading is used")
    return _noted(first, f"{why}: pdfplumber reads no better; PDFium's reading is used")


def _read(
    data: bytes,
    name: str,
    engine: Literal["pdfium", "pdfplumber"],
    settings: Settings,
    kept: Kept,
    only: Collection[int] = (),
) -> Contents:
    return contents(opened(data, name, engine, settings, kept), settings, only)


def opened(
    data: bytes,
    name: str,
    engine: Literal["pdfium", "pdfplumber"],
    settings: Settings,
    kept: Kept | None = None,
) -> Pdf:
    """A file's bytes, its name for messages and the reader in, an open PDF out; its pictures are read."""
    pdf = open_pdf(data, name, engine, settings)
    return readable(pdf, data, settings.ocr, kept or Kept(), lambda page: layout(page, settings))


def _worth(table: ChangeTable) -> tuple[bool, float, int]:
    """What makes one reading better: a table at all, fewer glyphs lost, fewer without Unicode."""
    without = sum(unmapped(_text(row)) for row in table.rows)
    return bool(table.rows), round(table.glyphs.share or 0.0, 4), -without


def _noted(result: Contents, message: str) -> Contents:
    problems = (*result.table.problems, Problem("second_reader_used", message))
    return result._replace(table=result.table._replace(problems=problems))


def contents(pdf: Pdf, settings: Settings, only: Collection[int] = ()) -> Contents:
    """An open PDF and the settings in; its change table, stitched and audited, and its cover pages out.

    The PDF is closed as soon as its pages are read. `only`: the pages that are known to matter; without
    it all are looked at.
    """
    with pdf:
        found, pages = find(pdf, settings, only), len(pdf)
    if found.remedy and found.pictures == pages:
        raise UnseenError(pdf.name, "all its pages are pictures, and none could be read", found.remedy)
    return Contents(method=_method(found), table=_table(found), front=tuple(found.front), pages=pages)


def _method(found: Found) -> Method:
    """How most pages of the table were read; the less certain where there are as many of each."""
    count = Counter(found.methods.values() or map(page_method, found.front))
    return max(count, key=lambda method: (count[method], _LEAST_CERTAIN.index(method)), default="text")


_LEAST_CERTAIN: tuple[Method, ...] = ("text", "hidden_text", "ocr")


def _with_method(row: RawRow, methods: Mapping[int, Method]) -> RawRow:
    """A row with how the least certain of its pages was read."""
    found = {methods[page] for page in row.pages} - {row.method}
    if not found:
        return row
    return row._replace(method=max(found, key=_LEAST_CERTAIN.index, default="text"))


def _table(found: Found) -> ChangeTable:
    made = list(rows(found.strips))
    says_none = bool(made) and all(_says_none(row) for row in made)
    glyphs, lost = found.audit.result()
    if says_none:
        made = []
    if found.gutters or {*found.methods.values()} != {"text"}:
        made = [_with_method(_marked(row, found.gutters), found.methods) for row in made]
    if made:
        state: Literal["rows", "empty", "absent"] = "rows"
    else:
        state = "empty" if found.methods or found.says_none else "absent"
    return ChangeTable(
        state=state,
        rows=tuple(made),
        pages=tuple(found.methods),
        glyphs=glyphs,
        problems=(
            *found.problems,
            *lost,
            *(_unmapped(made) if found.audit.unmapped else ()),
            *_unsure(made),
            *_doubts(found, state),
        ),
    )


def _marked(row: RawRow, gutters: set[int]) -> RawRow:
    """A row with a mark where white space alone told its columns."""
    if gutters and not gutters.isdisjoint(row.pages):
        return row._replace(marks=(*row.marks, "columns_by_white_space"))
    return row


def _says_none(row: RawRow) -> bool:
    """Whether a row says that there is none: 該当なし, dashes."""
    texts = [folded(cell.raw) for cell in row.cells.values()]
    return all(NONE.fullmatch(text) for text in texts if text)


def _doubts(found: Found, state: str) -> Iterator[Problem]:
    if len(found.tables) > 1:
        yield Problem(
            "several_change_tables",
            f"the file holds {len(found.tables)} change tables; the rows of all are given in document order",
            found.tables[1],
        )
    if found.unread:
        yield Problem(
            "table_not_found", "headings or rows stand here, but no table with rules", found.unread[0]
        )
    elif state == "absent" and found.title is not None:
        yield Problem(
            "table_not_found", "the title 変更箇所 stands here, but no table with rules", found.title
        )
    if state == "absent" and found.hidden is not None:
        what = "the text under the scan was not read as a table: no rules are drawn"
        yield Problem("hidden_text_unread", what, found.hidden)
    yield from found.extra.problems()


def _unmapped(made: Sequence[RawRow]) -> Iterator[Problem]:
    """A problem for each row with glyphs that have no Unicode."""
    for ordinal, row in enumerate(made, 1):
        text = _text(row)
        if count := unmapped(text):
            excerpt = next(line for line in text.split("\n") if unmapped(line))
            page = row.pages[0] if row.pages else None
            yield Problem("unmapped_glyphs", f"{count} glyphs have no Unicode", page, ordinal, excerpt)


UNSURE = 0.75
"""A line of which an engine is less sure than this must be looked at."""


def _unsure(made: Sequence[RawRow]) -> Iterator[Problem]:
    """A problem for each cell with a line that an OCR engine was not sure of, the worst line quoted."""
    for ordinal, row in enumerate(made, 1):
        if row.method == "text":
            continue
        for column, cell in row.cells.items():
            for piece in cell.pieces:
                if not isinstance(piece.lines, Lines) or min(piece.lines.scores or [1.0]) >= UNSURE:
                    continue
                worst = min(piece.lines, key=lambda line: line.score)
                message = f"{column} was read with little confidence ({worst.score:.2f}); see the page"
                yield Problem("low_confidence", message, piece.page, ordinal, worst.text)


def _text(row: RawRow) -> str:
    return "\n".join(cell.raw for cell in row.cells.values())
