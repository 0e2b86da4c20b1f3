"""The city's own screens: what they show of people, and what they say when they lead nowhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import requests

from city.faces.pages import DESKS
from city.world import CityError, World
from registry.accounts import demo_accounts, make_demo
from tests.conftest import open_test_house
from tests.running import RunningCity

CASE = re.compile(r'name="case" value="([^"]+)"')


def get(city: RunningCity, path: str) -> str:
    answer = requests.get(city.base + path, timeout=10)
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    return answer.text


def post(city: RunningCity, path: str, site: str = "same-origin", **sent: str) -> requests.Response:
    headers = {"Sec-Fetch-Site": site}
    return requests.post(
        city.base + path, data=sent, headers=headers, timeout=30, allow_redirects=False
    )


def test_no_number_of_anybody_is_on_a_page(city: RunningCity) -> None:
    shown = "".join(get(city, path) for path in ("/", "/desk", "/desk?user=clerk2", "/app"))
    assert not re.search(r"[0-9A-Z]{18}", shown.replace("GZ", ""))
    assert not [number for number in city.truth("/personal-numbers") if number in shown]


def test_the_worked_example_is_the_first_case_of_its_desk(city: RunningCity) -> None:
    example = city.truth("/example")
    assert CASE.findall(get(city, "/desk"))[0] == example["case"]
    assert example["case"] not in get(city, "/desk?user=window")


def test_a_city_without_a_platforms_address_says_so(city: RunningCity) -> None:
    case = CASE.findall(get(city, "/desk"))[0]
    for answer in (
        post(city, "/desk/go", user="clerk", case=case),
        post(city, "/app/go", who=case, face="on"),
    ):
        assert answer.status_code == 400
        assert "没有给出中台页面的地址" in answer.text


def test_a_case_that_is_not_open_goes_nowhere(city: RunningCity) -> None:
    answer = post(city, "/desk/go", user="clerk", case="GZ01-19990101-00001")
    assert (answer.status_code, "no open case" in answer.text) == (400, True)


def test_another_sites_form_does_nothing(city: RunningCity) -> None:
    case = CASE.findall(get(city, "/desk"))[0]
    for path in ("/desk/go", "/desk/new", "/app/go"):
        assert post(city, path, site="cross-site", case=case, who=case).status_code == 403


def test_every_desk_is_a_clerk_of_the_platforms_demo(
    servers: dict[str, str | int], migrated: str, tmp_path: Path
) -> None:
    house = open_test_house(servers, tmp_path, migrated)
    with house.engine.connect() as conn:
        make_demo(conn)
        known = {one.name: [post.code for post in one.posts] for one in demo_accounts(conn)}
        conn.rollback()
    house.close()
    for desk in DESKS:
        assert sorted(known[desk.user]) == sorted(desk.posts)


def test_a_closed_case_is_no_open_one(tmp_path: Path) -> None:
    world = World.open(tmp_path, 360700, 200)
    first = world.open_cases(1)[0]
    assert world.open_case(first.number) == first
    world.close_case(first.number)
    with pytest.raises(CityError, match="no open case"):
        world.open_case(first.number)
    assert first.number not in {one.number for one in world.open_cases(99)}
    world.close()
