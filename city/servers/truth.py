"""What the city really holds, and what one can do to it: for tests and reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from city.servers.call import Call, answer_json
from city.servers.distort import STATES
from city.servers.errors import Answer
from city.servers.misbehave import HOWS
from city.servers.window import NEEDED

if TYPE_CHECKING:
    from city.servers.http import Served


def _int(body: dict[str, Any], name: str, default: int) -> int:
    value = body.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Answer(400, f"{name} must be a whole number from 0 on")
    return value


class Truth:
    """The truth interface; `answer` takes the path after `/truth`."""

    def __init__(self, served: Served) -> None:
        self._served, self._world = served, served.world

    def answer(self, call: Call, path: str) -> Response:
        """One request. Raises Answer 404 for what is not there."""
        parts = [part for part in path.split("/") if part]
        first = parts[0] if parts else ""
        handler = getattr(self, f"{call.method.lower()}_{first.replace('-', '_')}", None)
        if handler is None:
            raise Answer(404, "the truth has no such address")
        return answer_json(handler(call, parts[1:]))

    def get_streams(self, _: Call, rest: list[str]) -> Any:
        """`/streams`, `/streams/{system}/{stream}/keys`."""
        if not rest:
            return [self._with_server(one) for one in self._world.counts()]
        if len(rest) != 3 or rest[2] != "keys":
            raise Answer(404, "the truth has no such address")
        found = self._world.keys(rest[0], rest[1])
        return [{"key": key, "bad": bad, "reason": reason} for key, bad, reason in found]

    def _with_server(self, one: dict[str, Any]) -> dict[str, Any]:
        mysql = self._world.wire[one["system"]].get("server") == "mysql"
        return {**one, "mysql": self._served.mysql} if mysql else one

    def post_changes(self, call: Call, _: list[str]) -> Any:
        """`/changes`: counts by sort, once they are served."""
        body = call.json()
        done = self._world.apply_changes(_int(body, "count", 1000), _int(body, "seed", 1))
        self._served.settle()
        return done

    def post_licences(self, _: Call, rest: list[str]) -> Any:
        """`/licences/{system}/{key}/revoke` or `/delete`."""
        if len(rest) != 3 or rest[2] not in ("revoke", "delete"):
            raise Answer(404, "say /licences/{system}/{key}/revoke or /delete")
        act = self._world.revoke if rest[2] == "revoke" else self._world.delete
        act(rest[0], rest[1])
        self._served.settle()
        return {"done": rest[2]}

    def post_cases(self, _: Call, rest: list[str]) -> Any:
        """`/cases/{number}/close`."""
        if len(rest) != 2 or rest[1] != "close":
            raise Answer(404, "say /cases/{number}/close")
        self._world.close_case(rest[0])
        self._served.settle()
        return {"done": "close"}

    def get_cases(self, _: Call, rest: list[str]) -> Any:
        """`/cases/{number}`."""
        if len(rest) != 1:
            raise Answer(404, "say /cases/{number}")
        return self._world.case(rest[0])

    def get_example(self, _: Call, __: list[str]) -> Any:
        """`/example`."""
        return self._world.example()

    def get_personal_numbers(self, _: Call, __: list[str]) -> Any:
        """`/personal-numbers`."""
        return self._world.personal_numbers()

    def get_lookups(self, _: Call, __: list[str]) -> Any:
        """`/lookups`: calls counted, by system."""
        return {code: one.asked() for code, one in self._served.lookups.items()}

    def post_lookups(self, call: Call, _: list[str]) -> Any:
        """`/lookups` {"system", "asked"}: take that as today's count."""
        body = call.json()
        lookup = self._served.lookups.get(str(body.get("system")))
        if lookup is None:
            raise Answer(404, f"look-up systems are {', '.join(self._served.lookups)}")
        lookup.set_asked(_int(body, "asked", 0))
        return {"done": "asked"}

    def post_clock(self, call: Call, _: list[str]) -> Any:
        """`/clock` {"at": "2026-11-23T10:00:00" | null}: the time look-ups and drops go by."""
        at = call.json().get("at")
        try:
            self._served.clock.set(at if at is None else str(at))
        except ValueError:
            raise Answer(400, "`at` must be an ISO time in Shanghai, or null") from None
        return {"now": self._served.clock.now().isoformat(timespec="seconds")}

    def get_hooks(self, _: Call, __: list[str]) -> Any:
        """`/hooks`: the events that came, how many came twice, and the steps that wait."""
        return {**self._served.hooks.told(), "steps": self._served.hooks.steps()}

    def post_hooks(self, call: Call, rest: list[str]) -> Any:
        """`/hooks/fail` {"statuses": [500]}; `/hooks/steps`: a case to accept after another."""
        if rest == ["fail"]:
            self._served.hooks.fail([int(one) for one in call.json().get("statuses", [])])
            return {"done": "fail"}
        if rest != ["steps"]:
            raise Answer(404, "say /hooks/fail or /hooks/steps")
        said = call.texts("after", *NEEDED)
        item, kind, number, name, post = (said[one] for one in NEEDED)
        self._served.hooks.wait_for(said["after"], (item, kind, number, name, post))
        return {"done": "steps"}

    def post_misbehave(self, call: Call, _: list[str]) -> Any:
        """`/misbehave` {"system", "how", "times"}, times 0 ends it; {"system", "how", "on"}."""
        body = call.json()
        system, how = str(body.get("system")), str(body.get("how"))
        if any(how in one for one in STATES.values()):
            return self._put_state(system, how, body.get("on"))
        if system not in self._served.routes:
            raise Answer(404, "only requests to systems served over HTTP go wrong one by one")
        if how not in HOWS:
            named = dict.fromkeys([*HOWS, *(how for one in STATES.values() for how in one)])
            raise Answer(400, f"how must be one of {', '.join(named)}")
        self._served.misbehaviour.add(system, how, _int(body, "times", 1))
        return {"done": how}

    def _put_state(self, system: str, how: str, on: Any) -> Any:
        """Once it is served."""
        shape = self._world.wire.get(system, {})
        if how not in STATES.get(shape.get("transport", ""), ()):
            able = [transport for transport, states in STATES.items() if how in states]
            raise Answer(404, f"only systems of {', '.join(able)} can be in the state {how}")
        if not isinstance(on, bool):
            raise Answer(400, f"{how} is a state: `on` must be true or false")
        self._served.misbehaviour.put(system, how, on)
        for stream in shape["streams"]:
            self._served.refresher.changed(system, stream)
        self._served.settle()
        return {"done": how}
