"""What is done to a finished PDF: turned, cropped, locked, damaged … Files are changed in place."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas


def tidy(path: Path) -> None:
    """The same bytes from the same content: no dates, a deterministic id, object streams."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for name in ("/CreationDate", "/ModDate"):
            if name in pdf.docinfo:
                del pdf.docinfo[name]
        for name in ("/DocChecksum", "/ID"):
            if name in pdf.trailer:
                del pdf.trailer[name]
        save(pdf, path)


def save(pdf: pikepdf.Pdf, path: Path, **options: Any) -> None:
    options.setdefault("deterministic_id", True)
    options.setdefault("object_stream_mode", pikepdf.ObjectStreamMode.generate)
    pdf.save(path, compress_streams=True, **options)


def rotate(path: Path, angle: int) -> None:
    """The pages lie turned in the file, and /Rotate sets them upright."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for page in pdf.pages:
            width, height = float(page.mediabox[2]), float(page.mediabox[3])
            matrix = {
                90: (0, 1, -1, 0, height, 0),
                180: (-1, 0, 0, -1, width, height),
                270: (0, -1, 1, 0, 0, width),
            }[angle]
            move(pdf, page, matrix)
            page.mediabox = [0, 0, width, height] if angle == 180 else [0, 0, height, width]
            page.Rotate = angle
        save(pdf, path)


def move(pdf: pikepdf.Pdf, page: pikepdf.Page, matrix: tuple[float, ...]) -> None:
    numbers = " ".join(f"{value:g}" for value in matrix)
    page.contents_add(pdf.make_stream(f"q {numbers} cm\n".encode()), prepend=True)
    page.contents_add(pdf.make_stream(b"\nQ"))


def crop(path: Path, left: float, bottom: float) -> None:
    """A larger sheet with a crop box that does not begin at its corner."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for page in pdf.pages:
            width, height = float(page.mediabox[2]), float(page.mediabox[3])
            move(pdf, page, (1, 0, 0, 1, left, bottom))
            page.mediabox = [0, 0, width + 2 * left, height + 2 * bottom]
            page.cropbox = [left, bottom, left + width, bottom + height]
        save(pdf, path)


def shift_origin(path: Path, x: float, y: float) -> None:
    """A media box that does not begin at 0 0."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for page in pdf.pages:
            width, height = float(page.mediabox[2]), float(page.mediabox[3])
            move(pdf, page, (1, 0, 0, 1, x, y))
            page.mediabox = [x, y, x + width, y + height]
        save(pdf, path)


def wrap_forms(path: Path, depth: int = 2) -> None:
    """Each page's content inside form XObjects, one in another."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for page in pdf.pages:
            for _ in range(depth):
                page.contents_coalesce()
                form = pdf.make_stream(page.Contents.read_bytes())
                form.Type, form.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
                form.BBox, form.Resources = page.mediabox, page.Resources
                page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Fm0=form))
                page.Contents = pdf.make_stream(b"q 1 0 0 1 0 0 cm /Fm0 Do Q")
        save(pdf, path)


def lock(path: Path, user: str = "", owner: str = "owner") -> None:
    """Encrypts; without a user password everybody can read it."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        rules = pikepdf.Permissions(extract=False, modify_other=False)
        # RC4, as in old files: AES would give other bytes on every run.
        encryption = pikepdf.Encryption(user=user, owner=owner, R=3, aes=False, metadata=False, allow=rules)
        save(pdf, path, encryption=encryption, deterministic_id=False, static_id=True)


def truncate(path: Path, share: float) -> None:
    """The first part of the file only, its table of contents lost."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def images_only(path: Path, first: int, dpi: int = 100) -> None:
    """The pages from `first` on as pictures, as from a scanner."""
    with pypdfium2.PdfDocument(path) as pdf:
        pictures = [
            pdf[n].render(scale=dpi / 72, grayscale=True).to_pil() for n in range(first - 1, len(pdf))
        ]
        sizes = [pdf[n].get_size() for n in range(first - 1, len(pdf))]
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    for picture, size in zip(pictures, sizes, strict=True):
        canvas.setPageSize(size)
        canvas.drawImage(ImageReader(picture.quantize(4)), 0, 0, *size)
        canvas.showPage()
    canvas.save()
    with pikepdf.open(path, allow_overwriting_input=True) as pdf, pikepdf.open(buffer) as scans:
        del pdf.pages[first - 1 :]
        pdf.pages.extend(scans.pages)
        save(pdf, path)


def append(path: Path, other: str) -> None:
    """Another filing behind this one, in the same file."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf, pikepdf.open(path.with_stem(other)) as more:
        pdf.pages.extend(more.pages)
        save(pdf, path)


def remap(path: Path, changes: dict[str, str | None]) -> None:
    """Other Unicode for some characters in every ToUnicode map; null takes them out."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and "/ToUnicode" in item:
                item.ToUnicode.write(remapped(item.ToUnicode.read_bytes(), changes))
        save(pdf, path)


def remapped(cmap: bytes, changes: dict[str, str | None]) -> bytes:
    """A ToUnicode map with other targets, its ranges written out as single entries."""
    text = cmap.decode("ascii")
    entries: dict[str, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", text, re.DOTALL):
        entries.update(re.findall(r"<(\w+)>\s*<(\w+)>", block))
    for block in re.findall(r"beginbfrange(.*?)endbfrange", text, re.DOTALL):
        for low, high, rest in re.findall(r"<(\w+)>\s*<(\w+)>\s*(<\w+>|\[[^\]]*\])", block):
            listed = re.findall(r"<(\w+)>", rest)
            for n, code in enumerate(range(int(low, 16), int(high, 16) + 1)):
                target = listed[n] if rest[0] == "[" else f"{int(listed[0], 16) + n:0{len(listed[0])}X}"
                entries[f"{code:0{len(low)}X}"] = target
    kept = []
    for code, target in entries.items():
        char = bytes.fromhex(target).decode("utf-16-be")
        new = changes.get(char, char)
        if new is not None:
            kept.append(f"<{code}> <{new.encode('utf-16-be').hex().upper()}>")
    blocks = [kept[n : n + 100] for n in range(0, len(kept), 100)]
    body = "".join(f"{len(b)} beginbfchar\n" + "\n".join(b) + "\nendbfchar\n" for b in blocks)
    head, tail = re.split(r"\d+ beginbf(?:char|range)", text, maxsplit=1)[0], text[text.rindex("endcmap") :]
    return (head + body + tail).encode("ascii")


STEPS: dict[str, Callable[..., None]] = {
    step.__name__: step
    for step in (rotate, crop, shift_origin, wrap_forms, lock, truncate, empty, images_only, append, remap)
}
