"""What is a filing and what is not, by path alone; paths that are told apart; the manifest's lines."""

import datetime as dt
import os
import sys
import unicodedata
from pathlib import Path

import pytest

from pipeline.discover.documents import discover, one
from pipeline.errors import UsageError
from tests.runs import SAPPORO, write

NFD = unicodedata.normalize("NFD", "が.pdf")


def paths(*raws, **how):
    return [document.source_path for document in discover(raws, **how).documents]


def codes(*raws):
    return [(where, problem.code) for where, problem in discover(raws).problems]


def test_files_that_may_be_filings(tmp_path):
    names = [
        "b.PDF", "a/x.pdf", "a/y.Txt", "a/z.tsv", "c.md", "d.html", "a/README.md",
        "README.md", "manifest.csv", "e.docx", ".hidden.pdf", ".git/x.pdf", "a/._x.pdf", "f.pdf.part",
    ]  # fmt: skip
    write(tmp_path, dict.fromkeys(names, "path"))
    assert paths(tmp_path) == ["a/README.md", "a/x.pdf", "a/y.Txt", "a/z.tsv", "b.PDF", "c.md", "d.html"]


def test_a_file_as_raw_is_its_name(tmp_path):
    write(tmp_path, {f"{SAPPORO}/x.pdf": ""})
    (document,) = discover([tmp_path / SAPPORO / "x.pdf"]).documents
    assert (document.source_path, document.folder_code, document.folder_name) == ("x.pdf", "011002", "札幌市")
    assert one(tmp_path / SAPPORO / "x.pdf") == document


def test_several_raws_are_told_apart_by_their_names(tmp_path):
    write(tmp_path, {"a/x.pdf": "", "b/x.pdf": "", "c.pdf": ""})
    assert paths(tmp_path / "a", tmp_path / "b", tmp_path / "c.pdf") == ["a/x.pdf", "b/x.pdf", "c.pdf"]


def test_raws_of_one_name_are_told_apart_by_the_folders_above(tmp_path):
    write(tmp_path, {"2023/pdfs/x.pdf": "", "2024/pdfs/x.pdf": "", "other/y.pdf": ""})
    assert paths(tmp_path / "2023/pdfs", tmp_path / "2024/pdfs", tmp_path / "other") == [
        "2023/pdfs/x.pdf",
        "2024/pdfs/x.pdf",
        "other/y.pdf",
    ]


def test_a_raw_inside_another_or_twice_counts_once(tmp_path):
    write(tmp_path, {"a/b/x.pdf": ""})
    assert paths(tmp_path / "a", tmp_path / "a" / "b", tmp_path / "a" / ".") == ["b/x.pdf"]


@pytest.mark.parametrize("name", ["missing", "x.docx", "manifest.csv"])
def test_what_is_no_raw_is_named(tmp_path, name):
    write(tmp_path, {"x.docx": "", "manifest.csv": ""})
    with pytest.raises(UsageError, match=name):
        discover([tmp_path / name])


def test_the_nearest_folder_with_a_code_tells_the_body(tmp_path):
    write(
        tmp_path,
        {f"{SAPPORO}/old/x.pdf": "", f"{SAPPORO}/011011_札幌市中央区/y.pdf": "", "12345_a/z.pdf": ""},
    )
    told = {d.source_path: (d.folder_code, d.folder_name) for d in discover([tmp_path]).documents}
    assert told == {
        f"{SAPPORO}/old/x.pdf": ("011002", "札幌市"),
        f"{SAPPORO}/011011_札幌市中央区/y.pdf": ("011011", "札幌市中央区"),
        "12345_a/z.pdf": (None, None),
    }


def test_names_are_nfc_and_clashes_are_told(tmp_path):
    write(tmp_path, {"が.pdf": "", NFD: ""})
    if len(list(tmp_path.iterdir())) == 1:
        pytest.skip("this file system normalises names")
    assert paths(tmp_path) == ["が.pdf"]
    assert codes(tmp_path) == [("が.pdf", "path_clash")]


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux only")
def test_names_that_are_not_utf8_are_spelled_out(tmp_path):
    name = "評価書.pdf".encode("cp932")
    (tmp_path / os.fsdecode(name)).touch()
    (document,) = discover([tmp_path]).documents
    assert document.source_path == name.decode("utf-8", "backslashreplace")
    assert Path(document.path).exists()
    assert codes(tmp_path) == [(document.source_path, "name_not_utf8")]


def test_links_are_followed_once(tmp_path):
    raw = write(tmp_path / "raw", {"a/x.pdf": ""})
    write(tmp_path / "elsewhere", {"y.pdf": ""})
    (raw / "a/loop").symlink_to(raw)
    (raw / "0").symlink_to(raw / "a")
    (raw / "linked").symlink_to(tmp_path / "elsewhere")
    (raw / "circle").symlink_to("circle")
    assert paths(raw) == ["a/x.pdf", "linked/y.pdf"]


def test_a_link_that_leads_nowhere_is_not_overlooked(tmp_path):
    (tmp_path / "gone.pdf").symlink_to("nowhere")
    (tmp_path / "circle.pdf").symlink_to("circle.pdf")
    assert paths(tmp_path) == ["circle.pdf", "gone.pdf"]


def test_the_dataset_inside_raw_is_left_out(tmp_path):
    write(tmp_path, {"x.pdf": "", "extracted/review.html": "", "deep/extracted/y.html": ""})
    assert paths(tmp_path, out=tmp_path / "extracted") == ["deep/extracted/y.html", "x.pdf"]


@pytest.mark.parametrize(
    "raws, out",
    [
        (["raw"], "raw"),
        (["raw"], "raw/deep/.."),
        (["raw"], "link"),
        (["link"], "raw"),
        (["other", "raw"], "raw"),
        (["raw", "raw/deep"], "raw/deep"),
        (["raw/changes"], "raw"),
        (["raw/.henkou/generations"], "raw"),
    ],
    ids=str,
)
def test_filings_and_dataset_in_one_folder_are_refused(tmp_path, raws, out):
    write(tmp_path, {"raw/x.pdf": "", "raw/deep/y.pdf": "", "other/z.pdf": "", "raw/changes/z.pdf": ""})
    write(tmp_path, {"raw/.henkou/generations/z.pdf": ""})
    (tmp_path / "link").symlink_to("raw")
    with pytest.raises(UsageError, match=r"name (another|the) folder"):
        discover([tmp_path / raw for raw in raws], out=tmp_path / out)


def test_filings_below_the_dataset_but_beside_its_tables_are_read(tmp_path):
    write(tmp_path, {"raw/x.pdf": "", "changes/y.pdf": ""})
    assert paths(tmp_path / "raw", out=tmp_path) == ["x.pdf"]


def test_a_folder_that_cannot_be_listed_is_told(tmp_path, monkeypatch):
    write(tmp_path, {"x.pdf": "", "locked/y.pdf": ""})
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert paths(tmp_path) == ["x.pdf"]
    assert codes(tmp_path) == [("locked", "folder_unreadable")]


def manifest(tmp_path, text, encoding="utf-8"):
    write(tmp_path, {"a/x.pdf": "", "が.pdf": ""})
    (tmp_path / "manifest.csv").write_bytes(text.encode(encoding))
    found = discover([tmp_path])
    return {document.source_path: document for document in found.documents}, [
        (problem.code, problem.excerpt) for _, problem in found.problems
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_the_manifest_tells_of_files(tmp_path, encoding):
    text = (
        "path,municipality_code,url,retrieved_on,licence,document\r\n"
        "a\\x.pdf,011002,https://example.jp/x.pdf,2024-04-01,PDL 1.0,住基\r\n"
        f"{'が.pdf'},,,2024/4/1,,\r\n"
    )
    documents, problems = manifest(tmp_path, text, encoding)
    x = documents["a/x.pdf"]
    assert (x.municipality_code, x.url, x.retrieved_on, x.licence, x.document) == (
        "011002", "https://example.jp/x.pdf", dt.date(2024, 4, 1), "PDL 1.0", "住基",
    )  # fmt: skip
    assert documents["が.pdf"].retrieved_on == dt.date(2024, 4, 1)
    assert problems == []


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("path,author\na/x.pdf,who", ("manifest_column", "author")),
        ("path,retrieved_on\na/x.pdf,2024-02-30", ("manifest_date", "2024-02-30")),
        ("path,retrieved_on\na/x.pdf,April", ("manifest_date", "April")),
        ("path,url\nb/x.pdf,u", ("manifest_path", "b/x.pdf")),
        ("path,url\n,u", ("manifest_path", "")),
        ("path,url\na/x.pdf,1\na/x.pdf,2", ("manifest_repeated", "a/x.pdf")),
    ],
)
def test_doubts_about_the_manifest(tmp_path, lines, told):
    documents, problems = manifest(tmp_path, lines)
    assert problems == [told]
    assert documents["a/x.pdf"].retrieved_on is None
    assert documents["a/x.pdf"].url in (None, "1")


@pytest.mark.parametrize("data", [b"file,url\nx.pdf,u\n", b"\x81\xff\xfe\x00", b""])
def test_a_manifest_that_is_none(tmp_path, data):
    write(tmp_path, {"x.pdf": ""})
    (tmp_path / "manifest.csv").write_bytes(data)
    with pytest.raises(UsageError, match=r"manifest\.csv"):
        discover([tmp_path])
