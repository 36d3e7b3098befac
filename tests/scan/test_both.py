"""Two readings of a cell become one, by what was counted where they differ."""

import pytest

from pipeline import rules
from pipeline.scan import both
from pipeline.scan.both import FIRST_STEPS, SECOND_STEPS, merged, merged_lines, step_of
from pipeline.scan.engine import OcrLine

COUNTED = {
    ("one", 0.0, 0.95): (1, 20),
    ("one", 0.8, 0.95): (8, 32),
    ("one", 0.99, 0.0): (94, 0),
    ("one", 0.99, 0.95): (26, 1),
    ("only_second", 0.99, 0.95): (2, 9),
    ("only_second", 0.99, 0.0): (5, 0),
    ("several", 0.5, 0.95): (1, 3),
}


@pytest.fixture(autouse=True)
def counted(monkeypatch):
    monkeypatch.setattr(both, "_counts", lambda: COUNTED)


def line(text: str, score: float = 0.9, top: float = 0, left: float = 0) -> OcrLine:
    """Characters of 10 pixels each, all equally sure."""
    n = range(len(text))
    lefts, rights = tuple(left + 10.0 * i for i in n), tuple(left + 10.0 * i + 9 for i in n)
    return OcrLine(text, (score,) * len(text), lefts, rights, top, top + 10)


@pytest.mark.parametrize(
    ("first", "second", "made", "why"),
    [
        (("令和", 0.9), ("令和", 0.9), "令和", "they agree"),
        (("合和", 0.9), ("令和", 0.97), "令和", "the second is surer, and was counted right"),
        (("県庁", 1.0), ("県店", 0.97), "県庁", "the first is as good as always right when so sure"),
        (("県庁", 1.0), ("県店", 0.5), "県庁", "the second is not sure"),
        (("県庁", 0.3), ("県店", 0.5), "県庁", "never counted: the first"),
        (("〓和", 0.0), ("令和", 0.97), "令和", "what the first could not read at all"),
        (("除く", 1.0), ("除く。", 0.97), "除く。", "a stop that only the second saw"),
        (("除く", 1.0), ("除く_", 0.4), "除く", "dirt that only the second took for a character"),
        (("除く。", 0.9), ("除く", 0.9), "除く。", "a stop that only the first saw: never counted"),
        (("Ｉ－１", 0.9), ("I-1", 0.99), "Ｉ－１", "widths are no difference"),
        (("[〇]", 0.9), ("[○]", 0.99), "[〇]", "circles are no difference"),
        (("ノ了イル", 0.8), ("ファイル", 0.96), "ファイル", "two for two are told one by one"),
        (("人了に", 0.6), ("省に", 0.96), "省に", "two for one are told together"),
        (("Ⅲ 令", 0.9), ("Ⅲ令", 0.96), "Ⅲ 令", "blanks stay"),
        (("Ⅲ 合", 0.9), ("Ⅲ令", 0.96), "Ⅲ 令", "blanks stay beside a correction"),
    ],
)
def test_choice(first, second, made, why):
    assert merged(line(*first), line(*second)).text == made, why


def test_agreement_is_surer_and_difference_less_sure():
    both_read = merged(line("事前", 0.8), line("事前", 0.9))
    assert both_read.scores == pytest.approx((0.98, 0.98))
    differ = merged(line("庁", 1.0), line("店", 0.96))
    assert differ.scores == pytest.approx((27 / 29,))
    corrected = merged(line("合", 0.3), line("令", 0.96))
    assert corrected.scores == pytest.approx((21 / 23,))


def test_what_was_never_counted_is_a_coin_toss_that_the_first_wins():
    differ = merged(line("ａ", 0.6), line("ｂ", 0.6))
    assert (differ.text, differ.scores) == ("ａ", (0.5,))


def test_places_run_from_left_to_right_whoever_is_chosen():
    made = merged(line("省合改正"), line("省令改正", 0.97, left=-7))
    assert made.text == "省令改正"
    assert list(made.left) == sorted(made.left) and list(made.right) == sorted(made.right)
    assert all(left <= right for left, right in zip(made.left, made.right, strict=True))


def test_lines_are_paired_by_height():
    first = [line("省合", top=0), line("改正", top=20)]
    second = [line("政令", 0.97, top=41), line("省令", 0.97, top=1)]
    assert [one.text for one in merged_lines(first, second)] == ["省令", "改正"]


def test_lines_that_one_engine_missed_or_invented():
    assert [one.text for one in merged_lines([line("省合")], [])] == ["省合"]
    assert merged_lines([], [line("RED")]) == ()


def test_the_counts_are_of_steps_that_are_asked_for(monkeypatch):
    monkeypatch.undo()
    rows = rules.table("ocr_choices")
    assert {row["differ"] for row in rows} <= {"one", "only_first", "only_second", "several"}
    assert {float(row["first_from"]) for row in rows} <= set(FIRST_STEPS)
    assert {float(row["second_from"]) for row in rows} <= set(SECOND_STEPS)
    keys = [(row["differ"], row["first_from"], row["second_from"]) for row in rows]
    assert len(set(keys)) == len(keys)
    assert sum(int(row["first_right"]) + int(row["second_right"]) for row in rows) > 100


@pytest.mark.parametrize(("score", "step"), [(0.0, 0.0), (0.49, 0.0), (0.5, 0.5), (0.949, 0.8), (1.0, 0.99)])
def test_steps(score, step):
    assert step_of(score, FIRST_STEPS) == step
