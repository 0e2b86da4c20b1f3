"""The city as a whole: the window, changes, misbehaviour, restart, end."""

from __future__ import annotations

import socket
import stat
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
import sqlalchemy
from sqlalchemy.pool import NullPool

from tests.city.clients import WIRE, get, headers, live_keys, read_list, sign
from tests.conftest import installed
from tests.running import RunningCity


def query(city: RunningCity, code: str, sql: str) -> list[Any]:
    engine = sqlalchemy.create_engine(city.secret(f"{code.upper()}_URL"), poolclass=NullPool)
    with engine.connect() as conn:
        return list(conn.execute(sqlalchemy.text(sql)))


def accept(city: RunningCity, **changed: str) -> requests.Response:
    """An application by the first person there is."""
    body = {"item_code": "000100", "applicant_kind": "person", "post": "sc-02"}
    body |= {"applicant_number": city.truth("/personal-numbers")[0], "applicant_name": "甲"}
    signed = sign("hmac_sha256", city.secret("WINDOW_ID"), city.secret("WINDOW_SECRET"))
    url = city.secret("WINDOW_URL") + "/accept"
    return requests.post(url, json=body | changed, headers=signed, timeout=30)


def test_an_accepted_case_is_in_the_windows_view(city: RunningCity) -> None:
    item = read_list(city, "xzsp_items", "item", 500)[0]
    answer = accept(city, item_code=str(item["ssbm"])).json()
    data = answer["data"]
    assert (answer["code"], data["provisional"]) == (200, True)
    view = "SELECT BJGUID FROM v_window_case WHERE BJBH = '{}'"
    assert query(city, "xzsp_window", view.format(data["case_number"])) == [(data["row_id"],)]
    assert city.truth(f"/cases/{data['case_number']}")["post"] == "sc-02"
    city.truth(f"/cases/{data['case_number']}/close", {})
    state = "SELECT BJZT FROM v_window_case WHERE BJBH = '{}'"
    assert query(city, "xzsp_window", state.format(data["case_number"])) == [("准予许可",)]


def test_an_acceptance_without_a_post_is_refused(city: RunningCity) -> None:
    assert accept(city, post="").status_code == 400
    assert accept(city, applicant_kind="cat").status_code == 400
    assert requests.post(city.secret("WINDOW_URL") + "/accept", timeout=30).status_code == 401


def test_changes_reach_every_system_before_the_answer(city: RunningCity) -> None:
    done = city.truth("/changes", {"count": 300, "seed": 3})
    assert set(done) == {"new", "changed", "revoked", "deleted"}
    for code, stream in (("rs_insurance", "licence"), ("zj_presale", "case")):
        shape = WIRE[code]["streams"][stream]
        found = query(city, code, f"SELECT * FROM {shape['path']}")  # noqa: S608
        assert len(found) == len(city.keys(code, stream))
    rows = read_list(city, "rs_card", "licence", 500)
    assert live_keys("rs_card", "licence", rows) == city.keys("rs_card", "licence")


def test_the_truth_is_for_its_token_only(city: RunningCity) -> None:
    for path in ("/streams", "/personal-numbers", "/nope"):
        url = city.secret("CITY_TRUTH_URL") + path
        assert requests.get(url, timeout=30).status_code == 401


def test_secrets_are_for_their_owner_only(city: RunningCity) -> None:
    for file in (*city.secrets.iterdir(), city.home / "secrets.json"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(city.secrets.stat().st_mode) == 0o700


@pytest.mark.parametrize("how", ["http500", "cut", "truncate", "bad_token", "slow"])
def test_a_system_misbehaves_as_often_as_told(city: RunningCity, how: str) -> None:
    city.truth("/misbehave", {"system": "rs_card", "how": how, "times": 1})
    _expect(city, "rs_card", how)
    assert len(get(city, "rs_card", "/licences").json()["data"]["list"]) > 0


def _expect(city: RunningCity, code: str, how: str) -> None:
    if how == "cut":
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            get(city, code, "/licences")
        return
    answer = get(city, code, "/licences")
    statuses = {"http500": 500, "bad_token": 401, "slow": 200, "truncate": 200}
    assert answer.status_code == statuses[how]
    if how == "slow":
        assert answer.elapsed.total_seconds() > 2
    if how == "truncate":
        with pytest.raises(requests.JSONDecodeError):
            answer.json()


def test_it_says_who_speaks_mysql(city: RunningCity) -> None:
    wanted = "mariadb" if installed("mariadbd") else "mysql-mimic"
    assert requests.get(f"{city.base}/health", timeout=30).json()["mysql"] == wanted
    served = {one["system"]: one.get("mysql") for one in city.truth("/streams")}
    assert {code for code, by in served.items() if by} == {
        code for code, one in WIRE.items() if one.get("server") == "mysql"
    }


def test_a_restart_keeps_everything_and_an_end_leaves_nothing(city: RunningCity) -> None:
    engine = sqlalchemy.create_engine(city.secret("MZ_ORG_URL"), poolclass=NullPool)
    with engine.begin() as conn:
        conn.execute(sqlalchemy.text("UPDATE up_org_licence SET CD_STATE = '1'"))
    city.truth("/changes", {"count": 100, "seed": 1})
    city.truth("/lookups", {"system": "ga_population", "asked": 7})
    before, children = everything(city), city.children()
    city.stop()
    assert not any(map(alive, children))
    city.start()
    assert everything(city) == before
    assert not long_numbers(city)


def test_a_killed_city_comes_back_whole_and_what_it_left_is_ended(city: RunningCity) -> None:
    before, children = everything(city), city.children()
    city.kill()
    city.start()
    assert everything(city) == before
    assert not any(map(alive, children))


def alive(process: psutil.Process) -> bool:
    """Whether it runs, and is not only waiting to be reaped."""
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def everything(city: RunningCity) -> dict[str, Any]:
    """What must not change over a restart."""
    return {
        "streams": city.truth("/streams"),
        "lookups": city.truth("/lookups")["ga_population"],
        "secrets": {one.name: one.read_text("utf-8") for one in city.secrets.iterdir()},
        "files": sorted(str(one) for one in (city.home / "drops").rglob("*")),
        "states": query(city, "mz_org", "SELECT CD_BATCH, CD_STATE FROM up_org_licence"),
        "changes": query(city, "rs_pension", "SELECT count(*) FROM up_pension_licence"),
    }


def long_numbers(city: RunningCity) -> list[str]:
    """Lines of its log that hold a number of 15 digits or more."""
    lines = city.log.read_text("utf-8").splitlines()
    return [line for line in lines if any(len(w) >= 15 and w[:14].isdigit() for w in line.split())]


def test_a_taken_port_is_one_sentence(servers: dict[str, Any], tmp_path: Path) -> None:
    city = RunningCity(tmp_path / "home", servers, people=60)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(city.base.rsplit(":", 1)[1])))
        taken.listen()
        ended = subprocess.run(
            city.command, capture_output=True, text=True, check=False, timeout=20
        )
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "--port" in ended.stderr


def test_an_expired_token_is_refused_until_a_new_one(city: RunningCity) -> None:
    url, old = city.secret("SW_TAX_URL") + "/licences", headers(city, "sw_tax")
    assert requests.get(url, headers=old, timeout=30).status_code == 200
    city.truth("/misbehave", {"system": "sw_tax", "how": "bad_token", "times": 1})
    assert requests.get(url, headers=old, timeout=30).status_code == 401
    assert requests.get(url, headers=headers(city, "sw_tax"), timeout=30).status_code == 200


def test_the_one_window_gives_the_forms_of_its_items_to_who_signs(city: RunningCity) -> None:
    url = city.secret("WINDOW_URL") + "/forms"
    signed = sign("hmac_sha256", city.secret("WINDOW_ID"), city.secret("WINDOW_SECRET"))
    rows = requests.post(url, json={}, headers=signed, timeout=30).json()["data"]
    assert {row["type"] for row in rows} <= {"text", "date", "number", "choice", "phone", "address"}
    assert {row["required"] for row in rows} == {"是", "否"}
    names = [(row["item_id"], row["name"]) for row in rows]
    assert len(names) == len(set(names))
    known = {str(item["jbbm"]) for item in read_list(city, "xzsp_items", "item", 500)}
    assert {row["item_id"] for row in rows} <= known
    assert requests.post(url, json={}, timeout=30).status_code == 401
