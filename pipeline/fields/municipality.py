"""Which public body files: manifest, then folder, then cover; doubts are problems, never guesses."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..model import Body, Cover, Document, Problem
from .agency import Agency, Place, in_prefectures, place_of_code, read_agency


class _Claim(NamedTuple):
    """What one source says of the body."""

    source: str
    places: tuple[Place, ...] = ()
    own_name: str | None = None
    prefecture: str | None = None


def resolve(cover: Cover, document: Document) -> Body:
    """A cover and its file's path metadata -> the body that files, parts null when undecided.

    >>> resolve(Cover(agency='札幌市長'), Document('a.pdf', 'a.pdf')).code
    '011002'
    >>> body = resolve(Cover(agency='府中市長'), Document('a.pdf', 'a.pdf'))
    >>> body.code, [problem.code for problem in body.problems]
    (None, ['body_ambiguous'])
    """
    claims, problems = _claims(cover, document)
    chosen = next((claim for claim in claims if len(claim.places) == 1 or claim.own_name), None)
    if chosen is None:
        return Body(problems=(*problems, *_undecided(cover, claims, problems)))
    problems += [_disagreement(chosen, other) for other in claims if not _agree(chosen, other)]
    if chosen.own_name:
        return _union(chosen, problems)
    place = chosen.places[0]
    return Body(place.code, place.name, iso(place.code), place.prefecture, tuple(problems))


def check_digit(first_five: str) -> str:
    """The first five digits of a local government code -> the sixth.

    >>> check_digit('01100')
    '2'
    """
    total = sum(int(digit) * weight for digit, weight in zip(first_five, (6, 5, 4, 3, 2), strict=True))
    return str((11 - total % 11) % 10)


def iso(code: str) -> str:
    """A six-digit code -> its prefecture in ISO 3166-2: `011002` is in `JP-01`."""
    return f"JP-{code[:2]}"


def _claims(cover: Cover, document: Document) -> tuple[list[_Claim], list[Problem]]:
    """The sources that say something, by precedence, and what is wrong with their codes."""
    claims, problems = [], []
    for source, code in (("manifest", document.municipality_code), ("folder", document.folder_code)):
        if code:
            place, problem = _read_code(code, source)
            claims += (
                [_Claim(f"{source} code {code}", (place,), prefecture=place.prefecture)] if place else []
            )
            problems += [problem] if problem else []
    names = (("folder name", document.folder_name), ("cover", cover.agency or cover.agency_raw))
    for source, name in names:
        agency = read_agency(name) if name else Agency()
        if agency.places or agency.own_name:
            places = _nearest(agency.places, cover)
            claims.append(_Claim(f"{source} {agency.name}", places, agency.own_name, agency.prefecture))
    return claims, problems


def _read_code(code: str, source: str) -> tuple[Place | None, Problem | None]:
    if not re.fullmatch("[0-9]{6}", code) or check_digit(code[:5]) != code[5]:
        message = f"The {source} has code {code}: six digits with the right check digit are needed; not used."
        return None, Problem("invalid_code", message, excerpt=code)
    place = place_of_code(code)
    if place is None:
        return None, Problem(
            "unknown_code", f"The {source} has code {code}, which is not in the list; not used."
        )
    return place, None


def _nearest(places: tuple[Place, ...], cover: Cover) -> tuple[Place, ...]:
    """Namesakes -> those that prefecture words on the cover leave, then those whose name was in use."""
    if len(places) > 1:
        places = in_prefectures(places, cover.prefectures) or places
    if len(places) > 1 and cover.published:
        day = cover.published.isoformat()
        places = tuple(place for place in places if not place.since or day < place.since) or places
    return places


def _agree(chosen: _Claim, other: _Claim) -> bool:
    if chosen.own_name or other.own_name:
        return chosen.own_name == other.own_name
    return chosen.places[0].code in {place.code for place in other.places}


def _disagreement(chosen: _Claim, other: _Claim) -> Problem:
    return Problem(
        "body_disagreement",
        f"{chosen.source} ({_said(chosen)}) and {other.source} ({_said(other)}) name different bodies; "
        "the first is used.",
    )


def _said(claim: _Claim) -> str:
    return claim.own_name or _listed(claim.places)


def _listed(places: tuple[Place, ...]) -> str:
    return ", ".join(f"{place.prefecture}{place.name} {place.code}" for place in places)


def _undecided(cover: Cover, claims: list[_Claim], problems: list[Problem]) -> list[Problem]:
    if claims:
        message = (
            f"{claims[0].source} may be {_listed(claims[0].places)}; name the prefecture, or the code in "
        )
        return [Problem("body_ambiguous", message + "the folder's name or in manifest.csv.")]
    if problems:
        return []
    said = f"The agency {cover.agency} is not in the list" if cover.agency else "Nothing names the body"
    message = f"{said}; give the code in the folder's name or in manifest.csv."
    return [Problem("body_unknown", message, excerpt=cover.agency or "")]


def _union(claim: _Claim, problems: list[Problem]) -> Body:
    """A union or a body outside the list keeps its name; its prefecture is the one in its name."""
    if claim.prefecture is None:
        return Body(name=claim.own_name, problems=tuple(problems))
    code = read_agency(claim.prefecture).places[0].code
    return Body(None, claim.own_name, iso(code), claim.prefecture, tuple(problems))
