"""A citation says what is known of a row and nothing else."""

import datetime as dt

import pytest

from pipeline import UsageError, cite
from tests.dataset.made import changes, dataset

FULL = {
    "municipality": "札幌市", "municipality_code": "011002", "agency": "札幌市長", "filing_number": 26,
    "filing_title": "予防接種に関する事務 全項目評価書（架空の見本）", "filing_type": "全項目",
    "stage": "published", "published": dt.date(2026, 1, 15), "url": "https://example.jp/x.pdf",
    "retrieved_on": dt.date(2026, 2, 1),
    "agency_raw": "札幌市長 架空の氏名",
}  # fmt: skip


def test_in_both_languages(tmp_path):
    out = dataset(
        tmp_path, changes({"page_first": 9, "page_last": 10}, {"page_first": 4, "page_last": 4}), [FULL]
    )
    sha256 = "ab" * 32
    assert cite("r-0001", out).ja == (
        "札幌市（札幌市長）「予防接種に関する事務 全項目評価書（架空の見本）」（評価書番号26、全項目評価書、"
        "2026年1月15日公表）、変更箇所 第1行、9〜10頁。https://example.jp/x.pdf（2026年2月1日取得）。"
        f"SHA-256: {sha256}。henkou 0.0.0+made により抽出（r-0001）。"
    )
    assert cite("r-0002", out).en == (
        "札幌市 (local government code 011002), 「予防接種に関する事務 全項目評価書（架空の見本）」 "
        "(assessment no. 26, 全項目評価書, published 15 January 2026), change table, row 2, p. 4. "
        f"https://example.jp/x.pdf (retrieved 1 February 2026). SHA-256 {sha256}. "
        "Extracted by henkou 0.0.0+made (r-0002)."
    )
    assert str(cite("r-0001", out)).count("\n") == 1


def test_what_is_not_known_is_left_out(tmp_path):
    out = dataset(tmp_path, changes({"page_first": None}), [{"stage": "draft"}])
    cited = cite("r-0001", out)
    assert cited.ja.startswith("団体不明「a.pdf」（案）、変更箇所 第1行。SHA-256")
    assert cited.en.startswith("Unknown body, 「a.pdf」 (draft), change table, row 1. SHA-256")
    assert "None" not in str(cited)


def test_no_such_row(tmp_path):
    out = dataset(tmp_path, changes({}))
    with pytest.raises(UsageError, match="no row 'r-9999'"):
        cite("r-9999", out)
