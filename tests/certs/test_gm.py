"""The gm profile whole: sealed with SM2 over SM3, stored under SM4; nothing of the other one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.x509 import CertificatePolicies

from certs.copies.share import fetch
from certs.licences import holders
from certs.licences.publish import publish_system
from certs.offers.offer import offer
from certs.seals import seal
from certs.seals.authority import certificates, renew
from certs.seals.trust import read_trust, trust_file, trust_of
from certs.seals.x509 import SEALS
from certs.verifying.file import verify_file
from cli.place import Ports
from cli.services import Services
from kernel.errors import BadInput, PersonMustAct, Stop
from kernel.house import House
from kernel.keys import load_keys, make_keys
from kernel.profile import GM
from kernel.settings import Settings, save_settings
from kernel.signers.software import new_pem
from ledger.heads import sign_head
from ledger.verify import verify
from tests.certs.town import NOW, WANG, Town

FOOD = "食品经营许可证"


@pytest.fixture
def gm(town: Town, tmp_path: Path) -> Town:
    """A town of the gm profile on its own keys: one case, one licence, published."""
    make_keys(tmp_path, GM)
    standard: House = town.house
    engine = standard.engine.execution_options(profile="gm")
    settings = replace(standard.settings, home=tmp_path, crypto="gm")
    made = replace(standard, engine=engine, settings=settings, keys=load_keys(tmp_path, GM))
    mine = Town(made)
    mine.open()
    mine.material("M1", [FOOD])
    mine.licence("k0")
    publish_system(mine.house, "sc_food", "r1")
    return mine


def licence_file(town: Town) -> bytes:
    ((one,),) = town.query("SELECT id FROM certs.licence")
    with town.house.engine.connect() as conn:
        data = holders.open_document(town.house, conn, one, town.holder(WANG))
        return seal.licence_file(town.house, conn, one, data)


def test_a_copy_is_sealed_with_sm2_and_any_changed_byte_is_seen(gm: Town) -> None:
    pdf, trust = fetch(gm.house, gm.account(), "C1", "M1", "prove").pdf, trust_of(gm.house)
    verdict = verify_file(pdf, trust, NOW)
    assert (verdict.status, verdict.genuine, verdict.reason) == ("valid", True, None)
    for place in range(8, len(pdf), max(1, len(pdf) // 80)):
        changed = bytearray(pdf)
        changed[place] ^= 1
        assert not verify_file(bytes(changed), trust, NOW).genuine, place


def test_a_licence_file_and_the_trust_file_are_of_the_profile(gm: Town, kept: House) -> None:
    file, said = licence_file(gm), trust_file(gm.house)
    assert json.loads(said)["profile"] == "gm"
    assert verify_file(file, read_trust(said), NOW).genuine
    assert verify_file(file, trust_of(kept), NOW).status == "unknown_issuer"
    changed = file.replace("食品经营".encode(), "药品经营".encode())
    assert verify_file(changed, read_trust(said), NOW).status == "changed"
    sign_head(gm.house)
    assert verify(gm.house).verified


def test_wallets_get_none(gm: Town) -> None:
    ((one,),) = gm.query("SELECT id FROM certs.licence")
    with pytest.raises(PersonMustAct, match="wallets know no SM2"):
        offer(gm.house, gm.holder(WANG), one)


def test_every_key_is_of_the_profile(gm: Town) -> None:
    assert len(gm.house.keys.master) == len(gm.house.keys.index) == 16
    assert gm.house.keys.seal.current().known.public.algorithm == "sm2"
    ((wrapped,),) = gm.query("SELECT octet_length(wrapped_key) FROM certs.licence_holder")
    assert wrapped == 12 + 16 + 16


def test_renewed_certificates_stand_for_what_is_sealed(gm: Town) -> None:
    pdf = fetch(gm.house, gm.account(), "C1", "M1", "prove").pdf
    before = certificates(gm.house)
    assert renew(gm.house) == []
    assert renew(gm.house, always=True) == ["ca.crt", "seal.crt"]
    after = certificates(gm.house)
    assert before.seal.serial_number != after.seal.serial_number
    policies = after.seal.extensions.get_extension_for_class(CertificatePolicies).value
    assert [one.policy_identifier.dotted_string for one in policies] == [SEALS]
    assert verify_file(pdf, trust_of(gm.house), NOW).genuine


def test_an_installation_keeps_its_profile(tmp_path: Path) -> None:
    make_keys(tmp_path, GM)
    with pytest.raises(Stop, match="of the gm profile"):
        load_keys(tmp_path)
    save_settings(Settings(tmp_path, "", "", "", crypto="gm"))
    with pytest.raises(BadInput, match="uses the crypto gm and keeps it"):
        Services(tmp_path, Ports(20000), 50, 1, "standard").start_stores()
    (tmp_path / "keys" / "seal.pem").write_bytes(new_pem("p256"))
    with pytest.raises(Stop, match="keeps the profile it was made with"):
        load_keys(tmp_path, GM)
