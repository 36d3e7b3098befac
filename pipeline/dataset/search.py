"""Words -> the changes that hold them, as lines of keyword in context."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date
from itertools import groupby
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal, get_args

from .. import schema
from ..errors import UsageError
from ..text.normalise import normalise
from ..tokens import lemmas
from .index import FACTS, forms, grams, opened
from .load import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

By = Literal["both", "characters", "words"]
Day = date | str | None
_CONTEXT = 24
"""Characters shown on either side of a match."""
_NULLS = {"change_date": "datetime64[us]", "published": "datetime64[us]", "page_first": "Int32"}
_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")


def search(
    words: str | Sequence[str],
    out: str | PathLike[str] = "extracted",
    *,
    by: By = "both",
    body: str | None = None,
    item: str | None = None,
    since: Day = None,
    until: Day = None,
    kind: str | None = None,
    distinct: bool = True,
    limit: int | None = 100,
    tell: Callable[[str], None] = lambda message: None,
) -> pd.DataFrame:
    """Words, all of which must stand in a change -> one line per change and cell that holds one.

    Newest change first; `left`, `match`, `right` are the first match in its context, `count` is how many
    the cell holds, `attrs["found"]` how many changes there are beyond `limit`. `by`: as written, in any
    place (`characters`), as whole words in any spelling or inflection (`words`), or either. `body`: code
    or name; `item`: a code or key, or the start of one; `since`, `until`: change dates; `kind`: a
    change_kind or note_kind. `distinct`: reprints of a change are one.
    """
    asked = _words(words)
    if by not in get_args(By):
        raise UsageError(f"by is one of {', '.join(get_args(By))}, not {by!r}")
    if limit is not None and limit < 1:
        raise UsageError(f"limit is 1 or more, or None for all, not {limit}")
    clauses, values = _filters(body, since, until, kind)
    with closing(opened(out, tell)) as index:
        if item is not None:
            known = index.execute("SELECT id, codes_and_key FROM addresses").fetchall()
            inside = [str(number) for number, text in known if _under(text, normalise(item))]
            clauses.append(f"address IN ({', '.join(inside)})")
        chosen = "".join(f" AND {clause}" for clause in clauses)
        source = f"FROM found CROSS JOIN prints ON prints.text = found.rowid WHERE found MATCH ?{chosen}"
        number = "DISTINCT change" if distinct else "*"
        query = _query(asked, by)
        count = index.execute(f"SELECT count({number}) {source}", [query, *values]).fetchone()[0]
        places = index.execute(f"SELECT found.rowid {source} ORDER BY found.rowid", [query, *values])
        key = "change_id" if distinct else "row_id"
        hits = list(_first(index, (place for (place,) in places), chosen, values, key, limit))
    lines = [line for facts, cells in hits for line in _lines(facts, cells, asked, by)]
    return _frame(lines, count)


def _words(words: str | Sequence[str]) -> list[str]:
    parts = [words] if isinstance(words, str) else list(words)
    found = [word for part in parts for word in normalise(part).split()]
    if not found:
        raise UsageError("nothing to search for; name at least one word")
    return found


def _query(words: Sequence[str], by: By) -> str:
    """Words -> what FTS5 is asked: every word, as neighbouring characters or as neighbouring forms."""
    return " AND ".join(f"({' OR '.join(_ways(word, by))})" for word in words)


def _ways(word: str, by: By) -> Iterator[str]:
    if by != "words":
        neighbours = grams(word).split()
        yield (
            f'grams : "{" ".join(neighbours[:-1])}"'
            if len(neighbours) > 1
            else f'letters : "{neighbours[0]}"'
        )
    if by != "characters":
        yield f'words : "{forms(word)}"'


def _filters(body: str | None, since: Day, until: Day, kind: str | None) -> tuple[list[str], list[Any]]:
    """Conditions on a print, and the values in them."""
    clauses: list[str] = []
    values: list[Any] = []

    def add(clause: str, *some: Any) -> None:
        clauses.append(clause)
        values.extend(some)

    if body is not None:
        add("? IN (municipality_code, municipality)", normalise(body))
    if since is not None:
        add("change_date >= ?", _day("since", since))
    if until is not None:
        add("substr(change_date, 1, ?) <= ?", *(len(day := _day("until", until)), day))
    if kind is not None:
        kinds = [value for name in ("change_kind", "note_kind") for value in _values(name)]
        if kind not in kinds:
            raise UsageError(f"kind is one of {', '.join(kinds)}, not {kind!r}")
        add("? IN (change_kind, note_kind)", kind)
    return clauses, values


def _values(column: str) -> tuple[str, ...]:
    return next(field.values for field in schema.TABLES["changes"] if field.name == column)


def _day(name: str, value: date | str) -> str:
    """A day, or a month or year as text, which is whole in the range."""
    text = value.strftime("%Y-%m-%d") if isinstance(value, date) else value
    try:
        if _DAY.fullmatch(text):
            date.fromisoformat(f"{text}-01-01"[:10])
            return text
    except ValueError:  # no such day
        pass
    raise UsageError(f"{name} is a date as 2024-05-27, 2024-05 or 2024, not {text!r}")


def _under(addresses: str, start: str) -> bool:
    """Whether one of the addresses is `start` or lies below it; `II-4-consignment` is above all of them."""
    end = r"(?=[-. ]|$|[0-9])" if start[-1:].isalpha() and "-" in start else r"(?=[-. ]|$)"
    return re.search(rf"(?:^| ){re.escape(start)}{end}", addresses) is not None


def _first(
    index: sqlite3.Connection,
    places: Iterable[int],
    chosen: str,
    values: Sequence[Any],
    key: str,
    limit: int | None,
) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    """(facts of a print, its cells) of the first changes, each once; no place is read that is not shown."""
    seen: set[str] = set()
    prints = f"SELECT {', '.join(FACTS)} FROM prints WHERE text = ?{chosen} ORDER BY rowid"
    for place, _ in groupby(places):
        cells = index.execute(f"SELECT {', '.join(COLUMNS)} FROM texts WHERE id = ?", (place,)).fetchone()
        for some in index.execute(prints, (place, *values)):
            facts = dict(zip(FACTS, some, strict=True))
            if facts[key] in seen:
                continue
            if len(seen) == limit:
                return
            seen.add(facts[key])
            yield facts, cells


def _lines(
    facts: dict[str, Any], cells: Sequence[str], words: Sequence[str], by: By
) -> Iterator[dict[str, Any]]:
    for field, text in zip(COLUMNS, cells, strict=True):
        spans = matches(text, words, by)
        if spans:
            start, stop = spans[0]
            left, right = text[max(0, start - _CONTEXT) : start], text[stop : stop + _CONTEXT]
            match = text[start:stop]
            yield {**facts, "field": field, "left": left, "match": match, "right": right, "count": len(spans)}


def matches(text: str, words: Sequence[str], by: By = "both") -> list[tuple[int, int]]:
    """A cell and words -> where they stand in it, in order; of overlapping places the first.

    >>> matches("個人番号の取扱いと取り扱い", ["取扱い"])
    [(5, 8), (9, 13)]
    """
    spans: list[tuple[int, int]] = []
    if by != "words":
        for word in words:
            pattern = re.compile(r"\s*".join(map(re.escape, word)), re.IGNORECASE)
            spans += [match.span() for match in pattern.finditer(text)]
    if by != "characters":
        spans += _form_spans(text, words)
    kept: list[tuple[int, int]] = []
    for span in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


def _form_spans(text: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    places, have, done = [], [], 0
    for surface, lemma in lemmas(text):
        start = text.index(surface, done)
        done = start + len(surface)
        places.append((start, done))
        have.append(lemma.lower())
    for word in words:
        want = [lemma.lower() for _, lemma in lemmas(word)]
        for at in range(len(have) - len(want) + 1):
            if have[at : at + len(want)] == want:
                yield places[at][0], places[at + len(want) - 1][1]


def _frame(lines: Sequence[dict[str, Any]], found: int) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(lines, columns=[*FACTS, "field", "left", "match", "right", "count"])
    frame = frame.astype({name: kind for name, kind in _NULLS.items() if name in frame})
    frame.attrs["found"] = found
    return frame


def told(frame: pd.DataFrame) -> str:
    """What `search` found -> lines for a terminal: a change, and below it each cell that holds a word."""
    blocks = []
    for _, rows in frame.groupby("row_id", sort=False):
        head = rows.iloc[0]
        day = "date unknown" if head.isna()["change_date"] else f"{head['change_date']:%Y-%m-%d}"
        place = head["municipality"] or head["source_path"]
        address = head["item_code"] or "no item code"
        lines = [f"{place}  {day}  {address}  {head['change_kind']}  {head['row_id']}"]
        for row in rows.to_dict("records"):
            more = f"  ({row['count']} times)" if row["count"] > 1 else ""
            left, match, right = (row[part].replace("\n", " ") for part in ("left", "match", "right"))
            lines.append(f"  {row['field']:<6}  {left}【{match}】{right}{more}")
        blocks.append("\n".join(lines))
    shown, found = len(blocks), frame.attrs["found"]
    more = f"; the newest {shown:,} are shown, --limit {found} shows all" if found > shown else ""
    return "\n\n".join([*blocks, f"{found:,} change{'s' * (found != 1)}{more}"])
