"""Every text of the pages, by key: Chinese, and English where the reader has switched.

The language is the request's (`portal.language`); outside a request it is Chinese.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, Literal

from portal.words.api import API
from portal.words.asking import ASKING
from portal.words.assigning import ASSIGNING
from portal.words.bureau import BUREAU
from portal.words.callers import CALLERS
from portal.words.catalog import CATALOG
from portal.words.clerk import CLERK
from portal.words.connecting import CONNECTING
from portal.words.contract import CONTRACT
from portal.words.counties import COUNTIES
from portal.words.english import ENGLISH
from portal.words.events import EVENTS
from portal.words.forms import FORMS
from portal.words.judging import JUDGING
from portal.words.my import MY
from portal.words.ops import OPS
from portal.words.ops_papers import OPS_PAPERS
from portal.words.outside import OUTSIDE
from portal.words.pages import PAGES
from portal.words.papers import PAPERS
from portal.words.people import PEOPLE
from portal.words.problems import PROBLEMS
from portal.words.registering import REGISTERING
from portal.words.rights import RIGHTS
from portal.words.sharing import SHARING
from portal.words.staff import STAFF
from portal.words.standard import STANDARD
from portal.words.systems import SYSTEMS
from portal.words.trust import TRUST
from portal.words.verify import VERIFY
from portal.words.wallet import WALLET

CHINESE: dict[str, str] = {
    **API,
    **ASKING,
    **BUREAU,
    **CALLERS,
    **CATALOG,
    **CLERK,
    **EVENTS,
    **CONNECTING,
    **CONTRACT,
    **COUNTIES,
    **FORMS,
    **SHARING,
    **STANDARD,
    **JUDGING,
    **MY,
    **OPS,
    **OPS_PAPERS,
    **PAGES,
    **PAPERS,
    **ASSIGNING,
    **OUTSIDE,
    **PEOPLE,
    **PROBLEMS,
    **REGISTERING,
    **RIGHTS,
    **SYSTEMS,
    **TRUST,
    **VERIFY,
    **WALLET,
    **STAFF,
    # what is on every page
    "brand": "中台",
    "brand.long": "政务数据中台",
    "brand.line": "部门已有的证照，不再让申请人交",
    "skip": "跳到正文",
    "language.other": "English",
    "navigation": "主导航",
    "sign_out": "退出",
    "none": "—",
    "footer": "每一次查看和调取都会记入留痕账本。",
    "nav.cases": "我的办件",
    "nav.ops": "系统运行",
    "nav.dept": "本部门系统",
    "nav.bureau": "指挥舱",
    "nav.verify": "核验文件",
    "nav.api": "接口说明",
    "role.clerk": "窗口人员",
    "role.officer": "部门数据专员",
    "role.ops": "运维人员",
    "role.bureau": "审批局",
    "time.now": "刚刚",
    "time.ago": "{n} 分钟前",
    "time.today": "今天 {clock}",
    "time.yesterday": "昨天 {clock}",
    "time.this_year": "{month}月{day}日 {clock}",
    "time.seconds": "{n} 秒",
    "time.minutes": "{m} 分 {s} 秒",
    # signing in
    "login.title": "工作人员登录",
    "login.name": "账号",
    "login.password": "密码",
    "login.button": "登录",
    "login.wrong": "账号或密码不对，请核对后再试。",
    "login.wait": "试错次数太多，请等 {n} 分钟再试；急用请联系管理员。",
    "login.again": "没有登录成功",
    "login.demo": "演示账号",
    "login.sandbox": "或从沙盒城市进入：",
    "login.sandbox.window": "一窗受理平台（模拟）",
    "login.sandbox.app": "市民 App（模拟）",
    "login.demo.about": "这是演示环境，人、企业和证照都是虚构的。点一下就能以该身份进入。",
    "login.public": "不用登录也可以",
    "login.verify": "核验一份证照加注件",
    "login.api": "查看接口说明",
}

NAVIGATION: dict[str, tuple[tuple[str, str], ...]] = {
    "clerk": (("/clerk", "nav.cases"), ("/verify", "nav.verify")),
    "officer": (("/dept", "nav.dept"), ("/catalog", "nav.catalog"), ("/verify", "nav.verify")),
    "ops": (
        ("/ops", "nav.ops"),
        ("/connect", "nav.connect"),
        ("/catalog", "nav.catalog"),
        ("/api", "nav.api"),
        ("/verify", "nav.verify"),
    ),
    "bureau": (
        ("/bureau", "nav.bureau"),
        ("/connect", "nav.connect"),
        ("/rights", "nav.rights"),
        ("/catalog", "nav.catalog"),
        ("/verify", "nav.verify"),
    ),
    "sysadmin": (("/admin/accounts", "nav.accounts"), ("/account/password", "nav.password")),
    "secadmin": (
        ("/admin/accounts", "nav.accounts"),
        ("/rights", "nav.rights"),
        ("/admin/signins", "nav.signins"),
        ("/account/password", "nav.password"),
    ),
    "auditor": (("/admin/signins", "nav.signins"), ("/account/password", "nav.password")),
}


Language = Literal["zh", "en"]
LANGUAGE: Final[ContextVar[Language]] = ContextVar("language", default="zh")


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Texts in that language meanwhile."""
    before = LANGUAGE.set(language)
    try:
        yield
    finally:
        LANGUAGE.reset(before)


def in_english() -> bool:
    """Whether the reader has switched to English."""
    return LANGUAGE.get() == "en"


def _text(key: str) -> str | None:
    found = ENGLISH.get(key) if in_english() else None
    return CHINESE.get(key) if found is None else found


def say(key: str, **facts: object) -> str:
    """The text of a key, its facts filled in. An unknown key raises KeyError."""
    text = _text(key)
    if text is None:
        raise KeyError(key)
    return text.format(**facts) if facts else text


def known(key: str) -> bool:
    """Whether there is a text for this key."""
    return key in CHINESE


def say_of(prefix: str, word: str) -> str:
    """The text of `prefix.word`, or the word itself: new kinds show as the system names them."""
    found = _text(f"{prefix}.{word}")
    return word if found is None else found
