"""No citizen number in any log, report, URL, header, object name, raw object or plain column."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE

import psutil
import psycopg
import pytest
from sqlalchemy import make_url, select

from certs.seals.trust import trust_file
from cli.report import make_report
from kernel.errors import ZhongtaiError
from kernel.numbers import split
from landing.read import licence_secret
from landing.tables import RECORDS
from ledger.export import export
from ledger.witness import bear_witness
from pipeline.sync import sync
from tests.e2e.closed import programs_of, secrets_of, told_by, told_in
from tests.e2e.installed import Installed
from tests.e2e.leaks import Numbers, dump, files, pg_dump, tables
from tests.e2e.people import BUSINESS, case_of, example, line_of, papers

APPLICANT = ("applicant_name",)
#: A system of each kind of answer that a parser may stumble over.
STUMBLING = ("mz_marriage", "fg_investment", "zr_planning", "sc_drug")


@pytest.fixture(scope="module")
def numbers(installed: Installed) -> Numbers:
    """Every citizen number that the city knows, once clerks have worked and sources failed."""
    known = installed.truth.get("/personal-numbers")
    assert len(known) > 200
    _work(installed)
    _mistype(installed, known[0])
    _stumble(installed)
    return Numbers(known)


def _work(installed: Installed) -> None:
    """A case for a person, a plan and a copy."""
    clerk, told = installed.account("clerk"), example(installed)
    case = case_of(installed, papers(installed, BUSINESS)[0])
    line = line_of(installed, case, BUSINESS)
    assert installed.platform.fetch(clerk, case, line.material_id, "prove").pdf
    person = installed.applicant(_case_of_a_person(installed))
    installed.platform.open_case(
        clerk,
        told["item_code"],
        "person",
        person["applicant_number"],
        person["applicant_name"],
    )


def _case_of_a_person(installed: Installed) -> str:
    c = RECORDS["case"].c
    here = (c.applicant_kind == "person", c.deleted_at.is_(None), ~c.withheld)
    return str(installed.rows(select(c.case_number).where(*here).limit(1))[0].case_number)


def _mistype(installed: Installed, number: str) -> None:
    """A number typed in the right field and in wrong ones, on pages and over the API."""
    browser, told = installed.browser, example(installed)
    browser.sign_in("clerk")
    fields = {"item_text": "食品经营许可", "item_for": "食品经营许可", "applicant_name": "某人"}
    item = {"item_code": told["item_code"]}
    browser.post("/clerk", "/clerk/cases", **fields, applicant_number=number)
    browser.post("/clerk", "/clerk/cases", **fields, **item, applicant_number=number)
    browser.post("/clerk", "/clerk/items", item_text=number)
    address = f"/clerk/cases/{told['case']}"
    line = line_of(installed, told["case"], BUSINESS)
    refused = browser.post(
        address, f"{address}/materials/{line.material_id}/fetch", purpose=f"给{number}"
    )
    assert refused.status_code == 403
    browser.session.cookies.clear()
    browser.post("/login", "/login", name=number, password=number)
    made = browser.api("POST", "/session", json={"name": "clerk", "password": "zhongtai-demo"})
    person = {"applicant_kind": "person", "applicant_number": number, "applicant_name": "某人"}
    token = made.json()["token"]
    browser.api("POST", "/cases", token, json={**item, **person})
    browser.api("POST", "/cases", token, json={"item_code": number, **person})
    browser.api("POST", "/cases", token, json={"applicant_number": [number]})


def _stumble(installed: Installed) -> None:
    """Sources whose answers break off: what the errors say is kept with the runs."""
    for code in STUMBLING:
        installed.truth.post("/misbehave", {"system": code, "how": "truncate", "times": 50})
        with pytest.raises(ZhongtaiError):
            sync(installed.house, code, "stumbles", full=True)
        installed.truth.post("/misbehave", {"system": code, "how": "truncate", "times": 0})
        sync(installed.house, code, "stands-again")


@pytest.fixture(scope="module")
def database(installed: Installed) -> Iterator[psycopg.Connection]:
    """A connection to the platform's database."""
    url = make_url(installed.house.settings.database_url)
    with psycopg.connect(
        host=url.host,
        port=url.port,
        user=url.username,
        dbname=url.database,
        password=installed.house.secrets.get("DATABASE_PASSWORD"),
    ) as conn:
        yield conn


def test_the_search_finds_a_number_in_every_form(installed: Installed, numbers: Numbers) -> None:
    one = max(numbers.known, key=len)
    assert numbers.among(b"x" + one + b"y") == {one}
    assert numbers.among(b"12" + one.lower() + b"34") >= {one}
    assert numbers.among(b"\\x00" + one.hex().encode()) >= {one}
    assert numbers.among(b"100000000000000000") == set()
    assert numbers.among((installed.home / "city" / "world.db").read_bytes())


def test_what_is_looked_for_is_there_but_sealed(installed: Installed, numbers: Numbers) -> None:
    opened = installed.applicant(_case_of_a_person(installed))
    assert numbers.among(opened["applicant_number"].encode())


def test_no_plain_column_of_any_table(
    database: psycopg.Connection, installed: Installed, numbers: Numbers
) -> None:
    searched = tables(database)
    assert {schema for schema, _ in searched} >= {
        "landing", "catalog", "certs", "ledger", "registry",
    }  # fmt: skip
    leaks = [
        f"{schema}.{name}"
        for schema, name in searched
        if any(numbers.among(data) for data in dump(database, schema, name))
    ]
    assert leaks == []


def test_no_line_of_a_dump(installed: Installed, numbers: Numbers) -> None:
    """What an operator hands on: pg_dump, as SQL."""
    dumped = pg_dump(installed)
    assert b"COPY landing.licence" in dumped
    assert b"COPY ledger.entry" in dumped
    assert not numbers.among(dumped)


def test_no_metric_and_nothing_for_an_auditor(
    installed: Installed, numbers: Numbers, tmp_path: Path
) -> None:
    metrics = installed.browser.get("/metrics")
    assert b"zhongtai_portal_requests_total" in metrics.content
    assert not numbers.among(metrics.content)
    assert export(installed.house, tmp_path / "log.jsonl") > 20
    assert not numbers.among((tmp_path / "log.jsonl").read_bytes())
    bear_witness(installed.house)
    assert not numbers.among(trust_file(installed.house))


def test_no_object_and_no_name_of_one(installed: Installed, numbers: Numbers) -> None:
    objects = installed.house.objects
    names = list(objects.names(""))
    assert {name.split("/")[0] for name in names} >= {"raw", "copies"}
    assert [name for name in names if numbers.among(name.encode())] == []
    assert [name for name in names if numbers.among(objects.get(name))] == []


def test_no_log_and_no_setting(installed: Installed, numbers: Numbers) -> None:
    home = installed.home
    logs = dict(files(home / "logs"))
    assert set(logs) >= {"portal.log", "city.log", "postgres.log", "s3.log"}
    assert any(name.startswith("lines/") for name in logs)
    leaks = [name for name, data in logs.items() if numbers.among(data)]
    leaks += [one.name for one in home.glob("*.json") if numbers.among(one.read_bytes())]
    assert leaks == []


def test_no_program_shows_a_secret_and_no_log_holds_one(installed: Installed) -> None:
    known = secrets_of(installed.home)
    assert {"DATABASE_PASSWORD", "DATABASE_PASSWORD_PORTAL", "S3_SECRET"} <= set(known)
    pids = json.loads((installed.home / "pids.json").read_text("utf-8"))
    running = programs_of(int(one["pid"]) for one in pids.values())
    assert len(running) > 20  # backends of PostgreSQL, too
    assert set().union(*(told_by(one, known) for one in running)) == set()
    assert told_in(installed.home / "logs", known) == set()


def test_the_walk_finds_a_secret_that_is_shown(installed: Installed) -> None:
    known = secrets_of(installed.home)
    word = known["S3_SECRET"].decode()
    command = [sys.executable, "-c", "import sys; print(flush=True); sys.stdin.read()", word]
    env = {"HELD": known["DATABASE_PASSWORD"].decode()}
    with subprocess.Popen(command, env=env, stdin=PIPE, stdout=PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        told = told_by(psutil.Process(child.pid), known)
    assert {one.partition(": ")[2] for one in told} >= {"S3_SECRET", "DATABASE_PASSWORD"}


def test_no_file_of_database_or_store(installed: Installed, numbers: Numbers) -> None:
    """The raw files: also what tables no longer show, the write-ahead log, temporary files."""
    leaks = [
        f"{folder}/{name}"
        for folder in ("postgres", "s3")
        for name, data in files(installed.home / folder)
        if numbers.among(data)
    ]
    assert leaks == []


def test_no_status_and_no_report(installed: Installed, numbers: Numbers) -> None:
    told = {"case": "-", "materials": [], "waived": []}
    report = make_report(installed.house, installed.systems, installed.truth, 1.0, told)
    for document in (report, installed.platform.status()):
        assert not numbers.among(json.dumps(document, ensure_ascii=False).encode())


def test_no_address_and_no_header_of_the_portal(installed: Installed, numbers: Numbers) -> None:
    seen = installed.browser.seen
    assert len(seen) > 15
    assert [text.split("\n")[0] for text in seen if numbers.among(text.encode())] == []


def test_no_ledger_entry_holds_a_number_that_someone_typed(
    installed: Installed, numbers: Numbers
) -> None:
    assert not numbers.among(json.dumps(installed.entries(), ensure_ascii=False).encode())


def test_no_name_of_a_person_or_a_firm_in_tables_objects_or_logs(
    database: psycopg.Connection, installed: Installed, numbers: Numbers
) -> None:
    names = _names(installed)
    assert len(names) > 100
    found = re.compile("|".join(map(re.escape, sorted(names))).encode())
    leaks = [
        f"{schema}.{name}"
        for schema, name in tables(database)
        if any(found.search(data) for data in dump(database, schema, name))
    ]
    leaks += [name for name, data in files(installed.home / "logs") if found.search(data)]
    leaks += ["pg_dump"] if found.search(pg_dump(installed)) else []
    leaks += ["metrics"] if found.search(installed.browser.get("/metrics").content) else []
    objects = installed.house.objects
    leaks += [one for one in objects.names("") if found.search(one.encode() + objects.get(one))]
    assert leaks == []


def _names(installed: Installed) -> set[str]:
    """Holders and applicants, opened. Names of two characters may stand anywhere by chance."""
    found = set()
    for kind, fields in (("licence", ("holder_name", "co_holder_name")), ("case", APPLICANT)):
        for row in installed.rows(select(RECORDS[kind])):
            secret = licence_secret(installed.house, row)
            found |= {one for field in fields for one in split(secret.get(field))}
    return {name for name in found if len(name) > 2}
