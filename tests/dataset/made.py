"""Small datasets made row by row, as a copy without the hidden folder is one."""

from pathlib import Path

import pyarrow.parquet as pq

from pipeline import schema

_CHANGE = {
    **dict.fromkeys(("item", "item_raw", "before", "before_raw", "after", "after_raw", "note"), ""),
    "note_raw": "", "change_date_raw": "", "timing_raw": "",
    "item_codes": [], "marks": [], "change_kind": "modified", "method": "text", "confidence": 1.0,
    "pipeline_version": "0.0.0+made", "municipality_code": "011002", "municipality": "札幌市",
    "prefecture": "JP-01", "filing_id": "f" * 16, "source_path": "a.pdf",
}  # fmt: skip
_FILING = {
    "source_path": "a.pdf", "sha256": "ab" * 32, "rows": 1, "status": "ok", "prefecture": "JP-01",
    "pipeline_version": "0.0.0+made",
}  # fmt: skip


def changes(*rows: dict) -> list[dict]:
    """Rows of `changes`, what they do not name filled in."""
    return [
        _CHANGE | {"row_id": f"r-{n:04d}", "change_id": f"{n:016x}", "ordinal": n} | row
        for n, row in enumerate(rows, 1)
    ]


def dataset(out: Path, rows: list[dict], filings: list[dict] | None = None) -> Path:
    """A dataset at `out` with these rows of `changes` and `filings`."""
    whole = schema.table_from_rows("changes", rows)
    stored = schema.arrow("changes", stored=True)
    _write(out / "changes/prefecture=JP-01/part-0.parquet", whole.select(stored.names).cast(stored))
    known = [_FILING | filing for filing in (filings if filings is not None else [{}])]
    _write(out / "filings/JP-01.parquet", schema.table_from_rows("filings", known))
    return out


def _write(path: Path, table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)
