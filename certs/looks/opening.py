"""Opens a published licence. Only `certs.looks` imports this, behind `right.check`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from certs.licences.document import from_answer
from certs.licences.holders import open_document, read_document
from certs.waivers.candidates import Candidate
from kernel.house import House
from registry import licence_types


def document_of(
    house: House, conn: Connection, chosen: Candidate, holder: str
) -> Mapping[str, Any]:
    """The document of a published licence, by way of one of its holders; or of an answer."""
    if chosen.answer is not None:
        return from_answer(chosen.answer, licence_types.load()[chosen.type])
    if chosen.licence_id is None:
        raise ValueError("a licence to open is published or an answer")
    return read_document(open_document(house, conn, chosen.licence_id, holder))
