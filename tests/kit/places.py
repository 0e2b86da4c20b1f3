"""One real system a transport for the fault matrix, read in small batches, and how it is broken."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from city.servers.distort import ROWS as BENT
from city.servers.misbehave import HOWS
from city.servers.push import signature
from connectors.frames import BATCH
from kernel.errors import BadInput, NotAuthorised
from kernel.house import House
from kernel.secrets import Secrets
from pipeline.ingest import ingest
from tests.city.clients import WIRE
from tests.connectors.gateway import Reply, Request, gateway
from tests.kit import city_tap
from tests.pipeline.sources import of_city
from tests.running import RunningCity

#: Transport -> the system that stands for it.
SYSTEMS = {
    "rest": "sc_food",
    "soap": "ga_seal",
    "sql-postgresql": "rs_insurance",
    "sql-mysql": "gjj_fund",
    "exchange": "xzsp_construction",
    "files-sftp": "ga_vehicle",
    "files-folder": "mz_relief",
    "files-s3": "jt_transport",
    "push": "cg_city",
    "look-up": "mz_marriage",
    "singer": "jy_enrolment",
}
#: Where a fault needs a system with something that the usual one has not.
OTHERS = {("rest", "bad_token"): "sw_tax", ("rest", "clock_skew"): "rs_card"}
#: The secret that lets us in, where it stands by itself.
WRONG = {
    "files-sftp": ("GA_VEHICLE_USER", "nobody"),
    "files-s3": ("JT_TRANSPORT_SECRET", "not-the-secret-0123456789"),
}
PAGES = ("size: 500", "size: 8")
SINGER = (
    ("kind: sql", "kind: singer"),
    ("  address: JY_ENROLMENT_URL\n", "  command: tap-city\n  minutes: 1\n"),
    ("  dialect: postgresql\n", "  config: {CONFIG}\n  secrets: {url: JY_ENROLMENT_URL}\n"),
    ("    mode: incremental\n", '    mode: full\n    limits: {deletes: "20%"}\n'),
    ("    cursor: gxsj\n", ""),
    ("sign: reconcile", "sign: absence"),
)
VIEWS = ("v_enrolment_case", "v_enrolment_licence")
#: Faults that the tap's program commits itself; its views are bent as any table.
OF_THE_TAP = ("slow", "down", "cut", "truncate", "repeated_page", "wrong_encoding")
LOOK_BACK = ("    deletes:", "    lookback: 9999d\n    deletes:")


@dataclass
class Place:
    """A system of the city, and the installation that reads it."""

    city: RunningCity
    transport: str
    fault: str
    code: str
    house: House
    bend: set[str] = field(default_factory=set)  # how pushed bodies are bent on their way

    def on(self) -> None:
        """The fault begins."""
        if self.transport == "push" and self.fault in BENT:
            self.bend.add(self.fault)
        elif self.transport == "singer" and self.fault in OF_THE_TAP:
            self.told.write_text(self.fault, "utf-8")
        elif self.fault in HOWS:
            self._told(times=1)
        elif self.fault == "down":
            self._told(how="http500", times=50)
        else:
            self._told(on=True)

    def off(self) -> None:
        """The fault ends."""
        self.bend.clear()
        self.told.unlink(missing_ok=True)
        if self.transport == "singer" and self.fault in OF_THE_TAP:
            return
        if self.fault in HOWS or self.fault == "down":
            self._told(how="slow", times=0)
        elif self.transport != "push":
            self._told(on=False)

    @property
    def told(self) -> Path:
        """The file in which the tap finds its fault."""
        return self.house.settings.home / "fault"

    def _told(self, **what: Any) -> None:
        self.city.truth("/misbehave", {"system": self.code, "how": self.fault, **what})

    def delete_one(self) -> None:
        """A licence that is good goes away at the source."""
        keys = self.city.truth(f"/streams/{self.code}/licence/keys")
        good = next(one["key"] for one in keys if not one["bad"])
        self.city.truth(f"/licences/{self.code}/{good}/delete", {})

    def known(self) -> int:
        """How many rows live at the source, by the truth."""
        return sum(len(self.city.keys(self.code, name)) for name in WIRE[self.code]["streams"])

    def locked_out(self) -> House:
        """The same installation with a secret that no longer lets us in."""
        kept, wrong = self.house.secrets, Secrets(self.house.settings.home / "wrong")
        for file in kept.folder.iterdir():
            wrong.put(file.name, file.read_text("utf-8"))
        if self.transport == "singer":
            put_tap(wrong.folder.parent)
        name, value = WRONG.get(self.transport, (f"{self.code.upper()}_URL", ""))
        if not value:
            head, _, at = kept.get(name).rpartition("@")
            value = f"{head.rpartition(':')[0]}:wrong@{at}"
        wrong.put(name, value)
        return replace(self.house, secrets=wrong)


@contextmanager
def placed(
    house: House, city: RunningCity, folder: Path, transport: str, fault: str
) -> Iterator[Place]:
    """The cell's system in an empty installation."""
    code = OTHERS.get((transport, fault), SYSTEMS[transport])
    puts = [PAGES] if transport == "rest" else []
    if fault == "late" and transport.startswith(("rest", "soap", "sql")):
        puts.append(LOOK_BACK)
    with ExitStack() as held:
        place = Place(city, transport, fault, code, house)
        if transport == "push":
            running = held.enter_context(gateway(lambda request: _portal(place, request)))
            settings = replace(house.settings, portal_url=running.url)
            house = replace(house, settings=settings)
        if transport == "singer":
            puts += SINGER
            put_tap(house.settings.home)
            config = {"views": VIEWS, "every": BATCH.rows, "fault": str(place.told)}
            puts.append(("CONFIG", json.dumps(config)[1:-1]))
        place.house = of_city(house, city, folder, code, *puts)
        yield place


def put_tap(home: Path) -> None:
    """The city's tap, where taps lie."""
    file = home / "taps" / "tap-city"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!{sys.executable}\n{Path(city_tap.__file__).read_text('utf-8')}", "utf-8")
    file.chmod(0o700)


def _portal(place: Place, request: Request) -> Reply:
    """The platform's door for pushed batches; what comes through is bent before it is signed."""
    stream, body = request.path.rpartition("/")[2], request.body
    headers = {name.lower(): value for name, value in request.headers.items()}
    columns = WIRE[place.code]["streams"][stream]["columns"]
    if place.bend:
        sent = json.loads(body)
        for how in place.bend:
            sent["rows"] = BENT[how](sent["rows"], columns)
        body = json.dumps(sent).encode()
        secrets, name = place.house.secrets, place.code.upper()
        account = {"id": secrets.get(f"{name}_ID"), "secret": secrets.get(f"{name}_SECRET")}
        headers |= {one.lower(): value for one, value in signature(account, body).items()}
    try:
        return Reply(ingest(place.house, place.code, stream, headers, body))
    except (BadInput, NotAuthorised) as error:
        return Reply({"error": str(error)}, 400)
