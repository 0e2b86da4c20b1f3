"""`zhongtai alerts` and `zhongtai report` as a person types them, right and wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kernel.house import House
from landing.findings import Finding, note
from registry.applied import apply
from tests.connectors.gateway import Reply, gateway
from tests.pipeline.sources import on_disk

ROOT = Path(__file__).resolve().parents[2]
CHANNELS = "channels:\n  duty_group: {kind: wecom, address: ALERTS_URL}\n"


@pytest.fixture
def home(house: House, servers: dict[str, str | int]) -> Path:
    """An installation with the 47 contracts, none of which was ever read."""
    apply(house, ROOT / "connectors" / "systems", "test")
    return on_disk(house, servers)


def zhongtai(home: Path, *words: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *words, "--home", str(home)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    return done.returncode, done.stdout.strip(), done.stderr.strip()


def test_channels_are_shown_checked_and_tried(home: Path, house: House) -> None:
    assert "no channels: write" in zhongtai(home, "alerts", "channels")[1]
    assert zhongtai(home, "alerts", "test", "duty_group")[0] == 2
    (home / "alerts.yml").write_text(CHANNELS, "utf-8")
    assert zhongtai(home, "alerts", "channels")[1].endswith("all alarms  missing ALERTS_URL")
    with gateway(lambda _: Reply({"errcode": 0})) as robot:
        house.secrets.put("ALERTS_URL", robot.url)
        said = zhongtai(home, "alerts", "test", "duty_group")
    assert said == (0, "duty_group took the message", "")
    assert len(robot.asked) == 1
    code, out, err = zhongtai(home, "alerts", "test", "duty_group")
    assert (code, out, err) == (4, "", "zhongtai: duty_group did not take the message: connection")


def test_a_wrong_file_is_one_line_that_says_where(home: Path) -> None:
    (home / "alerts.yml").write_text("channels:\n  duty: {kind: pager}\n", "utf-8")
    for words in (("channels",), ("test", "duty"), ("tell",)):
        code, out, err = zhongtai(home, "alerts", *words)
        assert (code, out) == (2, "")
        assert err == (
            "zhongtai: alerts.yml, line 2, channels.duty.kind: allowed are webhook, dingtalk, "
            "feishu, wecom, mail"
        )


def test_alarms_are_told_and_listed(home: Path, house: House) -> None:
    with house.engine.begin() as conn:
        found = [Finding("new_column", "BZ2", "not mapped")]
        note(conn, ("sc_food", "licence"), found, house.clock())
    assert zhongtai(home, "alerts", "tell")[1].startswith("1 alarms began, 0 ended; 0 messages")
    assert zhongtai(home, "alerts", "tell")[1].startswith("0 alarms began")
    assert "drift    sc_food" in zhongtai(home, "alerts", "list")[1]
    (row,) = json.loads(zhongtai(home, "alerts", "list", "--json")[1])
    assert (row["kind"], row["name"]) == ("drift", "江西省食品经营许可管理系统")


def test_the_report_is_one_file_that_fetches_nothing(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    assert zhongtai(home, "report", "--out", str(file))[1] == f"{file} is written"
    text = file.read_text("utf-8")
    assert text.startswith("<!doctype html>")
    assert "运行日报" in text
    assert "这一天没有系统同步。" in text
    assert "@media print" in text
    for outside in ("<script", "<link", "http://", "https://", "src="):
        assert outside not in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--day", "yesterday"), "yesterday is no day: write it like 2026-11-20"),
        (("--day", "2999-01-01"), "2999-01-01 还没有到，日报最晚到今天。"),
        (("--out", "/no/such/folder/x.html"), "/no/such/folder/x.html cannot be written"),
    ],
)
def test_a_wrong_report_is_one_sentence(home: Path, words: tuple[str, ...], said: str) -> None:
    code, out, err = zhongtai(home, "report", *words)
    assert (code, out) == (2, "")
    assert err.startswith(f"zhongtai: {said}")
    assert len(err.splitlines()) == 1
