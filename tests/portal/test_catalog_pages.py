"""Pages of versions over a real catalogue: listed, told apart, published, rolled back."""

from __future__ import annotations

from typing import get_args

import pytest

from kernel.house import House
from pipeline.cataloguing import Cataloguing
from pipeline.exchanging import Exchanging
from registry import accounts
from registry.accounts import Account
from tests.catalog import town
from tests.portal.fake import MARKET, FakePlatform
from tests.portal.visits import Visitor, signed_in

VERSIONS = "/catalog/versions"


def behind(house: House) -> FakePlatform:
    """The portal over the real rooms, with an account a role."""
    with house.engine.begin() as conn:
        for role in get_args(accounts.Role):
            department = MARKET if role == "officer" else None
            accounts.save_account(conn, Account(role, role, role, department, ()), "a password")
    made = FakePlatform()
    made.cataloguing, made.exchanging = Cataloguing(house), Exchanging(house)
    return made


@pytest.fixture
def platform(house: House) -> FakePlatform:
    """Two versions: the second with an accepted deviation of 信丰县."""
    town.start(house)
    with house.engine.begin() as conn:
        town.accepted(conn)
    town.again(house)
    return behind(house)


def test_versions_are_listed_and_each_can_be_downloaded(platform: FakePlatform) -> None:
    visitor = signed_in("officer", platform)
    page = visitor.get(VERSIONS).text
    assert page.index("第 2 版") < page.index("第 1 版")
    assert "退回到这一版" not in page  # that is the bureau's
    kinds = {form: visitor.get(f"{VERSIONS}/1/export?form={form}") for form in ("xlsx", "json")}
    assert kinds["xlsx"].content[:2] == b"PK"
    assert kinds["json"].json()["number"] == 1
    assert "基本编码" in visitor.get(f"{VERSIONS}/1/export?form=gb39554").content.decode(
        "utf-8-sig"
    )
    assert visitor.get(f"{VERSIONS}/1/export?form=pdf").status_code == 400


def test_what_changed_is_told_and_narrowed_to_whom_it_concerns(platform: FakePlatform) -> None:
    visitor = signed_in("bureau", platform)
    page = visitor.get(f"{VERSIONS}/2").text
    assert "1 处变化" in page
    assert "信丰县的承诺办结时限由“无单独规定”改为“5个工作日”" in page
    assert "没有变化" in visitor.get(f"{VERSIONS}/2?division=南康区").text
    assert "没有变化" in visitor.get(f"{VERSIONS}/2?item=NOPE").text
    whole = visitor.get(f"{VERSIONS}/2?old=0").text
    assert "新增事项“食品经营许可”。" in whole
    missing = visitor.get(f"{VERSIONS}/9")
    assert missing.status_code == 400
    assert "没有第 9 版目录" in missing.text


def test_the_bureau_publishes_rolls_back_and_lets_publishing_go_on(
    platform: FakePlatform, house: House
) -> None:
    visitor = signed_in("bureau", platform)
    assert deed(visitor, "/catalog/publish") == f"{VERSIONS}?done=same&n=2"
    back = visitor.post(VERSIONS, f"{VERSIONS}/1/rollback", why=" ")
    assert (back.status_code, "请写明原因" in back.text) == (400, True)
    assert deed(visitor, f"{VERSIONS}/1/rollback", why="发错了") == f"{VERSIONS}?done=rolled&n=3"
    page = visitor.get(f"{VERSIONS}?done=rolled&n=3").text
    assert "已退回，新的一版是第 3 版。" in page
    assert "退回到第 1 版：发错了" in page
    assert "已暂停自动发布" in page
    assert "/catalog/publish" not in page
    assert deed(visitor, "/catalog/release", why="已改好") == f"{VERSIONS}?done=released"
    again = visitor.post(VERSIONS, "/catalog/release", why="再来")
    assert (again.status_code, "可能有人已经恢复了" in again.text) == (400, True)
    assert deed(visitor, "/catalog/publish") == f"{VERSIONS}?done=published&n=4"
    assert "已发布第 4 版。" in visitor.get(f"{VERSIONS}?done=published&n=4").text


def deed(visitor: Visitor, path: str, **sent: str) -> str:
    """Where a form that did something leads."""
    answer = visitor.post(VERSIONS, path, **sent)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


@pytest.mark.parametrize("name", ["officer", "ops"])
def test_only_the_bureau_changes_what_is_published(platform: FakePlatform, name: str) -> None:
    visitor = signed_in(name, platform)
    for path in ("/catalog/publish", f"{VERSIONS}/1/rollback", "/catalog/release"):
        assert visitor.post(VERSIONS, path, why="x").status_code == 403
    assert len(platform.cataloguing.versions()) == 2


def test_before_the_first_version_the_page_says_so(house: House) -> None:
    visitor = signed_in("bureau", behind(house))
    page = visitor.get(VERSIONS).text
    assert "还没有发布过目录" in page
    assert "发布新的一版" in page


def test_the_first_page_of_the_catalogue_is_one_that_the_role_may_see() -> None:
    for name, place in (("bureau", "names"), ("officer", "names"), ("ops", "versions")):
        assert signed_in(name).get("/catalog").headers["location"] == f"/catalog/{place}"
    assert signed_in("clerk").get("/catalog").status_code == 403


def test_publishing_over_the_api_is_the_bureaus(platform: FakePlatform, house: House) -> None:
    town.change(house, "UPDATE landing.item SET limit_days = 15 WHERE code = :c", c=town.FOOD)
    for name, status in (("officer", 403), ("bureau", 200)):
        visitor = signed_in(name, platform)
        head = {"x-form-token": visitor.token(VERSIONS)}
        answer = visitor.client.post("/api/v1/catalog/publish", headers=head)
        assert answer.status_code == status
    assert answer.json() == {"numbers": [3]}
