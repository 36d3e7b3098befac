import datetime as dt
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import rules
from pipeline.fields.agency import folded, read_agency
from pipeline.fields.municipality import check_digit, resolve
from pipeline.model import Cover, Document
from tests.cases import cases

PLACES = [row for row in rules.table("municipalities") if row["kind"] != "designated_city_ward"]
NAMESAKES = [name for name, count in Counter(row["name"] for row in PLACES).items() if count > 1]


def document(**path):
    return Document("x.pdf", "x.pdf", **path)


def of(agency, **more):
    return Cover(agency=agency, agency_raw=agency, **more)


def codes(body):
    return [problem.code for problem in body.problems]


@pytest.mark.parametrize("case", cases("agencies"), ids=lambda case: repr(case["raw"]))
def test_agency_and_body(case):
    assert (read_agency(case["raw"]).name or "") == case["agency"], case["why"]
    body = resolve(of(case["raw"]), document())
    assert (body.code or "", body.name or "", body.prefecture) == (
        case["code"],
        case["body"],
        case["prefecture"],
    ), case["why"]
    assert codes(body) == case["problem"].split(), case["why"]


def test_every_body_with_an_office_is_found_by_prefecture_and_name():
    for row in PLACES:
        if row["code"] != "016969":
            title = "知事" if row["kind"] == "prefecture" else "長"
            prefecture = "" if row["kind"] == "prefecture" else row["prefecture"]
            body = resolve(of(f"{prefecture}{row['name']}{title}　見本太郎"), document())
            assert (body.code, body.prefecture_name, body.problems) == (row["code"], row["prefecture"], ())


@pytest.mark.parametrize("rule", rules.table("organs"), ids=lambda rule: rule["example"])
def test_every_rule_of_offices_reads_its_own_example_whole(rule):
    assert read_agency(f"{rule['example']}　見本太郎").name == rule["example"]


def test_there_are_as_many_namesakes_as_we_think():
    assert len(NAMESAKES) == 26


@pytest.mark.parametrize("name", NAMESAKES)
def test_a_namesake_alone_is_nobody_and_every_candidate_is_listed(name):
    body = resolve(of(name + "長"), document())
    assert (body.code, body.name, body.prefecture) == (None, None, "JP-00")
    (problem,) = body.problems
    assert all(row["code"] in problem.message for row in PLACES if row["name"] == name)


def test_variant_characters_make_no_new_namesakes():
    names = Counter(folded(row["name"]) for row in PLACES)
    assert [name for name, count in names.items() if count > 1] == NAMESAKES


def test_districts_name_every_namesake_that_has_one():
    told = {row["code"] for row in rules.table("districts")}
    assert told == {
        row["code"] for row in PLACES if row["name"] in NAMESAKES and row["kind"] in ("town", "village")
    }


@pytest.mark.parametrize("row", rules.table("bodies_aliases"), ids=lambda row: row["old_name"])
def test_former_names_and_codes_lead_to_todays_body(row):
    assert row["code"] in {place["code"] for place in PLACES}
    assert resolve(of(row["prefecture"] + row["old_name"] + "長"), document()).code == row["code"]
    if row["old_code"]:
        body = resolve(Cover(), document(municipality_code=row["old_code"]))
        assert (body.code, body.problems) == (row["code"], ())


@pytest.mark.parametrize(
    ("cover", "path", "code", "problems"),
    [
        (of("札幌市長"), {}, "011002", []),
        (of("札幌市長"), {"municipality_code": "011002", "folder_name": "札幌市"}, "011002", []),
        (of("札幌市長"), {"folder_code": "011002", "folder_name": "札幌市"}, "011002", []),
        (of("札幌市長"), {"municipality_code": "014290"}, "014290", ["body_disagreement"]),
        (of("札幌市長"), {"folder_code": "014290", "folder_name": "栗山町"}, "014290", ["body_disagreement"]),
        (Cover(), {"municipality_code": "011002", "folder_code": "014290"}, "011002", ["body_disagreement"]),
        (Cover(), {"folder_code": "011002", "folder_name": "栗山町"}, "011002", ["body_disagreement"]),
        (Cover(), {"folder_name": "栗山町"}, "014290", []),
        (Cover(), {"folder_name": "府中市"}, None, ["body_ambiguous"]),
        (Cover(prefectures=("広島県",)), {"folder_name": "府中市"}, "342084", []),
        (of("東京都府中市長"), {"folder_name": "府中市"}, "132063", []),
        (of("府中市長"), {"folder_code": "342084"}, "342084", []),
        (of("府中市長"), {"folder_name": "広島県府中市"}, "342084", []),
        (of("府中市長"), {"folder_name": "栗山町"}, "014290", ["body_disagreement"]),
        (of("府中市長", prefectures=("東京都",)), {}, "132063", []),
        (of("府中市長", prefectures=("東京都", "広島県")), {}, None, ["body_ambiguous"]),
        (of("府中市長", prefectures=("北海道",)), {}, None, ["body_ambiguous"]),
        (of("泊村長", prefectures=("北海道",)), {}, "014036", []),
        (of("札幌市長"), {"folder_code": "011001"}, "011002", ["invalid_code"]),
        (of("札幌市長"), {"municipality_code": "11002"}, "011002", ["invalid_code"]),
        (of("札幌市長"), {"municipality_code": "０１１００２"}, "011002", ["invalid_code"]),
        (Cover(), {"municipality_code": "011001"}, None, ["invalid_code"]),
        (of("札幌市長"), {"municipality_code": "999997"}, "011002", ["unknown_code"]),
        (Cover(), {"municipality_code": "011011"}, "011002", []),
        (of("札幌市長"), {"folder_code": "010006", "folder_name": "北海道"}, "010006", ["body_disagreement"]),
        (of("東京都後期高齢者医療広域連合"), {"folder_name": "東京都後期高齢者医療広域連合"}, None, []),
        (of("東京都後期高齢者医療広域連合"), {"folder_code": "131237"}, "131237", ["body_disagreement"]),
        (of("那珂川町長", published=dt.date(2020, 4, 1)), {}, "094111", []),
        (of("那珂川町長", published=dt.date(2016, 4, 1)), {}, None, ["body_ambiguous"]),
        (of("那珂川町長", published=dt.date(2016, 4, 1), prefectures=("福岡県",)), {}, "402311", []),
        (Cover(), {}, None, ["body_unknown"]),
    ],
)  # fmt: skip
def test_precedence_and_disagreement(cover, path, code, problems):
    body = resolve(cover, document(**path))
    assert (body.code, codes(body)) == (code, problems)


def test_the_check_digit_of_every_code_in_the_list():
    assert all(check_digit(row["code"][:5]) == row["code"][5] for row in rules.table("municipalities"))


@given(st.sampled_from(PLACES), st.integers(0, 5), st.integers(1, 9))
def test_one_wrong_digit_is_never_another_body(row, position, shift):
    digits = list(row["code"])
    digits[position] = str((int(digits[position]) + shift) % 10)
    body = resolve(Cover(), document(folder_code="".join(digits)))
    if check_digit("".join(digits[:5])) != digits[5]:
        assert (body.code, codes(body)) == (None, ["invalid_code"])


@given(st.text(max_size=30))
def test_any_name_is_a_body_or_a_problem(name):
    body = resolve(of(name), document())
    assert body.code or body.name or body.problems
    assert not body.code or body.prefecture == f"JP-{body.code[:2]}"


@given(
    st.sampled_from(PLACES),
    st.text("見本太郎花子一山田長谷川", min_size=1, max_size=6),
    st.sampled_from(["", " ", "　", "\n"]),
)
def test_a_persons_name_never_stays_in_the_agency(row, person, gap):
    title = row["name"] + ("知事" if row["kind"] == "prefecture" else "長")
    assert read_agency(f"{title}{gap}{person}").name == title
