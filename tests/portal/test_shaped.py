"""The shape of a gateway's answers on the mapping page: shown, changed, taken away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from portal import shaped
from portal.port_connecting import SketchPage
from registry.flaws import Flaw
from registry.shapes import Shape
from tests.portal.test_connecting import AT
from tests.portal.visits import signed_in

SHAPE: dict[str, Any] = {
    "rows": "result.list",
    "total": "result.count",
    "good": ["200", "00"],
    "ask": {"page": "current", "size": "rows"},
}
REST: dict[str, Any] = {
    "kind": "rest", "body": "json", "paging": {"kind": "page", "size": 500}, "shape": SHAPE,
}  # fmt: skip


def pairs(transport: dict[str, Any]) -> list[tuple[str, str]]:
    return [(f"shape.{one.name}", one.said) for one in shaped.lines(transport)]


@pytest.mark.parametrize("kind", ["page", "offset", "cursor", "next_link", ""])
@pytest.mark.parametrize("shape", [{}, SHAPE, {"next": "a.b"}, {"ask": {"cursor": "after"}}])
def test_what_is_shown_and_sent_back_is_the_same(kind: str, shape: dict[str, Any]) -> None:
    transport = REST | {"paging": {"kind": kind}, "shape": shape}
    assert shaped.typed(pairs(transport)) == shape
    Shape.model_validate(shape)


@pytest.mark.parametrize("transport", [{}, {"kind": "sql"}])
def test_other_transports_have_none(transport: dict[str, Any]) -> None:
    assert shaped.lines(transport) == []


def test_xml_has_no_common_place_of_what_follows() -> None:
    lines = {one.name: one.usual for one in shaped.lines(REST | {"body": "xml"})}
    assert (lines["rows"], lines["total"], lines["ask.page"]) == ("ROW", "total", "pageNo")
    xml = REST | {"body": "xml", "paging": {"kind": "cursor"}, "shape": {}}
    assert {one.name: one.usual for one in shaped.lines(xml)}["next"] == ""


def test_a_key_that_the_paging_does_not_use_is_still_shown() -> None:
    lines = {one.name: one for one in shaped.lines(REST | {"paging": {"kind": "next_link"}})}
    assert (lines["total"].said, lines["total"].usual) == ("result.count", "")
    assert (lines["next"].said, lines["next"].usual) == ("", "next")


def test_the_page_shows_it_and_keeps_what_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = signed_in("ops")
    fake = visitor.platform.connecting
    plain = fake.sketch

    def sketch(code: str) -> SketchPage:
        flaws = (Flaw("transport.shape", "numbered pages have no next: leave this key out", 1),)
        return replace(plain(code), said={"transport": REST}, flaws=flaws)

    monkeypatch.setattr(fake, "sketch", sketch)
    text = visitor.get(f"{AT}/mapping").text
    assert f'href="{AT}/mapping#q-shape"' in text
    assert 'id="q-shape" open' in text
    assert "5 处与常见写法不同" in text
    assert 'name="shape.rows" type="text" maxlength="200" value="result.list"' in text
    sent = dict(pairs(REST)) | {"shape.total": "", "body": "json", "paging": "page"}
    answer = visitor.post(f"{AT}/mapping", f"{AT}/mapping", **sent)
    assert answer.headers["location"] == f"{AT}/mapping?done=kept"
    said = next(one for one in visitor.platform.calls if one[0] == "say")[2]
    assert said["transport"]["shape"] == {k: v for k, v in SHAPE.items() if k != "total"}
