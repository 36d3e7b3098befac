"""Pages that cannot matter are passed by unread: what is found is what reading every page finds."""

from __future__ import annotations

import io
import sys
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pipeline.tables
from pipeline.characters import ideographs
from pipeline.errors import FilingError
from pipeline.model import Contents
from pipeline.read.pdfium import PdfiumPdf
from pipeline.settings import Settings
from pipeline.tables.passing import can_matter
from pipeline.tables.words import has_cover_labels, may_hold_table
from tests.accuracy.truth import HERE, RAW, Case, cases

SETTINGS = Settings(reader="pdfium", ocr="off")
RESIDENTS = next(RAW.glob("*/mihon_residents.pdf"))
"""Cover, contents, nine pages of form, ten of the table; by ReportLab."""
VACCINATION = next(RAW.glob("*/mihon_vaccination.pdf"))
"""Cover, contents, four pages of form, four of the table; by LibreOffice."""
OPEN = HERE / "web_open.pdf"
"""Cover, contents, four pages of the table; by Chromium."""


class Watch:
    """What was asked of an open PDF."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pages, self.texts, self.letters = list[int](), list[int](), list[int]()
        for name, asked in (("page", self.pages), ("text", self.texts), ("letters", self.letters)):
            monkeypatch.setattr(PdfiumPdf, name, self._noting(getattr(PdfiumPdf, name), asked))

    @staticmethod
    def _noting(function: object, asked: list[int]) -> object:
        def noted(pdf: PdfiumPdf, number: int) -> object:
            asked.append(number)
            return function(pdf, number)  # type: ignore[operator]

        return noted


FIND = sys.modules["pipeline.tables.find"]
"""The module: the package has a function of that name."""


def both_ways(data: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[Contents, Contents]:
    """The same file, read with every page looked at, and with all passed by that may be."""
    monkeypatch.setattr(FIND, "FEW_PAGES", 10**6)
    long = pipeline.tables.read(data, "架空.pdf", SETTINGS)
    monkeypatch.setattr(FIND, "FEW_PAGES", 0)
    monkeypatch.setattr(FIND, "is_worth", lambda asked, passed: True)
    return long, pipeline.tables.read(data, "架空.pdf", SETTINGS)


def bound(parts: Sequence[tuple[Path, Sequence[int]]]) -> bytes:
    """Pages of several files, by 1-based numbers, as one file."""
    out = pikepdf.new()
    for path, numbers in parts:
        with pikepdf.open(path) as source:
            for number in numbers:
                out.pages.append(source.pages[number - 1])
    data = io.BytesIO()
    out.save(data)
    return data.getvalue()


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_every_filing_of_the_corpus_reads_the_same(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        long, short = both_ways(case.pdf.read_bytes(), monkeypatch)
    except FilingError:
        return
    assert long == short


FRONT = (RESIDENTS, (1, 2))
FORM = (RESIDENTS, (3, 4, 5, 6, 7, 8, 9, 10))
TABLE = (RESIDENTS, (12, 13, 14))
CALC_FRONT, CALC_FORM, CALC_TABLE = (
    (VACCINATION, (1, 2)),
    (VACCINATION, (3, 4, 5, 6)),
    (VACCINATION, (7, 8, 9, 10)),
)
WEB_FRONT, WEB_TABLE = (OPEN, (1, 2)), (OPEN, (3, 4, 5, 6))
PARTS = [FRONT, FORM, TABLE, CALC_FRONT, CALC_FORM, CALC_TABLE, WEB_FRONT, WEB_TABLE]
PLACES = {
    "at the end": (FRONT, FORM, TABLE),
    "in the middle": (FRONT, FORM, TABLE, FORM),
    "twice": (FRONT, FORM, TABLE, FORM, TABLE, FORM),
    "first": (TABLE, FORM, FORM),
    "second": ((RESIDENTS, (1,)), TABLE, FORM),
    "gone on with after a form": (FRONT, FORM, (RESIDENTS, (12, 13)), CALC_FORM, (RESIDENTS, (14, 15))),
    "two filings": (FRONT, FORM, TABLE, FRONT, FORM, CALC_FORM, CALC_TABLE),
    "three filings": (FRONT, FORM, CALC_FRONT, CALC_FORM, CALC_TABLE, CALC_FORM, WEB_FRONT, FORM, WEB_TABLE),
    "by three producers": (FRONT, CALC_FORM, WEB_TABLE, FORM, CALC_TABLE, CALC_FORM, TABLE, FORM),
    "nowhere": (FRONT, FORM, CALC_FORM),
}


@pytest.mark.parametrize("parts", PLACES.values(), ids=PLACES)
def test_a_table_is_found_wherever_it_stands(
    parts: Sequence[tuple[Path, Sequence[int]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch(monkeypatch)
    long, short = both_ways(bound(parts), monkeypatch)
    assert long == short
    pages = sum(len(numbers) for _, numbers in parts)
    assert len(watch.texts) < 2 * pages, "no page was passed by"


@given(st.lists(st.sampled_from(PARTS), max_size=4))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_in_any_order_read_the_same(parts: list[tuple[Path, Sequence[int]]]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        long, short = both_ways(bound([FRONT, *parts]), monkeypatch)
    assert long == short


def test_where_the_letters_told_are_too_few_every_page_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    data = bound(PLACES["in the middle"])
    monkeypatch.setattr(PdfiumPdf, "letters", lambda pdf, number: "".join(map(chr, range(0x3041, 0x30F7))))
    watch = Watch(monkeypatch)
    long, short = both_ways(data, monkeypatch)
    assert long == short
    assert len(long.table.pages) == 3
    assert len(watch.letters) == 1  # its cover gave it away


LEAST = "特定個人情報ファイルの取扱いプロセスにおけるリスク対策を講じ、必要な措置の内容に応じて見直す"


@pytest.mark.parametrize(
    ("shown", "after_table", "timed", "can"),
    [
        (LEAST, False, True, False),
        (LEAST[:30], False, True, True),  # a page number and a stamp on a scan
        (LEAST + "変更前の変更後の", False, True, True),
        (LEAST + "変更前の後", False, True, False),  # one 変更 makes no header
        (LEAST + "変更前の変更\n後の", False, True, True),
        (LEAST + "\n変更\n前の記載\n変更\n後の記載", False, True, True),
        (LEAST + "変更する前の変更した後", False, True, False),
        (LEAST + "変 更　前・変更（後）", False, True, True),
        (LEAST + "変更前の変\uf901後", False, True, True),  # 更 by its other code
        (LEAST + "変更\U0001f21cの変更後", False, True, True),  # 前 in a square
        (LEAST + "変項目日前記載後更", False, True, True),  # a header broken over lines
        (LEAST + "変項目㊐前記載後更", False, True, True),
        (LEAST + "所箇更変", False, True, False),
        (LEAST + "\n所\n箇\n更\n変\n", False, True, True),
        (LEAST + "変更箇所", False, True, True),
        (LEAST + "変更を要する箇所", False, True, False),
        (LEAST + "評価書名評価実施機関名", False, True, True),
        (LEAST + "評価書名評価実施機関", False, True, False),
        (LEAST + "評価書の名称\n評価実施機関名", False, True, False),
        (LEAST + "評価\n書名\n評価実\n施機関\n名", False, True, True),
        (LEAST + "事後", False, True, False),
        (LEAST + "事後", True, True, True),
        (LEAST + "事務の後", True, True, False),
        (LEAST, True, True, False),
        (LEAST, True, False, True),  # a table without timings is told by its dates alone
    ],
)
def test_what_letters_say_of_a_page(shown: str, after_table: bool, timed: bool, can: bool) -> None:
    assert can_matter(shown, after_table, timed) is can


LETTERS = "変更箇所前後日項目記載評価書名実施機関"


def test_no_other_form_of_a_letter_is_passed_by() -> None:
    """All that the search compares as one of its letters is known as one of its forms."""
    every = "".join(chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000)
    compared = {letter: {letter} for letter in LETTERS}
    for one in every:
        for letter in unicodedata.normalize("NFKD", ideographs(one)):
            if letter in compared:
                compared[letter].add(one)
    for words in (
        ("変更箇所",),
        ("変更前", "変更後"),
        ("評価書名", "評価実施機関名"),
        ("変更日項目前後記載",),
    ):
        for word in words:
            others = "\n".join(other for other in words if other != word)
            for index, letter in enumerate(word):
                for form in compared[letter]:
                    shown = f"{LEAST}\n{others}\n{word[:index]}{form}{word[index + 1 :]}\n"
                    assert can_matter(shown, False, True), (word, form)


WORDS = ["変更箇所", "変更前", "変更後", "評価書名", "評価実施機関名", "変更日", "項目", "変更"]


@given(st.lists(st.sampled_from(WORDS), max_size=8), st.text(" 　\n・", max_size=1), st.data())
@settings(deadline=None)
def test_a_page_whose_text_tells_is_never_passed_by(
    words: list[str], between: str, data: st.DataObject
) -> None:
    """However its text is cut into strings, and in whatever order these are drawn."""
    text = LEAST + "".join(between.join(word) + "を" for word in words)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(text) - 1))))
    pieces = [text[start:end] for start, end in pairwise([0, *cuts, len(text)])]
    shown = "\n".join(data.draw(st.permutations(pieces)))
    if may_hold_table(text) or has_cover_labels(text):
        assert can_matter(shown, False, True)
