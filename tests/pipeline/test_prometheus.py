"""The rules are good Prometheus, each fires at its cause, and each has its page."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from kernel.house import House
from ledger import log
from ledger.events import event
from ledger.heads import sign_head
from pipeline.platform import Platform
from pipeline.sync import sync
from tests.pipeline.sources import CODE
from tests.pipeline.watched import town
from tests.portal.serving import serving
from tests.running_prometheus import FOLDER, alerts, prometheus

ROOT = FOLDER.parents[1]
RUNBOOK = ROOT / "docs" / "runbook"
NAME = re.compile(r"\b(?:zhongtai|process)_[a-z_]+\b")
GROUPS = yaml.safe_load((FOLDER / "rules" / "zhongtai.yaml").read_text("utf-8"))["groups"]
RULES: list[dict[str, Any]] = [rule for group in GROUPS for rule in group["rules"]]
pytestmark = pytest.mark.needs("prometheus")


def names_of(text: str) -> set[str]:
    """The metrics that a query names; what a histogram makes of its name is taken off."""
    return {name.removesuffix("_bucket") for name in NAME.findall(text)}


@pytest.mark.parametrize(
    "what", [("check", "config", "prometheus.yaml"), ("test", "rules", "rules_test.yaml")]
)
def test_promtool_finds_nothing_wrong(what: tuple[str, ...]) -> None:
    done = subprocess.run(
        ["promtool", *what], cwd=FOLDER, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_rule_has_a_unit_test() -> None:
    tests = yaml.safe_load((FOLDER / "rules_test.yaml").read_text("utf-8"))["tests"]
    fired = {
        case["alertname"]
        for one in tests
        for case in one["alert_rule_test"]
        if case.get("exp_alerts")
    }
    assert fired == {rule["alert"] for rule in RULES}


def test_every_rule_has_its_page_and_every_page_its_rule() -> None:
    pages = {f"docs/runbook/{file.name}" for file in RUNBOOK.glob("*.md")}
    assert pages == {rule["annotations"]["runbook_url"] for rule in RULES}
    for rule in RULES:
        page = (ROOT / rule["annotations"]["runbook_url"]).read_text("utf-8")
        assert page.startswith(f"# {rule['alert']}\n")
        heads = re.findall(r"^## (.+)$", page, re.MULTILINE)
        assert heads == ["What it means", "What to look at", "What to do"], rule["alert"]


def test_every_metric_of_a_rule_is_in_a_real_scrape(house: House, tmp_path: Path) -> None:
    assert names_of("\n".join(rule["expr"] for rule in RULES)) <= scraped(house, tmp_path)


def scraped(house: House, folder: Path) -> set[str]:
    """The metrics that a portal gives after a sync."""
    with town(house, folder) as (one, _, clock):
        sync(one, CODE, "r0")
        with serving(Platform(one), clock) as url:
            requests.get(f"{url}/health", timeout=20)
            text = requests.get(f"{url}/metrics", timeout=20).text
    return set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))


def test_a_ledger_that_is_not_signed_fires_and_ends_when_it_is(
    house: House, tmp_path: Path
) -> None:
    with town(house, tmp_path) as (one, _, clock):
        sign_head(one)
        with one.engine.begin() as conn:
            log.append(conn, event(clock(), "account.signed_in", "clerk"))
        clock.now += timedelta(minutes=16)
        with serving(Platform(one), clock) as portal, prometheus(tmp_path, portal) as url:
            found = until(lambda: alerts(url).get("LedgerNotSigned"))
            assert found["annotations"]["runbook_url"] == "docs/runbook/LedgerNotSigned.md"
            sign_head(one)  # what the page says to do
            until(lambda: "LedgerNotSigned" not in alerts(url))


def until(what: Callable[[], Any]) -> Any:
    """What it gives once that is something."""
    end = time.monotonic() + 60
    while not (found := what()):
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.2)
    return found
