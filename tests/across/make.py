"""A generated dataset (架空の見本) of bodies over years whose truth is known.

    python -m tests.across.make OUT --bodies 1000 --filings 10     writes a dataset and its truth

`tests.across.scale` measures with it. Series are cumulative or print only what is new; there are drafts,
scans, old rows edited or dropped, bodies of one name, and local changes that look like national ones.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import rules, schema
from pipeline.batch import publish
from pipeline.dataset import occurrences, wave_store
from pipeline.fields import change
from pipeline.model import DateReading
from pipeline.store import folder as store
from pipeline.store.partition import PartitionWriter
from pipeline.text.normalise import comparison_form

from . import changes, words

YEARS = range(2020, 2025)
NAMESAKES = ("府中市", "伊達市", "池田町", "美里町", "森町")
Row = dict[str, Any]


@dataclass(frozen=True)
class Series:
    """One filing of one body over the years."""

    body: dict[str, str]
    task: dict[str, str]
    number: int
    form: int
    cumulative: bool
    scan: float
    truth: tuple[changes.True_, ...]

    @property
    def key(self) -> str:
        return f"{self.body['code']}/{self.number}"


def bodies(count: int, random: Random) -> list[dict[str, str]]:
    """Cities, towns and villages; all bodies of a shared name among them."""
    listed = [row for row in rules.table("municipalities") if row["kind"] in ("city", "town", "village")]
    chosen = [row for row in listed if row["name"] in NAMESAKES][:count]
    others = [row for row in listed if row["name"] not in NAMESAKES]
    return sorted(chosen + random.sample(others, count - len(chosen)), key=lambda row: row["code"])


def series(body: dict[str, str], number: int, seed: int) -> Series:
    random = Random(f"{seed}/{body['code']}/{number}")
    task = changes.tasks()[(number + int(body["code"][:5])) % len(changes.tasks())]
    form = random.choice([2, 3, 4, 4])
    values = {
        **task, "city": body["name"], "bureau": random.choice(words.BUREAUS),
        "new_unit": random.choice(words.UNITS) + "課", "old_unit": random.choice(words.UNITS) + "課",
    }  # fmt: skip
    made = [
        changes.national_change(one, form, values, random)
        for one in changes.national()
        if str(form) in one["at"] and task["key"] in one.get("tasks", [task["key"]]) and random.random() < 0.6
    ]
    for year in YEARS:
        for _ in range(random.randint(1, 3)):
            date = dt.date(year, random.randint(1, 12), random.randint(1, 28))
            local = changes.local_change(form, date, values, random)
            made += changes.twins(local, random) if random.random() < 0.1 else [local]
    key = f"{body['code']}/{number}"
    truth = tuple(replace(one, name=f"{key}/{n}") for n, one in enumerate(made))
    scan = random.choice([0.004, 0.01]) if random.random() < 0.15 else 0.0
    return Series(body, task, number, form, random.random() < 0.85, scan, truth)


def revisions(one: Series, seed: int) -> Iterator[tuple[Row, list[Row]]]:
    """A series -> each filing with its rows; `truth` and `wave` of a row are what it is a print of."""
    random = Random(f"{seed}/{one.key}/prints")
    texts: dict[str, changes.Text] = {}
    dropped: set[str] = set()
    last = dt.date.min
    for year in YEARS:
        published = dt.date(year + 1, random.randint(1, 6), random.randint(1, 28))
        printed = [
            true for true in one.truth
            if true.text.date and true.text.date < published and (one.cumulative or true.text.date >= last)
            and true.name not in dropped
        ]  # fmt: skip
        for true in printed:
            texts.setdefault(true.name, true.text)
        old = [true.name for true in printed if true.text.date and true.text.date < last]
        if old and random.random() < 0.3:
            name = random.choice(old)
            texts[name] = changes.edited(texts[name], random)
        if old and random.random() < 0.15:
            dropped.add(random.choice(old))
        if random.random() < 0.2:
            drafted = [t for t in printed if random.random() > 0.05]
            drafts = {
                t.name: changes.edited(t.text, random)
                for t in drafted
                if random.random() < 0.1 and t.name not in old
            }
            yield _filing(one, drafted, {**texts, **drafts}, None, year, random)
        printed = [true for true in printed if true.name not in dropped]
        yield _filing(one, printed, texts, published, year, random)
        last = published


def _filing(
    one: Series, printed: list[changes.True_], texts: dict[str, changes.Text], published: dt.date | None,
    year: int, random: Random,
) -> tuple[Row, list[Row]]:  # fmt: skip
    stage = "published" if published else "draft"
    path = f"{one.body['code']}_{one.body['name']}/{one.number}_{year}_{stage}.pdf"
    filing_id = hashlib.sha256(path.encode()).hexdigest()[:16]
    filing = {
        "filing_id": filing_id, "source_path": path, "sha256": filing_id * 4, "bytes": 1, "pages": 1,
        "change_pages": 1,
        "rows": len(printed), "status": "ok", "table_state": "rows" if printed else "empty", "method": "text",
        "municipality_code": one.body["code"], "municipality": one.body["name"],
        "agency": f"{one.body['name']}長",
        "prefecture": f"JP-{one.body['code'][:2]}", "filing_type": changes.FORMS[one.form],
        "filing_number": one.number,
        "filing_title": f"{one.body['name']} {one.task['task']} {changes.FORMS[one.form]}評価書",
        "filing_key": one.key, "stage": stage, "published": published, "pipeline_version": "0",
    }  # fmt: skip
    shared = {name: filing[name] for name in schema_columns("changes") if name in filing and name != "rows"}
    rows = []
    for ordinal, true in enumerate(printed, 1):
        text = texts[true.name]
        if one.scan:
            text = replace(text, **{
                name: words.scanned(getattr(text, name), one.scan, random)
                for name in ("item", "before", "after")
            })  # fmt: skip
        rows.append(shared | _row(true, text, ordinal, one, filing_id))
    return filing, rows


def _row(true: changes.True_, text: changes.Text, ordinal: int, one: Series, filing_id: str) -> Row:
    said = map(comparison_form, (text.item, text.before, text.after))
    digest = change.content_digest(DateReading(text.date, "day"), "", said)
    series_key = f"{one.body['code']}\x1f{one.key}"
    raw = {f"{name}_raw": "" for name in ("change_date", "item", "before", "after", "timing", "note")}
    return raw | {
        "row_id": f"{filing_id}-{ordinal:04d}", "change_id": change.change_id(series_key, digest),
        "ordinal": ordinal,
        "prefecture_name": one.body["prefecture"], "change_date": text.date, "change_date_precision": "day",
        "item": text.item, "item_key": text.item_key, "item_code": text.item_code, "item_codes": [],
        "before": text.before, "after": text.after, "timing": true.timing, "note": "",
        "change_kind": change.change_kind(text.before, text.after), "method": "ocr" if one.scan else "text",
        "confidence": 1.0, "marks": [], "pipeline_version": "0", "truth": true.name, "wave": true.wave,
    }  # fmt: skip


def schema_columns(table: str) -> list[str]:
    return [field.name for field in schema.TABLES[table]]


def make(out: Path, *, count: int = 200, filings: int = 2, seed: int = 1) -> pa.Table:
    """Write a dataset -> its truth: row_id, truth (the change that it prints), wave."""
    chosen = bodies(count, Random(seed))
    everything = (
        (one.body["code"], filing, rows)
        for body in chosen
        for number in range(1, filings + 1)
        for one in [series(body, number, seed)]
        for filing, rows in revisions(one, seed)
    )
    return write(out, everything)


def write(out: Path, filings: Any) -> pa.Table:
    """(code, filing, rows) sorted by code -> a published dataset; the truth of its rows."""
    truth: dict[str, list[Any]] = {"row_id": [], "truth": [], "wave": []}
    with store.locked(out) as held:
        generation = held.begin()
        plans: dict[str, Any] = {}
        writer, prefecture, digest = None, "", hashlib.sha256()
        by_body: dict[str, list[tuple[Row, list[Row]]]] = defaultdict(list)
        for code, filing, rows in filings:
            if by_body and code not in by_body:
                writer, prefecture = _add(generation, by_body, writer, prefecture, plans, digest, truth)
                by_body.clear()
            by_body[code].append((filing, rows))
        if by_body:
            writer, prefecture = _add(generation, by_body, writer, prefecture, plans, digest, truth)
        if writer:
            _close(generation, writer, prefecture, plans, digest)
        plan = {
            "version": "generated", "partitions": plans, "others": publish._write_others(generation, plans),
            "waves": wave_store.keep(held, held.plan(), plans, generation),
        }  # fmt: skip
        (generation / store.PLAN).write_text(json.dumps(plan), encoding="utf-8")
        held.publish(generation)
    return pa.table(truth, schema=pa.schema([(name, pa.string()) for name in truth]))


def _add(
    generation: Path, by_body: Any, writer: Any, prefecture: str, plans: Row, digest: Any, truth: Any
) -> tuple[PartitionWriter, str]:
    ((_, some),) = by_body.items()
    here = some[0][0]["prefecture"]
    if here != prefecture:
        if writer:
            _close(generation, writer, prefecture, plans, digest)
        writer = PartitionWriter(generation, here, publish.TABLES)
    for filing, rows in sorted(some, key=lambda pair: pair[0]["source_path"]):
        digest.update(json.dumps([filing["source_path"], [row["change_id"] for row in rows]]).encode())
        tables = {"changes": rows, "filings": [filing]}
        writer.add({name: schema.table_from_rows(name, listed) for name, listed in tables.items()})
        for name, column in truth.items():
            column += [row[name] for row in rows]
    return writer, here


def _close(generation: Path, writer: PartitionWriter, prefecture: str, plans: Row, digest: Any) -> None:
    rows = writer.close() | occurrences.write(generation, prefecture)
    files = [publish.file_of(table, prefecture) for table in rows if rows[table]]
    plans[prefecture] = {
        "digest": digest.hexdigest(), "files": {file: (generation / file).stat().st_size for file in files},
        "totals": {},
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--bodies", type=int, default=200)
    parser.add_argument("--filings", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    truth = make(told.out, count=told.bodies, filings=told.filings, seed=told.seed)
    pq.write_table(truth, told.out / "truth.parquet")
    print(f"{len(truth):,} rows in {told.out}")


if __name__ == "__main__":
    main()
