"""The replication slot under which the database's server keeps its log for `backup follow`.

Any role may read the view, so the portal's figures need no right of their own for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text

SLOT: Final = "zhongtai_backup"
#: Bytes of the log that may wait for the follower before it is bad.
KEPT_LOG: Final = 4 * 1024**3
READ = text(
    "SELECT active, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint AS behind"
    " FROM pg_replication_slots WHERE slot_name = :slot"
)


@dataclass(frozen=True)
class Followed:
    """How the log is followed. `active`: somebody receives it now. `behind`: bytes of the log
    that the server keeps for him; None: it has thrown away what he lacks."""

    active: bool
    behind: int | None


def followed(conn: Connection) -> Followed | None:
    """As it stands now; None where no follower was ever started, or backups were given up."""
    row = conn.execute(READ, {"slot": SLOT}).one_or_none()
    return None if row is None else Followed(bool(row.active), row.behind)
