"""The two profiles: published vectors, and that a key of one never works in the other."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kernel.errors import Stop
from kernel.profile import GM, PROFILES, STANDARD, Profile, Sm4Gcm, profile_of

DATA = Path(__file__).parent / "data"


def vectors(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_sm3_is_as_published() -> None:
    checked = 0
    for one in vectors("sm3_vectors.csv"):
        if one["message_hex"].startswith("ascii:"):
            text, times = one["message_hex"].removeprefix("ascii:").split(" x")
            message = text.encode() * int(times)
        else:
            message = bytes.fromhex(one["message_hex"])
        assert GM.hash(message).hex() == one["digest"]
        checked += 1
    assert checked > 5


def test_sm4_gcm_is_as_published() -> None:
    found = [one for one in vectors("sm4_vectors.csv") if one["mode"] == "GCM" and one["tag"]]
    assert found
    for one in found:
        key, nonce, aad, plain = (
            bytes.fromhex(one[name]) for name in ("key", "iv", "aad", "plaintext")
        )
        sealed = Sm4Gcm(key).encrypt(nonce, plain, aad)
        assert sealed.hex() == one["ciphertext"] + one["tag"]
        assert Sm4Gcm(key).decrypt(nonce, sealed, aad) == plain


@pytest.mark.parametrize("profile", PROFILES.values())
def test_a_changed_ciphertext_or_place_does_not_open(profile: Profile) -> None:
    aead, nonce = profile.aead(profile.new_key()), bytes(12)
    sealed = aead.encrypt(nonce, b"plain", b"place")
    assert aead.decrypt(nonce, sealed, b"place") == b"plain"
    for data, place in ((sealed[:-1] + bytes([sealed[-1] ^ 1]), b"place"), (sealed, b"other")):
        with pytest.raises(InvalidTag):
            aead.decrypt(nonce, data, place)
    with pytest.raises(InvalidTag):
        aead.decrypt(nonce, b"short", b"place")


def test_a_key_says_which_profile_it_belongs_to() -> None:
    assert profile_of(STANDARD.new_key()) is STANDARD
    assert profile_of(GM.new_key()) is GM
    with pytest.raises(Stop, match="32 bytes, or 16"):
        profile_of(b"short")


def test_the_profiles_share_no_cipher_and_no_hash() -> None:
    assert isinstance(STANDARD.aead(STANDARD.new_key()), AESGCM)
    assert isinstance(GM.aead(GM.new_key()), Sm4Gcm)
    assert STANDARD.hash(b"a") != GM.hash(b"a")
    key = GM.new_key()
    assert STANDARD.keyed_hashes(key, [b"a"]) != GM.keyed_hashes(key, [b"a"])
    assert STANDARD.hmac(key, b"a") != GM.hmac(key, b"a")


@pytest.mark.parametrize("profile", PROFILES.values())
def test_many_keyed_hashes_are_each_ones_own(profile: Profile) -> None:
    key = profile.new_key()
    both = profile.keyed_hashes(key, [b"a", b"b"])
    assert both == profile.keyed_hashes(key, [b"a"]) + profile.keyed_hashes(key, [b"b"])
    assert len(both) == 32
    assert profile.keyed_hashes(profile.new_key(), [b"a", b"b"]) != both


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("size", [0, 1, 63, 64, 127, 128, 129, 300])
def test_a_common_head_is_hashed_once_and_counts_for_each(profile: Profile, size: int) -> None:
    """Row hashes of before and after hashing the head apart are the same."""
    key, head, tails = profile.new_key(), b"h" * size, [b"", b"a", b"b" * 200]
    assert profile.keyed_hashes(key, tails, head) == profile.keyed_hashes(
        key, [head + tail for tail in tails]
    )
