"""A licence from outside is judged on the case's page, over a real installation."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pipeline.outside import Outside
from tests.certs import test_issuer_lists, test_refusals
from tests.certs.signed import TOKEN, Signed
from tests.certs.test_issuer_lists import OPS, VECTORS, issuers, signed
from tests.certs.test_refusals import Desk
from tests.certs.town import LI

desk, outside = test_refusals.desk, test_issuer_lists.outside
PAGE, TYPE = "/clerk/cases/C1/outside", "公共场所卫生许可证"
PDF = (VECTORS / "pdf" / "sig-no-signed-attrs.pdf").read_bytes()
OFD = (VECTORS / "ofd" / "ofdrw-sign__DigitalSign.ofd").read_bytes()


@pytest.fixture
def clerk(desk: Desk) -> Signed:
    """Of a case that asks for a licence which nobody's data has."""
    desk.town.material("M2", [TYPE])
    desk.town.waive(TYPE)
    return Signed(desk, "clerk")


def handed_in(clerk: Signed, data: bytes, **fields: Any) -> Any:
    """The answer to a file that the page's form sends."""
    found = TOKEN.search(clerk.text(PAGE))
    assert found
    said = {"licence_type": TYPE, "form_token": found[1], **fields}
    return clerk.client.post(PAGE, data=said, files={"file": ("a.pdf", data)})


def test_a_file_of_a_known_issuer_stands_for_the_paper(
    desk: Desk, clerk: Signed, outside: Outside
) -> None:
    assert f"<option>{TYPE}</option>" in clerk.text(PAGE)
    assert f'href="{PAGE}"' in clerk.text("/clerk/cases/C1")
    first = handed_in(clerk, PDF)
    assert (first.status_code, "C 级，须看原件" in first.text) == (200, True)
    assert "请当面核对原件" in first.text
    outside.take(OPS, signed(issuers()))
    good = handed_in(clerk, PDF)
    assert "A 级，可以直接使用" in good.text
    assert "文件已经留存" in good.text
    assert "本办件没有需要带来的证照" in clerk.text(PAGE)
    kinds = [one["kind"] for one in desk.town.events() if one["event"] == "file.recognised"]
    assert kinds == ["grade_c", "grade_a"]


def test_an_ofd_is_judged_and_not_kept(clerk: Signed, outside: Outside) -> None:
    outside.take(OPS, signed(issuers()))
    text = handed_in(clerk, OFD).text
    assert "A 级，可以直接使用" in text
    assert "OFD 文件不留存" in text
    assert f"<option selected>{TYPE}</option>" in text


@pytest.mark.parametrize(
    ("data", "fields", "field", "says"),
    [
        (b"", {}, "file", "请选择文件"),
        (PDF, {"until": "明天"}, "until", "日期"),
        (PDF, {"licence_type": LI}, "file", "不要求这类证照"),
    ],
)
def test_what_is_wrong_leads_to_its_field(
    desk: Desk, clerk: Signed, data: bytes, fields: dict[str, str], field: str, says: str
) -> None:
    answer = handed_in(clerk, data, **fields)
    assert answer.status_code == 400
    assert re.search(f'<a href="#{field}">[^<]*{says}', answer.text)
    assert LI not in str(desk.town.events())


def test_another_posts_case_is_refused(desk: Desk, clerk: Signed) -> None:
    assert Signed(desk, "county").client.get(PAGE).status_code == 403
    assert desk.last()["event"] == "plan.refused"
