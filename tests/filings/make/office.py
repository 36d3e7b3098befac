"""LibreOffice without a window: an office document in, a PDF out."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path


def print_to_pdf(source: Path, out: Path) -> None:
    with tempfile.TemporaryDirectory() as profile:
        command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless"]
        command += ["--convert-to", "pdf", "--outdir", profile, str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        shutil.move(f"{profile}/{source.stem}.pdf", out)
