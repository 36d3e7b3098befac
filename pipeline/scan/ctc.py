"""From a recogniser's scores at every step along a line to its characters (CTC), with scores and places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .. import rules

Scores = npt.NDArray[np.float32]
BLANK = 0


class Read(NamedTuple):
    """One character of a line: how sure, and the middle of its steps."""

    character: str
    score: float
    middle: float


class Alphabet:
    """A recogniser's outputs; those that no Japanese filing has are left out before the best is chosen.

    The score of a form that nobody writes (务, a dot of Latin text) goes to the Japanese one (務, ・).
    """

    def __init__(self, characters: Sequence[str]) -> None:
        """`characters`: one an output, the first of them the blank."""
        self._outputs = np.array([BLANK, *(n for n, c in enumerate(characters) if n and is_japanese(c))])
        self._characters = [characters[output] for output in self._outputs]
        place = {character: number for number, character in enumerate(self._characters)}
        forms = {row["read"]: row["form"] for row in rules.table("forms")} | dict.fromkeys(_DOTS, "・")
        folded = [
            (output, place[forms[character]])
            for output, character in enumerate(characters)
            if character in forms and character not in place and forms[character] in place
        ]
        self._folded, self._onto = np.array(folded, dtype=np.intp).reshape(-1, 2).T

    def decode(self, scores: Scores) -> list[Read]:
        """Scores (step × output) -> the best character of every step, repeats made one, blanks left out.

        >>> import numpy as np
        >>> told = np.array([[.1, .5, .4, 0], [.2, .5, .3, 0], [1, 0, 0, 0], [.1, 0, 0, .9]], np.float32)
        >>> [(one.character, round(one.score, 1)) for one in Alphabet(['', '务', '務', '事']).decode(told)]
        [('務', 0.9), ('事', 0.9)]
        """
        allowed = scores[:, self._outputs]
        np.add.at(allowed.T, self._onto, scores[:, self._folded].T)
        best = allowed.argmax(axis=1)
        starts = [n for n in range(len(best)) if n == 0 or best[n] != best[n - 1]]
        return [
            Read(
                self._characters[best[start]],
                min(1.0, float(allowed[start:stop, best[start]].max())),
                (start + stop) / 2,
            )
            for start, stop in zip(starts, [*starts[1:], len(best)], strict=False)
            if best[start] != BLANK
        ]


_DOTS = "·•‧∙"


def is_japanese(character: str) -> bool:
    """Whether a character is in CP932, and neither Cyrillic nor a piece of a frame.

    >>> [is_japanese(c) for c in '令①Ⅲ・·项Д┼']
    [True, True, True, True, False, False, False, False]
    """
    try:
        character.encode("cp932")
    except UnicodeEncodeError:
        return False
    return not any("\u0400" <= c <= "\u052f" or "\u2500" <= c <= "\u257f" for c in character)
