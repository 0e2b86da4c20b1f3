"""A day in the city: many changes at once, spread over every stream that gives copies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

from city.world.act import ROW, Actor
from city.world.faults import make_bad
from city.world.newcomers import FEWEST, Newcomers
from city.world.people import People
from city.world.render import Shape
from city.world.store import Record, load

SORTS = ("new", "changed", "revoked", "deleted")
DEEDS = {"new": 30, "changed": 28, "revoked": 18, "deleted": 14, "mended": 5, "spoiled": 5}


class Day:
    """The changes of one call. Each row is changed at most once; pinned rows are left alone."""

    def __init__(self, actor: Actor, people: People, seed: int) -> None:
        self.actor = actor
        self.rng = Random(f"changes/{seed}")
        self.done = dict.fromkeys(SORTS, 0)
        self.good: dict[Shape, list[str]] = {}
        self.bad: dict[Shape, list[str]] = {}
        self.today = date.fromisoformat(actor.now[:10])
        self.newcomers = Newcomers(actor, people, self.rng)

    def run(self, count: int) -> dict[str, int]:
        """Exactly `count` changes; says how many of each sort (mending and spoiling: changed)."""
        deeds: dict[str, Callable[[Shape], bool]] = {
            "changed": self._change,
            "revoked": self._revoke,
            "deleted": self._delete,
            "mended": self._mend,
            "spoiled": self._spoil,
        }
        for shape in self._streams(count):
            deed = self.rng.choices(list(DEEDS), list(DEEDS.values()))[0]
            if deed in deeds and deeds[deed](shape):
                self.done[deed if deed in self.done else "changed"] += 1
            elif deed != "new" and self._change(shape):
                self.done["changed"] += 1
            else:
                self._new(shape)
                self.done["new"] += 1
        return self.done

    def _streams(self, count: int) -> list[Shape]:
        """Each stream once, as far as `count` goes; then by chance, big ones more often."""
        streams = [shape for shape in self.actor.shapes.values() if shape.copies]
        self.rng.shuffle(streams)
        for shape in streams:
            self._load(shape)
        weights = [len(self.good[shape]) ** 0.5 + 1 for shape in streams]
        more = self.rng.choices(streams, weights, k=max(0, count - len(streams)))
        return [*streams[:count], *more]

    def _load(self, shape: Shape) -> None:
        found = self.actor.conn.execute(
            "SELECT id, reason IS NULL FROM record WHERE system = ? AND stream = ?"
            " AND deleted = 0 AND pinned = 0 ORDER BY id",
            (shape.system, shape.stream),
        ).fetchall()
        self.good[shape] = [key for key, good in found if good]
        self.bad[shape] = [key for key, good in found if not good]
        self.rng.shuffle(self.good[shape])
        self.rng.shuffle(self.bad[shape])

    def _take(self, shape: Shape, keys: list[str]) -> Record:
        return self._read(shape, keys.pop())

    def _read(self, shape: Shape, key: str) -> Record:
        row = self.actor.conn.execute(
            f"{ROW} WHERE system = ? AND stream = ? AND id = ?", (shape.system, shape.stream, key)
        ).fetchone()
        return load(row)

    # ---- the deeds: each says whether it could be done

    def _change(self, shape: Shape) -> bool:
        if not self.good[shape]:
            return False
        one = self._take(shape, self.good[shape])
        changers: dict[str, Callable[[dict[str, Any]], None]] = {
            "licence": self._change_licence,
            "case": self._change_case,
            "item": self._change_item,
            "material": self._change_material,
        }
        changers[shape.kind](one.data)
        self.actor.save("U", one)
        return True

    def _revoke(self, shape: Shape) -> bool:
        if shape.kind != "licence" or not self.good[shape]:
            return False
        one = self._take(shape, self.good[shape])
        self.actor.revoke(one)
        return True

    def _delete(self, shape: Shape) -> bool:
        if len(self.good[shape]) <= FEWEST:
            return False
        one = self._take(shape, self.good[shape])
        if one.data.get("level") == "canonical":
            return False
        self.actor.save("D", one)
        return True

    def _mend(self, shape: Shape) -> bool:
        if not self.bad[shape]:
            return False
        one = self._take(shape, self.bad[shape])
        one.fault = one.reason = None
        self.actor.save("U", one)
        return True

    def _spoil(self, shape: Shape) -> bool:
        if len(self.good[shape]) <= FEWEST:
            return False
        one = self._take(shape, self.good[shape])
        make_bad(shape, one, self.rng)
        self.actor.save("U", one)
        return True

    def _new(self, shape: Shape) -> None:
        self.actor.add(shape.system, shape.stream, self.newcomers.data(shape))

    # ---- what changes

    def _change_licence(self, data: dict[str, Any]) -> None:
        if data["valid_to"] is not None:  # renewed for as long as before
            span = date.fromisoformat(data["valid_to"]) - date.fromisoformat(data["valid_from"])
            begin = max(self.today, date.fromisoformat(data["valid_from"]))
            data.update(valid_from=begin.isoformat(), valid_to=(begin + span).isoformat())
            data["status"] = "valid"
        else:
            data["status"] = "suspended" if data["status"] == "valid" else "valid"

    def _change_case(self, data: dict[str, Any]) -> None:
        if data["state"] == "accepted":
            data["state"] = "deciding"
        elif data["state"] == "deciding":
            data["state"] = self.rng.choice(("granted", "granted", "refused"))
            data["closed"] = self.actor.now
        elif data["state"] == "granted":  # taken up again: the decision is put right
            data.update(state="refused", closed=self.actor.now)
        else:
            data.update(state="granted", closed=self.actor.now)

    def _change_item(self, data: dict[str, Any]) -> None:
        days = int(data["promise_days"] or data["limit_days"])
        data["promise_days"] = str(max(0, days - 1) if days else 1)

    def _change_material(self, data: dict[str, Any]) -> None:
        data["copies"] = str(int(data["copies"]) % 3 + 1)
