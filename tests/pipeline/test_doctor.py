"""Each thing that is broken has its line, and what is right has none that is bad."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from certs.seals.authority import certificates
from kernel.clock import stopped_clock
from kernel.house import House
from kernel.settings import save_settings
from ledger import log
from ledger.events import event
from pipeline import doctor
from pipeline.doctor import CHECKS, Line, look_over
from pipeline.reached import reached
from tests.conftest import keep_passwords
from tests.connectors.gateway import Reply, gateway
from tests.connectors.test_tls import certified


@pytest.fixture
def sound(house: House, servers: dict[str, str | int]) -> House:
    """An installation whose folder can be opened again."""
    save_settings(house.settings)
    keep_passwords(house)
    house.secrets.put("S3_ID", str(servers["s3_id"]))
    house.secrets.put("S3_SECRET", str(servers["s3_secret"]))
    return house


def line(house: House, name: str) -> Line:
    return next(one for one in look_over(house.settings.home) if one.check == name)


def one(house: House, name: str) -> Line:
    """The check of that name over this very house."""
    return dict(CHECKS)[name](house)


def test_a_sound_installation_has_no_bad_line(sound: House) -> None:
    lines = look_over(sound.settings.home)
    assert [found for found in lines if found.state == "bad"] == []
    assert {name for name, _ in CHECKS} <= {found.check for found in lines}
    assert line(sound, "backup").state == "warn"
    assert line(sound, "heads outside").mend.startswith("set heads_folder")


def test_no_installation_is_one_bad_line(tmp_path: Path) -> None:
    last = look_over(tmp_path)[-1]
    assert (last.check, last.state) == ("settings and keys", "bad")
    assert "holds no installation" in last.seen


def test_a_key_that_is_gone_or_open_to_others_is_named(sound: House) -> None:
    key = sound.settings.home / "keys" / "index.key"
    key.chmod(0o644)
    found = line(sound, "rights of files")
    assert (found.state, found.seen) == ("bad", "others may read index.key")
    key.unlink()
    assert "index.key is gone" in line(sound, "settings and keys").seen


def test_a_database_that_is_away_is_said_and_the_others_go_on(sound: House) -> None:
    url = sound.settings.database_url.rsplit("/", 1)[0] + "/nowhere"
    save_settings(replace(sound.settings, database_url=url))
    found = line(sound, "database")
    assert (found.state, found.mend[:8]) == ("bad", "start it")
    assert line(sound, "tables").mend == "see the line `database`"
    assert line(sound, "object store").state == "ok"


def test_a_store_that_is_away_is_said(sound: House) -> None:
    save_settings(replace(sound.settings, s3_bucket="nowhere-at-all", s3_endpoint="127.0.0.1:9"))
    assert "the object store did not take" in line(sound, "object store").seen


def test_tables_of_another_version_are_said(sound: House) -> None:
    with sound.engine.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '0019'"))
    found = line(sound, "tables")
    assert (found.state, found.seen[:12]) == ("bad", "version 0019")


def test_clocks_apart_unsigned_heads_and_old_certificates_are_said(sound: House) -> None:
    ahead = replace(sound, clock=stopped_clock(sound.clock() + timedelta(hours=5)))
    assert one(ahead, "clocks").state == "bad"
    with sound.engine.begin() as conn:
        log.append(conn, event(sound.clock(), "plan.made", "clerk", case="c1"))
    assert one(sound, "ledger").state == "ok"
    assert one(ahead, "ledger").state == "bad"
    certificates(sound)
    for days, state in ((0, "ok"), (9.5 * 365, "warn"), (10.5 * 365, "bad")):
        then = replace(sound, clock=stopped_clock(sound.clock() + timedelta(days=days)))
        assert one(then, "certificates").state == state


@pytest.mark.parametrize(
    ("days", "known", "state", "said"),
    [
        (90, True, "ok", "answers, its certificate until"),
        (10, True, "warn", "answers, its certificate until"),
        (-1, True, "bad", "is not accepted: it has expired"),
        (90, False, "bad", "is not accepted: nobody known here has signed it"),
    ],
)
def test_the_portals_certificate_is_looked_at_as_a_browser_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, known: bool, state: str, said: str
) -> None:
    now = datetime.now(UTC)
    tls = certified(tmp_path, "127.0.0.1", now + timedelta(days=days), before=timedelta(days=99))
    if known:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "known.pem"))
    with gateway(lambda request: Reply(), tls) as server:
        address = server.url.removesuffix("/sys/xx_test")
        found = reached(address, now)
    assert (found[0], said in found[1]) == (state, True)
    assert (found[2] == "") == (state == "ok")
    assert reached(address, now)[0] == "warn"  # it is away now


def test_invented_service_ids_are_bad_once_calls_ride_the_exchange(sound: House) -> None:
    assert one(sound, "exchange").state == "ok"
    settings = replace(sound.settings, exchange="gateway")
    real = one(replace(sound, settings=replace(settings, city_url="")), "exchange")
    assert (real.state, "plan" in real.seen) == ("bad", True)
    sandbox = replace(settings, city_url="http://127.0.0.1:1")
    assert one(replace(sound, settings=sandbox), "exchange").state == "ok"


def test_the_sandbox_and_little_room_are_said(
    sound: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_settings(replace(sound.settings, city_url="http://127.0.0.1:1"))
    assert line(sound, "sandbox").state == "warn"
    monkeypatch.setattr(doctor, "ROOM", 1 << 60)
    assert line(sound, "disk").state == "bad"
