"""The first rows of a dataset, for a first look: `python -m pipeline.dataset.preview extracted`."""

from __future__ import annotations

import sys

from .load import load

COLUMNS = ["municipality", "filing_type", "change_date", "item_code", "timing", "change_kind", "after"]


def preview(out: str, rows: int = 8) -> str:
    """OUT -> its first rows as an aligned text table, long cells cut."""
    import pandas as pd

    frame = load(out)[COLUMNS].head(rows).copy()
    frame["after"] = frame["after"].str.replace("\n", " ").str.slice(0, 24)
    with pd.option_context("display.unicode.east_asian_width", True, "display.width", 200):
        return frame.to_string(index=False, na_rep="–")


if __name__ == "__main__":
    print(preview(sys.argv[1]))
