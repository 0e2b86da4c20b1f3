"""The tables of judging (schema `catalog`). No personal data here."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Identity, Index, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from catalog.tables import TIME, metadata

__all__ = ["by_list", "contradiction", "local", "metadata", "statement", "verdict", "wish"]

local = Table(  # what unify last saw: a live county's item, or a material's name as written
    "local",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("left", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("base_code", Text, nullable=False),
    Column("parent", Text, nullable=False),
    Column("task_type", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("division", Text, nullable=False),
    Column("handled_by", Text, nullable=False),
    Column("office", Text, nullable=False),  # the department without its place
    Column("norm", Text, nullable=False),  # the name's normal form
    Column("key", Text, nullable=False),  # of its question: name and office
    Column("digest", Text, nullable=False),  # of all that a rule may look at
)
Index("local_key", local.c.subject, local.c.key)
Index("local_digest", local.c.subject, local.c.digest)
verdict = Table(  # what the rules in force say of a name with its evidence
    "verdict",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("relation", Text, nullable=False),  # same | narrower | broader | none
    Column("ids", ARRAY(Text), nullable=False),
    Column("rule", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("auto", Boolean, nullable=False),  # false: a person is asked
    Column("asks", Boolean, nullable=False),  # a person may say more, though it is settled
    Column("candidates", JSONB, nullable=False),
    Column("mentions", ARRAY(Text), nullable=False),  # canonical ids that it depends on
    Column("parts", JSONB),  # a material's canonical materials, as rows
)
by_list = Table(  # what the lists of materials say where a name is not enough
    "by_list",
    metadata,
    Column("left", Text, primary_key=True),
    Column("item", Text, nullable=False),
    Column("name", Text, nullable=False),  # the item's
    Column("holds", Boolean, nullable=False),  # false: what was found by the name is doubted
    Column("why", Text, nullable=False),
)
statement = Table(  # what persons said; never changed but for what became of it
    "statement",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("subject", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("left", Text),  # only this row; null: every row of the question
    Column("name", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column(
        "relation", Text, nullable=False
    ),  # same | narrower | broader | none | different | unsure
    Column("rights", ARRAY(Text), nullable=False),
    Column("by", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", TIME, nullable=False),
    Column("waives", Boolean, nullable=False),  # touches a material that data may stand for
    Column("state", Text, nullable=False),  # proposed | pending | in_force | rejected
    Column("decided_by", Text),
    Column("decided_why", Text),
    Column("decided_at", TIME),
    Column("undone_by", Text),
    Column("undone_why", Text),
    Column("undone_at", TIME),
)
Index("statement_key", statement.c.subject, statement.c.key)
contradiction = Table(  # statements that cannot all be right
    "contradiction",
    metadata,
    Column("id", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("kind", Text, nullable=False),  # two_persons | same_name | base_code | gone
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("says", Text, nullable=False),  # in a sentence
    Column("rests", JSONB, nullable=False),  # what it rests on, in order
    Column("found_at", TIME, nullable=False),
    Column("ended_at", TIME),
)
wish = Table(  # 建议单: what the city asks of the province's base catalogue
    "wish",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("kind", Text, nullable=False),  # rename | merge | split | add | abolish
    Column("items", ARRAY(Text), nullable=False),  # canonical ids
    Column("names", ARRAY(Text), nullable=False),  # the names that are wished for
    Column("reason", Text, nullable=False),
    Column("evidence", JSONB, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", TIME, nullable=False),
    Column("state", Text, nullable=False),  # proposed | open | sent | granted | refused | withdrawn
    Column("document", Text),  # of the province's answer, or of the sending
    Column("moved_by", Text),
    Column("moved_why", Text),
    Column("moved_at", TIME),
)
