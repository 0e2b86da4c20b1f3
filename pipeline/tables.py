"""Every table of every room, for migrations and tests. Sub-rooms add theirs to their room's."""

from __future__ import annotations

from typing import Final

from sqlalchemy import MetaData

from catalog.complaints import tables as complaints
from catalog.judging import tables as judging
from certs.events import tables as events
from certs.offers import tables as offers
from certs.waivers import tables as waivers
from landing import tables as landing
from ledger import tables as ledger
from pipeline.ops import tables as ops
from registry import tables as registry

_ALL = (registry, ledger, landing, judging, complaints, events, offers, waivers, ops)
#: One a schema, in the order in which they are made.
ROOMS: Final[tuple[MetaData, ...]] = tuple(dict.fromkeys(one.metadata for one in _ALL))
