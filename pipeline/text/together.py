"""Many texts normalised or folded at once: what becomes of most of their characters is looked up."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from .. import compiled
from ..characters import HANGS_ON_NONE, replacing
from .markup import TAG
from .normalise import KANA, KANJI, RARE, TWINS, UNPROTECTED, folded, normalise
from .widths import WHITE_SPACE, Codes, Kinds, Places, codes_of

Flags = npt.NDArray[np.bool_]
_PLANE = 0x10000
"""Only characters of the first plane are looked up."""
_BETWEEN, _ODD = 0, 1
"""What stands between texts, and for a character that needs more than a lookup."""


def normalised(texts: Sequence[str]) -> list[str]:
    """Texts -> what `normalise` gives for each.

    >>> normalised(["Ⅲ－２", "②ﾘｽｸ～", "平 成 28 年"])
    ['III-2', '②リスク〜', '平成28年']
    """
    whole, doubted = _looked_up(texts)
    clean = whole.split(chr(_BETWEEN))[1:-1]
    if len(clean) != len(texts):  # what stands between them stands in one of them
        return list(map(normalise, texts))
    for at in doubted:
        text = texts[at]
        clean[at] = _known(text) if len(text) < _SHORT else normalise(text)
    return clean


def _looked_up(texts: Sequence[str]) -> tuple[str, Iterable[int]]:
    """Texts -> as they were looked up, what stands between them and all, and those for which that may not be
    all: a character needs more, a space or line end may have to go, or there is a tag now.

    Of several spaces and line ends the compiled loop leaves one; by arrays such a text is in doubt.
    """
    if compiled.loops is None:
        return _looked_up_by_arrays(texts)
    codes, (becomes, longer) = codes_of(_joined(texts)), _plain_or_longer()
    plain = np.empty(len(codes) + len(codes) // 4 + 99, np.uint32)  # few become more than one
    doubted = np.empty(len(texts), np.bool_)
    count = compiled.loops.look_up(codes, becomes, longer, _spacing(), _ODD, plain, doubted)
    if count == compiled.NOT_PLAIN:
        return _looked_up_by_arrays(texts)
    whole = _decoded(plain[:count])
    if "<" in whole:
        tagged = [whole.count(chr(_BETWEEN), 0, tag.start()) - 1 for tag in TAG.finditer(whole)]
        doubted[tagged] = True
    return whole, np.flatnonzero(doubted).tolist()


def _looked_up_by_arrays(texts: Sequence[str]) -> tuple[str, Iterable[int]]:
    """The same without compiled loops."""
    becomes, _ = _plain()
    plain = becomes.take(codes_of(_written_out()(_joined(texts))), mode="clip")
    whole = _decoded(plain)
    return whole, _in_doubt(plain, whole)


_SHORT = 64
_known = lru_cache(4096)(normalise)
"""Items and notes stand in many rows."""


def _in_doubt(plain: Codes, whole: str) -> list[int]:
    """Texts as they were looked up -> those of them for which that may not be all: a character needs more,
    a space or line end may have to go, or there is a tag now."""
    spaces = np.flatnonzero((plain == ord(" ")) | (plain == ord("\n")))
    left, right, left_of_it, right_of_it = (
        _spacing().take(plain.take(spaces + aside, mode="clip")) for aside in (-1, 1, -2, 2)
    )
    at_edge = (left | right) & _EDGE != 0
    in_number = (left & _LEADS != 0) & (right & _FOLLOWS != 0)
    in_word = (left & right & _LETTER != 0) & ((left_of_it | right_of_it) & _WORD == 0)
    goes = at_edge | ((plain[spaces] == ord(" ")) & (in_number | in_word))
    tags = [tag.start() for tag in TAG.finditer(whole)] if "<" in whole else []
    places = np.concatenate([np.flatnonzero(plain == _ODD), spaces[goes], np.array(tags, np.int64)])
    return sorted({*(np.searchsorted(_ends(plain), places) - 1).tolist()})  # `np.unique` loads masked arrays


def comparison_forms(texts: Sequence[str]) -> list[str]:
    """Normalised texts -> what `normalise.folded` gives for each.

    >>> comparison_forms(["中間サーバー ヘの", "1ー2"])
    ['中間サーバーへの', '1-2']
    """
    forms = _folded(texts).split(chr(_BETWEEN))[1:-1]
    return forms if len(forms) == len(texts) else list(map(folded, texts))


def _folded(texts: Sequence[str]) -> str:
    """Texts -> as they are folded, and what stands between them."""
    if compiled.loops is None:
        return _folded_by_arrays(texts)
    twins, is_kana = _folding()
    codes = codes_of(_joined(texts))
    alike = np.empty(len(codes), np.uint32)
    return _decoded(alike[: compiled.loops.fold(codes, twins, is_kana, _white(), alike)])


def _folded_by_arrays(texts: Sequence[str]) -> str:
    """The same without compiled loops."""
    twins, is_kana = _folding()
    codes = codes_of("".join(_joined(texts).split()))
    alike = twins.take(codes, mode="clip")
    if codes.max() >= _PLANE:
        alike = np.where(codes < _PLANE, alike, codes)
    prolonged = np.flatnonzero(alike == ord("ー"))
    alike[prolonged[~is_kana.take(codes[prolonged - 1], mode="clip")]] = ord("-")
    return _decoded(alike)


def _joined(texts: Sequence[str]) -> str:
    """All texts, with `_BETWEEN` before each and behind the last."""
    between = chr(_BETWEEN)
    return f"{between}{between.join(texts)}{between if texts else ''}"


def _ends(plain: Codes) -> Places:
    return np.flatnonzero(plain == _BETWEEN)


def _decoded(codes: Codes) -> str:
    return codes.tobytes().decode("utf-32-le", "surrogatepass")


_ALWAYS = {"～": "〜", "−": "-", "＜": "<"}
"""What becomes of some characters that are looked for, whatever stands beside them."""


@cache
def _plain() -> tuple[Codes, dict[int, str]]:
    """What normalising makes of each character, spaces, line ends and tags aside, wherever it stands, or
    `_ODD`; and those that are written out before, since they become several characters."""
    simple = _among(HANGS_ON_NONE)
    simple[[point for point in RARE if point < _PLANE]] = False
    becomes = np.where(simple, np.arange(_PLANE, dtype=np.uint32), _ODD)
    longer = {}
    for point, one in UNPROTECTED.items():
        becomes[point] = becomes[ord(one)] if len(one) == 1 and simple[point] else _ODD
        if len(one) > 1 and simple[point] and all(simple[ord(each)] for each in one):
            longer[point] = one
    becomes[[ord(one) for one in _ALWAYS]] = [ord(one) for one in _ALWAYS.values()]
    becomes[_BETWEEN] = _BETWEEN
    becomes[-1] = _ODD  # and all beyond the plane
    return becomes, longer


@cache
def _written_out() -> Callable[[str], str]:
    return replacing(_plain()[1])


@cache
def _plain_or_longer() -> tuple[Codes, Codes]:
    """The same for `look_up`: instead of a character that is written out stands, above all code points, where
    in the second array it is told how many it becomes, and which."""
    plain, written_out = _plain()
    becomes, longer = plain.copy(), [0]
    for point, several in written_out.items():
        becomes[point] = sys.maxunicode + 1 + len(longer)
        # What is written for it may become something else in turn.
        longer += [len(several), *plain[list(map(ord, several))].tolist()]
    return becomes, np.array(longer, np.uint32)


_EDGE, _LEADS, _FOLLOWS, _LETTER, _WORD = 1, 2, 4, 8, 16


@cache
def _spacing() -> Kinds:
    """Characters beside which a space may have to go: others than these keep it, as `normalise` says."""
    kinds = np.zeros(_PLANE, np.uint8)
    for kind, characters in (
        (_EDGE, f" \n{chr(_BETWEEN)}{chr(_ODD)}"),
        (_LEADS, "明大昭平令治正成和元年月第"),  # of a spaced date or article
        (_FOLLOWS, "治正成和元年月日条項号章節編款"),
        (_LETTER, KANJI + KANA),  # of a spaced word, which ends where no other begins
    ):
        kinds[_among(characters)] |= kind
    plane = _decoded(np.arange(_PLANE, dtype=np.uint32))
    for kind, characters in ((_LEADS | _FOLLOWS, r"\d+"), (_WORD, r"\w+")):
        for run in re.finditer(characters, plane):
            kinds[run.start() : run.end()] |= kind
    return kinds


@cache
def _white() -> Flags:
    """Which characters `str.split` parts texts at."""
    white = np.zeros(_PLANE, np.bool_)
    white[codes_of(WHITE_SPACE)] = True
    return white


@cache
def _folding() -> tuple[Codes, Flags]:
    """The twin of each character, and which are kana."""
    twins = np.arange(_PLANE, dtype=np.uint32)
    for point, one in TWINS.items():
        twins[point] = ord(one)
    return twins, _among(KANA)


def _among(characters: str) -> Flags:
    """Which characters of the first plane stand among some, written as in a pattern's class: ぁ-ゖー."""
    found = np.zeros(_PLANE, np.bool_)
    for first, last in re.findall("(.)(?:-(.))?", characters, re.DOTALL):
        found[ord(first) : ord(last or first) + 1] = True
    return found
