"""Discovery against the city: its own systems come back as the contracts that people wrote."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import func, select
from typer.testing import CliRunner

from city.servers.mariadb import MariaServer
from cli.main import app
from connectors.discovery import Target, auth_of
from kernel.clock import system_clock
from kernel.errors import BadInput, NotAuthorised, ZhongtaiError
from kernel.house import House
from kernel.numbers import normalise_citizen
from kernel.secrets import Secrets
from landing.tables import finding, quarantine
from pipeline.discover import Discovered, discover
from pipeline.discover_out import try_out, write
from pipeline.discover_target import by_secret, target_of
from registry.loader import load_system
from tests.connectors.copies import SYSTEMS
from tests.connectors.gateway import Reply, Request, gateway
from tests.connectors.made import made_rows
from tests.connectors.test_shapes import framework
from tests.pipeline.permits import permits
from tests.running import RunningCity

LOOKED_AT = (
    "jy_enrolment",  # PostgreSQL
    "gjj_fund",  # MySQL
    "rs_talent",  # Excel in a folder
    "mz_relief",  # CSV in a folder, GB 18030
    "ga_vehicle",  # CSV by SFTP
    "jt_transport",  # JSON Lines in an object store
    "sc_food",  # pages in JSON
    "zr_planning",  # pages in XML
    "rs_qualification",  # offset
    "rs_card",  # cursor, signed
    "gw_power",  # links to the next page
    "xzsp_items",  # items and materials
    "ga_seal",  # SOAP
    "yj_safety",  # exchange tables
)


@pytest.fixture(scope="module")
def secrets(city: RunningCity) -> Secrets:
    """The city's secrets."""
    made = Secrets(city.secrets.parent)
    made.folder = city.secrets
    return made


def found_of(secrets: Secrets, code: str) -> Discovered:
    """A system of the city, looked at as if it had no contract."""
    transport = SYSTEMS[code].transport
    auth: Any = getattr(transport, "auth", None)
    paths = [one.path for one in SYSTEMS[code].streams.values()]
    target = Target(
        code,
        secrets.get(f"{code.upper()}_URL"),
        auth_of(code, auth.kind) if auth else None,
        tuple(paths) if transport.kind == "rest" else (),
    )
    return discover(target, secrets, system_clock)


@pytest.mark.parametrize("code", LOOKED_AT)
def test_a_system_comes_back_as_its_contract(secrets: Secrets, code: str) -> None:
    found = found_of(secrets, code)
    made = yaml.safe_load(found.yaml)
    assert made["transport"].items() >= _sure(code).items()
    by_path = {one["path"]: one for one in made["streams"].values()}
    right = wanted = 0
    for stream in SYSTEMS[code].streams.values():
        draft = by_path[stream.path]
        assert (draft["kind"], draft["key"]) == (stream.kind, stream.key)
        for name, field in stream.fields.items():
            said = draft["fields"].get(name)
            wanted += 1
            right += (said["column"] if isinstance(said, dict) else said) == field.column
            values = said.get("values", {}) if isinstance(said, dict) else {}
            for value, meaning in values.items():
                assert meaning in ("?", (field.values or {}).get(value)), (name, value)
        assert not set(draft["fields"]) - set(stream.fields)
    assert right >= 0.9 * wanted, (right, wanted)


def _sure(code: str) -> dict[str, Any]:
    """What of a transport can be seen from outside; GBK is read as the larger GB 18030."""
    known = SYSTEMS[code].transport.model_dump(exclude_none=True)
    if known.get("encoding") == "gbk":
        known["encoding"] = "gb18030"
    return known


@pytest.mark.parametrize("code", ["jy_enrolment", "rs_talent", "sc_food", "ga_seal", "yj_safety"])
def test_nothing_that_is_shown_holds_a_person(
    city: RunningCity, secrets: Secrets, code: str
) -> None:
    shown = str(found_of(secrets, code).as_json())
    assert not [number for number in city.truth("/personal-numbers") if number in shown]
    found = found_of(secrets, code)
    names = {
        row[column]
        for _, seen in found.streams
        for row in seen.rows
        for column in (_column(found, "holder_name"), _column(found, "applicant_name"))
        if row.get(column)
    }
    assert names
    assert not [name for name in names if name and name in shown]


def _column(found: Discovered, field: str) -> str:
    columns = (one for place in found.places for one in place.columns)
    return next((one.name for one in columns if one.field == field), "")


def test_the_check_says_what_a_person_must_fill_in(secrets: Secrets) -> None:
    found = found_of(secrets, "sc_food")
    said = " ".join(found.problems)
    for key in ("department", "contact", "basis", "authorisation", "share", "catalogue"):
        assert f"{key}: this key is missing" in said
    assert any("certState" in one for one in found.remains)


def test_a_draft_that_is_filled_in_passes_the_check(secrets: Secrets, tmp_path: Path) -> None:
    found = found_of(secrets, "jy_enrolment")
    made = yaml.safe_load(found.yaml)
    made |= {
        "name": "学籍",
        "department": "市教育体育局",
        "level": "municipal",
        "contact": "联络员",
    }
    made["department"] = SYSTEMS["jy_enrolment"].department
    for stream in made["streams"].values():
        stream |= {"catalogue": "3607JY02802", "share": "conditional", "basis": "依据"}
        stream |= {"authorisation": {"document": "函", "until": "2028-12-31"}}
        stream |= {"complete_since": "2009-01-01", "longest_age": "26h"}
        for said in stream["fields"].values():
            if isinstance(said, dict):
                said["values"] = {v: "valid" if m == "?" else m for v, m in said["values"].items()}
    file = tmp_path / "jy_enrolment.yml"
    file.write_text(yaml.safe_dump(made, allow_unicode=True), "utf-8")
    assert load_system(file).kinds


def test_the_rows_that_were_seen_are_judged(house: House, secrets: Secrets) -> None:
    lines = try_out(house, found_of(secrets, "gjj_fund"))
    assert any("gjj_fund licence: " in line and "0 findings" in line for line in lines), lines
    with house.engine.connect() as conn:
        kept = [
            conn.execute(select(func.count()).select_from(one)) for one in (finding, quarantine)
        ]
    assert [one.scalar() for one in kept] == [0, 0]


def test_an_unknown_sqlite_file_by_its_words_and_values(tmp_path: Path) -> None:
    database = tmp_path / "permits.db"
    permits(database, 40)
    found = discover(Target("xx_permits", f"sqlite:///{database}"), Secrets(tmp_path), system_clock)
    stream = yaml.safe_load(found.yaml)["streams"]["licence"]
    assert stream["key"] == ["lsh"]
    assert stream["cursor"] == "xgsj"
    assert stream["deletes"] == {"sign": "flag", "column": "sfsc", "value": "1"}
    assert stream["dates"] == "compact"
    assert stream["fields"]["holder_number"] == "c7"  # by its check characters alone
    # 1 and 2 mean what the numbers beside them are.
    assert stream["fields"]["holder_kind"]["values"] == {"1": "person", "2": "organisation"}
    left_out = {one.path: one.note for one in found.places if not one.stream}
    assert left_out == {"sys_log": "it fits no kind of record"}


@pytest.mark.needs("mariadbd")
def test_comments_of_a_mariadb_are_read(maria: MariaServer, tmp_path: Path) -> None:
    with maria.connect(None) as conn, conn.cursor() as cursor:
        cursor.execute("CREATE DATABASE IF NOT EXISTS found")
        cursor.execute(
            "CREATE OR REPLACE TABLE found.t1 (a1 INT PRIMARY KEY COMMENT '主键', "
            "a2 VARCHAR(40) COMMENT '证照编号', a3 VARCHAR(40) COMMENT '持证主体名称', "
            "a4 CHAR(18) COMMENT '持证主体代码', a5 VARCHAR(40) COMMENT '发证机关', "
            "a6 CHAR(1) COMMENT '证照状态（1-有效 2-注销）', "
            "a7 CHAR(1) COMMENT '持证主体类型（1：自然人，2：法人）') COMMENT '电子证照信息'"
        )
        cursor.execute(
            "INSERT INTO found.t1 VALUES (1,'赣01','某公司',NULL,'某局','1','2'),"
            "(2,'赣02','某公司',NULL,'某局','2','2')"
        )
        conn.commit()
    address = f"mysql://city_owner:test-only-owner@127.0.0.1:{maria.port}/found"
    found = discover(Target("xx_found", address), Secrets(tmp_path), system_clock)
    stream = yaml.safe_load(found.yaml)["streams"]["licence"]
    assert stream["key"] == ["a1"]
    assert stream["fields"]["number"] == "a2"
    assert stream["fields"]["status"]["values"] == {"1": "valid", "2": "revoked"}
    assert stream["fields"]["holder_kind"]["values"] == {"2": "organisation"}


def test_an_unknown_envelope_is_told_by_its_keys(tmp_path: Path) -> None:
    with gateway(lambda _: Reply({"result": {"records": [{"zjhm": "x"}]}, "ok": 1})) as source:
        target = target_of(Secrets(tmp_path), [source.url, "/licences"], None, "xx_test")
        found = discover(target, Secrets(tmp_path), system_clock)
    [place] = found.places
    assert "an object with result, ok and within it records" in place.note


def test_a_shape_of_its_own_stands_in_the_draft(tmp_path: Path) -> None:
    with gateway(framework("odata", made_rows(5), [])) as source:
        target = Target("xx_test", source.url, None, ("/licences",))
        found = discover(target, Secrets(tmp_path), system_clock)
    said = yaml.safe_load(found.yaml)["transport"]
    assert said["paging"] == {"kind": "offset", "size": 500}
    names = {"offset": "$skip", "size": "$top"}
    assert said["shape"] == {"rows": "value", "total": "@odata.count", "ask": names}


LISTS = {
    "openapi": "3.0.1",
    "paths": {
        "/health": {"get": {"summary": "存活"}},
        "/gone": {"get": {"summary": "已下线"}},
        "/permits": {"get": {"summary": "取水许可"}},
        "/permits/{id}": {"get": {"summary": "一份"}},
    },
}


def documented(request: Request) -> Reply:
    """A gateway of a framework that writes its own document."""
    match request.path:
        case "/v3/api-docs":
            return Reply(LISTS)
        case "/health":
            return Reply({"status": "UP"})
        case "/permits":
            return Reply({"code": 0, "data": {"rows": [{"CERT_NO": "水1"}], "total": 1}})
    return Reply({}, 404)


@pytest.mark.parametrize("paths", [[], ["/v3/api-docs"]])
def test_a_gateways_own_document_names_its_lists(tmp_path: Path, paths: list[str]) -> None:
    with gateway(documented) as source:
        found = discover(
            Target("xx_test", source.url, None, tuple(paths)), Secrets(tmp_path), system_clock
        )
    assert [(one.path, one.comment, one.rows_read) for one in found.places] == [
        ("/permits", "取水许可", 1),
        ("/health", "存活", 0),
        ("/gone", "已下线", 0),
    ]
    assert "HTTP 404" in found.places[-1].note
    assert yaml.safe_load(found.yaml)["transport"]["paging"] == {"kind": "page", "size": 500}


def test_a_document_that_wants_a_sign_in_is_told_apart_from_none(tmp_path: Path) -> None:
    with (
        gateway(lambda _: Reply({}, 401)) as source,
        pytest.raises(NotAuthorised, match="--auth"),
    ):
        discover(Target("xx_test", source.url), Secrets(tmp_path), system_clock)


def test_a_gateway_without_a_document_wants_its_lists_named(tmp_path: Path) -> None:
    with (
        gateway(lambda _: Reply({}, 404)) as source,
        pytest.raises(BadInput, match="does not say what lists it has"),
    ):
        discover(Target("xx_test", source.url), Secrets(tmp_path), system_clock)


def test_wrong_credentials_are_told_apart_from_none(secrets: Secrets, tmp_path: Path) -> None:
    target = target_of(secrets, ["/licences"], "SC_FOOD_URL")
    with pytest.raises(NotAuthorised, match="--auth"):
        discover(target, secrets, system_clock)


@pytest.mark.parametrize(
    ("what", "secret", "said"),
    [
        ([], None, "name an address"),
        (["postgresql://u:hush@h/db"], None, "holds a password"),
        (["http://h:99999/x"], None, "host and port"),
        (["ftp://h/x"], None, "none that can be looked at"),
        (["http://127.0.0.1:1"], None, "cannot be reached"),
        (["sqlite:////nowhere.db"], None, "names no SQLite file"),
        (["oracle://u@h/x"], None, "oracle databases cannot be listed yet"),
        ([], "hush", "not a secret itself"),
        ([], "XX_NONE_URL", "neither in the environment nor"),
        (["/nowhere-at-all"], None, "is not there"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    tmp_path: Path, what: list[str], secret: str | None, said: str
) -> None:
    secrets = Secrets(tmp_path)
    with pytest.raises(ZhongtaiError, match=said) as caught:
        discover(target_of(secrets, what, secret), secrets, system_clock)
    assert "hush" not in str(caught.value)


def test_an_empty_database_and_an_empty_folder_are_told(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "empty.db").execute("VACUUM")
    for address, said in (
        (f"sqlite:///{tmp_path}/empty.db", "no table and no view"),
        (str(tmp_path), "holds no file to read"),
    ):
        with pytest.raises(BadInput, match=said):
            discover(Target("xx_empty", address), Secrets(tmp_path), system_clock)


def test_the_api_takes_only_the_address_of_a_system(secrets: Secrets) -> None:
    for name in ("CITY_TRUTH_TOKEN", "SC_FOOD_TOKEN", "_URL", "http://127.0.0.1/x"):
        with pytest.raises(BadInput):
            by_secret(secrets, name, None, [])
    assert by_secret(secrets, "SC_FOOD_URL", "bearer", ["/licences"]).code == "sc_food"


def test_the_command_writes_a_draft_once(tmp_path: Path) -> None:
    database, out = tmp_path / "permits.db", tmp_path / "out"
    permits(database, 30)
    command = ["systems", "discover", f"sqlite:///{database}", "--home", str(tmp_path)]
    missing = CliRunner().invoke(app, [*command, "--out", str(out)])
    assert "is not a folder" in str(missing.exception)
    out.mkdir()
    result = CliRunner().invoke(app, [*command, "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "What remains for a person:" in result.output
    lines = (out / "new_permits.yml").read_text("utf-8").splitlines()
    assert len(lines) <= 150
    again = CliRunner().invoke(app, [*command, "--out", str(out)])
    assert "is there already" in str(again.exception)
    with pytest.raises(ZhongtaiError):
        load_system(out / "new_permits.yml")


def test_a_draft_is_never_written_over(tmp_path: Path) -> None:
    database = tmp_path / "permits.db"
    permits(database, 10)
    found = discover(Target("xx_permits", f"sqlite:///{database}"), Secrets(tmp_path), system_clock)
    write(found, tmp_path)
    with pytest.raises(BadInput, match="cannot be written"):
        write(found, tmp_path)


def test_the_made_numbers_are_valid() -> None:
    from tests.pipeline.permits import citizen

    assert normalise_citizen(citizen(3)) == citizen(3)
