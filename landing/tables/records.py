"""Records, one table a kind, and the cases that came to an end.

Personal values are only in `sealed` (AES-256-GCM). What stands in plain columns is what the
steps after this one select by: keyed hashes, types, dates, states.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from landing.tables.base import TIME, metadata


def _record(name: str, *own: Column[object]) -> Table:
    """A typed table a kind: its own columns and those that every record has.

    A row is live when `deleted_at` is null and `withheld` is false. `withheld`: a newer version
    of the row is in quarantine.
    """
    return Table(
        name,
        metadata,
        Column("system", Text, primary_key=True),
        Column("stream", Text, primary_key=True),
        Column("key_hash", Text, primary_key=True),
        Column("row_hash", Text, nullable=False),
        Column("batch", Text, nullable=False),
        Column("run", Text, nullable=False),
        Column("source_time", TIME),
        Column("landed_at", TIME, nullable=False),
        Column("deleted_at", TIME),
        Column("withheld", Boolean, nullable=False, server_default=text("false")),
        Column("extra", JSONB),
        Column("sealed", LargeBinary),
        *own,
    )


item = _record(
    "item",
    Column("code", Text, nullable=False),
    Column("base_code", Text),
    Column("name", Text, nullable=False),
    Column("parent", Text),
    Column("level", Text, nullable=False),
    Column("task_type", Text),
    Column("department", Text),
    Column("division", Text),
    Column("handling_department", Text),
    Column("limit_days", Integer),
    Column("promise_days", Integer),
    Column("fee", Boolean),
    Column("fee_standard", Text),
    Column("fee_basis", Text),
    Column("steps", Text),  # as the guide writes them
    Column("results", Text),
)
material = _record(
    "material",
    Column("item_code", Text, nullable=False),
    Column("situation", Text),
    Column("name", Text, nullable=False),
    Column("need", Boolean),
    Column("purpose", Text),
    Column("source_type", Text),
    Column("form", Text),
    Column("copies", Integer),
    Column("order", Integer),
)
licence = _record(
    "licence",
    Column("type", Text, nullable=False),
    Column("holder_kind", Text, nullable=False),
    Column("holder_hash", Text, nullable=False),
    Column("co_holder_hash", Text),  # of all but the first holder, a space between
    Column("issuer", Text),
    Column("issued", Date),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("status", Text, nullable=False),
    Column("file", Text),
)
case = _record(
    "case",
    Column("case_number", Text, nullable=False),
    Column("item_code", Text, nullable=False),
    Column("department", Text),
    Column("post", Text),
    Column("applicant_kind", Text, nullable=False),
    Column("holder_hash", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("opened", TIME),
    Column("closed", TIME),
    Column("provisional", Boolean, nullable=False, server_default=text("false")),
)
# Keyed hashes have no order: a hash index costs a bulk of rows a third of what a tree does.
Index("licence_holder", licence.c.holder_hash, postgresql_using="hash")
Index(
    "licence_co_holder",
    licence.c.co_holder_hash,
    postgresql_using="hash",
    postgresql_where=licence.c.co_holder_hash.is_not(None),
)
#: Licences of three and more holders, by each of these. Who asks says it in these words: an index
#: on an expression is found by nothing else.
SEVERAL_HOLDERS = "co_holder_hash LIKE '% %'"
AMONG_HOLDERS = (
    f"{SEVERAL_HOLDERS} AND string_to_array(co_holder_hash, ' ') @> ARRAY[CAST(:holder AS text)]"
)
Index(
    "licence_co_holders",
    func.string_to_array(licence.c.co_holder_hash, literal_column("' '::text")),
    postgresql_using="gin",
    postgresql_where=text(SEVERAL_HOLDERS),
)
Index("case_number", case.c.case_number)
Index("case_post", case.c.post)
Index("material_item", material.c.item_code)
#: A clerk's list, in its order: no post's whole history is sorted. Both halves are partial
#: indexes: who asks says the same condition, in these words.
CASE_ORDER = (case.c.opened.desc().nulls_last(), case.c.case_number)
CASE_LIVE = "deleted_at IS NULL AND NOT withheld"
CASE_HALVES = {
    "case_open": f"state IN ('accepted', 'deciding') AND {CASE_LIVE}",
    "case_closed": f"NOT (state IN ('accepted', 'deciding')) AND {CASE_LIVE}",
}
for _name, _which in CASE_HALVES.items():
    Index(_name, case.c.post, *CASE_ORDER, postgresql_where=text(_which))
Index("case_holder", case.c.holder_hash)
RECORDS = {"item": item, "material": material, "licence": licence, "case": case}
finished = Table(  # cases that came to an end: what waits to be told to others
    "finished",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("case_number", Text, nullable=False),
    Column("state", Text, nullable=False),  # granted | refused | withdrawn
    Column("system", Text, nullable=False),  # that said so first
    Column("stream", Text, nullable=False),
    Column("key_hash", Text, nullable=False),
    Column("item_code", Text, nullable=False),
    Column("department", Text),
    Column("closed", TIME),
    Column("at", TIME, nullable=False),
    Column("entry", BigInteger),  # the ledger's entry that tells it
    UniqueConstraint("case_number", "state"),
)
Index("finished_untold", finished.c.id, postgresql_where=finished.c.entry.is_(None))
