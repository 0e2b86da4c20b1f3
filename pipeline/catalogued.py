"""Unify and publish as steps of a run, told as OpenLineage tells them."""

from __future__ import annotations

from catalog.unify import UnifyCounts
from catalog.unify import unify as unify_all
from catalog.versions.publish import publish as publish_version
from kernel.house import House
from pipeline.lineage.told import publishing, told, unifying


def unify(house: House, run: str) -> UnifyCounts:
    """Map local items and materials to canonical ones."""
    with told(house, ("unify", "unify"), run, unifying(house)):
        return unify_all(house, run)


def publish(house: House, by: str, run: str) -> int:
    """A new catalogue version when its content changed; the number of the one that is."""
    with told(house, ("publish", "publish"), run, publishing):
        return publish_version(house, by)
