"""Each installed engine on tiny pictures of cells: the protocol, and text that it must not miss."""

import unicodedata

import numpy as np
import pytest

from pipeline.scan import engines
from pipeline.scan.engines import asked_by, installed, open_engine

from .drawn_cells import cell

NAMES = ("rapidocr", "tesseract", "both")
CELLS = {
    "date": ("令和６年４月１日",),
    "paragraph": ("国民健康保険の被保険者証を", "交付する事務を行う。"),
    "timing": ("事後",),
    "empty": (),
}


@pytest.fixture(scope="module", params=NAMES)
def engine(request):
    engine = open_engine(request.param)
    if engine is None:
        pytest.skip(f"{request.param} is not installed")
    return engine


@pytest.fixture(scope="module")
def pictures():
    return {name: cell(*lines) for name, lines in CELLS.items()}


@pytest.fixture(scope="module")
def read(engine, pictures):
    return dict(zip(pictures, engine.read(list(pictures.values())), strict=True))


def folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


@pytest.mark.parametrize("name", CELLS)
def test_reads_every_line_in_order(read, name):
    assert [folded(line.text) for line in read[name]] == [folded(line) for line in CELLS[name]]


def test_every_character_has_score_and_place(read, pictures):
    for name, lines in read.items():
        height, width = pictures[name].shape
        for line in lines:
            assert len(line.text) == len(line.scores) == len(line.left) == len(line.right)
            assert all(0 <= score <= 1 for score in line.scores)
            assert all(
                -2 <= left <= right <= width + 2 for left, right in zip(line.left, line.right, strict=True)
            )
            assert list(line.left) == sorted(line.left)
            assert -2 <= line.top < line.bottom <= height + 2


def test_places_are_where_the_characters_stand(read):
    """The date's characters are one em wide each, from the padding on."""
    (line,) = read["date"]
    middles = [(left + right) / 2 for left, right in zip(line.left, line.right, strict=True)]
    assert np.allclose(middles, [14 + 38 * (n + 0.5) for n in range(8)], atol=16)


def test_a_cell_reads_the_same_in_any_company(engine, pictures, read):
    assert engine.read([pictures["paragraph"]]) == [read["paragraph"]]
    assert engine.read([]) == []


def test_says_what_decides_its_readings(engine):
    assert engine.name in NAMES
    assert engine.version and engine.settings


@pytest.mark.parametrize("shape", [(1, 30), (30, 1), (4, 4), (14, 900)])
def test_slivers_are_empty(engine, shape):
    assert engine.read([np.full(shape, 255, np.uint8)]) == [()]


def test_what_is_installed_can_be_opened():
    names = [line.split()[0] for line in installed()]
    assert all(len(line.split()) == 2 for line in installed())
    assert [name for name in ("rapidocr", "tesseract") if open_engine(name)] == names
    automatic = open_engine("auto")
    assert (automatic.name if automatic else None) == (names[0] if names else None)
    assert (open_engine("both") is not None) == (len(names) == 2)


@pytest.mark.parametrize("name", ["auto", "tesseract", "both"])
def test_without_the_program_there_is_no_tesseract(monkeypatch, tmp_path, name):
    monkeypatch.setenv("PATH", str(tmp_path))
    opened = open_engine(name)
    assert opened is None or (name == "auto" and opened.name == "rapidocr")
    assert not any(line.startswith("tesseract") for line in installed())


@pytest.mark.parametrize("name", ["auto", *NAMES])
def test_a_setting_depends_on_the_engines_that_it_opens(name):
    opened = open_engine(name)
    asked = {line.split()[0] for line in asked_by(name)}
    if opened is None:
        assert name == "both" or not asked
    else:
        assert asked == ({"rapidocr", "tesseract"} if name == "both" else {opened.name})


def test_no_program_is_started_that_is_not_asked(monkeypatch):
    monkeypatch.setattr(engines, "installed_version", lambda: pytest.fail("tesseract was started"))
    assert asked_by("off") == ()
    if installed_rapidocr := asked_by("rapidocr"):
        assert asked_by("auto") == installed_rapidocr
