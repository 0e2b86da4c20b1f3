"""Public pages over a way that delays, reorders, doubles, loses and caps; nothing is done twice."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from kernel.errors import BadInput, Stop
from portal import language, pages_my, render
from portal.zones.drop import Drop, Full, TooLarge
from portal.zones.inner import LARGE, UNKNOWN, Inner, _cookies
from portal.zones.message import (
    COOKIES,
    Answer,
    Ask,
    is_open,
    key_of,
    new_id,
    open_answer,
    open_ask,
    seal_ask,
)
from tests.docker.links import Links, unused
from tests.e2e.installed import ROOT
from tests.portal.fake import FakePlatform
from tests.portal.serving import serving
from tests.portal.visits import TOKEN
from tests.portal.zone_relay import Relay

KEY = bytes(range(32))
REPORTS = 12
FOLDERS = ("outer-asks", "inner-asks", "inner-answers", "outer-answers")


class Zones:
    """Both sides and the way between them. `url`: the outer side's, in a namespace of its own."""

    def __init__(self, place: Path, links: Links, portal: str) -> None:
        self.place, self.links = place, links
        for name in (*FOLDERS, "outer/secrets", "inner/secrets"):
            (place / name).mkdir(parents=True)
        for side in ("outer", "inner"):
            (place / side / "secrets" / "ZONE_KEY").write_text(KEY.hex(), "utf-8")
        address = links.add("outer")
        self.url = f"http://{address}:8680"
        self.relay = Relay(
            [(place / FOLDERS[0], place / FOLDERS[1]), (place / FOLDERS[2], place / FOLDERS[3])]
        )
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.relay.run, args=(self.ended,))
        outer = ["--host", address, "--wait", "40", "--again", "1"]
        self.processes = [
            self._start("outer", FOLDERS[0], FOLDERS[3], *outer, inside=links.inside("outer")),
            self._start("inner", FOLDERS[1], FOLDERS[2], "--portal", portal),
        ]

    def _start(
        self, side: str, asks: str, answers: str, *more: str, inside: tuple[str, ...] = ()
    ) -> subprocess.Popen[bytes]:
        words = [
            *inside,
            sys.executable,
            "-m",
            "portal.zones",
            side,
            "--home",
            str(self.place / side),
        ]
        words += ["--asks", str(self.place / asks), "--answers", str(self.place / answers), *more]
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}  # nothing of ours besides
        log = (self.place / f"{side}.log").open("wb")
        with log:
            return subprocess.Popen(words, cwd=ROOT, env=env, stdout=log, stderr=log)

    def ready(self) -> None:
        self.thread.start()
        end = time.monotonic() + 90
        while True:
            try:
                assert requests.get(f"{self.url}/health", timeout=20).text == "ok"
                return
            except (requests.ConnectionError, requests.Timeout):
                assert time.monotonic() < end, (self.place / "outer.log").read_text("utf-8")
                time.sleep(0.1)

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
            process.wait(60)
        self.ended.set()
        if self.thread.ident:
            self.thread.join()


@pytest.fixture(scope="module")
def platform() -> FakePlatform:
    return FakePlatform()


@pytest.fixture(scope="module")
def zones(tmp_path_factory: pytest.TempPathFactory, platform: FakePlatform) -> Iterator[Zones]:
    links = Links(unused())
    try:
        with serving(platform) as portal:
            made = Zones(tmp_path_factory.mktemp("zones"), links, portal)
            try:
                made.ready()
                yield made
            finally:
                made.stop()
    finally:
        links.close()


netns = pytest.mark.needs("netns")


@netns
def test_public_pages_cross_and_others_do_not(zones: Zones) -> None:
    browser = requests.Session()
    assert 'name="file"' in browser.get(f"{zones.url}/verify", timeout=60).text
    assert "请从市民 App 进入" in browser.get(f"{zones.url}/my", timeout=60).text
    assert "真实有效" in browser.get(f"{zones.url}/verify/c-01", timeout=60).text
    assert browser.get(f"{zones.url}/static/portal.css", timeout=60).status_code == 200
    for path in ("/clerk", "/login", "/api/v1/plans", "/metrics", "/my/../clerk", "/api"):
        assert browser.get(f"{zones.url}{path}", timeout=60).status_code == 404
    head = browser.get(f"{zones.url}/verify", timeout=60).headers
    assert head["x-frame-options"] == "DENY"


@netns
def test_the_outer_side_has_no_way_and_no_word_to_the_stores(zones: Zones) -> None:
    held = [file.name for file in (zones.place / "outer").rglob("*") if file.is_file()]
    assert held == ["ZONE_KEY"]
    said = Path(f"/proc/{zones.processes[0].pid}/environ").read_bytes()
    assert b"PASSWORD" not in said
    assert b"ZHONGTAI_HOME" not in said
    routes = ["ip", "-n", zones.links.space("outer"), "route"]
    lines = subprocess.run(routes, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(lines) == 1  # its own link, no default


@netns
def test_every_report_is_made_once_whatever_the_way_does(
    zones: Zones, platform: FakePlatform
) -> None:
    browser = requests.Session()
    browser.get(f"{zones.url}/my/in?ticket=proved", timeout=60)
    found = TOKEN.search(browser.get(f"{zones.url}/my/licences", timeout=60).text)
    assert found
    cookies = browser.cookies.get_dict()

    def report(number: int) -> int:
        fields = {"form_token": found[1], "field": "经营场所", "why": f"登记成了别处{number}"}
        return requests.post(
            f"{zones.url}/my/licences/l1", data=fields, cookies=cookies, timeout=60,
            allow_redirects=False,
        ).status_code  # fmt: skip

    with ThreadPoolExecutor(REPORTS) as pool:
        assert set(pool.map(report, range(REPORTS))) == {303}
    made = [one[3] for one in platform.visits.done]
    assert sorted(str(one) for one in made) == sorted(f"登记成了别处{n}" for n in range(REPORTS))
    assert min(zones.relay.done["lost"], zones.relay.done["delivered"]) > 0
    assert zones.relay.order != sorted(zones.relay.order)


@netns
def test_what_crosses_says_nothing_and_what_is_too_large_does_not_cross(zones: Zones) -> None:
    assert zones.relay.seen
    for word in ("ticket", "cookie", "verify", "经营场所", "zhongtai"):
        assert not [one for one in zones.relay.seen if word.encode() in one]
    answer = requests.post(f"{zones.url}/verify", data=b"x" * (3 << 20), timeout=60)
    assert (answer.status_code, LARGE in answer.content.decode()) == (413, True)
    assert max(map(len, zones.relay.seen)) < 1 << 20


@pytest.fixture
def inner(tmp_path: Path) -> Iterator[Inner]:
    """An inner side on a portal of its own, served by hand."""
    for name in ("asks", "answers", "kept"):
        (tmp_path / name).mkdir()
    with serving(FakePlatform()) as portal:
        asks, answers = (Drop(tmp_path / name, 1 << 20, 8, 300) for name in ("asks", "answers"))
        yield Inner(KEY, asks, answers, tmp_path / "kept", portal)


def asked(path: str = "/verify", method: str = "GET", **over: float) -> Ask:
    return Ask(new_id(), over.get("made", time.time()), method, path)


def answered(inner: Inner, ask: Ask, key: bytes = KEY) -> Answer | None:
    """What lies among the answers after that ask."""
    inner.serve(ask.id, seal_ask(key, ask))
    found = dict(inner.answers.take("answer"))
    return open_answer(KEY, ask.id, found[ask.id]) if found else None


def test_an_ask_is_served_and_the_same_again_gets_the_same(inner: Inner) -> None:
    ask = asked()
    first = answered(inner, ask)
    assert first is not None
    assert first.status == 200
    assert answered(inner, ask) == first


def test_what_is_old_changed_or_under_another_key_is_not_done(inner: Inner) -> None:
    assert answered(inner, asked(made=time.time() - 200)) is None
    assert answered(inner, asked(made=time.time() + 200)) is None
    assert answered(inner, asked(), bytes(32)) is None
    ask = asked()
    sealed = bytearray(seal_ask(KEY, ask))
    sealed[20] ^= 1
    inner.serve(ask.id, bytes(sealed))
    inner.serve(new_id(), seal_ask(KEY, ask))  # under another's id
    assert list(inner.answers.take("answer")) == []


def test_what_may_have_been_done_before_a_kill_is_not_done_again(inner: Inner) -> None:
    ask = asked("/my/licences/l1", "POST")
    (inner.kept.folder / f"{ask.id}.ask").touch()
    found = answered(inner, ask)
    assert found is not None
    assert (found.status, found.body.decode()) == (503, UNKNOWN)
    look = asked("/my/needs")
    (inner.kept.folder / f"{look.id}.ask").touch()
    again = answered(inner, look)
    assert again is not None
    assert again.status == 200


def test_the_inner_side_opens_no_other_page_whoever_asks(inner: Inner) -> None:
    found = answered(inner, asked("/clerk"))
    assert found is not None
    assert found.status == 404
    assert not is_open("POST", "/my")
    assert not is_open("GET", "/my/%2e%2e/clerk")
    assert not is_open("DELETE", "/verify")


def test_a_staff_session_does_not_cross() -> None:
    assert _cookies("zhongtai_session=a; zhongtai_visit=b; other=c") == "zhongtai_visit=b"
    own = {render.NONCE_COOKIE, pages_my.COOKIE, language.COOKIE}
    assert own == COOKIES
    assert render.SESSION_COOKIE not in COOKIES


def test_a_folder_that_is_not_emptied_is_full_and_takes_nothing_large(tmp_path: Path) -> None:
    drop = Drop(tmp_path, 10, 2, 300)
    for _ in range(2):
        drop.put(f"{new_id()}.ask", b"x")
    with pytest.raises(Full):
        drop.put(f"{new_id()}.ask", b"x")
    with pytest.raises(TooLarge):
        drop.put(f"{new_id()}.ask", b"x" * 11)


def test_a_folder_gives_nothing_that_is_old_too_large_or_none_of_ours(tmp_path: Path) -> None:
    drop, old = Drop(tmp_path, 10, 9, 300), tmp_path / f"{new_id()}.ask"
    old.write_bytes(b"x")
    os.utime(old, (1, 1))
    (tmp_path / f"{new_id()}.ask").write_bytes(b"x" * 11)
    (tmp_path / "note.txt").write_bytes(b"x")
    good = new_id()
    drop.put(f"{good}.ask", b"x")
    assert list(drop.take("ask")) == [(good, b"x")]
    assert [file.name for file in tmp_path.iterdir()] == ["note.txt"]


def test_a_wrong_key_or_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="64 hex digits"):
        key_of("secret")
    words = [sys.executable, "-m", "portal.zones", "inner", "--home", str(tmp_path)]
    words += ["--asks", str(tmp_path / "no"), "--answers", str(tmp_path)]
    said = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=False)
    assert said.returncode == 2
    assert re.fullmatch(r"portal\.zones: \S+/no is no folder: [^\n]+\n", said.stderr)


def test_an_answer_opens_as_no_ask() -> None:
    ask = asked()
    with pytest.raises(Stop):
        open_answer(KEY, ask.id, seal_ask(KEY, ask))
    assert open_ask(KEY, ask.id, seal_ask(KEY, ask)) == ask
