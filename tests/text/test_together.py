"""Many texts at once: each comes out as it does alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import compiled
from pipeline.text.normalise import folded, normalise
from pipeline.text.together import comparison_forms, normalised

TEXTS = st.lists(
    st.text("個ーアへヘｰ 　\t\n\0\r<＜＞&；；1１①Ⅲ㈱㍻～－‐゛ﾞｶ．，ＭM\u2f42\u3099\U00020bb7\ud800")
    | st.text("事項ア1２第条年月平元「・aⅢ < > 　\n", max_size=12)  # where spaces stand, and stay
    | st.sampled_from(["平 成 28 年", "第 1 条", "事　　後", "＜b＞", '＜a b="', '"＞', "", "\n"])
    | st.text(),
    max_size=6,
)


@pytest.fixture(autouse=True, scope="module", params=["compiled", "by arrays"])
def way(request):
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "by arrays":
            patch.setattr(compiled, "loops", None)
        yield


@given(TEXTS)
def test_texts_normalised_at_once(texts):
    assert normalised(texts) == list(map(normalise, texts))


def test_texts_that_become_much_longer():
    texts = ["㍿㌖" * 200, "…㈱"]
    assert normalised(texts) == list(map(normalise, texts))


@given(TEXTS)
def test_comparison_forms_told_at_once(texts):
    texts = [*texts, *map(normalise, texts)]
    assert comparison_forms(texts) == list(map(folded, texts))


def test_every_character_of_the_first_plane():
    characters = list(map(chr, range(0x10000)))
    between = [f"個{one}ア" for one in characters]
    for texts in (characters, between):
        assert normalised(texts) == list(map(normalise, texts))
        assert comparison_forms(texts) == list(map(folded, texts))
