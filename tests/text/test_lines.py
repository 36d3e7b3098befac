"""Drawn lines into paragraphs: single line ends from a table of cases, invariants, and real producers."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.line import Line, Lines
from pipeline.model import Piece
from pipeline.read import open_pdf
from pipeline.settings import Settings
from pipeline.tables.grid import layout
from pipeline.text.breaks import Sight
from pipeline.text.lines import joined, paragraphs, right_margin
from pipeline.text.normalise import comparison_form

TESTS = Path(__file__).parents[1]
with (TESTS / "cases/line_ends.tsv").open(encoding="utf-8") as file:
    CASES = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
EM, PAD = 10.0, 2.0


def ems(text):
    return sum(0.5 if char.isascii() else 1.0 for char in text)


def piece(lines, width, page=1):
    drawn = [Line(text, PAD, 14.0 * k, PAD + EM * ems(text), 14.0 * k + EM) for k, text in enumerate(lines)]
    return Piece(Lines.of(drawn), page, (0.0, 0.0, 2 * PAD + EM * width, 14.0 * len(lines)))


def text_of(pieces):
    """The text of a cell that stands alone."""
    [text] = paragraphs([pieces])
    return text


@pytest.mark.parametrize(
    ("lines", "width", "expected"),
    [
        (["事", "後"], 2, "事後"),
        (["報", "告", "書"], 3, "報告書"),
        (["甲", "乙"], 8, "甲\n乙"),
        (["①", "②"], 2, "①\n②"),
    ],
)
def test_a_narrow_cell_written_from_top_to_bottom(lines, width, expected):
    assert text_of([piece(lines, width)]) == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["reason"])
def test_line_end(case):
    drawn = case["lines"].split("|")
    marks = ["\n" if end == "1" else "" for end in case["ends"]]
    expected = drawn[0] + "".join(mark + line for mark, line in zip(marks, drawn[1:], strict=True))
    assert text_of([piece(drawn, float(case["width"]))]) == expected


def test_a_paragraph_runs_on_over_a_page_break():
    pieces = [piece(["個人番号を利用す"], 8, page=1), piece(["る事務", "・記録"], 8, page=2)]
    assert text_of(pieces) == "個人番号を利用する事務\n・記録"


def test_a_paragraph_that_ended_stays_ended_over_a_page_break():
    assert text_of([piece(["利用する。"], 8), piece(["記録の管理"], 8, page=2)]) == "利用する。\n記録の管理"


def test_centred_lines_are_wrapped_too():
    box = (0.0, 0.0, 84.0, 42.0)
    lines = tuple(
        Line(text, 42 - 5.0 * len(text), 14.0 * k, 42 + 5.0 * len(text), 14.0 * k + 10)
        for k, text in enumerate(["個人番号を利用す", "る事務", "総務課"])
    )
    assert text_of([Piece(Lines.of(lines), 1, box)]) == "個人番号を利用する事務\n総務課"


def test_paragraphs_set_apart_by_space():
    texts = ["個人番号を利用す", "る事務に従事する", "職員と事務所の者", "市町村長に届け出"]
    tops = [0.0, 14.0, 34.0, 48.0]  # a gap after the second line
    lines = tuple(Line(text, PAD, y, PAD + EM * 8, y + EM) for text, y in zip(texts, tops, strict=True))
    expected = "個人番号を利用する事務に従事する\n職員と事務所の者市町村長に届け出"
    assert text_of([Piece(Lines.of(lines), 1, (0.0, 0.0, 84.0, 62.0))]) == expected


def test_the_tables_margin_shows_where_a_cell_of_two_lines_wraps():
    wide = [
        piece(["個人番号を利用す", "る事務に従事する", "職員"], 10) for _ in range(8)
    ]  # wraps two ems early
    cell = piece(["記録の管理をする", "職員"], 10)
    assert text_of([cell]) == "記録の管理をする\n職員"
    cells = [[cell], *([one] for one in wide)]
    assert paragraphs(cells, right_margin(cells))[0] == "記録の管理をする職員"
    assert paragraphs(cells)[0] == "記録の管理をする\n職員"
    assert right_margin(cells[:4]) is None


def test_one_line_that_sticks_out_does_not_move_the_margin():
    cells = [piece(["個人番号を利用す", "る事務に従事する", "職員"], 10) for _ in range(15)]
    sticking_out = piece(["個人番号を利用する事務に", "従事する", "職員"], 10)
    assert right_margin([[*cells, sticking_out]]) == right_margin([cells]) == pytest.approx(PAD + 2 * EM)


def test_lines_of_a_transcript_are_paragraphs():
    assert text_of([Piece(("・一つ目", "・二つ目"))]) == "・一つ目\n・二つ目"


def test_line_ends_inside_a_transcripts_line_are_layout():
    assert text_of([Piece(("\n   住民票の\n   写し\n",))]) == "住民票の 写し"


def test_a_transcripts_row_joined_over_a_page_break():
    assert text_of([Piece(("前半の",)), Piece(("後半",))]) == "前半の後半"
    assert text_of([Piece(("前半。",)), Piece(("・後半",))]) == "前半。\n・後半"


def test_a_word_that_fills_its_line_to_the_last_letter_may_be_cut():
    assert text_of([piece(["事業者においてはN", "ISTによる"], 8.5)]) == "事業者においてはNISTによる"
    assert text_of([piece(["事業者のSecurity", "Officerによる"], 9)]) == "事業者のSecurity Officerによる"


def test_nothing_gives_nothing():
    assert text_of([]) == ""
    assert text_of([Piece(())]) == text_of([Piece(Lines.of([]))]) == ""
    assert text_of([Piece(Lines.of([])), piece(["甲", "乙"], 8), Piece(Lines.of([]))]) == "甲\n乙"


@pytest.mark.parametrize(
    ("left", "right", "whole"),
    [
        ("Microsoft", "Excel", "Microsoft Excel"),
        ("Microsoft ", "Excel", "Microsoft Excel"),
        ("統合宛名 ", "システム", "統合宛名システム"),
        ("NIST", "による", "NISTによる"),
        ("by NIST,", "2024", "by NIST, 2024"),
        ("[○]紙", "[　]電子記録媒体", "[○]紙 [　]電子記録媒体"),
        ("平成2", "8年", "平成28年"),
        ("012-345-", "6789", "012-345-6789"),
        ("https://example.jp/", "index", "https://example.jp/index"),
    ],
)
def test_spaces_where_a_line_was_wrapped(left, right, whole):
    assert joined(left, right) == whole


TEXT = st.lists(
    st.text("個人番号の、。（）・①②１２ＡＢabc 】【", min_size=1, max_size=12), min_size=1, max_size=8
)


@settings(deadline=None)
@given(TEXT, st.floats(4, 14), st.booleans())
def test_no_character_is_lost_and_none_is_new(lines, width, as_transcript):
    made = Piece(tuple(lines)) if as_transcript else piece(lines, width)
    kept = Counter("".join(lines)) - Counter(" ")
    found = Counter(text_of([made]))
    assert {char: n for char, n in kept.items() if char != " "} == {
        char: n for char, n in found.items() if char not in " \n"
    }


@settings(deadline=None)
@given(st.lists(st.tuples(TEXT, st.floats(4, 14)), max_size=6))
def test_cells_without_a_margin_are_read_each_for_itself(cells):
    made = [[piece(lines, width)] for lines, width in cells]
    assert paragraphs(made) == [text_of(cell) for cell in made]


DRAWN = st.lists(
    st.tuples(
        st.text("個の人アシト、。・）（】第2２①A　 ［:㎡\u2f42\U00020bb7", max_size=5)
        | st.sampled_from(
            [
                "システム",
                "措置",
                "電話",
                "：",
                "（以下",
                "リスク",
                "の",
                "【市",
                "平成",
                "［○］紙",
                "6日",
                "①",
                "7.住",
            ]
        ),
        st.floats(0, 20),
        st.floats(10, 24),
    ),
    max_size=9,
)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.lists(DRAWN, max_size=2), st.floats(30, 90)), max_size=4),
    st.none() | st.floats(0, 9),
)
def test_what_is_told_at_first_sight_is_what_a_second_look_tells(cells, margin):
    made = []
    for pieces, width in cells:
        made.append([])
        for drawn in pieces:
            y, placed = 0.0, []
            for text, x, step in drawn:
                placed.append(Line(text, x, y := y + step, x + EM * ems(text), y + EM))
            made[-1].append(Piece(Lines.of(placed), 1, (0.0, 0.0, width, y + 14)))
    found = paragraphs(made, margin)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.text.lines.at_first_sight", lambda text, start, *_: Sight(*[start < 0] * 3))
        assert found == paragraphs(made, margin)


@settings(deadline=None)
@given(st.lists(st.text("個人番号利用事務", min_size=1, max_size=40), min_size=1, max_size=5))
def test_wrapping_and_joining_bulleted_paragraphs_is_a_round_trip(texts):
    whole = [f"・{text}。" for text in texts]
    lines = [text[k : k + 9] for text in whole for k in range(0, len(text), 9)]
    lines = [line for line in lines if line != "。"]  # no line begins with a full stop
    if "".join(lines) == "".join(whole):
        assert text_of([piece(lines, 9)]) == "\n".join(whole)


# ---------------------------------------------------------------- real producers


def folded_ends(text):
    """Text without white space, and the places where its lines end."""
    parts = [comparison_form(part) for part in text.split("\n")]
    ends, at = set(), 0
    for part in parts[:-1]:
        at += len(part)
        ends.add(at)
    return "".join(parts), ends


def counts(case):
    """(line ends found and true, found, true) over the cells of a filing whose text is in its truth."""
    truth = json.loads((TESTS / f"filings/{case}.json").read_text())
    texts = dict(folded_ends(row[name]) for row in truth["rows"] for name in ("before", "after", "note"))
    cells = []
    with open_pdf((TESTS / f"filings/{case}.pdf").read_bytes(), case, "pdfium") as pdf:
        for number in range(1, len(pdf) + 1):
            for grid in layout(pdf.page(number), Settings()).grids:
                several = (cell for cell in grid.cells if len(cell.lines) > 1)
                cells += [Piece(Lines.of(cell.lines), number, cell.box) for cell in several]
    both = found = true = 0
    alone = [[cell] for cell in cells]
    for text, ends in map(folded_ends, paragraphs(alone, right_margin(alone))):
        if text in texts:
            both, found, true = both + len(ends & texts[text]), found + len(ends), true + len(texts[text])
    return both, found, true


@pytest.mark.parametrize(
    "case", ["calc_landscape", "calc_merged", "writer_portrait", "writer_half_kana", "web_open",
             "web_no_header", "drawn_crop", "drawn_no_header"],
)  # fmt: skip
def test_line_ends_of_real_producers(case):
    both, found, true = counts(case)
    assert true >= 10
    assert 2 * both / (found + true) >= 0.97
