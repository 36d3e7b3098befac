"""Exports as other programs read them: nothing runs, nothing is lost in silence, no person's name."""

import csv
import datetime as dt
import zipfile

import duckdb
import openpyxl
import pandas as pd
import pytest

from pipeline import export, schema
from pipeline.dataset import sheets
from pipeline.dataset.export import neutral
from pipeline.errors import StoreError, UsageError
from tests.dataset.made import changes, dataset

FORMULAS = ["=1+1", "+81", "-", "@SUM(A1)", "\t=1", "\r=1", "＝1", "'=1", " =1", "\n=1"]
LONG = "長" * 40_000
ROWS = changes(
    *(
        {"before": text, "item_codes": ["I-2", "I-3"], "change_date": dt.date(2024, 5, 27)}
        for text in FORMULAS
    ),
    {"before": LONG, "filing_number": 7, "after": "改行\n\"引用\", 'と \x0b制御 <xml>"},
    {"before": "古い日付", "change_date": dt.date(1899, 12, 31), "municipality_code": "011002"},
)  # fmt: skip


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return dataset(
        tmp_path_factory.mktemp("export"), ROWS, [{"agency": "札幌市長", "agency_raw": "札幌市長 架空の氏名"}]
    )


@pytest.fixture
def read(out, tmp_path):
    """What is in an exported file, row by row as text."""

    def read(kind, table=None):
        done = export(out, kind=kind, to=tmp_path / f"x.{kind}", table=table)
        if kind == "csv":
            with done.path.open(encoding="utf-8-sig", newline="") as file:
                return done, list(csv.DictReader(file))
        sheet = openpyxl.load_workbook(done.path).worksheets[0]
        head, *rows = sheet.iter_rows(values_only=True)
        return done, [dict(zip(head, row, strict=True)) for row in rows]

    return read


def test_csv_opens_in_excel(read):
    done, rows = read("csv")
    assert done.path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert (len(rows), done.rows) == (len(ROWS), {"changes": len(ROWS)})
    assert rows[0]["item_codes"] == "I-2;I-3"
    assert rows[0]["change_date"] == "2024-05-27"
    assert (rows[-2]["filing_number"], rows[-2]["page_first"], rows[0]["filing_number"]) == ("7", "", "")
    assert rows[-2]["after"] == ROWS[-2]["after"]
    assert rows[0]["municipality_code"] == "011002"


def test_no_cell_of_a_csv_runs(read):
    _, rows = read("csv")
    for row, text in zip(rows, FORMULAS, strict=False):
        assert row["before"] == f"'{text}"
    assert not any(cell[:1] in set("=+-@\t\r\n＝＋－＠") for row in rows for cell in row.values() if cell)


def test_what_was_neutralised_can_be_undone():
    assert [neutral(text)[1:] for text in FORMULAS] == FORMULAS
    assert neutral("'引用'") == "'引用'"


def test_long_cells_are_told(read):
    done, rows = read("csv")
    assert done.too_long == 1
    assert rows[-2]["before"] == LONG
    done, rows = read("xlsx")
    assert done.too_long == 1
    cell = rows[-2]["before"]
    assert len(cell) <= 32_767
    assert cell.startswith("長" * 30_000)
    assert cell.endswith("全40,000文字 / cut: 40,000 characters in the dataset］")


def test_a_cut_splits_no_character(tmp_path):
    path = tmp_path / "x.xlsx"
    rows = [["a" * odd + "𠮷" * 20_000] for odd in (0, 1)]
    assert sheets.write(path, "t", {"c": ("string", "")}, rows, lambda _: False) == (2, 2)
    for (cell,) in openpyxl.load_workbook(path)["t"].iter_rows(min_row=2, values_only=True):
        assert len(cell.encode("utf-16-le")) // 2 <= 32_767
        assert "\ufffd" not in cell


def test_xlsx_keeps_types_and_runs_nothing(read):
    done, rows = read("xlsx")
    assert [row["before"] for row in rows[:3]] == FORMULAS[:3]
    assert "<f>" not in zipfile.ZipFile(done.path).read("xl/worksheets/sheet1.xml").decode()
    assert rows[0]["change_date"] == dt.datetime(2024, 5, 27)
    assert rows[0]["municipality_code"] == "011002"
    assert rows[-1]["change_date"] == "1899-12-31"
    assert rows[-2]["filing_number"] == 7
    assert rows[-2]["after"] == ROWS[-2]["after"].replace("\x0b", "\ufffd")


def test_rows_that_do_not_fit_a_sheet_go_on_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "SHEET_ROWS", 4)
    path = tmp_path / "x.xlsx"
    sheets.write(path, "t", {"c": ("int32", "a number")}, ([n] for n in range(7)), lambda _: False)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["t", "t_2", "t_3", "columns"]
    assert [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets[:3]] == [
        ["c", 0, 1, 2], ["c", 3, 4, 5], ["c", 6],
    ]  # fmt: skip
    assert next(book["columns"].iter_rows(values_only=True)) == ("c", "int32", "a number")


def test_duckdb_has_every_table_with_comments(out, tmp_path):
    done = export(out, kind="duckdb", to=tmp_path / "x.duckdb")
    assert done.rows == {"changes": len(ROWS), "filings": 1}
    with duckdb.connect(str(done.path), read_only=True) as database:
        stored = database.execute("SELECT * FROM changes").df()
        comments = dict(
            database.execute(
                "SELECT column_name, comment FROM duckdb_columns() WHERE NOT internal"
            ).fetchall()
        )
        first = database.execute("SELECT item_codes, change_date FROM changes LIMIT 1").fetchone()
    assert stored["before"].tolist() == [row["before"] for row in ROWS]
    assert first == (["I-2", "I-3"], dt.date(2024, 5, 27))
    field = schema.TABLES["changes"][0]
    assert comments["row_id"] == f"{field.en} / {field.ja}"
    assert all(comments.values())


@pytest.mark.parametrize("kind", ["csv", "xlsx", "duckdb"])
def test_no_person_is_named(out, tmp_path, kind):
    done = export(out, kind=kind, to=tmp_path / f"f.{kind}", table="filings")
    if kind == "duckdb":
        with duckdb.connect(str(done.path), read_only=True) as database:
            frame = database.execute("SELECT * FROM filings").df()
    else:
        frame = pd.read_csv(done.path) if kind == "csv" else pd.read_excel(done.path)
    assert "agency_raw" not in frame
    assert frame["agency"].tolist() == ["札幌市長"]
    assert not frame.astype(str).apply(lambda column: column.str.contains("架空の氏名")).any(axis=None)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "duckdb"])
def test_no_rows_keep_the_columns(tmp_path, kind):
    done = export(dataset(tmp_path / "out", []), kind=kind, to=tmp_path / f"x.{kind}", table="changes")
    assert done.rows == {"changes": 0}
    assert done.path.stat().st_size > 0


def test_a_file_is_replaced_only_by_a_whole_one(out, tmp_path, monkeypatch):
    old = tmp_path / "x.csv"
    old.write_text("old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.dataset.export._csv_cell", full)
    with pytest.raises(StoreError, match="No space left"):
        export(out, kind="csv", to=old)
    assert old.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]


def test_what_cannot_be_written(out, tmp_path):
    with pytest.raises(UsageError, match="no table 'nope'; it has changes, filings"):
        export(out, kind="csv", to=tmp_path / "x.csv", table="nope")
    with pytest.raises(UsageError, match="name one"):
        export(out, kind="csv", to=tmp_path)
    with pytest.raises(UsageError, match="name one"):
        export(out, kind="csv", to=tmp_path / "gone" / "x.csv")
    with pytest.raises(UsageError, match="henkou extract"):
        export(tmp_path, kind="csv", to=tmp_path / "x.csv")
