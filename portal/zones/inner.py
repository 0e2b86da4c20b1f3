"""The inner side: takes asks out of a drop folder, asks the portal on loopback, lays the answers.

It holds the zones' key and no password of database or store. An ask of an id is done once: what was
answered is answered again out of what was kept; what may have been done by a killed run is not
done again, and says so.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from http.cookies import CookieError, SimpleCookie
from pathlib import Path

import requests

from kernel.errors import Stop
from portal.prefixes import bare
from portal.zones.drop import Drop, Full
from portal.zones.message import ASKED, COOKIES, Answer, Ask, is_open, open_ask, seal_answer

OLDEST = 120.0  # seconds between made and taken, either way: clocks differ
SECONDS = 20.0  # of an answer of the portal
LOOK = 0.05
AT_ONCE = 8
HOP = frozenset({"connection", "transfer-encoding", "content-length", "date", "server"})
log = logging.getLogger("portal.zones")


class Inner:
    """`kept`: a folder for what was begun and answered; `portal`: its address on loopback."""

    def __init__(self, key: bytes, asks: Drop, answers: Drop, kept: Path, portal: str) -> None:
        self.key, self.asks, self.answers, self.portal = key, asks, answers, portal
        self.kept = Drop(kept, answers.largest, 1 << 20, 2 * OLDEST + asks.age)
        self._busy: set[str] = set()
        self._lock = threading.Lock()

    def run(self, ended: threading.Event) -> None:
        """Serve until `ended`."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            while not ended.wait(LOOK):
                for mark, sealed in self.asks.take("ask"):
                    pool.submit(self.serve, mark, sealed)
                self._sweep()

    def serve(self, mark: str, sealed: bytes) -> None:
        """One ask as it came. Never raises: what is wrong is logged by its id."""
        with self._lock:
            if mark in self._busy:
                return
            self._busy.add(mark)
        try:
            ask = open_ask(self.key, mark, sealed)
            if abs(time.time() - ask.made) > OLDEST:
                log.warning("ask %s is too old, or the zones' clocks differ: not done", mark)
                return
            self.answers.put(f"{mark}.answer", self._answered(ask))
        except Stop:
            log.warning("ask %s does not open: changed, or under another key", mark)
        except Full:
            log.error("answers are not taken: %s is full", self.answers.folder)
        except Exception as error:  # noqa: BLE001  (the next ask must be served)
            log.error("ask %s: %s", mark, type(error).__name__)
        finally:
            with self._lock:
                self._busy.discard(mark)

    def _answered(self, ask: Ask) -> bytes:
        done, begun = self.kept.folder / f"{ask.id}.answer", self.kept.folder / f"{ask.id}.ask"
        if done.exists():
            return done.read_bytes()
        if begun.exists() and ask.once:
            return seal_answer(self.key, said(ask.id, 503, UNKNOWN))
        begun.touch()
        sealed = self._sealed(self._asked(ask))
        self.kept.put(done.name, sealed)
        return sealed

    def _sealed(self, answer: Answer) -> bytes:
        sealed = seal_answer(self.key, answer)
        if len(sealed) <= self.answers.largest:
            return sealed
        return seal_answer(self.key, said(answer.id, 413, LARGE))

    def _asked(self, ask: Ask) -> Answer:
        if not is_open(ask.method, ask.path):
            return said(ask.id, 404, CLOSED)
        headers = {name: value for name, value in ask.headers.items() if name in ASKED}
        headers["cookie"] = _cookies(headers.get("cookie", ""))
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(
                ask.method, f"{self.portal}{ask.path}", params=ask.query, data=ask.body,
                headers=headers, timeout=SECONDS, allow_redirects=False,
            )  # fmt: skip
        raw: Iterable[tuple[str, str]] = answer.raw.headers.items()
        kept = [
            (name, value) for name, value in raw if name.lower() not in HOP | {"content-encoding"}
        ]
        return Answer(ask.id, answer.status_code, kept, answer.content)

    def _sweep(self) -> None:
        old = time.time() - self.kept.age
        for file in self.kept.folder.iterdir():
            if file.stat().st_mtime < old:
                file.unlink(missing_ok=True)


def _cookies(text: str) -> str:
    """Those of the public pages. One that cannot be read is none."""
    try:
        given = SimpleCookie(text)
    except CookieError:
        return ""
    return "; ".join(
        f"{name}={one.coded_value}" for name, one in given.items() if bare(name) in COOKIES
    )


UNKNOWN = (
    "不能确定刚才的提交是否已办理，请先查看结果，再决定是否重新提交。"
    "It is not certain whether this was done: look before you send it again."
)
LARGE = "内容超过两区之间允许的大小。More than may cross between the zones."
CLOSED = "此处只有查验与申请人页面。Only verification and the applicant's pages are here."
AWAY = "内网暂未应答，请稍后再试。The inner side has not answered: try again later."
BUSY = "请求过多，请稍后再试。Too many requests: try again later."


def said(mark: str, status: int, sentence: str) -> Answer:
    """A sentence of the zones' own."""
    headers = [("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store")]
    return Answer(mark, status, headers, sentence.encode())
