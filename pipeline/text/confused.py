"""Pair repairs: one character taken for another that it is known to be taken for, decided by its word.

Katakana words, other terms, and the sentences of the field decide, each only where the word as read
exists nowhere. Never decided by likeness alone: アクセス制限 stays beside アクセス制御, 人手 beside 入手.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .ledger import Edit
from .lexicon import HOLES, LONGEST_TERM, WINDOW, Lexicon, kept
from .normalise import KANJI

_LETTER = re.compile("[ァ-ヺ]")
_KATAKANA = re.compile("[ァ-ヺー]")
_ALIKE = "へべぺり一二三口力工夕卜八才了千又"
_RUN = re.compile(f"[ァ-ヺー{_ALIKE}]+")
_ALL_ALIKE = str.maketrans("へべぺり一二三口力工夕卜八才千又", "ヘベペリーニミロカエタトハオチヌ")
_PARTICLE = {"ヘ": "へ", "リ": "り"}

_LABEL_BEFORE = re.compile(r"(?:^|[号イロハニホヘトチリ\n、・(]|及び|又は|から|\d+の)$")
_LABEL_AFTER = re.compile("まで|から|又は|及び|に(?:掲げる|規定|該当|定める)|の規定|[、・. )]|$")
_KANA_ALONE = re.compile(f"(?<=[ぁ-ゖ{KANJI})」』>])[ヘリ](?=[ぁ-ゖ{KANJI}、。])")
_LONE_LABEL = re.compile("(?<![ァ-ヺー])[イロハニホヘト](?![ァ-ヺー])")
_HIRAGANA = re.compile("[ぁ-ゖ]")
_OLD_STYLE = re.compile("[ヲ之於]")
_ONE_BEFORE = re.compile(
    f"(?:^|(?<=[\n{KANJI}のをにはがでもとや、。・(「 ]))"
    "ー(?=[部般定覧時括致貫環斉層方切律意元体様連次種人件日月年回度])"
)
_ONE_AFTER = re.compile("(?<=[同統唯単均随万第逐画])ー(?![ァ-ヺ])")


def script_edits(text: str, words: Lexicon) -> Iterator[Edit]:
    """Text -> corrections of characters drawn alike in two scripts, and of misread katakana words.

    >>> from .lexicon import known_pairs, lexicon
    >>> [(e.start, e.after) for e in script_edits('サ一バーヘの接続、統ー', lexicon(known_pairs()))]
    [(0, 'サーバー'), (4, 'へ'), (10, '一')]
    """
    for match in _RUN.finditer(text):
        if _LETTER.search(match[0]) and not _old_style(text, *match.span()):
            yield from _run_edits(text, match.start(), match[0], words)
    for match in _KANA_ALONE.finditer(text):
        place = match.start()
        if _particle(text, place) and (match[0] == "ヘ" or _HIRAGANA.match(text[place - 1])):
            yield Edit(place, place + 1, _PARTICLE[match[0]], "kana_alone", "pair", 0.97)
    for pattern in (_ONE_BEFORE, _ONE_AFTER):
        for match in pattern.finditer(text):
            yield Edit(match.start(), match.end(), "一", "long_vowel_in_kanji", "pair", 0.97)


def _run_edits(text: str, offset: int, run: str, words: Lexicon) -> Iterator[Edit]:
    """The cheapest way to read a run of katakana (and what is drawn alike) as words of the field."""
    best: list[tuple[int, tuple[tuple[int, int, str], ...]] | None] = [None] * (len(run) + 1)
    best[0] = (0, ())
    ambiguous = [False] * (len(run) + 1)
    for start in range(len(run)):
        here = best[start]
        if here is None:
            continue
        for stop, cost, word in _pieces(text, offset, run, start, words):
            way = (here[0] + cost, (*here[1], (start, stop, word)) if cost else here[1])
            known = best[stop]
            if known is None or way[0] < known[0]:
                best[stop], ambiguous[stop] = way, ambiguous[start]
            elif way[0] == known[0] and way[1] != known[1]:
                ambiguous[stop] = True
    found = best[-1]
    if found is None or ambiguous[-1] or found[0] > max(2, len(run) // 3):
        return
    for start, stop, word in found[1]:
        yield Edit(offset + start, offset + stop, word, "katakana_word", "pair", 0.97)


def _pieces(text: str, offset: int, run: str, start: int, words: Lexicon) -> Iterator[tuple[int, int, str]]:
    """What can stand at `start` of a run: (stop, cost, as corrected)."""
    first = run[start]
    if first in _ALIKE:
        yield start + 1, 0, first
    elif first == "ヘ" and _particle(text, offset + start):
        yield start + 1, 1, _PARTICLE[first]
    for stop in range(start + 2, len(run) + 1):
        piece = run[start:stop]
        if piece in words.katakana:
            yield stop, 0, piece
        elif piece in words.misread_katakana and (len(piece) > 3 or _whole(run, start, stop)):
            yield stop, 1, words.misread_katakana[piece]
        elif piece.translate(_ALL_ALIKE) in words.katakana:
            yield stop, 1, piece.translate(_ALL_ALIKE)


def _whole(run: str, start: int, stop: int) -> bool:
    """No katakana on either side: a short misread word is believed only when it stands alone."""
    return not _KATAKANA.match(run[stop : stop + 1]) and not (start and _KATAKANA.match(run[start - 1]))


def _particle(text: str, place: int) -> bool:
    """Is this ヘ or リ a misread へ or り, not a label (第2号ヘ) nor the spelling of a katakana statute?"""
    around = text[max(0, place - 8) : place] + "　" + text[place + 1 : place + 9]
    return bool(
        _HIRAGANA.search(around)
        and not _OLD_STYLE.search(around)
        and not _LABEL_BEFORE.search(text[max(0, place - 4) : place])
        and not _LABEL_AFTER.match(text, place + 1)
        and not _LONE_LABEL.search(around)
    )


def term_edits(text: str, words: Lexicon) -> Iterator[Edit]:
    """Text -> corrections of terms with one character misread: 特定個人惰報 -> 特定個人情報."""
    wrong = words.misread_terms
    for start in range(len(text)):
        if text[start : start + 2] not in words.term_starts:
            continue
        for stop in range(min(start + LONGEST_TERM, len(text)), start + 1, -1):
            piece = text[start:stop]
            if piece in wrong and _stands_alone(text, start, stop) and not _old_style(text, start, stop):
                yield Edit(start, stop, wrong[piece], "term", "pair", 0.98)
                break


def _old_style(text: str, start: int, stop: int) -> bool:
    """Statutes written in kanji and katakana throughout: 之ニ次グ is no 二次."""
    return bool(_OLD_STYLE.search(text, max(0, start - 8), stop + 8))


def _stands_alone(text: str, start: int, stop: int) -> bool:
    """A katakana at the edge of a misread term must not belong to a katakana word beside it: 入カード."""
    left, right = text[max(0, start - 1) : start], text[stop : stop + 1]
    short = stop - start <= 3 and _KATAKANA.search(text, start, stop)
    return not (
        ((short or _KATAKANA.match(text[start])) and _KATAKANA.match(left))
        or ((short or _KATAKANA.match(text[stop - 1])) and _KATAKANA.match(right))
    )


def sentence_edits(text: str, words: Lexicon) -> Iterator[Edit]:
    """Text -> corrections of one character inside six neighbours that stand so in the field's sentences."""
    truths, windows = words.truths, words.windows
    for place, read in enumerate(text):
        if read not in truths:
            continue
        for hole in HOLES:
            start = place - hole
            if start < 0:
                break
            around = text[start:place] + text[place + 1 : start + WINDOW]
            seen = windows.get((hole, around))
            if seen is None or read in seen or len(around) < WINDOW - 1:
                continue
            likely = seen & truths[read]
            if len(likely) == 1:
                yield Edit(place, place + 1, next(iter(likely)), "sentence", "pair", 0.98, evidence=around)
                break


def outside_kept(text: str, edits: Iterable[Edit]) -> Iterator[Edit]:
    """The edits that touch no word of `rules/keep.csv` and no digit."""
    spans = [match.span() for match in kept().finditer(text)]
    for edit in edits:
        digits = re.findall(r"\d", text[edit.start : edit.stop])
        if digits == re.findall(r"\d", edit.after) and not any(
            begin < edit.stop and edit.start < end for begin, end in spans
        ):
            yield edit
