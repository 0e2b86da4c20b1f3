"""The face of a copy: what is masked, what is called what, and names with rare characters."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pypdfium2
import pytest
from fontTools.cffLib import CFFFontSet
from fontTools.pens.recordingPen import RecordingPen
from pyhanko.pdf_utils.reader import PdfFileReader

from certs.copies import paper
from certs.licences import face

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
NUMBER = "36070219850307123X"


def made(standing: str = "delegated", **over: Any) -> face.Face:
    document = {
        "ZZMC": "建筑工程施工许可证",
        "CZZT": "李䶮",
        "CZZTDM": NUMBER,
        "CZZTDMLX": "111",
        "ZZBH": "JZ-1",
        "status": "valid",
        **over,
    }
    use = face.Use(
        "核验", "某事项", "I-1", "某材料", "C1", "某岗（sc-02）", AT, AT, "c0", "http://x", 3
    )
    origin = face.Origin("市住房和城乡建设局", "某系统", "s/l/r/0", None, AT, standing, None)
    return face.make(document, {"工程名称": "public"}, use, origin)


def rows(one: face.Face) -> dict[str, str]:
    return dict(one.rows)


def words(one: face.Face) -> str:
    page = pypdfium2.PdfDocument(paper.draw(one, ""))[0]
    return str(page.get_textpage().get_text_bounded())


def test_data_is_never_called_a_licence() -> None:
    assert made().title == "建筑工程施工许可证"
    data = made("data only")
    assert data.title == "数据核验结果"
    assert "不是电子证照" in dict(data.origins)["性质"]
    assert not any("证照" in label or "持证" in label for label, _ in data.rows)


@pytest.mark.parametrize("field", ["CZZTDM", "ZZBH", "KZ_工程名称", "CZZT"])
def test_a_citizen_number_is_masked_wherever_it_stands(field: str) -> None:
    shown = str(made(**{field: f"{NUMBER}"}))
    assert NUMBER not in shown
    assert "360702********123X" in shown


def test_a_co_holders_number_is_masked_and_a_credit_code_is_not() -> None:
    one = made(CZZTDM="91360702MA35TE5T0R", CZZTDMLX="001", KZ_GYR="王", KZ_GYRDM=NUMBER)
    assert rows(one)["证件号码"] == "91360702MA35TE5T0R"
    assert rows(one)["共有人证件号码"] == "360702********123X"


def test_a_field_that_the_registry_does_not_list_is_not_handed_on() -> None:
    one = rows(made(KZ_工程名称="某工程", KZ_其他="不给"))
    assert one["工程名称"] == "某工程"
    assert "不给" not in one.values()


def test_a_licence_without_dates_claims_none() -> None:
    assert rows(made())["有效期限"] == "长期或来源未标注"
    assert rows(made(ZZYXQQSRQ="2024-01-31"))["有效期限"] == "2024年1月31日 至 长期"


def test_rare_names_are_drawn_and_those_without_a_glyph_say_their_code() -> None:
    said = words(made(CZZT="李䶮\U0002ebf0"))
    assert "李䶮" in said
    assert "U+2EBF0" in said


def test_long_values_stay_on_one_page() -> None:
    long = made(KZ_工程名称="很长的工程名称" * 12, CZZT="某某有限公司" * 8)
    assert len(pypdfium2.PdfDocument(paper.draw(long, ""))) == 1


def test_what_does_not_fit_goes_on_and_every_page_says_which_it_is() -> None:
    long = made(KZ_工程名称="很长的工程名称" * 300)
    pages = pypdfium2.PdfDocument(paper.draw(long, ""))
    said = [str(page.get_textpage().get_text_bounded()) for page in pages]
    assert [
        f"第 {number} 页，共 {len(said)} 页" in text for number, text in enumerate(said, 1)
    ] == [True] * len(said)
    assert len(said) > 1
    assert said[-1].count("扫码核验本件") == 1


@pytest.mark.parametrize(
    ("old", "now"), [("\ue81e", "\u9fb4"), ("\ue816", "\U00020087"), ("\U00020bb7", "\U00020bb7")]
)
def test_characters_that_gb18030_moved_stand_where_they_are_now(old: str, now: str) -> None:
    assert now in words(made(CZZT=f"李{old}"))


def test_every_character_of_a_page_is_in_its_font_file() -> None:
    drawn = paper.draw(made(CZZT="李䶮"), "")
    assert paper.draw(made(CZZT="李䶮"), "") == drawn
    reader = PdfFileReader(io.BytesIO(drawn))
    fonts = reader.root["/Pages"]["/Resources"]["/Font"]["/F"]["/DescendantFonts"][0]
    held = CFFFontSet()
    held.decompile(io.BytesIO(fonts["/FontDescriptor"]["/FontFile3"].data), None)
    charset, outlines = held[0].charset, held[0].CharStrings
    assert len(fonts["/W"][1]) == len(charset) - 1
    for name in charset[1:]:
        pen = RecordingPen()
        outlines[name].draw(pen)
        assert outlines[name].width == fonts["/W"][1][int(name[3:]) - 1]


def test_data_copies_are_called_a_result_and_not_a_copy_of_a_licence() -> None:
    assert "加注件编号" in words(made())
    data = words(made("data only"))
    assert "核验结果编号" in data
    assert "加注件" not in data
