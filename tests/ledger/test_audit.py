"""An exported log, checked without the database; heads kept elsewhere; signing that fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from kernel.clock import stopped_clock
from kernel.errors import BadInput, Refused, Stop
from kernel.house import House
from ledger import log, merkle, watch, witness
from ledger.audit import Audit, audit
from ledger.events import event
from ledger.export import export
from ledger.heads import genuine, sign_head
from ledger.tables import entry, head, node

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
Lines = list[bytes]


def write(house: House, count: int, at: datetime = AT) -> None:
    with house.engine.begin() as conn:
        for number in range(count):
            log.append(conn, event(at, "plan.made", "clerk", case=f"c{number}"))


@pytest.fixture
def signed(house: House) -> House:
    """Twelve entries, heads of sizes 5 and 10."""
    for count in (5, 5):
        write(house, count)
        sign_head(house)
    write(house, 2)
    return house


def test_an_export_agrees_with_itself(signed: House, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    assert export(signed, file) == 12
    found = audit(file)
    key = signed.keys.ledger.signer().public.key_id
    assert found == Audit(12, 2, 2, 0, (key,), None)
    assert "\\u738b" not in file.read_text()


def test_an_empty_log_is_an_export_too(house: House, tmp_path: Path) -> None:
    assert export(house, tmp_path / "log") == 0
    assert audit(tmp_path / "log") == Audit(0, 0, 0, 0, (), None)


def changed(number: int, old: bytes, new: bytes) -> Callable[[Lines], Lines]:
    def work(lines: Lines) -> Lines:
        assert old in lines[number]
        return [*lines[:number], lines[number].replace(old, new), *lines[number + 1 :]]

    return work


def without(number: int) -> Callable[[Lines], Lines]:
    return lambda lines: [*lines[:number], *lines[number + 1 :]]


@pytest.mark.parametrize(
    ("bend", "said"),
    [
        (changed(4, b"c3", b"c4"), "ledger entry 3: its root does not follow"),
        (changed(9, b'"seq":7', b'"seq":8'), "ledger entry 7 is missing: entry 8 follows"),
        (without(3), "ledger entry 2 is missing: entry 3 follows"),
        (lambda lines: [*lines[:3], lines[3], *lines[3:]], "ledger entry 3 is missing: entry 2"),
        (changed(6, b'"size":5', b'"size":6'), "the ledger head of size 6: its signature is by no"),
        (lambda lines: lines[:9], "the export breaks off after entry 6"),
        (lambda lines: [*lines[:5], b"{\n", *lines[5:]], "line 6 of the export cannot be read"),
        (without(14), "the export says 12 entries and holds 11"),
        (lambda lines: [*lines, lines[3]], "the export says 12 entries and holds 12"),
    ],
)
def test_the_first_line_that_disagrees_is_named(
    signed: House, tmp_path: Path, bend: Callable[[Lines], Lines], said: str
) -> None:
    file = tmp_path / "log.jsonl"
    export(signed, file)
    with file.open("rb") as lines:
        bent = bend(list(lines))
    file.write_bytes(b"".join(bent))
    assert (audit(file).problem or "").startswith(said)


def test_an_auditor_who_holds_the_key_believes_no_other(signed: House, tmp_path: Path) -> None:
    export(signed, tmp_path / "log")
    mine = signed.keys.seal.known()
    assert "by no known ledger key" in (audit(tmp_path / "log", mine).problem or "")
    known = signed.keys.ledger.known()
    assert audit(tmp_path / "log", known).problem is None


def test_what_is_no_export_is_said(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("{}\n")
    with pytest.raises(BadInput, match="is no export of the ledger"):
        audit(tmp_path / "x")


def rewritten(house: House) -> None:
    """What a thief of the ledger's key does: another entry 3, all after it anew, and signed."""
    frontier = merkle.Frontier()
    with house.engine.begin() as conn:
        conn.execute(text("SET LOCAL session_replication_role = replica"))
        conn.execute(node.delete())
        conn.execute(head.delete())
        for row in conn.execute(select(entry).order_by(entry.c.seq)).all():
            body = row.body.replace('"c3"', '"c9"') if row.seq == 3 else row.body
            leaf = merkle.leaf_hash(body.encode())
            for level, place, hash_ in frontier.append(leaf):
                conn.execute(node.insert().values(level=level, place=place, hash=hash_))
            made = {"body": body, "leaf_hash": leaf, "root": frontier.root()}
            conn.execute(entry.update().where(entry.c.seq == row.seq).values(made))
    sign_head(house)


def test_a_log_rewritten_with_its_own_key_disagrees_with_heads_kept_elsewhere(
    signed: House, tmp_path: Path
) -> None:
    folder = tmp_path / "kept"
    outside = replace(signed, settings=replace(signed.settings, heads_folder=str(folder)))
    assert witness.bear_witness(outside) == 4
    assert witness.bear_witness(outside) == 0
    kept = list(witness.kept_heads(folder))
    assert [one.size for one in kept] == [5, 10]
    assert all(genuine(one, signed.keys.ledger.known()) for one in kept)
    with signed.engine.connect() as conn:
        assert [witness.disagreement(signed, conn, one) for one in kept] == [None, None]
    rewritten(signed)
    export(signed, tmp_path / "log")
    assert audit(tmp_path / "log").problem is None
    assert (audit(tmp_path / "log", kept=kept).problem or "").startswith(
        "the ledger head of size 5 kept elsewhere disagrees: an entry between 0 and 4"
    )
    with signed.engine.connect() as conn:
        assert "size 5 does not begin the log of now" in str(
            witness.disagreement(signed, conn, kept[0])
        )


def test_a_kept_head_that_somebody_changed_stops_the_witness(signed: House, tmp_path: Path) -> None:
    outside = replace(signed, settings=replace(signed.settings, heads_folder=str(tmp_path / "k")))
    with signed.engine.connect() as conn:
        row = conn.execute(select(head).order_by(head.c.size)).first()
    assert row is not None
    file = tmp_path / "k" / f"{row.signed_at:%Y-%m-%d}" / f"{5:020d}-{row.root.hex()[:16]}.json"
    file.parent.mkdir(parents=True)
    file.write_bytes(b'{"f')  # a write that was killed is written again
    witness.bear_witness(outside)
    assert json.loads(file.read_bytes())["size"] == 5
    file.chmod(0o600)
    file.write_bytes(b"{}")
    with signed.engine.begin() as conn:
        conn.exec_driver_sql("DELETE FROM ledger.witness")
    with pytest.raises(Stop, match="holds another head"):
        witness.bear_witness(outside)


def test_heads_in_the_object_store_are_written_once(signed: House) -> None:
    assert witness.bear_witness(signed) == 2
    names = list(signed.objects.names(witness.PREFIX))
    assert len(names) == 2
    with pytest.raises(Stop, match="holds another content"):
        signed.objects.put_once(names[0], b"{}")
    for name in names:  # so that the bucket can be removed
        signed.objects.client.remove_object(signed.objects.bucket, name)


def at(house: House, minutes: float) -> House:
    return replace(house, clock=stopped_clock(AT + timedelta(minutes=minutes)))


def state(house: House, minutes: float) -> str:
    now = at(house, minutes)
    with now.engine.connect() as conn:
        found = watch.signing(conn, now.clock())
        stopped = watch.no_look(conn, now.clock())
        assert stopped == ("ledger_unsigned" if found.state == "stopped" else None)
    return found.state


def test_signing_that_fails_alarms_and_then_stops(house: House) -> None:
    assert state(house, 0) == "signed"
    write(house, 2)
    assert [state(house, m) for m in (0, 14.9, 15, 239.9, 240)] == [
        "waiting", "waiting", "alarm", "alarm", "stopped",
    ]  # fmt: skip
    for _ in range(2):
        watch.alarm(at(house, 16))
    with house.engine.connect() as conn:
        bodies = list(conn.execute(select(entry.c.body).where(entry.c.seq >= 2)).scalars())
    assert [json.loads(one)["event"] for one in bodies] == ["ledger.alarm"]
    sign_head(at(house, 300))
    assert state(house, 300) == "signed"


def test_a_quiet_ledger_is_no_outage(house: House) -> None:
    write(house, 2)
    sign_head(at(house, 1))
    assert state(house, 10_000) == "signed"


def test_two_people_put_the_stop_off_once(house: House) -> None:
    write(house, 1)
    with pytest.raises(BadInput, match="nothing to put off"):
        watch.ask_longer(at(house, 1), "li", "密码机在修")
    with pytest.raises(BadInput, match="nobody has asked"):
        watch.agree_longer(at(house, 230), "wang")
    with pytest.raises(BadInput, match="say why"):
        watch.ask_longer(at(house, 230), "li", " ")
    assert watch.ask_longer(at(house, 230), "li", "密码机在修") == AT + watch.STOP
    with pytest.raises(Refused, match="another must"):
        watch.agree_longer(at(house, 250), "li")
    assert state(house, 250) == "stopped"
    assert watch.agree_longer(at(house, 250), "wang") == AT + watch.STOP + watch.LONGER
    assert [state(house, m) for m in (250, 479, 480)] == ["alarm", "alarm", "stopped"]
    with pytest.raises(BadInput, match="already"):
        watch.ask_longer(at(house, 490), "zhao", "再等等")
    with pytest.raises(BadInput, match="already"):
        watch.agree_longer(at(house, 490), "zhao")
    with house.engine.connect() as conn:
        bodies = [json.loads(one) for one in conn.execute(select(entry.c.body)).scalars()]
    assert [(one["event"], one["actor"]) for one in bodies[1:]] == [
        ("ledger.alarm", "ledger"),
        ("ledger.longer_asked", "li"),
        ("ledger.longer_granted", "wang"),
    ]
