"""Whoever reads words reads them in radicals too: every character that has a twin, replaced by it."""

import tomllib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import rules
from pipeline.characters import ALONE, SYMBOLS, ideographs, nfkc, symbols
from pipeline.fields.agency import read_agency
from pipeline.fields.cover import read_cover
from pipeline.fields.dates import read_date
from pipeline.fields.items import read_item
from pipeline.fields.timing import read_note_kind, read_timing
from pipeline.model import Cover, Lines
from pipeline.read import columns, transcript
from pipeline.tables import words
from pipeline.text.lines import paragraphs
from pipeline.text.normalise import comparison_form, normalise
from pipeline.text.starts import start
from tests.cases import HERE, cases
from tests.fields.test_cover import covers, layouts
from tests.text.test_lines import CASES as LINE_ENDS
from tests.text.test_lines import piece

SUPPLEMENT = str.maketrans({row["ideograph"]: row["radical"] for row in rules.table("radicals")})
KANGXI = str.maketrans(
    {row["ideograph"]: row["radical"] for row in rules.table("radicals") if row["radical"] >= "\u2f00"}
)
"""Where both blocks have a twin, the table's last row wins: without these the supplement's are not tried."""
SUPPLEMENT |= {
    ord(row["ideograph"]): row["radical"] for row in rules.table("radicals") if row["radical"] < "\u2f00"
}
COMPATIBLE = {
    ord(unicodedata.normalize("NFKC", chr(point))): chr(point)
    for point in range(0xF900, 0xFA6E)
    if len(unicodedata.normalize("NFKC", chr(point))) == 1
}

spelling = pytest.mark.parametrize(
    "twins", [SUPPLEMENT, KANGXI, COMPATIBLE], ids=["supplement", "kangxi", "compatible"]
)


def test_the_twins_are_those_that_producers_write():
    assert "公表日 札幌市長 住民".translate(SUPPLEMENT) == "公表⽇ 札幌市⻑ 住⺠".replace("⽇", "⺜")
    assert "公表日 変更月日".translate(KANGXI) == "公表⽇ 変更⽉⽇"


@spelling
def test_dates(twins):
    for text in {case["text"] for case in cases("dates")}:
        want = read_date(text)
        got = read_date(text.translate(twins))
        assert (got.date, got.precision, got.marks) == (want.date, want.precision, want.marks)


@spelling
def test_timings_and_notes(twins):
    for text in {case["text"] for case in cases("timings")}:
        assert read_timing(text.translate(twins)) == read_timing(text)
    for text in {case["note"] for case in cases("note_kinds")}:
        assert read_note_kind(text.translate(twins)) == read_note_kind(text)


@spelling
def test_agencies(twins):
    for raw in {case["raw"] for case in cases("agencies")}:
        assert read_agency(raw.translate(twins)) == read_agency(raw)


@spelling
def test_items(twins):
    for item, form in {(case["item"], case["form"]) for case in cases("item_codes")}:
        written = item.translate(twins)
        want = read_item(item, normalise(item), form or None, None)
        assert read_item(written, normalise(written), form or None, None) == want


@spelling
@pytest.mark.parametrize("block", covers())
def test_covers(block, twins):
    def respelt(page):
        lines = tuple(line._replace(text=line.text.translate(twins)) for line in page.lines)
        grids = tuple(
            grid._replace(
                cells=tuple(
                    cell._replace(
                        lines=Lines.of(
                            [line._replace(text=line.text.translate(twins)) for line in cell.lines]
                        ),
                    )
                    for cell in grid.cells
                ),
            )
            for grid in page.grids
        )
        return page._replace(lines=lines, grids=grids)

    pages = layouts(block)
    want, got = read_cover(pages), read_cover([respelt(page) for page in pages])
    for name in Cover._fields:
        if not name.endswith("_raw") and name != "problems":
            assert getattr(got, name) == getattr(want, name)
    assert [problem.code for problem in got.problems] == [problem.code for problem in want.problems]


@spelling
def test_headings_and_titles_of_the_change_table(twins):
    for row in rules.table("headers"):
        heading = row["heading"]
        assert words.folded(heading.translate(twins)) == words.folded(heading)
        assert columns.folded(heading.translate(twins)) == columns.folded(heading)
    for title in ("（別添３）変更箇所", "変更箇所一覧"):
        assert words.is_title(title.translate(twins))
    assert words.may_hold_table("変更日 項目 変更前の記載 変更後の記載".translate(twins))
    assert words.is_whole("令和６年\n４月１日".translate(twins))


@spelling
@pytest.mark.parametrize(
    "case",
    tomllib.loads((HERE / "transcripts.toml").read_text(encoding="utf-8"))["case"],
    ids=lambda case: case["name"],
)
def test_transcripts(case, twins):
    def raw(text):
        table = transcript.read(text.encode(), "x.txt").table
        return [
            ({column: cell.raw for column, cell in row.cells.items()}, row.marks) for row in table.rows
        ], table.glyphs

    text = case["text"].replace("→", "\t")
    rows, glyphs = raw(text)
    respelt = [
        ({column: cell.translate(twins) for column, cell in row.items()}, marks) for row, marks in rows
    ]
    assert raw(text.translate(twins)) == (respelt, glyphs)


@spelling
@pytest.mark.parametrize("case", LINE_ENDS, ids=lambda case: case["reason"])
def test_paragraphs(case, twins):
    lines, width = case["lines"].split("|"), float(case["width"])
    [want] = paragraphs([[piece(lines, width)]])
    [found] = paragraphs([[piece([line.translate(twins) for line in lines], width)]])
    assert normalise(found) == normalise(want)


def test_one_for_one_and_no_further():
    text = "令和６年４⽉ ①Ⅲ ｶﾞ ⻑ 住⺠ 神"
    assert ideographs(text) == "令和６年４月 ①Ⅲ ｶﾞ 長 住民 神"


_USUAL = st.sampled_from([chr(point) for point in range(0x10000) if ALONE.fullmatch(chr(point))])


@given(st.text(_USUAL) | st.text(st.characters(max_codepoint=0x33FF) | _USUAL))
def test_the_quick_way_of_folding_gives_what_the_long_one_does(text):
    assert nfkc(text) == unicodedata.normalize("NFKC", ideographs(text))


def test_no_character_of_quickly_folded_text_hangs_over_another():
    usual = [chr(point) for point in range(0x10000) if ALONE.fullmatch(chr(point))]
    assert len(usual) > 20_000
    for one in usual:
        assert not any(unicodedata.combining(part) for part in unicodedata.normalize("NFKC", one))
        assert nfkc(one) == unicodedata.normalize("NFKC", one)
        assert "HANGUL" not in unicodedata.name(one, "")  # whose parts NFKC puts together


@pytest.mark.parametrize("private", [chr(point) for point in SYMBOLS])
def test_bullets_of_symbol_fonts(private):
    shown = symbols(private)
    assert len(shown) == 1 and not "\ue000" <= shown <= "\uf8ff"
    assert normalise(f"{private}記録") == f"{shown}記録"
    assert comparison_form(f"{private}記録") == comparison_form(f"{shown}記録")
    if shown not in "-←→➔⇨":  # a dash or an arrow begins an item only with a space behind it
        assert start(shown + "記録") in ("bullet", "dot")


def test_bullets_begin_paragraphs_in_full_lines():
    lines = ["\uf0b7個人番号を利用", "\uf0b7証明書を交付す", "る事務", "\uf0d8記録の管理"]
    assert paragraphs([[piece(lines, 8)]]) == ["・個人番号を利用\n・証明書を交付する事務\n➢記録の管理"]


def test_private_characters_of_no_symbol_font_stay():
    assert normalise("\ue000田 \uf8ff") == "\ue000田 \uf8ff"
