"""Invented filings of any length, drawn anew: no two rows and no two pages of form say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pikepdf

from pipeline import rules
from tests.filings.make import content, drawn
from tests.filings.make.filing import Filing, Look

RAW = Path(__file__).parents[2] / "raw_pdfs"
BODY, TASK, FORM = "海津市", "residents", 4


@dataclass(frozen=True)
class Numbered(Filing):
    """A filing whose form goes on for as long as is asked."""

    form_sections: int = 0

    @property
    def sections(self) -> list[content.Section]:
        own = content.sections(self.body, self.task, self.form)
        return [_numbered(own[index % len(own)], index) for index in range(self.form_sections)]


def _numbered(section: content.Section, index: int) -> content.Section:
    boxes = tuple(
        (label, f"{value}（第{index}号{place}）") for place, (label, value) in enumerate(section.boxes)
    )
    return replace(section, boxes=boxes)


def filing(folder: Path, name: str, rows: int, form_sections: int = 0) -> tuple[Path, int]:
    """A filing with a table of so many rows, drawn into the folder -> where it is, where the table begins."""
    known = content.rows(BODY, TASK, FORM, item="heading")
    changes = [
        replace(row, before=f"{row.before}\n（旧第{index}号）", after=f"{row.after}\n（新第{index}号）")
        for index, row in ((index, known[index % len(known)]) for index in range(rows))
    ]
    path = folder / f"{name}.pdf"
    folder.mkdir(parents=True, exist_ok=True)
    cover = content.cover(BODY, TASK, FORM, "1", "2026-01-20")
    look = Look(font="HeiseiMin-W3", close_at_break=False)
    made = Numbered(
        name, "drawn", BODY, TASK, FORM, cover, tuple(changes), look=look, form_sections=form_sections
    )
    return path, drawn.make(made, path)[0][0]


def of_pages(folder: Path, name: str, table: int, form: int = 0) -> Path:
    """A filing of exactly so many pages of table and of form, behind its cover and its contents list."""
    path, starts = filing(folder, name, rows=4 * table + 8, form_sections=form)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        keep = [0, 1, *range(2, 2 + form), *range(starts - 1, starts - 1 + table)]
        assert starts > 2 + form and len(pdf.pages) >= keep[-1] + 1, (name, starts, len(pdf.pages))
        for number in reversed(range(len(pdf.pages))):
            if number not in set(keep):
                del pdf.pages[number]
        pdf.remove_unreferenced_resources()
        pdf.save(path)
    return path


def bound(folder: Path, name: str, source: Path, pages: Sequence[int]) -> Path:
    """Pages of a PDF, by 1-based numbers and as often as they are named, as a file of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    with pikepdf.open(source) as pdf, pikepdf.new() as made:
        for number in pages:
            made.pages.append(pdf.pages[number - 1])
        made.save(folder / f"{name}.pdf")
    return folder / f"{name}.pdf"


def office(folder: Path, name: str, table: int, form: int = 0) -> Path:
    """The same with the pages of a sample printed by LibreOffice, over and over: text in small pieces."""
    source = next(RAW.glob("*/mihon_vaccination.pdf"))
    pages = [1, 2, *(3 + index % 4 for index in range(form)), *(7 + index % 4 for index in range(table))]
    return bound(folder, name, source, pages)


def varied(folder: Path, originals: Sequence[Path], count: int, *, by_body: bool = False) -> Path:
    """A folder of so many filings with unique bytes: the originals, each with a comment behind its end.

    `by_body`: in folders of bodies from all over the country, as many in each as bodies have filings.
    """
    bodies = rules.table("municipalities")
    few = max(count // PER_BODY, 1)
    for number in range(count):
        body = bodies[number % few * (len(bodies) // few)]
        below = folder / f"{body['code']}_{body['name']}" if by_body else folder
        below.mkdir(parents=True, exist_ok=True)
        data = originals[number % len(originals)].read_bytes() + b"\n%% %d\n" % number
        (below / f"{number:05d}.pdf").write_bytes(data)
    return folder


PER_BODY = 15
"""27,000 filings of some 1,800 bodies."""
