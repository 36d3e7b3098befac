"""Single cases of tables as bodies really set them, each drawn with the fewest strokes."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from pipeline.model import COLUMNS, ChangeTable, Column, Layout
from pipeline.read import Pdf
from pipeline.scan.kept import Kept
from pipeline.scan.scanned import readable
from pipeline.settings import Settings
from pipeline.tables import contents

from .drawing import PITCH, SIZE, WIDTHS, FakePdf, Sheet, Style, draw, wrap

HEADS = ("変更日", "項目", "変更前の記載", "変更後の記載", "提出時期", "提出時期に係る説明")
ONE = ("令和6年4月1日", "Ⅰ-2 ②事務の内容", "旧", "新", "事後", "機構改革")
TWO = ("令和6年5月1日", "Ⅱ-3 ⑧使用方法", "紙", "端末", "事前", "様式の変更")
THREE = ("令和6年6月1日", "Ⅲ-2 リスク1", "甲", "乙", "事後", "法改正")


@dataclass
class Drawing:
    """A page on which every cell and every rule is placed by hand; columns and rows count from 0."""

    number: int = 3
    widths: tuple[float, ...] = WIDTHS
    left: float = 27.0
    top: float = 100.0
    sheet: Sheet = field(init=False)

    def __post_init__(self) -> None:
        self.sheet = Sheet(self.number)

    def x(self, column: int) -> float:
        return self.left + sum(self.widths[:column])

    def cell(
        self, row: float, column: int, text: str, *, rows: float = 1, across: int = 1, sides: str = "tblr"
    ) -> None:
        """A cell with the borders that `sides` names (top, bottom, left, right); rows are 40 points high."""
        x0, x1 = self.x(column), self.x(column + across)
        y0, y1 = self.top + 40 * row, self.top + 40 * (row + rows)
        for index, line in enumerate(wrap(text, x1 - x0) if text else []):
            self.sheet.write(x0 + 3, y0 + 3 + PITCH * index, line)
        if "t" in sides:
            self.sheet.horizontal.append((y0, x0, x1))
        if "b" in sides:
            self.sheet.horizontal.append((y1, x0, x1))
        if "l" in sides:
            self.sheet.vertical.append((x0, y0, y1))
        if "r" in sides:
            self.sheet.vertical.append((x1, y0, y1))

    def row(self, row: float, texts: tuple[str, ...], *, rows: float = 1, sides: str = "tblr") -> None:
        for column, text in enumerate(texts):
            self.cell(row, column, text, rows=rows, sides=sides)


def read(*drawings: Drawing | Sheet, front: int = 2) -> ChangeTable:
    sheets = [Sheet(number + 1) for number in range(front)]
    sheets += [drawing.sheet if isinstance(drawing, Drawing) else drawing for drawing in drawings]
    return contents(with_pictures(FakePdf(sheets)), Settings()).table


def with_pictures(pdf: FakePdf) -> Pdf:
    """The PDF as it is opened when no engine reads pictures."""
    return readable(pdf, b"", "off", Kept(), lambda page: Layout(page.number, 0, 0, (), ()))


def raw(table: ChangeTable) -> list[tuple[str, ...]]:
    return [tuple("".join(row.cells[column].raw.split("\n")) for column in COLUMNS) for row in table.rows]


def value(table: ChangeTable, index: int, column: Column) -> str:
    cell = table.rows[index].cells[column]
    return "".join(piece.text for piece in cell.merged or cell.pieces).replace("\n", "")


def started(number: int = 3) -> Drawing:
    page = Drawing(number)
    page.row(0, HEADS)
    return page


def test_a_closed_row_whose_tail_has_no_date_and_item_goes_on() -> None:
    one, two = started(3), started(4)
    one.row(1, ("令和6年4月1日", "Ⅰ-2 ②事務の内容", "旧シス", "新シス", "事後", "機構"))
    two.row(1, ("", "", "テム", "テム", "", "改革"))
    two.row(2, TWO)
    table = read(one, two)
    assert raw(table) == [
        ("令和6年4月1日", "Ⅰ-2 ②事務の内容", "旧システム", "新システム", "事後", "機構改革"),
        TWO,
    ]
    assert table.rows[0].marks == ("joined_past_closing_rule",)
    assert table.rows[0].pages == (3, 4)


def test_a_row_of_its_own_below_a_break_is_not_joined() -> None:
    one, two = started(3), started(4)
    one.row(1, ONE)
    two.row(1, TWO)
    assert raw(read(one, two)) == [ONE, TWO]


def test_a_merged_date_and_item_over_a_closed_break_begin_a_row_when_timings_tell() -> None:
    one, two = started(3), started(4)
    one.row(1, ONE, sides="tlr")
    one.row(1, ("", "", "", "", "", ""), sides="")
    one.sheet.horizontal.append((180.0, one.x(2), one.x(6)))
    two.row(1, ("", "", "紙", "端末", "事前", "様式の変更"))
    table = read(one, two)
    assert [row[2:] for row in raw(table)] == [ONE[2:], ("紙", "端末", "事前", "様式の変更")]
    assert value(table, 1, "change_date") == ONE[0]
    assert value(table, 1, "item") == ONE[1]
    assert "filled_from_merged_cell" in table.rows[1].marks


@pytest.mark.parametrize(
    ("drawn", "text"),
    [
        ((("①", 0), ("保管場所", 16)), "①\u3000保管場所"),  # a tab
        ((("①", 0), ("\u3000保管場所", 8)), "①\u3000保管場所"),
        ((("①", 0), ("保管場所", 13)), "①保管場所"),
        ((("システム", 0), ("、", 40), ("端末", 56)), "システム、端末"),
        ((("API", 0), ("連携する", 24)), "API\u3000連携する"),
        ((("API", 0), ("V2 API", 16)), "API V2 API"),
        ((("保", 0), ("管", 20), ("場", 40), ("所", 60)), "保管場所"),  # spread over the cell's width
        ((("保管", 0), ("場", 30), ("所", 50), ("①", 70)), "保管場所①"),
        ((("事", 0), ("後", 20)), "事後"),
    ],
)
def test_a_gap_as_wide_as_a_glyph_is_a_blank_unless_letters_are_spaced(
    drawn: tuple[tuple[str, float], ...], text: str
) -> None:
    page = started()
    page.row(1, (*ONE[:3], "", *ONE[4:]))
    for words, x in drawn:
        page.sheet.write(page.x(3) + 3 + x, page.top + 43, words)
    assert read(page).rows[0].cells["after"].raw == text


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_text_turned_in_its_cell_is_read_along_its_lines(turn: int) -> None:
    page = started()
    page.row(1, (*ONE[:4], "", ONE[5]))
    page.row(2, TWO)
    x, y = page.x(4) + 14, page.top + 40 + 20
    page.sheet.write_turned(x, y, "事後", turn)
    # The second line of turned text stands where its glyphs' feet point.
    across, down = ((0, 1), (-1, 0), (0, -1), (1, 0))[turn]
    page.sheet.write_turned(x + PITCH * across, y + PITCH * down, "報告", turn)
    table = read(page)
    assert table.rows[0].cells["timing"].raw == "事後\n報告"
    assert raw(table) == [(*ONE[:4], "事後報告", ONE[5]), TWO]


def test_a_merged_date_may_be_printed_below_the_break() -> None:
    one, two, three = started(3), Drawing(4), Drawing(5)
    one.row(1, ONE)
    two.cell(0, 0, "", rows=2, sides="tlr")
    three.cell(0, 0, "令和6年6月1日", rows=2, sides="lrb")
    for column in range(1, 6):
        two.cell(0, column, TWO[column])
        two.cell(1, column, THREE[column])
        three.cell(0, column, ONE[column])
        three.cell(1, column, TWO[column])
    table = read(one, two, three)
    assert [row[1:] for row in raw(table)] == [ONE[1:], TWO[1:], THREE[1:], ONE[1:], TWO[1:]]
    assert [value(table, k, "change_date") for k in range(5)] == [ONE[0], *["令和6年6月1日"] * 4]
    assert ["filled_from_merged_cell" in row.marks for row in table.rows] == [False, True, True, False, True]
    assert [row.pages for row in table.rows] == [(3,), (4,), (4,), (5,), (5,)]


@pytest.mark.parametrize(
    ("head", "tail"), [("令和6年4", "月1日"), ("令和6年4月", "1日"), ("令和", "6年4月1日")]
)
def test_a_date_cut_by_the_break_is_one_date(head: str, tail: str) -> None:
    one, two = started(3), started(4)
    one.row(1, (head, "Ⅰ-2 ②事務", "旧", "新", "事後", "機構"), sides="tlr")
    two.row(1, (tail, "の内容", "記載", "記載", "", "改革"))
    table = read(one, two)
    assert raw(table) == [("令和6年4月1日", "Ⅰ-2 ②事務の内容", "旧記載", "新記載", "事後", "機構改革")]
    assert "date_split_by_break" in table.rows[0].marks


def test_centred_cells_of_a_cut_row_stand_in_its_second_part() -> None:
    one, two = started(3), Drawing(4)
    one.row(1, ("", "", "旧い長い", "新しい長い", "", ""), sides="tlr")
    two.row(0, ("令和6年4月1日", "Ⅰ-2", "記載", "記載", "事後", "改革"), sides="blr")
    two.row(1, TWO)
    table = read(one, two)
    assert raw(table) == [("令和6年4月1日", "Ⅰ-2", "旧い長い記載", "新しい長い記載", "事後", "改革"), TWO]


def test_a_cell_may_be_longer_than_two_pages() -> None:
    pages = [started(3), Drawing(4), Drawing(5), Drawing(6)]
    pages[0].row(1, ("令和6年4月1日", "Ⅰ-2", "一", "壱", "事後", "改革"), sides="tlr")
    pages[1].row(0, ("", "", "二", "弐", "", ""), rows=8, sides="lr")
    pages[2].row(0, ("", "", "三", "参", "", ""), rows=8, sides="lr")
    pages[3].row(0, ("", "", "四", "肆", "", ""), sides="blr")
    pages[3].row(1, TWO)
    table = read(*pages)
    assert raw(table) == [("令和6年4月1日", "Ⅰ-2", "一二三四", "壱弐参肆", "事後", "改革"), TWO]
    assert table.rows[0].pages == (3, 4, 5, 6)


def test_a_header_inside_a_row_without_rules_around_it() -> None:
    page = started()
    page.row(1, ("令和6年4月1日", "Ⅰ-2", "上", "上側", "事後", "改革"), sides="tlr")
    page.row(2, HEADS, sides="lr")
    page.row(3, ("", "", "下", "下側", "", ""), sides="blr")
    page.row(4, TWO)
    table = read(page)
    assert raw(table) == [("令和6年4月1日", "Ⅰ-2", "上下", "上側下側", "事後", "改革"), TWO]
    assert "joined_around_header" in table.rows[0].marks
    assert table.glyphs.share == 1.0


def test_spreadsheet_rows_that_only_carry_text_on_belong_to_the_row_above() -> None:
    page = started()
    page.row(1, ("令和6年4月1日", "Ⅰ-2", "上", "上側", "事後", "改革"))
    page.row(2, ("", "", "下", "下側", "", ""))
    page.row(3, TWO)
    table = read(page)
    assert raw(table) == [("令和6年4月1日", "Ⅰ-2", "上下", "上側下側", "事後", "改革"), TWO]
    assert table.rows[0].marks == ("joined_without_own_cells",)


def test_a_row_without_date_keeps_its_empty_date() -> None:
    page = started()
    page.row(1, ONE)
    page.row(2, ("", *TWO[1:]))
    table = read(page)
    assert raw(table) == [ONE, ("", *TWO[1:])]
    assert table.rows[1].cells["change_date"].merged == ()
    assert table.rows[1].marks == ()


def test_a_rule_through_one_text_alone_parts_no_row() -> None:
    page = started()
    for column, text in enumerate(ONE):
        if column != 3:
            page.cell(1, column, text, rows=2)
    page.cell(1, 3, "新その一")
    page.cell(2, 3, "新その二")
    page.row(3, TWO)
    assert raw(read(page)) == [(*ONE[:3], "新その一新その二", *ONE[4:]), TWO]


def test_merged_cells_of_any_column_fill_the_rows_they_cover() -> None:
    page = started()
    for column in (0, 4, 5):
        page.cell(1, column, ONE[column], rows=2)
    for column in (1, 2, 3):
        page.cell(1, column, ONE[column])
        page.cell(2, column, TWO[column])
    table = read(page)
    assert raw(table) == [ONE, ("", *TWO[1:4], "", "")]
    assert [value(table, 1, column) for column in ("change_date", "timing", "note")] == [
        ONE[0],
        ONE[4],
        ONE[5],
    ]


def test_a_box_drawn_inside_a_cell_is_part_of_it() -> None:
    page = started()
    page.row(1, (*ONE[:3], "新しい", *ONE[4:]))
    page.sheet.write(page.x(3) + 15, 160, "囲み")
    for y in (156.0, 172.0):
        page.sheet.horizontal.append((y, page.x(3) + 12, page.x(3) + 60))
    for x in (page.x(3) + 12, page.x(3) + 60):
        page.sheet.vertical.append((x, 156.0, 172.0))
    table = read(page)
    assert raw(table) == [(*ONE[:3], "新しい囲み", *ONE[4:])]
    assert table.glyphs.share == 1.0


@pytest.mark.parametrize("underline", [(2.0, 40.0), (1.0, 149.0)])
def test_underlined_text_does_not_part_a_cell(underline: tuple[float, float]) -> None:
    page = started()
    page.row(1, (*ONE[:3], "字" * 18 + "つづく", *ONE[4:]))
    start, stop = underline
    page.sheet.horizontal.append((page.top + 40 + 3 + SIZE - 0.5, page.x(3) + start, page.x(3) + stop))
    assert raw(read(page)) == [(*ONE[:3], "字" * 18 + "つづく", *ONE[4:])]


def test_a_seventh_column_is_left_out_but_said() -> None:
    page = Drawing(widths=(*WIDTHS[:5], 40.0, 32.0))
    page.row(0, (*HEADS, "備考"))
    page.row(1, (*ONE, "参考"))
    table = read(page)
    assert raw(table) == [ONE]
    assert table.glyphs.share == 1.0
    assert [(problem.code, problem.excerpt) for problem in table.problems] == [("extra_column", "参考")]


def test_another_table_of_six_columns_is_not_the_change_table() -> None:
    page = Drawing(2)
    page.row(0, ("番号", "項目", "内容", "根拠", "時期", "備考"))
    page.row(1, ("1", "事務の内容", "照会", "番号法", "随時", "変更前、変更後の記載"))
    page.sheet.write(30, 60, "提出時期 変更日")
    change = started(3)
    change.row(1, ONE)
    table = read(page, change, front=1)
    assert raw(table) == [ONE]
    assert table.pages == (3,)


def test_the_table_ends_where_another_begins() -> None:
    one, two = started(3), Drawing(4, widths=(100.0, 440.0))
    one.row(1, ONE)
    two.row(0, ("問合せ先", "総務課"))
    table = read(one, two)
    assert (raw(table), table.pages) == ([ONE], (3,))


def test_a_page_without_header_at_another_place_carries_on() -> None:
    one, two = started(3), Drawing(4, left=41.0)
    one.row(1, ONE)
    two.row(0, TWO)
    assert raw(read(one, two)) == [ONE, TWO]


def test_columns_of_an_older_form_may_lack_the_timing() -> None:
    page = Drawing(widths=WIDTHS[:4])
    page.row(0, HEADS[:4])
    page.row(1, ONE[:4])
    assert raw(read(page)) == [(*ONE[:4], "", "")]


def test_letters_of_a_header_spaced_and_broken_over_lines() -> None:
    page = Drawing()
    page.row(
        0,
        (
            "変 更 日",
            "項　　目",
            "変　更　前　の　記　載",
            "変　更　後　の　記　載",
            "提出\n時期",
            "提出時期に\n係る説明",
        ),
    )
    page.row(1, ONE)
    assert raw(read(page)) == [ONE]


def test_two_filings_in_one_file_give_the_rows_of_both() -> None:
    one, cover, two = started(3), Sheet(4), started(5)
    one.row(1, ONE)
    cover.write(50, 100, "評価書名　評価実施機関名")
    two.row(1, TWO)
    table = read(one, cover, two)
    assert raw(table) == [ONE, TWO]
    assert [problem.code for problem in table.problems] == ["several_change_tables"]


def test_a_table_without_rows_is_empty_not_absent() -> None:
    page = started()
    page.row(1, ("",) * 6)
    assert read(page).state == "empty"
    assert read(Sheet(3)).state == "absent"


def test_a_title_with_nothing_to_list_is_an_empty_table() -> None:
    sheet = Sheet(3)
    sheet.write(50, 60, "（別添３）変更箇所")
    sheet.write(50, 90, "該当なし")
    assert read(sheet).state == "empty"


@pytest.mark.parametrize("texts", [("該当なし", "", "", "", "", ""), ("－", "－", "－", "－", "－", "－")])
def test_a_row_that_says_there_is_none_is_no_row(texts: tuple[str, ...]) -> None:
    page = started()
    page.row(1, texts)
    table = read(page)
    assert (table.state, table.rows, table.glyphs.share) == ("empty", (), 1.0)


def test_a_header_that_no_rules_surround() -> None:
    page = Drawing()
    for column, text in enumerate(HEADS):
        page.sheet.write(page.x(column) + 3, 85, text[:6])
    page.row(0, ONE)
    page.row(1, TWO)
    table = read(page)
    assert (raw(table), table.glyphs.share) == ([ONE, TWO], 1.0)


def test_the_title_in_the_contents_list_is_no_table() -> None:
    contents_list = Sheet(3)
    for index, text in enumerate(
        ("項目一覧", "Ⅰ 基本情報", "Ⅱ 特定個人情報ファイルの概要", "（別添３）変更箇所")
    ):
        contents_list.write(50, 60 + 20 * index, text)
    table = read(contents_list)
    assert (table.state, table.problems) == ("absent", ())


def test_a_page_that_begins_with_the_rest_of_a_date_below_a_running_head() -> None:
    one, two = started(3), Drawing(4)
    one.sheet.write(480, 40, "架空の見本")
    two.sheet.write(480, 40, "架空の見本")
    one.row(1, ("令和6年4", *ONE[1:]), sides="tlr")
    two.row(0, ("月1日", "", "記載", "記載", "", ""), sides="blr")
    table = read(one, two)
    assert raw(table) == [(ONE[0], ONE[1], "旧記載", "新記載", *ONE[4:])]
    assert table.glyphs.share == 1.0


def test_a_title_without_a_ruled_table_is_said() -> None:
    sheet = Sheet(3)
    sheet.write(50, 60, "（別添３）変更箇所")
    sheet.write(50, 90, "変更日　令和6年4月1日")
    table = read(sheet)
    assert (table.state, [problem.code for problem in table.problems]) == ("absent", ["table_not_found"])


@pytest.mark.parametrize("text", ["- 3 -", "札幌市　架空の見本　令和6年4月1日受付"])
def test_a_scan_with_a_page_number_or_stamp_is_a_picture(text: str) -> None:
    one, scan, figure = started(3), Sheet(4, image_share=0.95), Sheet(5, image_share=0.6)
    one.row(1, ONE)
    scan.write(280, 810, text)
    figure.write(280, 810, text)
    problems = [(problem.code, problem.page) for problem in read(one, scan, figure).problems]
    assert problems == [("image_only", 4)]


@pytest.mark.parametrize("text", ["変更前の記載　変更後の記載", "変更前の記裁　読み違え"])
def test_a_scan_with_hidden_text_and_no_rules_is_said(text: str) -> None:
    cover, scan = Sheet(1, image_share=0.95, hidden=True), Sheet(3, image_share=0.95, hidden=True)
    cover.write(50, 60, "特定個人情報保護評価書（全項目評価書）札幌市　予防接種に関する事務　架空の見本")
    for row in range(6):
        scan.write(50, 90 + 12 * row, text)
    table = contents(FakePdf([cover, Sheet(2), scan]), Settings()).table
    assert (table.state, [(p.code, p.page) for p in table.problems]) == (
        "absent",
        [("hidden_text_unread", 1)],
    )


def test_a_damaged_page_costs_itself_alone() -> None:
    sheets = draw(
        [(date, "項", "前" * 2000, "後" * 2000, "事後", "") for date in ("令和6年4月1日", "令和6年5月1日")],
        Style(),
    )
    table = contents(FakePdf([Sheet(1), Sheet(2), *sheets], broken=frozenset({4})), Settings()).table
    assert table.state == "rows"
    assert ("page_unreadable", 4) in [(problem.code, problem.page) for problem in table.problems]
    assert 5 in table.pages


def test_a_cell_over_both_texts_is_marked() -> None:
    page = started()
    for column in (0, 1, 4, 5):
        page.cell(1, column, ONE[column])
    page.cell(1, 2, "様式の変更に伴う全面的な改定", across=2)
    table = read(page)
    assert raw(table) == [(*ONE[:2], "様式の変更に伴う全面的な改定", "", *ONE[4:])]
    assert table.rows[0].marks == ("cell_over_columns",)


def test_glyphs_without_unicode_are_named() -> None:
    page = started()
    page.row(1, (*ONE[:3], "新\0外", *ONE[4:]))
    table = read(page)
    assert raw(table)[0][3] == "新\ufffd外"
    assert [(problem.code, problem.ordinal) for problem in table.problems] == [("unmapped_glyphs", 1)]


def test_punctuation_that_hangs_out_of_its_cell_stays_with_its_line() -> None:
    page = started()
    page.row(1, ONE)
    edge = page.x(3)
    page.sheet.write(edge - 22, 160, "委託）。")
    page.sheet.write(edge + 3, 160 + PITCH, "後")
    assert raw(read(page)) == [(*ONE[:2], "旧委託）。", "新後", *ONE[4:])]


def test_text_that_begins_at_the_border_is_the_next_cells() -> None:
    page = started()
    page.row(1, ONE)
    edge = page.x(3)
    page.sheet.write(edge - 16, 160, "委託")
    page.sheet.write(edge, 160, "再委")
    assert raw(read(page)) == [(*ONE[:2], "旧委託", "新再委", *ONE[4:])]


def test_a_merged_date_that_reached_the_pages_foot_goes_on() -> None:
    one, two = started(3), started(4)
    one.cell(1, 0, ONE[0], rows=2)
    for column in range(1, 6):
        one.cell(1, column, ONE[column])
        one.cell(2, column, TWO[column])
    two.row(1, ("", *THREE[1:]))
    table = read(one, two)
    assert [value(table, index, "change_date") for index in range(3)] == [ONE[0]] * 3
    assert [bool(row.cells["change_date"].merged) for row in table.rows] == [False, True, True]


def test_a_box_around_words_may_reach_the_cells_border() -> None:
    page = started()
    page.row(1, (*ONE[:3], "あいうえおかきくけこさしすせそたちつてとなにぬねの", *ONE[4:]))
    x0, x1, y0, y1 = page.x(3) + 99.0, page.x(4), 142.5, 152.0
    page.sheet.horizontal += [(y0, x0, x1), (y1, x0, x1)]
    page.sheet.vertical.append((x0, y0, y1))
    assert raw(read(page)) == [(*ONE[:3], "あいうえおかきくけこさしすせそたちつてとなにぬねの", *ONE[4:])]


def test_a_row_without_rules_below_the_table_is_named_not_taken_for_furniture() -> None:
    page = started()
    page.row(1, ONE)
    page.sheet.write(30, 200, "令和6年5月1日　Ⅱ-3　紙　端末　事前")
    page.sheet.write(30, 220, "※詳細省略")
    table = read(page)
    assert [(problem.code, problem.excerpt) for problem in table.problems] == [
        ("glyphs_unplaced", "令和6年5月1日　Ⅱ-3　紙　端末　事前")
    ]
    assert table.glyphs.share is not None and 0.5 < table.glyphs.share < 1.0


def test_a_running_head_below_an_open_edge_is_furniture_when_it_repeats() -> None:
    rows = [
        (date, "項目名", "前" * 1500, "後" * 1500, "事後", "") for date in ("令和6年4月1日", "令和6年5月1日")
    ]
    sheets = draw(rows, Style(outer=False))
    for offset, sheet in enumerate(sheets):
        sheet.write(400, 795.0 + offset, f"架空市 第{sheet.number}葉")
    assert len(sheets) > 2
    assert contents(FakePdf([Sheet(1), Sheet(2), *sheets]), Settings()).table.glyphs.share == 1.0


def test_a_wide_watermark_over_level_rules_is_furniture_and_the_rules_stay() -> None:
    page, closing = started(), Sheet(4)
    for row, texts in enumerate((ONE, TWO, THREE), 1):
        page.row(row, texts)
    page.sheet.write(60, 165, "素案", size=240)
    table = read(page, closing)
    assert raw(table) == [ONE, TWO, THREE]
    assert (table.glyphs.share, table.glyphs.furniture) == (1.0, 2)


def test_the_part_of_a_watermark_below_an_open_table_is_furniture() -> None:
    page = started()
    page.row(1, ONE)
    page.row(2, TWO, sides="tlr")
    page.sheet.write(100, 120, "見", size=90)
    page.sheet.write(300, 260, "本", size=90)
    table = read(page)
    assert raw(table) == [ONE, TWO]
    assert (table.glyphs.share, table.glyphs.furniture) == (1.0, 2)


def cut_short(number: int, date: str) -> Drawing:
    """A page that ends within a row, whose date may be cut."""
    page = started(number)
    page.sheet.write(480, 40, "架空の見本")
    page.row(1, (date, *ONE[1:]), sides="tlr")
    return page


@pytest.mark.parametrize(("head", "tail"), [("2021/9/", "1"), ("令和6年4月1日", "施行")])
def test_a_page_with_a_tail_below_a_running_head_does_not_end_the_table(head: str, tail: str) -> None:
    one, two, three = cut_short(3, head), Drawing(4), Drawing(5)
    two.sheet.write(480, 40, "架空の見本")
    two.row(0, (tail, "", "記載", "記載", "", ""), sides="blr")
    three.row(0, TWO)
    table = read(one, two, three)
    assert [row[2:4] for row in raw(table)][-1] == TWO[2:4]
    assert (table.pages, table.glyphs.share) == ((3, 4, 5), 1.0)
    assert raw(table)[0][2:4] == ("旧記載", "新記載") or tail == "施行"


def test_a_page_with_its_number_alone_does_not_end_the_table() -> None:
    one, two, three = started(3), Sheet(4), Drawing(5)
    one.row(1, ONE, sides="tlr")
    two.write(280, 810, "- 4 -")
    three.row(0, ("", "", "い", "しい", "", ""), sides="blr")
    assert raw(read(one, two, three)) == [(*ONE[:2], "旧い", "新しい", *ONE[4:])]


def test_a_table_that_goes_on_after_other_pages_is_read_on_and_what_stands_between_is_named() -> None:
    one, two, three, four = started(3), Drawing(4, widths=(100.0, 440.0)), Sheet(5), Drawing(6)
    one.row(1, ONE)
    two.row(0, ("図", "事務の流れ"))
    three.write(50, 100, "図の説明")
    later = (*TWO[:2], "紙" * 30, *TWO[3:])
    four.row(0, later)
    table = read(one, two, three, four)
    assert (raw(table), table.pages) == ([ONE, later], (3, 4, 5, 6))
    assert [(problem.code, problem.page, problem.excerpt) for problem in table.problems] == [
        ("glyphs_unplaced", 4, "図 / 事務の流れ"),
        ("glyphs_unplaced", 5, "図の説明"),
    ]
    assert table.glyphs.share is not None and table.glyphs.share < 1.0


def test_a_filing_after_the_table_is_no_part_of_it() -> None:
    one, cover, other = started(3), Sheet(4), Drawing(5)
    one.row(1, ONE)
    cover.write(50, 100, "評価書名　評価実施機関名")
    other.row(0, TWO)
    table = read(one, cover, other)
    assert (raw(table), table.pages, table.problems) == ([ONE], (3,), ())


def test_rows_in_other_columns_after_the_table_are_named() -> None:
    one, two = started(3), Drawing(4, widths=(100.0, 60.0, 40.0, 150.0, 36.0, 154.0))
    one.row(1, ONE)
    two.row(0, TWO)
    table = read(one, two)
    assert [(problem.code, problem.page) for problem in table.problems] == [("table_end_unclear", 4)]


@pytest.mark.parametrize(
    ("head", "tail", "joined"),
    [
        ("Ⅳ　その他のリスク対策", "２．従業者に対する教育・啓発", True),
        ("Ⅱ-5 提供先1 ⑥時期", "・頻度", True),
        ("Ⅱ　特定個人情報ファイルの概要 ５．提供", "３．情報の使用", False),
        ("Ⅳ　その他のリスク対策", "Ⅰ-1 ②事務の内容", False),
    ],
)
def test_an_item_cut_by_a_break_with_rules_is_joined_unless_it_is_an_address(
    head: str, tail: str, joined: bool
) -> None:
    one, two = started(3), started(4)
    one.row(1, (ONE[0], head, *ONE[2:]))
    two.row(1, ("", tail, "記載", "記載", "", ""))
    two.row(2, TWO)
    table = read(one, two)
    whole = (ONE[0], head + tail, "旧記載", "新記載", *ONE[4:])
    parts = [(ONE[0], head, *ONE[2:]), ("", tail, "記載", "記載", "", "")]
    assert raw(table) == ([whole] if joined else parts) + [TWO]
    assert ("item_split_by_break" in table.rows[0].marks) == joined


def test_a_row_below_a_break_under_a_merged_date_is_no_tail() -> None:
    one, two = started(3), started(4)
    one.row(1, (ONE[0], "Ⅳ　その他のリスク対策", *ONE[2:]))
    two.cell(1, 0, "", rows=2)
    for row, texts in ((1, ("２．教育", "紙", "端末", "", "")), (2, TWO[1:])):
        for column, text in enumerate(texts, 1):
            two.cell(row, column, text)
    assert len(read(one, two).rows) == 3
