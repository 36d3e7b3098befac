"""Two readings of a cell become one, by what was counted where they differ."""

import pytest

from pipeline import rules
from pipeline.scan import both
from pipeline.scan.both import first_right, kind_of, merged, merged_lines
from pipeline.scan.engine import OcrLine

COUNTED = {
    ("合", "令"): (0, 20),
    ("庁", "店"): (12, 0),
    ("kanji", "kanji"): (50, 10),
    ("none", "kanji"): (40, 3),
    ("none", "stop"): (1, 9),
    ("several", "kanji"): (2, 8),
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
        ("令和", "令和", "令和", "they agree"),
        ("合和", "令和", "令和", "the second is right here, counted for these two characters"),
        ("県庁", "県店", "県庁", "the first is right here"),
        ("福祉", "福社", "福祉", "counted for kanji"),
        ("除く", "除くス", "除くス"[:2], "what only the second has: never counted, so the first"),
        ("除く", "除く。", "除く。", "a stop that only the second saw"),
        ("除く", "除く店", "除く", "a kanji that only the second saw"),
        ("Ｉ－１", "I-1", "Ｉ－１", "widths are no difference"),
        ("[〇]", "[○]", "[〇]", "circles are no difference"),
        ("ノ了イル", "ファイル", "ノ了イル", "two for two, one by one; never counted"),
        ("人了", "省", "省", "two for one: counted together"),
        ("Ⅲ 令", "Ⅲ令", "Ⅲ 令", "blanks stay"),
        ("Ⅲ 合", "Ⅲ令", "Ⅲ 令", "blanks stay beside a correction"),
        ("", "令", "", "no line at all in the first"),
    ],
)
def test_choice(first, second, made, why):
    assert merged(line(first), line(second)).text == made, why


def test_agreement_is_surer_and_difference_less_sure():
    both_read = merged(line("事前", 0.8), line("事前", 0.9))
    assert both_read.scores == pytest.approx((0.98, 0.98))
    differ = merged(line("庁", 0.99), line("店", 0.9))
    assert differ.scores == pytest.approx((13 / 14,))
    corrected = merged(line("合", 0.99), line("令", 0.9))
    assert corrected.scores == pytest.approx((0.9,))


def test_what_was_never_counted_is_a_coin_toss_that_the_first_wins():
    differ = merged(line("ａ", 0.99), line("ｂ", 0.99))
    assert (differ.text, differ.scores) == ("ａ", (0.5,))


def test_places_run_from_left_to_right_whoever_is_chosen():
    made = merged(line("省合改正"), line("省令改正", left=-7))
    assert made.text == "省令改正"
    assert list(made.left) == sorted(made.left) and list(made.right) == sorted(made.right)
    assert all(left <= right for left, right in zip(made.left, made.right, strict=True))


def test_lines_are_paired_by_height():
    first = [line("省合", top=0), line("改正", top=20)]
    second = [line("政令", top=41), line("省令", top=1)]
    assert [one.text for one in merged_lines(first, second)] == ["省令", "改正"]


def test_lines_that_one_engine_missed_or_invented():
    assert [one.text for one in merged_lines([line("省合")], [])] == ["省合"]
    assert merged_lines([], [line("RED")]) == ()


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        ([""], "none"),
        (["令和", "I-"], "several"),
        ("庁々", "kanji"),
        ("あっ", "hiragana"),
        ("ァー", "katakana"),
        ("70", "digit"),
        ("③○", "circled"),
        ("Iz", "latin"),
        ("。、,.", "stop"),
        ("・:", "dot"),
        ("<]「", "bracket"),
        ("〒-", "symbol"),
    ],
)
def test_kinds(texts, kind):
    assert {kind_of(text) for text in texts} == {kind}


def test_no_count_is_told_twice_or_of_nothing(monkeypatch):
    monkeypatch.undo()
    rows = rules.table("ocr_choices")
    assert len({(row["first"], row["second"]) for row in rows}) == len(rows)
    assert all(int(row["first_right"]) + int(row["second_right"]) >= 3 for row in rows)
    assert first_right("合", "令") < 0.5
