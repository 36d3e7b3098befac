"""henkou as `pip install henkou` leaves it, with nothing that looks at pictures: told, not failed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.scan.engines import INSTALL

TESTS = Path(__file__).parents[1]
CODE = """
import json, sys
sys.modules.update(cv2=None, rapidocr=None, onnxruntime=None)  # as where they are not installed
from pathlib import Path
from pipeline import flow
from pipeline.errors import FilingError
from pipeline.settings import Settings
try:
    read = flow.read(Path(sys.argv[1]).read_bytes(), "架空.pdf", Settings(ocr=sys.argv[2]))
    problems = [(one["code"], one["page"], one["message"]) for one in read.problems.to_pylist()]
    print(json.dumps([read.facts["status"], problems]))
except FilingError as error:
    print(json.dumps(["failed", str(error)]))
"""


def read(path: str, ocr: str) -> list[object]:
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(TESTS / path), ocr], capture_output=True, text=True, check=True
    )
    told: list[object] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize(
    ("ocr", "remedy"),
    [
        ("auto", INSTALL),
        ("rapidocr", INSTALL),
        ("tesseract", INSTALL),
        ("off", "Read them with --ocr auto instead of off"),
    ],
)
def test_pictures_are_named_with_what_to_do(ocr: str, remedy: str) -> None:
    unseen = f"page 4 is only a picture; the text in it was not read. {remedy}"
    status, problems = read("filings/drawn_image_only.pdf", ocr)
    assert status == "partial"
    assert ["image_only", 4, unseen] in problems
    assert read("scans/scanned_plain.pdf", ocr) == [
        "failed",
        f"架空.pdf: all its pages are pictures, and none could be read. {remedy}",
    ]


def test_text_under_a_picture_is_read_as_it_stands() -> None:
    status, _ = read("scans/scanned_searchable.pdf", "auto")
    assert status == "ok"
