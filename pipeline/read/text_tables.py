"""Text of a transcript -> its records: rows of tab-separated, pipe and HTML tables, and plain lines.

Told by content, line by line, so that a file may hold tables of several kinds. Cells keep their
markup exactly as written; only what separates cells (tabs, pipes and their escapes, quotes around a
whole cell, table tags) is taken away. Pipe tables may lack the outer pipes, and may be drawn with
full-width pipes or lines of a box.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from . import html_tables

Kind = str
"""`tabs`, `pipes`, `html`, `commas`, `spaces`, or `line` for a plain line."""


@dataclass(frozen=True, slots=True)
class Field:
    """One cell as written. Its lines end where the transcript says so."""

    lines: tuple[str, ...]
    merged: bool = False
    """Covered by the cell above (rowspan), whose text this is."""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class Record:
    """One table row, or one plain line (a single field)."""

    fields: tuple[Field, ...]
    kind: Kind
    block: int
    """Rows that stand together have the same number; a blank line or another kind ends a block."""
    after_blank: bool = False

    @property
    def texts(self) -> list[str]:
        return [field.text for field in self.fields]

    @property
    def text(self) -> str:
        return "\n".join(field.text for field in self.fields if not field.merged)


def records(text: str) -> list[Record]:
    """Transcript -> its rows and plain lines in order.

    >>> [record.kind for record in records("変更箇所\\n| 変更日 | 項目 |\\n|---|---|")]
    ['line', 'pipes']
    """
    found: list[Record] = []
    position, block = 0, 0
    tables = html_tables.tables(text)
    for table in tables:
        block = _read_lines(text[position : table.start], found, block, in_html=True)
        found += [
            Record(tuple(Field((cell.text,), cell.merged) for cell in row), "html", block)
            for row in table.rows
            if row
        ]
        block, position = block + 1, table.stop
    _read_lines(text[position:], found, block, in_html=bool(tables))
    return found


def _read_lines(text: str, found: list[Record], block: int, *, in_html: bool) -> int:
    """Append the records of text outside HTML tables; the next free block number is returned."""
    previous: Kind = "blank"
    for kind, fields in _line_records(text, in_html):
        block += kind != previous
        if fields:
            found.append(Record(fields, kind, block, after_blank=previous == "blank"))
        previous = kind
    return block + 1


def _line_records(text: str, in_html: bool) -> Iterator[tuple[Kind, tuple[Field, ...]]]:
    """(kind, fields) for each record; ("blank", ()) for a run of blank lines."""
    if in_html and not _ROW_OUTSIDE_HTML.search(text):
        yield from (("line", (Field((line,)),)) for line in plain_lines(text))
        return
    at, bare, width = 0, "", 0
    while at < len(text):
        line = _line_at(text, at)
        pipe = _outer_pipe(line)
        if bare := "" if pipe and not bare else _bare_pipe(line, bare):
            if not _RULE.fullmatch(line):
                cells = _bare_cells(line, bare, width)
                width = len(cells)
                yield "pipes", tuple(map(_field, cells))
            at += len(line) + 1
        elif not line.strip():
            yield "blank", ()
            at += len(line) + 1
        elif pipe:
            whole = _pipe_record(text, at, pipe)
            if not _RULE.fullmatch(whole):
                yield "pipes", tuple(map(_field, pipe_cells(whole, pipe)))
            at += len(whole) + 1
        elif _BOX_RULE.fullmatch(line):
            at += len(line) + 1
        elif "\t" in line or line.startswith('"'):
            cells, stop = tab_cells(text, at)
            yield ("tabs" if len(cells) > 1 else "line"), tuple(map(_field, cells))
            at = stop + 1
        else:
            yield "line", (Field((line,)),)
            at += len(line) + 1


def _field(cell: str) -> Field:
    return Field(tuple(cell.split("\n")))


def _line_at(text: str, at: int) -> str:
    stop = text.find("\n", at)
    return text[at : stop if stop >= 0 else len(text)]


_ROW_OUTSIDE_HTML = re.compile(r"^\s*(?:[|｜│┃]|[^<\s][^\n]*\t)", re.MULTILINE)
_PIPES = "|｜│┃"
_RULE = re.compile(r"\s*[|｜│┃├┣]?(?:\s*:?[-─━]+:?\s*[|｜│┃+┼╋])*\s*:?[-─━]+:?\s*[|｜│┃┤┫]?\s*")
"""Between header and rows, `|:---|---|`, and between the rows of some."""
_BOX_RULE = re.compile(r"\s*[+┌├└┏┣┗][+=\s─━┬┼┴┐┤┘┳╋┻┓┫┛-]*[+┐┤┘┓┫┛]\s*")
"""`+-----+-----+`, `┌──┬──┐`: drawn around rows."""
_QUOTED = re.compile(r'"((?:[^"\t]|"")*)"(?=[\t\n]|\Z)')
_BARE = re.compile(r"[^\t\n]*")


def _outer_pipe(line: str) -> str:
    """The pipe that a row of a table begins with; empty when it begins with none."""
    first = line.lstrip()[:1]
    return first if first in _PIPES else ""


def _bare_pipe(line: str, above: str) -> str:
    """The pipe that parts the cells of a row without outer pipes; `above`: that of the row above.

    A row of its own has at least three: 変更日 | 項目 | 変更前の記載 | 変更後の記載.
    """
    if "\t" in line:
        return ""
    least = dict.fromkeys(_PIPES, 3) | ({above: 1} if above else {})
    return next((pipe for pipe in _PIPES if len(_parting(pipe).findall(line)) >= least[pipe]), "")


def _bare_cells(line: str, pipe: str, width: int) -> list[str]:
    """A row without outer pipes -> its cells; `width`: cells of the row above, by which an empty cell at
    either end is told from an outer pipe."""
    cells = _parting(pipe).split(line)
    return [_cell(cell, pipe) for cell in cells] if len(cells) == width else pipe_cells(line, pipe)


@cache
def _parting(pipe: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\\){re.escape(pipe)}")


@cache
def _closing(pipe: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\\){re.escape(pipe)}\s*$")


def _pipe_record(text: str, at: int, pipe: str) -> str:
    """A row of a pipe table, with the lines that follow where its last cell is not closed yet."""
    first = whole = _line_at(text, at)
    while not _closing(pipe).search(whole):
        line = _line_at(text, at + len(whole) + 1)
        if not line.strip() or line.lstrip().startswith(pipe):
            return first
        whole = f"{whole}\n{line}"
    return whole


def pipe_cells(row: str, pipe: str = "|") -> list[str]:
    """Row of a pipe table -> its cells; an escaped pipe is a pipe of the text.

    >>> pipe_cells(r"| 令和6年4月1日 | A\\|B | |")
    ['令和6年4月1日', 'A|B', '']
    """
    inner = _closing(pipe).sub("", row.strip().removeprefix(pipe), count=1)
    return [_cell(cell, pipe) for cell in _parting(pipe).split(inner)]


def _cell(text: str, pipe: str) -> str:
    return text.strip(" \u3000\t\n").replace(f"\\{pipe}", pipe)


def tab_cells(text: str, at: int = 0) -> tuple[list[str], int]:
    """Row that starts at `at` -> its cells and where it stops; a quoted cell may hold line ends.

    >>> tab_cells('令和6年4月1日\\t"一行目\\n二行目"\\t\\n')
    (['令和6年4月1日', '一行目\\n二行目', ''], 19)
    """
    cells = []
    while True:
        if quoted := _QUOTED.match(text, at):
            cells.append(quoted[1].replace('""', '"'))
            at = quoted.end()
        else:
            bare = _BARE.match(text, at)
            assert bare is not None
            cells.append(bare.group())
            at = bare.end()
        if text[at : at + 1] != "\t":
            return cells, at
        at += 1


_BLOCK_TAG = re.compile(
    r"</?(?:p|div|br|hr|h[1-6]|li|ul|ol|dl|dt|dd|section|article|header|footer|main|body|html|center|pre"
    r"|blockquote|table|thead|tbody|tr|td|th)\b[^<>]*>",
    re.IGNORECASE,
)
_INLINE_TAG = re.compile(
    r"</?(?:span|b|i|u|s|a|em|strong|font|small|big|sup|sub|img|input|meta|link|o:p)\b[^<>]*>|<!DOCTYPE[^<>]*>",
    re.IGNORECASE,
)
_UNSEEN = re.compile(r"<!--.*?-->|<(head|style|script|title)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)


def plain_lines(text: str) -> list[str]:
    """Text with HTML between tables -> its lines as a browser would break them, without tags.

    >>> plain_lines("<h1>変更箇所</h1><p>&lt;架空の見本&gt;<br>札幌市長</p>")
    ['変更箇所', '<架空の見本>', '札幌市長']
    """
    lines = _BLOCK_TAG.sub("\n", _UNSEEN.sub("\n", text)).split("\n")
    shown = [html.unescape(_INLINE_TAG.sub("", line)).strip() for line in lines]
    return [line for line in shown if line]
