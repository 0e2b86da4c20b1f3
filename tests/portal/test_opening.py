"""Whose number it is that a clerk types."""

from __future__ import annotations

import pytest

from portal.opening import fits, kind_of
from tests.landing.frames import citizen

BOTH = [number for number in map(citizen, range(400)) if fits("organisation", number)]


def test_every_citizens_number_is_a_persons_whatever_else_it_passes() -> None:
    assert BOTH  # one in 31
    assert {kind_of(citizen(n)) for n in range(400)} == {"person"}


@pytest.mark.parametrize("code", ["91360702MA35TE5T0R", "91350100M000100Y43"])
def test_a_credit_code_is_an_organisations(code: str) -> None:
    assert kind_of(code) == "organisation"


@pytest.mark.parametrize("text", ["", "360702198513071230", "1"])
def test_what_passes_no_check_is_nobodys(text: str) -> None:
    assert kind_of(text) == ""
