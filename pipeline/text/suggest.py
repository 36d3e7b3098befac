"""Suggestions from the tokenizer: a character that splinters a word of the field, misread in no known way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .ledger import Edit
from .lexicon import HOLES, WINDOW, Lexicon
from .normalise import KANJI

_WORD_CHARACTER = re.compile(f"[{KANJI}ァ-ヺー]")
_REACH = 8


def splinter_edits(text: str, words: Lexicon) -> Iterator[Edit]:
    """Text -> suggestions where the field's sentences have another character and fewer morphemes.

    >>> from .lexicon import known_pairs, lexicon
    >>> words = lexicon(known_pairs())
    >>> [(one.start, one.after, one.applied) for one in splinter_edits('特定個人惰報ファイルの取扱い', words)]
    [(4, '情', False)]
    """
    for place, read in enumerate(text):
        if not _WORD_CHARACTER.match(read):
            continue
        for hole in HOLES:
            start = place - hole
            around = text[start:place] + text[place + 1 : start + WINDOW] if start >= 0 else ""
            seen = words.windows.get((hole, around))
            if seen is None or len(seen) > 1 or read in seen:
                continue
            (truth,) = seen
            if _WORD_CHARACTER.match(truth) and _splinters(text, place, truth):
                yield Edit(place, place + 1, truth, "splintered_word", "pair", 0.5, False, around)
            break


def _splinters(text: str, place: int, truth: str) -> bool:
    from ..tokens import tokens  # loads the dictionary: only once a suggestion needs it

    left, right = text[max(0, place - _REACH) : place], text[place + 1 : place + 1 + _REACH]
    return len(tokens(left + truth + right)) < len(tokens(left + text[place] + right))
