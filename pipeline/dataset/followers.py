"""Who has not been seen to follow a wave, and how much that says: by the newest filing that is held."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

from ..errors import UsageError
from .businesses import businesses
from .load import read_table

if TYPE_CHECKING:
    import pandas as pd

_FILINGS = (
    "municipality_code", "municipality", "filing_id", "filing_title", "filing_type", "stage", "published",
    "status", "duplicate_of",
)  # fmt: skip


def not_followed(wave_id: str, out: str | PathLike[str] = "extracted") -> pd.DataFrame:
    """A wave -> bodies that hold filings of its businesses and kinds, with no change of the wave in them.

    Columns: municipality_code, municipality, business, filing_type, newest_filing_id, newest_published,
    verdict. `late`: a filing newer than the wave's last change is held, and it is not in it. `not_seen`: what
    is held is older, or has no date, and says nothing. UsageError when there is no such wave.
    """
    import pandas as pd

    members = _members(wave_id, out)
    filings = read_table(out, "filings", columns=list(_FILINGS))
    filings = filings[(filings["status"] != "failed") & filings["duplicate_of"].isna()]
    filings = filings.assign(
        body=filings["municipality_code"].fillna(filings["municipality"]),
        business=filings["filing_title"].fillna("").map(businesses),
    ).explode("business")
    filings = filings.dropna(subset=["body", "business", "filing_type"])
    where = ["business", "filing_type"]
    inside = filings[filings["filing_id"].isin(members["filing_id"])]
    asked = filings.merge(inside[where].drop_duplicates(), on=where)
    seen = pd.MultiIndex.from_frame(inside[["body", *where]])
    asked = asked[~pd.MultiIndex.from_frame(asked[["body", *where]]).isin(seen)]
    asked = asked.sort_values(["published", "filing_id"], na_position="first", kind="stable")
    newest = asked.drop_duplicates(["body", *where], keep="last")
    last = members["change_date"].max()
    late = newest["published"] > last  # false where either date is null
    newest = newest.assign(verdict=late.map({True: "late", False: "not_seen"}))
    named = newest.rename(columns={"filing_id": "newest_filing_id", "published": "newest_published"})
    columns = [
        "municipality_code", "municipality", *where, "newest_filing_id", "newest_published", "verdict",
    ]  # fmt: skip
    return named.sort_values(["body", *where])[columns].reset_index(drop=True)


def _members(wave_id: str, out: str | PathLike[str]) -> pd.DataFrame:
    """The wave's changes with every filing that prints them, and their dates."""
    wave_list = read_table(out, "wave_list", columns=["wave_id", "aliases"])
    known = wave_list["wave_id"].eq(wave_id) | wave_list["aliases"].map(lambda ids: wave_id in ids)
    if not known.any():
        raise UsageError(f"{out} has no wave {wave_id!r}; see wave_list, or make waves: henkou waves {out}")
    name = wave_list.loc[known, "wave_id"].iloc[0]
    waves = read_table(out, "waves", columns=["wave_id", "row_id"])
    firsts = waves.loc[waves["wave_id"] == name, "row_id"]
    prints = read_table(out, "occurrences", columns=["row_id", "first_row_id"])
    prints = prints[prints["first_row_id"].isin(firsts)]
    changes = read_table(out, "changes", columns=["row_id", "filing_id", "change_date"])
    return prints.merge(changes, on="row_id")
