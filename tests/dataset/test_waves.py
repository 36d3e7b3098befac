"""Waves: the same edit of several bodies, names that last, and what is no wave."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import pipeline
from pipeline.cli import main
from pipeline.dataset.load import read_table
from pipeline.dataset.wave_ids import name_waves
from tests.across.small import LAW, Printed, dataset, filing
from tests.runs import parquet_bytes as stored

CITY, TOWN, OTHER = "011002", "014290", "212211"
LOCAL = Printed("委託しない", "委託する")
SAMPLES = Path(__file__).parents[2] / "raw_pdfs"
OLD = "中学校修了前の児童を養育している者に手当を支給し、限度額以上の者には特例給付を支給する。"
CLOUD = "ガバメントクラウド上に構築し、端末のみを電算室に置く。"


def henkou(*words):
    return CliRunner().invoke(main, list(map(str, words)))


def test_the_first_body_leads(tmp_path):
    out = dataset(
        tmp_path,
        filing(CITY, "2022-01-01", Printed(*LAW, "2021-10-01", timing="事前")),
        filing(TOWN, "2021-12-01", Printed(*LAW, "2021-09-01")),
        filing(OTHER, "2021-12-01", Printed("委託しない", "委託する")),
    )
    waves = pipeline.waves(out)
    (wave,) = waves.list.to_dict("records")
    assert (wave["first_body"], wave["bodies"], wave["changes"], wave["prior_share"]) == ("栗山町", 2, 2, 0.5)
    assert (f"{wave['first_date']:%Y%m%d}", f"{wave['last_date']:%Y%m%d}") == ("20210901", "20211001")
    assert wave["label"] == "I-5 法令上の根拠 「第19条第7号」→「第19条第8号」"
    assert re.fullmatch("w[0-9a-f]{12}", wave["wave_id"]) and wave["variants"] == 1
    assert waves.members["is_first"].tolist() == [True, False]


def test_reprints_count_once(tmp_path):
    out = dataset(
        tmp_path,
        *(
            filing(body, f"{year}-12-01", Printed(*LAW))
            for body in (CITY, TOWN)
            for year in (2021, 2022, 2023)
        ),
    )
    assert pipeline.waves(out).list[["bodies", "changes"]].to_numpy().tolist() == [[2, 2]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Printed(*LAW), Printed(*LAW[::-1])),  # the other way round
        (Printed(*LAW), Printed(LAW[0], LAW[0].replace("第7号", "第9号"))),  # another number of the law
        (Printed(*LAW), Printed(*LAW, item="III-2 リスク1", key="risk")),  # elsewhere on the form
        (
            Printed(*LAW),
            Printed("厚生年金法第3条第7号による届出の点検", "厚生年金法第3条第8号による届出の点検"),
        ),  # other words around
        (Printed("市民課長", "総合窓口課長"), Printed("市民課長", "総合窓口課長")),  # only names
        (Printed("100人", "120人"), Printed("100人", "120人")),  # only counts
        (Printed("電算室に置く。" + CLOUD, CLOUD), Printed("倉庫で紙を保管する。" + CLOUD, CLOUD)),
        (Printed("同じ", "同じ"), Printed("同じ", "同じ")),  # no edit
        (
            Printed("", "月末に班長が倉庫の台帳を番号札で点検する。"),
            Printed("", "月末に班長が倉庫の名簿を番号札で記録する。"),
        ),  # the same sentence about other things
        (
            Printed(OLD, "納付書は移動窓口において司書が廃棄することとする。"),
            Printed(OLD, "受付簿は執務室において班長が配布することとする。"),
        ),  # the same long text gone, for something else
        (
            Printed("やまなみ台帳システムを利用する。", "かなめ連携基盤を利用する。"),
            Printed("やまなみ台帳システムを利用する。", "いずみ連携基盤を利用する。"),
        ),  # another system
        (
            Printed("はやて連携基盤を利用する。", "はやてクラウドを利用する。"),
            Printed("ひかり連携基盤を利用する。", "ひかりクラウドを利用する。"),
        ),  # part of another name
    ],
)
def test_what_is_no_wave(tmp_path, one, other):
    out = dataset(tmp_path, filing(CITY, "2022-01-01", one), filing(TOWN, "2022-01-01", other))
    assert pipeline.waves(out).list.empty


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Printed("", f"札幌市では{CLOUD}"), Printed("", f"本町では{CLOUD}")),
        (Printed("", CLOUD), Printed("", CLOUD + "鍵は健康推進課で管理する。")),  # a clause more
        (Printed(*LAW), Printed(LAW[0], LAW[1] + "。記録は町長が保存する。")),  # an edit more
        (Printed(*LAW), Printed(*LAW, date=None, key=None)),  # date and item undecided
        (Printed("", CLOUD), Printed("", CLOUD.replace("構築", "構簗"))),  # a character misread
        (Printed("", CLOUD), Printed("", CLOUD.replace("のみ", "だけ"))),  # said otherwise
        (Printed("及び" + CLOUD, ""), Printed("および" + CLOUD.replace("電算", "電箕"), "項目ごと削除")),
    ],
)
def test_the_same_edit_in_other_words(tmp_path, one, other):
    out = dataset(tmp_path, filing(CITY, "2022-01-01", one), filing(TOWN, "2022-01-01", other))
    assert pipeline.waves(out).list["bodies"].tolist() == [2]


def test_bodies_that_are_not_known_make_no_wave(tmp_path):
    out = dataset(
        tmp_path, filing(None, "2022-01-01", Printed(*LAW)), filing(None, "2023-01-01", Printed(*LAW))
    )
    assert pipeline.waves(out).list.empty


def test_a_second_run_changes_no_byte_and_a_first_one_is_the_same_elsewhere(tmp_path):
    filings = [filing(body, "2022-01-01", Printed(*LAW)) for body in (CITY, TOWN, OTHER)]
    one, two = dataset(tmp_path / "a", *filings), dataset(tmp_path / "b", *reversed(filings))
    pipeline.waves(one)
    first = stored(one)
    pipeline.waves(one)
    pipeline.waves(two)
    assert stored(one) == first == stored(two)


def test_a_wave_keeps_its_id_when_an_earlier_body_is_added(tmp_path):
    two = [filing(body, "2022-01-01", Printed(*LAW)) for body in (TOWN, OTHER)]
    before = pipeline.waves(dataset(tmp_path, *two)).list
    dataset(tmp_path, *two, filing(CITY, "2021-01-01", Printed(*LAW, "2020-12-01")))
    assert read_table(tmp_path, "waves").empty  # made of rows that are no longer these
    after = pipeline.waves(tmp_path).list
    assert after["wave_id"].tolist() == before["wave_id"].tolist()
    assert after["first_body"].tolist() == ["札幌市"] and after["bodies"].tolist() == [3]


def test_names_of_merged_split_and_vanished_waves():
    known = {
        "w1": {"aliases": ["w0"], "changes": ["a", "b"]},
        "w2": {"aliases": [], "changes": ["c", "d", "e"]},
    }
    (merged,), _ = name_waves([["a", "b", "c", "d"]], known, {})
    assert merged == ("w1", ("w0", "w2"))  # the older lives on
    (small, large), order = name_waves([["c", "x"], ["d", "e"]], known, {})
    assert large.wave_id == "w2" and small.wave_id not in {"w0", "w1", "w2"}
    assert order == [1, 0]  # old ids first
    (again,), _ = name_waves([["a2", "b"]], known, {"a": "a2"})  # an earlier print of a was found
    assert again.wave_id == "w1"
    assert name_waves([], known, {}) == ([], [])


def test_a_new_name_is_never_one_that_was_used():
    (fresh,), _ = name_waves([["c", "x"]], {}, {})
    known = {fresh.wave_id: {"aliases": [], "changes": ["d", "e"]}}
    (kept, new), _ = name_waves([["d", "e"], ["c", "x"]], known, {})
    assert kept.wave_id == fresh.wave_id != new.wave_id


def test_extraction_keeps_waves_as_long_as_their_rows(tmp_path):
    raw, out = tmp_path / "raw", tmp_path / "out"
    for sample in ("residents", "vaccination", "insurance"):
        (path,) = SAMPLES.glob(f"*/mihon_{sample}.pdf") if SAMPLES.is_dir() else ()
        shutil.copytree(path.parent, raw / path.parent.name, dirs_exist_ok=True)
    pipeline.extract_all(raw, out)
    made = pipeline.waves(out)
    assert len(made.list) > 1
    first = stored(out, without=("filings",))
    pipeline.extract_all(raw, out)
    pipeline.extract_all(raw, out, force=True)
    assert stored(out, without=("filings",)) == first
    sorted(raw.rglob("*.pdf"))[0].unlink()
    pipeline.extract_all(raw, out)
    assert read_table(out, "waves").empty and read_table(out, "wave_list").empty
    again = pipeline.waves(out).list
    assert len(again) and set(again["wave_id"]) <= set(made.list["wave_id"])


@pytest.mark.parametrize(
    "filings", [(), (filing(CITY, None, Printed(*LAW, date=None, key=None, timing=None)),)]
)
def test_nothing_to_find_is_said_in_plain_words(tmp_path, filings):
    out = dataset(tmp_path, *filings)
    told = henkou("waves", out)
    assert told.exit_code == 0 and told.output == f"No edit of {out} was made by several bodies.\n"
    assert henkou("waves", out, "--json").output == ""


def test_the_verb(tmp_path):
    out = dataset(tmp_path, *(filing(body, "2022-01-01", Printed(*LAW, date=None)) for body in (CITY, TOWN)))
    told = henkou("waves", out).output
    assert "1 waves, 2 changes" in told and "(no date) 札幌市" in told
    wave_id = re.search("w[0-9a-f]{12}", told)[0]
    assert henkou("waves", out, "--wave", wave_id).output == "No body that could have it is without it.\n"
    assert f'"wave_id":"{wave_id}"' in henkou("waves", out, "--json").output


def test_who_is_late_and_who_is_only_not_seen(tmp_path):
    out = dataset(
        tmp_path,
        *(filing(body, "2022-01-01", Printed(*LAW)) for body in (CITY, TOWN)),
        filing(OTHER, "2021-01-01", LOCAL),  # older than the wave
        filing("082031", "2023-01-01", Printed("倉庫", "車庫")),
        filing("392014", None, Printed("朝に行う", "夜に行う")),  # says nothing of its date
        filing(
            "472018", "2023-01-01", Printed("a", "b"), filing_title="介護保険に関する事務"
        ),  # another business
        filing("342084", "2023-01-01", Printed("a", "b"), filing_type="基礎項目"),  # another form
    )
    waves = pipeline.waves(out)
    asked = waves.not_followed(waves.list["wave_id"].iloc[0])
    assert dict(zip(asked["municipality_code"], asked["verdict"], strict=True)) == {
        "082031": "late", "212211": "not_seen", "392014": "not_seen",
    }  # fmt: skip


@pytest.mark.parametrize(("folder", "words"), [("nothing", "holds no dataset"), ("copy", "hidden folder")])
def test_what_is_no_dataset_of_its_own(tmp_path, folder, words):
    out = dataset(tmp_path / "out", filing(CITY, "2022-01-01", Printed(*LAW)))
    shutil.copytree(out, tmp_path / "copy", ignore=shutil.ignore_patterns(".henkou"))
    (tmp_path / "nothing").mkdir()
    told = henkou("waves", tmp_path / folder)
    assert told.exit_code == 2 and words in told.output
    assert not (tmp_path / "nothing" / ".henkou").exists()
