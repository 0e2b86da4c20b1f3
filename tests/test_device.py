"""Signing keys in a device that speaks PKCS#11, over SoftHSM: a real library, a token in files."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from fpdf import FPDF

from certs.seals import pades, seal
from certs.seals.trust import trust_of
from certs.verifying.file import verify_bytes
from kernel.errors import PersonMustAct, Stop
from kernel.house import House
from kernel.keys import load_keys
from kernel.signers.device import Device
from ledger.heads import sign_head
from ledger.verify import verify
from pipeline.signing_keys import rotate_signing

pytestmark = pytest.mark.needs("softhsm2-util")
MODULE = "/usr/lib/softhsm/libsofthsm2.so"


@dataclass(frozen=True)
class Token:
    """A token made for the tests."""

    name: str
    pin: str

    def device(self, pin: str | None = None, name: str | None = None) -> Device:
        return Device(MODULE, name or self.name, lambda: pin or self.pin)


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Token:
    """One token. The library reads its settings once a process."""
    home = tmp_path_factory.mktemp("softhsm")
    (home / "tokens").mkdir()
    settings = home / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {home / 'tokens'}\nlog.level = ERROR\n", "utf-8")
    made = Token("zhongtai-test", "482915")
    patch = pytest.MonkeyPatch()
    patch.setenv("SOFTHSM2_CONF", str(settings))
    order = ["softhsm2-util", "--init-token", "--free", "--label", made.name]
    subprocess.run(
        [*order, "--pin", made.pin, "--so-pin", "77" + made.pin], check=True, capture_output=True
    )
    return made


def test_a_wrong_pin_is_a_sentence_without_it(token: Token) -> None:
    """First of all: after a login the process stays in."""
    with pytest.raises(PersonMustAct, match="refuses the PIN") as refused:
        token.device(pin="000000").make("seal-5")
    assert "000000" not in str(refused.value)


def test_a_key_of_the_device_signs_and_anybody_verifies(token: Token) -> None:
    device = token.device()
    public = device.make("seal-1")
    signature = device.signer("seal-1", public).sign(b"root")
    assert public.verifies(b"root", signature)
    assert not public.verifies(b"another root", signature)
    assert not public.verifies(b"root", signature[:-1] + bytes([signature[-1] ^ 1]))


def test_a_new_session_finds_the_key_again(token: Token) -> None:
    public = token.device().make("seal-2")
    assert public.verifies(b"x", token.device().signer("seal-2", public).sign(b"x"))


def test_another_key_by_that_name_or_none_stops(token: Token) -> None:
    device = token.device()
    own, other = device.make("seal-3"), device.make("seal-4")
    with pytest.raises(Stop, match="is not the one that the ring lists"):
        device.signer("seal-3", other).sign(b"x")
    with pytest.raises(Stop, match="holds no key seal-9"):
        device.signer("seal-9", own).sign(b"x")


def test_a_wrong_token_or_library_is_a_sentence(token: Token) -> None:
    with pytest.raises(PersonMustAct, match="not exactly one token named other"):
        token.device(name="other").make("seal-5")
    with pytest.raises(PersonMustAct, match=r"is no PKCS#11 library"):
        Device(str(Path(__file__)), token.name, lambda: token.pin).make("seal-5")


def test_one_setting_moves_seals_copies_and_heads_into_the_device(
    token: Token, house: House
) -> None:
    """Rotating is the move: before it nothing is signed, after it old seals still verify."""
    now = house.clock()
    old = seal.seal(house, [b"\x01" * 32], now)
    house = replace(house, keys=load_keys(house.settings.home, device=token.device()))
    with pytest.raises(PersonMustAct, match=r"settings.json says device.*keys rotate seal"):
        seal.seal(house, [b"\x01" * 32], now)
    for use in ("seal", "ledger"):
        rotate_signing(house, use, "ops")
    assert {one.place for one in (house.keys.seal.current(), house.keys.ledger.current())} == {
        "device"
    }
    new = seal.seal(house, [b"\x01" * 32], house.clock())
    known = trust_of(house).seal_keys
    assert [[made.genuine(key) for key in known] for made in (old, new)] == [
        [True, False],
        [False, True],
    ]
    pdf = FPDF()
    pdf.add_page()
    signed = pades.sign(house, bytes(pdf.output()), "test")
    assert verify_bytes(signed, trust_of(house), house.clock()).genuine
    assert sign_head(house) is not None
    assert verify(house).verified
