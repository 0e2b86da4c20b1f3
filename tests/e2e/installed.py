"""The installation that the tests share, and a round over it: each step called directly."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from catalog.unify import unify
from catalog.versions.publish import publish
from certs.licences.publish import publish_system
from cli.truth import Truth
from kernel.house import House
from landing.read import case_by_number, case_secret
from ledger.tables import entry
from pipeline.platform import Platform
from pipeline.sync import sync
from pipeline.uses import Uses
from registry.accounts import Account
from registry.contract import System
from tests.e2e.browser import Browser
from tests.e2e.state import State

PEOPLE = 200
ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Installed:
    """The session's installation; `first` and `second` are what stood after each round."""

    house: House
    systems: dict[str, System]
    truth: Truth
    browser: Browser
    first: State = field(default_factory=dict)
    second: State = field(default_factory=dict)
    wrong_first: list[str] = field(default_factory=list)
    wrong_second: list[str] = field(default_factory=list)
    changed: dict[str, int] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        """The state folder."""
        return self.house.settings.home

    @property
    def platform(self) -> Platform:
        """What the portal asks."""
        return Platform(self.house)

    def round(self, run: str, codes: Iterable[str] | None = None) -> None:
        """Sync and seal these systems (else all), then unify and publish."""
        for step in steps_of(self.systems, codes):
            do_step(self.house, step, run)

    def account(self, name: str) -> Account:
        """A demo account."""
        found = self.platform.account(name)
        assert found is not None, f"no account {name}"
        return found

    def entries(self) -> list[dict[str, Any]]:
        """Every body of the ledger."""
        with self.house.engine.connect() as conn:
            bodies = conn.scalars(select(entry.c.body).order_by(entry.c.seq)).all()
        return [json.loads(body) for body in bodies]

    def applicant(self, case_number: str) -> dict[str, Any]:
        """Number and name of a case's applicant, opened."""
        with self.house.engine.connect() as conn:
            row = case_by_number(conn, case_number)
        assert row is not None
        return {**case_secret(self.house, row), "kind": row.applicant_kind}

    def rows(self, query: Any, **values: Any) -> Sequence[Row[Any]]:
        """Rows of a query."""
        with self.house.engine.connect() as conn:
            return conn.execute(query, values).all()


def steps_of(systems: dict[str, System], codes: Iterable[str] | None = None) -> list[str]:
    """The steps of a round in order: `land CODE`, `seal CODE`, …, `unify`, `publish`."""
    steps = []
    for code in codes or systems:
        steps.append(f"land {code}")
        if any(one.kind == "licence" for one in systems[code].streams.values()):
            steps.append(f"seal {code}")
    return [*steps, "unify", "publish"]


def do_step(house: House, step: str, run: str) -> None:
    """One step, as Airflow's task of that name does it, by its role of the database."""
    verb, _, code = step.partition(" ")
    if verb == "land":
        sync(house.under("sync"), code, run)
    elif verb == "seal":
        publish_system(house.under("seal"), code, run)
    elif verb == "unify":
        unify(house.under("catalogue"), run)
    elif verb == "publish":
        publish(house.under("catalogue"), run)
        Uses(house.under("catalogue")).request()
    else:
        raise ValueError("a step is land, seal, unify or publish")
