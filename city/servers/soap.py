"""SOAP 1.1, document/literal: a WSDL and the operations of one system, written with lxml."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml import etree
from starlette.responses import Response

from city.servers.attach import attached
from city.servers.auth import same
from city.servers.call import Call, Routes, answer_xml
from city.servers.credentials import Account
from city.servers.distort import Distorted
from city.servers.errors import Answer
from city.servers.lookup import LookUp
from city.servers.rest import MOST_PAGES, MOST_ROWS, row_xml

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
WSDL = "http://schemas.xmlsoap.org/wsdl/"
SOAP = "http://schemas.xmlsoap.org/wsdl/soap/"
XSD = "http://www.w3.org/2001/XMLSchema"
HTTP = "http://schemas.xmlsoap.org/soap/http"

QUERY = ("token", "since", "pageNo", "pageSize")
ASK = ("token", "number", "caseNumber", "itemCode", "purpose")
PARAMETERS = {"queryLicences": QUERY, "queryCases": QUERY, "askLicences": ASK, "probe": ("token",)}
OPTIONAL = ("since",)
TYPES = {"pageNo": "xsd:int", "pageSize": "xsd:int"}

Operation = Callable[[dict[str, str]], str]


def rows_xml(rows: list[dict[str, str | None]], total: int) -> str:
    """`<ROWS total="N"><ROW>…`: what every operation returns as text."""
    return f'<ROWS total="{total}">{"".join(row_xml(row, "ROW") for row in rows)}</ROWS>'


class Service:
    """One system's operations behind its token."""

    def __init__(self, code: str, address: str, account: Account, attach: str = "") -> None:
        self.code, self.address, self._account, self._attach = code, address, account, attach
        self.namespace = f"urn:city:{code}"
        self.operations: dict[str, Operation] = {}

    def describe(self, _: Call) -> Response:
        """`GET ?wsdl`."""
        kind = "xsd:base64Binary" if self._attach == "mtom" else "xsd:string"
        operations = list(self.operations)
        return answer_xml(wsdl(self.code, self.namespace, self.address, operations, kind))

    def answer(self, call: Call) -> Response:
        """`POST`: one operation, or a fault with status 500."""
        try:
            name, given = self._read(call.body)
            if not same(given.get("token"), self._account["token"]):
                raise Answer(500, "TOKEN_INVALID")
            text = self.operations[name](given)
        except Answer as refused:
            return self._fault(refused)
        return self._envelope(f"{{{self.namespace}}}{name}Response", text)

    def _read(self, body: bytes) -> tuple[str, dict[str, str]]:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        try:
            root = etree.fromstring(body, parser)
        except etree.XMLSyntaxError:
            raise Answer(500, "BAD_REQUEST") from None
        asked = root.find(f"{{{ENVELOPE}}}Body/*")
        name = "" if asked is None else etree.QName(asked).localname
        if asked is None or name not in self.operations:
            raise Answer(500, "NO_SUCH_OPERATION")
        given = {etree.QName(one).localname: one.text or "" for one in asked.iterchildren("*")}
        needed = [one for one in PARAMETERS[name] if one not in OPTIONAL and not given.get(one)]
        if needed:
            raise Answer(500, f"MISSING_{needed[0].upper()}")
        return name, given

    def _envelope(self, tag: str, text: str) -> Response:
        root = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE})
        body = etree.SubElement(root, f"{{{ENVELOPE}}}Body")
        answer = etree.SubElement(body, tag)
        said = etree.SubElement(answer, f"{{{self.namespace}}}return")
        if self._attach:
            return attached(root, said, text, self._attach)
        said.text = text
        return _xml(root, 200)

    def _fault(self, refused: Answer) -> Response:
        root = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE})
        body = etree.SubElement(root, f"{{{ENVELOPE}}}Body")
        fault = etree.SubElement(body, f"{{{ENVELOPE}}}Fault")
        etree.SubElement(fault, "faultcode").text = "soap:Server"
        etree.SubElement(fault, "faultstring").text = refused.message
        return _xml(root, 500)


def _xml(root: etree._Element, status: int) -> Response:
    text = etree.tostring(root, xml_declaration=True, encoding="UTF-8").decode()
    return answer_xml(text, status)


def _whole(given: dict[str, str], name: str, most: int) -> int:
    text = given[name].strip()
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= most:
        raise Answer(500, f"BAD_{name.upper()}")
    return int(text)


def query(world: Distorted, code: str, stream: str) -> Operation:
    """A page of one stream."""

    def run(given: dict[str, str]) -> str:
        number, size = _whole(given, "pageNo", MOST_PAGES), _whole(given, "pageSize", MOST_ROWS)
        since = given.get("since") or None
        rows = world.page(code, stream, (number - 1) * size, size, since)
        return rows_xml(rows, world.total(code, stream, since))

    return run


def look_up_operations(lookup: LookUp) -> dict[str, Operation]:
    """`askLicences` and `probe`; a refusal is a fault with a stable code."""

    def ask(given: dict[str, str]) -> str:
        try:
            rows = lookup.ask(given["number"])
        except Answer as refused:
            code = {403: "OUT_OF_HOURS", 429: "QUOTA_EXCEEDED"}[refused.status]
            raise Answer(500, code) from None
        return rows_xml(rows, len(rows))

    def probe(_: dict[str, str]) -> str:
        return rows_xml(lookup.probe(), 1)

    return {"askLicences": ask, "probe": probe}


def routes(service: Service) -> Routes:
    """The WSDL and the one address of a service."""
    return {("GET", ""): service.describe, ("POST", ""): service.answer}


def wsdl(
    code: str, namespace: str, address: str, operations: list[str], kind: str = "xsd:string"
) -> str:
    """The service's description: wrapped document/literal, one port."""
    nsmap = {"wsdl": WSDL, "soap": SOAP, "xsd": XSD, "tns": namespace}
    root = etree.Element(f"{{{WSDL}}}definitions", nsmap=nsmap)
    root.set("name", code)
    root.set("targetNamespace", namespace)
    schema = _add(_add(root, WSDL, "types"), XSD, "schema", targetNamespace=namespace)
    schema.set("elementFormDefault", "qualified")
    for name in operations:
        _elements(schema, name, kind)
    for name in operations:
        for suffix in ("", "Response"):
            message = _add(root, WSDL, "message", name=f"{name}{suffix or 'Request'}")
            _add(message, WSDL, "part", name="parameters", element=f"tns:{name}{suffix}")
    port = _add(root, WSDL, "portType", name=f"{code}_port")
    binding = _add(root, WSDL, "binding", name=f"{code}_binding", type=f"tns:{code}_port")
    _add(binding, SOAP, "binding", transport=HTTP, style="document")
    for name in operations:
        operation = _add(port, WSDL, "operation", name=name)
        _add(operation, WSDL, "input", message=f"tns:{name}Request")
        _add(operation, WSDL, "output", message=f"tns:{name}Response")
        bound = _add(binding, WSDL, "operation", name=name)
        _add(bound, SOAP, "operation", soapAction=f"{namespace}:{name}", style="document")
        for way in ("input", "output"):
            _add(_add(bound, WSDL, way), SOAP, "body", use="literal")
    service = _add(root, WSDL, "service", name=code)
    end = _add(service, WSDL, "port", name=code, binding=f"tns:{code}_binding")
    _add(end, SOAP, "address", location=address)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True).decode()


def _elements(schema: etree._Element, name: str, kind: str) -> None:
    """The request's and the response's element of one operation. `kind`: what is returned."""
    wrapped: tuple[tuple[str, tuple[str, ...]], ...] = (
        (name, PARAMETERS[name]),
        (f"{name}Response", ("return",)),
    )
    for tag, members in wrapped:
        element = _add(schema, XSD, "element", name=tag)
        sequence = _add(_add(element, XSD, "complexType"), XSD, "sequence")
        for member in members:
            of = kind if member == "return" else TYPES.get(member, "xsd:string")
            one = _add(sequence, XSD, "element", name=member, type=of)
            if member in OPTIONAL:
                one.set("minOccurs", "0")
                one.set("nillable", "true")


def _add(parent: etree._Element, namespace: str, tag: str, **attributes: Any) -> etree._Element:
    return etree.SubElement(parent, f"{{{namespace}}}{tag}", attributes)
