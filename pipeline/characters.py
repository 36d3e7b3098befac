"""Characters that stand for others: radicals for ideographs, codes of symbol fonts for bullets.

PDF producers write them into the text though the page shows the usual ones. Each is replaced by one
character, so that places in the text stay what they were.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

from . import rules

_NEAR = 32


def replacing(table: Mapping[int, str]) -> Callable[[str], str]:
    """Code points and what takes their place -> the function that replaces them in a text.

    `str.translate` looks every character up, found or not; here a text without any is searched once.

    >>> replacing({ord("～"): "〜"})("４月～")
    '４月〜'
    """
    ranges: list[tuple[int, int]] = []
    for point in sorted(table):
        first, last = ranges[-1] if ranges else (point, point)
        if ranges and point - last < _NEAR:  # few ranges are quick to search; what lies between stays
            ranges[-1] = first, point
        else:
            ranges.append((point, point))
    anywhere = "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in ranges)
    found = re.compile(f"[{anywhere}]")
    becomes = {chr(point): text for point, text in table.items()}
    return lambda text: found.sub(lambda one: becomes.get(one[0], one[0]), text)


RADICALS = {ord(row["radical"]): row["ideograph"] for row in rules.table("radicals")}
SYMBOLS = {int(row["code_point"].removeprefix("U+"), 16): row["symbol"] for row in rules.table("symbols")}
_COMPATIBLE = {
    point: unicodedata.normalize("NFKC", chr(point))
    for point in (*range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20))
}
_IDEOGRAPHS = RADICALS | {point: one for point, one in _COMPATIBLE.items() if len(one) == 1}
_ideographs, _symbols, _both = replacing(_IDEOGRAPHS), replacing(SYMBOLS), replacing(_IDEOGRAPHS | SYMBOLS)


def ideographs(text: str) -> str:
    """Text -> the same length of it, radicals and compatibility forms written as the ideographs they show.

    >>> ideographs("令和６年４⽉１⽇"), ideographs("札幌市⻑")
    ('令和６年４月１日', '札幌市長')
    """
    return _ideographs(text)


def symbols(text: str) -> str:
    r"""Text -> the same length of it, bullets of Symbol and Wingdings as Unicode's own characters.

    >>> symbols("\uf0b7記録 \uf0fc済 \uf0d8交付")
    '・記録 ✓済 ➢交付'
    """
    return _symbols(text)


def shown(text: str) -> str:
    """Text -> the same length of it, as the page shows it: `ideographs` and `symbols` at once."""
    return _both(text)
