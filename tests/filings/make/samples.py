"""The sample filings of raw_pdfs: cities that share the national changes of the same years."""

from __future__ import annotations

from .content import cover, rows
from .filing import Filing


def sample(name: str, producer: str, body: str, task: str, form: int, number: str, published: str,
           keys: str = "", *, date: str = "plain", item: str = "wide", stamp: str = "平成30年5月",
           **look: object) -> Filing:  # fmt: skip
    made = rows(body, task, form, keys or None, date=date, item=item)
    return Filing(
        case=name, producer=producer, body=body, task=task, form=form,
        cover=cover(body, task, form, number, published, stamp=stamp),
        rows=tuple(made), traits=("sample",), look=dict(look),
    )  # fmt: skip


def samples() -> list[Filing]:
    gothic = {"font": "HeiseiKakuGo-W5", "size": 8.5}
    return [
        sample("mihon_vaccination", "calc", "札幌市", "vaccination", 4, "26", "2026-01-15", row_lines=8),
        sample(
            "mihon_allowance",
            "drawn",
            "札幌市",
            "allowance",
            2,
            "11",
            "2024-06-03",
            item="short",
            stamp="令和6年10月",
            drawn={},
        ),  # fmt: skip
        sample(
            "mihon_residents",
            "drawn",
            "海津市",
            "residents",
            4,
            "1",
            "2026-01-20",
            item="heading",
            date="plain",
            drawn={"close_at_break": False},
        ),  # fmt: skip
        sample(
            "mihon_tax",
            "calc",
            "栗山町",
            "tax",
            3,
            "5",
            "2026-02-02",
            item="ascii",
            font="IPAexMincho",
            row_lines=10,
        ),
        sample(
            "mihon_care",
            "drawn",
            "江戸川区",
            "care",
            3,
            "14",
            "2026-01-30",
            item="full",
            date="wide",
            drawn=gothic | {"header": "first"},
        ),  # fmt: skip
    ]
