"""Licences sealed, encrypted and stored a second, beside one pyHanko signature a file.

Both stand in one run, so that the machine cancels out of the ratio. Ours is `publish_system` whole:
landed rows opened, documents built, sealed, encrypted, keys wrapped, COPY, ledger entry, commit.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from fpdf import FPDF
from pyhanko.keys.pemder import load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore
from sqlalchemy import select

from bench.publish import rows
from bench.sync.run import Figure, at_least, figure, stage
from certs.licences import holders
from certs.licences.publish import publish_system
from certs.seals import pades, seal
from certs.seals.authority import certificates
from certs.tables import licence, licence_holder
from kernel.canonical import canonical
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
    """One bare pyHanko signature a file, as a platform without batches would do it."""
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica")
    pdf.cell(text="one licence")
    file = bytes(pdf.output())
    make_store: Any = SimpleCertificateStore  # untyped there
    signer = signers.SimpleSigner(
        signing_cert=pades.pyhanko_certificate(certificates(house).seal),
        signing_key=load_private_key_from_pemder_data(
            (house.settings.home / "keys" / "seal.pem").read_bytes(), None
        ),
        cert_registry=make_store(),
    )
    about = signers.PdfSignatureMetadata(
        field_name="Seal", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
    )

    def sign() -> None:
        signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(file)), about, signer=signer)

    sign()
    began = time.perf_counter()
    for _ in range(SIGNED):
        sign()
    return SIGNED / (time.perf_counter() - began)


def _proofs(house: House) -> float:
    """Documents of one batch and their proofs, verified in one process against the batch's root:
    read as JSON, written canonically, hashed, followed up to the root. The root's signature is
    verified once, as it is one for all."""
    with house.engine.connect() as conn:
        batch = conn.execute(select(licence.c.seal_batch).limit(1)).scalar_one()
        root = seal.root_of(conn, batch)
        query = (
            select(licence.c.id, licence_holder.c.holder_hash)
            .join(licence_holder, licence_holder.c.licence_id == licence.c.id)
            .where(licence.c.seal_batch == batch)
            .distinct(licence.c.leaf_index)
            .order_by(licence.c.leaf_index)
        )
        documents = [holders.open_document(house, conn, *row) for row in conn.execute(query).all()]
    digest, size = house.profile.hash, len(documents)
    known = merkle.range_root([merkle.leaf_hash(one, digest) for one in documents], digest)
    chosen = range(0, size, max(1, size // 256))
    files = [(documents[at], at, merkle.inclusion_proof(at, size, known)) for at in chosen]
    turns = PROOFS // len(files)
    began = time.perf_counter()
    if not any(root.genuine(key) for key in house.keys.seal.known()):
        raise RuntimeError("the root is not signed by a key of ours")
    for _ in range(turns):
        for document, at, proof in files:
            leaf = merkle.leaf_hash(canonical(json.loads(document)), digest)
            if not merkle.included(leaf, at, size, proof, root.root, digest):
                raise RuntimeError(f"the proof of leaf {at} does not hold")
    return turns * len(files) / (time.perf_counter() - began)
