"""Frozen values that flow through the pipeline, from a file on disk to a filing's rows.

Geometry everywhere: PDF points (1/72 inch) on the page as a reader sees it (after /Rotate and the
crop box), origin at the top-left corner, y downwards.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from .line import NO_LINES as NO_LINES
from .line import Box as Box
from .line import Line as Line
from .line import Lines as Lines

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Method = Literal["text", "hidden_text", "ocr", "transcript"]
Column = Literal["change_date", "item", "before", "after", "timing", "note"]
COLUMNS: tuple[Column, ...] = ("change_date", "item", "before", "after", "timing", "note")
"""The six columns of a change table: 変更日 項目 変更前の記載 変更後の記載 提出時期 提出時期に係る説明."""


class Document(NamedTuple):
    """One input file with its path's metadata (folder name, manifest row); nothing is read yet."""

    path: str
    """Where the bytes are."""
    source_path: str
    """The path below RAW, `/`-separated, NFC."""
    folder_code: str | None = None
    """The code of a `<code>_<name>/` folder above the file, `011002`."""
    folder_name: str | None = None
    municipality_code: str | None = None
    """From the manifest, as are the following."""
    url: str | None = None
    retrieved_on: dt.date | None = None
    licence: str | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Glyphs:
    """The characters of a page in the reader's order, one array a property, all of length n."""

    code: npt.NDArray[np.uint32]
    """Unicode code point; 0 where the font gives none."""
    box: npt.NDArray[np.float32]
    """[n, 4]: x0, y0, x1, y1; advance box, so that neighbouring glyphs touch."""
    hidden: npt.NDArray[np.bool_]
    """Drawn invisibly (render mode 3): a text layer under a scan."""
    askew: npt.NDArray[np.bool_]
    """Drawn along neither axis of the page: a watermark."""
    turn: npt.NDArray[np.uint8]
    """Quarters of a turn, clockwise, by which the glyph's line is turned."""
    score: npt.NDArray[np.float32] | None = None
    """How sure an OCR engine was of each, 0 … 1; null where the file itself tells its characters."""

    def __len__(self) -> int:
        return len(self.code)


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """What one page shows, the same from every reader of PDFs."""

    number: int
    """1-based."""
    width: float
    height: float
    glyphs: Glyphs
    vertical: npt.NDArray[np.float32]
    """[n, 3] vertical rules: x, y0, y1."""
    horizontal: npt.NDArray[np.float32]
    """[n, 3] horizontal rules: y, x0, x1."""
    image_share: float = 0.0
    """Share of the page's area under pictures (a scan may come in strips)."""
    turn: int = 0
    """Quarters by which the page was turned counter-clockwise, since its text does not stand upright."""
    skew: float = 0.0
    """Degrees by which a scan was then turned counter-clockwise about its middle, to lie straight."""
    method: Method = "text"
    """Where its glyphs come from; a transcript has no pages."""

    def _repr_png_(self) -> bytes:
        """What a notebook shows of the page."""
        from .review.picture import page_png

        return page_png(self)


class Cell(NamedTuple):
    """A cell of a ruled table; covers `row_span` x `column_span` positions of its grid."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: Box
    lines: Lines
    cut_top: bool = False
    """At the table's upper edge with no rule drawn there: the cell may have begun on the page before."""
    cut_bottom: bool = False

    @property
    def text(self) -> str:
        return self.lines.text


class Grid(NamedTuple):
    """One ruled table on one page: `rows` x `columns` positions, every one covered by one cell."""

    page: int
    box: Box
    rows: int
    columns: int
    cells: tuple[Cell, ...]
    """By row, then column."""
    open_top: bool = False
    """The vertical rules run past the topmost horizontal rule: the edge was closed by us."""
    open_bottom: bool = False


class Layout(NamedTuple):
    """A page taken apart: its ruled tables, and the lines of text outside them."""

    page: int
    width: float
    height: float
    grids: tuple[Grid, ...]
    lines: tuple[Line, ...]
    strays: tuple[Line, ...] = ()
    """Text that lies over a table without belonging to a cell: watermarks."""
    glyphs: int = 0
    """Glyphs with ink that the reader reported; each stands in a cell, line or stray, or is a duplicate."""
    duplicates: int = 0  # drawn again in the same place (bold): counted, not repeated in the text
    hidden: int = 0  # drawn invisibly: a text layer under a scan
    method: Method = "text"


class Piece(NamedTuple):
    """The part of a table cell that stands on one page, or a transcript's cell (no page, no box)."""

    lines: tuple[str, ...] | Lines
    page: int | None = None
    box: Box | None = None

    @property
    def text(self) -> str:
        lines = self.lines
        return "\n".join(lines) if isinstance(lines, tuple) else lines.text


def joined(pieces: tuple[Piece, ...]) -> str:
    """The texts of pieces with line ends between them; most cells are one piece."""
    return pieces[0].text if len(pieces) == 1 else "\n".join([piece.text for piece in pieces])


class RawCell(NamedTuple):
    """A cell of the change table: its pieces, more than one where it runs over a page break."""

    pieces: tuple[Piece, ...] = ()
    merged: tuple[Piece, ...] = ()
    """For a row under a merged cell: the pieces of the cell above that hold its value."""

    @property
    def raw(self) -> str:
        """Every character that the reader reported, pieces joined by a line end."""
        return joined(self.pieces)

    @property
    def shown(self) -> str:
        """The same; for a row under a merged cell what that one holds."""
        return joined(self.pieces or self.merged)


class RawRow(NamedTuple):
    """One row of the change table as printed, stitched over page breaks."""

    cells: dict[Column, RawCell]
    marks: tuple[str, ...] = ()
    method: Method = "text"
    """Where its characters come from; of a row over several pages the least certain one."""

    @property
    def pages(self) -> tuple[int, ...]:
        """Pages that the row stands on, ascending; empty for transcripts."""
        return tuple(sorted({p.page for c in self.cells.values() for p in c.pieces if p.page is not None}))


class GlyphCount(NamedTuple):
    """Where the glyphs (not white space) of the change table's pages went."""

    total: int = 0
    cells: int = 0
    headers: int = 0
    furniture: int = 0
    duplicates: int = 0

    @property
    def share(self) -> float | None:
        """Share that is accounted for, `glyph_share`; null without glyphs."""
        if not self.total:
            return None
        return (self.cells + self.headers + self.furniture + self.duplicates) / self.total


class ChangeTable(NamedTuple):
    """The change table of one filing, whole."""

    state: Literal["rows", "empty", "absent"]
    rows: tuple[RawRow, ...] = ()
    pages: tuple[int, ...] = ()
    glyphs: GlyphCount = GlyphCount()
    problems: tuple[Problem, ...] = ()


class Contents(NamedTuple):
    """What the readers and the table finder give of one file, the same for PDFs and transcripts."""

    method: Method
    table: ChangeTable
    front: tuple[Layout, ...]
    """The pages that may be covers, and what stands before the table of a transcript."""
    pages: int | None = None
    """Pages of the file; null for transcripts."""


class Problem(NamedTuple):
    """A doubt about one filing, for a row of the `problems` table. Severity: `rules/problems.csv`."""

    code: str
    message: str
    page: int | None = None
    ordinal: int | None = None
    """The row it concerns, 1-based in document order."""
    excerpt: str = ""


class Repair(NamedTuple):
    """One correction of OCR text, applied or suggested; positions in code points of the normalised text."""

    start: int
    stop: int
    before: str
    after: str
    rule: str
    kind: Literal["rule", "form", "pair", "document", "corpus"]
    applied: bool
    score: float
    evidence: str = ""


class DateReading(NamedTuple):
    """A 変更日 or 公表日 as understood. `date` is null when impossible or not a date."""

    date: dt.date | None = None
    precision: Literal["day", "month", "year", "range", "several"] | None = None
    marks: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


class Cover(NamedTuple):
    """Filing metadata from the cover page; all null when not determined."""

    agency: str | None = None
    """評価実施機関名 without a person's name."""
    agency_raw: str | None = None
    filing_type: Literal["基礎項目", "重点項目", "全項目"] | None = None
    filing_number: int | None = None
    filing_number_raw: str | None = None
    filing_title: str | None = None
    filing_title_raw: str | None = None
    stage: Literal["published", "draft", "public_comment", "ended"] | None = None
    published: dt.date | None = None
    published_raw: str | None = None
    form_version: str | None = None
    """The form stamp as worded: `平成30年5月 様式4`."""
    prefectures: tuple[str, ...] = ()
    """Prefecture names that stand anywhere on the cover, to decide between namesakes."""
    problems: tuple[Problem, ...] = ()


class Body(NamedTuple):
    """The public body that files: a municipality, a prefecture, a union; parts null when unknown."""

    code: str | None = None
    """Six digits with check digit, `011002`."""
    name: str | None = None
    """`札幌市`; a union's own name."""
    prefecture: str = "JP-00"
    """ISO 3166-2, `JP-01`; `JP-00` when unknown."""
    prefecture_name: str | None = None
    problems: tuple[Problem, ...] = ()
