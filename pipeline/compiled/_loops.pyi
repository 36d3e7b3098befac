from typing import Any

import numpy as np
import numpy.typing as npt

from ..line import Box, Line, Lines
from ..model import Cell

Bytes = npt.NDArray[np.bool_] | npt.NDArray[np.uint8]
Codes = npt.NDArray[np.uint32]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Words = npt.NDArray[np.uintp]
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

def many(
    function: int,
    arguments: tuple[int | Words, ...],
    room: npt.NDArray[Any] | None,
    pointers: int,
    results: npt.NDArray[Any] | None,
) -> None: ...
def find_owners(
    box: Floats, x: Doubles, y: Doubles, cell: Longs, first: float, askew: Bytes, owner_out: Longs, /
) -> int: ...
def take_back_hanging(
    code: Codes, box: Floats, never_starts: Bytes, stray: float, owner_out: Longs, /
) -> int: ...
def find_lines(
    code: Codes,
    box: Floats,
    owner: Longs,
    turn: Bytes,
    is_blank: Bytes,
    has_own_space: Bytes,
    gap: float,
    text_out: Codes,
    places_out: npt.NDArray[Any],
    spans_out: Longs,
    told_out: Longs,
    /,
) -> int: ...
def sort_rules(
    boxes: Floats,
    width: float,
    height: float,
    thickness: float,
    vertical_out: Floats,
    horizontal_out: Floats,
    told_out: Longs,
    /,
) -> int: ...
def join_rules(rules: Doubles, snap: float, gap: float, least: float, rules_out: Doubles, /) -> int: ...
def cross_text(
    code: Codes, askew: Bytes, box: Floats, rules: Doubles, huge: float, found_out: Bytes, /
) -> int: ...
def connect_rules(
    upright: Doubles,
    level: Doubles,
    reach: float,
    near: float,
    upright_group_out: Longs,
    level_group_out: Longs,
    free_top_out: Bytes,
    free_bottom_out: Bytes,
    /,
) -> int: ...
def find_cells(
    upright: Doubles,
    level: Doubles,
    is_drawn: Bytes,
    snap: float,
    x_out: Doubles,
    y_out: Doubles,
    cell_out: Longs,
    spans_out: Longs,
    closed_top_out: Bytes,
    closed_bottom_out: Bytes,
    told_out: Longs,
    /,
) -> int: ...
def see_pages(
    functions: Words,
    handles_out: Words,
    first: float,
    most: float,
    narrow: float,
    thickness: float,
    is_inked: Bytes,
    /,
) -> list[tuple[float, float, bytes, bytes, bytes, bytes, bytes, bytes, bytes, tuple[bytes, ...] | None]]: ...
def tell_letters(content: bytes, names: bytes, fonts: Longs, letters_out: Codes, /) -> int: ...
def lay_out(
    upright: Floats,
    level: Floats,
    code: Codes,
    box: Floats,
    hidden: Bytes,
    askew: Bytes,
    turn: Bytes,
    is_blank: Bytes,
    has_own_space: Bytes,
    never_starts: Bytes,
    align: float,
    snap: float,
    gap: float,
    length: float,
    reach: float,
    near: float,
    line_gap: float,
    huge: float,
    left: float,
    right: float,
    cell: type[Cell],
    lines: type[Lines],
    line: type[Line],
    no_lines: Lines,
    /,
) -> tuple[Box, int, int, tuple[Cell, ...], bool, bool, tuple[Line, ...], int, int, int] | int: ...
def find_margins(
    code: Codes, kinds: Bytes, places: bytes, counts: Longs, sides: Doubles, margins_out: Doubles, /
) -> int: ...
def measure_seams(
    code: Codes,
    kinds: Bytes,
    places: bytes,
    counts: Longs,
    sides: Doubles,
    margin: float,
    wanted: Bytes,
    start_out: Longs,
    stop_out: Longs,
    room_out: Doubles,
    spread_out: Doubles,
    shift_out: Doubles,
    full_out: Bytes,
    /,
) -> int: ...
def see_breaks(
    code: Codes,
    kinds: Bytes,
    starts: Bytes,
    start: Longs,
    stop: Longs,
    below: Bytes,
    room: Doubles,
    spread: Doubles,
    shift: Doubles,
    limits: Doubles,
    signs_out: Bytes,
    /,
) -> int: ...
def look_up(
    code: Codes,
    becomes: Codes,
    longer: Codes,
    spacing: Bytes,
    odd: float,
    code_out: Codes,
    doubted_out: Bytes,
    /,
) -> int: ...
def fold(code: Codes, twins: Codes, is_kana: Bytes, is_white: Bytes, code_out: Codes, /) -> int: ...
def count_kinds(code: Codes, kinds: Bytes, counts_out: Longs, /) -> int: ...
