"""What the invented filings say: bodies, tasks, addresses on the forms, changes. No layout here."""

from __future__ import annotations

import csv
import datetime as dt
import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from string import Template

HERE = Path(__file__).parent
SPECIMEN = "架空の見本"
KINDS = {2: "基礎項目", 3: "重点項目", 4: "全項目"}
FIELDS = ("change_date", "item", "before", "after", "timing", "note")


@dataclass(frozen=True)
class Row:
    """One row of a change table as its author wrote it; paragraphs separated by a line end."""

    change_date: str
    item: str
    before: str
    after: str
    timing: str
    note: str
    change_date_iso: str | None = None
    item_code: str | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(getattr(self, name) for name in FIELDS)


@dataclass(frozen=True)
class Section:
    """A page of the form: a heading and its boxes (label, value)."""

    title: str
    boxes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Cover:
    """What the cover says, as printed, and what it means."""

    filing_number: str
    filing_title: str
    filing_type: str
    agency: str
    published: str
    published_iso: str | None
    form_version: str
    municipality_code: str
    municipality: str
    prefecture: str
    stage: str = "published"
    remarks: str = ""


@cache
def table(name: str, key: str) -> dict[str, dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return {row[key]: row for row in csv.DictReader(file)}


@cache
def addresses() -> dict[tuple[int, str], dict[str, str]]:
    with (HERE / "items.csv").open(encoding="utf-8", newline="") as file:
        return {(int(row["form"]), row["code"]): row for row in csv.DictReader(file)}


@cache
def changes() -> dict[str, dict[str, object]]:
    entries: list[dict[str, object]] = []
    for path in sorted(HERE.glob("changes*.toml")):
        entries += tomllib.loads(path.read_text(encoding="utf-8"))["change"]
    return {str(entry["key"]): entry for entry in entries}


OLD_ONLY = re.compile(r"\[-(.*?)-\]", re.DOTALL)
NEW_ONLY = re.compile(r"\{\+(.*?)\+\}", re.DOTALL)


def sides(text: str) -> tuple[str, str]:
    """A marked text in, the old and the new wording out.

    >>> sides("第[-7-]{+8+}号")
    ('第7号', '第8号')
    """
    text = text.strip("\n")
    old = OLD_ONLY.sub(r"\1", NEW_ONLY.sub("", text))
    new = NEW_ONLY.sub(r"\1", OLD_ONLY.sub("", text))
    return old.strip("\n"), new.strip("\n")


WIDE = str.maketrans("0123456789-.", "０１２３４５６７８９－．")


def spell_date(day: dt.date, style: str) -> str:
    """A date in one of the spellings that cities use: `令和6年4月1日`, `R6.4.1`, `2024/4/1` …"""
    if day >= dt.date(2019, 5, 1):
        era, letter, year = "令和", "R", day.year - 2018
    else:
        era, letter, year = "平成", "H", day.year - 1988
    number = "元" if year == 1 else str(year)
    plain = f"{era}{number}年{day.month}月{day.day}日"
    return {
        "plain": plain,
        "wide": plain.translate(WIDE),
        "spaced": f"{era} {number} 年 {day.month} 月 {day.day} 日",
        "letter": f"{letter}{year}.{day.month}.{day.day}",
        "dotted": f"{era}{number}.{day.month}.{day.day}",
        "western": f"{day.year}/{day.month}/{day.day}",
        "padded": f"{era}{number if number == '元' else f'{year:02}'}年{day.month:02}月{day.day:02}日",
        "lines": f"{era}{number}年\n{day.month}月{day.day}日",
    }[style]


ROMAN = {"Ⅰ": "I", "Ⅱ": "II", "Ⅲ": "III", "Ⅳ": "IV", "Ⅴ": "V", "Ⅵ": "VI"}


def spell_item(form: int, code: str, style: str) -> str:
    """An address in one of the spellings that cities use: `Ⅱ－６　①保管場所`, `II-6 ①保管場所` …"""
    at = addresses()[form, code]
    part, name, number, section, tail = (at[k] for k in ("part", "part_name", "number", "section", "tail"))
    if not number:
        return f"{part} {tail}" if style in ("ascii", "short") else f"{part}　{tail}"
    tail_or_section = tail or section
    match style:
        case "wide":
            return f"{part}－{number.translate(WIDE)}　{tail_or_section.replace(' ', '　')}"
        case "ascii":
            return f"{ROMAN[part]}-{number} {tail_or_section}"
        case "short":
            return f"{part}-{number} {tail_or_section}".strip()
        case "heading":
            return f"{part}-{number}.{section}\n{tail}".strip()
        case "full":
            return f"{part}　{name}\n{number.translate(WIDE)}．{section}\n{tail}".strip()
        case "dots":
            return f"{part}．{number}．{tail_or_section}"
        case "slash":
            return f"{part} {name}／{number}.{section}／{tail}".rstrip("／")
    raise KeyError(style)


def fill(text: str, body: str, task: str) -> str:
    b, t = table("bodies.csv", "name")[body], table("tasks.csv", "key")[task]
    bureau = b["name"] + (t["division"] + b["division"] if b["division"] else "")
    return Template(text).substitute(t, city=b["name"], bureau=bureau)


def row(key: str, *, body: str, task: str, form: int, date: str = "plain", item: str = "wide") -> Row:
    """One change as this body prints it on this form."""
    entry = changes()[key]
    code = entry["at"][str(form)]  # type: ignore[index]
    before, after = sides(fill(str(entry["text"]), body, task))
    day = entry["date"]
    assert isinstance(day, dt.date)
    note = fill(str(entry["note"]), body, task).strip("\n")
    spelled = spell_item(form, code, item)
    return Row(
        spell_date(day, date), spelled, before, after, str(entry["timing"]), note, day.isoformat(), code
    )


def rows(
    body: str,
    task: str,
    form: int,
    *,
    keys: str = "",
    since: str = "",
    until: str = "9",
    date: str = "plain",
    item: str = "wide",
) -> list[Row]:
    """The changes named in `keys` as they stand; else all that fit the form and the task, by date."""
    if keys:
        return [row(key, body=body, task=task, form=form, date=date, item=item) for key in keys.split()]
    fitting = [
        row(key, body=body, task=task, form=form, date=date, item=item)
        for key, entry in changes().items()
        if str(form) in entry["at"] and task in entry.get("tasks", [task])  # type: ignore[operator, attr-defined]
    ]
    return sorted((r for r in fitting if since <= str(r.change_date_iso) < until), key=by_date)


def by_date(made: Row) -> str:
    return made.change_date_iso or ""


def cover(body: str, task: str, form: int, number: str, published: str | None, **other: str) -> Cover:
    """The cover of a filing. `published` is an ISO date; `date` its spelling."""
    b, t = table("bodies.csv", "name")[body], table("tasks.csv", "key")[task]
    style, stamp = other.pop("date", "plain"), other.pop("stamp", "平成30年5月")
    made = Cover(
        filing_number=number,
        filing_title=f"{t['task']}　{KINDS[form]}評価書（{SPECIMEN}）",
        filing_type=KINDS[form],
        agency=b["agency"],
        published=spell_date(dt.date.fromisoformat(published), style) if published else "",
        published_iso=published,
        form_version=f"{stamp}　様式{form}",
        municipality_code=b["code"],
        municipality=body,
        prefecture=b["prefecture"],
        stage="published" if published else "draft",
    )
    return replace(made, **other)  # type: ignore[arg-type]


DECLARATION = (
    "{body}は、{task}における特定個人情報ファイルの取扱いに当たり、特定個人情報ファイルの取扱いが個人の"
    "プライバシー等の権利利益に影響を及ぼしかねないことを認識し、特定個人情報の漏えいその他の事態を"
    "発生させるリスクを軽減させるために適切な措置を講じ、もって個人のプライバシー等の権利利益の保護に"
    "取り組んでいることを宣言する。"
)

CONTENTS = {
    2: ("Ⅰ 関連情報", "Ⅱ しきい値判断項目", "Ⅲ しきい値判断結果", "Ⅳ リスク対策", "変更箇所"),
    3: (
        "Ⅰ 基本情報",
        "Ⅱ 特定個人情報ファイルの概要",
        "（別添１）特定個人情報ファイル記録項目",
        "Ⅲ リスク対策",
        "Ⅳ 開示請求、問合せ",
        "Ⅴ 評価実施手続",
        "（別添２）変更箇所",
    ),
    4: (
        "Ⅰ 基本情報",
        "（別添１）事務の内容",
        "Ⅱ 特定個人情報ファイルの概要",
        "（別添２）特定個人情報ファイル記録項目",
        "Ⅲ 特定個人情報ファイルの取扱いプロセスにおけるリスク対策",
        "Ⅳ その他のリスク対策",
        "Ⅴ 開示請求、問合せ",
        "Ⅵ 評価実施手続",
        "（別添３）変更箇所",
    ),
}
TITLES = {2: "変更箇所", 3: "（別添２）変更箇所", 4: "（別添３）変更箇所"}
HEADERS = ("変更日", "項目", "変更前の記載", "変更後の記載", "提出時期", "提出時期に係る説明")


OTHER_TABLE = [("番号", "ファイル名", "主な記録項目", "保管場所", "更新", "備考")] + [
    (str(n), f"関係情報ファイル{n}", "個人番号、4情報、連絡先、業務関係情報", "電算室", "随時", "－")
    for n in range(1, 8)
]
"""A table of six columns that is not the change table."""


def spell_header(header: str, style: str) -> str:
    """A column header as cities set it: `変更日`, `変　更　日`, or on two lines."""
    if style == "spaced":
        return "　".join(header) if len(header) < 5 else " ".join(header)
    if style == "two_lines":
        two = {"変更前の記載": "変更前の\n記載", "変更後の記載": "変更後の\n記載", "提出時期": "提出\n時期"}
        return two.get(header, header.replace("に係る", "に\n係る"))
    return header


def declaration(body: str, task: str) -> str:
    return DECLARATION.format(body=body, task=table("tasks.csv", "key")[task]["task"])


def sections(body: str, task: str, form: int) -> list[Section]:
    """The form's own pages, filled from the newest wording of every change that has a box on it."""
    made: dict[str, list[tuple[str, str]]] = {}
    texts = {r.item_code: r.after for r in rows(body, task, form)}
    for (at_form, code), at in addresses().items():
        if at_form != form or not at["number"]:
            continue
        heading = f"{at['part']} {at['part_name']}"
        label = f"{at['number']}. {at['section']}\n{at['tail']}".strip()
        value = texts.get(code) or fill("$taskのために必要な範囲で記載する。", body, task)
        made.setdefault(heading, []).append((label, value))
    return [Section(title, tuple(boxes)) for title, boxes in made.items()]
