"""The master key replaced while licences are shared; a holder erased by key."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pyarrow as pa
import pytest
from sqlalchemy import insert

from certs.copies.share import fetch, stored_copy
from certs.corrections import listed
from certs.corrections.correct import answer, report
from certs.licences.publish import publish_system
from kernel.clock import stopped_clock
from kernel.errors import BadInput, Refused, Stop
from kernel.house import House
from kernel.keys import load_keys
from kernel.settings import save_settings
from landing import rawobjects
from landing.tables import batch
from pipeline.erasing import erase_holder
from pipeline.rotating import GRACE, rotate_storage
from registry.accounts import Account
from tests.certs.town import FIRM, LI, NAMES, NOW, WANG, Town
from tests.conftest import keep_passwords

FOOD = "食品经营许可证"
USE = "办理食品经营许可（变更）"
BATCH = "sc_food/licence/r1/0"
BUREAU = Account("bureau", "局", "bureau", None, ())
ROTATE = """
import sys
from pathlib import Path
from pipeline.rotating import rotate_storage
import pipeline.rotating
from pipeline.wiring import open_house
pipeline.rotating.BATCH = 7
print("ready", flush=True)
rotate_storage(open_house(Path(sys.argv[1])), "ops")
"""


@pytest.fixture
def ready(city: Town) -> Iterator[Town]:
    """Licences of WANG, one of them LI's too, a batch as received; keys of a house of its own."""
    city.material("M1", [FOOD])
    for number in range(30):
        city.licence(f"k{number}", LI if number else WANG)
    city.licence("both", WANG, co_holder=LI)
    publish_system(city.house, "sc_food", "r1")
    cells = [WANG, LI, "360702850307123", f"{WANG}；{LI}", None, "x"]
    kept = rawobjects.keep(city.house, BATCH, pa.table({"ZJHM": cells, "XM": ["a"] * 6}), b"raw")
    row = {
        "id": BATCH, "system": "sc_food", "stream": "licence", "run": "r1", "seq": 0,
        "object": kept.name, "sha256": kept.sha256, "rows": 6, "stored": 6, "quarantined": 0,
        "facts": {"content": kept.content}, "landed_at": NOW,
    }  # fmt: skip
    with city.house.engine.begin() as conn:
        conn.execute(insert(batch).values(row))
    yield city
    root = city.house.keys.roots["master"]
    for file in root.older():  # the tests of this room share one installation
        root.forget(file)


def take(house: House, town: Town) -> str:
    return fetch(house, town.account(), "C1", "M1", USE).id


def later(house: House) -> House:
    return replace(house, clock=stopped_clock(NOW + GRACE))


def old_keys(house: House) -> int:
    return len(house.keys.roots["master"].older())


def test_all_goes_on_while_the_master_key_is_replaced(ready: Town) -> None:
    house, failed, copies = ready.house, [], [take(ready.house, ready)]
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            try:
                copies.append(take(house, ready))
            except Stop as error:
                failed.append(error)

    server = threading.Thread(target=serve)
    server.start()
    before = house.keys.master
    first = rotate_storage(house, "ops")
    ended.set()
    server.join()
    assert failed == []
    assert house.keys.master != before
    assert first.renewed >= 31 + 2 + 2  # rows, holders' keys, the batch and a copy
    assert first.kept == 1
    while rotate_storage(later(house), "ops").kept:  # what was written with it meanwhile
        assert old_keys(house) == 1
    assert old_keys(house) == 0
    fresh = replace(house, keys=load_keys(house.settings.home))
    assert take(fresh, ready)
    assert all(stored_copy(fresh, one).startswith(b"%PDF") for one in copies)
    assert rawobjects.reopen(fresh, BATCH).num_rows == 6
    assert rawobjects.reopen_received(fresh, BATCH) == b"raw"
    (sha256,) = ready.query("SELECT sha256 FROM landing.batch")[0]
    stored = house.objects.get(f"raw/{BATCH}.parquet.enc")
    assert hashlib.sha256(stored).hexdigest() == sha256


def test_the_older_key_stays_while_a_program_may_write_with_it(ready: Town) -> None:
    rotate_storage(ready.house, "ops")
    assert rotate_storage(ready.house, "ops").renewed == 0
    assert old_keys(ready.house) == 1
    running = 'INSERT INTO landing.run (id, system, "full", state, started)'
    begun = (NOW - timedelta(hours=1)).isoformat()
    ready.change(f"{running} VALUES ('r0', 'sc_food', true, 'running', '{begun}')")
    rotate_storage(later(ready.house), "ops")
    assert old_keys(ready.house) == 1
    ready.change("UPDATE landing.run SET state = 'done'")
    rotate_storage(later(ready.house), "ops")
    assert old_keys(ready.house) == 0


def test_a_rotation_killed_at_any_moment_goes_on(
    ready: Town, servers: dict[str, str | int]
) -> None:
    house = ready.house
    save_settings(house.settings)
    keep_passwords(house)
    house.secrets.put("S3_ID", str(servers["s3_id"]))
    house.secrets.put("S3_SECRET", str(servers["s3_secret"]))
    for delay in (0.01, 0.04, 0.1):
        command = [sys.executable, "-c", ROTATE, str(house.settings.home)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            time.sleep(delay)  # any moment will do: this is when the knife falls
            child.send_signal(signal.SIGKILL)
        assert take(house, ready)
    root = house.keys.roots["master"]
    rotate_storage(house, "ops")
    for file in root.older():  # all is under the newest: the older ones are not needed
        root.forget(file)
    assert take(replace(house, keys=load_keys(house.settings.home)), ready)
    assert rotate_storage(house, "ops").renewed == 40


def test_a_copy_of_the_key_that_a_killed_program_made_is_no_rotation(ready: Town) -> None:
    root = ready.house.keys.roots["master"]
    beside = root.folder / "master.20260101T000000Z.old.key"
    beside.write_bytes(root.file.read_bytes())
    assert not root.begun()
    rotate_storage(ready.house, "ops")
    assert root.begun()
    assert not beside.exists()


def test_erasing_a_holder_closes_that_holders_licences_and_no_others(ready: Town) -> None:
    copy = take(ready.house, ready)
    entries = len(ready.events())
    done = erase_holder(ready.house, BUREAU, "person", WANG, "赣数〔2026〕7号")
    assert (done.licences, done.closed, done.rows, done.raw_rows) == (2, 1, 1, 3)
    with pytest.raises(Refused):
        take(ready.house, ready)
    assert stored_copy(ready.house, copy).startswith(b"%PDF")  # the archive of the case
    ready.case("C2", LI)
    assert fetch(ready.house, ready.account(), "C2", "M1", USE).pdf
    assert ready.query(
        "SELECT count(*) FROM certs.licence l JOIN certs.licence_holder h ON h.licence_id = l.id"
        " WHERE ended_at IS NULL"
    ) == [(30,)]
    left = rawobjects.reopen(ready.house, BATCH).to_pylist()
    assert [row["ZJHM"] for row in left] == [None, LI, None, None, None, "x"]
    assert [row["XM"] for row in left] == [None, "a", None, None, "a", "a"]
    with pytest.raises(Stop, match="is gone from the store"):
        rawobjects.reopen_received(ready.house, BATCH)
    (entry,) = [one for one in ready.events()[entries:] if one["event"] == "holder.erased"]
    assert (entry["holder"], entry["document"]) == (ready.holder(WANG), "赣数〔2026〕7号")
    assert NAMES[WANG] not in str(entry)
    again = erase_holder(ready.house, BUREAU, "person", WANG, "赣数〔2026〕7号")
    assert (again.licences, again.rows, again.raw_rows) == (0, 0, 0)


def test_erasing_a_holder_takes_away_what_was_said_of_their_licences(ready: Town) -> None:
    said = "姓名写成了王小芳"
    mine = report(ready.house, ready.account(), "C1", "M1", "持证主体", said)
    ready.case("C2", LI)
    other = report(ready.house, ready.account(), "C2", "M1", "其他", "地址写错了一个字")
    officer = Account("officer", "数据专员", "officer", "市市场监督管理局", ())
    answer(ready.house, officer, mine, "refused", "经核对姓名无误，是王小芳本人")
    erase_holder(ready.house, BUREAU, "person", WANG, "赣数〔2026〕7号")
    with ready.house.engine.connect() as conn:
        market = officer.department or ""
        found = {one.id: one for one in listed.of_department(ready.house, conn, market)}
    assert "王小芳" not in str(found[mine])
    assert (found[mine].answer, found[other].why) == ("refused", "地址写错了一个字")


def test_who_may_erase_and_with_what(ready: Town) -> None:
    with pytest.raises(Refused, match="only the bureau"):
        erase_holder(ready.house, ready.account(), "person", WANG, "文件一号")
    with pytest.raises(BadInput, match="document"):
        erase_holder(ready.house, BUREAU, "organisation", FIRM, " ")
