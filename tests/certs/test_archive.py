"""A case's package: complete, the same each time, checked offline, only for who may decide it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable

import pytest

from certs.copies.archive import package
from certs.copies.share import fetch
from certs.licences.publish import publish_system
from certs.seals.seal import FILE_FORMAT
from certs.seals.trust import Trust, read_trust, trust_file, trust_of
from certs.verifying.archive import HEAD, MANIFEST, SEAL, UNSEALED, Checked, check
from certs.verifying.file import verify_file
from certs.verifying.verdict import Verdict
from kernel.canonical import canonical
from kernel.errors import BadInput, Refused
from pipeline.holder_view import of_holder
from pipeline.signing_keys import rotate_signing
from tests.certs.town import NAMES, NOW, WANG, Town

Change = Callable[[dict[str, bytes]], None]


@pytest.fixture
def shared(city: Town) -> Town:
    """Two copies were made for C1."""
    city.material("M1", ["食品经营许可证"])
    city.licence("k1")
    publish_system(city.house, "sc_food", "r1")
    for _ in range(2):
        fetch(city.house, city.account(), "C1", "M1", "办理变更")
    return city


def made(town: Town, who: str = "clerk") -> bytes:
    return package(town.house, town.account(who), "C1")


def checked(town: Town, data: bytes, *, trust: Trust | None = None) -> Checked:
    return check(data, trust_of(town.house) if trust is None else trust, NOW)


def verdict(town: Town, data: bytes) -> Verdict:
    """As anybody sees it who has the trust file alone."""
    return verify_file(data, read_trust(trust_file(town.house)), NOW)


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_a_package_is_complete_and_checks_offline(shared: Town) -> None:
    data = made(shared)
    assert checked(shared, data) == Checked("C1", 2, True, None)
    assert verdict(shared, data) == Verdict(True, "valid", True, "package", None)
    files = members(data)
    ids = [one["id"] for one in json.loads(files[MANIFEST])["copies"]]
    parts = ("copies/{}.pdf", "proofs/{}.ledger.json", "proofs/{}.seal.json")
    assert set(files) == {
        MANIFEST,
        SEAL,
        HEAD,
        *(part.format(one) for part in parts for one in ids),
    }
    entry = shared.events()[-1]
    assert (entry["event"], entry["case"], entry["count"]) == ("package.made", "C1", 2)
    assert of_holder(shared.house, shared.holder(WANG))[0].event == "package.made"
    without_pages = b"".join(body for name, body in files.items() if not name.endswith(".pdf"))
    assert WANG.encode() not in without_pages
    assert NAMES[WANG].encode() not in without_pages


def test_it_is_the_same_bytes_until_another_copy_is_made(shared: Town) -> None:
    first = made(shared)
    assert made(shared) == first
    fetch(shared.house, shared.account(), "C1", "M1", "办理变更")
    assert checked(shared, made(shared)).copies == 3


def test_a_closed_case_is_what_the_file_room_asks_for(shared: Town) -> None:
    shared.case("C1", state="granted")
    assert checked(shared, made(shared)).problem is None


@pytest.mark.parametrize(
    ("who", "post", "reason"),
    [
        ("clerk2", "sc-02", "case_not_assigned"),
        ("window", "sc-01", "receive_only"),
        ("officer", "sc-02", "role_not_clerk"),
    ],
)
def test_who_may_not_decide_the_case_gets_none(
    shared: Town, who: str, post: str, reason: str
) -> None:
    shared.case("C1", post=post)
    with pytest.raises(Refused) as refused:
        made(shared, who)
    assert refused.value.facts["reason"] == reason
    last = shared.events()[-1]
    assert (last["event"], last["actor"], last["reason"]) == ("look.refused", who, reason)


def test_a_case_without_copies_has_none(city: Town) -> None:
    with pytest.raises(BadInput, match="没有可以归档"):
        package(city.house, city.account(), "C1")


def _page(files: dict[str, bytes]) -> None:
    name = next(one for one in files if one.endswith(".pdf"))
    files[name] = files[name].replace(b"%PDF-1.7", b"%PDF-1.6")


def _left_out(files: dict[str, bytes]) -> None:
    del files[next(one for one in files if one.endswith(".pdf"))]


def _added(files: dict[str, bytes]) -> None:
    files["copies/more.pdf"] = b"x"


def _unsealed(files: dict[str, bytes], manifest: dict[str, object]) -> None:
    """As packages were before manifests were sealed; and as a forger makes them."""
    files[MANIFEST] = canonical({**manifest, "format": UNSEALED})
    files.pop(SEAL, None)


def _line_less(files: dict[str, bytes]) -> None:
    """A copy is left out together with its proofs and its lines."""
    manifest = json.loads(files[MANIFEST])
    gone = manifest["copies"].pop()["id"]
    for name in [one for one in files if gone in one]:
        del files[name], manifest["files"][name]
    files[MANIFEST] = canonical(manifest)


def _seal(old: bytes, new: bytes) -> Change:
    def change(files: dict[str, bytes]) -> None:
        assert old in files[SEAL]
        files[SEAL] = files[SEAL].replace(old, new, 1)

    return change


def _relisted(kind: str, old: bytes, new: bytes) -> Change:
    """A file is changed and the manifest with it: only seals and proofs can tell."""

    def change(files: dict[str, bytes]) -> None:
        name = next(one for one in sorted(files) if one.endswith(kind))
        assert old in files[name]
        files[name] = files[name].replace(old, new, 1)
        manifest = json.loads(files[MANIFEST])
        manifest["files"][name] = hashlib.sha256(files[name]).hexdigest()
        _unsealed(files, manifest)

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_line_less, "manifest.json is not the one that was sealed"),
        (lambda files: files.pop(SEAL), "seal.json is missing"),
        (_seal(b'"size":1', b'"size":0'), "seal.json is missing or not written"),
        (_seal(b'"size":1', b'"size":2'), "seal.json is not signed by a seal key"),
        (_seal(b'"key_id":"', b'"key_id":"00'), "seal.json is not signed by a seal key"),
        (_page, "is not what the manifest says"),
        (_left_out, "but not in both"),
        (_added, "copies/more.pdf is in the package or in its manifest"),
        (_relisted(".pdf", b"%PDF-1.7", b"%PDF-1.6"), "is not an untouched copy"),
        (
            _relisted(".ledger.json", b"look.granted", b"look.Granted"),
            "does not prove that the look",
        ),
        (_relisted(".seal.json", b'"leaf":"', b'"leaf":"00'), "does not prove that the licence"),
        (_relisted("head.json", b'"size":', b'"size":1'), "not signed by a ledger key"),
        (_relisted("head.json", b'"root"', b'"Root"'), "not written as this version"),
    ],
)
def test_whatever_is_changed_is_named(shared: Town, change: Change, says: str) -> None:
    files = members(made(shared))
    change(files)
    problem = checked(shared, packed(files)).problem
    assert says in str(problem)
    found = verdict(shared, packed(files))
    assert not found.genuine
    assert found.status in ("changed", "unknown_issuer")


def test_an_old_package_verifies_as_what_it_is(shared: Town) -> None:
    files = members(made(shared))
    _unsealed(files, json.loads(files[MANIFEST]))
    assert checked(shared, packed(files)) == Checked("C1", 2, False, None)
    found = verdict(shared, packed(files))
    assert (found.untouched, found.status, found.issuer_known) == (None, "no_seal", None)


def test_a_sealed_manifest_passes_for_no_licence(shared: Town) -> None:
    files = members(made(shared))
    forged = {
        "format": FILE_FORMAT, "document": json.loads(files[MANIFEST]), "leaf_index": 0,
        "proof": [], "seal": json.loads(files[SEAL]),
    }  # fmt: skip
    assert verdict(shared, canonical(forged)).status == "unreadable"


def test_the_seal_stays_after_a_rotation(shared: Town) -> None:
    first = made(shared)
    rotate_signing(shared.house, "seal", "ops")
    assert made(shared) == first
    assert checked(shared, first).problem is None


def test_a_strangers_keys_prove_nothing(shared: Town) -> None:
    assert checked(shared, made(shared), trust=Trust((), ())).problem is not None


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x05\x06" + bytes(18), packed({"x": b"1"})])
def test_what_is_no_package_is_said(city: Town, data: bytes) -> None:
    assert checked(city, data).problem is not None
    assert checked(city, data).case is None
