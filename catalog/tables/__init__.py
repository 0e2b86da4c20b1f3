"""The catalogue's tables (schema `catalog`), by what they are for. No personal data here."""

from catalog.tables.base import LOCK, TIME, metadata
from catalog.tables.exchanged import reopened, sent
from catalog.tables.proposed import deciding, flow_delta, form_change
from catalog.tables.published import (
    published_deciding,
    published_declared,
    published_field,
    published_flow,
    published_item,
    published_mapping,
    published_material,
    publishing_hold,
    version,
)
from catalog.tables.unifying import canonical_item, canonical_material, judgement, review, unified

__all__ = [
    "LOCK",
    "TIME",
    "canonical_item",
    "canonical_material",
    "deciding",
    "flow_delta",
    "form_change",
    "judgement",
    "metadata",
    "published_deciding",
    "published_declared",
    "published_field",
    "published_flow",
    "published_item",
    "published_mapping",
    "published_material",
    "publishing_hold",
    "reopened",
    "review",
    "sent",
    "unified",
    "version",
]
