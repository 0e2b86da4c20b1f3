"""`zhongtai quarantine`, `holds` and `findings` as a person types them, right and wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kernel.batch import Batch
from kernel.house import House
from kernel.settings import save_settings
from landing.finish import finish_stream
from landing.land import land_batch
from registry import accounts
from registry.applied import apply
from tests.conftest import keep_passwords
from tests.landing.frames import raw, rows_of, stream_of

ROOT = Path(__file__).resolve().parents[2]
CODE = "sc_enterprise"


@pytest.fixture
def home(house: House, servers: dict[str, str | int]) -> Path:
    """An installation with twenty refused rows, one landed, a new column."""
    save_settings(house.settings)
    keep_passwords(house)
    house.secrets.put("S3_ID", str(servers["s3_id"]))
    house.secrets.put("S3_SECRET", str(servers["s3_secret"]))
    apply(house, ROOT / "connectors" / "systems", "test")
    with house.engine.begin() as conn:
        accounts.make_posts(conn)
        accounts.make_demo(conn)
    stream, began = stream_of(CODE, "licence"), house.clock()
    rows = [raw(stream, f"b{n}", status="不详") for n in range(20)]
    batch = Batch(rows_of(*rows, {**raw(stream, "g"), "新列": "1"}))
    land_batch(house, CODE, stream, "r1", 0, batch)
    finish_stream(house, CODE, stream, "r1", began, False)
    return house.settings.home


def zhongtai(home: Path, *words: str) -> tuple[int, str]:
    """Exit code, and what was printed."""
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *words, "--home", str(home)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    return done.returncode, (done.stdout + done.stderr).strip()


def test_what_is_refused_held_and_found_is_listed_and_mended(home: Path, tmp_path: Path) -> None:
    _, listed = zhongtai(home, "quarantine", "list", CODE)
    assert listed.endswith("20 rows in quarantine")
    assert "holds a category that is not mapped" in listed
    assert "不详" not in listed
    file = tmp_path / "refused.xlsx"
    assert (
        zhongtai(home, "quarantine", "export", CODE, "--out", str(file), "--by", "officer")[0] == 0
    )
    assert file.stat().st_mode & 0o777 == 0o600
    _, said = zhongtai(home, "quarantine", "replay", CODE, "--stream", "licence")
    assert said == (
        f"{CODE} licence: 20 looked at, 0 stored, 0 deleted, 0 overtaken, 20 still refused"
    )
    _, held = zhongtai(home, "holds", "list")
    number = held.split()[0]
    assert "20 of 21 rows are in quarantine" in held
    why = ("--by", "ops", "--why", "known")
    assert zhongtai(home, "holds", "release", number, *why)[0] == 0
    assert zhongtai(home, "holds", "list") == (0, "")
    _, found = zhongtai(home, "findings", "list", CODE)
    mine = next(line for line in found.splitlines() if "new_column" in line)
    assert zhongtai(home, "findings", "acknowledge", mine.split()[0], *why) == (0, "acknowledged")
    assert "(known to ops)" in zhongtai(home, "findings", "list", CODE)[1]


def test_a_mistake_is_one_sentence_that_says_what_is_allowed(home: Path, tmp_path: Path) -> None:
    out = ("--out", str(tmp_path / "refused.xlsx"))
    by, why = ("--by", "ops"), ("--why", "known")
    wrong = {
        ("quarantine", "list", "nothing"): "no system nothing: `zhongtai systems list` shows",
        ("quarantine", "export", CODE, "--out", "x.csv", *by): "x.csv must be a file that ends in",
        ("quarantine", "export", CODE, *out, "--by", "x"): "no account x, or it is disabled",
        ("quarantine", "export", CODE, *out, *by): "只有该部门的人员可以查看退回的数据",
        ("quarantine", "replay", CODE, "--stream", "x"): f"{CODE} has no stream x that keeps rows",
        ("holds", "list", "nothing"): "no system nothing: `zhongtai systems list` shows",
        ("holds", "release", "99", *by, *why): "no open hold 99: `zhongtai holds list` shows",
        ("holds", "release", "1", *by, "--why", " "): "say why it may go on",
        ("findings", "acknowledge", "99", *by, *why): "no open finding 99: `zhongtai findings",
        ("findings", "list", "nothing"): "no system nothing: `zhongtai systems list` shows",
    }
    for words, sentence in wrong.items():
        code, said = zhongtai(home, *words)
        assert code in (2, 5), words
        assert said.startswith(f"zhongtai: {sentence}"), said
        assert "\n" not in said
    assert not (tmp_path / "refused.xlsx").exists()
