"""Sharing over HTTP beside the bare SQL, copies beside bare signatures, proofs, a revocation.

Plans and the bare SQL are made in turn, so that both meet the same load. The sizes are of licences
in the tables; `--licences 10000000` makes the largest that the goals name and takes long.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.share import copies, revoked, scale
from bench.share.bare import Bare, at, timed, written_down
from bench.share.city import Clerk, Worked, signed_in, worked
from certs.copies import paper
from certs.copies.share import stored_copy
from cli.installation import installation
from kernel.house import House
from ledger import merkle
from ledger.verify import verify
from registry import licence_types
from tests.certs.test_face import made as face_made

Figure = dict[str, Any]
SMALL = 100_000
WARM = 30


def figure(value: float, goal: str = "-", holds: bool | None = None) -> Figure:
    """One line of the table."""
    return {"value": round(value, 3), "goal": goal, "holds": holds}


def run(arguments: list[str]) -> dict[str, Figure]:
    """Make a city, fill it, and measure."""
    parser = argparse.ArgumentParser(prog="bench share")
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--plans", type=int, default=400)
    parser.add_argument("--copies", type=int, default=60)
    parser.add_argument("--licences", type=int, default=1_000_000)
    options = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory() as folder,
        installation(Path(folder), options.people) as (house, systems),
    ):
        city, clerk = worked(house, systems), signed_in(house)
        found = _sizes(house, city, clerk, options)
        found |= _copies(house, city, clerk, options.copies)
        found |= _revocations(city)
        found |= _ledger(house)
    return found | {"load_of_the_machine": figure(os.getloadavg()[1])}


def _sizes(
    house: House, city: Worked, clerk: Clerk, options: argparse.Namespace
) -> dict[str, Figure]:
    """Plans at 100 thousand licences and at the largest size, each beside the bare SQL."""
    types = sorted(licence_types.load())
    found: dict[str, Figure] = {}
    there, tails, pages = 0, [], []
    for size in sorted({min(SMALL, options.licences), options.licences}):
        there = scale.grow(house, there, size, types)
        plans, bare, touched = _plans(house, city, clerk, options.plans)
        tails.append(at(plans, 0.99))
        pages.append(touched)
        ratio = at(plans, 0.99) / at(bare, 0.99)
        found |= {
            f"plan_pages_at_{size}": figure(touched),
            f"plan_p50_ms_at_{size}": figure(at(plans, 0.5) * 1000),
            f"plan_p99_ms_at_{size}": figure(at(plans, 0.99) * 1000),
            f"bare_sql_p50_ms_at_{size}": figure(at(bare, 0.5) * 1000),
            f"bare_sql_p99_ms_at_{size}": figure(at(bare, 0.99) * 1000),
            f"plan_p99_over_bare_at_{size}": figure(ratio, "<= 3", ratio <= 3),
        }
    grown = tails[-1] / tails[0]
    found["plan_p99_largest_over_100k"] = figure(grown, "<= 1.3", grown <= 1.3)
    more = pages[-1] / pages[0]
    found["plan_pages_largest_over_100k"] = figure(more, "<= 1.3", more <= 1.3)
    return found


def _plans(
    house: House, city: Worked, clerk: Clerk, times: int
) -> tuple[list[float], list[float], int]:
    """Seconds of plans and of the bare SQL, made in turn; pages that the bare SQL's reads touch."""
    one = city.installed
    with written_down() as reads:
        one.platform.plan(one.account("clerk"), city.case)
    bare = Bare(house, reads)
    touched = bare.pages()
    clerk.connection.close()  # the portal ended it while licences were made; it opens again
    for _ in range(WARM):
        clerk.plan(city.case)
        bare.once()
    plans, alone = [], []
    for _ in range(times):
        plans.append(timed(lambda: clerk.plan(city.case)))
        alone.append(bare.once())
    bare.close()
    return plans, alone, touched


def _copies(house: House, city: Worked, clerk: Clerk, times: int) -> dict[str, Figure]:
    """Copies over HTTP: right, drawing, signature, store, right again, ledger."""
    page = paper.draw(face_made(), "{}")
    done = copies.measure(lambda _: clerk.fetch(city.case, city.material), page, times)
    made = house.objects.names("copies/")
    newest = next(iter(made)).rsplit("/", 1)[-1].removesuffix(".pdf.enc")
    if not stored_copy(house, newest).startswith(b"%PDF"):
        raise ValueError("the stored copy does not open")
    return {
        "copy_p50_ms": figure(done.copy_p50 * 1000),
        "copy_p95_ms": figure(done.copy_p95 * 1000),
        "bare_signature_p95_ms": figure(done.bare_p95 * 1000),
        "copy_p95_over_bare_signature": figure(done.ratio, "<= 4", done.reached),
    }


def _revocations(city: Worked) -> dict[str, Figure]:
    """Beyond the sync itself; the interval at which syncs run comes on top."""
    done = revoked.measure(city, 3)
    beyond = max(one.whole - one.sync for one in done)
    return {
        "revocation_sync_s": figure(max(one.sync for one in done)),
        "revocation_to_refusal_s": figure(max(one.whole for one in done)),
        "revocation_beyond_the_sync_s": figure(beyond, "<= 5", beyond <= 5),
    }


def _ledger(house: House) -> dict[str, Figure]:
    """Inclusion proofs of a batch of 4,096, and the whole log."""
    leaves = [merkle.leaf_hash(str(number).encode()) for number in range(4096)]
    root = merkle.range_root(leaves)
    top, proofs = root(0, 4096), [merkle.inclusion_proof(one, 4096, root) for one in range(256)]
    began = time.process_time()
    rounds = 40
    for _ in range(rounds):
        for index, proof in enumerate(proofs):
            if not merkle.included(leaves[index], index, 4096, proof, top):
                raise ValueError("a proof that is right does not hold")
    rate = rounds * len(proofs) / (time.process_time() - began)
    began = time.process_time()
    checked = verify(house)
    took = time.process_time() - began
    if not checked.verified:
        raise ValueError(checked.problem)
    return {
        "proofs_a_second_a_core": figure(rate, ">= 20000", rate >= 20_000),
        "ledger_entries_verified": figure(checked.entries),
        "ledger_entries_a_second_a_core": figure(checked.entries / took),
    }
