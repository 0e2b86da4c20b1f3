"""What stands on the face of an annotated copy: words only, no drawing.

A citizen number is masked wherever it stands (360702********1234), also where it is the licence's
own number: the deciding office has the applicant's number in its case and needs it no second time.
Detail fields are those that the registry lists for the type; a field that it does not list is
not handed on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from certs.licences.document import details_of
from certs.licences.standing import DATA_ONLY
from kernel.clock import CITY_TIME
from kernel.numbers import split

DATA_TITLE = "数据核验结果"
CALLED, DATA_CALLED = "加注件", "核验结果"
STANDINGS = {
    "issuer-sealed": "发证机关原件数据，由平台封装",
    "delegated": "受发证机关书面委托制证",
    DATA_ONLY: "来源系统的数据核验结果，不是电子证照",
}
STATUSES = {"valid": "有效", "suspended": "暂扣", "revoked": "吊销", "expired": "过期"}
#: Standard fields in the order they are shown: key of the document, label.
STANDARD = (
    ("CZZT", "持证主体"),
    ("CZZTDM", "证件号码"),
    ("KZ_GYR", "共有人"),
    ("KZ_GYRDM", "共有人证件号码"),
    ("ZZBH", "证照编号"),
    ("ZZBS", "证照标识"),
    ("ZZBFJG", "颁发机构"),
    ("ZZBFRQ", "颁发日期"),
)
DATA_LABELS = {
    "ZZBS": "来源标识",
    "CZZT": "相关主体",
    "ZZBH": "登记编号",
    "ZZBFJG": "登记机关",
    "ZZBFRQ": "登记日期",
}


@dataclass(frozen=True)
class Use:
    """What the copy is made for."""

    purpose: str
    item: str
    item_code: str
    material: str
    case_number: str
    reader: str  # the post, and the account's display name
    made_at: datetime
    expires_at: datetime
    copy_id: str
    verify_url: str
    catalogue_version: int


@dataclass(frozen=True)
class Origin:
    """Where the data comes from."""

    provider: str  # the department whose system it is
    system: str
    batch: str
    source_time: datetime | None
    as_of: datetime
    standing: str
    seal_root: str | None


@dataclass(frozen=True)
class Face:
    """An annotated copy in words. `rows`: label and value."""

    title: str
    subtitle: str
    rows: tuple[tuple[str, str], ...]
    notice: str
    uses: tuple[tuple[str, str], ...]
    origins: tuple[tuple[str, str], ...]
    watermark: str
    copy_id: str
    verify_url: str
    called: str  # 加注件, or 核验结果: data is never called a licence


def make(document: Mapping[str, Any], fields: Mapping[str, str], use: Use, origin: Origin) -> Face:
    """The face of one copy. `fields`: the detail fields that the registry lists for the type."""
    data_only = origin.standing == DATA_ONLY
    kind = str(document["ZZMC"])
    until = chinese_day(use.expires_at.astimezone(CITY_TIME).date())
    called = DATA_CALLED if data_only else CALLED
    return Face(
        title=DATA_TITLE if data_only else kind,
        subtitle=f"核验内容：{kind}登记数据" if data_only else "电子证照加注件",
        rows=_rows(document, fields, data_only),
        notice=(f"此件由{origin.provider}提供，仅供办理政务服务事项时使用，有效期至{until}。"),
        uses=(
            ("使用事由", use.purpose),
            ("办理事项", f"{use.item}（{use.item_code}）"),
            ("对应材料", use.material),
            ("办件编号", use.case_number),
            ("使用人", use.reader),
            ("制作时间", city_time(use.made_at)),
            (f"{called}有效期至", city_time(use.expires_at)),
        ),
        origins=(
            ("性质", STANDINGS[origin.standing]),
            ("来源系统", origin.system),
            ("来源批次", origin.batch),
            ("来源更新时间", city_time(origin.source_time) if origin.source_time else "来源未提供"),
            ("数据完整截至", city_time(origin.as_of)),
            ("目录版本", f"第 {use.catalogue_version} 版"),
            *((("封装根", origin.seal_root),) if origin.seal_root else ()),
        ),
        watermark=f"仅供办件 {use.case_number} 使用",
        copy_id=use.copy_id,
        verify_url=use.verify_url,
        called=called,
    )


def mask(number: str) -> str:
    """The first six and the last four characters of a number, the rest as stars."""
    return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}" if len(number) > 10 else number


def chinese_day(day: date) -> str:
    """2026年11月3日."""
    return f"{day.year}年{day.month}月{day.day}日"


def city_time(at: datetime) -> str:
    """A time in the city's zone, to the minute."""
    return at.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M")


def told(document: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Label and value of all that a document says, nothing masked: for who looks by an order."""
    data_only = document["standing"] == DATA_ONLY
    return _rows(document, details_of(document), data_only, masked=False)


def _rows(
    document: Mapping[str, Any],
    fields: Mapping[str, str],
    data_only: bool,
    *,
    masked: bool = True,
) -> tuple[tuple[str, str], ...]:
    secret = _secret_numbers(document) if masked else []
    labels = dict(STANDARD) | (DATA_LABELS if data_only else {})
    rows = [
        (labels[key], _masked(_said(key, str(document[key])), secret))
        for key, _ in STANDARD
        if document.get(key)
    ]
    rows.append(("有效期限", _validity(document)))
    rows.append(("状态", STATUSES[str(document["status"])]))
    details = details_of(document)
    rows += [(name, _masked(details[name], secret)) for name in fields if details.get(name)]
    return tuple(rows)


def _said(key: str, value: str) -> str:
    return chinese_day(date.fromisoformat(value)) if key == "ZZBFRQ" else value


def _secret_numbers(document: Mapping[str, Any]) -> list[str]:
    """Citizen numbers of the document; a firm's credit code is public and stays readable."""
    numbers = []
    if document.get("CZZTDMLX") == "111":
        numbers.append(document.get("CZZTDM"))
    numbers += split(document.get("KZ_GYRDM"))
    return [str(number) for number in numbers if number]


def _masked(value: str, secret: list[str]) -> str:
    for number in secret:
        value = value.replace(number, mask(number))
    return value


def _validity(document: Mapping[str, Any]) -> str:
    start, end = document.get("ZZYXQQSRQ"), document.get("ZZYXQJZRQ")
    if not start and not end:
        return "长期或来源未标注"
    first = chinese_day(date.fromisoformat(start)) if start else "—"
    last = chinese_day(date.fromisoformat(end)) if end else "长期"
    return f"{first} 至 {last}"
