"""The program tesseract on the path: whether it is there, and running it; knows nothing of pictures."""

from __future__ import annotations

import os
import subprocess

from .engine import EngineError

LANGUAGE = "jpn"
_SECONDS = 600


def installed_version() -> str | None:
    """Version of the tesseract on the path, if it has the language."""
    try:
        if LANGUAGE in run("--list-langs").split():
            return run("--version").split()[1]
    except (EngineError, IndexError):
        pass
    return None


def run(*arguments: str) -> str:
    """What the program prints; EngineError when it cannot be started, fails or takes too long."""
    try:
        done = subprocess.run(
            ["tesseract", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineError(f"tesseract: {error}") from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [""])[-1]
        raise EngineError(f"tesseract ended with status {done.returncode}: {last[:200]}")
    return done.stdout
