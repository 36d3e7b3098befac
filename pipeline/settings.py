"""Switches and tolerances, each with a sentence. Lengths in PDF points (1/72 inch)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Settings:
    """What can change a filing's result; part of the key under which results are reused."""

    reader: Literal["auto", "pdfium", "pdfplumber"] = "auto"
    """Engine for born-digital pages; `auto` reads with PDFium and asks pdfplumber when in doubt."""

    ocr: Literal["auto", "rapidocr", "tesseract", "both", "off"] = "auto"
    """Engine for pages that are pictures; `auto` takes rapidocr, else tesseract; `both` compares them."""

    rule_thickness: float = 3.0
    """A filled rectangle thinner than this is a rule."""
    rule_align: float = 0.3
    """Drawn pieces of one rule (dashes, cell borders) differ by less than this across it."""
    rule_snap: float = 2.0
    """Rules nearer than this to each other are one rule (doubled and per-cell borders)."""
    rule_gap: float = 6.0
    """Dashes nearer than this are one rule."""
    rule_length: float = 8.0
    """A rule shorter than this after joining is a mark, not a border."""
    edge_gap: float = 4.0
    """An upright rule that ends further than this from a level rule ends in the open."""
    line_gap: float = 0.5
    """Glyphs whose middles differ by more than this share of their height stand on different lines."""
