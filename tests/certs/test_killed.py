"""A publish killed with SIGKILL at any moment, and run again, ends in the same state."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from certs.licences.publish import publish_system
from kernel.settings import save_settings
from ledger.verify import verify
from tests.certs.town import Town
from tests.conftest import keep_passwords

ROWS = 400
PUBLISH = """
import sys
from pathlib import Path
import certs.licences.publish
from pipeline.wiring import open_house
certs.licences.publish.BATCH = 5
certs.licences.publish.MANY = int(sys.argv[3])
house = open_house(Path(sys.argv[1]))
print("ready", flush=True)
print(certs.licences.publish.publish_system(house, "sc_food", sys.argv[2]).published, flush=True)
"""


def start(home: Path, run: str, many: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PUBLISH, str(home), run, str(many)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


@pytest.mark.parametrize("many", [ROWS + 1, 20], ids=["one process", "two processes"])
def test_a_killed_publish_loses_and_doubles_nothing(
    town: Town, servers: dict[str, str | int], many: int
) -> None:
    for number in range(ROWS):
        town.licence(f"k{number}")
    save_settings(town.house.settings)
    keep_passwords(town.house)
    town.house.secrets.put("S3_ID", str(servers["s3_id"]))
    town.house.secrets.put("S3_SECRET", str(servers["s3_secret"]))
    for turn, delay in enumerate((0.03, 0.08, 0.15)):
        child = start(town.house.settings.home, f"r{turn}", many)
        time.sleep(delay)  # any moment will do: this is when the knife falls
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert child.stdout is not None
        child.stdout.close()
    publish_system(town.house, "sc_food", "r9")
    every = "SELECT count(*), count(DISTINCT key_hash), max(version) FROM certs.licence"
    assert town.query(every) == [(ROWS, ROWS, 1)]
    assert town.query("SELECT count(*) FROM certs.licence_holder") == [(ROWS,)]
    assert sum(one["count"] for one in town.events()) == ROWS
    sealed = "SELECT coalesce(sum(size), 0) FROM certs.seal_batch"
    assert town.query(sealed) == [(ROWS,)]
    assert verify(town.house).verified
