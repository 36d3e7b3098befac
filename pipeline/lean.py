"""For processes that need no pandas: pyarrow loads it, to ask of every list whether it is one of its."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder


class _Without(MetaPathFinder):
    def find_spec(self, name: str, path: Sequence[str] | None, target: object = None) -> None:
        if name == "pandas":
            raise ImportError("pandas is not wanted in this process")


def without_pandas() -> None:
    """Let this process do without pandas from now on, which saves 0.2 s and 40 MB of it."""
    if "pandas" not in sys.modules:
        sys.meta_path.insert(0, _Without())
