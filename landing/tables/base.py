"""The schema of the landing's tables."""

from __future__ import annotations

from sqlalchemy import DateTime, MetaData

metadata = MetaData(schema="landing")
TIME = DateTime(timezone=True)
