"""Functions of Python in the place of PDFium's that the compiled loop calls: counted, made up, failing."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import pypdfium2_raw as raw
import pytest

from pipeline.read import library, seen


def as_numbers(kind: Any) -> Any:
    """A type of PDFium's own functions, pointers as plain integers."""
    is_number = kind is None or (issubclass(kind, ctypes._SimpleCData) and kind is not ctypes.c_void_p)
    return kind if is_number else ctypes.c_size_t


def signature(name: str) -> Any:
    function = getattr(raw, name)
    return ctypes.CFUNCTYPE(as_numbers(function.restype), *map(as_numbers, function.argtypes))


def real(name: str) -> Callable[..., Any]:
    """A function of PDFium by its name."""
    return signature(name)(library.address_of(name))  # type: ignore[no-any-return]


@contextmanager
def called_instead(functions: Mapping[str, Callable[..., Any]]) -> Iterator[None]:
    """While it lasts the loop calls these for the functions of their names."""
    kept = {name: signature(name)(function) for name, function in functions.items()}
    addresses = [
        ctypes.cast(kept[name], ctypes.c_void_p).value if name in kept else library.address_of(name)
        for name in seen.NAMES
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seen, "FUNCTIONS", np.array(addresses, np.uintp))
        yield


def write(numbers: Any, kind: Any, *places: int) -> int:
    """Put numbers where pointers say: one each, or all from one on."""
    if len(places) == 1:
        (ctypes.c_char * (ctypes.sizeof(kind) * len(numbers))).from_address(places[0])[:] = bytes(
            (kind * len(numbers))(*numbers)
        )
    else:
        for place, number in zip(places, numbers, strict=True):
            kind.from_address(place).value = number
    return 1
