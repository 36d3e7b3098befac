"""Which series a filing belongs to: the revisions of one assessment share a key."""

from __future__ import annotations

import re

from ..model import Body, Cover
from .pieces import squeezed


def filing_key(body: Body, cover: Cover) -> str | None:
    """A body and a cover -> the series over revisions; null without a body, or without number and title.

    >>> filing_key(Body('011002', '札幌市'), Cover(filing_title='札幌市 予防接種に関する事務 全項目評価書'))
    '011002/予防接種に関する事務'
    """
    owner = body.code or body.name
    if not owner:
        return None
    if cover.filing_number is not None:
        return f"{owner}/{cover.filing_number}"
    series = _series(cover.filing_title or "", body)
    return f"{owner}/{series}" if series else None


_OVER = re.compile(r"[(〔【\[<]素?案[)〕】\]>]|[【\[(][^】\])]*終了[】\])]")
_FORM = re.compile(
    r"[(〔【\[]?(?:特定個人情報保護評価書?)?[(〔【\[]?(?:基礎|重点|全)項目(?:評価書?)?[)〕】\]]*(?:素?案)?"
    r"|特定個人情報保護評価書?(?:素?案)?"
)


def _series(title: str, body: Body) -> str:
    """A title without its kind, stage and the body's name."""
    text = _FORM.sub("", _OVER.sub("", squeezed(title)))
    if body.name:
        prefecture = f"(?:{re.escape(body.prefecture_name)})?" if body.prefecture_name else ""
        name = re.escape(squeezed(body.name))
        text = re.sub(rf"^{prefecture}{name}(?:長|知事)?(?:における|において行う|が行う|の)?", "", text)
    return text.strip("・-_:/、 ")
