"""Refused rows come in again: by a lookup of the contract, never over a newer version."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kernel.errors import RetryLater
from kernel.house import House
from landing import rowstore
from landing.land import land_batch
from landing.read import open_findings
from landing.replay import replay
from landing.tables import batch, quarantine
from registry.contract import Stream
from tests.landing.frames import Row, batch_of, raw, stream_of
from tests.landing.state import all_of, live, refused

SYSTEM = "sc_enterprise"
STREAM = stream_of(SYSTEM, "licence")
STATUS = STREAM.fields["status"]
VALID = next(word for word, means in (STATUS.values or {}).items() if means == "valid")
MENDED = STREAM.model_copy(update={"lookups": {STATUS.column: {"正常营业": VALID}}})


def land(house: House, seq: int, *rows: Row, stream: Stream = STREAM) -> None:
    land_batch(house, SYSTEM, stream, "r1", seq, batch_of(*rows))


def odd(key: str, **fields: str | None) -> Row:
    """A row whose status the source writes wrongly."""
    return raw(STREAM, key, status=" 正常营业 ", **fields)


def closed_by(house: House) -> list[str]:
    with house.engine.connect() as conn:
        return list(conn.scalars(select(quarantine.c.closed_by).order_by(quarantine.c.id)))


def test_a_lookup_brings_its_rows_in_and_keeps_what_came(house: House) -> None:
    land(house, 0, odd("k1"), odd("k2", issued="x"), raw(STREAM, "k3"))
    assert len(refused(house)) == 2
    done = replay(house, SYSTEM, MENDED)
    assert (done.looked_at, done.stored, done.refused) == (2, 1, 1)
    assert closed_by(house) == ["lookup", None]
    assert list(refused(house).values()) == ["date"]
    assert {row["status"] for row in live(house, "licence").values()} == {"valid"}
    assert {row["batch"] for row in live(house, "licence").values()} == {
        "sc_enterprise/licence/r1/0"
    }
    after = all_of(house)
    assert replay(house, SYSTEM, MENDED).stored == 0
    assert all_of(house) == after


def test_a_lookup_while_landing_is_told_with_the_batch_old_and_new(house: House) -> None:
    land(house, 0, odd("k1"), odd("k2"), raw(STREAM, "k3"), stream=MENDED)
    assert refused(house) == {}
    with house.engine.connect() as conn:
        facts = conn.scalar(select(batch.c.facts))
    assert facts
    assert facts["lookups"] == {STATUS.column: {f"正常营业 → {VALID}": 2}}


def test_an_unknown_category_is_closed_when_no_refused_row_is_about_it(house: House) -> None:
    land(house, 0, odd("k1"))
    with house.engine.connect() as conn:
        assert [one.kind for one in open_findings(conn)] == ["unknown_category"]
    replay(house, SYSTEM, MENDED)
    with house.engine.connect() as conn:
        assert open_findings(conn) == []


def test_a_row_mended_at_its_source_closes_its_entry_by_itself(house: House) -> None:
    land(house, 0, odd("k1"))
    land(house, 1, raw(STREAM, "k1"))
    assert closed_by(house) == ["mended"]
    assert replay(house, SYSTEM, MENDED).looked_at == 0


def test_a_replayed_row_never_undoes_a_newer_version(house: House) -> None:
    land(house, 0, odd("k1", issuer="old"))
    with house.engine.begin() as conn:  # as if the newer one had come without closing the entry
        entry = conn.execute(select(quarantine)).one()
    land(house, 1, raw(STREAM, "k1", issuer="new"))
    with house.engine.begin() as conn:
        conn.execute(quarantine.update().values(closed_at=None, closed_by=None))
        conn.execute(quarantine.update().values(last_seen=entry.last_seen))
    done = replay(house, SYSTEM, MENDED)
    assert (done.stored, done.superseded) == (0, 1)
    [stored] = live(house, "licence").values()
    assert stored["issuer"] == "new"
    assert closed_by(house) == ["mended"]


def test_a_refused_newer_version_replaces_the_one_that_it_withheld(house: House) -> None:
    land(house, 0, raw(STREAM, "k1", issuer="old"))
    land(house, 1, odd("k1", issuer="new"))
    assert live(house, "licence") == {}
    replay(house, SYSTEM, MENDED)
    [stored] = live(house, "licence").values()
    assert stored["issuer"] == "new"


def test_killed_while_replaying_and_repeated_the_end_is_the_same(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RetryLater("killed")

    land(house, 0, odd("k1"), odd("k2"))
    before = all_of(house)
    with monkeypatch.context() as patch:
        patch.setattr(rowstore, "delete", fail)
        with pytest.raises(RetryLater):
            replay(house, SYSTEM, MENDED)
    assert all_of(house) == before
    assert replay(house, SYSTEM, MENDED).stored == 2


def test_an_entry_says_which_row_of_the_batch_it_was(house: House) -> None:
    land(house, 0, raw(STREAM, "k1"), raw(STREAM, "k1"), odd("k2"))
    with house.engine.connect() as conn:
        entry = conn.execute(select(quarantine.c.batch, quarantine.c.place)).one()
    assert tuple(entry) == ("sc_enterprise/licence/r1/0", 3)
