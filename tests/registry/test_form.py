"""The officer's form: what is written is read; each mistake is named with its cell, all at once."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from kernel.errors import BadInput
from registry import form
from registry.formread import MOST_BYTES, read_form
from registry.formwrite import write_form

GOOD: dict[str, Any] = {
    "name": "全国取水许可电子证照系统",
    "code": "sl_water",
    "department": "市水利局",
    "level": "国家级",
    "about": "办理取水许可证",
    "basis": "《取水许可管理办法》第五条",
    "share": "有条件共享",
    "letter": "赣市数授〔2026〕7号",
    "until": "2028-12-31",
    "contact": "市水利局水资源科数据联络员",
    "complete_since": "2015-01-01",
    "changes": "每天",
    "copies": "可以提供数据副本",
}
GIVES = ("取水许可证",)


def changed(change: Any) -> bytes:
    """The good form after a change to its workbook."""
    book = load_workbook(BytesIO(write_form(GOOD, GIVES)))
    change(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(BadInput) as caught:
        read_form(data)
    return str(caught.value)


words = st.text(st.sampled_from("取水许可 abc（）〔〕、"), min_size=1, max_size=40).filter(
    str.strip
)


@given(
    name=words,
    about=words,
    level=st.sampled_from(sorted(form.LEVELS)),
    share=st.sampled_from(sorted(form.SHARES)),
    since=st.dates(),
    gives=st.lists(st.sampled_from(form.type_names()), unique=True, max_size=5),
    letter=st.booleans(),
)
@settings(max_examples=15, deadline=None)
def test_what_is_written_is_read(
    name: str, about: str, level: str, share: str, since: Any, gives: list[str], letter: bool
) -> None:
    said = GOOD | {"name": name, "about": about, "level": level, "share": share}
    said |= {"complete_since": since.isoformat()}
    if not letter:
        said = {key: value for key, value in said.items() if key not in ("letter", "until")}
    read = read_form(write_form(said, tuple(gives)))
    assert read.answers["name"] == name.strip()
    assert read.answers["level"] == form.LEVELS[level]
    assert read.answers["share"] == form.SHARES[share]
    assert read.answers["complete_since"] == since.isoformat()
    assert ("letter" in read.answers) is letter
    assert read.gives == tuple(gives)


def test_every_mistake_comes_at_once_with_its_cell() -> None:
    said = GOOD | {"name": None, "level": "县级", "until": "明年", "code": "Water"}
    lines = refusal(write_form(said, ("取水证", "取水许可证", "取水许可证"))).splitlines()
    assert [line.split("：")[0] for line in lines] == [
        "登记表 B4“系统名称”",
        "登记表 B5“系统代号”",
        "登记表 B7“系统由谁建设”",
        "登记表 B12“授权截止日期”",
        "可提供的证照 A4",
        "可提供的证照 A6",
    ]
    assert "只能是：市级、省级、国家级" in lines[2]


def test_an_empty_form_names_what_is_needed() -> None:
    lines = refusal(write_form()).splitlines()
    assert len(lines) == sum(one.needed for one in form.questions())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda b: b["登记表"].__setitem__("B4", "=1+1"), "登记表 B4“系统名称”：不能用公式"),
        (lambda b: b["登记表"].merge_cells("B4:B5"), "登记表 B4:B5：不能合并单元格"),
        (lambda b: b["登记表"].__setitem__("A1", "中台登记表（第 0 版）"), "不是当前版本的登记表"),
        (lambda b: b["登记表"].__setitem__("A5", "别的"), "登记表 A5：标题被改动了"),
        (lambda b: b["登记表"].__setitem__("B13", "王科长 13807970000"), "像是含有个人号码"),
        (lambda b: b["登记表"].__setitem__("B4", 5), "B4“系统名称”：应为文字"),
        (lambda b: b["登记表"].__setitem__("D60", "x"), "登记表 D60：最后一项以下不能有内容"),
        (lambda b: b.remove(b["可提供的证照"]), "没有工作表“可提供的证照”"),
        (lambda b: b["登记表"].__setitem__("B12", None), "现在缺“授权截止日期”"),
        (lambda b: b["登记表"].__setitem__("B900", "x"), "多出了行或列"),
    ],
)
def test_a_form_that_was_changed_is_refused_with_its_reason(change: Any, said: str) -> None:
    assert said in refusal(changed(change))


def packed(**parts: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "不是 .xlsx"),
        (b"\xd0\xcf\x11\xe0 old excel", "不是 .xlsx"),
        (b"x" * (MOST_BYTES + 1), "文件太大"),
        (packed(a=b"0" * (9 * 1024 * 1024)), "展开后太大"),
        (packed(**{f"p{n}": b"" for n in range(99)}), "部件太多"),
        (packed(**{"xl/vbaProject.bin": b"x"}), "有宏"),
        (packed(**{"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]>'}), "文档类型定义"),
        (packed(a=b"no workbook"), "打不开"),
    ],
)
def test_a_hostile_file_is_refused_before_it_is_parsed(data: bytes, said: str) -> None:
    assert said in refusal(data)


def test_a_part_that_lies_about_its_size_is_still_bounded() -> None:
    whole = packed(a=b"0" * (9 * 1024 * 1024))
    lying = whole.replace((9 * 1024 * 1024).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != whole
    assert "没有读取" in refusal(lying) or "已损坏" in refusal(lying)
