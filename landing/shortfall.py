"""The guard of deletes: a source that suddenly gives few rows, or none, must not wipe a city.

An empty list, or one with other keys only, always stops while rows live here. A declared
`limits.deletes` stops when a larger share of the live rows is gone at once; a few rows (`FEW`) say
nothing about a share.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, func, select

from kernel.errors import Disagrees
from landing.place import Place

KIND = "many_deletes"
FEW = 10


def hold(
    conn: Connection, place: Place, live: list[ColumnElement[bool]], ended: int, accepted: bool
) -> None:
    """Raise Disagrees when the rows that have just `ended` were too many; `live`: those that stay.

    The caller's transaction is undone then. `accepted`: a person has said that it is right.
    """
    if ended == 0 or accepted:
        return
    left = conn.scalar(select(func.count()).select_from(place.table).where(*live)) or 0
    limit = place.stream.limits.deletes if place.stream.limits else None
    too_many = limit is not None and ended > FEW and ended * 100 > (left + ended) * int(limit[:-1])
    if left and not too_many:
        return
    allowed = f"at most {limit} may end at once" if too_many else "that is all of them"
    raise Disagrees(
        f"{place.system} {place.stream.name} misses {ended:,} of {left + ended:,} live rows: "
        f"{allowed}; nothing was ended. If it is right, say so with "
        f'`zhongtai sync {place.system} --accept-deletes --why "…"`',
        KIND,
        "deletes",
        system=place.system,
        stream=place.stream.name,
    )
