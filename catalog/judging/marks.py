"""A mark of what the catalogue's tables hold, so that a run notices what others changed."""

from __future__ import annotations

from sqlalchemy import Connection, text

_LEFT = text(
    "SELECT (SELECT concat_ws(',', count(*), max(id), sum(id) FILTER (WHERE undone_at IS NULL))"
    " FROM catalog.judgement),"
    " (SELECT count(*) FROM catalog.review WHERE closed_at IS NULL),"
    " (SELECT count(*) FROM catalog.canonical_item WHERE gone_at IS NULL),"
    " (SELECT count(*) FROM catalog.canonical_material),"
    " (SELECT count(*) FROM catalog.local), (SELECT count(*) FROM catalog.verdict)"
)


def left_behind(conn: Connection) -> str:
    """What the tables hold now."""
    return ",".join(str(value) for value in conn.execute(_LEFT).one())


def note_own_change(conn: Connection, before: str) -> None:
    """A person's judgement has changed the tables as unify itself would: it need not look again.

    `before`: `left_behind` from before the change. Where it is not what the last run left, somebody
    else changed the tables too, and the next run looks at all of them.
    """
    conn.execute(
        text(
            "UPDATE catalog.unified SET left_behind = :now"
            " WHERE id = (SELECT max(id) FROM catalog.unified) AND left_behind = :before"
        ),
        {"now": left_behind(conn), "before": before},
    )
