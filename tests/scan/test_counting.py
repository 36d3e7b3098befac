"""How engines' differences are counted, and how the bench scores a cell."""

import pytest

from pipeline.model import Repair
from pipeline.scan.engine import OcrLine
from tests.bench_ocr.measure import Score, _score_cell
from tests.scans.count_choices import differences


def line(text: str, score: float = 0.97) -> OcrLine:
    places = tuple(10.0 * n for n in range(len(text)))
    return OcrLine(text, (score,) * len(text), places, places, 0, 10)


@pytest.mark.parametrize(
    ("truth", "first", "second", "found"),
    [
        ("省令", "省令", "省令", []),
        ("省令", "省合", "省令", [("one", False, True)]),
        ("[○]紙", "[]紙", "[〇]紙", [("only_second", False, True)]),
        ("除く。", "除く", "除く.", [("only_second", False, False)]),
        ("除く", "除く", "除く_", [("only_second", True, False)]),
        ("除く。", "除く。", "除く", [("only_first", True, False)]),
        ("ファイル", "ノ了イル", "ファイル", [("one", False, True), ("one", False, True)]),
        ("省に", "人了に", "省に", [("several", False, True)]),
        ("Ⅲ　令", "Ⅲ 令", "Ⅲ令", []),
    ],
)
def test_differences(truth, first, second, found):
    assert [
        (key[0], mine, theirs) for key, mine, theirs in differences(truth, line(first), line(second))
    ] == found


def test_how_sure_each_was_is_part_of_the_key():
    ((key, _, _),) = differences("令", line("合", 0.85), line("令", 0.93))
    assert key == ("one", 0.8, 0.9)


def test_the_bench_tells_right_repairs_from_false_ones():
    def repair(start: int, before: str, after: str, rule: str) -> Repair:
        return Repair(start, start + 1, before, after, rule, "rule", True, 1.0)

    score = Score()
    repairs = [repair(0, "合", "令", "good"), repair(2, "紙", "氏", "bad")]
    _score_cell(score, "令和紙文", "合和紙丈", repairs)
    assert (score.characters, score.wrong, score.wrong_after) == (4, 2, 2)
    assert (dict(score.right), dict(score.spoilt), score.false_edits) == ({"good": 1}, {"bad": 1}, 1)
    assert dict(score.confusions) == {("令", "合"): 1, ("文", "丈"): 1}
