"""A SOAP answer whose rows lie in an attachment: MTOM, or the older SOAP with attachments."""

from __future__ import annotations

from lxml import etree
from starlette.responses import Response

XOP = "http://www.w3.org/2004/08/xop/include"
BOUNDARY = "city-part-7d1f"
ROOTS = {
    "mtom": ("application/xop+xml", 'application/xop+xml; type="text/xml"; charset=UTF-8'),
    "swa": ("text/xml", "text/xml; charset=UTF-8"),
}


def attached(root: etree._Element, said: etree._Element, text: str, how: str) -> Response:
    """The envelope and the rows as two parts; `said` (in the envelope) points to the second."""
    if how == "mtom":
        etree.SubElement(said, f"{{{XOP}}}Include", href="cid:rows%40city", nsmap={"xop": XOP})
    else:
        said.text = "cid:rows@city"
    kind, told = ROOTS[how]
    envelope = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    body = _part("root@city", told, envelope) + _part("rows@city", "text/xml", text.encode())
    whole = f'multipart/related; type="{kind}"; start="<root@city>"; boundary="{BOUNDARY}"'
    return Response(body + f"--{BOUNDARY}--\r\n".encode(), 200, {"Content-Type": whole})


def _part(name: str, kind: str, content: bytes) -> bytes:
    head = (
        f"--{BOUNDARY}\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: binary\r\n"
        f"Content-ID: <{name}>\r\n\r\n"
    )
    return head.encode() + content + b"\r\n"
