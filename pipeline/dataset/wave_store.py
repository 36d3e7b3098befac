"""Where waves stand among the tables: valid as long as the rows that they were made of.

The plan of a generation says what its waves were made of. When rows change, the tables stay empty until waves
are made again; which change was in which wave is remembered in the plan, so that waves keep their ids.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import schema
from ..errors import UsageError
from ..store import folder, locked
from ..store.partition import write_whole
from .wave_ids import Known

if TYPE_CHECKING:
    import pyarrow as pa

    from ..store import Dataset
    from .load import Generation

FILES = {name: [f"{name}/part-0.parquet"] for name in ("waves", "wave_list", "suggestions")}
"""What spans bodies: made together, when it is asked for."""


def fingerprint(partitions: Mapping[str, Any]) -> str:
    """Partitions of a plan -> what all their rows were made of."""
    told = {name: plan["digest"] for name, plan in sorted(partitions.items())}
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def keep(
    held: Dataset,
    old: Mapping[str, Any],
    partitions: Mapping[str, Any],
    generation: Path,
) -> dict[str, Any]:
    """The published waves taken over into a new generation if their rows are the same, else empty tables."""
    told: dict[str, Any] = old.get("waves", {})
    if told.get("of") == fingerprint(partitions) and held.holds(told["files"]):
        for file in told["files"]:
            held.reuse(file, generation)
        return told
    empty = {name: schema.table_from_rows(name, []) for name in FILES}
    return {"of": None, "files": write(generation, empty), "ids": told.get("ids", {})}


def write(generation: Path, tables: Mapping[str, pa.Table]) -> dict[str, int]:
    """The tables into a generation -> sizes of their files."""
    sizes = {}
    for name, rows in tables.items():
        path = generation / FILES[name][0]
        write_whole(path, name, rows)
        sizes[FILES[name][0]] = path.stat().st_size
    return sizes


def renew(out: str | PathLike[str], make: Callable[[Generation, Known], dict[str, pa.Table]]) -> bool:
    """Make the waves of the dataset at OUT and publish them with it, unless they are up to date."""
    with locked(out) as held:
        plan = held.plan()
        if not plan:
            raise UsageError(
                f"{out} is a copy without its hidden folder {folder.HIDDEN}; copy the dataset with it"
            )
        told, made_of = plan.get("waves", {}), fingerprint(plan["partitions"])
        if told.get("of") == made_of and held.holds(told["files"]):
            return False
        where = held.folder()
        assert where is not None
        tables = make((held.filesystem, where), told.get("ids", {}))
        with folder.writing(held.out):
            generation = held.begin()
            try:
                parts = [*plan["partitions"].values(), {"files": plan["others"]}]
                for file in (file for part in parts for file in part["files"]):
                    held.reuse(file, generation)
                plan["waves"] = {"of": made_of, "files": write(generation, tables), "ids": _ids(tables)}
                (generation / folder.PLAN).write_text(json.dumps(plan, ensure_ascii=False), encoding="utf-8")
                held.publish(generation)
            except BaseException:
                held.discard(generation)
                raise
    return True


def _ids(tables: Mapping[str, pa.Table]) -> dict[str, dict[str, Any]]:
    """What the next time needs to know of these waves, the oldest first."""
    ids: dict[str, dict[str, Any]] = {
        wave["wave_id"]: {"aliases": wave["aliases"], "changes": []}
        for wave in tables["wave_list"].select(["wave_id", "aliases"]).to_pylist()
    }
    for row in tables["waves"].select(["wave_id", "change_id"]).to_pylist():
        ids[row["wave_id"]]["changes"].append(row["change_id"])
    return ids
