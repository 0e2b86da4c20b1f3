"""What the pages of connecting a system ask, over one installation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from kernel.canonical import digest
from kernel.db import lock
from kernel.db import reading as read_only
from kernel.errors import BadInput
from kernel.house import House
from pipeline import approval, standing
from pipeline.approval import Submitted, person
from pipeline.connecting import drafts, looking, shown, source
from pipeline.connecting.rows import ComingPage, DraftPage, DraftRow, SketchPage
from pipeline.trial import StreamTrial, tried
from registry import sketch, sketch_streams, sketches, states
from registry.applied import in_force
from registry.sketches import Sketch


class Connecting:
    """Each step is kept at once, so that a person may go on later, or another one may.

    Every method may raise BadInput for a system that nobody registered; those that change
    something, Refused for who is neither of operations nor of the bureau.
    """

    def __init__(self, house: House) -> None:
        self.house = house

    def coming(self, code: str) -> ComingPage:
        """Where a system stands, and what may follow."""
        with self.house.engine.connect() as conn:
            there, known = standing.facts(conn), standing.known(self.house, conn)
            if code not in known:
                raise BadInput(_unknown(code))
            row = standing.row(self.house, there, code, known[code])
            filled = there.forms.get(code)
            return ComingPage(
                row=row,
                history=tuple(states.history(conn, code)),
                steps=states.steps_from(row.state),
                drafts=tuple(drafts.of_system(self.house, conn, code)),
                form=dict(filled.filled) if filled else {},
                version=in_force(conn, code)[0],
                sketched=sketches.load(self.house, conn, code) is not None,
            )

    def waiting(self) -> list[DraftRow]:
        """Drafts that nobody has decided yet, the longest first."""
        with read_only(self.house.engine) as conn:
            return drafts.waiting(self.house, conn)

    def sketch(self, code: str) -> SketchPage:
        """The contract on its way; a new one begins with the form, or with the one in force."""
        with self.house.engine.connect() as conn:
            one = self._sketch(conn, code)
            return shown.page(self.house, one, in_force(conn, code)[2])

    def connect(
        self, code: str, auth: str | None, paths: Sequence[str], values: Mapping[str, str], by: str
    ) -> int | None:
        """Keep how it is reached, and try it; how many places it shows. None where another way of
        signing in was chosen, which asks for secrets that are not there: it is kept, not tried.

        What was typed is kept even when the source does not answer. Raises the errors of a
        connector.
        """
        if auth is not None and auth not in source.KINDS:
            raise BadInput("请从列表里选登录方式")
        named = tuple(dict.fromkeys(path.strip() for path in paths if path.strip()))
        with self.house.engine.begin() as conn:
            old = self._changing(conn, code, by)
        source.put(self.house, code, auth, values, by)
        self._keep(replace(old, auth=auth, paths=named), by)
        wanted = source.secret_rows(self.house, code, auth)
        if auth != old.auth and not all(row.place for row in wanted):
            return None
        found = source.listed(self.house, source.target(self.house, code, auth, named))
        listed = [looking.place_json(one) for one in found]
        self._keep(replace(old, auth=auth, paths=named, seen={**old.seen, "listed": listed}), by)
        return len(listed)

    def look(self, code: str, paths: Sequence[str], by: str) -> None:
        """Read some rows of the places that are chosen, and propose what they mean."""
        with self.house.engine.begin() as conn:
            old, filled = self._changing(conn, code, by), standing.newest_form(conn, code)
        made = looking.looked(
            self.house, old, filled.filled if filled else {}, tuple(dict.fromkeys(paths))
        )
        self._keep(replace(old, **made), by)

    def say(self, code: str, said: Mapping[str, Any], by: str) -> None:
        """What is said of the system itself; an empty answer takes a key out."""
        with self.house.engine.begin() as conn:
            old = self._changing(conn, code, by)
            merged = {**old.said, **said}
            transport = {**old.said.get("transport", {}), **said.get("transport", {})}
            merged["transport"] = sketch.bare(transport)
            made = sketch.ordered(sketch.bare(merged) | {"code": code})
            made.setdefault("streams", {})
            self._save(conn, replace(old, said=made), by)

    def map(
        self,
        code: str,
        stream: str,
        chosen: Mapping[str, str],
        meanings: Mapping[str, Mapping[str, str]],
        reading: Mapping[str, str],
        key: Sequence[str],
        by: str,
    ) -> list[str]:
        """What a stream's columns are used for, what values mean, how it is read.

        Gives the columns that were given a use which another one has; they are left without one.
        """
        with self.house.engine.begin() as conn:
            old = self._changing(conn, code, by)
            page = shown.page(self.house, old, {})
            row = next((one for one in page.streams if one.name == stream), None)
            if row is None:
                raise BadInput("这个系统没有这个目录，请从列表里选")
            seen = {one.name: one.values for one in row.columns}
            columns = [one.name for one in row.columns]
            made = sketch_streams.with_uses(dict(row.said), columns, chosen, seen)
            made = sketch_streams.with_values(made, meanings)
            made = sketch_streams.with_reading(made, reading, key)
            streams = {**old.said["streams"], stream: made}
            self._save(conn, replace(old, said={**old.said, "streams": streams}), by)
        return sketch_streams.doubles(chosen)

    def try_out(self, code: str, by: str) -> list[StreamTrial]:
        """Read the first batch of each stream and judge it; keep only what was counted.

        Raises BadContract while the strict check says something, the errors of a connector.
        """
        with self.house.engine.begin() as conn:
            old = self._changing(conn, code, by)
        system = approval.parse(shown.page(self.house, old, {}).yaml)
        found = tried(self.house, system)
        trial = {
            "digest": digest(system.model_dump(mode="json")),
            "at": self.house.clock().isoformat(),
            "rows": sum(one.rows or 0 for one in found),
            "refused": sum(one.refused for one in found),
        }
        self._keep(replace(old, trial=trial), by)
        return found

    def hand_on(self, code: str, by: str) -> Submitted:
        """Hand the contract on for another person's approval, once a dry run of it has gone well.

        Raises BadContract, BadInput.
        """
        found = self.sketch(code)
        approval.parse(found.yaml)
        if found.trial is None or not found.trial.fits:
            raise BadInput("交出之前请先试跑：现在的内容还没有试跑过")
        return approval.submit(self.house, found.yaml, by)

    def draft(self, code: str, version: int) -> DraftPage:
        """A draft to be decided. Raises BadInput when none waits or was."""
        with self.house.engine.connect() as conn:
            return drafts.page(self.house, conn, code, version)

    def send_back(self, code: str, version: int, by: str, why: str) -> None:
        """Take a draft back with the reason."""
        approval.send_back(self.house, code, version, by, why)

    def _sketch(self, conn: Connection, code: str) -> Sketch:
        kept = sketches.load(self.house, conn, code)
        if kept is not None:
            return kept
        known = standing.known(self.house, conn)
        if code not in known:
            raise BadInput(_unknown(code))
        system, filled = known[code], standing.newest_form(conn, code)
        if system is not None:
            auth = getattr(system.transport, "auth", None)
            paths = tuple(one.path for one in system.streams.values())
            said = sketch.of_contract(system)
            kind = auth.kind if auth is not None else None
            return Sketch(code, said, "", self.house.clock(), kind, paths)
        said = sketch.of_form(code, filled.filled if filled else {})
        return Sketch(code, said, "", self.house.clock())

    def _changing(self, conn: Connection, code: str, by: str) -> Sketch:
        lock(conn, f"registry.sketch/{code}")
        person(conn, by)
        return self._sketch(conn, code)

    def _keep(self, one: Sketch, by: str) -> None:
        with self.house.engine.begin() as conn:
            lock(conn, f"registry.sketch/{one.system}")
            self._save(conn, one, by)

    def _save(self, conn: Connection, one: Sketch, by: str) -> None:
        sketches.save(self.house, conn, replace(one, by=by, at=self.house.clock()))


def _unknown(code: str) -> str:
    return f"没有登记过系统 {code[:60]}：请先由部门填写登记表"
