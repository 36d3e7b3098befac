"""PDF pages through PDFium: the fast reader. Bulk calls into numpy buffers, no Python per glyph."""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Iterable
from itertools import repeat
from types import TracebackType
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from ..errors import PageError
from ..model import Glyphs, Page
from ..settings import Settings
from . import broken, locked, shapes
from . import library as pdfium

Array = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]
"""3 x 3; row vectors times matrix."""

DESCENT = 0.12
"""Share of an em that lies below the line in Japanese fonts."""
FORM_DEPTH = 12
"""Forms nested deeper than this are a loop in a damaged file."""


class PdfiumPdf:
    """An open PDF; holds one page of PDFium at a time, so that `text` and `page` share the work."""

    def __init__(self, data: bytes, name: str, settings: Settings) -> None:
        self.name = name
        self._data = data  # PDFium reads from these bytes as long as the document is open
        self._settings = settings
        self._number, self._page, self._text = 0, 0, 0
        self._document = pdfium.load_document(data, len(data), None)
        if not self._document:
            raise (
                locked(name) if pdfium.last_error() in (pdfium.PASSWORD, pdfium.SECURITY) else broken(name)
            )
        if len(self) < 1:
            self.close()
            raise broken(name)

    def __len__(self) -> int:
        return int(pdfium.count_pages(self._document))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give everything back to PDFium."""
        self._release()
        if self._document:
            pdfium.close_document(self._document)
            self._document = 0

    def text(self, number: int) -> str:
        self._load(number)
        count = pdfium.count_characters(self._text)
        if count <= 0:
            return ""
        buffer = ctypes.create_string_buffer(2 * (count + 1))
        written = pdfium.all_text(self._text, 0, count, ctypes.addressof(buffer))
        return buffer.raw[: 2 * max(written - 1, 0)].decode("utf-16-le", errors="replace")

    def page(self, number: int) -> Page:
        self._load(number)
        width, height, to_visible = _visible(self._page)
        drawn = list(_containers(self._page, to_visible))
        boxes, images = _shapes(drawn, self._settings.rule_thickness)
        vertical, horizontal = shapes.rules(boxes, width, height, self._settings.rule_thickness)
        return Page(
            number=number,
            width=width,
            height=height,
            glyphs=_glyphs(self._text, to_visible, drawn, width, height),
            vertical=vertical,
            horizontal=horizontal,
            image_share=shapes.share(images, width, height),
        )

    def _load(self, number: int) -> None:
        if number == self._number:
            return
        self._release()
        page = pdfium.load_page(self._document, number - 1)
        if not page:
            raise PageError(number)
        text = pdfium.load_text(page)
        if not text:
            pdfium.close_page(page)
            raise PageError(number)
        self._number, self._page, self._text = number, page, text

    def _release(self) -> None:
        if self._number:
            pdfium.close_text(self._text)
            pdfium.close_page(self._page)
        self._number, self._page, self._text = 0, 0, 0


# ---------------------------------------------------------------- geometry


def _drain(calls: Iterable[object]) -> None:
    deque(calls, maxlen=0)


def _column(buffer: npt.NDArray[Any], offset: int) -> range:
    """Addresses of one column of a buffer [n, k], row by row."""
    step = buffer.itemsize * buffer.shape[1]
    start = buffer.ctypes.data + buffer.itemsize * offset
    return range(start, start + step * len(buffer), step)


def _visible(page: int) -> tuple[float, float, Matrix]:
    """Width, height and the matrix from the file's coordinates to the page as a reader sees it."""
    box = np.zeros((1, 4), np.float32)  # left, top, right, bottom
    pdfium.page_box(page, box.ctypes.data)
    left, top, right, bottom = box[0].tolist()
    width, height = right - left, top - bottom
    turned = {
        0: (width, height, [[1, 0, 0], [0, -1, 0], [-left, top, 1]]),
        1: (height, width, [[0, 1, 0], [1, 0, 0], [-bottom, -left, 1]]),
        2: (width, height, [[-1, 0, 0], [0, 1, 0], [right, -bottom, 1]]),
        3: (height, width, [[0, -1, 0], [-1, 0, 0], [top, right, 1]]),
    }
    across, down, matrix = turned[pdfium.page_rotation(page) % 4]
    return across, down, np.array(matrix, np.float64)


def _moved(points: npt.NDArray[np.floating], matrix: Matrix) -> Array:
    moved: Array = (points @ matrix[:2, :2] + matrix[2, :2]).astype(np.float32)
    return moved


def _moved_boxes(boxes: npt.NDArray[np.floating], matrix: Matrix) -> Array:
    """Boxes [n, 4] of two opposite corners each in, upright boxes that hold the moved corners out."""
    if (matrix[0, 1] or matrix[1, 0]) and (matrix[0, 0] or matrix[1, 1]):  # askew: all four corners count
        x, y = boxes[:, [0, 2, 2, 0]], boxes[:, [1, 1, 3, 3]]
        corners = _moved(np.stack((x, y), axis=2).reshape(-1, 2), matrix).reshape(-1, 4, 2)
        return np.hstack((corners.min(axis=1), corners.max(axis=1)))
    one, two = _moved(boxes[:, :2], matrix), _moved(boxes[:, 2:], matrix)
    return np.hstack((np.minimum(one, two), np.maximum(one, two)))


# ---------------------------------------------------------------- page objects


class Container(NamedTuple):
    """The page itself or one form on it: its objects, how to bring them onto the visible page, its clip."""

    texts: list[int]
    paths: list[int]
    images: list[int]
    matrix: Matrix
    clip: Array | None


def _containers(page: int, to_visible: Matrix) -> Iterable[Container]:
    count = pdfium.count_objects(page)
    handles = list(map(pdfium.get_object, repeat(page, count), range(count)))
    yield from _sorted_out(handles, to_visible, None, 0)


def _sorted_out(handles: list[int], matrix: Matrix, clip: Array | None, depth: int) -> Iterable[Container]:
    kinds = list(map(pdfium.object_type, handles))
    by_kind: dict[int, list[int]] = {}
    for kind, handle in zip(kinds, handles, strict=True):
        by_kind.setdefault(kind, []).append(handle)
    yield Container(
        by_kind.get(pdfium.TEXT, []),
        by_kind.get(pdfium.PATH, []),
        by_kind.get(pdfium.IMAGE, []),
        matrix,
        clip,
    )
    if depth >= FORM_DEPTH:
        return
    for form in by_kind.get(pdfium.FORM, []):
        count = pdfium.count_form_objects(form)
        inside = list(map(pdfium.get_form_object, repeat(form, count), range(max(count, 0))))
        yield from _sorted_out(
            inside, _object_matrix(form) @ matrix, _common(clip, _clip(form, matrix)), depth + 1
        )


def _object_matrix(handle: int) -> Matrix:
    numbers = (ctypes.c_float * 6)()
    if not pdfium.object_matrix(handle, ctypes.addressof(numbers)):
        return np.eye(3)
    a, b, c, d, e, f = numbers
    return np.array([[a, b, 0], [c, d, 0], [e, f, 1]], np.float64)


def _clip(handle: int, matrix: Matrix) -> Array | None:
    """The box, on the visible page, that an object's clip paths leave of it; null when it is not clipped."""
    path = pdfium.clip_path(handle)
    count = pdfium.count_clips(path) if path else 0
    clip = None
    for index in range(max(count, 0)):
        length = pdfium.count_clip_segments(path, index)
        if length <= 0:
            continue
        points = np.empty((length, 2), np.float32)
        segments = map(pdfium.get_clip_segment, repeat(path, length), repeat(index, length), range(length))
        _drain(map(pdfium.segment_point, segments, _column(points, 0), _column(points, 1)))
        moved = _moved(points, matrix)
        clip = _common(clip, np.concatenate((moved.min(axis=0), moved.max(axis=0))))
    return clip


def _common(one: Array | None, two: Array | None) -> Array | None:
    if one is None or two is None:
        return two if one is None else one
    return np.concatenate((np.maximum(one[:2], two[:2]), np.minimum(one[2:], two[2:])))


def _shapes(drawn: list[Container], thickness: float) -> tuple[Array, Array]:
    """Boxes of everything that may be a rule, and boxes of pictures, on the visible page."""
    thin: list[Array] = [np.empty((0, 4), np.float32)]
    images: list[Array] = [np.empty((0, 4), np.float32)]
    for container in drawn:
        pictures = _moved_boxes(_bounds(container.images), container.matrix)
        images.append(pictures)
        thin.append(pictures[(pictures[:, 2:] - pictures[:, :2]).min(axis=1) < thickness])
        thin.append(_path_boxes(container, thickness))
    return np.vstack(thin), np.vstack(images)


def _bounds(handles: list[int]) -> Array:
    boxes = np.zeros((len(handles), 4), np.float32)
    columns = (_column(boxes, column) for column in range(4))
    _drain(map(pdfium.object_bounds, handles, *columns))
    return boxes


def _path_boxes(container: Container, thickness: float) -> Array:
    paths = container.paths
    modes = np.zeros((len(paths), 2), np.int32)  # fill, stroke
    _drain(map(pdfium.draw_mode, paths, _column(modes, 0), _column(modes, 1)))
    boxes = _moved_boxes(_bounds(paths), container.matrix)
    clips = np.tile(np.array([-np.inf, -np.inf, np.inf, np.inf], np.float32), (len(paths), 1))
    for index, path in enumerate(paths):
        clip = _common(container.clip, _clip(path, container.matrix))
        if clip is not None:
            clips[index] = clip
    is_thin = (boxes[:, 2:] - boxes[:, :2]).min(axis=1, initial=np.inf) < thickness
    is_drawn = modes.any(axis=1)
    large = np.flatnonzero(~is_thin & is_drawn).tolist()
    outlined = [_outline(paths[index], container.matrix, stroked=bool(modes[index, 1])) for index in large]
    found = np.vstack([boxes[is_thin & is_drawn], *outlined])
    clip = np.vstack(
        [
            clips[is_thin & is_drawn],
            *(np.tile(clips[k], (len(o), 1)) for k, o in zip(large, outlined, strict=True)),
        ]
    )
    return _cut(found, clip)


def _cut(boxes: Array, clips: Array) -> Array:
    """Boxes and, for each, the box outside which it is not drawn, in; what is left of them out."""
    shown = (boxes[:, :2] <= clips[:, 2:]).all(axis=1) & (boxes[:, 2:] >= clips[:, :2]).all(axis=1)
    low, high = np.maximum(boxes[:, :2], clips[:, :2]), np.minimum(boxes[:, 2:], clips[:, 2:])
    return np.hstack((low, high))[shown]


def _outline(path: int, matrix: Matrix, stroked: bool) -> Array:
    """The edges of a stroked path, or the outlines of a filled one, as boxes on the visible page."""
    count = pdfium.count_segments(path)
    if count < 2:
        return np.empty((0, 4), np.float32)
    segments = list(map(pdfium.get_segment, repeat(path, count), range(count)))
    points = np.empty((count, 2), np.float32)
    _drain(map(pdfium.segment_point, segments, _column(points, 0), _column(points, 1)))
    starts = np.fromiter(map(pdfium.segment_type, segments), np.int32, count) == pdfium.MOVE_TO
    moved = _moved(points, _object_matrix(path) @ matrix)
    if not stroked:
        return shapes.outlines(moved, starts)
    closes = np.fromiter(map(pdfium.segment_closes, segments), np.int32, count) > 0
    return shapes.edges(moved, starts, closes)


# ---------------------------------------------------------------- glyphs


def _glyphs(text: int, to_visible: Matrix, drawn: list[Container], width: float, height: float) -> Glyphs:
    count = max(pdfium.count_characters(text), 0)
    code = np.fromiter(map(pdfium.unicode_of, repeat(text, count), range(count)), np.uint32, count)
    corners = np.zeros((count, 4), np.float32)  # left, top, right, bottom
    _drain(map(pdfium.advance_box, repeat(text, count), range(count), _column(corners, 0)))
    origin = np.zeros((count, 2), np.float64)
    _drain(
        map(pdfium.glyph_origin, repeat(text, count), range(count), _column(origin, 0), _column(origin, 1))
    )
    unmapped = np.fromiter(map(pdfium.is_unmapped, repeat(text, count), range(count)), np.int32, count) > 0
    made = np.zeros(count, bool)
    blank = np.flatnonzero(code <= 32)
    made[blank] = [pdfium.is_generated(text, index) > 0 for index in blank.tolist()]
    # PDFium reports a hyphen at a line's end as U+0002, for searching; what is drawn is a hyphen.
    code[code == 2] = ord("-")
    code[unmapped | ((code < 32) & ~np.isin(code, (9, 10, 13))) | (code > 0x10FFFF)] = 0

    objects = np.fromiter(
        (handle or 0 for handle in map(pdfium.text_object, repeat(text, count), range(count))),
        np.uint64,
        count,
    )
    handles, which = np.unique(objects, return_inverse=True)
    hidden, clips, axes = _text_objects(handles.tolist(), drawn)
    box = _on_lines(_moved_boxes(corners, to_visible), _moved(origin, to_visible), axes[which])
    middle = (box[:, :2] + box[:, 2:]) / 2
    clip = clips[which]
    shown = (middle >= np.maximum(clip[:, :2], 0)).all(axis=1)
    shown &= (middle <= np.minimum(clip[:, 2:], [width, height])).all(axis=1)
    code, box, hidden = _paired(code[shown & ~made], box[shown & ~made], hidden[which][shown & ~made])
    return Glyphs(code=code, box=box, hidden=hidden)


def _text_objects(handles: list[int], drawn: list[Container]) -> tuple[npt.NDArray[np.bool_], Array, Array]:
    """For each text object: whether it leaves no ink, the box on the page outside which it is cut, its axes.

    The axes [n, 4] are one em along the line and one em up, as steps on the visible page.
    """
    home = {handle: container for container in drawn for handle in container.texts}
    hidden = np.zeros(len(handles), bool)
    clips = np.tile(np.array([-np.inf, -np.inf, np.inf, np.inf], np.float32), (len(handles), 1))
    axes = np.zeros((len(handles), 4), np.float32)
    size = ctypes.c_float()
    for index, handle in enumerate(handles):
        if (container := home.get(handle)) is None:
            continue
        hidden[index] = pdfium.render_mode(handle) in (pdfium.INVISIBLE, pdfium.CLIP_ONLY)
        clip = _common(container.clip, _clip(handle, container.matrix))
        if clip is not None:
            clips[index] = clip
        if pdfium.font_size(handle, ctypes.addressof(size)):
            axes[index] = (size.value * (_object_matrix(handle) @ container.matrix)[:2, :2]).ravel()
    return hidden, clips, axes


def _on_lines(box: Array, origin: Array, axes: Array) -> Array:
    """Glyph boxes with the height of their font's em around the line they stand on.

    The boxes that PDFium gives are as high as the font says, and where it says nothing as high as the
    glyph's ink: full stops would then stand on another line than their neighbours.
    """
    box = box.copy()
    along, up = np.abs(axes[:, :2]), axes[:, 2:]
    wide, high = (box[:, 2:] - box[:, :2]).T
    for across, level, length in (
        (1, along[:, 1] < 0.05 * along[:, 0], wide),
        (0, along[:, 0] < 0.05 * along[:, 1], high),
    ):
        em = np.abs(up[:, across])
        # Not for vertical writing, whose origin is the middle, nor for fonts with a scale of their own.
        start = np.minimum(np.abs(origin - box[:, :2]), np.abs(origin - box[:, 2:]))[:, 1 - across]
        ink = np.maximum(wide, high)
        fits = level & (start < 0.35 * em) & (em > 0.3 * ink) & (em < 8 * np.maximum(ink, length))
        base = origin[:, across]
        below = np.where(up[:, across] < 0, DESCENT, 1 - DESCENT) * em
        box[:, across] = np.where(fits, base + below - em, box[:, across])
        box[:, across + 2] = np.where(fits, base + below, box[:, across + 2])
    return box


def _paired(
    code: npt.NDArray[np.uint32], box: Array, hidden: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.uint32], Array, npt.NDArray[np.bool_]]:
    """Surrogate pairs, which PDFium reports where its wide characters have 16 bits, as one glyph each."""
    high = np.flatnonzero((code >= 0xD800) & (code < 0xDC00))
    if not len(high):
        return code, box, hidden
    high = high[high + 1 < len(code)]
    high = high[(code[high + 1] >= 0xDC00) & (code[high + 1] < 0xE000)]
    code[high] = 0x10000 + ((code[high] - 0xD800) << 10) + (code[high + 1] - 0xDC00)
    keep = np.ones(len(code), bool)
    keep[high + 1] = False
    return code[keep], box[keep], hidden[keep]
