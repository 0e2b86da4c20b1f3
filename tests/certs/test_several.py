"""A licence of three holders: each of them finds it, opens it and may be erased alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select, text

from certs.corrections import correct
from certs.corrections.own import own
from certs.licences import holders
from certs.licences.publish import publish_system
from certs.waivers.candidates import LANDED
from certs.waivers.waive import plan
from kernel.errors import Refused, Stop
from landing.read import is_of
from landing.tables import licence
from pipeline.erasing import erase_holder
from tests.certs import test_face as face
from tests.certs.test_files import BUREAU
from tests.certs.test_waive import FOOD
from tests.certs.town import LI, NAMES, THIRD, WANG, Town

HOLDERS = (WANG, LI, THIRD)


@pytest.fixture
def shared(city: Town) -> Town:
    """A food licence that three persons hold together, published."""
    city.material("M1", [FOOD])
    city.licence("k1", WANG, co_holder=LI, more=(THIRD,))
    publish_system(city.house, "sc_food", "r1")
    return city


def licence_of(town: Town) -> str:
    return str(town.query("SELECT id FROM certs.licence")[0][0])


@pytest.mark.parametrize("applicant", HOLDERS)
def test_each_holder_need_not_bring_it(shared: Town, applicant: str) -> None:
    shared.case("C9", applicant=applicant)
    [line] = plan(shared.house, shared.account(), "C9").lines
    assert (line.verdict, line.licence_type) == ("waived", FOOD)


def test_another_person_has_it_not(shared: Town) -> None:
    shared.licence("k1", WANG, co_holder=LI)
    shared.case("C9", applicant=THIRD)
    [line] = plan(shared.house, shared.account(), "C9").lines
    assert line.verdict != "waived"


@pytest.mark.parametrize("holder", HOLDERS)
def test_each_opens_the_document_by_the_own_key(shared: Town, holder: str) -> None:
    with shared.house.engine.connect() as conn:
        opened = holders.read_document(
            holders.open_document(shared.house, conn, licence_of(shared), shared.holder(holder))
        )
    assert opened["CZZTDM"] == WANG
    assert opened["KZ_GYRDM"] == f"{LI}、{THIRD}"
    assert opened["KZ_GYR"] == f"{NAMES[LI]}、{NAMES[THIRD]}"


def test_erasing_the_third_leaves_it_to_the_others(shared: Town) -> None:
    name = licence_of(shared)
    erase_holder(shared.house, BUREAU, "person", THIRD, "赣数〔2026〕7号")
    with shared.house.engine.connect() as conn:
        for holder in (WANG, LI):
            assert holders.open_document(shared.house, conn, name, shared.holder(holder))
        with pytest.raises(Stop):
            holders.open_document(shared.house, conn, name, shared.holder(THIRD))
    shared.case("C9", applicant=THIRD)
    assert [one.verdict for one in plan(shared.house, shared.account(), "C9").lines] != ["waived"]


def test_the_third_sees_it_and_reports_a_mistake(shared: Town) -> None:
    third = shared.holder(THIRD)
    with shared.house.engine.begin() as conn:
        [mine] = own(shared.house, conn, third)
    assert correct.report_by_holder(shared.house, third, mine.licence, "经营场所", "门牌号不对")
    with pytest.raises(Refused):
        correct.report_by_holder(shared.house, "nobody", mine.licence, "经营场所", "门牌号不对")


MANY = text("""
INSERT INTO landing.licence (system, stream, key_hash, row_hash, batch, run, landed_at, withheld,
  type, holder_kind, holder_hash, co_holder_hash, status)
SELECT 'sc_food', 'licence', md5('k' || n), md5('r' || n), 'b', 'r', now(), false,
  '食品经营许可证', 'person', md5('h' || n),
  CASE n % 3 WHEN 0 THEN md5('a' || n) || ' ' || md5('b' || n) WHEN 1 THEN md5('c' || n) END,
  'valid'
FROM generate_series(1, 9000) n
""")


@pytest.mark.parametrize("asked", [LANDED, select(licence.c.key_hash).where(is_of("h"))])
def test_each_holder_is_found_by_an_index(shared: Town, asked: Any) -> None:
    with shared.house.engine.begin() as conn:
        conn.execute(MANY)
    with shared.house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("VACUUM ANALYZE landing.licence"))
        words = str(asked.compile(conn, compile_kwargs={"literal_binds": asked is not LANDED}))
        given = {"holder": "h", "types": [FOOD]} if asked is LANDED else {}
        plan_ = "\n".join(conn.exec_driver_sql(f"EXPLAIN {words}", given).scalars())
    for index in ("licence_holder", "licence_co_holder", "licence_co_holders"):
        assert f" {index} " in plan_, plan_


def test_no_number_of_the_three_is_readable(shared: Town) -> None:
    rows = shared.query("SELECT to_jsonb(l) - 'sealed' FROM landing.licence l")
    plain = json.dumps([rows, shared.events()], ensure_ascii=False)
    assert shared.holder(THIRD) in plain
    for secret in (*HOLDERS, NAMES[THIRD]):
        assert secret not in plain


def test_every_number_on_the_face_is_masked() -> None:
    shown = face.made(KZ_GYR="甲、乙", KZ_GYRDM=f"{LI}、{THIRD}")
    assert LI not in str(shown)
    assert THIRD not in str(shown)
    assert face.rows(shown)["共有人证件号码"].count("********") == 2
