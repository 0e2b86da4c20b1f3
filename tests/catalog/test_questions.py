"""What the bureau asks: each answer against rows made by hand, with a real PostgreSQL."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import Connection, insert

from catalog.questions.more_materials import more_materials
from catalog.questions.next_system import next_systems, papers_of
from catalog.questions.packages import known, package, packages
from catalog.questions.papers import Paper, greedy
from catalog.questions.table import Table
from catalog.questions.unsatisfied import unsatisfied
from catalog.questions.unused import unused
from catalog.unify import unify
from catalog.versions.publish import publish
from kernel.errors import BadInput
from kernel.house import House
from landing.tables import case, cursor
from registry.contract import System
from registry.loader import load_folder
from tests.catalog.rows import NOON, asks, canonical, county, land

TODAY = NOON.date()

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
SYSTEMS = Path(__file__).parents[2] / "connectors" / "systems"
MARKET = "市市场监督管理局"
ITEMS = [
    canonical("B01", "食品经营许可", department=MARKET),
    canonical("B02", "取水许可", department="市水利局"),
    canonical("B03", "公章刻制备案", department="市公安局"),
    county("C11", "食品经营许可", "B01", division="赣县区"),
    county("C12", "食品经营许可", "B01", division="于都县"),
    county("C13", "食品经营许可", "B01", division="兴国县"),
    county("C21", "取水许可", "B02", division="赣县区"),
    county("C22", "取水许可", "B02", division="于都县"),
    county("C23", "取水许可", "B02", division="兴国县"),
]
MATERIALS = [
    asks("B01", "营业执照", order=1),
    asks("B01", "食品经营许可申请表", order=2, purpose="surrender"),
    asks("C11", "营业执照副本复印件"),
    asks("C12", "《营业执照》"),
    asks("C12", "取水许可证"),
    asks("C12", "验资报告"),
    asks("C13", "营业执照"),
    asks("C21", "身份证"),
    asks("C22", "居民身份证"),
    asks("C22", "不动产权证书"),
    asks("C23", "身份证复印件"),
    asks("B03", "营业执照", order=1),
    asks("B03", "授权委托书", order=2, purpose="surrender", situation="委托他人办理"),
]  # fmt: skip


@pytest.fixture(scope="module")
def systems() -> dict[str, System]:
    return load_folder(SYSTEMS)


@pytest.fixture
def conn(house: House) -> Iterable[Connection]:
    with house.engine.begin() as made:
        land(made, "item", ITEMS)
        land(made, "material", MATERIALS)
    unify(house, "r1")
    publish(house, "test")
    with house.engine.begin() as made:
        cases(made, "B01", 2, NOW - timedelta(days=30))
        cases(made, "C12", 3, NOW - timedelta(days=60))
        cases(made, "C21", 1, NOW - timedelta(days=800))
        yield made


def cases(conn: Connection, code: str, many: int, opened: datetime) -> None:
    rows = [
        {
            "system": "xzsp_window",
            "stream": "case",
            "key_hash": hashlib.sha256(f"{code}/{number}".encode()).hexdigest(),
            "row_hash": "h",
            "batch": "b",
            "run": "r",
            "landed_at": NOON,
            "withheld": False,
            "case_number": f"{code}-{number}",
            "item_code": code,
            "applicant_kind": "person",
            "holder_hash": "h",
            "state": "granted",
            "opened": opened,
            "provisional": False,
        }
        for number in range(many)
    ]
    conn.execute(insert(case), rows)


def complete(conn: Connection, system: str) -> None:
    row = {"system": system, "stream": "licence", "complete_at": NOW}
    conn.execute(insert(cursor), [row])


def column(table: Table, name: str) -> list[Any]:
    return [row[name] for row in table.rows]


def test_an_item_is_unused_when_none_of_its_codes_had_a_case(
    conn: Connection, systems: dict[str, System]
) -> None:
    found = unused(conn, systems, 1, NOW)
    assert [(row["item_id"], row["last_case"], row["cases"]) for row in found.rows] == [
        ("B03", None, 0),
        ("B02", "2024-09-14", 1),
    ]
    assert column(unused(conn, systems, 3, NOW), "item_id") == ["B03"]
    assert "未见不等于没有" in found.about
    assert "依据1个系统的办件数据（最晚的自" in found.about


@pytest.mark.parametrize("years", [0, 31, -1])
def test_years_are_a_number_of_years(
    conn: Connection, systems: dict[str, System], years: int
) -> None:
    with pytest.raises(BadInput, match=f"from 1 to 30, not {years}"):
        unused(conn, systems, years, NOW)


def test_a_county_asks_for_more_by_the_base_list_or_else_by_most_counties(
    conn: Connection,
) -> None:
    found = more_materials(conn)
    said = [(row["division"], row["item_id"], row["material"], row["asks"]) for row in found.rows]
    assert sorted(said) == [
        ("于都县", "B01", "取水许可证", 3),
        ("于都县", "B01", "验资报告", 3),
        ("于都县", "B02", "不动产权证书", 2),
    ]
    own = {row["material"]: row for row in found.rows}
    assert (own["验资报告"]["counties_asking"], own["验资报告"]["counties"]) == (1, 3)
    assert (own["验资报告"]["local_code"], own["验资报告"]["written"]) == ("C12", "验资报告")


def test_what_nobodys_data_satisfies_is_named_with_why_and_where(
    conn: Connection, systems: dict[str, System]
) -> None:
    few = {code: systems[code] for code in ("sc_food", "ga_population", "xzsp_window")}
    found = {row["material"]: row for row in unsatisfied(conn, few, NOW).rows}
    assert set(found) == {"营业执照", "不动产权证书"}
    assert found["营业执照"]["why"] == "有证照类型，但没有系统提供"
    assert (found["营业执照"]["item_ids"], found["营业执照"]["cases"]) == (["B01", "B03"], 5)
    assert unsatisfied(conn, systems, NOW).rows == []


def test_the_next_system_is_the_one_that_adds_most_papers(
    conn: Connection, systems: dict[str, System]
) -> None:
    found = next_systems(conn, systems, NOW, from_nothing=False)
    assert column(found, "system") == ["sc_enterprise", "ga_population", "zr_realestate"]
    assert column(found, "papers") == [5, 0, 0]
    assert column(found, "lines") == [2, 1, 1]
    assert column(found, "total") == [5, 5, 5]
    assert column(found, "share") == [1.0, 1.0, 1.0]
    complete(conn, "sc_enterprise")
    left = next_systems(conn, systems, NOW, from_nothing=False)
    assert column(left, "system") == ["ga_population", "zr_realestate"]
    assert next_systems(conn, systems, NOW, from_nothing=True).rows == found.rows


def test_a_type_that_no_contract_gives_is_a_system_yet_to_be_found(
    conn: Connection, systems: dict[str, System]
) -> None:
    without = {code: one for code, one in systems.items() if code != "sc_enterprise"}
    first = next_systems(conn, without, NOW, from_nothing=True).rows[0]
    assert (first["system"], first["name"]) == (f"no-system:{MARKET}", "尚无系统登记")
    assert first["types"] == ["营业执照"]


def test_a_figure_traces_to_its_rows(conn: Connection, systems: dict[str, System]) -> None:
    step = next_systems(conn, systems, NOW, from_nothing=True).rows[0]
    rows = papers_of(conn, systems, NOW, step["system"]).rows
    assert [(row["item_id"], row["cases"]) for row in rows] == [("B01", 5), ("B03", 0)]
    assert sum(row["cases"] for row in rows) == step["papers"]
    with pytest.raises(BadInput, match="xzsp_items gives no licence"):
        papers_of(conn, systems, NOW, "xzsp_items")


def test_a_package_asks_for_each_material_once(conn: Connection) -> None:
    made = package(conn, ["B01", "C21", "B03"], {}, TODAY)
    asked = {row["material"]: row for row in made.rows}
    assert len(asked) == len(made.rows)
    assert asked["营业执照"]["item_ids"] == ["B01", "B03"]
    assert asked["授权委托书"]["certain"] == "视情形"
    assert "少交1份" in made.about
    assert "agent：是、否" in made.about
    without = package(conn, ["B01", "B03"], {"agent": "否"}, TODAY)
    assert "授权委托书" not in column(without, "material")
    with pytest.raises(BadInput, match="no item NOPE in catalogue version 1"):
        package(conn, ["B01", "NOPE"], {}, TODAY)


def test_known_packages_are_matched_by_name_alone_and_name_their_source(conn: Connection) -> None:
    listed = packages(conn)
    assert len(listed.rows) == len(known()) == 56
    assert all(row["source"] for row in listed.rows)
    met = [(row["item_name"], row["item_ids"]) for row in listed.rows if row["item_ids"]]
    assert met == [("食品经营许可", ["B01"])]
    with pytest.raises(BadInput, match="is the name of no item here"):
        package(conn, ["烟花爆竹经营"], {}, TODAY)


papers = st.lists(
    st.builds(
        Paper,
        st.just("I"),
        st.just("M"),
        st.just("名"),
        st.frozensets(st.sampled_from("abcdef"), min_size=1, max_size=3),
        st.integers(0, 9),
    ),
    max_size=8,
)
offers = st.dictionaries(
    st.sampled_from(["s1", "s2", "s3", "s4"]), st.frozensets(st.sampled_from("abcdef"), max_size=3)
)


@given(papers, offers, st.frozensets(st.sampled_from("abcdef"), max_size=2))
def test_the_greedy_curve_counts_every_paper_once_and_never_rises(
    wanted: list[Paper], offered: dict[str, frozenset[str]], have: frozenset[str]
) -> None:
    steps = greedy(wanted, offered, have)
    gains = [step.papers for step in steps]
    assert gains == sorted(gains, reverse=True)
    every = frozenset().union(*offered.values())
    met = [one for one in wanted if one.types & every and not one.types & have]
    assert (sum(gains), sum(step.lines for step in steps)) == (
        sum(one.cases for one in met),
        len(met),
    )


@given(papers.filter(lambda found: len(found) <= 4), offers)
def test_the_order_of_papers_and_systems_does_not_matter(
    wanted: list[Paper], offered: dict[str, frozenset[str]]
) -> None:
    expected = greedy(wanted, offered, frozenset())
    backwards = dict(reversed(offered.items()))
    for order in permutations(wanted):
        assert greedy(list(order), backwards, frozenset()) == expected


def test_a_table_is_the_same_in_each_form_and_computes_nothing() -> None:
    row = {"name": "=1+1", "count": 3, "share": 0.25, "ids": ["a", "b"], "day": None}
    heads = {"name": "名称", "count": "数", "share": "占比", "ids": "编码", "day": "日期"}
    made = Table("q", "说明", heads, [row])
    lines = list(csv.reader(io.StringIO(made.as_csv().decode("utf-8-sig"))))
    assert lines == [list(heads.values()), ["'=1+1", "3", "25.0%", "a；b", ""]]
    book = load_workbook(io.BytesIO(made.as_excel()))
    assert [cell.value for cell in book["结果"][2]] == ["=1+1", 3, 0.25, "a；b", None]
    assert [cell.data_type for cell in book["结果"][2]][:2] == ["s", "n"]
    assert book["说明"]["A1"].value == "说明"
    assert made.as_json()["rows"] == [row]
