"""From scores at every step to characters."""

import numpy as np
import pytest

from pipeline.scan.ctc import Alphabet, is_japanese

CHARACTERS = ["", "务", "務", "事", "·", "・"]


def steps(*told: dict[str, float]) -> np.ndarray:
    """One dict a step: character -> score; what is left goes to the blank."""
    scores = np.zeros((len(told), len(CHARACTERS)), np.float32)
    for step, row in zip(scores, told, strict=True):
        for character, score in row.items():
            step[CHARACTERS.index(character)] = score
        step[0] += 1 - step.sum()
    return scores


@pytest.mark.parametrize(
    ("told", "text", "why"),
    [
        ((), "", "no step"),
        (({}, {}), "", "blanks alone"),
        (({"事": 0.9}, {"事": 0.8}), "事", "repeats are one character"),
        (({"事": 0.9}, {}, {"事": 0.8}), "事事", "a blank parts two equal characters"),
        (({"事": 0.9}, {"務": 0.8}), "事務", "neighbours without a blank"),
        (({"事": 0.4},), "", "the blank is likelier"),
    ],
)
def test_decoding(told, text, why):
    assert "".join(one.character for one in Alphabet(CHARACTERS).decode(steps(*told))) == text, why


def test_scores_and_places_come_from_the_steps():
    (one,) = Alphabet(CHARACTERS).decode(steps({}, {"事": 0.7}, {"事": 0.9}, {}))
    assert one.score == pytest.approx(0.9)
    assert one.middle == 2.0


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ({"务": 0.6, "務": 0.1}, "務"),
        ({"·": 0.9, "・": 0.02}, "・"),
    ],
)
def test_a_form_that_nobody_writes_gives_its_score_to_the_japanese_one(told, text):
    (one,) = Alphabet(CHARACTERS).decode(steps(told))
    assert one.character == text
    assert one.score == pytest.approx(sum(told.values()))


@pytest.mark.parametrize("character", "亜ア・①Ⅲ㈱〜－髙﨑A1 ")
def test_japanese(character):
    assert is_japanese(character)


@pytest.mark.parametrize("character", "项·Д┼ñ한")
def test_not_japanese(character):
    assert not is_japanese(character)
