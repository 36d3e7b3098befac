"""The difference of two texts by morpheme, with numbers, codes, dates and law citations kept whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import fugashi

Segment = tuple[Literal["equal", "delete", "insert"], str]

_SENTENCE = re.compile("[^。\n]*[。\n]|[^。\n]+")
_CLAUSE = re.compile("[^、・ ()「」]*[、・ ()「」]|[^、・ ()「」]+")
_WHOLE = re.compile(
    r"""
    (?:明治|大正|昭和|平成|令和)(?:\d+|元)年(?:\d+月(?:\d+日)?)?  # a date
  | \d{4}年(?:\d+月(?:\d+日)?)? | \d+月\d+日
  | (?:別表)?第[\d一二三四五六七八九十百]+(?:条|項|号|章|欄)(?:の[\d一二三四五六七八九十]+)*
    (?:第[\d一二三四五六七八九十]+(?:項|号)(?:の[\d一二三四五六七八九十]+)*)*  # a law citation
  | 別表第[一二三四五六七八九十\d]+(?:の[\d]+の項)?
  | \d+(?:の\d+)*の項  # an item of a schedule
  | [A-Za-z0-9]+(?:[-_./:,][A-Za-z0-9]+)*  # a number, a code, a Latin word
  | [①-⑳㉑-㉟]
  | \s+
    """,
    re.VERBOSE,
)
_ISLAND = re.compile(r"[ぁ-ん、。・\s]")


def diff(before: str, after: str) -> tuple[Segment, ...]:
    """Two texts -> segments; equal and delete joined give `before`, equal and insert give `after`.

    >>> diff("番号法第19条第7号に基づく照会", "番号法第19条第8号に基づく照会")
    (('equal', '番号法'), ('delete', '第19条第7号'), ('insert', '第19条第8号'), ('equal', 'に基づく照会'))
    """
    segments: list[Segment] = []
    old, new = _SENTENCE.findall(before), _SENTENCE.findall(after)
    for equal, deleted, inserted in _aligned(old, new):
        if equal or not (deleted and inserted):
            segments += _segments(equal, deleted, inserted)
            continue
        head, gone, come, tail = _trimmed(
            _CLAUSE.findall("".join(deleted)), _CLAUSE.findall("".join(inserted))
        )
        segments += _segments(head, [], [])
        for part in _aligned(tokens("".join(gone)), tokens("".join(come))):
            segments += _segments(*part)
        segments += _segments(tail, [], [])
    return tuple(_tidy(segments))


def tokens(text: str) -> list[str]:
    """Text -> its morphemes; joined they give the text.

    >>> tokens("令和6年4月1日、Ⅲ-2 リスク1")
    ['令和6年4月1日', '、', 'Ⅲ', '-', '2', ' ', 'リスク', '1']
    """
    found: list[str] = []
    done = 0
    for match in _WHOLE.finditer(text):
        found += _morphemes(text[done : match.start()])
        found.append(match[0])
        done = match.end()
    return found + _morphemes(text[done:])


def _morphemes(text: str) -> list[str]:
    if len(text) < 2:
        return [text] if text else []
    found, done = [], 0
    for word in tagger().parse(text).split():
        start = text.find(word, done)
        if start > done:  # white space that the tagger leaves out
            found.append(text[done:start])
        found.append(word)
        done = start + len(word)
    return [*found, text[done:]] if done < len(text) else found


@cache
def tagger() -> fugashi.Tagger:
    """The one tagger of this process, loaded when first needed."""
    import fugashi

    return fugashi.Tagger("-Owakati")


def _aligned(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[list[str], list[str], list[str]]]:
    """(equal, deleted, inserted) runs of two sequences, common ends cut off before they are compared."""
    head, rest, other, tail = _trimmed(old, new)
    yield head, [], []
    if rest and other:
        for tag, a, b, c, d in SequenceMatcher(None, rest, other, autojunk=False).get_opcodes():
            yield (rest[a:b], [], []) if tag == "equal" else ([], rest[a:b], other[c:d])
    else:
        yield [], rest, other
    yield tail, [], []


def _trimmed(old: Sequence[str], new: Sequence[str]) -> tuple[list[str], list[str], list[str], list[str]]:
    """Two sequences -> the common start, what is left of either, the common end."""
    limit = min(len(old), len(new))
    head = next((n for n in range(limit) if old[n] != new[n]), limit)
    limit -= head
    tail = next((n for n in range(limit) if old[-1 - n] != new[-1 - n]), limit)
    end = len(old) - tail
    return list(old[:head]), list(old[head:end]), list(new[head : len(new) - tail]), list(old[end:])


def _segments(equal: list[str], deleted: list[str], inserted: list[str]) -> Iterator[Segment]:
    if any(equal):
        yield "equal", "".join(equal)
    if any(deleted):
        yield "delete", "".join(deleted)
    if any(inserted):
        yield "insert", "".join(inserted)


def _tidy(segments: Sequence[Segment]) -> Iterator[Segment]:
    """Neighbours joined; a lone particle or mark between two changes belongs to the change."""
    equal = deleted = inserted = ""
    for place, (tag, text) in enumerate(segments):
        if tag == "delete":
            deleted += text
        elif tag == "insert":
            inserted += text
        elif deleted and inserted and _ISLAND.fullmatch(text) and place + 2 < len(segments) - 1:
            deleted, inserted = deleted + text, inserted + text
        elif deleted or inserted:
            yield from _segments([equal], [deleted], [inserted])
            equal, deleted, inserted = text, "", ""
        else:
            equal += text
    yield from _segments([equal], [deleted], [inserted])


def lemmas(text: str) -> list[tuple[str, str]]:
    """Text -> (morpheme, its dictionary form) in order, white space left out.

    The form is one for all spellings and inflections; that of a number is the number as written.

    >>> lemmas("取扱を行なう")
    [('取扱', '取り扱い'), ('を', 'を'), ('行なう', '行う')]
    """
    found = []
    for line in _analyser().parse(text.replace("\n", " ")).split("\n"):
        word, *features = line.split("\t")
        if len(features) >= _CLASS:  # the last line is none
            lemma = features[_LEMMA - 1]
            found.append((word, word if not lemma or features[_CLASS - 1] in _AS_WRITTEN else lemma))
    return found


_LEMMA, _CLASS = 3, 4
"""Places of the dictionary form and the part of speech in a line of the analyser."""
_AS_WRITTEN = ("名詞-数詞", "補助記号-一般")


@cache
def _analyser() -> fugashi.Tagger:
    import fugashi

    return fugashi.Tagger()
