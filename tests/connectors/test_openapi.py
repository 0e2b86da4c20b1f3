"""The lists of a gateway's own document."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.openapi import LONGEST, MOST, lists_of

BASE = "http://h:8080/sys/xx"
GET = {"get": {"summary": "取水许可"}}


def three(paths: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A document of version 3."""
    return {"openapi": "3.0.1", "paths": paths, **more}


@pytest.mark.parametrize(
    "document",
    [
        three({"/licences": GET}),
        three({"/licences": GET}, servers=[{"url": "/sys/xx"}]),
        three({"/licences": GET}, servers=[{"url": "http://other/sys/xx/"}]),
        three({"/sys/xx/licences": GET}, servers=[{"url": "/"}]),
        three({"/xx/licences": GET}, servers=[{"url": "/sys"}]),
        {"swagger": "2.0", "basePath": "/sys/xx", "paths": {"/licences": GET}},
        {"swagger": "2.0", "basePath": "/", "paths": {"/sys/xx/licences": GET}},
    ],
)
def test_a_list_is_known_behind_the_gateways_own_address(document: dict[str, Any]) -> None:
    assert lists_of(document, BASE) == [("/licences", "取水许可")]


def test_of_a_gateway_at_its_servers_top_the_whole_path_counts() -> None:
    for said in ({"servers": [{"url": "/api"}]}, {"servers": [{"url": "http://h/api/"}]}):
        assert lists_of(three({"/licences": GET}, **said), "http://h") == [
            ("/api/licences", "取水许可")
        ]
    assert lists_of(three({"/licences": GET}), "http://h/") == [("/licences", "取水许可")]


def test_what_is_no_list_under_the_address_is_left_out() -> None:
    document = three(
        {
            "/licences/{id}": GET,
            "/orders": {"post": {"summary": "x"}},
            "relative": GET,
            "/elsewhere": GET,
            "/odd": ["get"],
        },
        servers=[{"url": "/other"}],
    )
    assert lists_of(document, BASE) == []


def test_a_large_document_and_a_long_summary_are_cut() -> None:
    long = {"get": {"summary": "很 \n 长" * 900}}
    found = lists_of(three({f"/l{n}": long for n in range(10 * MOST)}), "http://h")
    assert len(found) == MOST
    assert {len(said) for _, said in found} == {LONGEST}


@pytest.mark.parametrize("document", [None, [], "x", {}, {"openapi": "3.0.1"}, {"paths": {}}])
def test_anything_else_is_no_document(document: object) -> None:
    with pytest.raises(ValueError, match="no OpenAPI document"):
        lists_of(document, BASE)
