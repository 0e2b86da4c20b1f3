"""What was sealed is gone through: each thing that was changed, removed or put in is named."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from certs.licences.audit import audit
from certs.licences.publish import publish_system
from cli.main import app
from pipeline import wiring
from tests.certs.town import WANG, Town

#: A change behind the platform's back, and the words that name it.
DAMAGES = {
    "a hash": (
        "UPDATE certs.licence SET leaf_hash = repeat('0', 64) WHERE leaf_index = 1",
        r"batch \d+: the licence \w+ is not the one that was sealed there",
    ),
    "a document": (
        "UPDATE certs.licence SET leaf_hash = leaf_hash,"
        " sealed = set_byte(sealed, 30, get_byte(sealed, 30) # 1) WHERE leaf_index = 1",
        r"batch \d+: the licence \w+ does not open: its ciphertext or a key of it was changed",
    ),
    "a row away": (
        "DELETE FROM certs.licence WHERE leaf_index = 1",
        r"batch \d+: the licence in place 1 is gone",
    ),
    "a row more": (
        "INSERT INTO certs.licence SELECT (jsonb_populate_record(l, jsonb_build_object("
        "'id', 'forged', 'version', 9, 'leaf_index', 3, 'ended_at', now()))).* FROM certs.licence l"
        " WHERE leaf_index = 1",
        r"batch \d+: it has 4 licences, 3 were sealed",
    ),
    "a row of no batch": (
        "UPDATE certs.licence SET seal_batch = 99999 WHERE leaf_index = 2",
        r"the licence \w+ is of a batch that is not there",
    ),
    "a seal": (
        "UPDATE certs.seal_batch SET sealed_at = sealed_at - interval '1 day'",
        r"batch \d+: its seal was changed, or is of a key that is not ours",
    ),
    "a batch away": (
        "DELETE FROM certs.seal_batch",
        r"the batch with the root [0-9a-f]{16}… of the ledger's entry \d+ is gone",
    ),
}


@pytest.fixture
def sealed(city: Town) -> Town:
    """Three licences in one batch."""
    for name in ("k1", "k2", "k3"):
        city.licence(name)
    publish_system(city.house, "sc_food", "r1")
    return city


def test_what_is_as_it_was_sealed_is_counted(sealed: Town) -> None:
    found = audit(sealed.house, documents=True)
    assert (found.batches, found.licences, found.documents, found.problems) == (1, 3, 3, ())
    assert audit(sealed.house).documents == 0


@pytest.mark.parametrize("name", DAMAGES)
def test_each_damage_is_named(sealed: Town, name: str) -> None:
    statement, words = DAMAGES[name]
    with sealed.house.engine.begin() as conn:
        conn.execute(text("SET LOCAL session_replication_role = replica"))
        assert conn.execute(text(statement)).rowcount == 1
    problems = audit(sealed.house, documents=True).problems
    assert [one for one in problems if re.fullmatch(words, one)], problems
    assert WANG not in "".join(problems)


def test_a_changed_document_needs_to_be_opened_to_be_seen(sealed: Town) -> None:
    with sealed.house.engine.begin() as conn:
        conn.execute(text(DAMAGES["a document"][0]))
    assert audit(sealed.house).problems == ()


def test_the_command_says_what_it_found(
    sealed: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(wiring, "open_house", lambda _: sealed.house)
    home = ["--home", str(tmp_path)]
    good = CliRunner().invoke(app, ["certs", "audit", "--documents", *home])
    assert (good.exit_code, good.output) == (0, "1 batches, 3 licences, 3 documents opened\n")
    with sealed.house.engine.begin() as conn:
        conn.execute(text(DAMAGES["a row away"][0]))
    bad = CliRunner().invoke(app, ["certs", "audit", *home])
    assert bad.exit_code == 3
    assert re.search(
        r"^not as it was sealed: batch \d+: the licence in place 1 is gone$",
        bad.output,
        re.MULTILINE,
    )
    told = CliRunner().invoke(app, ["certs", "audit", "--json", *home])
    assert told.exit_code == 3
    (problem,) = json.loads(told.output)["problems"]
    assert problem.endswith(": the licence in place 1 is gone")
