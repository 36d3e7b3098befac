"""One C function called for each of many glyphs or objects: handles and numbers in, arrays out.

By compiled loops where these were built; else through ctypes, which costs some sixty times as much a call.
"""

from __future__ import annotations

import ctypes
from collections import deque
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from ..compiled import loops

Column = npt.NDArray[np.uintp]
"""An argument that is another one in each call."""
Buffer = npt.NDArray[Any]


def through_ctypes(
    function: int,
    arguments: tuple[int | Column, ...],
    room: Buffer | None,
    pointers: int,
    results: Buffer | None,
) -> None:
    """Call the function at an address once for each place of its columns.

    What follows its arguments are `pointers` to the numbers at the start of the call's own row of `room`.
    What it returns goes to `results`, of ints or handles.
    """
    count = next(len(one) for one in arguments if not isinstance(one, int))
    columns: list[Any] = [repeat(one) if isinstance(one, int) else one.tolist() for one in arguments]
    if room is not None and count:
        start, row = room.ctypes.data, room.strides[0]
        columns += [
            range(first, first + count * row, row)
            for first in range(start, start + pointers * room.itemsize, room.itemsize)
        ]
    returns = None if results is None else np.ctypeslib.as_ctypes_type(results.dtype)
    calls = map(ctypes.PYFUNCTYPE(returns, *[ctypes.c_size_t] * len(columns))(function), *columns)
    if results is None:
        deque(calls, maxlen=0)
    else:
        results[:] = np.fromiter(calls, results.dtype, count)


many = through_ctypes if loops is None else loops.many

__all__ = ["Buffer", "Column", "many", "through_ctypes"]
