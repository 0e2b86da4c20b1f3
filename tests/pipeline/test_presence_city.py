"""The city's identity service and ours agree: what it signs is believed, once."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from kernel.errors import Refused
from kernel.house import House
from pipeline.rights import Rights
from tests.certs.town import NAMES, Town
from tests.city.clients import sign
from tests.pipeline.sources import of_city
from tests.running import RunningCity


def test_the_services_result_is_taken_once_and_its_picture_never(
    house: House, city: RunningCity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = of_city(house, city, tmp_path / "s", "ga_population")
    number = next(n for n in city.truth("/personal-numbers") if len(n) == 18)
    monkeypatch.setitem(NAMES, number, "某人")
    town = Town(made)
    town.open()
    town.house = made
    town.case("C1", number, opened=made.clock())
    made.secrets.put("IDENTITY_KEY_JIANGXI", city.secret("IDENTITY_KEY_JIANGXI"))
    head = sign("hmac_sha256", city.secret("IDENTITY_ID"), city.secret("IDENTITY_SECRET"))
    url, asked = city.secret("IDENTITY_URL") + "/face", {"case": "C1", "number": number}
    assert requests.post(url, json=asked, timeout=10).status_code == 401
    answer = requests.post(url, json=asked, headers=head, timeout=10)
    assert answer.status_code == 200
    rights, clerk = Rights(made), town.account()
    assert rights.presence(clerk, "C1", answer.content).method == "face"
    with pytest.raises(Refused, match="已经用过"):
        rights.presence(clerk, "C1", answer.content)
    assert number not in str(town.events())
