"""What a column's values say of it: check digits, days, times, divisions, uniqueness.

Looked at over the few rows of a discovery. Nothing here keeps or repeats a value, except the
values of a short closed list, which a person must give meanings to.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from kernel.errors import SkipRow
from kernel.numbers import normalise_citizen, normalise_credit_code, split
from registry import divisions, licence_types

#: So many of the values must have a shape, and a list with more values is no closed one.
MOST_OF = 0.8
MOST_VALUES = 12

_DAYS: Mapping[str, re.Pattern[str]] = {
    "iso": re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII),
    "compact": re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})", re.ASCII),
    "slash": re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})", re.ASCII),
    "chinese": re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日", re.ASCII),
}
_TIMES: Mapping[str, re.Pattern[str]] = {
    "text": re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?", re.ASCII),
    "iso": re.compile(
        r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})?", re.ASCII
    ),
    "epoch_ms": re.compile(r"1[0-9]\d{11}", re.ASCII),
}
#: Surnames that 9 of 10 people bear, enough to know a column of names by.
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任"
    "沈姚卢姜崔钟谭陆汪范金石廖贾夏韦傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂"
    "成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫"
    "费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_PERSON = re.compile(r"[\u4e00-\u9fff]{2,4}(·[\u4e00-\u9fff]{1,8})?")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_DEPARTMENT = re.compile(
    r".*(局|委|委员会|厅|办公室|中心|法院|检察院|政府|管理处|大队|支队|窗口|所)"
)
_COMPANY = re.compile(
    r".*(公司|厂|店|社|中心|学校|医院|商行|经营部|个体户|事务所|协会|合作社|幼儿园|馆|院|部|行|场|站)"
)


@dataclass(frozen=True)
class Content:
    """A column's values in short.

    `filled`: cells with a value. `distinct`: different ones. `shapes`: what at least MOST_OF of
    them are. `day`, `time`: their form, or "". `values`: each value of a short closed list, how
    often; empty when it is none. `unique`: no value twice, none missing.
    """

    filled: int
    distinct: int
    unique: bool
    shapes: frozenset[str]
    day: str = ""
    time: str = ""
    values: Mapping[str, int] = field(default_factory=dict)


def content_of(cells: Sequence[str | None]) -> Content:
    """What the cells of one column say; an empty text is no value."""
    said = [text for cell in cells if cell is not None and (text := cell.strip())]
    counts = Counter(said)
    shapes = {name for name, is_one in SHAPES.items() if _most(said, is_one)}
    return Content(
        filled=len(said),
        distinct=len(counts),
        unique=len(counts) == len(cells) > 1,
        shapes=frozenset(shapes),
        day=_form(said, _DAYS, _is_day),
        time=_form(said, _TIMES, _is_time),
        values=dict(counts.most_common()) if _is_closed(counts, len(said)) else {},
    )


def contents_of(rows: Sequence[Mapping[str, str | None]]) -> dict[str, Content]:
    """Every column of some rows."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: content_of([row.get(name) for row in rows]) for name in names}


def _most(said: Sequence[str], is_one: Callable[[str], bool]) -> bool:
    return bool(said) and sum(map(is_one, said)) >= MOST_OF * len(said)


def _form(
    said: Sequence[str],
    forms: Mapping[str, re.Pattern[str]],
    holds: Callable[[re.Match[str]], bool],
) -> str:
    """The one form that most values have, else ""."""
    for name, shape in forms.items():
        matches = [shape.fullmatch(text) for text in said]
        if sum(1 for one in matches if one and holds(one)) >= MOST_OF * len(said) > 0:
            return name
    return ""


def _is_day(match: re.Match[str]) -> bool:
    try:
        return date(int(match[1]), int(match[2]), int(match[3])).year > 1900
    except ValueError:
        return False


def _is_time(match: re.Match[str]) -> bool:
    if match[0].isdigit():
        return True
    try:
        return datetime.fromisoformat(match[0]).year > 1900
    except ValueError:
        return False


def _is_closed(counts: Counter[str], filled: int) -> bool:
    """Few values, each short and seen again: a list of codes or words, not of people."""
    if not counts or len(counts) > MOST_VALUES or max(map(len, counts)) > 40:
        return False
    if any(is_person_number(one) for one in counts):
        return False
    codes = all(len(one) <= 2 and one.isascii() for one in counts)
    return len(counts) <= max(filled / 2, 1) or codes


def _passes(normalise: Callable[[str], str], text: str) -> bool:
    parts = split(text)
    try:
        for one in parts:
            normalise(one)
    except SkipRow:
        return False
    return bool(parts)


def is_person_number(text: str) -> bool:
    """A citizen number, or several, by date and check character."""
    return _passes(normalise_citizen, text)


def is_credit_code(text: str) -> bool:
    """A unified social credit code, or several, by the check character."""
    return _passes(normalise_credit_code, text)


def is_person_name(text: str) -> bool:
    """Two to four Chinese characters after a common surname, with a dot for some peoples."""
    return text[:1] in _SURNAMES and bool(_PERSON.fullmatch(text))


def is_licence_type(text: str) -> bool:
    """The name of a licence type, or what it is also called."""
    return type_named(text) is not None


def type_named(text: str) -> str | None:
    """The licence type of that name, None when the registry knows none."""
    known = licence_types.load()
    if text in known:
        return text
    return next((one.name for one in known.values() if text in one.also_called), None)


SHAPES: Mapping[str, Callable[[str], bool]] = {
    "number": lambda text: is_person_number(text) or is_credit_code(text),
    "person": is_person_number,
    "organisation": is_credit_code,
    "holder_name": lambda text: is_person_name(text) or bool(_COMPANY.fullmatch(text)),
    "eighteen": lambda text: text.isascii() and text.isalnum() and len(text) in (15, 18),
    "authority": lambda text: bool(_DEPARTMENT.fullmatch(text)),
    "licence_type": is_licence_type,
    "division": lambda text: divisions.resolve(text) is not None,
    "digits": lambda text: text.isascii() and text.isdigit(),
    "chinese": lambda text: bool(_CHINESE.search(text)),
}
