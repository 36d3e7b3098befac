"""Which text of a page is none: decided before anything is drawn or read."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline import compiled
from pipeline.scan.layer import agreement, counted, is_garbled

SENTENCE = "特定個人情報ファイルの取扱いの委託について、番号法第19条第8号に基づく措置を講じる。"


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        "Ⅱ－３ ⑤本人への明示 （※１）～ ㈱ ㍻ ‐ ― ･ﾘｽｸ",
        "- 12 -",
        "Information Systems, 2024/4/1 12:00",
        "札幌市 小樽市 旭川市 室蘭市 釧路市 帯広市 北見市 夕張市 岩見沢市 網走市 " * 8,
        "薔薇 齟齬 " * 4,
    ],
)
def test_text_of_filings_is_text(text):
    assert not is_garbled(text)


@pytest.mark.parametrize(
    "text",
    [
        "\ue123\ue124\ue125" * 30,
        "\ufffd" * 20 + "変更日",
        "ŒÂlî•ñ•ÛŒì•]‰¿‘" * 5,
        "".join(chr(0x6F00 + 37 * k % 0x900) for k in range(400)),
    ],
)
def test_what_a_broken_map_gives_is_none(text):
    assert is_garbled(text)


def test_two_readings_are_compared_without_widths_and_blanks():
    assert agreement("Ｉ－５　 ②所属長", "I-5②所属長") == 1.0
    assert agreement("", "") == 1.0
    assert agreement("事後", "") == 0.0


@given(st.text(st.characters()))
@example("変更カﾞ\U00020b9f\ue000\ud800 A\n\uffff")
def test_kinds_are_counted_alike_with_nothing_compiled(text: str) -> None:
    quick = counted(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "loops", None)
        assert counted(text) == quick
    assert sum(quick) == len(text)
