"""Connecting a system, invented: one on its way with something open, one that is tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from kernel.errors import BadContract, BadInput, NotAuthorised
from pipeline.approval import Submitted
from portal.port_connecting import (
    ColumnRow,
    ComingPage,
    DraftPage,
    DraftRow,
    Example,
    PlaceRow,
    SecretRow,
    SketchPage,
    StreamRow,
    StreamTrial,
    TrialRow,
)
from portal.port_registering import Change, ConnectionRow, Difference
from registry.flaws import Flaw
from registry.sketch_streams import doubles, may_be_used_for

SAID: dict[str, Any] = {
    "kind": "licence",
    "path": "v_food_licence",
    "mode": "incremental",
    "key": ["zzid"],
    "cursor": "gxsj",
    "deletes": {"sign": "flag", "column": "sfsc", "value": "1"},
    "drift": "evolve",
    "dates": "iso",
    "times": "text",
    "fields": {
        "number": "zzbh",
        "holder_name": "czrmc",
        "status": {"column": "zt", "values": {"01": "valid", "02": "?"}},
    },
    "ignore": ["bz"],
}
COLUMNS = (
    ColumnRow("zzid", "bigint", "", "", "", 0.0, "", ("1", "2"), True, {}),
    ColumnRow("zzbh", "text", "证照编号", "field:number", "number", 0.97,
              "licence: the comment says 证照编号", ("J********1",), False, {}),
    ColumnRow("czrmc", "text", "", "field:holder_name", "holder_name", 0.62,
              "licence: the name is a known one", ("赣****",), False, {}),
    ColumnRow("zt", "text", "状态", "field:status", "status", 0.9, "licence: the comment says 状态",
              ("01", "02"), False, {"01": 17, "02": 3}),
    ColumnRow("bz", "text", "备注", "ignore", "", 0.0, "no field of a licence fits", (), False, {}),
)  # fmt: skip
ROWS = tuple(
    {"zzid": str(n), "zzbh": f"J********{n}", "czrmc": "赣****", "zt": "01", "bz": ""}
    for n in range(1, 4)
)
FLAWS = (
    Flaw("streams.licence.catalogue", "this key is missing", 12),
    Flaw("streams.licence.fields.status.values.02", "? is not allowed; allowed are valid", 30),
    Flaw("contact", "this key is missing", 1),
)


class FakeConnecting:
    """sc_archive has something open; sc_special has been tried and may be handed on."""

    def __init__(self, calls: list[tuple[Any, ...]], now: Any) -> None:
        self.calls, self.now = calls, now

    def coming(self, code: str) -> ComingPage:
        if not code.startswith("sc_"):
            raise BadInput("没有登记过这个系统：请先由部门填写登记表")
        since = self.now - timedelta(days=21)
        row = ConnectionRow(
            code, "企业电子档案系统", "市市场监督管理局", "provincial", "authorised", since, 21,
            "ops", True, "收到授权文件",
        )  # fmt: skip
        history = (Change("authorised", "ops", "收到授权文件", self.now),)
        form = {"name": "企业电子档案系统", "level": "provincial", "gives": ["营业执照"]}
        drafts = (self._draft("sent_back"),)
        return ComingPage(row, history, ("applied", "testing"), drafts, form, 1, True)

    def _draft(self, decision: str | None = None, by: str = "zhang") -> DraftRow:
        at = self.now - timedelta(days=2)
        decided, why = ("bureau", "联系岗位不对") if decision else (None, None)
        return DraftRow("sc_archive", 2, by, at, 2, decision, decided, why)

    def waiting(self) -> list[DraftRow]:
        return [self._draft()]

    def sketch(self, code: str) -> SketchPage:
        self.coming(code)
        tried = code == "sc_special"
        secrets = (
            SecretRow("address", f"{code.upper()}_URL", "encrypted"),
            SecretRow("token", f"{code.upper()}_TOKEN", None),
        )
        places = (
            PlaceRow("v_food_licence", "食品经营许可", 5, "", True, "licence"),
            PlaceRow("sys_log", "", 3, "it fits no kind of record", False, ""),
        )
        stream = StreamRow("licence", "licence", COLUMNS, ROWS, 20, SAID, may_be_used_for(SAID))
        return SketchPage(
            code=code,
            name="企业电子档案系统",
            said={"name": "企业电子档案系统", "transport": {"kind": "sql"},
                  "streams": {"licence": SAID}},
            auth="bearer",
            paths=("v_food_licence",),
            secrets=secrets,
            places=() if code == "sc_new1" else places,
            streams=() if code == "sc_new1" else (stream,),
            flaws=() if tried else FLAWS,
            yaml=f"code: {code}\n",
            changes=(Difference("contact", "a", "b", False),) if tried else (),
            trial=TrialRow(self.now, True, 500, 3) if tried else None,
        )  # fmt: skip

    def connect(
        self, code: str, auth: str | None, paths: Sequence[str], values: Mapping[str, str], by: str
    ) -> int | None:
        self.calls.append(("connect", code, auth, tuple(paths), sorted(values), by))
        if values.get("address") == "https://wrong":
            raise NotAuthorised(
                f"{code} refuses our credentials (HTTP 401 at /licences): check its secrets and "
                "that our grant has not ended"
            )
        return 2 if auth == "bearer" else None

    def look(self, code: str, paths: Sequence[str], by: str) -> None:
        if not paths:
            raise BadInput("请至少选一个表、目录或文件")
        self.calls.append(("look", code, tuple(paths), by))

    def say(self, code: str, said: Mapping[str, Any], by: str) -> None:
        self.calls.append(("say", code, dict(said), by))

    def map(
        self,
        code: str,
        stream: str,
        chosen: Mapping[str, str],
        meanings: Mapping[str, Mapping[str, str]],
        reading: Mapping[str, str],
        key: Sequence[str],
        by: str,
    ) -> list[str]:
        self.calls.append(("map", code, stream, dict(chosen), dict(meanings), tuple(key), by))
        return doubles(chosen)

    def try_out(self, code: str, by: str) -> list[StreamTrial]:
        self.calls.append(("try_out", code, by))
        if code != "sc_special":
            raise BadContract("sc_archive.yml, line 12, contact: this key is missing")
        why = "the column zt (status) holds a category that is not mapped"
        return [
            StreamTrial("licence", "incremental", 500, 3, ("new_column: bz2",), ((why, 3),),
                        (Example(17, why, "zt", "9"),)),
        ]  # fmt: skip

    def hand_on(self, code: str, by: str) -> Submitted:
        self.calls.append(("hand_on", code, by))
        return Submitted(code, 2, ())

    def draft(self, code: str, version: int) -> DraftPage:
        if version != 2:
            raise BadInput("没有这一份待批的约定")
        changes = (Difference("streams.licence.key", None, "[zzid]", True),)
        row = replace(self._draft(), system=code)
        return DraftPage(row, f"code: {code}\n", changes, TrialRow(self.now, True, 500, 3))

    def send_back(self, code: str, version: int, by: str, why: str) -> None:
        if not why.strip():
            raise BadInput("the reason must not be empty")
        self.calls.append(("send_back", code, version, by, why))
