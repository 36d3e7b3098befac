"""A filing's `Reading` and its path -> `Filing`: what only the path and the body behind it tell is added.

Needs nothing that reads PDFs: the command that has others read them does this part itself.
"""

from __future__ import annotations

from typing import Any

from . import check, rules, schema
from .fields import change, municipality, series
from .model import Body, Cover, Document, Problem
from .result import Filing, Reading


def place(reading: Reading, document: Document) -> Filing:
    """Add what the path says and whose filing it is: source_path, municipality, filing_key, change_id."""
    body = municipality.resolve(reading.cover, document)
    key = series.filing_key(body, reading.cover)
    facts = {
        **reading.facts,
        "source_path": document.source_path,
        "municipality_code": body.code,
        "municipality": body.name,
        "prefecture": body.prefecture,
        "filing_key": key,
        "url": document.url,
        "retrieved_on": document.retrieved_on,
        "licence": document.licence,
        "document": document.document,
    }
    return Filing(facts, _placed_tables(reading, facts, body), document.path)


def failed(document: Document, error: str, sha256: str | None = None, size: int | None = None) -> Filing:
    """A file that could not be read -> its row in `filings`, with the reason as a problem too."""
    body = municipality.resolve(Cover(), document)
    facts = {
        "filing_id": sha256[:16] if sha256 else None,
        "source_path": document.source_path,
        "sha256": sha256,
        "bytes": size,
        "rows": 0,
        "status": "failed",
        "error": error,
        "municipality_code": body.code,
        "municipality": body.name,
        "prefecture": body.prefecture,
        "url": document.url,
        "retrieved_on": document.retrieved_on,
        "licence": document.licence,
        "document": document.document,
        "pipeline_version": rules.pipeline_version(),
    }
    problems = [check.problem_row(facts, p) for p in (Problem("unreadable", error), *body.problems)]
    empty = {name: schema.table_from_rows(name, []) for name in ("changes", "repairs", "cells")}
    return Filing(facts, {**empty, "problems": schema.table_from_rows("problems", problems)})


def _placed_tables(reading: Reading, facts: dict[str, Any], body: Body) -> dict[str, Any]:
    import pyarrow as pa

    # Without a body and a series nothing says that two files tell of the same change.
    key = facts["filing_key"]
    owner = "\x1f".join(filter(None, (body.code or body.name, key))) if key else facts["filing_id"]
    changes = reading.changes
    columns: dict[str, Any] = dict(zip(changes.schema.names, changes.columns, strict=True))
    placed = {name: facts[name] for name in columns if name in _FILING_COLUMNS}
    for name, value in {**placed, "prefecture_name": body.prefecture_name}.items():
        columns[name] = pa.repeat(pa.scalar(value, changes.schema.field(name).type), len(changes))
    ids = [change.change_id(owner, digest) for digest in columns["change_id"].to_pylist()]
    columns["change_id"] = pa.array(ids, pa.string())
    changes = pa.Table.from_arrays(list(columns.values()), schema=changes.schema)

    problems = reading.problems
    if body.problems:
        new = [check.problem_row(facts, problem) for problem in body.problems]
        problems = pa.concat_tables([problems, schema.table_from_rows("problems", new)])
    at = problems.schema.get_field_index("source_path")
    path = pa.repeat(pa.scalar(facts["source_path"]), len(problems))
    problems = problems.set_column(at, problems.schema.field(at), path)
    return {"changes": changes, "repairs": reading.repairs, "problems": problems, "cells": reading.cells}


_FILING_COLUMNS = {
    "source_path", "municipality_code", "municipality", "agency", "filing_type", "filing_number",
    "filing_title", "filing_key", "stage", "published", "prefecture",
}  # fmt: skip
