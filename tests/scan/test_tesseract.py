"""What tesseract prints is taken apart."""

import pytest

from pipeline.scan.tesseract import lines_of

PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml"><body>{pages}</body></html>"""
CHARACTER = "<span class='ocrx_cinfo' title='x_bboxes {box}; x_conf {sure}'>{text}</span>"


def hocr(*pages: list[tuple[str, list[tuple[str, str, float]]]]) -> str:
    """Pages as lines (box, characters), a character as (text, box, confidence)."""
    made = ""
    for lines in pages:
        made += "<div class='ocr_page' title='bbox 0 0 300 90'>"
        for box, characters in lines:
            made += f"<span class='ocr_line' title=\"bbox {box}; baseline 0 0\"><span class='ocrx_word'>"
            made += "".join(CHARACTER.format(text=t, box=b, sure=c) for t, b, c in characters)
            made += "</span></span>"
        made += "</div>"
    return PAGE.format(pages=made)


def test_lines_of_every_picture_without_its_border():
    first = [("20 20 90 50", [("事", "20 20 50 50", 99.5), ("前", "55 20 90 50", 80.0)])]
    pages = list(lines_of(hocr(first, [], first)))
    assert [[line.text for line in lines] for lines in pages] == [["事前"], [], ["事前"]]
    (line,) = pages[0]
    assert line.scores == pytest.approx((0.995, 0.8))
    assert (line.left, line.right, line.top, line.bottom) == ((10, 45), (40, 80), 10, 40)


def test_a_box_ends_where_the_next_begins():
    ((line,),) = lines_of(hocr([("20 20 99 50", [("変", "20 20 80 50", 90), ("更", "50 20 99 50", 90)])]))
    assert (line.left, line.right) == ((10, 40), (40, 89))


def test_two_characters_in_one_box_share_it():
    ((line,),) = lines_of(hocr([("10 20 50 50", [("AB", "10 20 50 50", 90)])]))
    assert (line.text, line.left, line.right) == ("AB", (0, 20), (20, 40))


def test_lines_without_characters_are_none():
    assert list(lines_of(hocr([("20 20 90 50", [(" ", "20 20 50 50", 95.0)])]))) == [()]


def test_lines_come_from_top_to_bottom():
    low = ("20 60 90 80", [("後", "20 60 50 80", 95.0)])
    high = ("20 20 90 50", [("前", "20 20 50 50", 95.0)])
    ((one, other),) = lines_of(hocr([low, high]))
    assert one.text + other.text == "前後"
