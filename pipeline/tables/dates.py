"""Whether the text of a 変更日 cell is a whole date, or only a part of one that a page break cut."""

from __future__ import annotations

import re

from .headers import folded

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
