"""The real server: what it logs, how it answers a bug."""

from __future__ import annotations

import httpx
import pytest

from portal.port import LedgerStatus
from tests.portal.fake import PERSON, FakePlatform
from tests.portal.serving import serving


class Buggy(FakePlatform):
    """A platform whose error holds a number."""

    def ledger_status(self) -> LedgerStatus:
        raise ValueError(f"cannot read {PERSON}")


def test_a_bugs_traceback_is_logged_without_its_message(capfd: pytest.CaptureFixture[str]) -> None:
    with serving(Buggy()) as url:
        assert httpx.get(f"{url}/health?{PERSON}").status_code == 500
    logged = capfd.readouterr().err
    assert "ValueError" in logged
    assert "ledger_status" in logged
    assert PERSON not in logged


def test_the_server_names_no_software() -> None:
    with serving(FakePlatform()) as url:
        assert "server" not in httpx.get(f"{url}/login").headers
