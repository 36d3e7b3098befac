"""Masks by a table of cases; what an edit takes out and puts in."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dataset import masking
from pipeline.dataset.businesses import businesses
from pipeline.dataset.edits import read_edit
from pipeline.text.normalise import folded, normalise

CASES = Path(__file__).parents[1] / "cases/masks.tsv"
LETTERS = dict(
    zip(
        (masking.BODY, masking.DEPARTMENT, masking.COMPANY, masking.DATE, masking.NUMBER, masking.BULLET),
        "BDCYN・",
        strict=True,
    )
)


def cases():
    with CASES.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


TEXT = st.text("札幌市町民課長令和6年4月1日第号条。、の①A", max_size=40)


@pytest.mark.parametrize("case", cases(), ids=lambda c: c["text"])
def test_masks(case):
    masked = masking.mask(folded(normalise(case["text"])), case["body"])
    assert masked.translate(str.maketrans(LETTERS)) == case["masked"]


@pytest.mark.parametrize(
    ("before", "after", "removed", "added"),
    [
        ("番号法第19条第7号", "番号法第19条第8号", "7", "8"),
        ("", "電算室に置く", "", "電算室に置く"),
        ("保管する。", "保管する。鍵を掛ける。", "", "鍵を掛ける。"),
        (
            "庁内の書庫で一部を管理する",
            "庁内の書庫で一部を菅理する。委託もする。",
            "",
            "。委託もする。",
        ),  # 管 misread
        ("あ" * 9000 + "紙", "い" * 9000 + "紙", "あ" * 1200, "い" * 1200),  # too long to be compared
    ],
)
def test_what_is_taken_out_and_put_in(before, after, removed, added):
    assert read_edit(before, after, None)[:2] == (removed, added)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("市民課長", "総合窓口課長"),
        ("令和2年5月1日", "令和3年5月1日"),
        ("株式会社山川情報", "北斗計算株式会社"),
        ("札幌市", "本市"),
        ("保管する", "保 管\nする"),
        ("", ""),
    ],
)
def test_edits_that_say_nothing_of_others(before, after):
    assert read_edit(before, after, "札幌市") is None


@given(TEXT, TEXT, TEXT)
def test_common_words_around_do_not_enter_an_edit(before, after, around):
    edit = read_edit(before, after, "札幌市")
    if edit is not None:
        assert len(edit.removed) <= len(before) and len(edit.added) <= len(after)
        assert edit.removed != edit.added
    assert read_edit(around + before, around + before, "札幌市") is None


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("札幌市 住民基本台帳に関する事務 全項目評価書", ("住民基本台帳",)),
        ("個人住民税の賦課徴収に関する事務", ("個人住民税",)),
        ("町民税・固定資産税の賦課に関する事務", ("固定資産税", "個人住民税")),
        ("児童扶養手当の支給に関する事務", ("児童扶養手当",)),
        ("国民健康保険・後期高齢者医療", ("後期高齢者医療", "国民健康保険")),
        ("地方税の収納に関する事務", ("地方税",)),
        ("農地台帳", ()),
        (None, ()),
    ],
)
def test_businesses(title, found):
    assert businesses(title) == found
