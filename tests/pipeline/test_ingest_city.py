"""The city's pusher and our ingest agree: what it signs and sends is taken, once."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from connectors import open_connector
from kernel.errors import ZhongtaiError
from kernel.house import House
from landing.read import counts
from pipeline.ingest import ingest
from registry.applied import apply
from registry.applied import read as read_registry
from tests.connectors.gateway import Reply, Request, gateway
from tests.running import RunningCity

CONTRACTS = Path(__file__).resolve().parents[2] / "connectors" / "systems"
NAMES = ("CG_CITY_ID", "CG_CITY_SECRET", "CG_CITY_URL")


def test_a_whole_push_of_the_city_lands_once(house: House, city: RunningCity) -> None:
    apply(house, CONTRACTS, "test")
    for name in NAMES:
        house.secrets.put(name, city.secret(name))
    refused: list[str] = []

    def take(request: Request) -> Reply:
        stream = request.path.rpartition("/")[2]
        try:
            return Reply(ingest(house, "cg_city", stream, request.headers, request.body))
        except ZhongtaiError as error:
            refused.append(str(error))
            return Reply({}, 400)

    system = read_registry(house.settings.home)["cg_city"]
    with (
        gateway(take) as portal,
        closing(open_connector(system, house.secrets, house.clock)) as client,
    ):
        client.to = f"{portal.url}/cg_city"  # type: ignore[attr-defined]
        rounds = []
        for _ in range(2):
            assert client.push_now(full=True) > 0
            with house.engine.connect() as conn:
                told = {one.stream: one for one in counts(conn)}
            for stream in ("case", "licence"):
                taken = told[stream].stored + told[stream].quarantined
                assert taken >= len(city.keys("cg_city", stream))
            rounds.append({name: (one.stored, one.quarantined) for name, one in told.items()})
    assert rounds[0] == rounds[1]
    assert refused == []
