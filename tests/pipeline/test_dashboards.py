"""The dashboards are whole, in Chinese, and ask only for what a real portal has."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from kernel.house import House
from tests.pipeline.test_prometheus import ROOT, names_of, scraped

GRAFANA = ROOT / "docker" / "grafana"
FILES = sorted((GRAFANA / "dashboards").glob("*.json"))
BOARDS: list[dict[str, Any]] = [json.loads(file.read_text("utf-8")) for file in FILES]
PANELS: list[dict[str, Any]] = [panel for board in BOARDS for panel in board["panels"]]
QUERIES = [target["expr"] for panel in PANELS for target in panel["targets"]]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
UNITS = {"none", "s", "bytes", "percentunit", "reqps", "bool"}


def test_there_are_four_boards_each_known_once() -> None:
    assert len({board["uid"] for board in BOARDS}) == len(FILES) == 4


def test_every_panel_has_title_unit_description_and_place() -> None:
    for panel in PANELS:
        assert CHINESE.search(panel["title"]), panel["title"]
        assert CHINESE.search(panel["description"]), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS, panel["title"]
        assert panel["targets"], panel["title"]
    for board in BOARDS:
        places = [(one["gridPos"]["x"], one["gridPos"]["y"]) for one in board["panels"]]
        assert len(set(places)) == len(places) == len({one["id"] for one in board["panels"]})


def test_every_panel_reads_from_the_source_that_is_provisioned() -> None:
    file = GRAFANA / "provisioning" / "datasources" / "prometheus.yaml"
    known = {one["uid"] for one in yaml.safe_load(file.read_text("utf-8"))["datasources"]}
    assert {panel["datasource"]["uid"] for panel in PANELS} == known


@pytest.mark.needs("promtool")
def test_every_query_is_one(tmp_path: Path) -> None:
    rules = [{"record": f"panel:{n}", "expr": expr} for n, expr in enumerate(QUERIES)]
    file = tmp_path / "queries.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}), "utf-8")
    done = subprocess.run(
        ["promtool", "check", "rules", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_metric_of_a_panel_is_in_a_real_scrape(house: House, tmp_path: Path) -> None:
    assert names_of("\n".join(QUERIES)) <= scraped(house, tmp_path)
