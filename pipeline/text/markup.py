"""Takes known markup out of a transcript's cell: tags become line ends or nothing, entities characters.

Headings in angle brackets such as `<札幌市における措置>` are text: only tags listed in
`rules/tags.csv` go, and only in the exact shape of a tag.
"""

from __future__ import annotations

import html.entities
import re
from re import Match

from .. import rules

_BECOMES = {
    row["tag"]: {"line": "\n", "space": " ", "nothing": ""}[row["becomes"]] for row in rules.table("tags")
}

_ATTRIBUTE = r"""\s+[A-Za-z_:][A-Za-z0-9_:.-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))?"""
_TAG = re.compile(
    rf"<!--.*?-->|<(?P<closing>/?)(?P<name>[A-Za-z][A-Za-z0-9]*(?::[A-Za-z0-9]+)?)(?P<rest>(?:{_ATTRIBUTE})*)\s*/?>",
    re.DOTALL,
)
_NAMESPACES = ("o:", "w:", "v:", "x:", "m:", "st1:")  # what Word and Excel write into HTML
_ENTITY = re.compile(
    r"&(?:#(?P<decimal>[0-9]{1,7})|#[xX](?P<hexadecimal>[0-9a-fA-F]{1,6})|(?P<name>[A-Za-z][A-Za-z0-9]*));"
)
_ESCAPE = re.compile(r"_x00(?P<code>0[9ADad]|20)_")


def strip_tags(text: str) -> str:
    """Text with markup -> text without: block tags become line ends, inline tags nothing.

    >>> strip_tags('<p><札幌市における措置></p><ul style="margin:0">・<u>接種</u>記録')
    '\\n<札幌市における措置>\\n\\n・接種記録'
    """
    return _TAG.sub(_tag, text)


def decode_entities(text: str) -> str:
    """HTML entities and Excel's `_x000D_` escapes -> the characters they stand for; unknown ones stay.

    >>> decode_entities('&lt;第９条&#12305; &amp; A&B_x000D_')
    '<第９条】 & A&B\\r'
    """
    return _ESCAPE.sub(lambda match: chr(int(match["code"], 16)), _ENTITY.sub(_entity, text))


def _tag(match: Match[str]) -> str:
    name = match["name"]
    if name is None or name.startswith(_NAMESPACES):  # a comment, a tag of Word's
        return ""
    if len(name) == 1 and name not in "abipqsuPU" and not match["rest"]:
        return match[0]  # <A>, <B>: headings
    return _BECOMES.get(name.lower(), match[0])


def _entity(match: Match[str]) -> str:
    if match["name"]:
        return html.entities.html5.get(match["name"] + ";", match[0])
    code = int(match["decimal"] or match["hexadecimal"], 10 if match["decimal"] else 16)
    readable = code in (9, 10, 13) or (0x20 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF)
    return chr(code) if readable else match[0]
