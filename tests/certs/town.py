"""A small town for tests: rows as the landing leaves them, sealed as it seals them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Table, text
from sqlalchemy.dialects.postgresql import insert

from catalog.forms.asked import published
from catalog.forms.table import FormField
from catalog.tables import (
    published_deciding,
    published_field,
    published_flow,
    published_item,
    published_mapping,
    published_material,
)
from catalog.tables import version as version_table
from certs.rights.tables import use_step
from kernel.clock import stopped_clock
from kernel.crypto import derive, encrypt, keyed_hash
from kernel.house import House
from kernel.numbers import normalise_citizen
from landing.asked import asked_place
from landing.place import seal_key
from landing.several import MARK, UNIT
from landing.tables import asked as asked_table
from landing.tables import case as case_table
from landing.tables import cursor as cursor_table
from landing.tables import licence as licence_table
from registry import licence_types, waiver_rules
from registry.accounts import Account, account, make_posts
from registry.applied import apply
from registry.tables import account as account_table
from registry.tables import waiver_list, waiver_step

#: A published version is never changed: the database refuses it but for who may switch it off.
UNLOCKED = "SET LOCAL session_replication_role = replica"
CONTRACTS = Path(__file__).parents[2] / "connectors" / "systems"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
#: Invented people: 15 digits, so that the check character is computed and no real number is here.
WANG = normalise_citizen("360702850307123")
LI = normalise_citizen("360702900909124")
FIRM = "91360702MA35TE5T0R"
THIRD = normalise_citizen("360702880808125")
NAMES = {WANG: "王小明", LI: "李䶮", FIRM: "赣州章贡示例餐饮有限公司", THIRD: "赵第三"}


#: Those of the demo that the tests use, without a password: nobody signs in here.
ACCOUNTS: tuple[tuple[str, str, list[str]], ...] = (
    ("clerk", "clerk", ["sc-02", "mz-02"]),
    ("clerk2", "clerk", ["ga-02"]),
    ("window", "clerk", ["sc-01"]),
    ("officer", "officer", []),
)
_REGISTRY: list[bytes] = []


def _applied(house: House) -> bytes:
    """`registry.json` of the 47 contracts, read once a session."""
    if not _REGISTRY:
        apply(house, CONTRACTS, "test")
        _REGISTRY.append(house.settings.registry_file.read_bytes())
    return _REGISTRY[0]


class Town:
    """An installation whose clock stands still until `at` moves it."""

    def __init__(self, house: House) -> None:
        self.house = replace(house, clock=stopped_clock(NOW))

    def at(self, now: datetime) -> None:
        self.house = replace(self.house, clock=stopped_clock(now))

    def holder(self, number: str, kind: str = "person") -> str:
        return self.house.holder_hash(kind, number)

    def open(self) -> None:
        """Contracts, demo accounts, a published catalogue, complete streams, one case."""
        self.house.settings.registry_file.write_bytes(_applied(self.house))
        with self.house.engine.begin() as conn:
            make_posts(conn)
        for name, role, posts in ACCOUNTS:
            about = {"name": name, "display": name, "role": role, "posts": posts}
            self._write(account_table, about | {"password": "none", "demo": True})
        self.item("FOOD", "食品经营许可（变更）", "市市场监督管理局", ["FOOD-1"])
        for system in ("sc_food", "sc_enterprise", "mz_relief", "ga_vehicle"):
            self.complete(system)
        self.case("C1")
        self.waive(*waiver_rules.load())

    def waive(self, *types: str, state: str = "published", on: date = date(2026, 6, 1)) -> None:
        """What the departments have said of licence types, from now on."""
        lists = {"number": on.toordinal(), "document": f"清单 {on}", "published_on": on}
        self._write(waiver_list, lists | {"catalogue_version": 1, "by": "bureau", "at": NOW})
        step = {
            "state": state,
            "department": "市市场监督管理局",
            "document": "赣市监〔2026〕1号",
            "dated": on,
            "confirmed_by": "officer",
            "confirmed_at": NOW,
            "list": on.toordinal() if state == "published" else None,
            "why": "测试",
            "by": "bureau",
            "at": NOW,
        }
        with self.house.engine.begin() as conn:
            conn.execute(insert(waiver_step), [step | {"licence_type": name} for name in types])

    def account(self, name: str = "clerk") -> Account:
        with self.house.engine.connect() as conn:
            found = account(conn, name)
        assert found is not None
        return found

    def item(self, item_id: str, name: str, department: str, local: list[str]) -> None:
        """Publish an item with its local codes."""
        version = {"version": 1}
        about = {"item_id": item_id, "name": name, "department": department}
        self._write(published_item, version | about)
        self._write(
            version_table,
            {"number": 1, "digest": "d", "published_at": NOW, "by": "test"}
            | {"items": 1, "mappings": 1, "materials": 1},
        )
        for code in local:
            self._write(
                published_mapping, version | about | {"local_code": code, "relation": "same"}
            )

    def decides(self, department: str | None, begins: date, **over: Any) -> None:
        """Publish who decides FOOD from a day on."""
        row = {
            "version": 1, "item_id": "FOOD", "division": "", "origin": "bureau",
            "begins": begins, "ends": None, "department": department,
            "manner": "transferred" if department else "exempted", "on_behalf_of": None,
            "document": "赣市府发〔2026〕8号", "basis": None, **over,
        }  # fmt: skip
        self._write(published_deciding, row)

    def deviates(self, field: str, value: dict[str, Any], **over: Any) -> None:
        """Publish what 章贡区 says of FOOD otherwise, for all days."""
        row = {
            "version": 1, "item_id": "FOOD", "division": "章贡区", "local_code": "",
            "field": field, "begins": date.min, "ends": None, "origin": "delta",
            "value": value, "source": "7", "basis": "条例", "document": "文号", **over,
        }  # fmt: skip
        self._write(published_flow, row)

    def publish_again(self, number: int) -> None:
        """A newer version with the same item, which asks for nothing."""
        for table in (published_item, published_mapping):
            with self.house.engine.connect() as conn:
                rows = conn.execute(table.select().where(table.c.version == 1)).all()
            for row in rows:
                self._write(table, {**row._mapping, "version": number})
        about = {"digest": "d2", "published_at": NOW, "by": "test"}
        counts = {"items": 1, "mappings": 1, "materials": 0}
        self._write(version_table, {"number": number, **about, **counts})

    def place(self, code: str, division: str) -> None:
        """A published implementation is of that division."""
        row = {"version": 1, "local_code": code, "item_id": "FOOD", "relation": "same"}
        self._write(published_mapping, {**row, "name": "食品", "division": division})

    def material(self, material_id: str, types: list[str], **over: Any) -> None:
        """Publish a material of the item FOOD."""
        row = {
            "version": 1,
            "item_id": "FOOD",
            "material_id": material_id,
            "situation": "",
            "name": "、".join(types) or "申请书",
            "kind": "licence" if types else "form",
            "role": "applicant",
            "need": True,
            "purpose": "prove",
            "grade": "A",
            "licence_types": types,
            "order": 1,
            **over,
        }
        self._write(published_material, row)
        self.approve("FOOD", *types)

    def form(self, *names: str, item: str = "FOOD", version: int = 1) -> None:
        """Publish the form of an item: texts, required."""
        for one in published([FormField(item, name, "text", True) for name in names]):
            self._write(published_field, {"version": version, **vars(one)})

    def approve(self, item: str, *types: str, state: str = "approved", **over: Any) -> None:
        """What the issuing departments have said of an item's use of licence types, from now on."""
        step = {
            "item_id": item, "state": state, "department": "市市场监督管理局", "why": "测试",
            "due": date(2026, 12, 4), "final": False, "by": "officer", "at": NOW,
        }  # fmt: skip
        kinds = licence_types.load()
        rows = [step | {"licence_type": n, "fields": list(kinds[n].fields)} | over for n in types]
        if rows:
            with self.house.engine.begin() as conn:
                conn.execute(insert(use_step), rows)

    def licence(self, key: str, holder: str = WANG, **over: Any) -> str:
        """Land a licence row (again); returns its key hash."""
        system, stream = over.pop("system", "sc_food"), "licence"
        key_hash = keyed_hash(self.house.keys.index, "key", system, stream, key)
        co_holder, more = over.pop("co_holder", None), over.pop("more", ())
        others = [co_holder, *more] if co_holder else []
        values = {
            "number": over.pop("number", f"JY1360702{key}"),
            "identifier": over.pop("identifier", None),
            "holder_name": over.pop("holder_name", NAMES.get(holder, "某人")),
            "holder_number": holder,
            "co_holder_name": MARK.join(NAMES[one] for one in others) or None,
            "co_holder_number": MARK.join(others) or None,
            "details": over.pop(
                "details", {"经营项目": "热食类食品制售", "经营场所": "章贡区某路1号"}
            ),
        }
        row = {
            "system": system,
            "stream": stream,
            "key_hash": key_hash,
            "row_hash": keyed_hash(self.house.keys.index, "row", repr((values, over))),
            "batch": f"{system}/{stream}/r1/0",
            "run": "r1",
            "source_time": NOW,
            "landed_at": NOW,
            "deleted_at": None,
            "withheld": False,
            "type": "食品经营许可证",
            "holder_kind": "person",
            "issuer": "赣州市市场监督管理局",
            "issued": date(2024, 1, 2),
            "valid_from": date(2024, 1, 2),
            "valid_to": date(2029, 1, 1),
            "status": "valid",
            "file": None,
            **over,
        }
        row["holder_hash"] = self.holder(holder, row["holder_kind"])
        row["co_holder_hash"] = UNIT.join(map(self.holder, others)) or None
        row["sealed"] = self.seal(system, stream, key_hash, values)
        self._write(licence_table, row)
        return key_hash

    def case(self, number: str, applicant: str = WANG, **over: Any) -> None:
        """Land a case row (again)."""
        system = over.pop("system", "xzsp_window")
        key_hash = keyed_hash(self.house.keys.index, "key", system, "case", number)
        kind = over.get("applicant_kind", "person")
        row = {
            "system": system,
            "stream": "case",
            "key_hash": key_hash,
            "row_hash": keyed_hash(self.house.keys.index, "row", repr(over)),
            "batch": f"{system}/case/r1/0",
            "run": "r1",
            "source_time": NOW,
            "landed_at": NOW,
            "deleted_at": None,
            "withheld": False,
            "case_number": number,
            "item_code": "FOOD-1",
            "department": "市市场监督管理局",
            "post": "sc-02",
            "applicant_kind": kind,
            "holder_hash": self.holder(applicant, kind),
            "state": "accepted",
            "opened": NOW,
            "closed": None,
            "provisional": False,
            "sealed": self.seal(
                system,
                "case",
                key_hash,
                {"applicant_name": NAMES[applicant], "applicant_number": applicant},
            ),
            **over,
        }
        self._write(case_table, row)

    def answered(
        self, system: str, holder: str, licences: list[dict[str, Any]], case: str = "C1"
    ) -> None:
        """A look-up's answer about a person, kept for a case as the landing keeps it."""
        of = self.holder(holder)
        row = {
            "system": system, "stream": "licence", "case_number": case, "holder_hash": of,
            "asked_at": self.house.clock(), "rows": len(licences),
            "sealed": encrypt(
                seal_key(self.house, system, "licence"),
                json.dumps(licences, ensure_ascii=False).encode(),
                asked_place(system, "licence", case, of),
            ),
        }  # fmt: skip
        self._write(asked_table, row)

    def complete(self, system: str = "sc_food", at: datetime | None = NOW) -> None:
        """The system's licence stream was complete then."""
        row = {"system": system, "stream": "licence", "value": None, "complete_at": at}
        self._write(cursor_table, row)

    def seal(self, system: str, stream: str, key_hash: str, values: dict[str, Any]) -> bytes:
        key = derive(self.house.keys.master, "landing", system, stream)
        plain = json.dumps(values, ensure_ascii=False).encode()
        return encrypt(key, plain, f"landing/{system}/{stream}/{key_hash}")

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with self.house.engine.connect() as conn:
            return [tuple(row) for row in conn.execute(text(statement))]

    def change(self, statement: str) -> int:
        with self.house.engine.begin() as conn:
            return conn.execute(text(statement)).rowcount

    def events(self) -> list[dict[str, Any]]:
        """The bodies of the ledger, in order."""
        return [
            json.loads(body) for (body,) in self.query("SELECT body FROM ledger.entry ORDER BY seq")
        ]

    def _write(self, table: Table, row: dict[str, Any]) -> None:
        keys = [column.name for column in table.primary_key]
        with self.house.engine.begin() as conn:
            conn.execute(text(UNLOCKED))
            conn.execute(
                insert(table).values(row).on_conflict_do_update(index_elements=keys, set_=row)
            )
