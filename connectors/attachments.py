"""SOAP answers with attachments (MTOM, or multipart/related of the older kind), bounded."""

from __future__ import annotations

from email.message import Message

from lxml import etree
from zeep.wsdl.attachments import MessagePack

from connectors import xml
from connectors.answers import Answer

#: A message and its attachments. Many tiny parts would take far more memory than their bytes.
MOST_PARTS = 20


def check(answer: Answer) -> None:
    """Let pass what zeep can take apart. Raises ValueError for a broken or endless multipart."""
    told = Message()
    told["Content-Type"] = answer.headers.get("Content-Type", "text/xml")
    if told.get_content_maintype() != "multipart":
        return
    boundary = told.get_boundary() or ""
    mark = b"\r\n--" + boundary.encode("ascii", "replace")
    whole = b"\r\n" + answer.content.lstrip()
    if not boundary or not whole.startswith(mark):
        raise ValueError("the multipart answer does not begin with its boundary")
    if whole.count(mark) > MOST_PARTS + 1:
        raise ValueError(f"the multipart answer has over {MOST_PARTS} parts")
    if not whole.rstrip().endswith(mark + b"--"):
        raise ValueError("the multipart answer is cut")
    if any(b"\r\n\r\n" not in part for part in whole.split(mark)[1:-1]):
        raise ValueError("a part of the multipart answer has no headers")


def rows_root(said: object) -> etree._Element:
    """The rows' XML: the returned text, the bytes that MTOM puts in its place, or an attachment.

    Raises ValueError when it is none, or which attachment is meant cannot be told.
    """
    if isinstance(said, MessagePack):
        return xml.parse(_attached(said))
    if isinstance(said, bytes):
        return xml.parse(said)
    return xml.parse_text(str(said or ""))


def _attached(said: MessagePack) -> bytes:
    """The attachment that the returned text names (`cid:…`), or the only one."""
    root, parts = str(said.root or "").strip(), said.attachments
    if root.startswith("cid:"):
        parts = [one for one in parts if one.content_id == f"<{root[4:]}>"]
    if len(parts) != 1:
        raise ValueError(f"{len(parts)} attachments may hold the rows")
    content: bytes = parts[0].content
    return content
