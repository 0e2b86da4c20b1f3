"""A ledger in the gm profile: SM3 trees, SM2 heads, exported and audited; nothing else fits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from kernel.house import House
from kernel.keys import load_keys, make_keys
from kernel.profile import GM
from ledger import log, proofs
from ledger.audit import audit
from ledger.events import event
from ledger.export import export
from ledger.files import consistency_file, inclusion_file, read_proof
from ledger.heads import sign_head
from ledger.tables import entry
from ledger.verify import verify

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def gm(house: House, tmp_path: Path) -> House:
    """The house in the gm profile, seven entries, one head."""
    home = tmp_path / "gm"
    make_keys(home, GM)
    engine = house.engine.execution_options(profile="gm")
    settings = replace(house.settings, home=home, crypto="gm")
    made = replace(house, engine=engine, keys=load_keys(home, GM), settings=settings)
    with made.engine.begin() as conn:
        for number in range(7):
            log.append(conn, event(AT, "plan.made", "clerk", case=f"c{number}"))
    sign_head(made)
    return made


def test_leaves_are_sm3(gm: House) -> None:
    with gm.engine.connect() as conn:
        first = conn.execute(select(entry).where(entry.c.seq == 0)).one()
    assert bytes(first.leaf_hash) == GM.hash(b"\x00" + first.body.encode())
    assert bytes(first.root) == bytes(first.leaf_hash)


def test_it_verifies_and_another_profile_does_not_read_it(gm: House, house: House) -> None:
    assert (verify(gm).entries, verify(gm).problem) == (7, None)
    assert (verify(house).problem or "").startswith("ledger entry 0: its content was changed")


def test_export_audit_and_proofs(gm: House, tmp_path: Path) -> None:
    export(gm, tmp_path / "log")
    found = audit(tmp_path / "log")
    assert (found.entries, found.heads, found.problem) == (7, 1, None)
    with gm.engine.connect() as conn:
        files = (
            inclusion_file(proofs.inclusion(conn, 3)),
            consistency_file(proofs.consistency(conn, 5)),
        )
    assert [read_proof(one).holds() for one in files] == [True, True]
    lied = [one.replace(b'"profile":"gm"', b'"profile":"standard"') for one in files]
    assert [read_proof(one).holds() for one in lied] == [False, False]
