"""What the pair repairs know: the words of the field, and which characters engines take for which.

Everything is built once from `rules/terms.csv`, `rules/confusions.csv`, `rules/lookalikes.csv` and
`rules/keep.csv`. A misreading is only ever looked for where a word of the field, with one character
replaced by one that it is known to be taken for, stands in the text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from .. import rules
from .normalise import KANJI, normalise

Pairs = frozenset[tuple[str, str]]
"""(truth, read): the character on the page and the one that an engine wrote for it."""

WINDOW = 7
HOLES = (2, 3, 4)
"""A character is decided by six neighbours, at least two on either side."""
LONGEST_TERM = 10

_KATAKANA_WORD = re.compile("[ァ-ヺー]+")
_KANJI = re.compile(f"[{KANJI}]+")
_KANJI_RUN = re.compile(f"[{KANJI}]{{4,}}")
_ENDS = frozenset(
    "市区町村県府都道郡局部課室係所店院校園館会者長員人月日年号項条名等用的化性上下内外中別毎第各本同当全他新旧前後元"
)
_STARTS = frozenset(
    "第各本同当全他新旧前後元以及又並等用的化性者長員人内外中上下別毎名町村市区県東西南北大小山川田"
)
_MIXED = re.compile("[ァ-ヺーへべぺ]")


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """The words of the field, indexed by how they look when one character is misread."""

    truths: Mapping[str, frozenset[str]]
    """read -> the characters that it may stand for."""
    katakana: frozenset[str]
    """Words of the field, and words that a misreading of one of them could be taken for."""
    misread_katakana: Mapping[str, str]
    """a katakana word with one character misread -> the word."""
    misread_terms: Mapping[str, str]
    """any other term with one character misread -> the term."""
    term_starts: frozenset[str]
    """The first two characters of misread terms: most places are passed over at one look."""
    windows: Mapping[tuple[int, str], frozenset[str]]
    """(hole, the six characters around it) -> the characters that stand there in the field's sentences."""


def known_pairs(pages: Iterable[str] = ("clean_skew", "noisy", "fax")) -> Pairs:
    """(truth, read) of the confusions counted on these kinds of pages; digits are never among them."""
    return frozenset(
        (row["truth"], row["read"])
        for row in rules.table("confusions")
        if any(int(row[page]) for page in pages)
    )


@cache
def lookalikes() -> Pairs:
    """(truth, read) of characters of different scripts that are drawn alike."""
    rows = rules.table("lookalikes")
    return frozenset(
        pair for row in rows for pair in ((row["one"], row["other"]), (row["other"], row["one"]))
    )


@cache
def lexicon(pairs: Pairs) -> Lexicon:
    """The lexicon for the confusions that are to be believed, with the look-alikes added."""
    pairs = pairs | lookalikes()
    reads: dict[str, set[str]] = defaultdict(set)
    truths: dict[str, set[str]] = defaultdict(set)
    for truth, read in pairs:
        reads[truth].add(read)
        truths[read].add(truth)
    rows = rules.table("terms")
    texts = [normalise(row["text"]) for row in rows if row["kind"] != "neighbour"]
    entire = [normalise(row["text"]) for row in rows if row["kind"] not in ("neighbour", "fragment")]
    ours = frozenset(word for text in entire for word in _KATAKANA_WORD.findall(text) if len(word) > 1)
    katakana = ours | {row["text"] for row in rows if row["kind"] == "neighbour"}
    whole = {
        row["text"] for row in rows if row["kind"] in ("term", "short") and len(row["text"]) <= LONGEST_TERM
    }
    short = {row["text"] for row in rows if row["kind"] == "short"}
    words = {row["text"] for row in rules.table("keep")}
    runs = {run for text in entire for run in _KANJI_RUN.findall(text) if len(run) <= LONGEST_TERM}
    corpus = "\n".join(texts)
    misread_terms = {
        wrong: term
        for wrong, term in _misread(whole | runs, reads).items()
        if wrong not in corpus
        and wrong not in words
        and (len(term) > 3 or _impossible(term, wrong) or (term in short and _one_word(wrong)))
    }
    return Lexicon(
        {read: frozenset(found) for read, found in truths.items()},
        katakana,
        {
            wrong: word
            for wrong, word in _misread(ours, reads).items()
            if wrong not in katakana and (len(word) > 2 or not _KATAKANA_WORD.fullmatch(wrong))
        },
        misread_terms,
        frozenset(wrong[:2] for wrong in misread_terms),
        _windows(texts),
    )


@cache
def kept() -> re.Pattern[str]:
    """Words that are right although they look like a misreading: no pair repair touches them."""
    words = sorted((row["text"] for row in rules.table("keep") if row["everywhere"]), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)))


def _misread(words: Iterable[str], reads: Mapping[str, set[str]]) -> dict[str, str]:
    """Every word with one character misread -> the word; a form that two words share is left out."""
    found: dict[str, set[str]] = defaultdict(set)
    for word in words:
        for place, truth in enumerate(word):
            for read in reads.get(truth, ()):
                found[word[:place] + read + word[place + 1 :]].add(word)
    return {wrong: next(iter(sources)) for wrong, sources in found.items() if len(sources) == 1}


def _impossible(term: str, wrong: str) -> bool:
    """A kana among kanji, as in 窓ロ for 窓口: no word is written so, however short."""
    return any(
        read != truth and _MIXED.match(read) and not _MIXED.match(truth)
        for truth, read in zip(term, wrong, strict=True)
    )


def _one_word(wrong: str) -> bool:
    """Can these kanji hardly be the end of one word and the start of the next, as in 江戸川区|本町?"""
    return bool(_KANJI.fullmatch(wrong)) and wrong[0] not in _ENDS and wrong[-1] not in _STARTS


def _windows(texts: Iterable[str]) -> dict[tuple[int, str], frozenset[str]]:
    found: dict[tuple[int, str], set[str]] = defaultdict(set)
    for text in texts:
        for line in text.split("\n"):
            for start in range(len(line) - WINDOW + 1):
                gram = line[start : start + WINDOW]
                for hole in HOLES:
                    found[hole, gram[:hole] + gram[hole + 1 :]].add(gram[hole])
    return {key: frozenset(characters) for key, characters in found.items()}
