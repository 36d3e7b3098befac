"""The code lists that the dataset uses, as tables of their own: `items` and `bodies`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import rules, schema
from .fields import items

if TYPE_CHECKING:
    import pyarrow as pa

BODIES_SOURCE = "総務省 全国地方公共団体コード (2024-01-01), 公共データ利用規約 1.0"


def code_lists() -> dict[str, pa.Table]:
    """Every code list by the name of its table."""
    return {
        "items": schema.table_from_rows("items", items.item_table()),
        "bodies": schema.table_from_rows("bodies", [_body(row) for row in rules.table("municipalities")]),
    }


def _body(row: dict[str, str]) -> dict[str, str | None]:
    return {
        "code": row["code"],
        "name": row["name"],
        "kana": row["kana"],
        "kind": row["kind"],
        "parent_code": row["parent_code"] or None,
        "prefecture": f"JP-{row['code'][:2]}",
        "prefecture_name": row["prefecture"],
        "source": BODIES_SOURCE,
    }
