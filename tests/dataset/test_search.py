"""Search as a researcher uses it: what is found, what is not, and that the index follows the dataset."""

import datetime as dt
import re
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dataset import index
from pipeline.dataset.search import matches, search, told
from pipeline.errors import StoreError, UsageError
from tests.dataset.made import changes, dataset

DAY = dt.date
ROWS = changes(
    {
        "before": "委託先での取扱いを確認する。",
        "after": "委託先での取り扱いを記録する。",
        "item_codes": ["II-4-consignment1-2"],
        "item_key": "consignment.content",
        "change_date": DAY(2024, 4, 1),
    },
    {
        "before": "京都府の窓口",
        "after": "東京都の窓口で、個人\n番号を聞く",
        "item_code": "I-2",
        "item_key": "file.name",
        "change_date": DAY(2023, 5, 27),
        "municipality_code": "212211",
        "municipality": "海津市",
        "change_kind": "added",
        "source_path": "b.pdf",
    },
    {
        "after": "サーバに置く",
        "note": "番号法の改正 100%",
        "item_codes": ["I-21", "III-7-risk1-5"],
        "item_key": "storage_place",
        "note_kind": "法令改正",
        "change_date": None,
    },
    {
        "after": 'ID及びパスワード(2要素)、㈱=SUM(A1) "引用" it\'s',
        "item_codes": ["IV-1"],
        "change_date": DAY(2024, 5, 31),
    },
    {"before": "前", "after": "後", "change_date": DAY(2024, 5, 31)},
)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return dataset(tmp_path_factory.mktemp("search"), ROWS)


def found(out, words, **how):
    return list(dict.fromkeys(search(words, out, **how)["row_id"].str[-1]))


@pytest.mark.parametrize(
    ("words", "by", "rows"),
    [
        ("取扱い", "both", "1"),
        ("取扱", "words", "1"),  # another spelling
        ("取扱", "characters", "1"),
        ("記録した", "words", ""),  # する is not した: た is a word of its own
        ("サーバー", "both", "3"),
        ("サーバー", "characters", ""),
        ("都", "characters", "2"),  # one character, within 京都 too
        ("前", "both", "5"),  # one character that is a whole cell
        ("法の", "both", "3"),
        ("個人番号", "characters", "2"),  # over a line end
        ("個人番号", "words", "2"),
        ("ｻｰﾊﾞ", "both", "3"),
        ("id 及び", "both", "4"),
        ("ｉｄ　パスワード", "both", "4"),
        ("ID 窓口", "both", ""),  # all words must be there
        ("確認する。委託先", "both", ""),  # not across two cells
        ("100%", "both", "3"),
        ("(2要素)", "both", "4"),
        ("=SUM(A1)", "both", "4"),
        ('"引用"', "both", "4"),
        ("it's", "both", "4"),
        ("' OR 1=1 --", "both", ""),
        ("NOT grams:*", "both", ""),
        ("窓口 NEAR", "both", ""),
        ("𠮷", "both", ""),
    ],
)
def test_words(out, words, by, rows):
    assert "".join(found(out, words, by=by)) == rows


def test_one_character_as_a_word_is_no_part_of_another(out):
    assert found(out, "京", by="words") == []
    assert found(out, "京", by="characters") == ["2"]


@pytest.mark.parametrize(
    ("how", "rows"),
    [
        ({"body": "海津市"}, "2"),
        ({"body": "212211"}, "2"),
        ({"body": "２１２２１１"}, "2"),
        ({"body": "海津"}, ""),
        ({"item": "I-2"}, "2"),  # not I-21
        ({"item": "Ⅰ－２"}, "2"),
        ({"item": "I"}, "32"),  # not II-4, not IV-1
        ({"item": "III-7"}, "3"),
        ({"item": "II-4-consignment"}, "1"),
        ({"item": "II-4-consignment1"}, "1"),
        ({"item": "consignment"}, "1"),
        ({"item": "storage"}, ""),  # storage_place is another key
        ({"since": "2024"}, "451"),
        ({"since": "2024", "until": "2024-04"}, "1"),
        ({"until": DAY(2023, 5, 27)}, "2"),
        ({"until": "2024-05-30", "since": DAY(2024, 1, 1)}, "1"),
        ({"kind": "added"}, "2"),
        ({"kind": "法令改正"}, "3"),
    ],
)
def test_filters(out, how, rows):
    every = set("12345") if not how else None
    hits = {row for word in ("取扱い", "窓口", "サーバ", "ID", "後") for row in found(out, word, **how)}
    assert hits == set(rows), every


def test_newest_first_and_dates_unknown_last(out):
    assert found(out, "の") == ["1", "2", "3"]


def test_a_reprint_is_found_once(tmp_path):
    same = {"change_id": "c" * 16, "after": "記載を改めた", "change_date": DAY(2024, 4, 1)}
    out = dataset(tmp_path, changes(
        same | {"source_path": "new.pdf", "published": DAY(2025, 1, 1)},
        same | {"source_path": "old.pdf", "published": DAY(2024, 5, 1)},
        same | {"source_path": "newer.pdf", "published": DAY(2026, 1, 1), "note": "再掲した記載"},
    ))  # fmt: skip
    once = search("記載", out)
    assert (once["source_path"].tolist(), once.attrs["found"]) == (["old.pdf"], 1)
    assert search("再掲", out)["source_path"].tolist() == ["newer.pdf"]
    every = search("記載", out, distinct=False)
    assert every["row_id"].nunique() == every.attrs["found"] == 3


def test_reprints_on_both_sides_of_a_batch(tmp_path, monkeypatch):
    monkeypatch.setattr(index, "_BATCH", 2)
    again = [{"after": "鍵の交換", "change_id": "one", "source_path": f"{n}.pdf"} for n in range(5)]
    out = dataset(tmp_path, changes(*again, {"after": "別の鍵"}))
    assert search("鍵", out).attrs["found"] == 2
    assert len(search("鍵", out, distinct=False, limit=None)["row_id"]) == 6


def test_the_limit_counts_changes_not_lines(out):
    one = search("の", out, limit=1)
    assert (one["row_id"].unique().tolist(), one.attrs["found"]) == (["r-0001"], 3)
    assert one["field"].tolist() == ["before", "after"]
    assert search("の", out, limit=None)["row_id"].nunique() == 3


def test_a_line_shows_the_match_in_its_context(out):
    line = search("取り扱う", out, by="words")
    assert line.empty  # the noun's dictionary form is not the verb's
    (before, after) = search("取扱い", out).to_dict("records")
    assert (before["left"], before["match"], before["right"]) == ("委託先での", "取扱い", "を確認する。")
    assert (after["field"], after["match"], after["count"]) == ("after", "取り扱い", 1)
    shown = told(search("取扱い", out))
    assert "委託先での【取り扱い】を記録する。" in shown
    assert shown.endswith("1 change")


def test_the_index_follows_the_dataset(tmp_path):
    out, messages = dataset(tmp_path, changes({"after": "古い"})), []
    assert found(out, "古い", tell=messages.append) == ["1"]
    assert found(out, "古い", tell=messages.append) == ["1"]
    assert len(messages) == 1
    dataset(tmp_path, changes({"after": "新しい"}))
    assert found(out, "古い", tell=messages.append) == []
    assert found(out, "新しい") == ["1"]
    assert len(messages) == 2


def test_a_damaged_index_is_made_again(tmp_path):
    out = dataset(tmp_path, changes({"after": "語"}))
    assert found(out, "語") == ["1"]
    (out / ".henkou/search.sqlite").write_bytes(b"no database" * 1000)
    assert found(out, "語") == ["1"]
    (out / ".henkou/search.sqlite").write_bytes(b"")
    assert found(out, "語") == ["1"]


def test_an_index_cut_short_is_not_taken_for_one(tmp_path, monkeypatch):
    out = dataset(tmp_path, changes({"after": "語"}, {"after": "語"}))

    def cut(cells):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(index, "words", cut)
        search("語", out)
    assert list((out / ".henkou").iterdir()) == []
    assert found(out, "語") == ["1", "2"]


def test_where_the_index_cannot_be_written(tmp_path, monkeypatch):
    out = dataset(tmp_path, changes({"after": "語"}))

    def full(*_):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(index, "_fill", full)
    with pytest.raises(StoreError, match="disk is full"):
        search("語", out)


def test_what_cannot_be_asked(out, tmp_path):
    for how, words in [
        ({"by": "sound"}, "both, characters, words"),
        ({"kind": "moved"}, "法令改正"),
        ({"since": "2024-13"}, "2024-05-27"),
        ({"until": "令和6年"}, "2024-05-27"),
        ({"limit": 0}, "limit"),
    ]:
        with pytest.raises(UsageError, match=words):
            search("の", out, **how)
    for nothing in ("", "　", []):
        with pytest.raises(UsageError, match="at least one word"):
            search(nothing, out)
    with pytest.raises(UsageError, match="henkou extract"):
        search("の", tmp_path)


def test_no_rows_at_all(tmp_path):
    empty = search("語", dataset(tmp_path, []))
    assert (len(empty), empty.attrs["found"], "match" in empty) == (0, 0, True)


@given(st.text("個人番号の取扱いIDａ-\n 。\"'*𠮷", max_size=40), st.integers(0, 39), st.integers(1, 8))
def test_any_part_of_a_text_is_among_its_matches(text, start, length):
    part = re.sub(r"\s", "", text[start : start + length])
    if part:
        solid = [re.sub(r"\s", "", text[a:b]).lower() for a, b in matches(text, [part], "characters")]
        assert part.lower() in solid


@given(st.text(max_size=30), st.text(min_size=1, max_size=3))
def test_neighbours_are_found_where_the_text_is(text, part):
    """What FTS5 compares agrees with what the text holds."""
    solid = re.sub(r"\s+", "", text).lower()
    want = re.sub(r"\s+", "", part).lower()
    have, asked = index.grams(text).split(" "), index.grams(part).split(" ")[:-1]
    if len(want) > 1 and len(want) == len(part) and "\x00" not in text + part:
        runs = [have[at : at + len(asked)] for at in range(len(have))]
        assert (asked in runs) == (want in solid)
