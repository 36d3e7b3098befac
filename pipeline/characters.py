"""Characters that stand for others: radicals for ideographs, codes of symbol fonts for bullets.

PDF producers write them into the text though the page shows the usual ones. Each is replaced by one
character, so that places in the text stay what they were.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from . import rules


def pattern_of(points: Iterable[int], near: int = 1) -> re.Pattern[str]:
    """Code points -> a pattern that finds any of them, and what lies between two that are near."""
    ranges: list[tuple[int, int]] = []
    for point in sorted(points):
        if ranges and point - ranges[-1][1] <= near:
            ranges[-1] = ranges[-1][0], point
        else:
            ranges.append((point, point))
    return re.compile("[" + "".join(f"{re.escape(chr(a))}-{re.escape(chr(b))}" for a, b in ranges) + "]")


def replacing(table: Mapping[int, str]) -> Callable[[str], str]:
    """Code points and what takes their place -> the function that replaces them in a text.

    `str.translate` looks every character up, found or not; here a text without any is searched once.

    >>> replacing({ord("～"): "〜"})("４月～")
    '４月〜'
    """
    found = pattern_of(table, near=32)  # few ranges are quick to search; what lies between stays
    becomes = {chr(point): text for point, text in table.items()}
    return lambda text: found.sub(lambda one: becomes.get(one[0], one[0]), text)


RADICALS = {ord(row["radical"]): row["ideograph"] for row in rules.table("radicals")}
SYMBOLS = {int(row["code_point"].removeprefix("U+"), 16): row["symbol"] for row in rules.table("symbols")}
_COMPATIBLE_IDEOGRAPHS = {
    point: unicodedata.normalize("NFKC", chr(point))
    for point in (*range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20))
}
_IDEOGRAPHS = RADICALS | {point: one for point, one in _COMPATIBLE_IDEOGRAPHS.items() if len(one) == 1}
_ideographs, _symbols, _both = replacing(_IDEOGRAPHS), replacing(SYMBOLS), replacing(_IDEOGRAPHS | SYMBOLS)


def ideographs(text: str) -> str:
    """Text -> the same length of it, radicals and compatibility forms written as the ideographs they show.

    >>> ideographs("令和６年４⽉１⽇"), ideographs("札幌市⻑")
    ('令和６年４月１日', '札幌市長')
    """
    return _ideographs(text)


def forms(ideograph: str) -> tuple[str, ...]:
    """An ideograph -> all characters that show it.

    >>> [f"U+{ord(one):04X}" for one in forms("更")]
    ['U+66F4', 'U+F901']
    """
    return (ideograph, *_forms().get(ideograph, ()))


@cache
def _forms() -> dict[str, list[str]]:
    forms: dict[str, list[str]] = {}
    for point, ideograph in _IDEOGRAPHS.items():
        forms.setdefault(ideograph, []).append(chr(point))
    return forms


def symbols(text: str) -> str:
    r"""Text -> the same length of it, bullets of Symbol and Wingdings as Unicode's own characters.

    >>> symbols("\uf0b7記録 \uf0fc済 \uf0d8交付")
    '・記録 ✓済 ➢交付'
    """
    return _symbols(text)


def shown(text: str) -> str:
    """Text -> the same length of it, as the page shows it: `ideographs` and `symbols` at once."""
    return _both(text)


HANGS_ON_NONE = (
    "\n -~\u2010-\u2016\u2018-\u2027\u2030-\u203d\u203f-\u205e"
    "ℂ-⅋⅐-↋←-⏿①-➿\u3000-〩〰-〿ぁ-ゖァ-ヿ㈠-㉟㊀-㋾㌀-㏿一-鿿！-ﾝ￠-￢￤-￦"
)
"""Characters, as a pattern's class has them, of which no mark hangs over its neighbour."""
ALONE = re.compile(f"[{HANGS_ON_NONE}]*")
"""Text of such characters: NFKC takes each for itself."""
COMPATIBLE = {
    point: unicodedata.normalize("NFKC", chr(point))
    for point in (*range(0x2010, 0x3400), *range(0xFF01, 0xFFE7))
    if ALONE.fullmatch(chr(point)) and not unicodedata.is_normalized("NFKC", chr(point))
}
"""Those of its characters that NFKC replaces."""
_compatible = replacing(COMPATIBLE)


def nfkc(text: str) -> str:
    """Text -> what `unicodedata.normalize("NFKC", ideographs(text))` gives, only sooner.

    >>> nfkc("Ⅲ　ﾘｽｸ⼈①")
    'III リスク人1'
    """
    if not ALONE.fullmatch(text):
        return unicodedata.normalize("NFKC", ideographs(text))
    return text if unicodedata.is_normalized("NFKC", text) else _compatible(text)
