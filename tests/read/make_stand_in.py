"""Makes pipeline/read/stand_in.ttf: `python -m tests.read.make_stand_in`. Each character is one bar.

Where PDFium takes a character to stand is what its ink and its advance cover together: the bar is narrower
than any letter's advance.
"""

from __future__ import annotations

import io
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

TO = Path(__file__).parents[2] / "pipeline" / "read" / "stand_in.ttf"
UNITS, ASCENT, DESCENT = 1000, 880, -120
INK = (0, 0, 150, 700)
"""Left, bottom, right, top."""
SURROGATES = range(0xD800, 0xE000)


def made() -> bytes:
    """The font: one glyph, to which every character is mapped."""
    pen = TTGlyphPen(None)
    left, bottom, right, top = INK
    pen.moveTo((left, bottom))
    for corner in ((left, top), (right, top), (right, bottom)):
        pen.lineTo(corner)
    pen.closePath()
    bar = pen.glyph()

    font = FontBuilder(UNITS, isTTF=True)
    names = (".notdef", "bar")
    font.setupGlyphOrder(list(names))
    font.setupGlyf(dict.fromkeys(names, bar))
    font.setupHorizontalMetrics(dict.fromkeys(names, (UNITS, 0)))
    font.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
    font.setupNameTable({"familyName": "henkou stand-in", "styleName": "Regular"})
    font.setupCharacterMap({ord("A"): "bar"})  # for what OS/2 tells of it
    font.setupOS2(sTypoAscender=ASCENT, usWinAscent=ASCENT, usWinDescent=-DESCENT)
    font.setupPost()
    every = CmapSubtable.newSubtable(13)  # many characters to one glyph
    every.platformID, every.platEncID, every.language = 3, 10, 0
    every.cmap = {point: "bar" for point in range(0x20, 0x110000) if point not in SURROGATES}
    font.font["cmap"].tables = [every]
    font.font["head"].created = font.font["head"].modified = 0
    font.font.recalcTimestamp = False
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


if __name__ == "__main__":
    TO.write_bytes(made())
