"""A system's way in, walked in a real Chromium by three persons over the running platform.

What is approved is written into the folder of contracts, which is the repository's own: so the
portal of this walk is one of the same installation, over a copy of that folder.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kernel.clock import system_clock
from pipeline.registering import Registering
from pipeline.steps import CONTRACTS
from registry.applied import apply
from tests.e2e.hand import Hand
from tests.e2e.installed import Installed
from tests.e2e.walking import sign_in
from tests.portal.browser import Browser
from tests.portal.serving import serving

pytestmark = pytest.mark.needs("chromium")
CODE, NAME, OFFICE = "sc_stall", "市食品摊贩登记系统", "市市场监督管理局"
FORM = {
    "name": NAME,
    "code": CODE,
    "department": OFFICE,
    "level": "市级",
    "about": "食品摊贩登记和登记证",
    "basis": "《赣州市政务数据共享目录》（沙盒示例）",
    "share": "有条件共享",
    "letter": "赣市数授〔2026〕28号（沙盒示例）",
    "until": "2028-12-31",
    "contact": "市市场监督管理局数据联络员",
    "complete_since": "2009-01-01",
    "changes": "每小时",
    "copies": "可以提供数据副本",
}
#: What the source's codes mean; which of them its rows have is the city's affair.
STATUS = {"1": "有效", "2": "暂停", "3": "吊销、注销", "4": "过期"}
SEEN = "[...document.querySelectorAll('#f-status code:not(.plain)')].map((one) => one.innerText)"


@dataclass(frozen=True)
class Place:
    """Where the walk goes: a portal's address and the folder that it writes into."""

    url: str
    folder: Path
    registering: Registering


@pytest.fixture
def place(installed: Installed, tmp_path: Path) -> Iterator[Place]:
    """Of the same installation; in the end the system is taken out again."""
    folder = tmp_path / "contracts"
    shutil.copytree(CONTRACTS, folder)
    platform = installed.platform
    platform.registering = Registering(installed.house, folder)
    try:
        with serving(platform, system_clock) as url:
            yield Place(url, folder, platform.registering)
    finally:
        apply(installed.house, CONTRACTS, "launcher")


def test_a_registered_system_comes_into_force_by_another_persons_yes(
    installed: Installed, browser: Browser, place: Place
) -> None:
    place.registering.take_typed(FORM, ["食品经营许可证"], "officer", OFFICE)
    hand = Hand(browser, "main")
    authorised(browser, place, hand)
    mapped(installed, browser, place, hand)
    tried(hand)
    approved(browser, place, hand)
    said = json.loads((installed.home / "registry.json").read_text("utf-8"))
    assert CODE in json.dumps(said)
    assert (place.folder / f"{CODE}.yml").is_file()
    events = [one["event"] for one in installed.entries() if one.get("system") == CODE]
    assert [one for one in events if one.startswith("system.")][-2:] == [
        "system.submitted",
        "system.approved",
    ]


def authorised(browser: Browser, place: Place, hand: Hand) -> None:
    """The bureau writes down that the department's letter has come."""
    sign_in(browser, place.url, "bureau")
    hand.at("body").go("系统接入")
    hand.go(NAME)
    assert "赣市数授〔2026〕28号（沙盒示例）" in hand.read()
    hand.choose("移到", "已授权")
    hand.type("原因（会留存，不写个人号码）", "收到授权文件")
    hand.go("移动")
    assert "已移动，记入接入经过。" in hand.read()


def mapped(installed: Installed, browser: Browser, place: Place, hand: Hand) -> None:
    """The engineer: address, token, list; then what only a person knows."""
    secrets = installed.house.secrets
    sign_in(browser, place.url, "ops")
    hand.at("body").go("系统接入")
    hand.go(NAME)
    hand.go("开始")
    hand.choose("登录方式", "令牌（Bearer）")
    hand.go("保存并测试连接")
    assert "登录方式已保存，还没有测试。" in hand.read()
    hand.type("地址 SC_STALL_URL", secrets.get("SC_FOOD_URL"))
    hand.type("令牌 SC_STALL_TOKEN", secrets.get("SC_FOOD_TOKEN"))
    hand.type("接口路径（一行一个）", "/licences")
    hand.go("保存并测试连接")
    assert "连接成功，看到 1 个。" in hand.read()
    hand.go("读取并建议")
    assert "还有 1 处要补" in hand.read()
    hand.go("/licences")
    hand.type("共享目录编码", "3607SC02801")
    hand.go("保存这个目录")
    assert "还没有选含义" in hand.read()
    means = hand.at("#f-status")
    for value in browser.run(SEEN):
        means.choose(f"含义 {value}", STATUS[value])
    hand.go("保存这个目录")
    assert "要补" not in hand.read()
    hand.go("4 检查并交出")


def tried(hand: Hand) -> None:
    """A dry run, then on to another person."""
    assert "试跑通过后才能交出。" in hand.read()
    hand.go("现在试跑")
    assert "试跑结果" in hand.read()
    hand.go("交出")
    assert "已交出，等待另一人批准。" in hand.read()


def approved(browser: Browser, place: Place, hand: Hand) -> None:
    """Not by who made it."""
    hand.go("第 1 版")
    assert "须由另一人批准" in hand.read()
    sign_in(browser, place.url, "bureau")
    hand.at("body").go("系统接入")
    hand.near(CODE, "tr").go("查看并决定")
    assert "交出前试跑：读" in hand.read()
    hand.go("批准，立即生效")
    assert "已批准，约定现在生效。" in hand.read()
