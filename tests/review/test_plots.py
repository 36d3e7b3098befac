"""Figures: the Japanese in them has glyphs, or codes stand there; nothing to draw is said."""

import io
import warnings

import pandas as pd
import pytest
from PIL import Image

from pipeline.review import plots

COUNTS = pd.Series([3, 1], index=["札幌市", "那覇市"])


@pytest.fixture
def without_font(monkeypatch):
    monkeypatch.setattr(plots, "font", lambda: None)


def labels(drawn) -> list[str]:
    axes = drawn.figure.axes[0]
    return [text.get_text() for text in axes.get_yticklabels()]


def test_every_glyph_is_there():
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of each glyph that is missing
        picture = Image.open(io.BytesIO(plots.bars(COUNTS, "by body / 団体別")._repr_png_()))
    assert picture.width > 300


def test_without_a_font_codes_stand_for_names(without_font):
    assert labels(plots.bars(COUNTS, "x", ["472018", "011002"])) == ["472018", "011002"]
    drawn = plots.bars(COUNTS, "by body / 団体別")
    assert all(label.isascii() for label in labels(drawn))
    assert drawn.figure.axes[0].get_title(loc="left") == "by body"
    assert "pip install matplotlib-fontja" in plots.font_told()


def test_the_longest_bar_is_on_top():
    assert labels(plots.bars(COUNTS, "x"))[-1] == "札幌市"


def test_years_stay_in_their_order():
    by_year = pd.Series([1, 7, 3], index=[2019, 2020, 2021])
    assert labels(plots.bars(by_year, "x", ordered=True)) == ["2021", "2020", "2019"]


def test_nothing_to_draw_is_said(capsys):
    empty = pd.DataFrame({"label": [], "first_date": [], "last_date": [], "bodies": [], "wave_id": []})
    assert plots.spans(empty, "waves") is None
    assert plots.bars(COUNTS[:0], "bars") is None
    assert plots.heat_map(pd.DataFrame(), "map") is None
    assert plots.histogram(pd.Series([None], dtype="float64"), "lags", "days") is None
    assert capsys.readouterr().out.count("nothing to draw") == 4


def test_one_value_alone_has_a_bar_around_it():
    axes = plots.histogram(pd.Series([0, 0]), "lags", "days").figure.axes[0]
    assert [patch.get_width() for patch in axes.patches] == [1.0]


def test_shades_differ_in_grey():
    table = pd.DataFrame({"a": [0, 1], "b": [2, 4]}, index=["x", "y"])
    image = plots.heat_map(table, "map").figure.axes[0].images[0]
    greys = [sum(image.cmap(image.norm(value))[:3]) for value in (0, 1, 2, 4)]
    assert greys == sorted(greys, reverse=True)
    assert len(set(greys)) == 4
