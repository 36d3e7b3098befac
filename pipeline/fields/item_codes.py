"""The address grammar: tokens of a 項目 cell -> the addresses on the form that stand in it.

An address is part – section – group – circled number (`Ⅱ－４ 委託事項１ ③`). Cells spell it in many
ways; what is no certain address gives none. Whether an address exists on a form: `item_names`.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from .item_spelling import PARTS, unfold
from .item_tokens import Token, tokens

_NO_WORDS = ("", "", "", "")
_LONGEST_RANGE = 60
_TIES = re.compile(r"[\s、,・;/&]|及び|および|並びに|又は|と")


class Address(NamedTuple):
    """A place on a form as a cell writes it, and the words that stand at each of its levels."""

    part: str
    section: int | None = None
    group: str | None = None
    third: int | None = None
    figure: Literal["circle", "bracket", "plain"] = "circle"
    """How the third number is written: only a circled one can mean nothing else."""
    sure: bool = True
    """The part's numeral is no look-alike (`l`, `i`), the section's number not that of a file (`Ⅱ（１）`)."""
    inherited: bool = False
    """Part or section are not written again: `Ⅱ-3 ①、②`."""
    words: tuple[str, str, str, str] = _NO_WORDS
    """After the part, the section, the group and the third level."""

    @property
    def code(self) -> str:
        """`II-4-consignment1-3`."""
        return "-".join(str(p) for p in (self.part, self.section, self.group, self.third) if p is not None)

    @property
    def level(self) -> int:
        """0 part, 1 section, 2 group, 3 third: the deepest that is written."""
        levels = (True, self.section is not None, self.group is not None, self.third is not None)
        return max(i for i, written in enumerate(levels) if written)

    def upto(self, level: int) -> Address:
        """The address down to a level, without words: the place above."""
        return Address(
            self.part,
            self.section if level >= 1 else None,
            self.group if level >= 2 else None,
            self.third if level >= 3 else None,
        )


class Addresses(NamedTuple):
    """The addresses of a cell in order; not `readable` when something only looks like one."""

    found: tuple[Address, ...] = ()
    file: str | None = None
    prefix: str = ""
    """Words before the first address."""
    readable: bool = True


def read_addresses(text: str) -> Addresses:
    """Folded text -> the addresses in it, ranges written out.

    >>> from pipeline.fields.item_spelling import fold
    >>> [address.code for address in read_addresses(fold('Ⅱ－３ ①～③、Ⅱ-4 委託事項２ ⑥')).found]
    ['II-3-1', 'II-3-2', 'II-3-3', 'II-4-consignment2-6']
    """
    found: list[Address] = []
    ranges: set[int] = set()
    files: list[str] = []
    prefix = ""
    for token in tokens(text):
        if token.kind == "file":
            files.append(unfold(token.value))
        elif token.kind == "range":
            ranges.add(len(found))
        elif not found and token.kind not in ("part", "annex", "cover"):
            prefix += unfold(token.value) if token.kind == "text" else "〓"
        else:
            address = _step(found[-1] if found else None, token)
            if address is None:
                return Addresses((), _only(files), prefix, readable=False)
            found[-1:] = [address] if found and _continues(found[-1], token) else [*found[-1:], address]
    written = None if _lopsided(found, ranges) else _written_out(found, ranges)
    return Addresses(written or (), _only(files), prefix, readable=written is not None)


def _only(files: list[str]) -> str | None:
    return files[0] if len(set(files)) == 1 else None


def _lopsided(found: list[Address], ranges: set[int]) -> bool:
    """A list such as 委託事項1、2 ⑥: the circle may belong to the last or to each."""
    pairs = [(found[i - 1], found[i]) for i in range(1, len(found)) if i not in ranges]
    return any(
        last.inherited and first.level < last.level and not _TIES.sub("", "".join(first.words))
        for first, last in pairs
    )


def _continues(last: Address, token: Token) -> bool:
    """The token says more about the last address, rather than beginning another one."""
    if token.kind in ("text", "heading", "third"):
        return True
    if token.kind in ("part", "annex", "cover") or last.part not in PARTS:
        return token.kind not in ("part", "annex", "cover")
    if token.kind == "section":
        return last.section is None
    return last.third is None and (token.kind == "circle" or last.group is None)


def _step(last: Address | None, token: Token) -> Address | None:
    """The last address with one token more, or the address that the token begins; None: not readable."""
    kind, value = token.kind, token.value
    if kind == "part":
        return Address(value, sure=token.sure)
    if kind == "cover":
        return Address("COVER")
    if kind == "annex":
        return Address("A" + value) if value in ("1", "2", "3") else None
    if last is None:
        return None
    if kind in ("text", "heading"):
        return _with_words(last, unfold(value))
    if last.part not in PARTS:  # numbers on an annex or the cover are words
        return _with_words(last, "#")
    here = last if _continues(last, token) else last._replace(words=_NO_WORDS, inherited=True)
    if kind == "section":
        sure = here.sure and token.sure
        return here._replace(section=int(value), group=None, third=None, figure="circle", sure=sure)
    if last.section is None:
        return None
    if kind == "third":
        if last.third is not None:
            return None
        return last._replace(third=int(value), figure="bracket" if token.sure else "plain")
    if kind == "circle":
        later = last.third is None or (last.figure == "circle" and int(value) > last.third)
        return here._replace(third=int(value), figure="circle") if later else None
    if last.third is not None and last.group is None:
        return None
    group = _split(last.group or "")[0] + value if value.isdigit() else value
    return here._replace(group=group, third=None, figure="circle")


def _with_words(address: Address, words: str) -> Address:
    after = list(address.words)
    after[address.level] += words
    return address._replace(words=(after[0], after[1], after[2], after[3]))


def _written_out(found: list[Address], ranges: set[int]) -> tuple[Address, ...] | None:
    """Addresses with those between the ends of each range; None when a range is none."""
    if 0 in ranges or len(found) in ranges:
        return None
    result = found[:1]
    for i, address in enumerate(found[1:], 1):
        if i in ranges:
            each = address if result[-1].level == 2 and address.level == 3 else None
            between = _between(result[-1], address.upto(2) if each else address)
            if between is None or (each and i + 1 < len(found)):
                return None
            if each:  # システム1～3 ③: the circle is each one's
                result[-1] = result[-1]._replace(third=each.third, figure=each.figure)
                between = [one._replace(third=each.third, figure=each.figure) for one in between]
            result += between
        result.append(address)
    return tuple(result)


def _between(first: Address, last: Address) -> list[Address] | None:
    """The addresses between two that differ in their last number only; None when they differ elsewhere."""
    (kind, start), (other, stop), level = _last(first), _last(last), last.level
    if level != first.level or kind != other or not start < stop <= start + _LONGEST_RANGE:
        return None
    if level and first.upto(level - 1) != last.upto(level - 1):
        return None
    bare = last.upto(level)
    if level == 3:
        return [bare._replace(third=n) for n in range(start + 1, stop)]
    if level == 2:
        return [bare._replace(group=f"{kind}{n}") for n in range(start + 1, stop)]
    if level == 1:
        return [bare._replace(section=n) for n in range(start + 1, stop)]
    return [bare._replace(part=PARTS[n]) for n in range(start + 1, stop)]


def _last(address: Address) -> tuple[str, int]:
    """The kind and the number of an address's last level."""
    if address.level == 2:
        return _split(address.group or "")
    if address.level:
        return "", address.third or address.section or 0
    return ("", PARTS.index(address.part)) if address.part in PARTS else (address.part, 0)


def _split(group: str) -> tuple[str, int]:
    kind = group.rstrip("0123456789")
    return kind, int(group[len(kind) :] or 0)
