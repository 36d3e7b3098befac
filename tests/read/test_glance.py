"""What a page can show, told from its content stream: every letter that the reader finds is told before."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable
from itertools import filterfalse, pairwise
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline import compiled
from pipeline.characters import ideographs
from pipeline.compiled import loops
from pipeline.errors import FilingError
from pipeline.read import fonts, glance, open_pdf, shown
from pipeline.read.fonts import Font
from pipeline.read.glance import Glance
from pipeline.tables.passing import letters_of
from tests.accuracy.truth import Case, cases
from tests.read import disguises

HYPHENS = {"-", "\x02", "\ufffe"}
"""PDFium puts marks for hyphens at the ends of lines."""


def letters(content: bytes, **resources: pikepdf.Object) -> str | None:
    """A page with this content and two fonts in; its letters out, a bar between lines.

    F1 is of single bytes, F2 of pairs.
    """
    pdf = pikepdf.new()
    pdf.add_blank_page()
    table = b"2 beginbfchar <01> <5909> <02> <66F4> endbfchar 1 beginbfrange <41> <43> <0061> endbfrange"
    pairs = b"1 beginbfrange <0001> <0003> [<65E5> <9805> <76EE>] endbfrange"
    page = pdf.pages[0]
    one = {
        "/Subtype": pikepdf.Name.TrueType,
        "/ToUnicode": pdf.make_stream(table),
    }
    two = {
        "/Subtype": pikepdf.Name.Type0,
        "/Encoding": pikepdf.Name("/Identity-H"),
        "/ToUnicode": pdf.make_stream(pairs),
    }
    fonts = {
        "/F1": pdf.make_indirect(pikepdf.Dictionary(one)),
        "/F2": pdf.make_indirect(pikepdf.Dictionary(two)),
    }
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(fonts), **resources)
    page.Contents = pdf.make_stream(content)
    data = io.BytesIO()
    pdf.save(data)
    told = Glance(data.getvalue(), 1).letters(1)
    return None if told is None else "|".join(told.split("\n")).strip("|")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"BT /F1 9 Tf <0102> Tj ET", "変更"),
        (b"BT /F1 9 Tf [<01>-5<02>] TJ ET", "変更"),
        (b"BT /F1 9 Tf <01> Tj <02> Tj ET", "変|更"),
        (b"BT /F1 9 Tf [<01>-5(\\002)] TJ ET", "変更"),
        (b"[] 0 d BT /F1 9 Tf [<01>] TJ [<02>4<41>] TJ [] TJ <42> Tj ET", "変|更a|b"),
        (b"BT /F1 9 Tf (\\001\\002A) Tj ET", "変更a"),
        (b"BT /F1 9 Tf [(\\001) 5 (\\002)] TJ (A) Tj ET", "変更|a"),
        (b"BT /F2 9 Tf <00010002> Tj /F1 8 Tf <02> Tj ET", "日項|更"),
        (b"BT /F2 9 Tf (\\000\\001\\000\\002) Tj /F1 8 Tf (\x02) Tj ET", "日項|更"),
        (b"BT /F2 9 Tf <0001> Tj /F1 8 Tf <02> Tj /F2 7 Tf <0002> Tj ET", "日|更|項"),
        # a level that ends gives the font of the level around it back
        (b"BT /F1 9 Tf ET q BT /F2 9 Tf <0001> Tj ET Q BT <0141> Tj ET", "日|変a"),
        (b"BT /F1 9 Tf ET q BT /F2 9 Tf (\\000\\001) Tj ET Q BT (\x01A) Tj ET", "日|変a"),
        # what looks like a mark within a string is none
        (b"BT /F1 9 Tf (A /F2 9 Tf B) Tj ET", None),  # codes that F1 has no letters for
        (b"BT /F2 9 Tf (\\000\\001) Tj /F1 9 Tf (\\)A\\(\\\\) Tj ET", None),
        (b"BT /F1 9 Tf (AB) Tj (\\101\\102) Tj ET", "ab|ab"),
        (b"/P <</MCID 0>> BDC BT /F1 9 Tf <41> Tj ET EMC", "a"),
        (b"/P <</K [1 2] /S /X>> BDC BT /F1 9 Tf [<41><42>] TJ ET EMC", "ab"),
        (b"/Span <</ActualText <FEFF5909>>> BDC BT /F1 9 Tf <41> Tj ET EMC", "変|a"),
        (b"/Span <</ActualText (x) /Lang (ja)>> BDC BT /F1 9 Tf <41> Tj ET EMC", "x|a"),
        (b"/P <</MCID 0/Lang (ja-JP)>> BDC BT /F1 9 Tf [<41>3<42>] TJ ET EMC", "ab"),
        (b"/P <</MCID 0/ID <4142>>> BDC BT /F1 9 Tf [(A)3(B)] TJ ET EMC", "ab"),
        (b"/P <</E <</F (x)>> /S <41>>> BDC BT /F1 9 Tf <42> Tj ET EMC", "b"),
        (b"BT /F1 9 Tf <4 1\n 42> Tj ET", "ab"),
        (b"/GS0 gs 0 0 10 10 re f BT /F1 9 Tf <41> Tj ET /X1 Do", "a"),
        (b"0 0 10 10 re f", ""),
    ],
)
def test_letters_of_a_content_stream(content: bytes, told: str | None) -> None:
    found = letters(content)
    if loops is None and told and found:  # each string is a line, not what each operator shows
        found, told = found.replace("|", ""), told.replace("|", "")
    assert found == told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"BT /F1 9 Tf [<01>-5(\\002)] TJ <4142> Tj ET", "変|更|ab"),
        (b"BT /F2 9 Tf <00010002> Tj q /F1 8 Tf <02> Tj Q (\\000\\003) Tj ET", "日項|更|目"),
        (b"/Span <</ActualText <FEFF5909>>> BDC BT /F1 9 Tf <41> Tj ET EMC", "変|a"),
        (b"/P <</E <</F (x)>> /S <41>>> BDC BT /F1 9 Tf <42> Tj ET EMC", "b"),
    ],
)
def test_without_compiled_loops_each_string_is_a_line(
    content: bytes, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "loops", None)
    assert letters(content) == told


@pytest.mark.parametrize(
    "content",
    [
        b"BT <01> Tj ET",  # in no font
        b"BT /F1 9 Tf <03> Tj ET",  # a code without a letter
        b"BT /F1 9 Tf <4100> Tj ET",  # the same with the one that lines are parted by
        b"BT /F2 9 Tf <00010000> Tj ET",
        b"BT /F1 9 Tf (A\\000) Tj ET",
        b"BT /F2 9 Tf <000100> Tj ET",  # half a code
        b"BT /F1 9 Tf (A(B)) Tj ET",
        b"BT /F1 9 Tf (A\\xB) Tj ET",
        b"BT /F1 9 Tf (A\r\nB) Tj ET",
        b"BT /F1 9 Tf <41> Tj ET BI /W 1 /H 1 /BPC 8 /CS /G ID \x01 EI",
        b"BT /F1 9 Tf <41> Tj % <0102>\nET",
        b"BT /F1 9 Tf <4g1> Tj ET",
        b"BT /F9 9 Tf <41> Tj ET",
        b"BT /F1 9 Tf <41> Tj ET BT /F2\n[] Tf <01> Tj ET",
        # what PDFium takes otherwise than others, or readers need not agree on
        b">> BT /F1 9 Tf <0102> Tj ET <<",
        b"BT /F1 9 Tf <01> Tj q /F2 9 Tf Q\x80<0001> Tj ET",
        b"BT /F1 9\x80Tf <01> Tj ET",
        b"/Actual#54ext BT /F1 9 Tf <01> Tj ET",
        b"/Span <</Actual#54ext (x)>> BDC BT /F1 9 Tf <01> Tj ET",
        b"BT /F1 9 Tf [/F2] 9 Tf <0102> Tj ET",
        b"BT /F1 9 Tf /F2 <</A 1>> 9 Tf <0102> Tj ET",
        b"BT /F1 9 Tf /F2 9x Tf <0102> Tj ET",
        b"BT /F1 9 Tf [/F2 9 Tf] <01> Tj ET",
        b"BT /F1 9 Tf q /F2 9 Tf [Q] <0001> Tj ET",
        b"BT /F1 9 Tf [[<01>]] TJ ET",
        b"BT /F1 9 Tf <01> Tj ] ET",
        b"BT /F1 9 Tf [<01> Tj ET",
        b"BT /F1 9 Tf /" + b"N" * 256 + b" gs <01> Tj ET",
    ],
)
def test_what_is_not_plain_is_left_to_the_reader(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert letters(content) is None
    monkeypatch.setattr(compiled, "loops", None)
    assert letters(content) is None


@pytest.mark.parametrize(
    ("table", "encoding", "told"),
    [
        (b"1 beginbfrange <40> <43> <5908> endbfrange", None, "変"),
        (b"1 beginbfchar <41> <59095909> endbfchar", None, "変変"),
        (b"1 beginbfchar <41> <5909> endbfchar % beginbfchar", None, None),
        (b"% 1 beginbfchar <41> <5909> endbfchar", None, "変"),
        (b"1 beginbfchar <41> <> endbfchar", "/WinAnsiEncoding", None),  # the encoding then tells
        (b"1 beginbfrange <0000> <FFFF> <0000> endbfrange", None, None),  # PDFium takes a byte of its end
        (b"1 beginbfrange <40> <43> <FFFE> endbfrange", None, None),
        (b"1 beginbfchar <40> <0040> endbfchar 1 beginbfchar <41> <5909>", None, None),
        (None, "/WinAnsiEncoding", "A"),
    ],
)
def test_what_a_font_makes_of_a_code(table: bytes | None, encoding: str | None, told: str | None) -> None:
    pdf = pikepdf.new()
    font = pikepdf.Dictionary(Subtype=pikepdf.Name.TrueType, BaseFont=pikepdf.Name("/ABCDEF+Century"))
    if table is not None:
        font.ToUnicode = pdf.make_stream(table)
    if encoding is not None:
        font.Encoding = pikepdf.Name(encoding)
    try:
        found = fonts.made(font).letters(b"A")
    except fonts.Unclear:
        found = None
    assert found == told


def test_fonts_of_signs_tell_no_letters() -> None:
    font = pikepdf.Dictionary(
        Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Symbol, Encoding=pikepdf.Name.WinAnsiEncoding
    )
    with pytest.raises(fonts.Unclear):
        fonts.made(font)


@pytest.mark.parametrize(
    ("string", "told"), [(b"A\x95\xcf\xb1", "A変ｱ"), (b"\xfd\x95", None), (b"\x95", None)]
)
def test_codes_of_one_byte_or_two(string: bytes, told: str | None) -> None:
    font = fonts._encoded("cp932")
    try:
        found = font.letters(string)
    except fonts.Unclear:
        found = None
    assert found == told


def test_a_font_set_by_a_graphics_state_is_left_to_the_reader() -> None:
    state = pikepdf.Dictionary(G=pikepdf.Dictionary(Font=pikepdf.Array([pikepdf.Dictionary(), 9])))
    assert letters(b"/G gs BT /F1 9 Tf <41> Tj ET", ExtGState=state) is None


def test_text_that_a_property_list_stands_for_is_left_to_the_reader() -> None:
    listed = pikepdf.Dictionary(M=pikepdf.Dictionary(ActualText=pikepdf.String("変更")))
    assert letters(b"/Span /M BDC BT /F1 9 Tf <41> Tj ET EMC", Properties=listed) is None


def neighbours(text: str) -> set[tuple[str, str]]:
    """Letters that stand side by side, whatever else stands between them."""
    return set(pairwise(plain(text).replace("\n", "")))


def plain(text: str) -> str:
    """Letters and line ends, without what sets apart forms of one letter."""
    kept = unicodedata.normalize("NFKD", ideographs(text))
    return re.sub(r"[^\w\n]+", "", "".join(one for one in kept if not unicodedata.combining(one)))


def may_stand(told: str) -> Callable[[tuple[str, str]], bool]:
    """Whether two letters may stand side by side: within a line that is told, or where two lines meet."""
    lines = list(filter(None, plain(told).split("\n")))
    within = {pair for line in lines for pair in pairwise(line)}
    last, first = {line[-1] for line in lines}, {line[0] for line in lines}
    return lambda pair: pair in within or (pair[0] in last and pair[1] in first)


def test_letters_in_forms_are_told() -> None:
    data = disguises.document(disguises.nested_forms)
    told = Glance(data, 1).letters(1)
    with open_pdf(data, "架空.pdf", "pdfium") as pdf:
        shown = pdf.text(1)
    assert told is not None
    assert letters_of(shown) <= letters_of(told)
    # It may be drawn again and again, and what counts letters asks for no more than two of one.
    assert all(told.count(letter) > shown.count(letter) for letter in "".join(shown.split()))
    assert all(map(may_stand(told), neighbours(shown)))


FRAGMENTS = [
    *(
        b"/F1 9 Tf",
        b"/F2 8.5 Tf",
        b"/F1\n9 Tf",
        b"/F3 9 Tf",
        b"/F4 9 Tf",
        b"/Gf gs",
        b"/Tf",
        b"f",
        b"q",
        b"Q",
        b"BT",
        b"ET",
        b"[",
        b"]",
    ),
    *(
        b"<01>",
        b"<0102>",
        b"<>",
        b"<0 1>",
        b"<012>",
        b"<",
        b">",
        b"<<",
        b">>",
        b"(",
        b")",
        b"%\n",
        b"BI",
        b"-5",
    ),
    *(
        b"(a)",
        b"()",
        b"(\\))",
        b"(\\\\)",
        b"(\\(",
        b"(/F2 9 Tf)",
        b"(Q)",
        b"(<41>)",
        b"(\\101\\\\)",
        b"(\\x)",
    ),
    *(b"/P <</MCID 0>> BDC", b"<</Lang (ja)>>", b"/S <</ActualText <FEFF5909>>> BDC", b"<</A <</B (c)>>>>"),
    *(b"Tj", b"TJ", b"1 0 0 1 20 30 Td", b"9 Tf <01>", b"<</ActualText (a)>> BDC", b"<</ActualText 5>> BDC"),
]


LATIN = np.append(np.arange(0x100, dtype=np.uint32), np.array([2, 0x5909, 0x66F4], np.uint32))
LATIN[[0x7F, 0x81]] = fonts.UNKNOWN, fonts.SEVERAL + 0x100
WIDE = np.arange(0x10000, dtype=np.uint32) ^ 0x100
WIDE[0xD000:0xE000] = fonts.UNKNOWN
KINDS = {b"F1": Font(fonts.SINGLE, LATIN), b"F2": Font(fonts.PAIRS, WIDE), b"F3": Font(fonts.MIXED, WIDE)}
NAMED = shown.fonts(KINDS | {b"F4": None})


def both_ways(content: bytes, named: shown.Fonts) -> tuple[str | None, str | None]:
    """What compiled loops tell, and what tokens do, line ends aside; null where the reader must."""
    room = np.empty(2 * len(content) + 1, np.uint32)
    count = loops.tell_letters(content, named.names, named.told, room)
    quick = None if count < 0 else room[:count].tobytes().decode("utf-32-le", "surrogatepass")
    try:
        long = shown.letters_by_tokens(content, named)
    except (shown.Unclear, ValueError):  # a glance takes both for nothing told
        long = None
    return quick and quick.replace("\n", ""), long and long.replace("\n", "")


@pytest.mark.skipif(loops is None, reason="the compiled part could not be built here")
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=25).map(b" ".join))
@settings(max_examples=1000, deadline=None)
@example(b"/F1 9 Tf (\\\\) (a) [ (\\)) -5 (b) ] <0102> Tj /F3 9 Tf (\x81a\xa0) Tj")
@example(b"/F1 9 Tf q /F2 9 Tf <4142> Tj Q <41\n4> Tj Q (\\1018) Tj <</A <</ActualText (b)>>>> BDC <8180> Tj")
def test_compiled_loops_tell_what_tokens_tell(content: bytes) -> None:
    quick, long = both_ways(content, NAMED)
    if quick is not None and long is not None:
        assert quick == long


@pytest.mark.skipif(loops is None, reason="the compiled part could not be built here")
@given(st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.binary(max_size=8)), max_size=12).map(b" ".join))
@settings(max_examples=500, deadline=None)
def test_any_bytes_are_told_or_left_to_the_reader(content: bytes) -> None:
    quick, _ = both_ways(content, NAMED)
    assert quick is None or len(quick) <= 2 * len(content)


@pytest.mark.skipif(loops is None, reason="the compiled part could not be built here")
@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_compiled_loops_tell_the_streams_of_the_corpus(case: Case) -> None:
    try:
        pdf = pikepdf.open(case.pdf)
    except (pikepdf.PdfError, pikepdf.PasswordError):
        return
    look = Glance(case.pdf.read_bytes(), len(pdf.pages))
    for page in pdf.pages:
        content = glance._content(page.obj.get("/Contents"))
        quick, long = both_ways(content, look._fonts_in(page.resources.get("/Font")))
        assert quick == long
        if case.name not in ("web_unmapped", "drawn_broken"):
            assert quick is not None


def test_a_table_that_leads_out_of_itself_is_left_to_the_reader() -> None:
    if loops is None:
        pytest.skip("the compiled part could not be built here")
    room = np.empty(9, np.uint32)
    for place, count in ((0x100, 9), (0xFFFFFF, 1)):
        table = np.append(np.full(0x100, fonts.SEVERAL + place, np.uint32), np.uint32(count))
        named = shown.fonts({b"F": Font(fonts.SINGLE, table)})
        assert loops.tell_letters(b"/F 9 Tf (a) Tj", named.names, named.told, room) == compiled.NOT_PLAIN
    short = shown.fonts({b"F": Font(fonts.PAIRS, LATIN)})
    with pytest.raises(ValueError, match="too few values"):
        loops.tell_letters(b"/F 9 Tf (ab) Tj", short.names, short.told, room)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_letters_that_the_reader_finds_are_told_before_side_by_side_as_they_stand(case: Case) -> None:
    data = case.pdf.read_bytes()
    try:
        pdf = open_pdf(data, "架空.pdf", "pdfium")
    except FilingError:
        return
    with pdf:
        told = {number: pdf.letters(number) for number in range(1, len(pdf) + 1)}
        if case.name not in ("web_unmapped", "drawn_broken"):
            assert None not in told.values()
        for number, found in told.items():
            if found is not None:
                text = pdf.text(number)
                assert letters_of(text) - HYPHENS <= letters_of(found), number
                assert list(filterfalse(may_stand(found), neighbours(text))) == [], number


def test_files_that_must_be_mended_or_opened_with_a_password_tell_nothing() -> None:
    data = (Path(__file__).parents[1] / "filings" / "drawn_open.pdf").read_bytes()
    whole = Glance(data, 9)
    assert whole.letters(3)
    assert Glance(data, 8).letters(3) is None  # another number of pages than the reader finds
    cut = data[: data.rindex(b"xref")]
    assert Glance(cut, 9).letters(3) is None
    assert Glance(b"%PDF-1.4 nothing", 1).letters(1) is None
    locked = (Path(__file__).parents[1] / "filings" / "drawn_user_password.pdf").read_bytes()
    assert Glance(locked, 5).letters(1) is None
    whole.close()
    assert whole.letters(3) is None
