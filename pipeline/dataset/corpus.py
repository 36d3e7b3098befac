"""What other bodies' filings say about a doubtful character of OCR text: suggestions, never applied.

The same line of words stands in many filings. Where one read by an engine has, between the same neighbours,
a character that no other body has, and several bodies have one that it is known to be taken for, that is
suggested. Read by column and as arrays: three passes, whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .. import schema
from ..model import Repair
from ..text.confused import outside_kept
from ..text.ledger import Edit, Ledger, undo
from ..text.lexicon import known_pairs, lexicon
from .load import COLUMNS, Generation, dataset

RULE = "elsewhere"
_REACH = 6
"""Characters on either side, within the line, by which two places are known to say the same."""
_WITNESSES = 3
"""Bodies that must have the other character there."""
_BODY_BITS, _CHARACTER_BITS = 17, 21
_ROWS = 8192
_NUMERALS = frozenset("一二三四五六七八九十〇")
_NEEDED = ("row_id", "filing_id", "municipality_code", "municipality", "method", *COLUMNS)

_Numbers = npt.NDArray[np.uint64]


class _Lines(NamedTuple):
    """Texts of some rows, one after another."""

    rows: Sequence[Mapping[str, Any]]
    cells: list[tuple[int, str, int]]
    """(row, column, where it starts) of each text."""
    characters: npt.NDArray[np.uint32]
    contexts: _Numbers
    """A number for the neighbours of each character."""
    whole: npt.NDArray[np.bool_]
    """Whether all of its neighbours stand in its line."""


def suggestions(generation: Generation) -> pa.Table:
    """A generation -> the table `suggestions`: what may be misread, by what others have there."""
    method = pc.field("method") != "text"
    asked = _asked(generation, method)
    decided = _decided(asked, _counted(generation, asked)) if len(asked) else {}
    found = list(_found(generation, method, asked, decided)) if decided else []
    return schema.table_from_rows("suggestions", _told(generation, found))


def _asked(generation: Generation, method: pc.Expression) -> _Numbers:
    """The contexts in which OCR text has a character that may stand for another, each once, in order."""
    reads = _table(_truths())
    return _each_once(lines.contexts[lines.whole & reads[lines.characters]]
                      for lines in _read(generation, method))  # fmt: skip


def _counted(generation: Generation, asked: _Numbers) -> tuple[_Numbers, npt.NDArray[np.int64]]:
    """(context, character) packed, and how many bodies have it."""
    told = _each_once(_packed(generation, asked))
    return np.unique(told >> np.uint64(_BODY_BITS), return_counts=True)


def _packed(generation: Generation, asked: _Numbers) -> Iterator[_Numbers]:
    """Which body has which character in which of the contexts, each as one number."""
    truths = _truths()
    wanted = _table({*truths, *(truth for some in truths.values() for truth in some)})
    bodies: dict[str, int] = {}
    for lines in _read(generation):
        places = np.flatnonzero(lines.whole & wanted[lines.characters])
        found = _among(lines.contexts[places], asked)
        places, context = places[found >= 0], found[found >= 0].astype(np.uint64)
        starts = np.array([start for _, _, start in lines.cells], dtype=np.int64)
        owners = np.array([bodies.setdefault(_body(row), len(bodies)) for row in lines.rows], dtype=np.uint64)
        rows = np.array([row for row, _, _ in lines.cells], dtype=np.int64)
        body = owners[rows[np.searchsorted(starts, places, side="right") - 1]]
        character = lines.characters[places].astype(np.uint64)
        yield (context << np.uint64(_CHARACTER_BITS) | character) << np.uint64(_BODY_BITS) | body


def _decided(
    asked: _Numbers, counted: tuple[_Numbers, npt.NDArray[np.int64]]
) -> dict[tuple[int, str], tuple[str, int]]:
    """(context, character as read) -> the one character that others have there, and how many bodies do."""
    packed, counts = counted
    contexts = (packed >> np.uint64(_CHARACTER_BITS)).astype(np.int64)
    several = np.flatnonzero(np.bincount(contexts, minlength=len(asked))[contexts] > 1)
    by_context: dict[int, dict[str, int]] = {}
    for at in several.tolist():
        character = chr(int(packed[at]) & ((1 << _CHARACTER_BITS) - 1))
        by_context.setdefault(int(contexts[at]), {})[character] = int(counts[at])
    decided = {}
    for context, found in by_context.items():
        for read, bodies in found.items():
            likely = [truth for truth in _truths().get(read, ()) if found.get(truth, 0) >= _WITNESSES]
            if bodies == 1 and len(likely) == 1 and not {read, *likely} <= _NUMERALS:
                decided[context, read] = (likely[0], found[likely[0]])
    return decided


def _found(
    generation: Generation,
    method: pc.Expression,
    asked: _Numbers,
    decided: Mapping[tuple[int, str], tuple[str, int]],
) -> Iterator[tuple[Mapping[str, Any], str, Edit]]:
    """Rows, their columns and what is suggested there, but for what the row itself is about."""
    contexts = np.array(sorted({context for context, _ in decided}), dtype=np.int64)
    chosen = asked[contexts]
    for lines in _read(generation, method):
        at = _among(lines.contexts, chosen)
        starts = [start for _, _, start in lines.cells]
        for place in np.flatnonzero(lines.whole & (at >= 0)).tolist():
            read = chr(lines.characters[place])
            if (int(contexts[at[place]]), read) in decided:
                truth, bodies = decided[int(contexts[at[place]]), read]
                row, column, start = lines.cells[int(np.searchsorted(starts, place, side="right")) - 1]
                edit = _edit(lines.rows[row], column, place - start, truth, bodies)
                if edit:
                    yield lines.rows[row], column, edit


def _edit(row: Mapping[str, Any], column: str, place: int, truth: str, bodies: int) -> Edit | None:
    text = row[column]
    said = text[place - _REACH : place] + truth + text[place + 1 : place + 1 + _REACH]
    if column in ("before", "after") and said in row["after" if column == "before" else "before"]:
        return None  # the change may be just this
    score = bodies / (bodies + 1)
    edit = Edit(place, place + 1, truth, RULE, "corpus", round(score, 4), False, f"{said} ×{bodies}")
    return next(outside_kept(text, [edit]), None)


def _told(
    generation: Generation, found: Sequence[tuple[Mapping[str, Any], str, Edit]]
) -> list[dict[str, Any]]:
    """Suggestions with places in the normalised text before repair, as `repairs` has them."""
    ids = pa.array(sorted({row["row_id"] for row, _, _ in found}), pa.string())
    ledger: dict[tuple[str, str], list[Repair]] = {}
    made = pc.field("applied") & pc.field("row_id").isin(ids)
    for row in dataset(generation, "repairs").to_table(filter=made).to_pylist() if found else ():
        one = Repair(**{name: row[name] for name in Repair._fields})
        ledger.setdefault((row["row_id"], row["field"]), []).append(one)
    told = []
    for row, column, edit in found:
        applied = sorted(ledger.get((row["row_id"], column), ()), key=lambda one: one.start)
        cell = Ledger(undo(row[column], applied), tuple(applied))
        if any(start < edit.stop and edit.start < stop for start, stop in cell.places):
            continue  # a rule has decided that place
        (one,) = cell.with_edits([edit]).suggested
        told.append({"row_id": row["row_id"], "field": column} | one._asdict())
    return told


# ---------------------------------------------------------------- texts as arrays


def _read(generation: Generation, chosen: pc.Expression | None = None) -> Iterator[_Lines]:
    scan = dataset(generation, "changes").scanner(
        columns=list(_NEEDED), filter=chosen, batch_size=_ROWS, batch_readahead=1, fragment_readahead=1
    )
    for batch in scan.to_batches():
        if len(batch):
            yield _lines(batch.to_pylist())


def _lines(rows: Sequence[Mapping[str, Any]]) -> _Lines:
    cells, texts, start = [], ["\n"], 1
    for number, row in enumerate(rows):
        for column in COLUMNS:
            if row[column]:
                cells.append((number, column, start))
                texts.append(row[column] + "\n")
                start += len(row[column]) + 1
    characters = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    contexts = np.zeros(len(characters), np.uint64)
    wide = characters.astype(np.uint64)
    for distance, (left, right) in enumerate(_MULTIPLIERS, 1):
        contexts[distance:] += wide[:-distance] * left
        contexts[:-distance] += wide[distance:] * right
    ends = np.concatenate([[0], np.cumsum(characters == ord("\n"))])
    first = np.clip(np.arange(len(characters)) - _REACH, 0, None)
    last = np.clip(np.arange(len(characters)) + _REACH + 1, None, len(characters))
    return _Lines(rows, cells, characters, contexts, ends[last] == ends[first])


_MULTIPLIERS = np.random.default_rng(20160101).integers(1, 2**63, (_REACH, 2), dtype=np.uint64) | np.uint64(1)


def _each_once(parts: Iterable[_Numbers]) -> _Numbers:
    """Numbers of many parts -> each once, in order; parts are put together as they pile up."""
    whole, waiting, waits = np.empty(0, np.uint64), [], 0
    for part in parts:
        waiting.append(_once(part))
        waits += len(waiting[-1])
        if waits > len(whole):
            whole, waiting, waits = _once(np.concatenate([whole, *waiting])), [], 0
    return _once(np.concatenate([whole, *waiting]))


def _once(numbers: _Numbers) -> _Numbers:
    ordered = np.sort(numbers)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(ordered) else ordered


def _among(numbers: _Numbers, listed: _Numbers) -> npt.NDArray[np.int64]:
    """Places of numbers in a sorted list; -1 for those that are not in it."""
    at = np.minimum(np.searchsorted(listed, numbers), len(listed) - 1)
    return np.where(listed[at] == numbers, at, -1)


def _table(characters: Mapping[str, Any] | set[str]) -> npt.NDArray[np.bool_]:
    table = np.zeros(0x110000, np.bool_)
    table[[ord(character) for character in characters if len(character) == 1]] = True
    return table


@cache
def _truths() -> Mapping[str, frozenset[str]]:
    """Character as read -> those that it is known to be taken for."""
    return lexicon(known_pairs()).truths


def _body(row: Mapping[str, Any]) -> str:
    return str(row["municipality_code"] or row["municipality"] or row["filing_id"])
