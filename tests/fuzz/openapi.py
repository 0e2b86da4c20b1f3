"""Every call of the OpenAPI with what its description allows, by each role: none is a fault, and
each answer has a status, a type and a form that the description names.

`make fuzz NAME=openapi`. ZHONGTAI_FUZZ=200 makes it 200 requests a call and role (else 5). The seed
is fixed.
"""

from __future__ import annotations

import os
import sys
import warnings
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from schemathesis.specs.openapi import checks
from sqlalchemy import text, update

from catalog.tables import version as version_table
from catalog.versions.content import digest_of
from catalog.versions.history import content_of
from certs.licences.publish import publish_system
from kernel.house import House
from pipeline.platform import Platform
from portal.app import create_app
from registry.tables import account as account_table
from tests.certs.town import UNLOCKED, Town

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

DESCRIBED = [
    checks.status_code_conformance, checks.content_type_conformance,
    checks.response_schema_conformance,
]  # fmt: skip
FOOD, MARKET = "食品经营许可证", "市市场监督管理局"
EXAMPLES = int(os.environ.get("ZHONGTAI_FUZZ", "5"))
#: Things that are there: half of the time they stand in the path, so that it leads further in.
REAL = {
    "number": "1", "code": "sc_food", "system": "sc_food", "item": "FOOD", "material_id": "M1",
    "licence_type": FOOD, "operation": "data", "mandate": "1", "version": "1", "stream": "licence",
}  # fmt: skip
ROLES: dict[str, tuple[str, str | None]] = {
    "officer": ("officer", MARKET), "ops": ("ops", None), "bureau": ("bureau", None),
}  # fmt: skip


@pytest.fixture
def client(house: House) -> tuple[Any, Any]:
    """A real installation with a licence, an item and a case; and its application."""
    town = Town(house)
    town.open()
    town.material("M1", [FOOD])
    town.licence("k1")
    town.case("1")
    publish_system(town.house, "sc_food", "r1")
    with town.house.engine.begin() as conn:  # the town writes rows by hand: give them their digest
        conn.execute(text(UNLOCKED))
        conn.execute(update(version_table).values(digest=digest_of(content_of(conn, 1))))
    for name, (role, department) in ROLES.items():
        about = {"name": name, "display": name, "role": role, "department": department}
        town._write(account_table, {**about, "posts": [], "password": "", "demo": True})
    app = create_app(Platform(town.house), b"k" * 32, clock=town.house.clock)
    return app, TestClient(app, raise_server_exceptions=True, follow_redirects=False)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("who", ["clerk", *ROLES])
def test_no_call_is_a_fault(client: tuple[Any, Any], who: str) -> None:
    app, sender = client
    faults: list[str] = []
    schema = schemathesis.openapi.from_dict(app.openapi())
    for found in schema.get_all_operations():
        operation = found.ok()
        one = _tried(app, sender, who, operation)
        try:
            one()
        except BaseExceptionGroup as group:
            faults += [_told(operation, error) for error in group.exceptions]
        except Exception as error:  # noqa: BLE001  # each fault of each call is listed
            faults.append(_told(operation, error))
    assert not faults, "\n".join(faults)


def _told(operation: Any, error: BaseException) -> str:
    notes = " ".join(getattr(error, "__notes__", ()))
    said = f"{operation.method} {operation.path}: {type(error).__name__}: {error}"
    found = f"{said[:600]} {notes[:400]}"
    print(found, flush=True)  # at once: a run that is ended has said what it found
    return found


def _tried(app: Any, sender: Any, who: str, operation: Any) -> Any:
    @hypothesis.given(case=operation.as_strategy(), inside=st.booleans())
    @hypothesis.settings(
        max_examples=EXAMPLES, derandomize=True, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    def one(case: Any, inside: bool) -> None:
        if inside and case.path_parameters:
            case.path_parameters = {k: REAL.get(k, v) for k, v in case.path_parameters.items()}
        _, token = app.state.portal.sessions.begin(who)
        sent = _sent(case)
        head = {**dict(sent.pop("headers", {}) or {}), "authorization": f"Bearer {token}"}
        answer = sender.request(headers=head, **sent)
        assert answer.status_code < 500 or answer.status_code == 503, answer.text
        case.validate_response(answer, checks=DESCRIBED)

    return one


def _sent(case: Any) -> dict[str, Any]:
    """The request as the client takes it."""
    sent = dict(case.as_transport_kwargs(base_url="http://testserver"))
    sent.pop("cookies", None)
    if sent.get("files"):
        sent["files"] = _files(sent["files"])
    if isinstance(sent.get("data"), bytes | str):
        sent["content"] = sent.pop("data")
    return {name: value for name, value in sent.items() if value is not None}


def _files(given: Any) -> list[tuple[str, tuple[str | None, bytes]]]:
    """Form parts as the client takes them: name, file name, bytes."""
    pairs = given.items() if isinstance(given, dict) else given
    made = []
    for name, value in pairs:
        title, content = (value[0], value[1]) if isinstance(value, tuple) else ("a.bin", value)
        raw = content if isinstance(content, bytes) else str(content).encode("utf-8", "replace")
        made.append((str(name), (title, raw)))
    return made


if __name__ == "__main__":
    warnings.simplefilter("ignore", pytest.PytestAssertRewriteWarning)
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", *sys.argv[1:], __file__]))
