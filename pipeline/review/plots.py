"""Figures over a dataset, for notebooks: readable in grey, with Japanese labels where a font has them."""

from __future__ import annotations

import importlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from ..errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

_FONTS = (
    "Noto Sans CJK JP",
    "Hiragino Sans",
    "Yu Gothic",
    "Meiryo",
    "IPAexGothic",
    "IPAGothic",
    "TakaoGothic",
)
"""Of the system, by name: when the package with a font is not installed."""
_DARK, _MIDDLE = "#222222", "#8c8c8c"
_SHADES = "Greys"
"""White is none."""
_LABEL, _MOST = 34, 40
_AROUND = 15


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure, shown by a notebook; `figure` is matplotlib's, to be changed or saved."""

    figure: Any

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="png")
        return buffer.getvalue()


@cache
def font() -> str | None:
    """The name of a font with Japanese glyphs, ready for use; null when there is none."""
    manager: Any = _matplotlib("font_manager")
    try:
        path = importlib.import_module("matplotlib_fontja").get_font_ttf_path()
        manager.fontManager.addfont(path)
        return str(manager.FontProperties(fname=path).get_name())
    except ImportError:
        known = {entry.name for entry in manager.fontManager.ttflist}
        return next((name for name in _FONTS if name in known), None)


def font_told() -> str:
    """Which font the labels have, or that they are codes because there is none."""
    name = font()
    return (
        f"Labels in {name}."
        if name
        else "No font with Japanese glyphs: labels are codes. pip install matplotlib-fontja"
    )


def bars(
    counts: pd.Series[Any], title: str, codes: Sequence[str] | None = None, *, ordered: bool = False
) -> Drawn | None:
    """Counts by name -> horizontal bars, the longest on top; `ordered`: as they come, the first on top.

    `codes` stand for the names without a font.
    """
    if _said(counts, title):
        return None
    counts = counts.head(_MOST)[::-1] if ordered else counts.sort_values(kind="stable").tail(_MOST)
    figure, axes = _figure(max(2.0, 0.28 * len(counts) + 1), title)
    axes.barh(_labels(counts.index, codes), counts.to_numpy(), color=_MIDDLE, edgecolor=_DARK)
    axes.bar_label(axes.containers[0], padding=3)
    axes.spines[["top", "right"]].set_visible(False)
    return Drawn(figure)


def heat_map(table: pd.DataFrame, title: str, codes: Sequence[str] | None = None) -> Drawn | None:
    """Counts by name (rows) and column -> a heat map with the numbers in it."""
    if _said(table, title):
        return None
    table = table.head(_MOST)
    figure, axes = _figure(0.34 * len(table) + 2.2, title, 2.5 + 0.62 * len(table.columns))
    values = table.to_numpy(dtype=float)
    axes.imshow(values, cmap=_SHADES, aspect="auto", vmin=0)
    axes.set_xticks(range(len(table.columns)), table.columns, rotation=40, ha="right")
    axes.set_yticks(range(len(table)), _labels(table.index, codes))
    middle = values.max() / 2
    for (row, column), value in _cells(values):
        colour = "white" if value > middle else "black"
        if value:
            axes.text(column, row, f"{value:g}", ha="center", va="center", color=colour, fontsize=8)
    return Drawn(figure)


def spans(waves: pd.DataFrame, title: str) -> Drawn | None:
    """`wave_list` -> one line a wave from its first to its last change, as thick as it has bodies."""
    dated = waves.dropna(subset=["first_date", "last_date"])
    if _said(dated, title):
        return None
    top = dated.sort_values(["bodies", "wave_id"], ascending=[False, True]).head(_MOST // 2)
    top = top.sort_values("first_date", ascending=False, kind="stable")
    figure, axes = _figure(0.34 * len(top) + 1.6, title, 10)
    places = range(len(top))
    axes.hlines(places, top["first_date"], top["last_date"], color=_MIDDLE, linewidth=5)
    axes.plot(top["last_date"], places, "D", markersize=9, mfc="white", color=_DARK, label="last change")
    axes.plot(top["first_date"], places, "o", markersize=4, color=_DARK, label="first change")
    for place, (day, bodies) in enumerate(zip(top["last_date"], top["bodies"], strict=True)):
        axes.annotate(
            f"{bodies} bodies", (day, place), xytext=(9, -3), textcoords="offset points", fontsize=8
        )
    labels = [str(label).replace("\n", " ") for label in top["label"]]
    axes.set_yticks(places, _labels(labels, list(top["wave_id"])))
    axes.margins(x=0.12)
    axes.legend(loc="lower left", frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.autofmt_xdate()
    return Drawn(figure)


def histogram(days: pd.Series[Any], title: str, axis: str) -> Drawn | None:
    """Numbers -> how often they fall where, with the median."""
    days = days.dropna()
    if _said(days, title):
        return None
    figure, axes = _figure(3.2, title)
    one = days.nunique() == 1
    edges = (days.min() - 0.5, days.max() + 0.5) if one else None  # else a bar of no width
    axes.hist(days, bins=1 if one else 30, range=edges, color=_MIDDLE, edgecolor=_DARK)
    if one:  # a thin bar says that it is one value; its axis must not be all bar
        axes.set_xlim(days.min() - _AROUND, days.max() + _AROUND)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.axvline(days.median(), color=_DARK, linestyle="--", label=f"median {days.median():g}")
    axes.set_xlabel(_shown(axis))
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return Drawn(figure)


def _figure(height: float, title: str, width: float = 8.0) -> tuple[Any, Any]:
    figures: Any = _matplotlib("figure")
    rc: Any = _matplotlib("")
    rc.rcParams["font.family"] = [font() or "DejaVu Sans", "DejaVu Sans"]
    rc.rcParams["axes.unicode_minus"] = False
    figure = figures.Figure(figsize=(width, height), dpi=80, layout="constrained")
    axes = figure.subplots()
    axes.set_title(_shown(title), loc="left")
    return figure, axes


def _labels(names: Sequence[Any] | pd.Index[Any], codes: Sequence[str] | None) -> list[str]:
    """What stands at the axis: names cut to a readable length; without a font, codes or plain ASCII."""
    texts = [str(name) for name in names]
    if font() is None:
        texts = list(codes) if codes else [text.encode("ascii", "replace").decode() for text in texts]
    return [text if len(text) <= _LABEL else f"{text[: _LABEL - 1]}…" for text in texts]


def _shown(text: str) -> str:
    """English / Japanese; without a font only the English."""
    return text if font() else text.partition(" / ")[0]


def _cells(values: Any) -> Any:
    return ((place, value) for place, value in importlib.import_module("numpy").ndenumerate(values))


def _said(data: pd.DataFrame | pd.Series[Any], title: str) -> bool:
    """Whether there is nothing to draw, which is said instead."""
    if len(data) == 0:
        print(f"{title}: nothing to draw in this dataset.")
    return len(data) == 0


def _matplotlib(part: str) -> Any:
    try:
        return importlib.import_module(f"matplotlib.{part}" if part else "matplotlib")
    except ImportError:
        raise UsageError("figures need matplotlib; pip install 'henkou[analysis]'") from None
