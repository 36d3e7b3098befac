"""Normalising: the table of targets, and what holds for any text."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import normalise as normalising
from pipeline.text.normalise import comparison_form, explain, normalise
from tests.cases import cases


def unescaped(text):
    return re.sub(r"\\(?:u([0-9a-f]{4})|U([0-9a-f]{8}))", lambda m: chr(int(m[1] or m[2], 16)), text)


TARGETS = [{key: unescaped(value) for key, value in case.items()} for case in cases("normalise")]
JAPANESE = st.lists(
    st.one_of(
        st.sampled_from(
            "ⅠⅢ①⑳㉑㊙㍻－−‐–ー―～〜~·‧･・、。<>＜＞&;()（）゛゜¨ﾞｶﾊ⼾⺠⻑ 　\t\n\r年月日第条項一ニ札幌市10２"
        ),
        st.characters(min_codepoint=0x20, max_codepoint=0x7E),
        st.characters(min_codepoint=0x3000, max_codepoint=0x33FF),
        st.characters(min_codepoint=0x2000, max_codepoint=0x2FDF),
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
        st.characters(min_codepoint=0xF900, max_codepoint=0xFFEF),
        st.sampled_from(["<p>", "</p>", "<br/>", "<u>", "&lt;", "&gt;", "&amp;", "_x000D_", "平 成 28 年"]),
    )
).map("".join)


@pytest.mark.parametrize("case", TARGETS, ids=lambda case: case["reason"])
def test_target(case):
    assert normalise(case["input"]) == case["expected"]


@pytest.mark.parametrize("case", TARGETS, ids=lambda case: case["reason"])
def test_target_is_its_own_target(case):
    assert normalise(case["expected"]) == case["expected"]


@given(JAPANESE)
def test_normalising_twice_changes_nothing_more(text):
    assert normalise(normalise(text)) == normalise(text)


@given(st.text("ｦｱｶﾊｳｰﾞﾟ゛゜\u3099\u309aかハー漢a ", max_size=12))
def test_sound_marks_anywhere_end_in_one_form(text):
    assert normalise(normalise(text)) == normalise(text)
    half = text.translate({0x3099: None, 0x309A: None})
    assert not re.search("(?:^|[^ぁ-ゖァ-ヺ])[\u3099\u309a]", normalise(half))


@given(JAPANESE)
def test_steps_replay_to_the_same_text(text):
    result, steps = explain(text)
    assert result == normalise(text)
    replayed = text
    for _, before, after in steps:
        assert replayed == before
        replayed = after
    assert replayed == result


@given(JAPANESE)
def test_circled_numbers_and_the_long_vowel_survive(text):
    if "<" not in text and "&" not in text:
        for kept in "①⑳㉑㊙ー―":
            assert normalise(text).count(kept) >= text.count(kept)


@given(JAPANESE)
def test_result_has_one_width_and_no_layout(text):
    result = normalise(text)
    unprotected = "".join(c for c in result if unicodedata.normalize("NFKC", c) == c)
    assert unicodedata.is_normalized("NFKC", unprotected)
    assert not set("\r\t\u3000\u200b\u00ad\ufe0f") & set(result)
    assert "\n\n" not in result and "  " not in result
    assert result == result.strip(" \n")


@given(JAPANESE)
def test_comparison_form_ignores_widths_and_white_space(text):
    form = comparison_form(text)
    assert comparison_form(normalise(text)) == form
    assert not any(c.isspace() for c in form)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("中間サーバーへの\n接続", "中間サーバー ヘの接続"),
        ("Ⅲ－２", "III―2"),
        ("Ⅲー２", "III-2"),
        ("健康·医療", "健康・医療"),
        ("１．識別情報，連絡先", "1。識別情報、連絡先"),
        ("<札幌市>", "〈札幌市〉"),
    ],
)
def test_read_alike(one, other):
    assert comparison_form(one) == comparison_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("サーバ", "サーバー"),
        ("であつて", "であって"),
        ("第15号", "第16号"),
        ("① 甲", "・ 甲"),
        ("キヤノン", "キャノン"),
        ("3ヶ月", "3ケ月"),
        ("アクセス制限", "アクセス制御"),
    ],
)
def test_read_differently(one, other):
    assert comparison_form(one) != comparison_form(other)


@pytest.mark.parametrize(
    "unit, result",
    [("&#5", "&#5"), ("<", "<"), ("<!--", "<!--"), ('<p a="', '<p a="')],
    ids=str,
)
def test_endless_markup_stays(unit, result):
    assert normalise(unit * 20_000) == result * 20_000


def test_nested_entities_and_tags_end():
    """Each was quadratic once: a layer a round, 100 000 rounds."""
    assert normalise("&" + "amp;" * 100_000) == "&"
    assert normalise("&" + "#38;" * 100_000 + "lt;") == "<"
    assert normalise("<" * 30_000 + "b>" * 30_000) == "<" * 29_998 + "〈b〉" + "b>" * 29_998


@given(st.lists(st.sampled_from("甲乙あー々\U00031350\ufada1A\n(「」。\u3000    "), max_size=12).map("".join))
def test_no_spaced_word_gets_past_what_is_looked_for_first(text):
    if not normalising._BETWEEN.search(text):
        assert not re.search(normalising._LETTER_SPACED, text) and not re.search(normalising._PAIR, text)
