"""Which OCR engines are installed, and opening one."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from itertools import islice
from typing import Literal

from .engine import Engine
from .tesseract_program import installed_version

EngineName = Literal["auto", "rapidocr", "tesseract", "both"]

INSTALL = (
    "Install an OCR engine: pip install 'henkou[ocr]', or tesseract with its Japanese model (jpn) and "
    "pip install opencv-python-headless."
)
_RAPIDOCR = ("rapidocr", "onnxruntime")
_PICTURES = "cv2"


def installed() -> tuple[str, ...]:
    """Name and version of every engine that is installed; loads none."""
    return tuple(_told("rapidocr", "tesseract"))


def asked_by(name: EngineName | Literal["off"]) -> tuple[str, ...]:
    """Those whose readings this setting can bring; starts no program that is not of them."""
    match name:
        case "off":
            return ()
        case "auto":
            return tuple(islice(_told("rapidocr", "tesseract"), 1))
        case "both":
            return installed()
    return tuple(_told(name))


def is_any_installed() -> bool:
    """Whether there is an engine; asked of every file's reader, so none is started that need not be."""
    return any(_told("rapidocr", "tesseract"))


def open_engine(name: EngineName) -> Engine | None:
    """The engine of this name, its model loaded; None where it, or one of `both`, is not installed.

    `auto` is rapidocr, else tesseract.
    """
    match name:
        case "rapidocr":
            return _rapidocr()
        case "tesseract":
            return _tesseract()
        case "auto":
            return _rapidocr() or _tesseract()
    rapidocr, tesseract = _rapidocr(), _tesseract()
    if rapidocr is None or tesseract is None:
        return None
    from .both import Both

    return Both(rapidocr, tesseract)


def _told(*names: Literal["rapidocr", "tesseract"]) -> Iterator[str]:
    """Name and version of each of them that is installed."""
    versions = {"rapidocr": _version_of_rapidocr, "tesseract": installed_version}
    if find_spec(_PICTURES) is not None:
        yield from (f"{name} {version}" for name in names if (version := versions[name]()) is not None)


def _version_of_rapidocr() -> str | None:
    """Of the package and of what runs its model."""
    try:
        return "+".join(metadata.version(package) for package in _RAPIDOCR)
    except metadata.PackageNotFoundError:
        return None


def _rapidocr() -> Engine | None:
    version = _version_of_rapidocr()
    if version is None or find_spec(_PICTURES) is None:
        return None
    from .rapid import RapidOcr

    return RapidOcr(version)


def _tesseract() -> Engine | None:
    if find_spec(_PICTURES) is None:
        return None
    version = installed_version()
    if version is None:
        return None
    from .tesseract import Tesseract

    return Tesseract(version)
