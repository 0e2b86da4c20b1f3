"""Row-level security by department on what a department's officer reads.

`registry.owner` says whose a system is; the policies of the officer's role ask it. Here every role
still sees every row: the restriction on the officer's comes with the role, in `pipeline.roles`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

#: In the order in which a look comes to them: who waits for the first holds none of the others.
TABLES = (
    "certs.correction",
    "certs.copy",
    "certs.form_look",
    "landing.quarantine",
    "landing.batch",
)
KNOWN = """
INSERT INTO registry.owner (system, department)
SELECT system, department FROM (
  SELECT DISTINCT ON (system) system, contract ->> 'department' AS department
  FROM registry.system_version ORDER BY system, version DESC
) newest WHERE department IS NOT NULL
"""


def upgrade() -> None:
    op.create_table(
        "owner",
        sa.Column("system", sa.Text(), primary_key=True),
        sa.Column("department", sa.Text(), nullable=False),
        schema="registry",
    )
    op.execute(KNOWN)
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY everybody ON {table} USING (true) WITH CHECK (true)")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP POLICY IF EXISTS of_department ON {table}")
        op.execute(f"DROP POLICY everybody ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.drop_table("owner", schema="registry")
