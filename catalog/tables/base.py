"""The schema of the catalogue's tables."""

from __future__ import annotations

from sqlalchemy import DateTime, MetaData

metadata = MetaData(schema="catalog")
TIME = DateTime(timezone=True)
LOCK = "catalog"  # unify, publish and a person's judgement do not overlap
