"""Annotated copies: only for the case at hand, on record before they leave, verifiable after."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta

import pypdfium2
import pytest

from bench.share.copies import WARM, measure
from certs.copies.share import AnnotatedCopy, fetch, stored_copy
from certs.licences import read
from certs.licences.publish import publish_system
from certs.seals import pades
from certs.seals.authority import certificate_file, certificates, renew
from certs.seals.trust import trust_of
from certs.verifying.file import verify_file
from kernel.clock import stopped_clock
from kernel.errors import BadInput, PersonMustAct, Refused, RetryLater
from ledger.verify import verify
from registry import waiver_rules
from tests.certs.town import FIRM, LI, NAMES, NOW, WANG, Town

FOOD = "食品经营许可证"
USE = "办理食品经营许可（变更）（办件 C1）"


@pytest.fixture
def ready(city: Town) -> Town:
    """One published food licence of WANG, which the item asks for."""
    city.material("M1", [FOOD])
    city.licence("k1")
    publish_system(city.house, "sc_food", "r1")
    return city


def take(city: Town, who: str = "clerk", case: str = "C1", material: str = "M1") -> AnnotatedCopy:
    return fetch(city.house, city.account(who), case, material, USE)


def words(pdf: bytes) -> str:
    page = pypdfium2.PdfDocument(pdf)[0]
    return str(page.get_textpage().get_text_bounded()).replace("\r\n", "").replace("\n", "")


def test_a_copy_says_what_it_is_for_and_masks_the_number(ready: Town) -> None:
    made = take(ready)
    said = words(made.pdf)
    for part in (
        "数据核验结果", FOOD, NAMES[WANG], "360702********", "此件由市市场监督管理局提供",
        "仅供办理政务服务事项时使用", "有效期至2026年12月23日", USE, "食品经营许可（变更）", "C1",
        "sc-02", made.id, "江西省食品经营许可管理系统", "sc_food/licence/r1/0",
    ):  # fmt: skip
        assert part in said, part
    assert WANG not in said
    assert made.name == "数据核验结果-C1.pdf"


def test_the_entry_and_the_row_are_there_when_the_copy_is(ready: Town) -> None:
    made = take(ready)
    entry = ready.events()[-1]
    assert (entry["event"], entry["case"], entry["copy"]) == ("look.granted", "C1", made.id)
    assert (entry["holder"], entry["material"]) == (ready.holder(WANG), "M1")
    with ready.house.engine.connect() as conn:
        (look,) = read.looks_at_holder(conn, ready.holder(WANG))
        assert look == read.look(conn, made.id)
        assert read.look(conn, "nothing") is None
    assert (look.reader, look.ledger_seq) == ("clerk", len(ready.events()) - 1)
    assert verify(ready.house).verified


def test_the_stored_copy_is_encrypted_and_the_same(ready: Town) -> None:
    made = take(ready)
    (name,) = ready.house.objects.names("copies/")
    assert name == f"copies/2026/11/{made.id}.pdf.enc"
    assert b"%PDF" not in ready.house.objects.get(name)
    assert stored_copy(ready.house, made.id) == made.pdf
    with pytest.raises(BadInput):
        stored_copy(ready.house, "nothing")


@pytest.mark.parametrize(
    ("who", "case", "licence", "reason"),
    [
        ("clerk2", {}, {}, "case_not_assigned"),
        ("window", {"post": "sc-01"}, {}, "receive_only"),
        ("officer", {}, {}, "role_not_clerk"),
        ("clerk", {"state": "granted"}, {}, "case_closed"),
        ("clerk", {"post": "mz-02"}, {}, "item_not_of_post"),
        ("clerk", {"item_code": "other"}, {}, "item_not_in_catalogue"),
        ("clerk", {"deleted_at": NOW}, {}, "case_unknown"),
        ("clerk", {"applicant": LI}, {}, "licence_not_found"),
        ("clerk", {}, {"status": "revoked"}, "licence_not_valid"),
        ("clerk", {}, {"deleted_at": NOW}, "licence_not_valid"),
        ("clerk", {}, {"issuer": "改过"}, "licence_not_valid"),
    ],
)
def test_a_wrong_look_is_refused_with_its_reason_and_nothing_is_made(
    ready: Town, who: str, case: dict[str, object], licence: dict[str, object], reason: str
) -> None:
    ready.case("C1", **case)  # type: ignore[arg-type]
    ready.licence("k1", **licence)  # type: ignore[arg-type]
    with pytest.raises(Refused) as refused:
        take(ready, who)
    assert refused.value.facts["reason"] == reason
    entry = ready.events()[-1]
    assert (entry["event"], entry["actor"]) == ("look.refused", who)
    assert list(ready.house.objects.names("copies/")) == []


@pytest.mark.parametrize(
    ("purpose", "reason"),
    [
        ("", "purpose_not_given"),
        ("x" * 201, "purpose_not_given"),
        (f"查 {WANG}", "purpose_not_given"),
        ("compare", "purpose_not_prove"),
        ("surrender", "purpose_not_prove"),
    ],
)
def test_a_purpose_that_may_not_stand_is_refused(ready: Town, purpose: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        fetch(ready.house, ready.account(), "C1", "M1", purpose)
    assert refused.value.facts["reason"] == reason
    assert WANG not in json.dumps(ready.events())


def test_a_material_of_a_situation_that_the_case_is_not_is_refused(ready: Town) -> None:
    ready.material("M9", ["食品经营许可证"], situation="未成年人")
    with pytest.raises(Refused) as refused:
        take(ready, material="M9")
    assert refused.value.facts["reason"] == "material_not_asked"


def test_a_material_that_the_item_does_not_ask_is_refused(ready: Town) -> None:
    with pytest.raises(Refused) as refused:
        take(ready, material=WANG)
    assert refused.value.facts["reason"] == "material_not_asked"
    assert WANG not in json.dumps(ready.events())


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("proposed", "waiver_not_confirmed"),
        ("confirmed", "waiver_not_published"),
        ("withdrawn", "waiver_withdrawn"),
    ],
)
def test_a_waiver_that_is_not_in_force_gives_no_data(ready: Town, state: str, reason: str) -> None:
    ready.waive(*waiver_rules.load(), state=state)
    with pytest.raises(Refused) as refused:
        take(ready)
    assert refused.value.facts["reason"] == reason


@pytest.mark.parametrize(
    ("change", "error"), [("revoked", Refused), ("reissued", RetryLater), ("closed", Refused)]
)
def test_what_lands_while_the_copy_is_made_still_counts(
    ready: Town, monkeypatch: pytest.MonkeyPatch, change: str, error: type[Exception]
) -> None:
    real = pades.sign

    def meanwhile(*args: object) -> bytes:
        if change == "revoked":
            ready.licence("k1", status="revoked")
        elif change == "reissued":
            ready.licence("k1", number="JY-NEW")
            publish_system(ready.house, "sc_food", "r2")
        else:
            ready.case("C1", state="granted")
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr("certs.seals.pades.sign", meanwhile)
    with pytest.raises(error):
        take(ready)
    assert not [one for one in ready.events() if one["event"] == "look.granted"]
    assert ready.query("SELECT count(*) FROM certs.copy") == [(0,)]


def test_a_number_that_is_the_licence_number_too_is_masked_and_a_firms_code_is_not(
    city: Town,
) -> None:
    city.material("M1", ["机动车驾驶证"])
    city.material("M2", ["营业执照"])
    city.licence("k1", system="ga_vehicle", type="机动车驾驶证", number=WANG)
    city.licence("k2", FIRM, system="sc_enterprise", type="营业执照", holder_kind="organisation")
    city.case("C2", FIRM, applicant_kind="organisation")
    publish_system(city.house, "ga_vehicle", "r1")
    publish_system(city.house, "sc_enterprise", "r1")
    assert WANG not in words(take(city).pdf)
    assert FIRM in words(take(city, case="C2", material="M2").pdf)


def test_a_look_ups_answer_is_shared_as_data(city: Town) -> None:
    values = {
        "type": "居民身份证", "holder_kind": "person", "holder_hash": city.holder(WANG),
        "co_holder_hash": None, "status": "valid", "issued": "2015-05-20", "valid_from": None,
        "valid_to": "2035-05-20", "issuer": "章贡区公安局", "number": WANG,
        "holder_name": "王小明", "holder_number": WANG, "details": {"住址": "章贡区某路1号"},
    }  # fmt: skip
    city.answered("ga_population", WANG, [values])
    city.material("M1", ["居民身份证"])
    said = words(take(city).pdf)
    assert "数据核验结果" in said
    assert "章贡区某路1号" in said
    assert WANG not in said
    assert "封装根" not in said


def test_copies_are_measured_beside_bare_signatures(ready: Town) -> None:
    page = pypdfium2.PdfDocument.new()
    page.new_page(100, 100)
    plain = io.BytesIO()
    page.save(plain)
    found = measure(lambda _: take(ready).pdf, plain.getvalue(), 2)
    assert (found.copies, found.ratio) == (2, found.copy_p95 / found.bare_p95)
    assert found.copy_p50 <= found.copy_p95
    assert len(list(ready.house.objects.names("copies/"))) == 2 + WARM


def test_an_expired_copy_was_valid_when_used(ready: Town) -> None:
    made = take(ready)
    trust = trust_of(ready.house)
    used, after = NOW + timedelta(days=29), NOW + timedelta(days=31)
    assert verify_file(made.pdf, trust, used).status == "valid"
    late = verify_file(made.pdf, trust, after)
    assert (late.untouched, late.status, late.issuer_known) == (True, "expired", True)
    assert late.reason is not None
    assert "使用时有效" in late.reason


def test_an_ended_certificate_makes_no_copy_until_it_is_renewed(ready: Town) -> None:
    for file in (ready.house.settings.home / "keys").glob("*.crt"):
        file.unlink()
    before = replace(ready.house, clock=stopped_clock(NOW - timedelta(days=3700)))
    certificates(before)
    with pytest.raises(PersonMustAct, match=r"ended on 2026-10-.*zhongtai keys renew"):
        take(ready)
    assert [one["event"] for one in ready.events() if one["event"].startswith("look")] == []
    current = ready.house.keys.seal.current()  # another test may have turned the key
    assert renew(ready.house) == [certificate_file(ready.house, current).name]
    assert take(ready).pdf
