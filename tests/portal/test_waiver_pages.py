"""Pages of waivers over the real registry: proposed, confirmed by the department, published."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from kernel.house import House
from pipeline.waiving import Waiving
from tests.portal.fake import MARKET, FakePlatform
from tests.portal.visits import Visitor, signed_in

PAGE = "/catalog/waivers"
LICENCE = "营业执照"  # of MARKET
OTHER = "不动产权证书"  # of another department
DOCUMENT = {"document": "赣市监函〔2026〕12号", "dated": "2026-06-01"}


@pytest.fixture
def platform(house: House) -> FakePlatform:
    """No waiver was ever proposed."""
    made = FakePlatform()
    made.waiving = Waiving(house)
    return made


def step(visitor: Visitor, name: str, *types: str, **said: str) -> tuple[int, str]:
    """One step on the page."""
    sent: dict[str, object] = {"step": name, "licence_type": list(types), **said}
    sent["form_token"] = visitor.token(PAGE)
    answer = visitor.client.post(PAGE, data=sent)
    return answer.status_code, answer.headers.get("location") or answer.text


def test_nothing_was_proposed_and_no_list_is_out(platform: FakePlatform) -> None:
    page = signed_in("officer", platform).get(PAGE).text
    assert "0 类已可免提交" in page
    assert "没有需要您办理的证照" in page
    assert "还没有公布过清单" in page
    history = signed_in("ops", platform).get(f"{PAGE}/{quote(LICENCE)}").text
    assert "还没有人提出过" in history
    unknown = signed_in("ops", platform).get(f"{PAGE}/nothing")
    assert unknown.status_code == 400


def test_a_type_goes_its_way_from_page_to_page(platform: FakePlatform) -> None:
    officer, bureau = signed_in("officer", platform), signed_in("bureau", platform)
    assert step(officer, "propose", LICENCE, why="数据可用") == (303, f"{PAGE}?done=propose&n=1")
    page = officer.get(f"{PAGE}?done=propose&n=1").text
    assert "已提出 1 类证照" in page
    assert "确认可以免提交" in page
    assert step(officer, "confirm", LICENCE, **DOCUMENT) == (303, f"{PAGE}?done=confirm&n=1")
    assert "公布免提交清单" not in officer.get(PAGE).text  # that is the bureau's
    assert "公布免提交清单" in bureau.get(PAGE).text
    published = {"document": "赣市政数字〔2026〕1号", "dated": "2026-06-02"}
    assert step(bureau, "publish", LICENCE, **published) == (303, f"{PAGE}?done=publish&n=1")
    page = bureau.get(f"{PAGE}?done=publish&n=1").text
    assert "已公布第 1 号免提交清单" in page
    assert "1 类已可免提交" in page
    assert "赣市政数字〔2026〕1号" in page
    history = officer.get(f"{PAGE}/{quote(LICENCE)}").text
    assert history.index("已公布") < history.index("已确认") < history.index("已提出")
    assert step(officer, "withdraw", LICENCE, why="系统停用")[0] == 303
    assert "0 类已可免提交" in officer.get(PAGE).text


@pytest.mark.parametrize(
    ("who", "name", "types", "said", "status", "has"),
    [
        ("officer", "propose", (), {"why": "x"}, 400, "请先勾选证照"),
        ("officer", "propose", (LICENCE,), {"why": " "}, 400, "errors"),
        ("officer", "confirm", (LICENCE,), {**DOCUMENT, "dated": "明天"}, 400, "2026-07-01"),
        ("officer", "confirm", (LICENCE,), DOCUMENT, 400, "errors"),
        ("officer", "gone", (LICENCE,), DOCUMENT, 400, "请选择要办的步骤"),
        ("officer", "publish", (LICENCE,), DOCUMENT, 403, "errors"),
        ("bureau", "confirm", (LICENCE,), DOCUMENT, 403, "errors"),
    ],
)
def test_what_may_not_be_is_said_on_the_page(
    platform: FakePlatform,
    who: str,
    name: str,
    types: tuple[str, ...],
    said: dict[str, str],
    status: int,
    has: str,
) -> None:
    visitor = signed_in(who, platform)
    code, page = step(visitor, name, *types, **said)
    assert (code, has in page) == (status, True)
    assert 'role="alert"' in page
    assert all(one.state == "none" for one in platform.waiving.rows())


def test_another_departments_type_is_neither_offered_nor_taken(platform: FakePlatform) -> None:
    officer, bureau = signed_in("officer", platform), signed_in("bureau", platform)
    step(bureau, "propose", OTHER, LICENCE, why="数据可用")
    page = officer.get(PAGE).text
    assert f'name="licence_type" value="{LICENCE}"' in page
    assert f'name="licence_type" value="{OTHER}"' not in page
    code, page = step(officer, "confirm", OTHER, **DOCUMENT)
    assert (code, "只有该部门的数据专员可以办理" in page) == (403, True)
    assert MARKET in page


def test_ops_sees_and_moves_nothing(platform: FakePlatform) -> None:
    ops = signed_in("ops", platform)
    assert 'name="step"' not in ops.get(PAGE).text
    assert ops.post(PAGE, PAGE, step="propose").status_code == 403


def test_a_step_that_somebody_took_meanwhile_is_said(platform: FakePlatform) -> None:
    officer, bureau = signed_in("officer", platform), signed_in("bureau", platform)
    step(officer, "propose", LICENCE, why="数据可用")
    step(officer, "confirm", LICENCE, **DOCUMENT)
    old = bureau.token(PAGE)  # the page stood open while somebody else published
    published = {"document": "赣市政数字〔2026〕1号", "dated": "2026-06-02"}
    assert step(bureau, "publish", LICENCE, **published)[0] == 303
    sent = {"form_token": old, "step": "publish", "licence_type": LICENCE, "dated": "2026-06-02"}
    answer = bureau.client.post(PAGE, data={**sent, "document": "赣市政数字〔2026〕2号"})
    assert answer.status_code == 400
    assert "“营业执照”已经不在这一步了，可能有人刚办过，请看最新的状态" in answer.text
    assert "1 类已可免提交" in answer.text
