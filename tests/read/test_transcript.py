"""Transcripts of every shape, from a table of cases; encodings; what is no filing."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import FilingError, NotAFiling
from pipeline.model import COLUMNS
from pipeline.read import transcript

CASES = tomllib.loads((Path(__file__).parents[1] / "cases/transcripts.toml").read_text())["case"]
HEADER = "変更日\t項目\t変更前の記載\t変更後の記載\t提出時期\t提出時期に係る説明"
ROW = "令和6年4月1日\tⅢ-5\tかつての〜記載\t今の記載\t事後\t機構変更"


def read(text):
    return transcript.read(text.encode(), "x.txt")


def raw_rows(contents):
    return [[row.cells[column].raw for column in COLUMNS] for row in contents.table.rows]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case):
    contents = read(case["text"].replace("→", "\t"))
    table = contents.table
    rows = raw_rows(contents)
    if case.get("trim"):
        rows = [[text.strip() for text in row] for row in rows]
    assert rows == case["rows"]
    assert table.state == ("rows" if case["rows"] else "empty")
    assert [list(row.marks) for row in table.rows] == case.get("marks", [[]] * len(rows))
    assert [problem.code for problem in table.problems] == case.get("problems", [])
    assert table.glyphs.share == pytest.approx(case.get("share", 1.0), abs=0.005)
    for row, filled in zip(table.rows, case.get("filled", [{}] * len(rows)), strict=True):
        above = {column: cell.merged for column, cell in row.cells.items() if cell.merged}
        assert {
            column: "\n".join(piece.text for piece in pieces) for column, pieces in above.items()
        } == filled
    if "front" in case:
        assert [line.text for page in contents.front for line in page.lines] == case["front"]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932"], ids=str
)
def test_encodings(encoding, line_end):
    text = f"{HEADER}\n{ROW}\n".replace("\n", line_end).replace("〜", "～")
    contents = transcript.read(text.encode(encoding), "x.txt")
    assert raw_rows(contents) == [ROW.replace("〜", "～").split("\t")]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(f"{HEADER}\n{ROW}".replace("Ⅲ", "III").encode("euc-jp"), id="EUC-JP"),
        pytest.param("ひらがな\tかたかな".encode("euc-jp"), id="EUC-JP that reads as half-width katakana"),
        pytest.param(f"{HEADER}\n{ROW}".encode()[:-1], id="UTF-8 cut in a character"),
        pytest.param(f"{HEADER}\n{ROW}".encode("utf-16")[:-1], id="UTF-16 cut in a character"),
        pytest.param(bytes(range(256)) * 8, id="binary"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(200), id="a picture"),
    ],
)
def test_undecodable_is_a_failed_filing(data):
    with pytest.raises(FilingError, match=r"^札幌市\.txt: .*Save .* as UTF-8") as caught:
        transcript.read(data, "札幌市.txt")
    assert not isinstance(caught.value, NotAFiling)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("# Notes\n\nsee 変更箇所", id="notes that name the table"),
        pytest.param("path\tmunicipality_code\nx.pdf\t011002", id="a manifest"),
        pytest.param("2024-04-01\tlogin\tok\t12\n2024-04-02\tlogout\tok\t13", id="a log with dates"),
        pytest.param("項目\t変更前\t変更後\n所在地\t甲\t乙", id="a comparison without dates"),
        pytest.param("<table><tr><td>令和6年4月1日</td><td>公表</td></tr></table>", id="a dated list"),
    ],
)
def test_no_filing(text):
    with pytest.raises(NotAFiling):
        read(text)


cells = st.text("事前後令和6年4月1日Ⅲ- <p>/甲乙。", max_size=12)


@settings(deadline=None)
@given(st.lists(st.lists(cells, min_size=1, max_size=8), max_size=6))
def test_no_character_is_lost_whatever_the_rows(rows):
    lines = ["\t".join(row) for row in rows]
    contents = read("\n".join([HEADER, ROW, *lines, ROW]))
    table = contents.table
    assert table.glyphs.share == 1.0 or table.problems
    seen = "".join("".join(row) for row in raw_rows(contents)) if not table.glyphs.furniture else lines
    assert all(char in "".join(seen) for char in "".join(lines) if not char.isspace()) or table.problems
