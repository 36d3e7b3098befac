# ruff: noqa: E501 (a table: one case, few lines)
"""The corpus: one line a case, with the traits of real files that it has."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .content import Row, cover, rows
from .filing import Filing, Look, Spans

HALF_KANA = str.maketrans(
    dict(zip("アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンァィゥェォャュョッー",
             "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｧｨｩｪｫｬｭｮｯｰ", strict=True))
    | {"ガ": "ｶﾞ", "ギ": "ｷﾞ", "グ": "ｸﾞ", "ゲ": "ｹﾞ", "ゴ": "ｺﾞ", "ザ": "ｻﾞ", "ジ": "ｼﾞ", "ズ": "ｽﾞ", "ゼ": "ｾﾞ",
       "ダ": "ﾀﾞ", "デ": "ﾃﾞ", "ド": "ﾄﾞ", "バ": "ﾊﾞ", "ビ": "ﾋﾞ", "ブ": "ﾌﾞ", "ベ": "ﾍﾞ", "ボ": "ﾎﾞ", "パ": "ﾊﾟ",
       "ピ": "ﾋﾟ", "プ": "ﾌﾟ", "ペ": "ﾍﾟ", "ポ": "ﾎﾟ", "ヴ": "ｳﾞ"}
)  # fmt: skip

RADICALS = dict(zip("一人入八力十口土大女子小山工己日月木水火生用田白目石示立老耳自至行言足身車金長門青非面音食高民西見",
                    "⼀⼈⼊⼋⼒⼗⼝⼟⼤⼥⼦⼩⼭⼯⼰⽇⽉⽊⽔⽕⽣⽤⽥⽩⽬⽯⽰⽴⽼⽿⾃⾄⾏⾔⾜⾝⾞⾦⻑⾨⻘⾮⾯⾳⻝⾼⺠⻄⾒",
                    strict=True)) | {"・": "‧"}  # fmt: skip
"""What Chromium and others write into ToUnicode maps instead of the common character."""

WIDE_DATE = (70, 84, 130, 130, 40, 76)
LANDSCAPE = (64, 120, 220, 220, 44, 110)
NARROW_DATE = (34, 90, 150, 150, 34, 72)


def halved(made: Row) -> Row:
    """The row in half-width katakana, as an old system prints it."""
    return replace(
        made, **{name: getattr(made, name).translate(HALF_KANA) for name in ("item", "before", "after")}
    )


def case(
    name: str,
    body: str,
    task: str,
    form: int,
    traits: str,
    *,
    since: str = "2021",
    until: str = "9",
    keys: str = "",
    date: str = "plain",
    item: str = "wide",
    number: str = "12",
    published: str | None = "2026-03-31",
    cover_more: dict[str, str] | None = None,
    half_kana: bool = False,
    merged_dates: Spans = (),
    merged_items: Spans = (),
    number_column: bool = False,
    remark_column: bool = False,
    table_state: str = "rows",
    after: tuple[tuple[str, dict[str, Any]], ...] = (),
    expect: dict[str, Any] | None = None,
    **look: Any,
) -> Filing:
    """One filing of the corpus; the producer is the first word of its name."""
    made = rows(body, task, form, keys=keys, since=since, until=until, date=date, item=item)
    made = [halved(r) if half_kana else r for r in made]
    for first, last in merged_dates:
        made[first : last + 1] = [
            replace(r, change_date=made[first].change_date, change_date_iso=made[first].change_date_iso)
            for r in made[first : last + 1]
        ]
    for first, last in merged_items:
        made[first : last + 1] = [
            replace(r, item=made[first].item, item_code=made[first].item_code) for r in made[first : last + 1]
        ]
    return Filing(
        case=name,
        producer=name.split("_")[0],
        body=body,
        task=task,
        form=form,
        cover=cover(body, task, form, number, published, **(cover_more or {})),
        rows=tuple(made) if table_state == "rows" else (),
        traits=tuple(traits.split()),
        look=Look(**{"sections": 1 if name.startswith("drawn") else 0, **look}),
        merged_dates=merged_dates,
        merged_items=merged_items,
        number_column=number_column,
        remark_column=remark_column,
        table_state=table_state,
        after=after,
        expect=expect or {},
    )


LONG = "residents_purpose gov_cloud_place unit_renamed digital_agency measures_long user_auth"
LONG_TAX = "tax_forest gov_cloud_place unit_renamed digital_agency measures_long law_2024"
UNREADABLE = {"readable": False}

CASES = (
    # ------------------------------------------------------------ LibreOffice Calc
    case("calc_landscape", "土浦市", "residents", 4, "landscape rows_continued_in_sheet_rows long_cells", since="2024-06",
         item="full", landscape=True, widths=LANDSCAPE, sheet_lines=12, sections=1),
    case("calc_merged", "府中市", "disability", 3, "merged_date merged_item merged_over_break header_on_first_page_only",
         item="heading", header="first", since="2023", until="2025", merged_dates=((1, 3), (5, 9)), merged_items=((4, 5),), size=8,
         cover_more={"date": "spaced"}),
    case("calc_long_rows", "高知市", "tax", 4, "rows_continued_in_sheet_rows rows_over_page_end long_cells", keys=LONG_TAX,
         item="dots", size=10.5, sheet_lines=7, widths=(60, 80, 140, 140, 42, 72), font="IPAGothic"),
    case("calc_dashed_open", "扶桑町", "allowance", 3, "dashed no_outer_border letter_spaced_header number_column",
         rules="dashed", outer=False, since="2024", header_style="spaced", number_column=True, date="wide", item="short",
         widths=(24, 60, 80, 135, 135, 38, 60)),
    case("calc_merged_centred", "栗山町", "insurance", 4, "merged_date merged_over_break centred_cells",
         since="2024", date="padded", item="dots", valign="center", size=10, sheet_lines=9,
         header_style="two_lines", remark_column=True,
         merged_dates=((9, 13),), widths=(45, 58, 107, 138, 38, 87, 26), font="IPAGothic"),
    case("calc_double", "栗山町", "care", 2, "double_rules remark_column centred_cells", rules="double", since="",
         remark_column=True, date="dotted", item="slash", valign="center", font="IPAPMincho",
         widths=(56, 78, 125, 125, 38, 70, 38), cover_more={"stamp": "令和6年10月"}),
    case("calc_empty_table", "江戸川区", "pension", 2, "empty_table first_filing", table_state="empty",
         cover_more={"date": "padded"}),
    # ------------------------------------------------------------ LibreOffice Writer
    case("writer_portrait", "那覇市", "welfare", 4, "rows_over_page_end closed_at_break", since="2023-06", until="2025",
         item="heading", font="IPAexMincho", head="那覇市　生活保護に関する事務"),
    case("writer_merged", "郡山市", "insurance", 3, "merged_date merged_item merged_over_break two_line_header landscape",
         landscape=True, widths=LANDSCAPE, merged_dates=((0, 1), (3, 9)), merged_items=((5, 6),), item="ascii",
         header_style="two_lines", font="IPAexGothic"),
    case("writer_half_kana", "海津市", "vaccination", 3, "half_width_kana rows_not_split header_on_first_page_only",
         half_kana=True, split=False, since="2024", header="first", font="IPAGothic", size=7.5, date="western", item="short"),
    case("writer_long_cell", "札幌市", "residents", 4, "cell_longer_than_two_pages landscape", keys=LONG, landscape=True,
         widths=(60, 90, 150, 150, 40, 80), size=11, font="IPAGothic", date="letter"),
    case("writer_tail_page", "土浦市", "vaccination", 4, "page_with_one_tail_only header_on_first_page_only short_date_split_by_break",
         since="", until="2021-12-15", header="first", date="western", item="full", font="Noto Sans CJK JP", size=10,
         header_style="two_lines", widths=(49.3, 69.6, 120.6, 117.4, 40.3, 102.9)),
    case("writer_serif", "高知市", "pension", 2, "opentype_font number_column letter_spaced_header", since="2019",
         font="Noto Serif CJK JP", number_column=True, header_style="spaced", size=8.5, item="full",
         widths=(24, 60, 80, 135, 135, 38, 60)),
    # ------------------------------------------------------------ Chromium
    case("web_open", "札幌市", "care", 3, "rows_over_page_end open_at_break radicals_from_font", font="Noto Sans CJK JP", since="2024-10",
         item="full", date="lines"),
    case("web_merged", "土浦市", "allowance", 4, "merged_date merged_item merged_over_break dotted centred_cells",
         since="2024", until="2025", rules="dot", valign="center", merged_dates=((0, 1), (3, 7)), merged_items=((2, 3),),
         font="IPAexGothic", date="spaced", widths=WIDE_DATE),
    case("web_radicals", "海津市", "tax", 3, "kangxi_radicals cjk_radicals u2027", since="2024-06", font="IPAGothic",
         item="dots", after=(("remap", {"changes": RADICALS}),)),
    case("web_no_header", "郡山市", "pension", 3, "pages_without_header no_outer_border double_rules", rules="double",
         outer=False, header="none", font="IPAexGothic", since="2023", item="short"),
    case("web_cells", "江戸川区", "disability", 2, "per_cell_borders remark_column", rules="cell", since="2018", until="2023",
         font="IPAMincho", remark_column=True, widths=(56, 78, 125, 125, 38, 70, 38), item="heading"),
    case("web_unmapped", "扶桑町", "insurance", 3, "glyphs_without_unicode", since="2024-05", font="IPAexGothic",
         expect={"unmapped": "報義庁"}, after=(("remap", {"changes": dict.fromkeys("報義庁")}),)),
    case("web_draft", "府中市", "welfare", 4, "watermark running_head draft_without_date dashed", since="2024", until="2024-11",
         rules="dash", watermark="案", head="府中市　意見募集用", published=None, number="", font="IPAexGothic",
         cover_more={"filing_title": "府中市　生活保護に関する事務　全項目評価書（案）（架空の見本）",
                     "stage": "public_comment"}, item="ascii"),
    # ------------------------------------------------------------ ReportLab: rules
    case("drawn_rectangles", "札幌市", "insurance", 4, "thin_filled_rectangles rotate_90", since="2024", rules="rect", font="HeiseiMin-W3",
         landscape=True, widths=LANDSCAPE, item="ascii", after=(("rotate", {"angle": 90}),)),
    case("drawn_dashed", "栗山町", "residents", 3, "dashed rotate_180", since="2023", rules="dash", font="HeiseiMin-W3",
         item="short", after=(("rotate", {"angle": 180}),)),
    case("drawn_dotted", "江戸川区", "tax", 3, "dotted no_outer_border rotate_270", since="2024", rules="dot",
         outer=False, item="dots", landscape=True, widths=LANDSCAPE, font="HeiseiKakuGo-W5",
         after=(("rotate", {"angle": 270}),)),
    case("drawn_double", "扶桑町", "care", 4, "double_rules other_six_column_table several_tables_on_a_page",
         since="2024", rules="double", other_table=True, companions=True, font="HeiseiMin-W3", item="full"),
    case("drawn_cells", "那覇市", "allowance", 3, "per_cell_borders form_xobjects", since="2023", rules="cell",
         font="HeiseiMin-W3", item="slash", after=(("wrap_forms", {}),)),
    # ------------------------------------------------------------ ReportLab: pages and breaks
    case("drawn_crop", "高知市", "disability", 4, "crop_box_offset clipped_text closed_at_break", since="2024",
         spill=True, font="HeiseiKakuGo-W5", item="heading", after=(("crop", {"left": 70, "bottom": 45}),)),
    case("drawn_clipped", "海津市", "care", 4, "clipped_text open_at_break moved_origin", since="2025", spill=True,
         close_at_break=False, font="HeiseiMin-W3", item="full", after=(("shift_origin", {"x": -30, "y": 50}),)),
    case("drawn_open", "土浦市", "pension", 4, "open_at_break header_and_continued_text_in_one_cell", since="2024",
         close_at_break=False, header_open=True, font="HeiseiMin-W3", item="heading", date="padded"),
    case("drawn_hanging", "高知市", "care", 4, "hanging_punctuation closed_at_break", since="2024-04", hang=True,
         font="HeiseiMin-W3", item="heading", size=10.5),
    case("drawn_header_again", "郡山市", "tax", 3, "header_repeated_mid_page two_line_header", header="middle",
         header_style="two_lines", since="2022", font="HeiseiKakuGo-W5", item="ascii"),
    case("drawn_no_header", "府中市", "vaccination", 3, "pages_without_header number_column open_at_break", header="first",
         number_column=True, close_at_break=False, since="2023", font="HeiseiMin-W3",
         widths=(24, 58, 80, 135, 135, 34, 64), item="short", date="wide"),
    case("drawn_short_date", "札幌市", "disability", 4, "short_date_split_by_break open_at_break", since="2023",
         close_at_break=False, widths=NARROW_DATE, font="HeiseiMin-W3", item="full", size=8),
    case("drawn_merged", "栗山町", "allowance", 4, "merged_date merged_item merged_over_break", since="2024",
         merged_dates=((0, 2), (3, 11)), merged_items=((1, 2), (12, 13)), font="HeiseiMin-W3", item="dots"),
    case("drawn_merged_open", "海津市", "insurance", 4, "merged_date merged_over_break open_at_break remark_column",
         since="2025", merged_dates=((0, 2), (4, 9)), close_at_break=False, font="HeiseiMin-W3", item="wide",
         remark_column=True, widths=(54, 78, 130, 130, 36, 68, 34), date_align="centre"),
    case("drawn_long_cell", "江戸川区", "residents", 4, "cell_longer_than_two_pages open_at_break landscape", keys=LONG,
         close_at_break=False, landscape=True, widths=(60, 90, 150, 150, 40, 80), size=11, font="HeiseiMin-W3"),
    case("drawn_bold", "那覇市", "care", 3, "bold_drawn_twice watermark running_head page_numbers", since="2023",
         bold="date", watermark="案", head="那覇市　介護保険に関する事務", foot="{n} / 24 ページ",
         font="HeiseiKakuGo-W5", item="ascii", published=None),
    case("drawn_bold_header", "高知市", "welfare", 2, "bold_drawn_twice letter_spaced_header letter_spaced_title",
         since="", bold="header", header_style="spaced", title="変　更　箇　所", font="IPAexGothic", item="wide",
         cover_more={"filing_title": "生活保護に関する事務　基礎項目評価書（架空の見本）【令和8年3月31日　終了】",
                     "stage": "ended"}),
    case("drawn_watermark", "郡山市", "residents", 3, "watermark_of_several_characters draft_without_date", since="2023",
         watermark="素案", published=None, number="", font="HeiseiMin-W3", item="ascii", date="letter",
         cover_more={"filing_title": "住民基本台帳に関する事務　重点項目評価書（案）（架空の見本）"}),
    case("drawn_item_cut", "土浦市", "tax", 3, "long_item_cut_by_break closed_at_break", item="full", since="2020", until="2024",
         font="HeiseiKakuGo-W5", size=9.5, widths=(76, 56, 150, 150, 40, 60), leading=1.5),
    # ------------------------------------------------------------ what cannot be read, or has nothing to read
    case("drawn_image_only", "土浦市", "care", 2, "image_only", since="2023", font="HeiseiMin-W3",
         expect={"image_only": True}, after=(("images_only", {"first": 4}),)),
    case("drawn_owner_password", "扶桑町", "disability", 2, "owner_password", since="", font="HeiseiMin-W3",
         item="full", after=(("lock", {}),)),
    case("drawn_user_password", "郡山市", "care", 2, "user_password", since="2023", font="HeiseiMin-W3",
         expect=UNREADABLE, after=(("lock", {"user": "himitsu"}),)),
    case("drawn_broken", "府中市", "pension", 2, "broken_file", since="2023", font="HeiseiMin-W3", expect=UNREADABLE,
         after=(("truncate", {"share": 0.4}),)),
    case("drawn_empty_file", "那覇市", "pension", 2, "empty_file", since="2023", font="HeiseiMin-W3",
         expect=UNREADABLE, after=(("empty", {}),)),
    case("drawn_no_table", "札幌市", "pension", 3, "no_change_table other_six_column_table", table_state="absent",
         other_table=True, font="HeiseiMin-W3", sections=9),
    case("drawn_empty_table", "栗山町", "disability", 4, "empty_table", table_state="empty", font="HeiseiMin-W3"),
    case("drawn_two_covers", "扶桑町", "tax", 2, "several_covers", since="", font="HeiseiMin-W3",
         expect={"covers": 2}, after=(("append", {"other": "drawn_owner_password"}),)),
)  # fmt: skip
