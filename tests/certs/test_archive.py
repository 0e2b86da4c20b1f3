"""A case's package: complete, the same each time, checked offline, only for who may decide it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable

import pytest

from certs.copies.archive import HEAD, MANIFEST, package
from certs.copies.archive_check import Checked, check
from certs.copies.share import fetch
from certs.licences.publish import publish_system
from certs.seals.trust import Trust, trust_of
from kernel.errors import BadInput, Refused
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
    own = trust_of(town.house) if trust is None else trust
    return check(data, own, town.house.keys.ledger.known(), NOW)


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
    assert checked(shared, data) == Checked("C1", 2, None)
    files = members(data)
    ids = [one["id"] for one in json.loads(files[MANIFEST])["copies"]]
    parts = ("copies/{}.pdf", "proofs/{}.ledger.json", "proofs/{}.seal.json")
    assert set(files) == {MANIFEST, HEAD, *(part.format(one) for part in parts for one in ids)}
    entry = shared.events()[-1]
    assert (entry["event"], entry["case"], entry["count"]) == ("package.made", "C1", 2)
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


def _relisted(kind: str, old: bytes, new: bytes) -> Change:
    """A file is changed and the manifest with it: only seals and proofs can tell."""

    def change(files: dict[str, bytes]) -> None:
        name = next(one for one in sorted(files) if one.endswith(kind))
        assert old in files[name]
        files[name] = files[name].replace(old, new, 1)
        manifest = json.loads(files[MANIFEST])
        manifest["files"][name] = hashlib.sha256(files[name]).hexdigest()
        files[MANIFEST] = json.dumps(manifest).encode()

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
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
    assert problem is not None
    assert says in problem


def test_a_strangers_keys_prove_nothing(shared: Town) -> None:
    assert checked(shared, made(shared), trust=Trust((), ())).problem is not None


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x05\x06" + bytes(18), packed({"x": b"1"})])
def test_what_is_no_package_is_said(city: Town, data: bytes) -> None:
    assert checked(city, data).problem is not None
    assert checked(city, data).case is None
