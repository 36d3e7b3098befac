"""Names of waves that last: a wave keeps its id while rows come and go; of two merged the older lives on."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Known = Mapping[str, Mapping[str, Any]]
"""wave_id -> {"aliases": […], "changes": [change_id, …]} of the last time, the oldest id first."""


class Named(NamedTuple):
    """A wave's id, and the ids of what was merged into it."""

    wave_id: str
    aliases: tuple[str, ...]


def name_waves(
    waves: Sequence[Sequence[str]], known: Known, canonical: Mapping[str, str]
) -> tuple[list[Named], list[int]]:
    """change_ids of each wave, the first one first -> its name; and the order of waves by age of id.

    `canonical`: change_id of a print that is no longer the first -> that of the first.
    """
    age = {wave_id: number for number, wave_id in enumerate(known)}
    wave_of = {canonical.get(change, change): number for number, wave in enumerate(waves) for change in wave}
    votes = {
        wave_id: Counter(
            wave_of[change]
            for change in {canonical.get(change, change) for change in told["changes"]}
            if change in wave_of
        )
        for wave_id, told in known.items()
    }
    heirs = defaultdict(list)  # of a wave that was split the larger part is heir
    for wave_id, counts in votes.items():
        if counts:
            heirs[min(counts, key=lambda number: (-counts[number], number))].append(wave_id)
    taken = set(known) | {alias for told in known.values() for alias in told["aliases"]}
    named: list[Named] = []
    for number, wave in enumerate(waves):
        ids = sorted(heirs.get(number, ()), key=age.__getitem__)
        if ids:
            aliases = [*ids[1:], *(alias for wave_id in ids for alias in known[wave_id]["aliases"])]
            named.append(Named(ids[0], tuple(sorted(aliases))))
        else:
            named.append(Named(_new_id(wave[0], taken), ()))
            taken.add(named[-1].wave_id)
    new = len(age)
    return named, sorted(range(len(waves)), key=lambda number: (age.get(named[number].wave_id, new), number))


def _new_id(change_id: str, taken: set[str]) -> str:
    """Named after its first change, so that the same data gives the same ids wherever it is read."""
    text = change_id
    while True:
        wave_id = f"w{hashlib.sha256(text.encode()).hexdigest()[:12]}"
        if wave_id not in taken:
            return wave_id
        text += "+"
