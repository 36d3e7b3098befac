"""評価実施機関名: whose filing is it, and what of the words is an office, what a person's name.

A name is read from its start: prefecture, district, municipality, office (`rules/organs.csv`).
Whatever follows the office is not part of the agency's name: it is a person's.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from .. import rules
from ..text.normalise import normalise

_BLANK = re.compile("[○〇◯△□]")  # ○○市長: a form not filled in


class Place(NamedTuple):
    """A local government of the code list."""

    code: str
    name: str
    prefecture: str
    since: str = ""
    """Day (ISO) since when the name that led here is no longer in use; empty for current names."""


class Agency(NamedTuple):
    """An agency's name as understood."""

    name: str | None = None
    """Without a person's name."""
    places: tuple[Place, ...] = ()
    """Every local government it may belong to; several for a namesake without its prefecture."""
    own_name: str | None = None
    """Name of a union or another body that is not in the code list."""
    prefecture: str | None = None
    """The prefecture that the name itself gives."""


@cache
def read_agency(raw: str) -> Agency:
    """An agency's name as read -> the name without a person's, and the bodies it may mean.

    >>> agency = read_agency('愛知県　丹羽郡 扶桑町長　見本　太郎')
    >>> agency.name, [place.code for place in agency.places]
    ('愛知県丹羽郡扶桑町長', ['233625'])
    >>> len(read_agency('府中市長').places)
    2
    """
    text, breaks = _squeezed(raw)
    if not text or _BLANK.search(text):
        return Agency()
    prefecture = _prefecture_at(text)
    if union := _match("union", text):
        own = _without_title(union)
        return Agency(union, own_name=own, prefecture=prefecture)
    start = len(prefecture or "")
    found = _municipality(text, start, breaks, prefecture)
    if found is None and prefecture and (end := _organ_end(text, start, breaks)) is not None:
        found = Agency(text[:end], (_prefectures()[prefecture],), prefecture=prefecture)
    if found:
        return _with_others(found, text)
    if other := _institution("own", text, breaks) or _match("own", text):
        return Agency(other, own_name=_without_title(other), prefecture=prefecture)
    return Agency(_match("title", text) or _institution("office", text, breaks), prefecture=prefecture)


_TITLE = re.compile(
    r"(?<=連合|組合|機構|協会|病院|大学|法人)(?:連合|組合)?長$|(?:管理者|企業長|理事長|会長|総裁|学長|院長)$"
    r"|(?<=連合|組合)(?:教育|選挙管理)委員会$"
)


def _without_title(name: str) -> str:
    return _TITLE.sub("", name)


def _institution(kind: str, text: str, breaks: frozenset[int]) -> str | None:
    """A name that ends as institutions' names do, at a gap or as a whole; the rest may be a person's name."""
    parts = (text[:stop] for stop in sorted({*breaks, len(text)}))
    return next((part for part in parts if _shapes()[kind].fullmatch(part)), None)


# ---------------------------------------------------------------- the words, from left to right


def _squeezed(raw: str) -> tuple[str, frozenset[int]]:
    """Text without white space, and where it stood (between words: normalising takes letter-spacing out)."""
    words = normalise(raw).strip("()[]「」『』: \n").split()
    breaks, at = set(), 0
    for word in words:
        at += len(word)
        breaks.add(at)
    return "".join(words), frozenset(breaks)


def _prefecture_at(text: str) -> str | None:
    return next((name for name in _prefectures() if folded(text).startswith(name)), None)


def _municipality(text: str, start: int, breaks: frozenset[int], prefecture: str | None) -> Agency | None:
    """The municipality whose name begins at `start`, after its district if one is named."""
    at = [(start, "")]
    if district := re.match("[^市区町村]{1,5}?郡|[^区町村]{1,5}?市[^区町村]{0,3}郡", text[start:]):
        at.append((start + district.end(), district[0]))
    for begin, named_district in at:
        for end in range(min(len(text), begin + _longest()), begin + 1, -1):
            places = _narrowed(_named(text[begin:end]), prefecture, named_district)
            if places and (stop := _organ_end(text, end, breaks)) is not None:
                return Agency(text[:stop], places, prefecture=prefecture)
    return None


def _named(name: str) -> tuple[Place, ...]:
    places = _places().get(name) or _folded_places().get(folded(name), ())
    return tuple({place.code: place for place in places}.values())


def _narrowed(places: tuple[Place, ...], prefecture: str | None, district: str) -> tuple[Place, ...]:
    if district:
        here = {row["code"] for row in rules.table("districts") if row["district"] == folded(district)}
        places = tuple(place for place in places if place.code in here) or places
    return in_prefectures(places, (prefecture,)) if prefecture else places


def in_prefectures(places: tuple[Place, ...], prefectures: tuple[str, ...]) -> tuple[Place, ...]:
    """Namesakes -> those in the prefectures; of two in one prefecture the one that has an office."""
    here = tuple(place for place in places if place.prefecture in prefectures)
    if len({place.prefecture for place in here}) == 1 < len(here):
        return tuple(place for place in here if place.code not in _ungoverned())
    return here


def _organ_end(text: str, start: int, breaks: frozenset[int]) -> int | None:
    """Where the office ends that begins at `start`; null when no known office stands there."""
    if (
        start == len(text)
        or text[start] in "(、,・/"
        or (start in breaks and not _organ().match(text, start))
    ):
        return start
    match = _organ().match(text, start)
    return match.end() if match else None


def _with_others(first: Agency, text: str) -> Agency:
    """札幌市長・札幌市教育委員会: further offices of the same body belong to the name."""
    rest = text[len(first.name or "") :]
    joined = re.match("[、,・/]|及び|並びに", rest)
    other = read_agency(rest[joined.end() :] if joined else rest)
    if other.name and set(other.places) & set(first.places):
        return first._replace(name=f"{first.name}、{other.name}")
    if joined and (match := _organ().match(rest, joined.end())):
        return first._replace(name=f"{first.name}、{match[0]}")
    return first


# ---------------------------------------------------------------- the lists


def folded(name: str) -> str:
    """A name -> one spelling of its character variants: 竜ケ崎市 and 龍ヶ崎市 are one."""
    return name.translate(_variants())


@cache
def _variants() -> dict[int, str]:
    return {ord(row["variant"]): row["standard"] for row in rules.table("name_variants")}


@cache
def place_of_code(code: str) -> Place | None:
    """A six-digit code -> its place; a ward of a designated city is the city, an old code the new body."""
    for row in rules.table("municipalities"):
        if row["code"] == code:
            return place_of_code(row["parent_code"]) if row["parent_code"] else _place(row)
    for row in rules.table("bodies_aliases"):
        if row["old_code"] == code:
            return place_of_code(row["code"])
    return None


def _place(row: dict[str, str]) -> Place:
    return Place(row["code"], row["name"], row["prefecture"])


@cache
def _prefectures() -> dict[str, Place]:
    return {row["name"]: _place(row) for row in rules.table("municipalities") if row["kind"] == "prefecture"}


@cache
def _places() -> dict[str, tuple[Place, ...]]:
    """Name -> places, wards under their city's place, former names included."""
    places: dict[str, tuple[Place, ...]] = {}
    by_code = {row["code"]: _place(row) for row in rules.table("municipalities")}
    for row in rules.table("municipalities"):
        if row["kind"] != "prefecture":
            place = by_code[row["parent_code"] or row["code"]]
            places[row["name"]] = (*places.get(row["name"], ()), place)
    for row in rules.table("bodies_aliases"):
        place = by_code[row["code"]]._replace(since=row["since"])
        places[row["old_name"]] = (*places.get(row["old_name"], ()), place)
    return places


@cache
def _folded_places() -> dict[str, tuple[Place, ...]]:
    found: dict[str, tuple[Place, ...]] = {}
    for name, places in _places().items():
        found[folded(name)] = (*found.get(folded(name), ()), *places)
    return found


@cache
def _longest() -> int:
    return max(map(len, _places()))


@cache
def _ungoverned() -> frozenset[str]:
    return frozenset(row["code"] for row in rules.table("districts") if row["governed"] == "no")


@cache
def _organ() -> re.Pattern[str]:
    rows = [row["pattern"] for row in rules.table("organs") if row["kind"] == "organ"]
    return re.compile("|".join(rows))


@cache
def _shapes() -> dict[str, re.Pattern[str]]:
    kinds = ("union", "own", "title", "office")
    return {
        kind: re.compile("|".join(row["pattern"] for row in rules.table("organs") if row["kind"] == kind))
        for kind in kinds
    }


def _match(kind: str, text: str) -> str | None:
    match = _shapes()[kind].match(text)
    return match[0] if match else None
