"""Two Celery workers on machines of their own: one is killed, one is cut off, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from certs.tables import licence
from cli.installation import free_base
from cli.truth import Truth
from landing.tables import batch, cursor
from ledger.verify import verify
from tests.docker.grown import Grown
from tests.docker.links import Links, unused
from tests.docker.waiting import until
from tests.e2e.state import differences

pytestmark = [pytest.mark.needs("netns"), pytest.mark.needs("redis-server")]
PEOPLE = 60
#: Every transport, one of them long: it is struck in its middle.
LONG = "xzsp_items"
CODES = (
    LONG, "sc_food", "sc_drug", "ga_seal", "zr_realestate", "mz_org", "wl_culture", "cg_city",
)  # fmt: skip
#: Answers slowly while the link of a machine is cut, so that its sync is under way.
SLOW = "sc_food"
SECONDS = 600


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grown]:
    """A city whose stores, portal and Airflow are here and whose workers are `one` and `two`."""
    links = Links(unused())
    made = Grown(tmp_path_factory.mktemp("grown"), free_base(), links, PEOPLE)
    try:
        made.start()
        for name in ("one", "two"):
            made.worker(name)
        for name in ("one", "two"):
            made.wait(name)
        yield made
    finally:
        links.close()
        made.stop()


def assert_as_the_truth(grown: Grown) -> None:
    """Nothing is lost, nothing is doubled, every stream is complete, the ledger verifies."""
    house = grown.opened
    assert differences(house, Truth(house.secrets), CODES) == []
    with house.engine.connect() as conn:
        assert set(conn.scalars(select(batch.c.object))) <= set(house.objects.names("raw/"))
        of = (licence.c.system, licence.c.stream, licence.c.key_hash, licence.c.row_hash)
        assert conn.execute(select(of[0]).group_by(*of).having(func.count() > 1)).all() == []
        still_open = select(cursor.c.system).where(cursor.c.complete_at.is_(None))
        assert conn.execute(still_open).all() == []
    assert verify(house).verified


def test_a_worker_is_killed_and_its_systems_finish_elsewhere(grown: Grown) -> None:
    grown.trigger("killed", CODES)
    until(lambda: grown.landed("killed", LONG) > 0, grown.workers["one"])
    [struck] = grown.running("killed", LONG)
    assert grown.links.kill(struck) > 3
    assert set(grown.ended("killed", CODES, SECONDS).values()) == {"success"}
    [first] = [one for one in grown.tries("killed", LONG, "land") if one["hostname"] == struck]
    assert first["state"] in ("failed", "up_for_retry")
    assert grown.where("killed")[LONG] == {"one", "two"} - {struck}
    assert_as_the_truth(grown)
    grown.worker(struck)
    grown.wait(struck)


def test_a_worker_is_cut_off_and_comes_back(grown: Grown) -> None:
    truth = Truth(grown.opened.secrets)
    truth.post("/changes", {"count": 300, "seed": 1})
    truth.post("/misbehave", {"system": SLOW, "how": "slow", "times": 200})
    grown.trigger("cut", CODES)
    until(lambda: grown.running("cut", SLOW) != [], grown.workers["one"])
    [struck] = grown.running("cut", SLOW)
    grown.links.cut(struck)
    truth.post("/misbehave", {"system": SLOW, "how": "slow", "times": 0})
    assert set(grown.ended("cut", CODES, SECONDS).values()) == {"success"}
    assert grown.where("cut")[SLOW] == {"one", "two"} - {struck}
    assert_as_the_truth(grown)
    grown.links.mend(struck)
    grown.wait(struck)
    assert_as_the_truth(grown)


def test_a_round_runs_on_both(grown: Grown) -> None:
    truth = Truth(grown.opened.secrets)
    truth.post("/changes", {"count": 300, "seed": 2})
    grown.trigger("both", CODES)
    assert set(grown.ended("both", CODES, SECONDS).values()) == {"success"}
    # of its tasks, not of its few long ones: who is quicker may take all of these
    assert {one["hostname"] for one in grown.tasks("both") if one["hostname"]} == {"one", "two"}
    assert_as_the_truth(grown)
