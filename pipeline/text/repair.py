"""Repairs of OCR text, each with its line in the ledger; born-digital text is never touched.

The order is the measured one: shapes, addresses and headings, scripts, terms, curated phrases, the same
context elsewhere in the filing. What is only likely is listed as a suggestion and changes nothing; so is
what would take away a difference between 変更前 and 変更後.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache

from .. import rules
from ..model import Column, Method, Repair
from .confused import outside_kept, script_edits, sentence_edits, term_edits
from .curated import curated_edits, curated_rules
from .document import context_edits
from .headings import address_edits, uses_roman
from .ledger import Edit, Ledger, undo
from .lexicon import Lexicon, Pairs, known_pairs, lexicon
from .siblings import keep_apart
from .suggest import splinter_edits

__all__ = ["repair_rows", "rule_names", "undo"]

Cells = list[dict[Column, Ledger]]
Find = Callable[[str, Column], Iterable[Edit]]
Repaired = tuple[tuple[dict[Column, str], tuple[tuple[Column, Repair], ...]], ...]


def repair_rows(
    rows: Sequence[Mapping[Column, str]], method: Method | Sequence[Method], pairs: Pairs | None = None
) -> Repaired:
    """Normalised texts of a filing's rows -> each row's repaired texts and its ledger.

    `method`: how they were read, all or each; what is born digital stays as it is, whatever stands
    beside it. `pairs` are the character confusions to believe; all known ones unless given.

    >>> [(texts, ledger)] = repair_rows([{'before': 'ポスドク端末'}], 'transcript')
    >>> texts, [(column, one.before, one.after, one.rule) for column, one in ledger]
    ({'before': 'キオスク端末'}, [('before', 'ポスドク', 'キオスク', 'kiosk')])
    >>> repair_rows([{'before': 'ポスドク端末'}], 'text')
    (({'before': 'ポスドク端末'}, ()),)
    """
    methods: Sequence[Method] = [method] * len(rows) if isinstance(method, str) else method
    repaired = iter(_repaired([row for row, own in zip(rows, methods, strict=True) if own != "text"], pairs))
    return tuple(
        (dict(row), ()) if own == "text" else next(repaired) for row, own in zip(rows, methods, strict=True)
    )


def _repaired(rows: Sequence[Mapping[Column, str]], pairs: Pairs | None) -> Repaired:
    if not rows:
        return ()
    words = lexicon(known_pairs() if pairs is None else pairs)
    cells: Cells = [{column: Ledger(text) for column, text in row.items()} for row in rows]
    _lay(cells, lambda text, column: form_edits(text))
    _address(cells)
    _curate(cells, "heading")
    _confused(cells, words, script_edits)
    _confused(cells, words, term_edits)
    _confused(cells, words, sentence_edits)
    _curate(cells, "phrase")
    _agree(cells, words)
    _confused(cells, words, splinter_edits)
    for row in cells:
        if "before" in row and "after" in row:
            row["before"], row["after"] = keep_apart(row["before"], row["after"])
    return tuple(
        (
            {column: cell.text for column, cell in row.items()},
            tuple((column, one) for column, cell in row.items() for one in cell.repairs),
        )
        for row in cells
    )


def form_edits(text: str) -> Iterator[Edit]:
    """Text -> corrections of shapes that no Japanese text is written in: 每 for 毎, 项 for 項."""
    forms = _forms()
    for place, read in enumerate(text):
        if read in forms:
            yield Edit(place, place + 1, forms[read], "form", "form", 0.99)


@cache
def _forms() -> dict[str, str]:
    return {row["read"]: row["form"] for row in rules.table("forms")}


def rule_names() -> tuple[tuple[str, str], ...]:
    """Every rule that can stand in the ledger with its reason, so that unused ones can be listed."""
    return (*_PASSES, *((rule.name, rule.reason) for rule in curated_rules()))


_PASSES = (
    ("form", "a shape that no Japanese text is written in"),
    ("roman_numeral", "the roman numeral before the dash of a 項目"),
    ("address_dash", "the dash of a 項目 read as another stroke"),
    ("katakana_word", "a katakana word with one character misread"),
    ("kana_alone", "ヘ or リ among hiragana and kanji"),
    ("long_vowel_in_kanji", "ー among kanji is 一"),
    ("term", "a term of the field with one character misread"),
    ("sentence", "one character inside six neighbours of a sentence of the field"),
    ("context", "the same six neighbours elsewhere in the filing"),
    ("splintered_word", "a word of the field, one character of which splinters it"),
    ("sibling", "the other cell of the row and the rest of the filing agree on another character"),
)


def _lay(cells: Cells, find: Find) -> None:
    for row in cells:
        for column, cell in row.items():
            edits = tuple(find(cell.text, column))
            if edits:
                row[column] = cell.with_edits(edits)


def _address(cells: Cells) -> None:
    roman = uses_roman([row["item"].text for row in cells if "item" in row])
    _lay(cells, lambda text, column: address_edits(text, roman) if column == "item" else ())


def _curate(cells: Cells, stage: str) -> None:
    for rule in curated_rules():
        if rule.stage == stage:
            _lay(cells, lambda text, column, rule=rule: curated_edits(text, column, rule))  # type: ignore[misc]


def _confused(cells: Cells, words: Lexicon, find: Callable[[str, Lexicon], Iterator[Edit]]) -> None:
    _lay(cells, lambda text, column: outside_kept(text, find(text, words)))


def _agree(cells: Cells, words: Lexicon) -> None:
    texts = [{column: cell.text for column, cell in row.items()} for row in cells]
    found: dict[tuple[int, Column], list[Edit]] = {}
    for number, column, edit in context_edits(texts, words):
        found.setdefault((number, column), []).append(edit)
    for (number, column), edits in found.items():
        kept = list(outside_kept(texts[number][column], edits))
        cells[number][column] = cells[number][column].with_edits(kept)
