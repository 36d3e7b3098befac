"""Many texts normalised or folded at once: what becomes of most of their characters is looked up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from ..characters import ALONE
from .normalise import KANA, RARE, TWINS, UNPROTECTED, normalise

Codes = npt.NDArray[np.uint32]
Flags = npt.NDArray[np.bool_]
_PLANE = 0x10000
"""Only characters of the first plane are looked up."""
_ODD = 0
"""Stands for a character that needs more than a lookup; between texts it stands for itself."""


def normalised(texts: Sequence[str]) -> Iterator[str]:
    """Texts -> what `normalise` gives for each.

    >>> list(normalised(["Ⅲ－２", "②ﾘｽｸ～", "平 成 28 年"]))
    ['III-2', '②リスク〜', '平成28年']
    """
    codes, starts, stops = _joined(texts)
    plain = _plain()[np.minimum(codes, _PLANE - 1)]
    between = (plain == _ODD) | (plain == ord("\n"))
    spaced = (plain == ord(" ")) | ((plain == ord("\n")) & (np.roll(between, 1) | np.roll(between, -1)))
    odd = plain == _ODD
    odd[stops] = False
    whole = _decoded(plain)
    flags = (np.logical_or.reduceat(some, starts).tolist() for some in (odd, spaced))
    for text, start, stop, is_odd, is_spaced in zip(
        texts, starts.tolist(), stops.tolist(), *flags, strict=True
    ):
        if is_odd or is_spaced:
            yield _known(text) if len(text) < _SHORT else normalise(text)
        else:
            yield whole[start:stop]


_SHORT = 64
_known = lru_cache(4096)(normalise)
"""Items and notes stand in many rows."""


def comparison_forms(texts: Sequence[str]) -> Iterator[str]:
    """Normalised texts -> what `normalise.folded` gives for each.

    >>> list(comparison_forms(["中間サーバー ヘの", "1ー2"]))
    ['中間サーバーへの', '1-2']
    """
    codes, _, stops = _joined(texts)
    near = np.minimum(codes, _PLANE - 1)
    twins, is_kana, is_white = _folding()
    inked = ~is_white[near]
    folded = np.where(codes < _PLANE, twins[near], codes)[inked]
    lone = (folded == ord("ー")) & ~np.roll(is_kana[near[inked]], 1)
    whole = _decoded(np.where(lone, ord("-"), folded))
    ends = (np.cumsum(inked) - 1)[stops].tolist()
    return (whole[start:stop] for start, stop in zip([0, *(end + 1 for end in ends)], ends, strict=False))


def _joined(texts: Sequence[str]) -> tuple[Codes, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Texts -> the code points of all with a 0 behind each, and where each begins and ends."""
    joined = "".join([f"{text}\0" for text in texts])
    lengths = np.array([len(text) for text in texts], np.int64)
    stops = np.cumsum(lengths + 1) - 1
    return np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32), stops - lengths, stops


def _decoded(codes: Codes) -> str:
    return codes.tobytes().decode("utf-32-le", "surrogatepass")


@cache
def _plain() -> Codes:
    """What normalising makes of each character, spaces and line ends aside, wherever it stands; or `_ODD`."""
    simple = _among(ALONE.pattern.removesuffix("*")) & ~_among(RARE.pattern)
    becomes = np.where(simple, np.arange(_PLANE, dtype=np.uint32), _ODD)
    for point, one in UNPROTECTED.items():
        becomes[point] = becomes[ord(one)] if len(one) == 1 and simple[point] else _ODD
    return becomes


@cache
def _folding() -> tuple[Codes, Flags, Flags]:
    """The twin of each character, which are kana, and which are white space."""
    twins = np.arange(_PLANE, dtype=np.uint32)
    for point, one in TWINS.items():
        twins[point] = ord(one)
    return twins, _among(f"[{KANA}]"), _among(r"\s")


def _among(characters: str) -> Flags:
    """Which characters of the first plane a pattern for one of some characters finds."""
    found = np.zeros(_PLANE, bool)
    for run in re.finditer(f"{characters}+", _plane()):
        found[run.start() : run.end()] = True
    return found


@cache
def _plane() -> str:
    return _decoded(np.arange(_PLANE, dtype=np.uint32))
