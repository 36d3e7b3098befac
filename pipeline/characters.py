"""Characters that stand for others: radicals for ideographs, codes of symbol fonts for bullets.

PDF producers write them into the text though the page shows the usual ones. Each is replaced by one
character, so that places in the text stay what they were.
"""

from __future__ import annotations

import unicodedata

from . import rules

RADICALS = {ord(row["radical"]): row["ideograph"] for row in rules.table("radicals")}
SYMBOLS = {int(row["code_point"].removeprefix("U+"), 16): row["symbol"] for row in rules.table("symbols")}
_COMPATIBLE = {
    point: unicodedata.normalize("NFKC", chr(point))
    for point in (*range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20))
}
_IDEOGRAPHS = RADICALS | {point: one for point, one in _COMPATIBLE.items() if len(one) == 1}


def ideographs(text: str) -> str:
    """Text -> the same length of it, radicals and compatibility forms written as the ideographs they show.

    >>> ideographs("令和６年４⽉１⽇"), ideographs("札幌市⻑")
    ('令和６年４月１日', '札幌市長')
    """
    return text if text.isascii() else text.translate(_IDEOGRAPHS)


def symbols(text: str) -> str:
    r"""Text -> the same length of it, bullets of Symbol and Wingdings as Unicode's own characters.

    >>> symbols("\uf0b7記録 \uf0fc済 \uf0d8交付")
    '・記録 ✓済 ➢交付'
    """
    return text if text.isascii() else text.translate(SYMBOLS)
