"""Systems that are asked live: quota, hours, probe; SOAP through zeep."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
import requests
from zeep import Client, Settings
from zeep.exceptions import Fault
from zeep.wsdl.attachments import MessagePack

from tests.city.clients import WIRE, get, headers, live_keys
from tests.running import RunningCity


def ask(city: RunningCity, code: str, number: str) -> requests.Response:
    body = {"number": number, "case": "GZ01-1", "item": "000100", "purpose": "核验"}
    url = city.secret(f"{code.upper()}_URL") + "/ask"
    return requests.post(url, json=body, headers=headers(city, code), timeout=10)


def service(city: RunningCity, code: str) -> Any:
    url = city.secret(f"{code.upper()}_URL") + "?wsdl"
    client: Any = Client
    return client(url, settings=Settings(strict=True)).service


def rows_of(said: Any) -> tuple[int, list[dict[str, str | None]]]:
    """The rows of a returned text, of MTOM's bytes, or of the one attachment that it names."""
    if isinstance(said, MessagePack):
        (part,) = said.attachments
        assert part.content_id == f"<{said.root.removeprefix('cid:')}>"
        said = part.content
    root = ElementTree.fromstring(said)  # noqa: S314
    return int(root.get("total") or -1), [{c.tag: c.text for c in row} for row in root]


@pytest.mark.parametrize("code", ["ga_population", "mz_marriage"])
def test_a_holder_is_found_by_number_and_nobody_else(
    city: RunningCity, code: str, at_work: None
) -> None:
    shape = WIRE[code]["streams"]["licence"]
    column = shape["columns"]["holder_number"]
    co_holder = shape["columns"].get("co_holder_number", column)
    found = None
    for number in city.truth("/personal-numbers"):
        rows = ask(city, code, number).json()["data"]
        assert all(number in (row[column], row[co_holder]) for row in rows)
        found = found or rows
        if found:
            break
    assert found
    assert ask(city, code, "110101190001010000").json()["data"] == []


def test_a_question_without_a_case_is_refused(city: RunningCity) -> None:
    url = city.secret("GA_POPULATION_URL") + "/ask"
    answer = requests.post(
        url, json={"number": "1"}, headers=headers(city, "ga_population"), timeout=10
    )
    assert answer.status_code == 400


def test_a_used_up_quota_is_told_with_when_to_come_again(city: RunningCity, at_work: None) -> None:
    city.truth("/lookups", {"system": "ga_exit_entry", "asked": 1999})
    assert ask(city, "ga_exit_entry", "x").status_code == 200
    answer = ask(city, "ga_exit_entry", "x")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 14 * 3600 + 1
    assert city.truth("/lookups")["ga_exit_entry"] >= 2000
    assert get(city, "ga_exit_entry", "/probe").status_code == 200
    city.truth("/clock", {"at": "2026-11-24T10:00:00"})
    assert ask(city, "ga_exit_entry", "x").status_code == 200


def test_outside_its_hours_a_source_answers_probes_only(city: RunningCity) -> None:
    city.truth("/clock", {"at": "2026-11-25T08:59:00"})
    answer = ask(city, "ga_exit_entry", "x")
    assert (answer.status_code, answer.json()["code"]) == (403, 40301)
    assert len(get(city, "ga_exit_entry", "/probe").json()["data"]) == 1
    city.truth("/clock", {"at": "2026-11-25T09:00:00"})
    assert ask(city, "ga_exit_entry", "x").status_code == 200
    city.truth("/clock", {"at": None})


@pytest.mark.parametrize("code", ["ga_seal", "sc_drug", "wl_culture"])
def test_soap_pages_give_every_row_once(city: RunningCity, code: str) -> None:
    client, token = service(city, code), city.secret(f"{code.upper()}_TOKEN")
    for stream, shape in WIRE[code]["streams"].items():
        rows: list[dict[str, str | None]] = []
        number, total = 1, 1
        while len(rows) < total:
            text = client[shape["path"]](token=token, pageNo=number, pageSize=8)
            total, more = rows_of(text)
            rows, number = rows + more, number + 1
        assert live_keys(code, stream, rows) == city.keys(code, stream)


def test_soap_since_may_be_given(city: RunningCity) -> None:
    token = city.secret("GA_SEAL_TOKEN")
    operation = service(city, "ga_seal").queryLicences
    text = operation(token=token, since="2099-01-01 00:00:00", pageNo=1, pageSize=8)
    assert rows_of(text) == (0, [])


def test_a_wrong_soap_token_is_a_fault(city: RunningCity) -> None:
    with pytest.raises(Fault, match="TOKEN_INVALID"):
        service(city, "ga_seal").queryLicences(token="no", since=None, pageNo=1, pageSize=8)


def test_a_soap_look_up_counts_its_quota_and_answers_probes(
    city: RunningCity, at_work: None
) -> None:
    client, token = service(city, "wj_birth"), city.secret("WJ_BIRTH_TOKEN")
    total, rows = rows_of(client.probe(token=token))
    assert (total, len(rows)) == (1, 1)
    question = {"number": "x", "caseNumber": "GZ01-1", "itemCode": "000100", "purpose": "核验"}
    assert rows_of(client.askLicences(token=token, **question)) == (0, [])
    city.truth("/lookups", {"system": "wj_birth", "asked": 2000})
    with pytest.raises(Fault, match="QUOTA_EXCEEDED"):
        client.askLicences(token=token, **question)
