"""The schema, told to people and machines: data dictionary (Markdown, en and ja) and Frictionless package."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import __version__, rules
from .schema import TABLES, Field

TITLES = {
    "changes": ("One row of a change table (変更箇所)", "変更箇所の表の1行"),
    "filings": ("One input file, failed ones too", "入力ファイル1件（失敗も含む）"),
    "repairs": ("One correction of OCR text, applied or suggested", "OCR 文字の修復1件（適用または提案）"),
    "problems": ("One doubt, for a human to look at", "人が確かめるべき疑い1件"),
    "cells": ("Where a piece of a cell stands on its page", "セルの各部分のページ上の位置"),
    "occurrences": (
        "One print of a change: which rows reprint the same change",
        "変更の一つの印刷。どの行が同じ変更の再掲か",
    ),
    "findings": ("What a later revision did to old rows", "後の版が過去の行に加えた変化"),
    "waves": (
        "One distinct change in a wave; written by `henkou waves`",
        "波に属する変更1件（`henkou waves` が書く）",
    ),
    "wave_list": ("One edit that several bodies made", "複数の団体に共通する変更（波）1件"),
    "suggestions": (
        "What may be misread in OCR text, by what other bodies have there; written by `henkou waves`",
        "OCR 文字の読み誤りの疑い。他の団体の同じ文による（`henkou waves` が書く）",
    ),
    "items": ("Numbered items of the three forms", "三つの様式の項目一覧"),
    "bodies": ("Public bodies and their codes", "団体とそのコード"),
}
KEYS = {
    "changes": ["row_id"], "filings": ["source_path"], "occurrences": ["row_id"], "waves": ["change_id"],
    "wave_list": ["wave_id"],
}  # fmt: skip
FOREIGN = {
    "changes": [("source_path", "filings", "source_path")],
    "repairs": [("row_id", "changes", "row_id")],
    "suggestions": [("row_id", "changes", "row_id")],
    "cells": [("row_id", "changes", "row_id")],
    "occurrences": [("row_id", "changes", "row_id"), ("first_row_id", "changes", "row_id")],
    "waves": [("row_id", "changes", "row_id"), ("wave_id", "wave_list", "wave_id")],
}
_FRICTIONLESS = {
    "int32": "integer", "int64": "integer", "float32": "number", "float64": "number",
    "bool": "boolean", "date32": "date", "list<string>": "array",
}  # fmt: skip


def markdown() -> str:
    """All tables, marks and problem codes as one Markdown text, English and Japanese side by side."""
    return "\n".join(_markdown_lines()) + "\n"


def text(table: str) -> str:
    """One table's columns as plain lines for a terminal."""
    width = max(len(field.name) for field in TABLES[table])
    return "\n".join(
        f"{field.name:<{width}}  {field.type:<12}  {_null(field):<8}  {field.en}" for field in TABLES[table]
    )


def package(files: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Paths of each table's Parquet files, relative to OUT -> the content of `datapackage.json`."""
    return {
        "name": "henkou",
        "title": "Change tables (変更箇所) of 特定個人情報保護評価書",
        "version": __version__,
        "sources": [{"title": "総務省 全国地方公共団体コード (公共データ利用規約 1.0)"}],
        "resources": [_resource(table, list(paths)) for table, paths in files.items()],
    }


def package_json(files: Mapping[str, Sequence[str]]) -> str:
    return json.dumps(package(files), ensure_ascii=False, indent=1) + "\n"


def _resource(table: str, paths: list[str]) -> dict[str, Any]:
    resource_schema: dict[str, Any] = {"fields": [_frictionless(field) for field in TABLES[table]]}
    if table in KEYS:
        resource_schema["primaryKey"] = KEYS[table]
    if table in FOREIGN:
        resource_schema["foreignKeys"] = [
            {"fields": [here], "reference": {"resource": there, "fields": [name]}}
            for here, there, name in FOREIGN[table]
        ]
    en, ja = TITLES[table]
    return {
        "name": table, "title": en, "title_ja": ja, "path": paths, "format": "parquet",
        "mediatype": "application/vnd.apache.parquet", "schema": resource_schema,
    }  # fmt: skip


def _frictionless(field: Field) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if field.required else {}
    if field.values:
        constraints["enum"] = list(field.values)
    described = {
        "name": field.name,
        "type": _FRICTIONLESS.get(field.type, "string"),
        "description": field.en,
        "description_ja": field.ja,
    }
    return described | ({"constraints": constraints} if constraints else {})


def _markdown_lines() -> Iterator[str]:
    yield "# Data dictionary / データ辞書"
    yield ""
    yield "Made by `henkou schema --markdown` from `pipeline/rules/schema.csv`; do not edit by hand."
    yield "`pipeline/rules/schema.csv` から `henkou schema --markdown` で作られます。手で直さないでください。"
    for table, fields in TABLES.items():
        en, ja = TITLES[table]
        yield from ("", f"## `{table}`", "", f"{en}. {ja}。", "")
        yield from ("| column | type | null | meaning | 意味 |", "| --- | --- | --- | --- | --- |")
        for field in fields:
            values = f" ({', '.join(f'`{value}`' for value in field.values)})" if field.values else ""
            yield f"| `{field.name}` | {field.type} | {_null(field)} | {field.en}{values} | {field.ja} |"
    yield from _codes("marks", "mark", "Marks / 行の符号", "penalty")
    yield from _codes("problems", "code", "Problem codes / 問題の種類", "severity")


def _codes(table: str, key: str, title: str, extra: str) -> Iterator[str]:
    yield from ("", f"## {title}", "", f"| {key} | {extra} | meaning | 意味 |", "| --- | --- | --- | --- |")
    for row in sorted(rules.table(table), key=lambda row: row[key]):
        yield f"| `{row[key]}` | {row[extra]} | {row['en']} | {row['ja']} |"


def _null(field: Field) -> str:
    return "never" if field.required else "possible"
