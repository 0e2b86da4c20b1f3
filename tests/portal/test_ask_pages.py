"""Pages of the bureau's questions: a table to read, its figures, and what cannot be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from portal.pages_ask import cell
from portal.port_asking import QUESTIONS, About, Table
from tests.portal.fake import FakePlatform
from tests.portal.fake_asking import FakeAsking
from tests.portal.visits import signed_in

ASK = "/catalog/ask"
ITEMS = ["B01", "B02", "B03", "B04", "B05"]


class Told(FakeAsking):
    """One table for every question."""

    def __init__(self, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
        super().__init__([])
        self.columns, self.rows = columns, rows

    def table(self, question: str, about: About) -> Table:
        self.calls.append(("table", question, about))
        return Table(question, "看了这些。", self.columns, self.rows)


def told(columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> FakePlatform:
    made = FakePlatform()
    made.asking = Told(columns, rows)
    return made


def test_every_question_stands_on_the_first_page_in_words() -> None:
    page = signed_in("ops").get(ASK).text
    for one in QUESTIONS:
        assert f'href="{ASK}/{one}"' in page
    assert "下一个接哪个系统最划算" in page


def test_a_table_is_shown_with_its_headings_and_long_lists_folded() -> None:
    rows = [{"name": "<b>甲</b>", "item_ids": ITEMS, "papers": 1234, "share": 0.5, "none": None}]
    columns = {"name": "系统", "item_ids": "事项", "papers": "份数", "share": "占比", "none": "空"}
    page = signed_in("bureau", told(columns, rows)).get(f"{ASK}/next-system").text
    for part in ("<th>系统</th>", "&lt;b&gt;甲", "<summary>5 项", "1,234", "50.0%", 'width="50.0"'):
        assert part in page
    assert "/api/v1/catalog/ask/next-system?form=xlsx" in page


def test_what_was_asked_is_asked_and_downloaded_again() -> None:
    platform = told({"item_id": "编码"}, [{"item_id": "B01"}])
    page = signed_in("bureau", platform).get(f"{ASK}/package?items=B01+B02").text
    assert "form=xlsx&amp;item=B01&amp;item=B02" in page
    assert platform.asking.calls[-1][2].items == ["B01", "B02"]
    page = signed_in("bureau", platform).get(f"{ASK}/unused?years=5").text
    assert "form=csv&amp;years=5" in page
    assert 'value="5"' in page


def test_a_table_without_rows_and_one_too_long_for_a_page_say_so() -> None:
    columns = {"item_id": "编码"}
    assert "没有这样的行" in signed_in("bureau", told(columns, [])).get(f"{ASK}/unsatisfied").text
    many = [{"item_id": f"B{n}"} for n in range(301)]
    page = signed_in("bureau", told(columns, many)).get(f"{ASK}/unsatisfied").text
    assert "页面只显示前 300 行" in page
    assert "B299" in page
    assert "B300" not in page


def test_a_wrong_question_is_said_beside_its_fields_and_an_unknown_one_is_none() -> None:
    visitor = signed_in("bureau")
    wrong = visitor.get(f"{ASK}/unused?years=many")
    assert (wrong.status_code, "1 至 30 的整数" in wrong.text) == (400, True)
    assert 'name="years"' in wrong.text
    refused = visitor.get(f"{ASK}/unsatisfied")  # what the fake has no answer to
    assert (refused.status_code, 'role="alert"' in refused.text) == (400, True)
    assert visitor.get(f"{ASK}/nothing").status_code == 400
    assert signed_in("officer").get(ASK).status_code == 403


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ("", [], "")),
        (["a", "b"], ("a；b", [], "")),
        (ITEMS, ("", ITEMS, "")),
        (True, ("是", [], "")),
        (12000, ("12,000", [], "n")),
        (0.125, ("12.5%", [], "n")),
        ("甲", ("甲", [], "")),
        ("360100227003", ("360100227003", [], "nowrap")),
    ],
)
def test_a_value_is_written_for_a_reader(value: Any, shown: tuple[str, list[str], str]) -> None:
    assert cell(value) == shown
