"""The difference of two texts: nothing lost, and words, numbers and citations never cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import tokens
from pipeline.tokens import diff

TEXT = st.lists(
    st.sampled_from(
        [
            "特定個人情報",
            "ファイル",
            "を",
            "の",
            "、",
            "。",
            "第19条第8号",
            "1,000人",
            "令和6年4月1日",
            "①",
            "III-2",
            "サーバ",
            "サーバー",
        ]
    )
    | st.sampled_from(["・", "(", ")", "へ", "\n", " ", "\u3000", "\x00", "𠮷", "a b", "別表第二の10の項"]),
    max_size=30,
).map("".join)


@given(TEXT | st.text(), TEXT | st.text())
def test_segments_give_both_texts(before, after):
    segments = diff(before, after)
    assert "".join(text for tag, text in segments if tag != "insert") == before
    assert "".join(text for tag, text in segments if tag != "delete") == after
    assert all(text for _, text in segments)
    assert all(a != b for (a, _), (b, _) in pairwise(segments))


@given(TEXT | st.text())
def test_tokens_join_to_the_text(text):
    assert "".join(tokens.tokens(text)) == text


@given(TEXT)
def test_equal_texts_differ_nowhere(text):
    assert diff(text, text) == ((("equal", text),) if text else ())


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("番号法第19条第7号", "番号法第19条第8号", [("delete", "第19条第7号"), ("insert", "第19条第8号")]),
        (
            "令和5年4月1日から",
            "令和6年4月1日から",
            [("delete", "令和5年4月1日"), ("insert", "令和6年4月1日")],
        ),
        ("1,000人以上", "10,000人以上", [("delete", "1,000"), ("insert", "10,000")]),
        (
            "別表第二の10の項",
            "別表第二の11の項",
            [("delete", "別表第二の10の項"), ("insert", "別表第二の11の項")],
        ),
        ("III-2による", "III-3による", [("delete", "III-2"), ("insert", "III-3")]),
        ("サーバに保管", "サーバーに保管", [("delete", "サーバ"), ("insert", "サーバー")]),
        ("甲。乙である。丙。", "甲。丙。", [("delete", "乙である。")]),
        ("", "項目を追加", [("insert", "項目を追加")]),
        ("接種記録を照会する", "接種記録を提供する", [("delete", "照会"), ("insert", "提供")]),
    ],
)
def test_what_changed(before, after, changed):
    assert [segment for segment in diff(before, after) if segment[0] != "equal"] == changed


def test_one_tagger_for_the_process():
    assert tokens.tagger() is tokens.tagger()


def test_only_what_differs_is_tokenised(monkeypatch):
    read = []
    morphemes = tokens._morphemes
    monkeypatch.setattr(tokens, "_morphemes", lambda text: read.append(text) or morphemes(text))
    common = "特定個人情報ファイルは暗号化して保管する。" * 20
    diff(common + "紙で受け付ける、保管する。" + common, common + "電子で受け付ける、保管する。" + common)
    assert sum(map(len, read)) < 30
