"""A C function called for many: compiled and through ctypes the same."""

from __future__ import annotations

import ctypes
import shutil
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.read import library, open_pdf
from pipeline.read.many import many, through_ctypes
from tests.accuracy.truth import HERE, RAW

is_compiled = many is not through_ctypes
can_compile = shutil.which("cc") is not None and Path(sysconfig.get_paths()["include"], "Python.h").exists()
both = pytest.mark.parametrize(
    "way",
    [
        pytest.param(
            many, marks=pytest.mark.skipif(not is_compiled, reason="installed without a C compiler")
        ),
        through_ctypes,
    ],
    ids=["compiled", "ctypes"],
)


def address(function: Any) -> int:
    return ctypes.cast(function, ctypes.c_void_p).value or 0


@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
def less(handle: int, number: int) -> int:
    return number - (handle or 0)


@ctypes.CFUNCTYPE(ctypes.c_size_t, ctypes.c_size_t)
def doubled(handle: int) -> int:
    return 2 * handle


@ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_int, ctypes.POINTER(ctypes.c_double), ctypes.POINTER(ctypes.c_double)
)
def halves(number: int, low: Any, high: Any) -> int:
    if number == 7:  # fails: leaves its row as it is
        return 0
    low[0], high[0] = number / 2, number + 0.5
    return 1


@both
def test_what_is_returned(way: Callable[..., None]) -> None:
    found = np.zeros(3, np.int32)
    way(address(less), (5, np.array([1, 5, 9], np.uintp)), None, 0, found)
    assert found.tolist() == [-4, 0, 4]
    handles = np.zeros(2, np.uintp)
    way(address(doubled), (np.array([1, 2**62 + 1], np.uintp),), None, 0, handles)
    assert handles.tolist() == [2, 2**63 + 2]


@both
def test_what_is_written(way: Callable[..., None]) -> None:
    room = np.zeros((3, 2))
    way(address(halves), (np.array([4, 7, 1], np.uintp),), room, 2, None)
    assert room.tolist() == [[2, 4.5], [0, 0], [0.5, 1.5]]


@both
def test_nothing_to_call_for(way: Callable[..., None]) -> None:
    called: list[int] = []

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_size_t)
    def counted(handle: int) -> int:
        called.append(handle)
        return 0

    none, one = np.zeros(0, np.uintp), np.zeros(1, np.uintp)
    way(address(counted), (none,), None, 0, np.zeros(0, np.int32))
    assert called == []
    way(address(counted), (one,), None, 0, np.zeros(1, np.int32))
    assert called == [0]
    way(address(halves), (none,), np.zeros((0, 2)), 2, None)


@pytest.mark.skipif(not is_compiled, reason="installed without a C compiler")
@pytest.mark.parametrize(
    ("arguments", "room", "pointers", "results"),
    [
        ((5, 6), None, 0, None),
        ((np.zeros(2, np.uintp), np.zeros(3, np.uintp)), None, 0, None),
        ((np.zeros(2, np.int16),), None, 0, None),
        ((np.zeros(2, np.uintp),), None, 0, np.zeros(3, np.int32)),
        ((np.zeros(2, np.uintp),), None, 0, np.zeros(2, np.int16)),
        ((np.zeros(2, np.uintp),), np.zeros((2, 1)), 2, None),
        ((np.zeros(2, np.uintp),), np.zeros(5), 2, None),
        ((np.zeros(2, np.uintp),) * 5, np.zeros((2, 2)), 2, None),
        ((), None, 0, None),
    ],
)
def test_room_that_does_not_fit_is_refused(
    arguments: tuple[Any, ...], room: Any, pointers: int, results: Any
) -> None:
    with pytest.raises(ValueError):
        many(address(doubled), arguments, room, pointers, results)


@pytest.mark.skipif(not can_compile, reason="no C compiler, or Python's headers are missing")
def test_it_was_compiled_where_a_compiler_is() -> None:
    assert is_compiled


@pytest.mark.skipif(not is_compiled, reason="installed without a C compiler")
@pytest.mark.parametrize(
    "path",
    [next(RAW.glob("*/mihon_vaccination.pdf")), HERE / "web_open.pdf", HERE / "drawn_open.pdf"],
    ids=lambda path: path.stem,
)
def test_pages_are_the_same_both_ways(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pages() -> list[list[Any]]:
        with open_pdf(path.read_bytes(), "架空.pdf", "pdfium") as pdf:
            return [
                [
                    one.vertical,
                    one.horizontal,
                    *(getattr(one.glyphs, name) for name in ("code", "box", "turn")),
                ]
                for one in map(pdf.page, range(1, len(pdf) + 1))
            ]

    compiled = pages()
    monkeypatch.setattr(library, "many", through_ctypes)
    for one, other in zip(compiled, pages(), strict=True):
        for part, same in zip(one, other, strict=True):
            np.testing.assert_array_equal(part, same)
