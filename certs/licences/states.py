"""The states of published versions: every change is kept with its reason and time.

A version begins in the state that its source gave (valid, suspended, revoked, expired). Later it
may expire by its own last day, be superseded by a new version, or go with its row at the source;
a suspension, a revocation and their end come as new versions. So the history of a licence is that
of all its versions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select, text

from certs.tables import licence, licence_state

_SUPERSEDE = text("""
WITH done AS (
  UPDATE certs.licence c SET ended_at = :now, state = 'superseded'
  FROM certs.licence o WHERE o.id = c.id AND c.id = ANY(:ids) RETURNING c.id, o.state AS was
)
INSERT INTO certs.licence_state (licence_id, at, was, state, reason)
SELECT id, :now, was, 'superseded', 'new_version' FROM done
""")
#: Published versions whose row is gone, deleted at the source or withheld.
_END = text("""
WITH done AS (
  UPDATE certs.licence c SET ended_at = :now
  WHERE c.system = :system AND c.ended_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM landing.licence l
    WHERE l.system = c.system AND l.stream = c.stream AND l.key_hash = c.key_hash
      AND l.deleted_at IS NULL AND NOT l.withheld
  )
  RETURNING c.id, c.state
), noted AS (
  INSERT INTO certs.licence_state (licence_id, at, was, state, reason)
  SELECT id, :now, state, 'gone', 'gone_at_source' FROM done
)
SELECT id FROM done
""")
#: A day ends in the city, whenever it is noticed.
_EXPIRE = text("""
WITH done AS (
  UPDATE certs.licence SET state = 'expired'
  WHERE system = :system AND ended_at IS NULL AND state = 'valid' AND valid_to < :today
  RETURNING id, valid_to
)
INSERT INTO certs.licence_state (licence_id, at, was, state, reason)
SELECT id, (valid_to + 1)::timestamp AT TIME ZONE INTERVAL '+08:00', 'valid', 'expired',
       'past_valid_to' FROM done
""")
#: Why a version began in its state.
AT_SOURCE = "at_source"


@dataclass(frozen=True)
class StateChange:
    """A version of a licence came into a state. `reason`: at_source, or why it changed."""

    version: int
    at: datetime
    state: str
    reason: str


def supersede(conn: Connection, ids: Sequence[str], now: datetime) -> None:
    """Versions that a new one replaces."""
    conn.execute(_SUPERSEDE, {"now": now, "ids": list(ids)})


def end(conn: Connection, system: str, now: datetime) -> list[str]:
    """End the versions whose row is gone; their ids."""
    return list(conn.execute(_END, {"system": system, "now": now}).scalars())


def expire(conn: Connection, system: str, today: date) -> None:
    """Versions whose last day is over."""
    conn.execute(_EXPIRE, {"system": system, "today": today})


def history(conn: Connection, licence_id: str) -> list[StateChange]:
    """What became of the licence that this version is of, the oldest first; empty: no such one."""
    c, s = licence.c, licence_state.c
    same = select(c.system, c.stream, c.key_hash).where(c.id == licence_id).subquery("same")
    versions = conn.execute(
        select(c.id, c.version, c.state, c.published_at)
        .join(
            same,
            (c.system == same.c.system)
            & (c.stream == same.c.stream)
            & (c.key_hash == same.c.key_hash),
        )
        .order_by(c.version)
    ).all()
    ids = [one.id for one in versions]
    steps = conn.execute(select(licence_state).where(s.licence_id.in_(ids)).order_by(s.id)).all()
    made: list[StateChange] = []
    for one in versions:
        own = [step for step in steps if step.licence_id == one.id]
        first = own[0].was if own else one.state
        made.append(StateChange(one.version, one.published_at, first, AT_SOURCE))
        made += [StateChange(one.version, step.at, step.state, step.reason) for step in own]
    return made
