"""A page's content stream in, the letters that it can show out, without laying the page out.

Most pages of a filing are its cover and its form. That no table stands on them shows from their letters
alone, and these from the strings that the content stream shows and from what the fonts make of their codes:
a part of the work of loading the page. Where anything is not plain, nothing is said and the page is read.
"""

from __future__ import annotations

import io

import pikepdf

from .fonts import Font, Unclear, made
from .shown import Fonts, fonts, letters

_Id = tuple[int, int]

_UNCLEAR = (Unclear, pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError)
FORM_DEPTH = 4
"""Forms nested deeper than this are read."""


class Glance:
    """An open PDF whose pages are looked at, each by itself."""

    def __init__(self, data: bytes, pages: int) -> None:
        self._fonts: dict[_Id, Font | None] = {}
        self._named: dict[_Id, Fonts] = {}
        self._forms: dict[_Id, str | None] = {}
        try:
            self._pdf: pikepdf.Pdf | None = pikepdf.open(io.BytesIO(data))
            self._pages = list(self._pdf.pages)
        except (pikepdf.PdfError, pikepdf.PasswordError, RuntimeError):
            self._pdf = None
        # A file that had to be mended may hold other pages than the reader finds.
        if self._pdf is not None and (self._pdf.get_warnings() or len(self._pages) != pages):
            self.close()

    def close(self) -> None:
        """Give the file back; nothing is told any more."""
        if self._pdf is not None:
            self._pdf.close()
        self._pdf = None

    def letters(self, number: int) -> str | None:
        """Every letter that the page with this 1-based number can show; None when only reading tells.

        In lines: what one operator shows stands in its order between two line ends. What is shown more than
        once is so here.
        """
        if self._pdf is None:
            return None
        try:
            page = self._pages[number - 1]
            found = self._shown(_content(page.obj.get("/Contents")), page.resources, 0) + "\n"
        except _UNCLEAR:
            found = None
        if self._pdf.get_warnings():
            self.close()
            return None
        return found

    def _shown(self, content: bytes, resources: pikepdf.Object, depth: int) -> str:
        found = ["\n", letters(content, self._fonts_in(resources.get("/Font")))]
        for state in resources.get("/ExtGState", {}).values():
            if "/Font" in state:
                raise Unclear
        for properties in resources.get("/Properties", {}).values():
            if "/ActualText" in properties:
                raise Unclear
        for drawn in resources.get("/XObject", {}).values():
            found += 2 * [self._form(drawn, resources, depth)]  # it may be drawn again and again
        return "".join(found)

    def _form(self, drawn: pikepdf.Object, around: pikepdf.Object, depth: int) -> str:
        if drawn.objgen not in self._forms:
            self._forms[drawn.objgen] = None  # a form that draws itself
            letters = ""
            if drawn.get("/Subtype") != "/Image":
                if depth >= FORM_DEPTH:
                    raise Unclear
                letters = self._shown(drawn.read_bytes(), drawn.get("/Resources", around), depth + 1)
            self._forms[drawn.objgen] = letters
        found = self._forms[drawn.objgen]
        if found is None:
            raise Unclear
        return found

    def _fonts_in(self, named: pikepdf.Object | None) -> Fonts:
        """The fonts of a page's resources; pages share them, as a rule."""
        if named is None:
            return fonts({})
        if not named.is_indirect:
            return self._made(named)
        if named.objgen not in self._named:
            self._named[named.objgen] = self._made(named)
        return self._named[named.objgen]

    def _made(self, named: pikepdf.Object) -> Fonts:
        return fonts({name[1:].encode(): self._font(font) for name, font in named.items()})

    def _font(self, font: pikepdf.Object) -> Font | None:
        """What a font makes of codes, null where that is not told."""
        if not font.is_indirect:
            return None
        if font.objgen not in self._fonts:
            try:
                self._fonts[font.objgen] = made(font)
            except _UNCLEAR:
                self._fonts[font.objgen] = None
        return self._fonts[font.objgen]


def _content(contents: pikepdf.Object | None) -> bytes:
    if contents is None:
        return b""
    if isinstance(contents, pikepdf.Array):
        return b"\n".join(part.read_bytes() for part in contents)
    return contents.read_bytes()
