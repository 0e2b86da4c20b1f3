"""One record over REST that the server says it has not: gone, or a wrong path?"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from connectors import open_connector
from kernel.clock import system_clock
from kernel.errors import PersonMustAct
from tests.connectors.gateway import Reply, Request, gateway
from tests.connectors.made import made_rows, made_secrets, made_stream, made_system

Row = dict[str, str | None]


class Source:
    """A list, and its records under `at`; `missing`: the status where there is none."""

    def __init__(
        self, rows: list[Row], missing: int, at: str, body: str, where: str = "/licences"
    ) -> None:
        self.rows, self.missing, self.at, self.body, self.where = rows, missing, at, body, where

    def __call__(self, request: Request) -> Reply:
        """Answer as the page envelope does."""
        if request.path == self.where:
            return self._page(self.rows[: int(request.query["pageSize"])], len(self.rows))
        found = [row for row in self.rows if request.path == f"{self.at}/{row['id']}"]
        return self._page(found, len(found)) if found else Reply({}, self.missing)

    def _page(self, rows: list[Row], total: int) -> Reply:
        if self.body == "json":
            return Reply({"code": 200, "data": {"total": total, "rows": rows}})
        cells = ["".join(f"<{name}>{cell}</{name}>" for name, cell in row.items()) for row in rows]
        told = "".join(f"<row>{one}</row>" for one in cells)
        return Reply(f"<r><code>200</code><total>{total}</total>{told}</r>".encode())


def one(home: Path, source: Source, key: str) -> pd.DataFrame:
    """Ask for that record."""
    transport = {
        "kind": "rest",
        "address": "XX_URL",
        "body": source.body,
        "auth": {"kind": "api_key", "token": "XX_TOKEN"},
        "paging": {"kind": "page", "size": 10},
    }
    with gateway(source) as running:
        secrets = made_secrets(home, URL=running.url, TOKEN="t0ken-secret")
        stream = made_stream(record="/licences/{id}")
        client = open_connector(made_system(transport, stream), secrets, system_clock)
        return client.one(stream, {"id": key})


@pytest.mark.parametrize("body", ["json", "xml"])
@pytest.mark.parametrize("missing", [404, 410])
def test_a_record_that_is_gone_gives_no_row(tmp_path: Path, missing: int, body: str) -> None:
    source = Source(made_rows(3), missing, "/licences", body)
    assert list(one(tmp_path, source, "r000002")["id"]) == ["r000002"]
    assert one(tmp_path, source, "gone").empty


@pytest.mark.parametrize(
    ("rows", "at", "key"),
    [
        (3, "/records", "r000002"),
        (3, "/records", "r000000"),
        (0, "/licences", "r000000"),
    ],
)
def test_not_found_is_the_path_while_no_record_is_found(
    tmp_path: Path, rows: int, at: str, key: str
) -> None:
    """Every record not found, or none to try with: nobody's licence ends by a wrong path."""
    source = Source(made_rows(rows), 404, at, "json")
    with pytest.raises(PersonMustAct, match=r"HTTP 404.*check its address and the path"):
        one(tmp_path, source, key)


def test_a_list_that_is_not_found_stays_a_wrong_path(tmp_path: Path) -> None:
    source = Source(made_rows(3), 404, "/licences", "json", "/others")
    with pytest.raises(PersonMustAct, match="at /sys/xx_test/licences as its YAML says"):
        one(tmp_path, source, "gone")
