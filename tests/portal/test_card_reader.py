"""The card reader's bridge, a real server, asked by the clerk's page in a real Chromium."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

from cli.card_reader import HEADER, Desk, make_server
from kernel.errors import BadInput
from kernel.settings import load_settings
from pipeline.card_reader import CardReader
from tests.portal.browser import Browser
from tests.portal.fake import NAME, PERSON, FakePlatform
from tests.portal.screens import sign_in
from tests.portal.serving import serving
from tests.portal.visits import signed_in

TOKEN = "t" * 32
STATUS = "document.querySelector('[data-reader] span').textContent"
NUMBER = "document.getElementById('applicant_number').value"


class Window(NamedTuple):
    """A clerk's window: the portal, the platform behind it, and the device's folder."""

    url: str
    platform: FakePlatform
    device: Path

    def put(self) -> None:
        """A card lies on the device."""
        card = {"number": PERSON, "name": NAME}
        (self.device / "card.json").write_text(json.dumps(card), "utf-8")


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    platform, device = FakePlatform(), tmp_path / "device"
    device.mkdir()
    with serving(platform) as url, make_server(Desk(url, TOKEN, device), 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        platform.reader = CardReader(f"http://127.0.0.1:{server.server_address[1]}", TOKEN)
        yield Window(url, platform, device)
        server.shutdown()


def read(window: Window, **headers: str) -> requests.Response:
    assert window.platform.reader is not None
    good = {"Origin": window.url, HEADER: TOKEN}
    address = window.platform.reader.address + "/read"
    return requests.post(address, headers=good | headers, timeout=30)


@pytest.mark.needs("chromium")
def test_a_card_fills_number_and_name_and_the_form_goes_on(window: Window) -> None:
    window.put()
    with Browser() as browser:
        sign_in(browser, window.url, "clerk")
        browser.run("document.querySelector('[data-reader] button').click()")
        browser.until(f"{STATUS} === '已读入号码和姓名。'")
        assert browser.run(NUMBER) == PERSON
        assert browser.run("document.getElementById('applicant_name').value") == NAME
        assert "个人" in browser.run("document.querySelector('[data-checked]').textContent")
        assert browser.run("document.activeElement.className") == "main"
        assert browser.complaints() == []
        assert not [address for address in browser.asked() if PERSON in address]


@pytest.mark.needs("chromium")
def test_the_page_says_what_is_wrong_and_typing_goes_on(window: Window) -> None:
    with Browser() as browser:
        sign_in(browser, window.url, "clerk")

        def says(word: str) -> None:
            browser.run("document.querySelector('[data-reader] button').click()")
            browser.until(f"{STATUS}.includes('{word}')")
            assert browser.run(NUMBER) == ""

        says("读卡器上没有身份证")
        window.device.rmdir()
        says("没有找到读卡器")
        browser.run("document.querySelector('[data-reader]').dataset.token = 'another'")
        says("读卡程序拒绝了本页面")
        browser.run("document.getElementById('applicant_number').focus()")
        browser.type("11010")
        assert browser.run(NUMBER) == "11010"


@pytest.mark.needs("chromium")
def test_a_bridge_that_does_not_run_is_said(window: Window) -> None:
    assert window.platform.reader is not None
    window.platform.reader = CardReader("http://127.0.0.1:9", TOKEN)
    with Browser() as browser:
        sign_in(browser, window.url, "clerk")
        browser.run("document.querySelector('[data-reader] button').click()")
        browser.until(f"{STATUS}.includes('读卡程序没有运行')")


def test_only_the_portals_page_with_the_token_is_answered(window: Window) -> None:
    window.put()
    assert read(window).json() == {"number": PERSON, "name": NAME}
    for wrong in (
        {"Origin": "http://evil.example"}, {HEADER: "guess"}, {"Host": "evil.example"},
        {"Origin": ""}, {HEADER: ""},
    ):  # fmt: skip
        answer = read(window, **wrong)
        assert (answer.status_code, answer.json()) == (403, {"error": "refused"})
        assert answer.headers["Access-Control-Allow-Origin"] == window.url
        assert PERSON not in answer.text


def test_a_browser_may_ask_before_it_asks(window: Window) -> None:
    assert window.platform.reader is not None
    address = window.platform.reader.address + "/read"
    asked = {"Origin": window.url, "Access-Control-Request-Private-Network": "true"}
    answer = requests.options(address, headers=asked, timeout=30)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Private-Network"] == "true"
    other = requests.options(address, headers={"Origin": "http://evil.example"}, timeout=30)
    assert other.status_code == 403


def test_the_policy_names_the_bridge_on_the_clerks_page_only() -> None:
    platform = FakePlatform()
    visitor = signed_in("clerk", platform)
    name = "content-security-policy"
    assert "connect-src 'self';" in visitor.get("/clerk").headers[name]
    assert "data-reader" not in visitor.get("/clerk").text
    platform.reader = CardReader("http://127.0.0.1:8765", TOKEN)
    assert "connect-src 'self' http://127.0.0.1:8765;" in visitor.get("/clerk").headers[name]
    assert "connect-src 'self';" in visitor.get("/clerk/cases/3607002611201000").headers[name]


def test_a_reader_elsewhere_than_on_loopback_is_no_setting(tmp_path: Path) -> None:
    for wrong in ("http://10.0.0.1:8765", "https://127.0.0.1:8765", "http://127.0.0.1:8765/x", 7):
        (tmp_path / "settings.json").write_text(json.dumps({"reader_url": wrong}))
        with pytest.raises(BadInput, match="reader_url is on loopback"):
            load_settings(tmp_path)
