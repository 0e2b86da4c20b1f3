"""The administrators' path, walked in a real Chromium over the running platform (docs/tours.md)."""

from __future__ import annotations

import pytest

from tests.e2e.hand import Hand
from tests.e2e.installed import Installed
from tests.e2e.walking import enter, portal
from tests.portal.browser import Browser

pytestmark = pytest.mark.needs("chromium")
NEW = "walker"


def test_three_administrators_make_an_account_and_see_it_made(
    installed: Installed, browser: Browser
) -> None:
    enter(browser, installed, "sysadmin")
    hand = Hand(browser, "main")
    browser.fill(name=NEW, display="走查员", person="WALK-1")
    hand.near("新建账号", "section").go("新建，并显示初始密码")
    first = browser.words(".secret")
    enter(browser, installed, "secadmin")
    row = hand.near("走查员", "tr")
    row.click("授予角色")
    row.choose("角色", "运维人员")
    row.at(f"{row.within} form").go("授予角色")
    assert "已授予角色并启用账号。" in hand.read()
    browser.call("Network.clearBrowserCookies")
    browser.open(f"{portal(installed)}/login")
    browser.fill(name=NEW, password=first)
    browser.click("button.wide")
    assert browser.run("location.pathname") == "/account/password"
    enter(browser, installed, "auditor")
    assert browser.words("h1") == "登录审计"
    assert NEW in hand.read()
    enter(browser, installed, "sysadmin")
    browser.submit(
        f"document.querySelector(\"form[action='/admin/accounts/{NEW}/disable']\").requestSubmit()"
    )
