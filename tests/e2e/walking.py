"""A person of any role before a real Chromium, over the running platform and its sandbox city."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import requests

from kernel.clock import CITY_TIME
from tests.e2e.browser import PASSWORD
from tests.e2e.installed import Installed
from tests.e2e.people import example
from tests.portal.browser import Browser

#: Not an account: an applicant, whom the city's app brings. Nobody: who has not signed in.
HOLDER, NOBODY = "holder", ""
OPTION = re.compile(r'<option value="([^"]+)">([^<]+)</option>')


def portal(installed: Installed) -> str:
    """The portal's address."""
    return installed.house.settings.portal_url


def city_day(installed: Installed) -> date:
    """Today, in the city."""
    return installed.house.clock().astimezone(CITY_TIME).date()


def enter(browser: Browser, installed: Installed, who: str) -> None:
    """Be that person, who was nobody before."""
    browser.call("Network.clearBrowserCookies")
    browser.script(True)
    if who == HOLDER:
        browser.open(f"{installed.house.settings.city_url}/app")
        browser.run(f"document.getElementById('who').value = {someone(installed)!r}")
        browser.run("document.querySelector('button').click()")
        browser.until("location.pathname === '/my' && document.readyState === 'complete'")
    elif who != NOBODY:
        sign_in(browser, portal(installed), who)


def sign_in(browser: Browser, url: str, who: str) -> None:
    """Be that account at the portal of that address, who was nobody before."""
    browser.call("Network.clearBrowserCookies")
    browser.open(f"{url}/login")
    browser.fill(name=who, password=PASSWORD)
    browser.click("button.wide")


def app_users(installed: Installed) -> set[str]:
    """The names of those whom the app knows."""
    page = requests.get(f"{installed.house.settings.city_url}/app", timeout=30).text
    return {name for _, name in OPTION.findall(page)}


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
    here = f"location.pathname.startsWith({start!r}) && document.readyState === 'complete'"
    return browser.until(f"{here} && location.pathname")
