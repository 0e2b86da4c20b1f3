"""A real Chromium over its DevTools protocol: open, type, press, look, take a picture."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any
from urllib.request import urlopen

from websockets.sync.client import connect

DESK = (1366, 768)
PHONE = (390, 844)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--remote-debugging-port=0",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--lang=zh-CN",
)
DEADLINE = 60.0
KEYS = {"Enter": 13, "Tab": 9, "Escape": 27, "ArrowDown": 40, "ArrowUp": 38}


def _address(folder: Path, process: subprocess.Popen[bytes]) -> str:
    """Where the only tab of a started Chromium listens."""
    file = folder / "DevToolsActivePort"
    end = time.monotonic() + DEADLINE
    while not (file.exists() and "\n" in file.read_text()):
        if time.monotonic() > end or process.poll() is not None:
            raise RuntimeError("chromium did not start")
        time.sleep(0.05)
    port = file.read_text().split()[0]
    with urlopen(f"http://127.0.0.1:{port}/json") as answer:
        tabs = [tab for tab in json.load(answer) if tab["type"] == "page"]
    return str(tabs[0]["webSocketDebuggerUrl"])


def _end(process: subprocess.Popen[bytes]) -> None:
    """All of its processes at once: asked politely, a headless one takes ten seconds."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


class Browser:
    """One tab. Used as a context; it ends the Chromium that it started."""

    def __init__(self, size: tuple[int, int] = DESK) -> None:
        self._size = size
        self._ends = ExitStack()
        self._number = 0
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> Browser:
        with ExitStack() as ends:
            folder = Path(ends.enter_context(TemporaryDirectory(ignore_cleanup_errors=True)))
            process = subprocess.Popen(
                ["chromium", *FLAGS, f"--user-data-dir={folder}", "about:blank"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            ends.callback(_end, process)
            tab = connect(_address(folder, process), max_size=None, proxy=None, close_timeout=0.2)
            self._socket = ends.enter_context(tab)
            for domain in ("Page", "Runtime", "Network", "Log"):
                self.call(f"{domain}.enable")
            self.resize(self._size)
            self._ends = ends.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ends.close()

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command; its result. Events that come meanwhile are kept in `events`."""
        self._number += 1
        mine = self._number
        self._socket.send(json.dumps({"id": mine, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv(timeout=DEADLINE))
            if message.get("id") == mine:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                result: dict[str, Any] = message["result"]
                return result
            self.events.append(message)

    def resize(self, size: tuple[int, int], scale: float = 1.0) -> None:
        """Set the window in CSS pixels; `scale` 2 is 200 % zoom of a window of that size."""
        width, height = (round(side / scale) for side in size)
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=size[0] < 600,
        )

    def run(self, expression: str) -> Any:
        """The value of a script's expression; a promise is awaited."""
        answer = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']['text']}")
        return answer["result"].get("value")

    def until(self, expression: str) -> Any:
        """Wait until an expression is true; its value."""
        end = time.monotonic() + DEADLINE
        while True:
            try:
                value = self.run(expression)
            except RuntimeError:  # the page is being exchanged
                value = None
            if value:
                return value
            if time.monotonic() > end:
                raise RuntimeError(f"not within {DEADLINE:.0f} s: {expression}")
            time.sleep(0.03)

    def open(self, url: str) -> None:
        """Go to an address and wait until it is loaded."""
        self.call("Page.navigate", url=url)
        self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    @contextmanager
    def hurried(self) -> Iterator[None]:
        """Timers of the pages that are opened meanwhile end twenty times sooner."""
        sooner = "const slow = setTimeout; window.setTimeout = (f, ms) => slow(f, ms / 20)"
        method = "Page.addScriptToEvaluateOnNewDocument"
        script = self.call(method, source=sooner)["identifier"]
        try:
            yield
        finally:
            self.call("Page.removeScriptToEvaluateOnNewDocument", identifier=script)

    def submit(self, script: str) -> None:
        """Do what leads to another page, and wait until that is loaded."""
        self.run("window.leaving = true")
        self.run(script)
        self.until("!window.leaving && document.readyState === 'complete'")

    def click(self, selector: str) -> None:
        """Click what leads to another page, and wait until that is loaded."""
        self.submit(f"document.querySelector({json.dumps(selector)}).click()")

    def fill(self, **values: str) -> None:
        """Put values into fields, by their id, as if they had been typed."""
        for name, value in values.items():
            field = f"document.getElementById({json.dumps(name)})"
            self.run(
                f"{field}.value = {json.dumps(value)}; {field}.dispatchEvent(new Event('input'))"
            )

    def words(self, selector: str = "main") -> str:
        """What stands there to read."""
        return str(self.run(f"document.querySelector({json.dumps(selector)}).innerText"))

    def script(self, on: bool) -> None:
        """Switch the pages' own scripts on or off, from the next page on."""
        self.call("Emulation.setScriptExecutionDisabled", value=not on)

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self.call("Input.insertText", text=text)

    def press(self, key: str) -> None:
        """Press one key: a named one, or a digit."""
        known = KEYS.get(key) or ord(key)
        facts: dict[str, Any] = {"key": key, "code": key, "windowsVirtualKeyCode": known}
        text = {"text": "\r"} if key == "Enter" else {"text": key} if key not in KEYS else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", **facts, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **facts)

    def picture(self, file: Path, whole: bool = True) -> None:
        """A PNG of the page, or of the window only."""
        taken = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(taken["data"]))

    def complaints(self) -> list[str]:
        """What the page's console said went wrong: blocked by the policy, failed, thrown."""
        self.run("0")
        return [
            event["params"]["entry"]["text"]
            for event in self.events
            if event["method"] == "Log.entryAdded" and event["params"]["entry"]["level"] == "error"
        ] + [
            event["params"]["exceptionDetails"]["text"]
            for event in self.events
            if event["method"] == "Runtime.exceptionThrown"
        ]

    def asked(self) -> set[str]:
        """Every address that was asked for."""
        return {
            event["params"]["request"]["url"]
            for event in self.events
            if event["method"] == "Network.requestWillBeSent"
        }
