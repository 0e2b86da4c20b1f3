"""A real Prometheus on loopback, with the rules of `docker/prometheus`, scraping one portal."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
import yaml

from tests.ports import free_ports

FOLDER = Path(__file__).parents[1] / "docker" / "prometheus"
START_SECONDS = 120


@contextmanager
def prometheus(home: Path, portal: str, *, hasty: bool = False) -> Iterator[str]:
    """Its address. It asks the portal every second; all else is as in the project's file.

    `hasty`: an alert waits one second instead of its minutes, and looks back 20 seconds instead of
    five minutes; what it asks is the same.
    """
    config: dict[str, Any] = yaml.safe_load((FOLDER / "prometheus.yaml").read_text("utf-8"))
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["rule_files"] = [str(_hasty(home) if hasty else FOLDER / "rules" / "*.yaml")]
    config["scrape_configs"][0]["static_configs"] = [{"targets": [portal.split("//")[1]]}]
    file = home / "prometheus.yaml"
    file.write_text(yaml.safe_dump(config), "utf-8")
    address = f"127.0.0.1:{free_ports(1)}"
    command = ["prometheus", f"--config.file={file}", f"--web.listen-address={address}"]
    command += [f"--storage.tsdb.path={home / 'series'}"]
    with (home / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _ready(f"http://{address}", process)
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(20)


def _hasty(home: Path) -> Path:
    text = (FOLDER / "rules" / "zhongtai.yaml").read_text("utf-8")
    file = home / "hasty.yaml"
    fast = re.sub(r"^( +for:) .*$", r"\1 1s", text, flags=re.MULTILINE)
    file.write_text(fast.replace("[5m]", "[20s]"), "utf-8")
    return file


def _ready(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            if requests.get(f"{url}/-/ready", timeout=5).ok:
                return
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.1)
    raise RuntimeError("Prometheus did not start: see prometheus.log in the test's folder")


def alerts(url: str) -> dict[str, dict[str, Any]]:
    """The alerts that fire now, by name."""
    found = requests.get(f"{url}/api/v1/alerts", timeout=30).json()["data"]["alerts"]
    return {one["labels"]["alertname"]: one for one in found if one["state"] == "firing"}
