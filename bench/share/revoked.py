"""From a revocation at the source to a refusal: the sync's own time, and what is beyond it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bench.share.city import Worked
from kernel.errors import Refused
from pipeline.sync import sync
from tests.e2e.people import BUSINESS, Paper, case_of, line_of, raw_key


@dataclass(frozen=True)
class Revoked:
    """Seconds: the sync that brought it, from the word at the source to the first refusal."""

    sync: float
    whole: float


def measure(worked: Worked, times: int) -> list[Revoked]:
    """Revoke so many firms' licences, one after the other; each is asked for until refused."""
    return [_once(worked, paper) for paper in worked.others[:times]]


def _once(worked: Worked, paper: Paper) -> Revoked:
    one = worked.installed
    case = case_of(one, paper)
    material, clerk = line_of(one, case, BUSINESS).material_id, one.account("clerk")
    if not one.platform.fetch(clerk, case, material, "prove").pdf:
        raise ValueError("a licence that is valid was not given")
    key = raw_key(one, paper)
    began = time.perf_counter()
    one.truth.post(f"/licences/{paper.system}/{key}/revoke")
    landing = time.perf_counter()
    sync(one.house, paper.system, f"revoked-{time.time_ns()}")
    synced = time.perf_counter() - landing
    try:
        one.platform.fetch(clerk, case, material, "prove")
    except Refused as refused:
        if refused.facts["detail"] != "licence_revoked":
            raise
        return Revoked(synced, time.perf_counter() - began)
    raise ValueError("a revoked licence was given")
