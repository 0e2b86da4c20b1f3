"""A person of any role before a real Chromium, over the running platform and its sandbox city."""

from __future__ import annotations

import re
from typing import Any

import requests

from tests.e2e.browser import PASSWORD
from tests.e2e.installed import Installed
from tests.e2e.people import example
from tests.portal.browser import Browser

#: Not an account: an applicant, whom the city's app brings. Nobody: who has not signed in.
HOLDER, NOBODY = "holder", ""
OPTION = re.compile(r'<option value="([^"]+)">([^<]+)</option>')


def enter(browser: Browser, installed: Installed, who: str) -> None:
    """Be that person, who was nobody before."""
    url = installed.house.settings.portal_url
    browser.call("Network.clearBrowserCookies")
    browser.script(True)
    if who == HOLDER:
        browser.open(f"{installed.house.settings.city_url}/app")
        browser.run(f"document.getElementById('who').value = {someone(installed)!r}")
        browser.run("document.querySelector('button').click()")
        browser.until("location.pathname === '/my' && document.readyState === 'complete'")
    elif who != NOBODY:
        browser.open(f"{url}/login")
        browser.fill(name=who, password=PASSWORD)
        browser.click("button.wide")


def someone(installed: Installed) -> str:
    """The case of a person whom the app knows."""
    page = requests.get(f"{installed.house.settings.city_url}/app", timeout=30).text
    person = page[page.index('label="个人"') : page.index('label="单位"')]
    return str(OPTION.findall(person)[0][0])


def cookies(browser: Browser) -> requests.Session:
    """The same visit, for a client without pictures."""
    session = requests.Session()
    session.trust_env = False
    for one in browser.call("Network.getAllCookies")["cookies"]:
        session.cookies.set(one["name"], one["value"], domain=one["domain"], path=one["path"])
    return session


def example_case(installed: Installed) -> str:
    """The worked example's case."""
    return str(example(installed)["case"])


def until_path(browser: Browser, start: str) -> Any:
    """Wait until the page's path begins so and it is loaded; the path."""
    done = f"location.pathname.startsWith({start!r}) && document.readyState === 'complete'"
    browser.until(done)
    return browser.run("location.pathname")
