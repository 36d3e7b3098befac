"""Loops over pages, their glyphs and rules, and over lines and texts, compiled; `loops` is null where
they could not be built.

Each is the quick way through a function beside which it is called, for what is plain; what it cannot do, and
what is not plain, goes the long way. Tests hold both ways to the same results.
"""

from __future__ import annotations

try:
    from . import _loops as loops
except ImportError:
    loops = None  # type: ignore[assignment]

NOT_PLAIN = -1
"""What a loop answers that leaves a page to the long way."""

__all__ = ["NOT_PLAIN", "loops"]
