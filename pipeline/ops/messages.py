"""What is said of an alarm, in Chinese: a title and a few lines. No personal data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kernel.clock import CITY_TIME
from kernel.house import House
from pipeline.ops.rows import AlarmRow

WORDS: Final = {
    "failing": "同步失败",
    "late": "数据过时",
    "hold": "暂停制证",
    "drift": "结构变化",
    "webhook": "事件接收方异常",
    "ledger": "账本签名中断",
    "looks": "查看监督",
}
#: WeCom takes 2,048 bytes a message.
LONGEST, LISTED, TITLE = 400, 8, 60
#: Such an alarm is about one system, and its page is named.
OF_SYSTEM: Final = frozenset({"failing", "late", "hold", "drift"})


@dataclass(frozen=True)
class Message:
    """One message. `id` is the same each time that it is sent. `kind`: the alarm's."""

    id: str
    what: str  # began | ended | many | test
    kind: str
    subject: str
    title: str
    lines: tuple[str, ...]
    at: datetime

    @property
    def text(self) -> str:
        """Title and lines."""
        return "\n".join((self.title, *self.lines))


def message(house: House, one: AlarmRow, what: str, number: int) -> Message:
    """The message that an alarm began or ended. `number`: the notice's, which makes its id."""
    about = one.name or one.subject
    word = WORDS[one.kind]
    if what == "began":
        title = f"【中台告警】{word}：{about}"
        lines = [short(one.detail), f"开始：{shown(one.began_at)}", f"发现：{shown(one.raised_at)}"]
    else:
        how = "已暂停，不再告警" if one.ended_how == "paused" else "已恢复"
        title = f"【中台恢复】{word}{how}：{about}"
        lines = [f"开始：{shown(one.began_at)}", f"结束：{shown(one.ended_at)}"]
    if one.kind in OF_SYSTEM:
        lines.append(f"系统代号：{one.subject}")
        lines.append(f"{house.settings.portal_url}/ops/systems/{one.subject}")
    else:
        lines.append(f"{house.settings.portal_url}/ops/alarms")
    at = (one.ended_at if what == "ended" else None) or one.raised_at
    return Message(f"alarm-{number}", what, one.kind, one.subject, title, tuple(lines), at)


def together(house: House, said: Sequence[Message]) -> Message:
    """Many messages as one: how many of each, then a line for each."""
    began = sum(one.what == "began" for one in said)
    lines = [short(one.title, TITLE) for one in said[:LISTED]]
    lines += [f"另有 {len(said) - LISTED} 项"] if len(said) > LISTED else []
    lines.append(f"{house.settings.portal_url}/ops/alarms")
    title = f"【中台告警】新告警 {began} 项，结束 {len(said) - began} 项"
    return Message(
        f"{said[0].id}-{len(said)}", "many", "many", "", title, tuple(lines), said[-1].at
    )


def short(text: str, most: int = LONGEST) -> str:
    """At most as much as every chat takes; the page has all of it."""
    return text if len(text) <= most else text[:most] + "…"


def trial(house: House, channel: str) -> Message:
    """A message that only shows that a channel works."""
    now = house.clock()
    lines = (f"通道 {channel} 可以收到告警。", f"发送：{shown(now)}")
    stamp = f"test-{now.timestamp():.0f}"
    return Message(stamp, "test", "test", channel, "【中台测试】告警通道测试", lines, now)


def shown(at: datetime | None) -> str:
    """A moment in city time."""
    return f"{at.astimezone(CITY_TIME):%Y-%m-%d %H:%M}" if at is not None else "—"
