"""What the words on a page tell: a title, a page that may hold a table, a date that is whole or cut."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from ..characters import forms, nfkc


@lru_cache(maxsize=256)  # several questions are asked of a text in turn
def folded(text: str) -> str:
    """Text as it is compared with headings and titles: NFKC, no radicals, no white space.

    >>> folded("変　更　前\\nの 記 載"), folded("変更⽇")
    ('変更前の記載', '変更日')
    """
    return "".join(nfkc(text).split())


def may_hold_table(text: str) -> bool:
    """All text of a page in; whether a change table's header or title can stand on it.

    >>> may_hold_table("変 更 日 項 目 変更前の記載 変更後の記載"), may_hold_table("評価書の記載項目")
    (True, False)
    """
    letters = folded(text)
    return ("変更前" in letters and "変更後" in letters) or set(letters) >= _LETTERS or "変更箇所" in letters


_LETTERS = set("変更日項目前後記載")
"""Enough when a header's columns are broken over lines and the file mixes them."""


def has_cover_labels(text: str) -> bool:
    """Whether the labels of a cover stand in a page's text.

    >>> has_cover_labels("評 価 書 名 予防接種 評価実施機関名 海津市長"), has_cover_labels("評価書の名称")
    (True, False)
    """
    return all(label.search(text) for label in _COVER_LABELS)


def is_title(text: str) -> bool:
    """Whether a line of text is the title of a change table: （別添３）変更箇所.

    >>> is_title("（別添３）　変　更　箇　所"), is_title("(別添3)変更箇所 ……… 28"), is_title("変更箇所の概要")
    (True, False, False)
    """
    return bool(_TITLE.fullmatch(folded(text)))


def holds_headings(text: str) -> bool:
    """Whether a line of text is a header that no rules surround.

    >>> holds_headings("変更日 項目 変更前の記載 変更後の記載"), holds_headings("変更前の手続による")
    (True, False)
    """
    letters = folded(text)
    return "変更前" in letters and "変更後" in letters and "項目" in letters


def is_contents_list(texts: Iterable[str]) -> bool:
    """Whether lines of text are the list of a filing's parts, in which the title stands too.

    >>> is_contents_list(["項目一覧", "（別添３）変更箇所"]), is_contents_list(["（別添３）変更箇所"])
    (True, False)
    """
    parts = [letters for text in texts if _PART.match(letters := folded(text))]
    return len(parts) > 2 or "項目一覧" in parts


def is_date_like(text: str) -> bool:
    """Whether a text may be a date or a part of one cut by a page break.

    >>> is_date_like("月1日"), is_date_like("R6.4.1"), is_date_like("1"), is_date_like("事務の名称")
    (True, True, False, False)
    """
    return bool(_DATE_LIKE.search(folded(text)))


_COVER_LABELS = [
    re.compile(r"\s*".join(f"[{''.join(forms(letter))}]" for letter in label))
    for label in ("評価書名", "評価実施機関名")
]
"""A page's whole text is asked for them: to fold it first takes ten times as long."""
NONE = re.compile(r"(?:該当|変更)?(?:箇所|事項)?(?:は?(?:なし|無し|ありません|ない))。?|[-―ー]+")
"""What stands for an empty table: 該当なし."""
_DATE_LIKE = re.compile(r"[0-9元][年月日./-]|年|[0-9]月|月[0-9]|令和|平成|同[上日]|〃")
_PART = re.compile(r"項目一覧|\(別添[0-9]\)|[IVX]{1,3}[ .]?[^-0-9]")
TIMING = re.compile(r"事[前後]")
_TITLE = re.compile(r"[(\[【]?(?:別添(?:資料)?[0-9]*)?[)\]】]?[.、]?変更箇所(?:一覧|\(続き\))?")

_YEAR = r"(?:(?:令和|平成|昭和|[令平昭RHS])\.?(?:元|[0-9]{1,2})|(?:19|20)[0-9]{2})"
_WHOLE = re.compile(
    rf"{_YEAR}(?:年(?:度|[0-9]{{1,2}}月(?:[0-9]{{1,2}}日|末日?|[上中下]旬)?)|[./\\-・][0-9]{{1,2}}(?:[./\\-・][0-9]{{1,2}})?)"
)
_TO_BE_CONTINUED = re.compile(r".*[〜～~、,・]|.*から|.*及び")


def is_whole(text: str) -> bool:
    """Whether the text holds a date that needs nothing more.

    >>> is_whole("令和６年\\n４月１日"), is_whole("令和6年4月1日から"), is_whole("月1日")
    (True, False, False)
    """
    letters = folded(text)
    return bool(_WHOLE.match(letters)) and not _TO_BE_CONTINUED.fullmatch(letters)


def is_row_like(text: str) -> bool:
    """Whether a line of text reads like a row of the table: a date at its start, and a timing.

    >>> is_row_like("令和6年4月1日 Ⅰ-2 旧 新 事後"), is_row_like("令和6年4月1日 現在")
    (True, False)
    """
    letters = folded(text)
    return bool(_WHOLE.match(letters) and TIMING.search(letters))


def completes(head: str, tail: str) -> bool:
    """Whether a tail that is no date of its own makes a head whole.

    >>> completes("令和6年4", "月1日"), completes("令和6年4月", "1日"), completes("令和6年4月1日", "同上")
    (True, True, False)
    """
    one, two = folded(head), folded(tail)
    if not one or not two:
        return False
    if _TO_BE_CONTINUED.fullmatch(one):
        return bool(_WHOLE.match(one)) and not _TO_BE_CONTINUED.fullmatch(two)
    return not is_whole(two) and bool(_ONE.fullmatch(one + two)) and not (_DAY.search(one))


_ONE = re.compile(_WHOLE.pattern + r"(?:付け?|施行|以降|より)?")
_DAY = re.compile(r"月[0-9]{1,2}日")
