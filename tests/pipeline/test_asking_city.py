"""The catalogue's questions over the city's own items, materials and cases, as they are served."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from catalog.situations.asking import Decision
from catalog.unify import unify
from catalog.versions.publish import publish
from catalog.versions.read import items, materials_of
from cli import postgres
from kernel.house import House
from kernel.secrets import Secrets
from pipeline.asking import About, Asking
from pipeline.steps import CONTRACTS
from pipeline.sync import sync
from registry.applied import apply
from tests.conftest import open_test_house
from tests.running import RunningCity

SYNCED = ("xzsp_items", "xzsp_window", "sc_enterprise")


@pytest.fixture(scope="module")
def round_(
    servers: dict[str, str | int],
    migrated: str,
    city: RunningCity,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    """The city's items, the one-window's cases and one system's licences; unified, published."""
    name, port = "t" + secrets.token_hex(6), int(servers["pg_port"])
    with postgres.connect(port, str(servers["pg_password"]), "postgres") as conn:
        conn.execute(f"CREATE DATABASE {name} TEMPLATE {migrated}")
    home: Path = tmp_path_factory.mktemp("asking")
    made = open_test_house(servers, home, name)
    made.objects.make_bucket()
    apply(made, CONTRACTS, "test")
    own = Secrets(made.settings.home)
    for file in city.secrets.iterdir():
        own.put(file.name, file.read_text("utf-8"))
    house = replace(made, secrets=own)
    for code in SYNCED:
        sync(house, code, "r1")
    unify(house, "r1")
    publish(house, "test")
    yield house
    made.close()


@pytest.fixture
def conn(round_: House) -> Iterator[Connection]:
    with round_.engine.connect() as made:
        yield made


def rows(conn: Connection, query: str) -> list[Any]:
    return list(conn.execute(text(query)))


def test_every_item_of_the_city_can_be_asked_to_its_end(conn: Connection) -> None:
    asked: dict[str, int] = defaultdict(int)
    for item in items(conn, 1):
        decision = Decision(materials_of(conn, 1, item.item_id))
        answers: dict[str, str] = {}
        while (question := decision.next(answers)) is not None:
            answers[question.id] = question.options[0]
            asked[question.id] += 1
        listed = decision.listed(answers)
        assert all(one.certain for one in listed), item
        unconditional = {one.material_id for one, _ in decision.lines if not one.situation}
        assert unconditional <= {one.material_id for one in listed}, item
    assert set(asked) == {"applicant", "marital", "agent"}  # the city's situations are all known
    assert min(asked.values()) > 30


def test_an_item_is_unused_just_when_no_code_of_it_has_a_case(
    round_: House, conn: Connection
) -> None:
    found = Asking(round_).table("unused", About(years=30))
    codes = {(row[0], row[1]) for row in rows(
        conn, "SELECT local_code, item_id FROM catalog.published_mapping WHERE version = 1"
    )}  # fmt: skip
    had = {row[0] for row in rows(conn, 'SELECT DISTINCT item_code FROM landing."case"')}
    used = had | {item for code, item in codes if code in had}
    every = {item.item_id for item in items(conn, 1)}
    assert {row["item_id"] for row in found.rows} == every - used
    assert 0 < len(every & used) < len(every)


def test_what_a_county_asks_more_is_a_landed_row_that_the_base_list_has_not(
    round_: House, conn: Connection
) -> None:
    found = Asking(round_).table("more-materials", About()).rows
    assert found
    landed = {
        (row[0], row[1]) for row in rows(conn, "SELECT item_code, name FROM landing.material")
    }
    base = {
        (row[0], row[1])
        for row in rows(
            conn, "SELECT item_id, material_id FROM catalog.published_material WHERE version = 1"
        )
    }
    for row in found:
        assert (row["local_code"], row["written"]) in landed
        assert (row["item_id"], row["material_id"]) not in base
        assert row["asks"] > float(row["median"])


def test_the_curve_ends_where_every_paper_that_any_system_gives_is_waived(round_: House) -> None:
    asking = Asking(round_)
    curve = asking.table("next-system", About(from_nothing=True)).rows
    assert len(curve) > 20
    assert curve[-1]["share"] == 1.0  # the city's systems give every type that its items ask for
    gains = [row["papers"] for row in curve]
    assert gains == sorted(gains, reverse=True)
    assert curve[-1]["total"] == sum(gains) > 0
    now = asking.table("next-system", About()).rows
    assert "sc_enterprise" not in {row["system"] for row in now}  # it is connected
    first = curve[0]
    papers = asking.table("next-system", About(code=first["system"])).rows
    assert sum(row["cases"] for row in papers) == first["papers"]


def test_what_nobodys_data_satisfies_has_no_type_and_is_asked_by_its_items(
    round_: House, conn: Connection
) -> None:
    found = Asking(round_).table("unsatisfied", About()).rows
    assert found
    asked = {
        (row[0], row[1]): row[2]
        for row in rows(
            conn,
            "SELECT material_id, item_id, licence_types FROM catalog.published_material"
            " WHERE version = 1 AND need",
        )
    }
    for row in found:
        assert row["items"] == len(row["item_ids"]) > 0
        assert all(asked[row["material_id"], item] == [] for item in row["item_ids"])
