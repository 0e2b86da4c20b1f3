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


def hold(conn: Connection, place: Place, live: list[ColumnElement[bool]],
         gone: ColumnElement[bool], accepted: bool) -> None:  # fmt: skip
    """Raise Disagrees when ending what is `gone` of the `live` rows would be too much.

    `accepted`: a person has said that it is right. The caller's transaction is undone.
    """
    limit = place.stream.limits.deletes if place.stream.limits else None
    if accepted:
        return
    query = select(func.count(), func.count().filter(gone)).where(*live)
    held, missing = conn.execute(query.select_from(place.table)).one()
    if missing == 0:
        return
    share = missing / held
    if missing == held or (limit and missing > FEW and share > int(limit[:-1]) / 100):
        allowed = f"at most {limit} may end at once"
        if limit is None:
            allowed = "a list with none of them ends nothing"
        raise Disagrees(
            f"{place.system} {place.stream.name} misses {missing:,} of {held:,} live rows: "
            f"{allowed}; nothing was ended. If it is right, say so with "
            f'`zhongtai sync {place.system} --accept-deletes --why "…"`',
            KIND,
            "deletes",
            system=place.system,
            stream=place.stream.name,
        )
