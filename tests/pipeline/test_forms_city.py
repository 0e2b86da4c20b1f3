"""The sandbox city's forms, taken from its one-window before the first version; a real case's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from catalog.forms.asked import fields_of
from catalog.forms.table import FormField, read_fields
from catalog.unify import unify
from catalog.versions.diff import diff
from catalog.versions.publish import publish
from kernel.errors import BadInput, Refused
from kernel.house import House
from kernel.secrets import Secrets
from pipeline.forms import Forms, differences
from pipeline.steps import CONTRACTS, publish_all
from pipeline.sync import sync
from pipeline.uses import Uses
from pipeline.waiving import sandbox
from registry import accounts
from registry.applied import apply
from tests.portal.fake import MARKET
from tests.running import RunningCity


@pytest.fixture
def served(house: House, city: RunningCity) -> House:
    """An installation of the sandbox with its items."""
    apply(house, CONTRACTS, "test")
    own = Secrets(house.settings.home)
    for file in city.secrets.iterdir():
        own.put(file.name, Path(file).read_text("utf-8"))
    made = replace(
        house, secrets=own, settings=replace(house.settings, city_url=own.get("WINDOW_URL"))
    )
    made.objects.make_bucket()
    with made.engine.begin() as conn:
        accounts.make_posts(conn)
        accounts.make_demo(conn)
    sync(made, "xzsp_items", "r1")
    unify(made, "r1")
    return made


def test_the_citys_departments_propose_and_its_bureau_accepts_before_the_first_version(
    served: House,
) -> None:
    assert "catalogue version 1" in next(publish_all(served))
    with served.engine.connect() as conn:
        items, fields = conn.execute(
            text("SELECT count(DISTINCT item_id), count(*) FROM catalog.published_field")
        ).one()
        food = conn.execute(
            text("SELECT item_id FROM catalog.published_item WHERE name = '食品经营许可'")
        ).scalar_one()
        form = fields_of(conn, 1, [food])
        told = conn.execute(
            text("SELECT body::jsonb ->> 'event' FROM ledger.entry ORDER BY seq")
        ).scalars().all()  # fmt: skip
    assert items > 500
    assert fields > 4 * items
    assert ("经营者名称", "单位名称") in [(one.name, one.standard) for one in form]
    assert told.index("form.decided") < told.index("catalogue.published")
    assert Forms(served).sandbox() == 0  # once an item


def test_a_department_proposes_for_its_own_items_and_the_bureau_decides(served: House) -> None:
    next(publish_all(served))
    forms = Forms(served)
    with served.engine.connect() as conn:
        officer = accounts.account(conn, "officer")
        rows = conn.execute(
            text("SELECT id, department FROM catalog.canonical_item ORDER BY id")
        ).all()
    assert officer is not None
    assert officer.department == MARKET
    own = next(row.id for row in rows if row.department == officer.department)
    other = next(row.id for row in rows if row.department != officer.department)
    head = "item_id,name,type,required\n"
    with pytest.raises(Refused, match="由别的部门主管"):
        forms.propose(f"{head}{other},备注,text,否\n".encode(), "officer", "新版")
    with pytest.raises(Refused):
        forms.propose(f"{head}{own},备注,text,否\n".encode(), "clerk", "新版")
    mine = read_fields(forms.current(officer))
    assert {one.item_id for one in mine} <= {r.id for r in rows if r.department == MARKET}
    assert len(read_fields(forms.current(None))) > len(mine) > 0
    (number,) = forms.propose(f"{head}{own},备注,text,否\n".encode(), "officer", "新版")
    (row,) = forms.rows(officer, "proposed")
    assert (row.change.id, row.department) == (number, officer.department)
    assert "增加“备注”（文字，选填）" in row.differs
    with pytest.raises(Refused):
        forms.decide([number], "accepted", "officer", "同意")
    with pytest.raises(BadInput, match="needs a reason"):
        forms.decide([number], "accepted", "bureau", "")
    forms.decide([number], "accepted", "bureau", "同意")
    assert publish(served, "test") == 2
    with served.engine.connect() as conn:
        said = {one.sentence for one in diff(conn, 1, 2)}
    assert any("表单增加填写项“备注”（文字，选填）" in one for one in said)


def test_an_order_alone_is_told_once() -> None:
    form = [FormField("A", name, "text", True) for name in ("甲", "乙")]
    assert differences(form, form[::-1]) == ["顺序有变"]
    assert differences(form, form[:1]) == ["去掉“乙”"]


def test_a_persons_form_is_filled_in_from_a_system_that_is_asked_live(served: House) -> None:
    sandbox(served)
    sync(served, "xzsp_window", "r1")
    next(publish_all(served))
    Uses(served).request()
    with served.engine.connect() as conn:
        clerk = accounts.account(conn, "clerk")
        numbers = conn.execute(
            text(
                'SELECT case_number FROM landing."case" WHERE applicant_kind = \'person\''
                " AND state IN ('accepted', 'deciding') AND post IN ('sc-02', 'mz-02') ORDER BY 1"
            )
        ).scalars().all()  # fmt: skip
    assert clerk is not None
    forms = [Forms(served).of_case(clerk, number) for number in numbers]
    asked = [
        (form, one)
        for form in forms
        for one in form.fields
        if one.name == "户籍地址" and one.value is not None
    ]
    assert asked
    form, home = asked[0]
    assert (home.licence_type, home.source) == ("居民身份证", "licence")
    with served.engine.connect() as conn:
        told = conn.execute(
            text(
                "SELECT body::jsonb ->> 'event', body FROM ledger.entry"
                " WHERE body::jsonb ->> 'case' = :number ORDER BY seq"
            ),
            {"number": form.case_number},
        ).all()  # fmt: skip
    assert [one[0] for one in told][:2] == ["lookup.asked", "form.filled"]
    assert home.value not in told[-1].body
    joined = Forms(served).together(clerk, [form.case_number])
    assert joined.typed == len([one for one in form.fields if one.value is None])
