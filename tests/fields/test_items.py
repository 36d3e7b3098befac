"""Items: spellings of addresses, what stands at them, and what holds for any cell."""

import datetime as dt
import os
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline import rules, schema
from pipeline.code_lists import item_rows
from pipeline.fields.items import ItemReading, read_item
from pipeline.text.normalise import normalise
from tests.cases import cases

CODE = re.compile(
    r"(?:COVER|A[123]|(?:I|II|III|IV|V|VI)"
    r"(?:-\d{1,2}(?:-(?:(?:system|consignment|recipient|transfer|risk)\d{1,3}|other))?(?:-\d{1,2})?)?)"
)
GENERAL = re.compile(CODE.pattern.replace(r"transfer|risk)\d{1,3}", r"transfer)\d{0,3}|risk\d"))
TYPES = ("基礎項目", "重点項目", "全項目")


def codes(item, form="全項目", date=None):
    reading = read_item(item, item, form or None, date)
    assert reading.code == (reading.codes[0] if len(reading.codes) == 1 else None)
    return " ".join(reading.codes)


@pytest.mark.parametrize("case", cases("item_codes"), ids=lambda case: f"{case['item']} ({case['why']})")
def test_code(case):
    assert codes(case["item"], case["form"]) == case["codes"]


CONTRACT = {
    "I-1 ②事務の内容": "I-1-2",
    "I-2 システム7 ②システムの機能": "I-2-system7-2",
    "Ⅱ－４ 委託事項１ ③委託先における取扱者数": "II-4-consignment1-3",
    "II-5 提供先 2": "II-5-recipient2",
    "Ⅲ-2 リスク1 対象者以外の情報の入手を防止するための措置の内容": "III-2-risk1",
    "Ⅲ-3 特定個人情報の使用におけるその他のリスク及びそのリスクに対する措置": "III-3-other",
    "Ⅰ 関連情報 3.個人番号の利用 法令上の根拠": "I-3",
    "(別添1) 事務の内容": "A1",
    "表紙 特記事項": "COVER",
    "IV-3": "IV-3",
    "V-1 ①連絡先": "V-1-1",
    "2-(3)-⑧": "",
}


@pytest.mark.parametrize("form", [*TYPES, None])
@pytest.mark.parametrize(("item", "code"), CONTRACT.items())
def test_the_code_is_what_the_cell_writes_whatever_the_kind_of_filing(item, code, form):
    assert codes(item, form) == code


WRITTEN = [
    case
    for case in cases("item_codes")
    if case["codes"]
    and "code_from_heading" not in read_item(case["item"], "", case["form"] or None, None).marks
]


@pytest.mark.parametrize("form", [*TYPES, None])
@pytest.mark.parametrize("case", WRITTEN, ids=lambda case: case["item"])
def test_a_code_that_does_not_rest_on_a_heading_is_that_of_any_kind_of_filing(case, form):
    assert codes(case["item"], form) == case["codes"]


def test_most_codes_do_not_rest_on_a_heading():
    assert len(WRITTEN) > 0.9 * sum(bool(case["codes"]) for case in cases("item_codes"))


@pytest.mark.parametrize("item", ["同上", "〃", "″", "同　左", "「〃」"])
def test_an_item_that_points_at_the_row_above_says_so(item):
    reading = read_item(item, item, "全項目", None)
    assert (reading.codes, [problem.code for problem in reading.problems]) == ((), ["item_ditto"])


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, marks=pytest.mark.xfail(strict=True, reason=case["why"]))
        for case in cases("item_xfails")
    ],
    ids=lambda case: case["item"],
)
def test_code_that_a_reader_would_still_see(case):
    assert codes(case["item"], case["form"]) == case["codes"]


@pytest.mark.parametrize("case", cases("item_xfails"), ids=lambda case: case["item"])
def test_where_we_fall_short_there_is_no_wrong_code(case):
    assert codes(case["item"], case["form"]) == ""


@pytest.mark.parametrize("case", cases("item_names"), ids=lambda case: f"{case['item']} ({case['why']})")
def test_name(case):
    date = dt.date.fromisoformat(case["date"]) if case["date"] else None
    reading = read_item(case["item"], case["item"], case["form"] or None, date)
    signs = [*reading.marks, *(problem.code for problem in reading.problems)]
    assert [reading.key, reading.name, reading.sub, reading.file, " ".join(signs)] == [
        case["key"] or None,
        case["name"] or None,
        case["sub"] or None,
        case["file"] or None,
        case["signs"],
    ]


def test_only_the_whole_filing_has_no_code_without_a_reason():
    silent = [
        case["item"]
        for case in cases("item_codes")
        if not case["codes"] and not read_item(case["item"], "", case["form"] or None, None).problems
    ]
    assert silent == ["全体", "全般", "評価書全体"]


def test_an_empty_cell_is_no_problem_of_the_item():
    assert read_item(" \n", "", "全項目", None) == read_item("", "", None, None)
    assert not read_item("", "", None, None).problems


def test_a_cell_as_long_as_a_page_is_no_item():
    reading = read_item("Ⅰ-1 ②事務の内容 " + "住民に関する事務を行う" * 300, "", "全項目", None)
    assert (reading.codes, [problem.code for problem in reading.problems]) == ((), ["item_code_unreadable"])
    assert len(reading.problems[0].excerpt) <= 2000


def test_raw_goes_before_clean():
    assert read_item("Ⅱ－３ ❷", "II-3 2", "全項目", None).code == "II-3-2"
    assert read_item("", "II-3 ②", "全項目", None).code == "II-3-2"


def test_a_number_that_a_line_end_cuts_is_read_in_the_clean_text():
    assert codes("Ⅱ-4 委託事項1\n2 ⑥委託先名") == ""
    assert read_item("Ⅱ-4 委託事項1\n2 ⑥委託先名", "II-4 委託事項12 ⑥委託先名", "全項目", None).codes == (
        "II-4-consignment12-6",
    )


def test_the_kind_of_filing_may_be_unknown():
    assert codes("Ⅲ-7 リスク1 ⑥技術的対策", None) == "III-7-risk1-6"
    assert codes("Ⅳ-11", None) == "IV-11"


# ---------------------------------------------------------------- what holds for any cell

WORDS = (
    "システム 委託事項 提供先 リスク ファイル 別添 表紙 事務の内容 使用目的 特定個人情報の使用 "
    "その他のリスク 部署 から 全体 <p> </p> 。 関連情報 基本情報 第19条 令和6年 \ue001 \ue101 \x00 〓"
)
PIECES = st.sampled_from([*"ⅠⅡⅢⅣⅤⅥⅦⅲIVl123０５９①②⑧⑳❷⑵-－ー～、及び・. 　\n（）()【】", *WORDS.split(" ")])
CELLS = st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=30)


@given(
    CELLS,
    st.sampled_from([*TYPES, None, "様式2"]),
    st.sampled_from([None, dt.date(2016, 4, 1), dt.date(2025, 4, 1)]),
)
@example("Ⅱ-3 ①～", "全項目", None)
def test_any_cell_gives_codes_of_the_grammar_or_a_reason(item, form, date):
    reading = read_item(item, item, form, date)
    assert all(CODE.fullmatch(code) for code in reading.codes)
    assert len(set(reading.codes)) == len(reading.codes)
    assert reading.code == (reading.codes[0] if len(reading.codes) == 1 else None)
    assert ("several_items" in reading.marks) == (len(reading.codes) > 1)
    if reading.code is None:
        assert (reading.key, reading.name, reading.sub) == (None, None, None)
        assert (
            reading.codes
            or reading.problems
            or reading.marks == ("whole_filing",)
            or reading == ItemReading()
        )
    if reading.name:
        assert reading.name in {row["heading"] for row in rules.table("items")}


FULL = {ord("0") + n: ord("０") + n for n in range(10)} | {
    ord("-"): "－",
    ord("("): "（",
    ord(")"): "）",
    ord(" "): "　",
}
NUMERALS = {"VI": "Ⅵ", "IV": "Ⅳ", "V": "Ⅴ", "III": "Ⅲ", "II": "Ⅱ", "I": "Ⅰ"}


@pytest.mark.parametrize("case", cases("item_codes"), ids=lambda case: case["item"])
def test_width_and_dash_do_not_matter(case):
    assert codes(case["item"].translate(FULL), case["form"]) == case["codes"]
    assert codes(case["item"].replace("-", "−").replace("－", "‐"), case["form"]) == case["codes"]
    assert codes(f"<p>{case['item']}</p>", case["form"]) == case["codes"]
    assert codes(f"\n{case['item']} \n", case["form"]) == case["codes"]


@pytest.mark.parametrize("case", cases("item_codes"), ids=lambda case: case["item"])
def test_normalised_text_gives_the_same_code_or_none(case):
    assert codes(normalise(case["item"]), case["form"]) in (case["codes"], "")


ROWS = [row for row in item_rows() if row["parent"] != row["code"]]


HEADINGS = {(row["form"], row["code"]): row["heading"] for row in ROWS}
GROUPS = {"system": "システム3", "consignment": "委託事項3", "recipient": "提供先3", "transfer": "移転先3"}


def numbered(code):
    """The dictionary's code with a number for what repeats."""
    return re.sub(r"-(system|consignment|recipient|transfer)\b", r"-\g<1>3", code)


def piece_words(piece):
    """A piece of a code behind the section, as a form prints it."""
    if piece.isdigit():
        return chr(ord("①") + int(piece) - 1)
    return {**GROUPS, "other": "その他のリスク"}.get(piece) or piece.replace("risk", "リスク")


def spelled(row):
    """The row's address as a form prints it."""
    part, *rest = row["code"].split("-")
    if part not in NUMERALS:
        return "表紙" if part == "COVER" else f"(別添{part[1:]})"
    return (
        NUMERALS[part] + "".join(f"－{n}" for n in rest[:1]) + "".join(" " + piece_words(p) for p in rest[1:])
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['form']} {row['code']} {row['heading']}")
def test_every_row_of_the_dictionary_is_found_by_number_and_heading(row):
    address = spelled(row)
    expected = numbered(row["code"])
    separate = "" if row["code"].endswith("-other") else " " + row["heading"]
    reading = read_item(address + separate, "", row["form"], None)
    assert (reading.code, reading.key, reading.problems) == (expected, row["key"], ())
    assert reading.name == row["heading"]


STYLES = {  # between pieces, before a section's number, behind it, behind a group's, headings, quotes
    "official": ("　", "", "．", "：", True, False),
    "official, spaces lost": ("", "", "．", "：", True, False),
    "official, ASCII": (" ", "", ". ", ": ", True, False),
    "official, no dot": ("　", "", "", "　", True, False),
    "one piece a line": ("\n", "", "．", "：", True, False),
    "dashes": ("－", "", "", "：", False, False),
    "dots": ("．", "", "", "：", False, False),
    "middle dots": ("・", "", "", "：", False, False),
    "underscores": ("＿", "", "", "：", False, False),
    "commas": ("、", "", "．", "：", True, False),
    "slashes": ("／", "", "．", "：", True, False),
    "arrows": ("＞", "", "．", "：", True, False),
    "quoted": ("", "", "", "　", True, True),
    "quoted, short": ("", "", "", "　", False, True),
    "chapters": ("　", "第", "　", "：", True, False),
    "nothing between": ("", "", "", "", False, False),
}


def in_style(row, style):
    """The row's address in a style, with the official headings of its levels when the style has them."""
    between, before, behind, colon, headed, quoted = STYLES[style]
    part, *rest = row["code"].split("-")
    if part not in NUMERALS:
        return spelled(row) + between + row["heading"] * (part != "COVER")

    def heading(depth):
        last = depth == len(rest)
        return HEADINGS[row["form"], "-".join([part, *rest[:depth]])] if headed or last else ""

    quote = "【{}】" if quoted else "{}"
    pieces = [quote.format(NUMERALS[part]) + between * bool(heading(0)) + heading(0)]
    for depth, piece in enumerate(rest, 1):
        if depth == 1:
            pieces.append(before + quote.format(piece.translate(FULL)) + behind + heading(1))
        elif piece == "other":
            pieces.append(row["heading"])
        else:
            words = piece_words(piece)
            named = heading(depth) if piece not in GROUPS else ""
            pieces.append(words + (colon if named and not piece.isdigit() else "") + named)
    return between.join(pieces)


@pytest.mark.parametrize("form", [*TYPES, None])
@pytest.mark.parametrize("style", STYLES)
def test_every_row_in_every_style_on_every_kind_of_filing(style, form):
    texts = {in_style(row, style): numbered(row["code"]) for row in ROWS}
    assert {text: codes(text, form) for text in texts} == texts


@st.composite
def any_spelling(draw):
    """A row of the dictionary and its address in some spelling, wrapped as in a narrow column."""

    def one_of(*choices):
        return draw(st.sampled_from(choices))

    row = draw(st.sampled_from(ROWS))
    text = in_style(row, draw(st.sampled_from([*STYLES])))
    boxes = [box for box in item_rows() if box["parent"] == box["code"] == row["code"]]
    box = one_of("", *(box["heading"] for box in boxes if box["form"] == row["form"]))
    text = one_of("", "", "P.12 ", "【様式4】", "・", "全項目評価書　") + text + one_of("　", " ", "\n") + box
    text += one_of("", "", "の変更", "（変更）", "※")
    text, width = one_of(text, text.translate(FULL)), draw(st.integers(3, 40))
    return row, "\n".join(text[i : i + width] for i in range(0, len(text), width))


@given(any_spelling(), st.sampled_from([*TYPES, None]))
def test_a_spelling_gives_the_right_code_or_none(case, form):
    row, text = case
    assert codes(text, form) in (numbered(row["code"]), "")
    assert read_item(text, text.replace("\n", ""), form, None).code in (numbered(row["code"]), None)


def test_the_dictionary_is_whole():
    rows = item_rows()
    assert schema.table_from_rows("items", rows).num_rows == len(rows)
    places = {(row["form"], row["code"]) for row in rows}
    for row in rows:
        assert GENERAL.fullmatch(row["code"]), row
        assert row["parent"] is None or (row["form"], row["parent"]) in places, row
        assert re.fullmatch(r"[a-z_0-9]+(\.[a-z_0-9]+)?", row["key"]), row
        assert row["evidence"] in ("D", "S", "Sc", "M"), row
        assert row["starred"] is None or row["evidence"] in ("D", "S"), row
        assert (
            row["edition_from"] is None
            or row["edition_to"] is None
            or row["edition_from"] < row["edition_to"]
        )
    for form in TYPES:
        orders = [row["order"] for row in rows if row["form"] == form]
        assert orders == sorted(set(orders))


def test_one_heading_stands_at_a_code_of_an_edition():
    for day in (dt.date(2016, 1, 1), dt.date(2020, 1, 1), dt.date(2025, 1, 1)):
        seen = set()
        for row in ROWS:
            if (row["edition_from"] or day) <= day < (row["edition_to"] or dt.date.max):
                assert (row["form"], row["code"]) not in seen, row
                seen.add((row["form"], row["code"]))


# ---------------------------------------------------------------- a real table

REAL = """
I-1-2 I-2-system7-2 I-5 I-7-1 I-7-2 A1 II-2-6 II-3-2 II-3-3 II-3-4
II-3-5 II-3-7 II-3-8 II-3-8 II-4-consignment2 II-4-consignment2-1 II-4-consignment2-2 II-4-consignment2-4
II-5-recipient2 II-6-1 III-2-risk1 III-2-risk1 III-2-risk2 III-2-risk3 III-2-risk3 III-2-risk4
III-3-risk1 III-3-other III-4 III-5 III-7-risk1-6 IV-1-1 IV-1-2 IV-2 IV-3 V-1-1
"""


def test_every_item_of_a_real_table():
    folder = os.environ.get("HENKOU_REAL_FILINGS")
    if not folder:
        pytest.skip("HENKOU_REAL_FILINGS names no folder of real filings")
    text = (Path(folder) / "sapporo_vaccination.txt").read_text(encoding="utf-8-sig")
    items = []
    for line in text.splitlines():
        if "年4月1日" in line or "年5月1日" in line:
            first, second = line.split("\t")[:2]
            items.append(first.partition("</p>")[2] if first.startswith("<p>") else second)
    readings = [read_item(item, "", "全項目", dt.date(2024, 4, 1)) for item in items]
    assert [reading.code for reading in readings] == REAL.split()
    assert [reading.codes for reading in readings if not reading.key] == [("V-1-1",)]
    assert [problem.code for reading in readings for problem in reading.problems] == ["item_heading_mismatch"]
