"""What other bodies have at a doubtful place is suggested, and changes nothing."""

import pytest

import pipeline
from pipeline.dataset.load import read_table
from tests.across.small import Printed, dataset, filing
from tests.runs import parquet_bytes as stored

BODIES = ("011002", "014290", "212211")
SCANNED = "472018"
RIGHT = "窓口において申請書の記載内容を確認した上で受け付ける。"
WRONG = RIGHT.replace("申請", "串請")


def made(tmp_path, *filings):
    out = dataset(tmp_path / "out", *filings)
    pipeline.waves(out)
    return read_table(out, "suggestions")


def others(text=RIGHT, bodies=BODIES):
    return [filing(body, "2022-01-01", Printed("", text)) for body in bodies]


def scanned(before, after, **more):
    return filing(SCANNED, "2022-01-01", Printed(before, after), method="ocr", **more)


@pytest.fixture(autouse=True)
def a_known_confusion(monkeypatch):
    """申 read as 串, 入 as 人, 1 as 7 and 二 as 三, whatever the counted ones are."""
    from pipeline.dataset import corpus

    truths = {"串": frozenset("申"), "人": frozenset("入"), "7": frozenset("1"), "三": frozenset("二")}
    monkeypatch.setattr(corpus, "_truths", lambda: truths)


def test_what_three_bodies_have_is_suggested(tmp_path):
    (found,) = made(tmp_path, *others(), scanned("", f"月末に{WRONG}")).to_dict("records")
    assert (found["before"], found["after"], found["field"]) == ("串", "申", "after")
    assert (found["start"], found["stop"]) == (9, 10)
    assert (found["kind"], found["applied"], found["score"]) == ("corpus", False, 0.75)
    assert found["evidence"] == "窓口において申請書の記載内 ×3"


def test_nothing_else_changes(tmp_path):
    out = dataset(tmp_path / "out", *others(), scanned("", WRONG))
    before = stored(out, without=("waves", "wave_list", "suggestions"))
    pipeline.waves(out)
    assert stored(out, without=("waves", "wave_list", "suggestions")) == before
    assert WRONG in pipeline.load(out)["after"].tolist()
    first = stored(out)
    pipeline.waves(out)
    assert stored(out) == first


@pytest.mark.parametrize(
    "filings",
    [
        (*others(bodies=BODIES[:2]), scanned("", WRONG)),  # too few
        (*others(), filing(SCANNED, "2022-01-01", Printed("", WRONG))),  # typed, not read by an engine
        (*others(), *others(WRONG, ("131237",)), scanned("", WRONG)),  # somebody else has it, too
        (*others(), scanned(RIGHT, WRONG)),  # what the change is about
        (*others(), scanned("", WRONG.replace("記載", "書式"))),  # among other words
        (*others(), scanned("", WRONG.replace("において", "におい\nて"))),  # over the end of a line
        (*others(), scanned("", RIGHT.replace("申請", "甲請"))),  # 甲 is not known for 申
        (
            *others("番号法別表の第1項に定める事務"),
            scanned("", "番号法別表の第7項に定める事務について"),
        ),  # a digit
        (
            *others("番号法別表の第二項に定める事務について"),
            scanned("", "番号法別表の第三項に定める事務について"),
        ),
        (
            *others("本人又は住民からの入手に要する費用の額"),
            scanned("", "本人又は住民からの人手に要する費用の額"),
        ),  # a word
        (scanned("", WRONG),),
        (),
    ],
)
def test_what_is_not_suggested(tmp_path, filings):
    assert made(tmp_path, *filings).empty


def test_prints_of_one_body_are_one_witness(tmp_path):
    again = [filing(BODIES[0], f"{year}-01-01", Printed("", RIGHT)) for year in (2021, 2022, 2023)]
    assert made(tmp_path, *again, scanned("", WRONG)).empty


def test_places_are_those_before_repair(tmp_path, monkeypatch):
    from pipeline import schema
    from tests.across import make

    code, facts, rows = scanned("", f"キオスク端末の{WRONG}")
    ledger = {
        "row_id": rows[0]["row_id"], "field": "after", "start": 0, "stop": 5, "before": "ポース・ド",
        "after": "キオスク", "rule": "kiosk", "kind": "rule", "applied": True, "score": 1.0, "evidence": "",
    }  # fmt: skip
    add = make.PartitionWriter.add

    def with_ledger(self, tables):
        here = any(row["row_id"] == ledger["row_id"] for row in tables["changes"].to_pylist())
        add(self, {**tables, "repairs": schema.table_from_rows("repairs", [ledger] if here else [])})

    monkeypatch.setattr(make.PartitionWriter, "add", with_ledger)
    (found,) = made(tmp_path, *others(), (code, facts, rows)).to_dict("records")
    assert (found["start"], found["stop"], found["before"]) == (14, 15, "串")
