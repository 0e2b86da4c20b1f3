"""Operations of a SOAP service that has no contract yet, out of its WSDL."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import zeep
import zeep.exceptions
from lxml import etree

from connectors.auth import Fixed
from connectors.discovery import SAMPLE, Place, Row, Target, chosen
from connectors.discovery_files import columns_of
from connectors.frames import text_of
from connectors.http import Http
from connectors.retry import Patience
from connectors.soap import SETTINGS, Wire, fault_of, page_in
from kernel.clock import Clock
from kernel.errors import BadInput, PersonMustAct
from kernel.secrets import Secrets

#: What a list's operation takes, besides the token.
PAGED = ("pageNo", "pageSize")


class SoapExplorer:
    """One service. Operations that take a page are lists; others are named, not called."""

    def __init__(self, target: Target, secrets: Secrets, clock: Clock) -> None:
        auth = target.auth
        if auth is None or auth["kind"] != "token":
            raise BadInput("a SOAP service is signed in to with a token: add --auth token")
        base = target.address.partition("?")[0]
        self.target, self.token = target, secrets.get(auth["token"])
        self.http = Http(target.code, base, clock, Patience(attempts=2))
        self.http.auth = Fixed({})
        self._service: Any = None
        self._rows: dict[str, list[Row]] = {}

    def places(self) -> list[Place]:
        """The operations of the WSDL."""
        self._service, found = self._open()
        return [one if one.note else self._list(one) for one in chosen(self.target, found)]

    def rows(self, place: Place) -> list[Row]:
        """The rows of its first page."""
        return self._rows[place.path]

    def transport(self) -> dict[str, Any]:
        """A token is all the ways of signing in that there are."""
        address = f"{self.target.code.upper()}_URL"
        return {"kind": "soap", "address": address, "auth": dict(self.target.auth or {})}

    def close(self) -> None:
        """End connections."""
        self.http.close()

    def _open(self) -> tuple[Any, list[Place]]:
        """The service, and a place for each operation."""
        open_wsdl: Any = zeep.Client  # untyped
        try:
            client = open_wsdl(
                f"{self.http.base}?wsdl", transport=Wire(self.http), settings=SETTINGS
            )
            binding = client.service._binding
            service = client.create_service(str(binding.name), self.http.base)
            return service, [_place(name, one) for name, one in binding._operations.items()]
        except (zeep.exceptions.Error, etree.XMLSyntaxError, ValueError, AttributeError):
            raise PersonMustAct(
                f"the address of {self.target.code} gives no WSDL: name the service's address",
                system=self.target.code,
            ) from None

    def _list(self, place: Place) -> Place:
        rows = self._rows[place.path] = self._called(place.path)
        return replace(place, columns=columns_of(rows))

    def _called(self, operation: str) -> list[Row]:
        try:
            said = self._service[operation](token=self.token, pageNo="1", pageSize=str(SAMPLE))
            rows = page_in(said).rows
            return [{name: text_of(cell) for name, cell in row.items()} for row in rows]
        except zeep.exceptions.Fault as fault:
            raise fault_of(self.target.code, operation, fault) from None
        except (ValueError, TypeError, zeep.exceptions.Error):
            raise PersonMustAct(
                f"the operation {operation} of {self.target.code} does not answer rows that can "
                "be read: name the others behind the address",
                system=self.target.code,
            ) from None


def _place(name: str, operation: Any) -> Place:
    takes = str(operation.input.signature())
    if all(word in takes for word in (*PAGED, "token")):
        return Place(name)
    return Place(name, note="it takes no page, so it is no list (a look-up's YAML is by hand)")
