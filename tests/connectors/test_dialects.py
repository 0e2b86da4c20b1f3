"""Statements as each database says them, and drivers that are not installed."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from connectors import open_connector
from connectors.dialects import DIALECTS, Kind, Statement, kind_of
from kernel.clock import system_clock
from kernel.errors import BadContract, PersonMustAct
from tests.connectors.made import made_secrets, made_stream, made_system

KINDS: dict[str, Kind] = {"at": "time", "id": "text"}
LAST = ("2026-11-20 00:00:00", "r1")

AT = "TO_TIMESTAMP(:{}, 'YYYY-MM-DD HH24:MI:SS.FF')".format

#: The second step of a view by (at, id), of ten rows.
STEPS = {
    **dict.fromkeys(
        ("postgresql", "kingbase"),
        'SELECT * FROM "s"."v" WHERE ("at", "id") > (%s, %s) ORDER BY "at", "id" LIMIT 10',
    ),
    "sqlite": 'SELECT * FROM "s"."v" WHERE ("at", "id") > (?, ?) ORDER BY "at", "id" LIMIT 10',
    "mysql": "SELECT * FROM `s`.`v` WHERE `at` >= %s AND ((`at` > %s) OR (`at` = %s AND `id` > %s))"
    " ORDER BY `at`, `id` LIMIT 10",
    "dameng": 'SELECT * FROM "s"."v" WHERE "at" >= ? AND (("at" > ?) OR ("at" = ? AND "id" > ?))'
    ' ORDER BY "at", "id" LIMIT 10',
    "mssql": "SELECT TOP 10 * FROM [s].[v] WHERE [at] >= CONVERT(datetime2, %s, 121)"
    " AND (([at] > CONVERT(datetime2, %s, 121))"
    " OR ([at] = CONVERT(datetime2, %s, 121) AND [id] > %s)) ORDER BY [at], [id]",
    "oracle": f'SELECT * FROM "s"."v" WHERE "at" >= {AT(1)} AND (("at" > {AT(2)})'  # noqa: S608
    f' OR ("at" = {AT(3)} AND "id" > :4)) ORDER BY "at", "id" FETCH FIRST 10 ROWS ONLY',
}


@pytest.mark.parametrize("name", DIALECTS)
def test_a_step_is_said_in_each_dialect(name: str) -> None:
    statement = Statement(DIALECTS[name], dict(KINDS))
    behind = statement.behind(["at", "id"], LAST)
    assert statement.select("*", "s.v", [behind], ["at", "id"], 10) == STEPS[name]
    written_out = [LAST[0], LAST[0], LAST[0], LAST[1]]
    assert statement.values == (list(LAST) if DIALECTS[name].row_values else written_out)


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("postgresql", '"a""b%%"'),
        ("mysql", '`a"b%%`'),
        ("mssql", '[a"b%%]'),
        ("sqlite", '"a""b%"'),
        ("oracle", '"a""b%"'),
    ],
)
def test_a_name_cannot_end_its_quotes(name: str, quoted: str) -> None:
    assert DIALECTS[name].column('a"b%') == quoted
    assert DIALECTS["mssql"].column("a]b") == "[a]]b]"
    assert DIALECTS["mysql"].column("a`b") == "`a``b`"
    for wrong in ("", "a\0b"):
        with pytest.raises(BadContract, match="empty or holds a zero byte"):
            DIALECTS[name].column(wrong)


@pytest.mark.parametrize(
    ("type_name", "kind"),
    [
        ("bigint", "number"),
        ("numeric(20,4)", "number"),
        ("NUMBER", "number"),
        ("double precision", "inexact"),
        ("float", "inexact"),
        ("timestamp(0)", "time"),
        ("datetime2", "time"),
        ("bytea", "bytes"),
        ("varbinary", "bytes"),
        ("interval", "text"),
        ("varchar(20)", "text"),
        ("text[]", "text"),
        ("point", "text"),
    ],
)
def test_what_a_type_holds_is_known_by_its_name(type_name: str, kind: Kind) -> None:
    assert kind_of(type_name) == kind


@pytest.mark.parametrize(
    ("dialect", "extra"), [("oracle", "oracle"), ("mssql", "mssql"), ("dameng", "dameng")]
)
def test_a_driver_that_is_not_installed_is_a_sentence(
    dialect: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    transport = {"kind": "sql", "address": "XX_URL", "dialect": dialect}
    secrets = made_secrets(tmp_path, URL=f"{dialect}://u:p@127.0.0.1:1/d")
    with pytest.raises(PersonMustAct, match=rf"pip install 'zhongtai\[{extra}\]'"):
        open_connector(made_system(transport, made_stream(path="v")), secrets, system_clock)
