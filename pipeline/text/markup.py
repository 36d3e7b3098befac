"""Takes known markup out of a transcript's cell: tags become line ends or nothing, entities characters.

Headings in angle brackets such as `<札幌市における措置>` or `<Section>` are text: only tags listed in
`rules/tags.csv`, spelled as there, go, and only in the exact shape of a tag. A bracket that was written
`&lt;` or `＜` is text too; where it would look like a tag, it becomes `〈`.
"""

from __future__ import annotations

import html.entities
import re
from re import Match

from .. import rules

_BECOMES = {
    row["tag"]: {"line": "\n", "space": " ", "nothing": ""}[row["becomes"]] for row in rules.table("tags")
}

# No part of a tag holds a bracket: shapes of tags cannot overlap, and the search takes linear time.
_VALUE = r"""(?:"[^"<>〈〉]*"|'[^'<>〈〉]*'|[^\s"'<>〈〉]+)"""
TAG = re.compile(
    r"<!--[^<>〈〉]*-->|</?(?P<name>[A-Za-z][A-Za-z0-9]*(?::[A-Za-z0-9]+)?)"
    rf"(?:\s+[A-Za-z_:][A-Za-z0-9_:.-]*(?:\s*=\s*{_VALUE})?)*\s*/?>"
)
_NAMESPACES = ("o:", "w:", "v:", "x:", "m:", "st1:")  # what Word and Excel write into HTML
_ENTITY = re.compile(
    r"&(?:#(?P<decimal>[0-9]{1,7})|#[xX](?P<hexadecimal>[0-9a-fA-F]{1,6})|(?P<name>[A-Za-z][A-Za-z0-9]*));"
)
_LONGEST_ENTITY = max(map(len, html.entities.html5)) + 1
_ESCAPE = re.compile(r"_x00(?P<code>0[9ADad]|20)_")


def strip_tags(text: str) -> str:
    """Text with markup -> text without: block tags become line ends, inline tags nothing.

    >>> strip_tags('<p><札幌市における措置></p><ul style="margin:0">・<u>接種</u>記録')
    '\\n<札幌市における措置>\\n\\n・接種記録'
    """
    stripped = TAG.sub(_without, text)
    return text if stripped == text else bracketed(stripped)


def decode_entities(text: str) -> str:
    """HTML entities and Excel's `_x000D_` escapes -> the characters they stand for; unknown ones stay.

    Entities written in entities (`&amp;lt;`) are decoded too, all in one pass. What looks like a tag
    afterwards is text.

    >>> decode_entities('&lt;第９条&#12305; &amp;amp; A&B &lt;b&gt;_x000D_')
    '<第９条】 & A&B 〈b〉\\r'
    """
    decoded = _ESCAPE.sub(lambda match: chr(int(match["code"], 16)), _without_entities(text))
    return text if decoded == text else bracketed(decoded)


def bracketed(text: str) -> str:
    """Text whose tags are gone already -> what has the shape of a tag all the same is text, in `〈〉`.

    >>> bracketed('<b> <札幌市>')
    '〈b〉 <札幌市>'
    """
    return TAG.sub(lambda match: f"〈{match[0][1:-1]}〉" if _without(match) != match[0] else match[0], text)


def _without(match: Match[str]) -> str:
    name = match["name"]
    if name is None or name.startswith(_NAMESPACES):  # a comment, a tag of Word's
        return ""
    return _BECOMES.get(name, match[0])


def _without_entities(text: str) -> str:
    """An entity is decoded at its semicolon, when all before it is: chains of them take linear time."""
    if "&" not in text:
        return text
    done: list[str] = []
    for character in text:
        done.append(character)
        while done and done[-1] == ";":
            tail = "".join(done[-_LONGEST_ENTITY:])
            entity = _ENTITY.fullmatch(tail, max(tail.rfind("&"), 0))
            decoded = _character(entity) if entity else None
            if entity is None or decoded is None:
                break
            done[-len(entity[0]) :] = decoded
    return "".join(done)


def _character(entity: Match[str]) -> str | None:
    if entity["name"]:
        return html.entities.html5.get(entity["name"] + ";")
    code = int(entity["decimal"] or entity["hexadecimal"], 10 if entity["decimal"] else 16)
    readable = code in (9, 10, 13) or (0x20 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF)
    return chr(code) if readable else None
