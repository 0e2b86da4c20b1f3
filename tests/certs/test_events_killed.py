"""A delivery killed with SIGKILL at any moment, and run again, has told everything in order."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import date

from certs.licences.publish import publish_system
from kernel.settings import save_settings
from tests.certs.receiver import receiving
from tests.certs.test_events import deliver_all, subscribe
from tests.certs.town import Town
from tests.conftest import keep_passwords

ROWS = 400
DELIVER = """
import sys
from pathlib import Path
from pipeline.events import Events
from pipeline.wiring import open_house
events = Events(open_house(Path(sys.argv[1])))
print("ready", flush=True)
events.deliver()
"""


def test_a_killed_delivery_loses_nothing_and_its_doubles_have_the_same_ids(
    city: Town, servers: dict[str, str | int]
) -> None:
    for number in range(ROWS // 2):
        city.licence(f"k{number}")
    publish_system(city.house, "sc_food", "r1")
    for number in range(ROWS // 2):
        city.licence(f"k{number}", valid_to=date(2030, 1, 1))
    publish_system(city.house, "sc_food", "r2")
    save_settings(city.house.settings)
    keep_passwords(city.house)
    city.house.secrets.put("S3_ID", str(servers["s3_id"]))
    city.house.secrets.put("S3_SECRET", str(servers["s3_secret"]))
    with receiving() as receiver:
        subscribe(city, receiver)
        for delay in (0.05, 0.1, 0.2, 0.4):
            command = [sys.executable, "-c", DELIVER, str(city.house.settings.home)]
            child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            time.sleep(delay)  # any moment will do: this is when the knife falls
            child.send_signal(signal.SIGKILL)
            child.wait()
            child.stdout.close()
        deliver_all(city)
        first = list(dict.fromkeys(receiver.ids()))
        assert len(first) == ROWS
        assert first == sorted(first, key=lambda one: [int(n) for n in one.split("_")[1:]])
        told = {one["id"]: one for one in receiver.got}
        assert all(told[one["id"]] == one for one in receiver.got)
        assert receiver.wrong == []
