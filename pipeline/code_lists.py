"""The code lists that the dataset uses, as tables of their own: `items` and `bodies`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from . import rules, schema

if TYPE_CHECKING:
    import pyarrow as pa

BODIES_SOURCE = "総務省 全国地方公共団体コード (2024-01-01), 公共データ利用規約 1.0"


def code_lists() -> dict[str, pa.Table]:
    """Every code list by the name of its table."""
    return {
        "items": schema.table_from_rows("items", item_rows()),
        "bodies": schema.table_from_columns("bodies", _bodies(rules.table("municipalities"))),
    }


def item_rows() -> list[dict[str, Any]]:
    """Rows of the table `items`, in the order of the forms."""
    return [
        {
            **row,
            "edition_from": rules.day(row["edition_from"]),
            "edition_to": rules.day(row["edition_to"]),
            "parent": row["parent"] or None,
            "order": int(row["order"]),
            "starred": True if row["starred"] == "yes" else None,
        }
        for row in rules.table("items")
    ]


def _bodies(rows: Sequence[dict[str, str]]) -> dict[str, Sequence[str | None]]:
    """The columns of `bodies`: there are two thousand rows, and every run writes them."""
    return {
        **{name: [row[name] for row in rows] for name in ("code", "name", "kana", "kind")},
        "parent_code": [row["parent_code"] or None for row in rows],
        "prefecture": [f"JP-{row['code'][:2]}" for row in rows],
        "prefecture_name": [row["prefecture"] for row in rows],
        "source": [BODIES_SOURCE] * len(rows),
    }
