"""Publishing: what has landed becomes sealed versions, once, and ends with its row."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import QueuePool

from certs.licences import holders, read
from certs.licences.halves import FIRST, Keys, in_halves
from certs.licences.publish import PublishCounts, publish_system
from certs.seals import seal
from kernel.errors import PersonMustAct, RetryLater, Stop
from ledger import merkle
from ledger.verify import verify
from tests.certs.town import LI, NOW, WANG, Town

CURRENT = (
    "SELECT type, version, state, standing FROM certs.licence WHERE ended_at IS NULL ORDER BY id"
)


def publish(town: Town, run: str = "r1") -> PublishCounts:
    return publish_system(town.house, "sc_food", run)


def test_what_has_landed_is_published_once(town: Town) -> None:
    for number in range(5):
        town.licence(f"k{number}")
    assert publish(town) == PublishCounts(5, 5, 0, 0, 1)
    assert publish(town) == PublishCounts(0, 0, 0, 0, 0)
    assert [(e["event"], e["count"]) for e in town.events()] == [("licence.published", 5)]
    with town.house.engine.connect() as conn:
        assert read.counts(conn) == read.LicenceCounts(5, 1)
    assert verify(town.house).verified


def test_a_changed_row_supersedes_the_old_version(town: Town) -> None:
    town.licence("k1")
    publish(town)
    town.licence("k1", status="revoked")
    assert publish(town, "r2") == PublishCounts(1, 0, 1, 0, 1)
    assert town.query("SELECT version, state FROM certs.licence ORDER BY version") == [
        (1, "superseded"),
        (2, "revoked"),
    ]
    assert town.events()[-1]["revoked"] == 1


@pytest.mark.parametrize("how", ["withheld = true", "deleted_at = now()"])
def test_a_deleted_or_withheld_row_ends_its_licence_and_may_come_back(town: Town, how: str) -> None:
    town.licence("k1")
    publish(town)
    town.change(f"UPDATE landing.licence SET {how}")  # noqa: S608
    assert publish(town, "r2").ended == 1
    assert town.query(CURRENT) == []
    assert town.events()[-1]["event"] == "licence.ended"
    assert publish(town, "r2").ended == 0
    town.change("UPDATE landing.licence SET withheld = false, deleted_at = NULL")
    assert publish(town, "r3").new == 1
    assert town.query("SELECT version FROM certs.licence WHERE ended_at IS NULL") == [(2,)]


def test_a_day_turns_a_licence_expired(town: Town) -> None:
    town.licence("k1", valid_to=date(2026, 11, 23))
    town.licence("k2", valid_to=date(2026, 11, 22))
    publish(town)
    states = "SELECT state FROM certs.licence ORDER BY valid_to"
    assert town.query(states) == [("expired",), ("valid",)]
    town.at(NOW + timedelta(days=1))
    publish(town)
    assert town.query(states) == [("expired",), ("expired",)]


def test_many_batches_are_one_publish(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certs.licences.publish.BATCH", 3)
    for number in range(7):
        town.licence(f"k{number}")
    assert publish(town) == PublishCounts(7, 7, 0, 0, 3)
    assert [e["count"] for e in town.events()] == [3, 3, 1]


def test_a_publish_killed_between_batches_goes_on(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("certs.licences.publish.BATCH", 2)
    for number in range(5):
        town.licence(f"k{number}")
    calls = iter([True, False])
    real = seal.store

    def dies(*args: object) -> int:
        if not next(calls):
            raise KeyboardInterrupt
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr("certs.seals.seal.store", dies)
    with pytest.raises(KeyboardInterrupt):
        publish(town)
    monkeypatch.setattr("certs.seals.seal.store", real)
    assert publish(town, "r2").new == 3
    assert town.query("SELECT count(*), count(DISTINCT key_hash) FROM certs.licence") == [(5, 5)]
    assert sum(e["count"] for e in town.events()) == 5
    assert publish(town, "r3").published == 0


@pytest.fixture
def halved(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A town whose few licences are published by two processes."""
    monkeypatch.setattr("certs.licences.publish.BATCH", 2)
    monkeypatch.setattr("certs.licences.publish.MANY", 1)
    monkeypatch.setattr("certs.licences.halves.can_fork", lambda: True)
    for number in range(20):
        town.licence(f"k{number}")
    return town


def test_two_processes_publish_what_one_does(halved: Town) -> None:
    done = publish(halved)
    assert (done.published, done.new) == (20, 20)
    assert sum(e["count"] for e in halved.events()) == 20
    low = "SELECT count(DISTINCT key_hash < '8') FROM certs.licence GROUP BY seal_batch"
    assert {tuple(one) for one in halved.query(low)} == {(1,)}  # each batch is of one half
    assert publish(halved).published == 0
    assert verify(halved.house).verified


def test_what_stops_the_second_process_is_said_and_nothing_is_half_done(halved: Town) -> None:
    halved.change("UPDATE landing.licence SET type = '某某证' WHERE key_hash >= '8'")
    with pytest.raises(PersonMustAct, match="某某证"):
        publish(halved)
    halved.change("UPDATE landing.licence SET type = '食品经营许可证'")
    publish(halved, "r2")
    assert halved.query("SELECT count(*), max(version) FROM certs.licence") == [(20, 1)]


def test_a_second_process_that_is_killed_is_said(
    halved: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = os.getpid()
    real = seal.store

    def dies(*args: object) -> int:
        if os.getpid() != me:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr("certs.seals.seal.store", dies)
    with pytest.raises(RetryLater, match="run it again"):
        publish(halved)
    monkeypatch.setattr("certs.seals.seal.store", real)
    publish(halved, "r2")
    assert halved.query("SELECT count(*), max(version) FROM certs.licence") == [(20, 1)]


def test_each_holder_opens_the_document_and_nobody_else(town: Town) -> None:
    town.licence("k1", WANG, co_holder=LI)
    town.licence("k2", LI)
    publish(town)
    ids = dict(town.query("SELECT holder_hash, min(licence_id) FROM certs.licence_holder l JOIN "
                          "certs.licence c ON c.id = licence_id GROUP BY 1"))  # fmt: skip
    (both,) = town.query(
        "SELECT licence_id FROM certs.licence_holder GROUP BY 1 HAVING count(*) = 2"
    )[0]
    assert set(ids) == {town.holder(WANG), town.holder(LI)}
    with town.house.engine.connect() as conn:
        for holder in ids:
            opened = holders.read_document(holders.open_document(town.house, conn, both, holder))
            assert (opened["CZZTDM"], opened["KZ_GYRDM"]) == (WANG, LI)
        with pytest.raises(Stop, match="can no longer be opened"):
            holders.open_document(town.house, conn, both, "nobody")


def test_erasing_one_holders_key_leaves_the_other_holders_side_open(town: Town) -> None:
    town.licence("k1", WANG, co_holder=LI)
    publish(town)
    ((licence_id,),) = town.query("SELECT id FROM certs.licence")
    town.change(f"DELETE FROM certs.holder_key WHERE holder_hash = '{town.holder(WANG)}'")  # noqa: S608
    with town.house.engine.connect() as conn:
        assert holders.open_document(town.house, conn, licence_id, town.holder(LI))
        with pytest.raises(Stop):
            holders.open_document(town.house, conn, licence_id, town.holder(WANG))


def test_a_document_says_where_it_comes_from_and_proves_its_place(town: Town) -> None:
    for number in range(3):
        town.licence(f"k{number}")
    publish(town)
    ((licence_id, leaf),) = town.query(
        "SELECT id, leaf_hash FROM certs.licence WHERE leaf_index = 1"
    )
    with town.house.engine.connect() as conn:
        data = holders.open_document(town.house, conn, licence_id, town.holder(WANG))
        file = json.loads(seal.licence_file(town.house, conn, licence_id, data))
    assert merkle.leaf_hash(data).hex() == leaf
    document = file["document"]
    assert document["ZZMC"] == "食品经营许可证"
    assert document["KZ_经营项目"] == "热食类食品制售"
    assert document["provenance"]["batch"] == "sc_food/licence/r1/0"
    assert "ZZBS" not in document
    assert merkle.included(
        bytes.fromhex(leaf),
        file["leaf_index"],
        file["seal"]["size"],
        [bytes.fromhex(step) for step in file["proof"]],
        bytes.fromhex(file["seal"]["root"]),
    )


def test_a_type_that_the_registry_does_not_know_stops_and_names_itself(town: Town) -> None:
    town.licence("k1", type="某某证")
    with pytest.raises(PersonMustAct, match="某某证"):
        publish(town)


def test_no_number_or_name_stands_in_a_plain_column_or_in_the_ledger(town: Town) -> None:
    town.licence("k1", WANG, co_holder=LI)
    publish(town)
    plain = json.dumps(
        [
            town.query("SELECT to_jsonb(c) - 'sealed' FROM certs.licence c"),
            town.query("SELECT to_jsonb(c) FROM certs.licence_holder c"),
            town.events(),
        ],
        ensure_ascii=False,
    )
    for secret in (WANG, LI, "王小明", "JY1360702k1"):
        assert secret not in plain


def test_a_fork_takes_no_connection_of_the_pool_along(city: Town) -> None:
    """Else the server would not notice the first process's death, and its locks would stay."""
    pool = city.house.engine.pool
    assert isinstance(pool, QueuePool)
    city.query("SELECT 1")
    assert pool.checkedin() > 0
    seen: list[int] = []

    def work(keys: Keys) -> Counter[str]:
        if keys == FIRST:
            seen.append(pool.checkedin())
        return Counter()

    in_halves(city.house, "publish/nothing", work)
    assert seen == [0]
