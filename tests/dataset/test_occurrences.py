"""Which rows print one change: read alike, edited, misread; and what only looks like it."""

import pandas as pd
import pytest

import pipeline
from pipeline.dataset.load import read_table
from tests.across.small import Printed, dataset, filing

SAPPORO = "011002"
LONG = "保存期間を経過した特定個人情報は、システムの機能により消去し、記録を残す。"
A = Printed(f"{LONG}紙は裁断する。", f"{LONG}紙は溶解する。")
B = Printed(
    "委託しない", "株式会社見本データに委託する", date="2022-04-01", item="II-4 委託の有無", key="consignment"
)


def prints(out):
    """Rows by the change that they print, as (filing's date, ordinal), in the order of first prints."""
    rows = read_table(out, "occurrences").merge(pipeline.load(out), on="row_id")
    rows["at"] = [
        f"{p:%Y}#{n}" if p == p else f"draft#{n}"
        for p, n in zip(rows["published"], rows["ordinal"], strict=True)
    ]
    return sorted(sorted(some["at"]) for _, some in rows.groupby("change_id_x"))


def after(row, text):
    return Printed(row.before, text, row.date, row.item, row.key)


def test_reprints_are_one_change_and_its_first_print_is_dated(tmp_path):
    out = dataset(tmp_path, filing(SAPPORO, "2022-01-01", A), filing(SAPPORO, "2023-01-01", A, B))
    assert prints(out) == [["2022#1", "2023#1"], ["2023#2"]]
    rows = read_table(out, "occurrences")
    assert rows["match"].tolist() == ["exact"] * 3 and rows["is_first"].tolist() == [True, False, True]
    assert rows["first_published"].dt.year.tolist() == [2022, 2022, 2023]
    assert len(pipeline.load(out, distinct=True)) == 2


@pytest.mark.parametrize(
    ("later", "same"),
    [
        (after(A, A.after + "記録は5年間保存する。"), True),  # a sentence more
        (after(A, A.after.replace("システム", "シスデム")), True),  # misread
        (Printed(A.before, A.after, "2021-09-02", A.item, A.key), True),  # the date put right
        (Printed(A.before, A.after, None, A.item, None), True),  # date and item not read
        (Printed("紙は裁断する。", "紙は庁内便で送る。", A.date, A.item, A.key), False),  # another edit there
        (Printed(A.before, A.after, A.date, "III-2 リスク1", "risk"), False),  # the same edit elsewhere
    ],
)
def test_an_old_row_that_reads_differently(tmp_path, later, same):
    out = dataset(tmp_path, filing(SAPPORO, "2022-01-01", A, B), filing(SAPPORO, "2023-01-01", later, B))
    rows = read_table(out, "occurrences")
    assert (prints(out)[0] == ["2022#1", "2023#1"]) is same
    assert ("near" in set(rows["match"])) is same
    found = read_table(out, "findings")
    assert found["kind"].tolist() == (["edited"] if same else ["dropped"])
    if same:
        near = rows.loc[rows["match"] == "near", "score"].iloc[0]
        assert 0.6 < near <= 1 and found["score"].iloc[0] == near


def test_a_count_of_every_year_is_a_change_each_year(tmp_path):
    def count(year):
        return Printed(
            f"令和{year}年5月1日時点",
            f"令和{year + 1}年5月1日時点",
            f"{2018 + year}-06-01",
            "II-2 時点",
            "count",
        )

    out = dataset(tmp_path, *(filing(SAPPORO, f"{2018 + year}-12-01", count(year)) for year in (2, 3, 4)))
    assert prints(out) == [["2020#1"], ["2021#1"], ["2022#1"]]
    assert read_table(out, "findings")["kind"].tolist() == ["restarted"] * 2  # prints only what is new


def test_twins_of_one_table_stay_two_though_both_are_misread(tmp_path):
    def twin(n, misread=""):
        return Printed(
            f"提供先{n}へ{LONG}", f"提供先{n}へ紙で{LONG}{misread}", item=f"II-5 提供先{n}", key="recipient"
        )

    out = dataset(
        tmp_path,
        filing(SAPPORO, "2022-01-01", twin(1), twin(2)),
        filing(SAPPORO, "2023-01-01", twin(2, "一"), twin(1, "、")),
    )
    assert prints(out) == [["2022#1", "2023#2"], ["2022#2", "2023#1"]]


def test_a_draft_comes_before_what_it_became_but_is_not_the_first_print(tmp_path):
    draft = after(A, A.after + "一部は保管する。")
    out = dataset(tmp_path, filing(SAPPORO, None, draft), filing(SAPPORO, "2022-01-01", A))
    assert prints(out) == [["2022#1", "draft#1"]]
    rows = read_table(out, "occurrences").merge(pipeline.load(out)[["row_id", "stage"]], on="row_id")
    assert rows.set_index("stage")["is_first"].to_dict() == {"published": True, "draft": False}
    assert read_table(out, "findings")["kind"].tolist() == ["edited"]


def test_the_newest_revision_tells_what_is_still_printed(tmp_path):
    out = dataset(
        tmp_path,
        filing(SAPPORO, "2022-01-01", A, B),
        filing(SAPPORO, "2023-01-01", B),
        filing(SAPPORO, None, A),
    )
    rows = read_table(out, "occurrences").merge(pipeline.load(out), on="row_id")
    assert rows.groupby("item_key")["in_latest_filing"].first().to_dict() == {
        "consignment": True,
        "legal_basis": False,
    }
    assert read_table(out, "findings")["kind"].tolist() == ["dropped"]


def test_filings_without_a_series_share_no_change(tmp_path):
    out = dataset(tmp_path, filing(None, "2022-01-01", A), filing(None, "2023-01-01", A))
    assert prints(out) == [["2022#1"], ["2023#1"]]


def test_a_filing_in_two_files_is_one_revision(tmp_path):
    out = dataset(
        tmp_path,
        filing(SAPPORO, "2022-01-01", A, B),
        filing(SAPPORO, "2023-01-01", A, name="a", document="x"),
        filing(SAPPORO, "2023-01-01", B, name="b", document="x"),
    )
    assert read_table(out, "findings").empty
    assert read_table(out, "occurrences")["in_latest_filing"].all()


def test_nothing_at_all(tmp_path):
    out = dataset(tmp_path)
    assert read_table(out, "occurrences").empty and read_table(out, "findings").empty
    assert isinstance(pipeline.load(out, distinct=True), pd.DataFrame)
