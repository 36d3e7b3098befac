import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import rules
from pipeline.fields.cover import read_cover
from pipeline.fields.series import filing_key
from pipeline.model import Body, Cell, Cover, Grid, Layout, Line, Lines
from pipeline.read import transcript
from tests.cases import cases

CASES = Path(__file__).parents[1] / "cases" / "covers.txt"
NOTHING = read_cover([])
SIZE = 10  # height of a line, width of a full-width character


def line(text, x, y, width=None):
    drawn = sum(SIZE / 2 if character.isascii() else SIZE for character in text)
    return Line(text, x, y, x + (width or drawn), y + SIZE)


def grid(page, head, rows):
    """`50,100 500 25 1:4` and rows of texts -> a grid; `<` widens the cell to its left."""
    place, width, height, *ratio = head.split()
    x, y = map(float, place.split(","))
    shares = [float(share) for share in (ratio[0] if ratio else "1").split(":")]
    edges = [x + float(width) * sum(shares[:n]) / sum(shares) for n in range(len(shares) + 1)]
    cells = []
    for row, texts in enumerate(rows):
        top = y + row * float(height)
        for column, text in enumerate(texts):
            span = 1 + next(
                (n for n, right in enumerate(texts[column + 1 :]) if right != "<"), len(texts) - column - 1
            )
            if text != "<":
                box = (edges[column], top, edges[column + span], top + float(height))
                written = filter(None, text.split("\\n"))
                lines = Lines.of([line(part, box[0], top + SIZE * n) for n, part in enumerate(written)])
                cells.append(Cell(row, column, 1, span, box, lines))
    return Grid(
        page, (x, y, x + float(width), y + float(height) * len(rows)), len(rows), len(shares), tuple(cells)
    )


def layouts(block):
    """The lines of one case -> its pages."""
    pages, rows = [], []
    for text in block:
        mark, _, rest = text.partition(" ")
        if mark == "P":
            pages.append((int(rest), [], []))
        elif mark == "T":
            pages = pages or [(0, [], [])]
            pages[0][2].append(Line(rest.replace("\\t", "\t"), 0, 0, 0, 0))
        elif mark == "L":
            place, _, words = rest.partition(" ")
            pages[-1][2].append(line(words, *map(float, place.split(","))))
        elif mark == "G":
            rows = []
            pages[-1][1].append((rest, rows))
        elif mark == "|":
            rows.append([cell.strip(" ") for cell in text.strip("|").split("|")])
    return [
        Layout(page, 595, 842, tuple(grid(page, *one) for one in grids), tuple(lines))
        for page, grids, lines in pages
    ]


def expected(block):
    told = dict(text[2:].split(" ", 1) for text in block if text.startswith("= "))
    return {
        **{
            name: told.get(name)
            for name in ("agency", "filing_type", "filing_title", "stage", "form_version")
        },
        "filing_number": int(told["filing_number"]) if "filing_number" in told else None,
        "published": dt.date.fromisoformat(told["published"]) if "published" in told else None,
        "prefectures": tuple(told.get("prefectures", "").split()),
        "problems": told.get("problems", "").split(),
    }


def covers():
    _, *blocks = CASES.read_text(encoding="utf-8").split("\n== ")
    return [
        pytest.param(rest.splitlines(), id=name)
        for name, _, rest in (block.partition("\n") for block in blocks)
    ]


def values(cover):
    found = {name: getattr(cover, name) for name in expected([])}
    return found | {"problems": [problem.code for problem in cover.problems]}


@pytest.mark.parametrize("block", covers())
def test_read_cover(block):
    assert values(read_cover(layouts(block))) == expected(block)


@pytest.mark.parametrize("block", [case for case in covers() if not case.id.startswith("transcript")])
def test_the_order_of_cells_and_lines_plays_no_part(block):
    turned = [
        Layout(page.page, page.width, page.height, page.grids[::-1], page.lines[::-1])
        for page in layouts(block)
    ]
    assert values(read_cover(turned)) == expected(block)


VALUES = {
    "filing_number": "12",
    "filing_title": "年金に関する事務",
    "agency": "海津市長",
    "published": "令和6年4月1日",
}


@pytest.mark.parametrize("row", rules.table("cover_labels"), ids=lambda row: row["label"])
def test_every_label_has_its_value_and_the_others_take_none(row):
    table = ["P 1", "L 150,50 特定個人情報保護評価書（基礎項目評価書）", "G 50,100 500 25 1:1"]
    value = VALUES.get(row["field"], "12")
    cover = read_cover(layouts([*table, f"| {row['label']} | {value} |"]))
    raw = {name: getattr(cover, f"{name}_raw") for name in VALUES}
    assert raw == {name: value if name == row["field"] else None for name in VALUES}


def test_a_transcripts_front_is_read_as_its_reader_gives_it():
    cover = "評価書番号\t評価書名\n5\t年金\n評価実施機関名\t海津市長\n公表日\n令和6年4月1日\n"
    table = "変更日\t項目\t変更前の記載\t変更後の記載\t提出時期\n令和6年4月1日\tⅠ-5\t旧\t新\t事後\n"
    found = read_cover(transcript.read(f"{cover}\n{table}".encode(), "x.txt").front)
    assert (found.filing_number, found.filing_title, found.agency) == (5, "年金", "海津市長")
    assert found.published == dt.date(2024, 4, 1)


def test_the_form_right_below_the_last_label_is_not_its_value():
    lines = ["評価書名", "年金に関する事務", "評価実施機関名", "海津市長", "Ⅰ　関連情報", "①事務の名称"]
    cover = read_cover([Layout(0, 0, 0, (), tuple(Line(text, 0, 0, 0, 0) for text in lines))])
    assert cover.agency_raw == "海津市長"


def test_plain_lines_need_no_page_number():
    (case,) = (case for case in covers() if case.id == "transcript_tabs")
    (page,) = layouts(*case.values)
    assert values(read_cover([page._replace(page=1)])) == values(read_cover([page]))


def test_raw_values_keep_every_character():
    (case,) = (case for case in covers() if case.id == "persons_name_after_the_title")
    cover = read_cover(layouts(*case.values))
    assert cover.agency_raw == "岐阜県海津市長　見本　太郎"
    (case,) = (case for case in covers() if case.id == "title_wrapped_inside_a_word")
    cover = read_cover(layouts(*case.values))
    assert cover.filing_title_raw == "地方税の賦課徴収に関する事\n務　全項目評価書"
    assert (cover.filing_number_raw, cover.published_raw) == ("12", "令和6年\n4月1日")


def test_no_cover_is_all_null_and_told():
    assert [problem.code for problem in NOTHING.problems] == ["cover_missing"]
    assert NOTHING._replace(problems=()) == Cover()


def test_a_label_without_a_value_is_told_from_no_label():
    (case,) = (case for case in covers() if case.id == "number_empty_above")
    cover = read_cover(layouts(*case.values))
    assert (cover.filing_number_raw, cover.published_raw) == ("", "")
    assert read_cover([]) == NOTHING


@given(st.lists(st.tuples(st.text(max_size=30), st.integers(0, 500), st.integers(0, 800)), max_size=12))
def test_a_page_without_labels_gives_nothing(words):
    page = Layout(1, 595, 842, (), tuple(line(text, x, y) for text, x, y in words))
    assert read_cover([page]) == NOTHING


WORDS = ["評価書番号", "評価書名", "評価実施機関名", "公表日", "12", "札幌市長", "令和6年4月1日", "｜", "（"]


@given(
    st.permutations(WORDS),
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 800)), min_size=9, max_size=9),
)
def test_labels_in_any_place_are_read_or_left(words, places):
    page = Layout(
        1, 595, 842, (), tuple(line(text, *place) for text, place in zip(words, places, strict=True))
    )
    cover = read_cover([page])
    assert cover.filing_number in (None, 12)
    assert cover.published in (None, dt.date(2024, 4, 1))
    assert cover.filing_title not in ("評価書名", "公表日", "評価書番号", "評価実施機関名")


@pytest.mark.parametrize("case", cases("filing_keys"), ids=lambda case: f"{case['body']} {case['title']}")
def test_filing_key(case):
    body = Body(case["code"] or None, case["body"] or None, prefecture_name=case["prefecture"] or None)
    number = int(case["number"]) if case["number"] else None
    assert filing_key(body, Cover(filing_number=number, filing_title=case["title"] or None)) == (
        case["key"] or None
    )


@pytest.mark.parametrize(
    ("titles", "kind"),
    [
        (["(別添3) 変更箇所"], "全項目"),
        (["（別添２）変　更　箇　所"], "重点項目"),
        (["変更箇所"], None),
        (["別添3の変更箇所を見よ"], None),
        (["(別添2)変更箇所", "(別添3)変更箇所"], None),
    ],
)
def test_without_a_cover_the_tables_own_title_tells_the_form(titles, kind):
    page = Layout(0, 0, 0, (), tuple(line(title, 0, 20 * n) for n, title in enumerate(titles)))
    cover = read_cover([page])
    assert cover.filing_type == kind
    assert [problem.code for problem in cover.problems] == ["cover_missing"]
