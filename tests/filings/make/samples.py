# ruff: noqa: E501 (a table: one sample, few lines)
"""The sample filings of raw_pdfs: cities that share the national changes of the same years."""

from __future__ import annotations

from .content import cover, rows
from .filing import Filing, Look

CID = {"font": "HeiseiMin-W3"}  # not embedded: viewers bring it


def sample(
    name: str,
    producer: str,
    body: str,
    task: str,
    form: int,
    number: str,
    published: str,
    *,
    since: str = "",
    date: str = "plain",
    item: str = "wide",
    stamp: str = "平成30年5月",
    **look: object,
) -> Filing:
    """One sample: the changes of its task from `since` on, up to the day it was published."""
    return Filing(
        case=f"mihon_{name}",
        producer=producer,
        body=body,
        task=task,
        form=form,
        cover=cover(body, task, form, number, published, stamp=stamp),
        rows=tuple(rows(body, task, form, since=since, until=published, date=date, item=item)),
        traits=("sample",),
        look=Look(**look),  # type: ignore[arg-type]
    )


SAMPLES = (
    sample("vaccination", "calc", "札幌市", "vaccination", 4, "26", "2026-01-15", since="2024", sheet_lines=9, sections=3),
    sample("allowance", "drawn", "札幌市", "allowance", 2, "11", "2024-12-27", item="short",
           stamp="令和6年10月", **CID),
    sample("residents", "drawn", "海津市", "residents", 4, "1", "2026-01-20", item="heading", since="2021",
           close_at_break=False, **CID),
    sample("pension", "drawn", "海津市", "pension", 2, "7", "2026-01-20", item="ascii", font="HeiseiKakuGo-W5"),
    sample("tax", "calc", "栗山町", "tax", 3, "5", "2026-02-02", item="dots", since="2023", sheet_lines=10, sections=3,
           font="IPAGothic"),
    sample("care", "drawn", "江戸川区", "care", 3, "14", "2026-01-30", item="full", date="wide",
           header="first", font="HeiseiKakuGo-W5", size=8.5),
    sample("welfare", "drawn", "那覇市", "welfare", 4, "30", "2026-03-02", item="ascii", date="letter",
           landscape=True, widths=(62, 120, 220, 220, 44, 110), **CID),
    sample("insurance", "calc", "郡山市", "insurance", 3, "3", "2025-12-01", item="slash", since="2023-06", sections=2,
           sheet_lines=14, landscape=True, widths=(64, 110, 230, 230, 40, 90)),
)  # fmt: skip
