"""Licences sealed, encrypted and stored a second, beside one pyHanko signature a file.

Both stand in one run, so that the machine cancels out of the ratio. Ours is `publish_system` whole:
landed rows opened, documents built, sealed, encrypted, keys wrapped, COPY, ledger entry, commit.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from fpdf import FPDF
from sqlalchemy import select

from bench.publish import rows
from bench.sync.run import Figure, at_least, figure, stage
from certs.licences.publish import publish_system
from certs.seals import pades
from certs.tables import licence
from kernel.house import House
from ledger import merkle
from ledger.verify import verify

SIGNED = 60
PROOFS = 20_000


def run(arguments: list[str]) -> dict[str, Figure]:
    """Land, publish, sign files one by one, verify proofs; the table."""
    parser = argparse.ArgumentParser(prog="bench publish")
    parser.add_argument("--licences", type=int, default=200_000)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, stage(Path(folder)) as bench:
        rows.land(bench.house, options.licences)
        load = os.getloadavg()[0]
        rate = _publish(bench.house, options.licences)
        single = _sign_files(bench.house)
        checked = _proofs(bench.house)
    return {
        "licences published a second": at_least(rate, 25_000),
        "one pyHanko signature a file, a second": figure(single),
        "times one signature a file": at_least(rate / single, 500),
        "proofs verified a second, one core": at_least(checked, 20_000),
        "load of the machine before": figure(load),
    }


def _publish(house: House, count: int) -> float:
    began = time.perf_counter()
    done = publish_system(house, rows.SYSTEM, "bench")
    seconds = time.perf_counter() - began
    if done.published != count or not verify(house).verified:
        raise RuntimeError(f"{done.published} of {count} published, or the ledger is not whole")
    return count / seconds


def _sign_files(house: House) -> float:
    """One signature a file, as a platform without batches would do it."""
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica")
    pdf.cell(text="one licence")
    file = bytes(pdf.output())
    pades.sign(house, file, "warm")
    began = time.perf_counter()
    for _ in range(SIGNED):
        pades.sign(house, file, "bench")
    return SIGNED / (time.perf_counter() - began)


def _proofs(house: House) -> float:
    """Inclusion proofs of one batch's licences, verified in one process against its root."""
    with house.engine.connect() as conn:
        batch = conn.execute(select(licence.c.seal_batch).limit(1)).scalar_one()
        query = select(licence.c.leaf_hash).where(licence.c.seal_batch == batch)
        ordered = conn.execute(query.order_by(licence.c.leaf_index)).scalars()
        leaves = [bytes.fromhex(one) for one in ordered]
    digest, size = house.profile.hash, len(leaves)
    known = merkle.range_root(leaves, digest)
    root = known(0, size)
    chosen = range(0, size, max(1, size // 256))
    proofs = [(leaves[at], at, merkle.inclusion_proof(at, size, known)) for at in chosen]
    turns = PROOFS // len(proofs)
    began = time.perf_counter()
    for _ in range(turns):
        for leaf, at, proof in proofs:
            if not merkle.included(leaf, at, size, proof, root, digest):
                raise RuntimeError(f"the proof of leaf {at} does not hold")
    return turns * len(proofs) / (time.perf_counter() - began)
