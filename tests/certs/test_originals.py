"""The issuer's own file: verified on the way in, bound to its version, given by a look."""

from __future__ import annotations

import io
from dataclasses import replace

import pypdfium2
import pytest

from certs.copies.originals import original, take_in
from certs.copies.share import fetch
from certs.corrections import correct, listed
from certs.licences.publish import publish_system
from kernel.clock import stopped_clock
from kernel.errors import BadInput, Refused
from pipeline.rotating import GRACE, rotate_storage
from registry.accounts import Account
from tests.certs.town import NOW, Town

FOOD = "食品经营许可证"
OFFICER = Account("officer2", "某局", "officer", "市市场监督管理局", (), demo=True)


def plain() -> bytes:
    """A PDF that nobody sealed."""
    made, out = pypdfium2.PdfDocument.new(), io.BytesIO()
    made.new_page(100, 100)
    made.save(out)
    return out.getvalue()


PLAIN = plain()


@pytest.fixture
def ready(city: Town) -> Town:
    city.material("M1", [FOOD])
    city.licence("k1")
    publish_system(city.house, "sc_food", "r1")
    return city


def licence(town: Town) -> str:
    ((found,),) = town.query("SELECT id FROM certs.licence WHERE ended_at IS NULL")
    return str(found)


def sealed(town: Town) -> bytes:
    """A PDF whose seal we know."""
    return fetch(town.house, town.account(), "C1", "M1", "办理变更").pdf


def test_it_is_kept_encrypted_with_its_verdict_and_given_by_a_look(ready: Town) -> None:
    data = sealed(ready)
    assert take_in(ready.house, OFFICER, licence(ready), data).genuine
    parts = "SELECT kind, untouched, status, issuer_known FROM certs.issuer_file"
    assert ready.query(parts) == [("pdf", True, "valid", True)]
    (name,) = ready.house.objects.names("originals/")
    assert b"%PDF" not in ready.house.objects.get(name)
    assert original(ready.house, ready.account(), "C1", "M1", "办理变更") == (data, "pdf")
    last = ready.events()[-1]
    assert (last["event"], last["file"], last["licence"]) == ("look.granted", "pdf", licence(ready))


def test_without_a_seal_the_verdict_says_so(ready: Town) -> None:
    take_in(ready.house, OFFICER, licence(ready), PLAIN)
    ((untouched, status),) = ready.query("SELECT untouched, status FROM certs.issuer_file")
    assert (untouched, status) == (None, "no_seal")


def test_a_changed_file_or_none_at_all_does_not_come_in(ready: Town) -> None:
    data = sealed(ready)
    for bad in (data.replace(b"%PDF-1.7", b"%PDF-1.6"), b"something else"):
        with pytest.raises(BadInput, match="不能收下"):
            take_in(ready.house, OFFICER, licence(ready), bad)
    with pytest.raises(BadInput, match="没有这个编号"):
        take_in(ready.house, OFFICER, "nothing", data)
    assert ready.query("SELECT 1 FROM certs.issuer_file") == []


@pytest.mark.parametrize(
    "who", [replace(OFFICER, department="市民政局"), replace(OFFICER, role="clerk")]
)
def test_only_the_sources_department_hands_it_in(ready: Town, who: Account) -> None:
    with pytest.raises(Refused):
        take_in(ready.house, who, licence(ready), PLAIN)
    assert ready.events()[-1]["event"] == "file.refused"


def test_a_new_version_has_no_file_of_the_old_one(ready: Town) -> None:
    take_in(ready.house, OFFICER, licence(ready), PLAIN)
    ready.licence("k1", issuer="另一局")
    publish_system(ready.house, "sc_food", "r2")
    with pytest.raises(BadInput, match="没有发证机关的原文件"):
        original(ready.house, ready.account(), "C1", "M1", "办理变更")


def test_who_may_not_look_gets_none(ready: Town) -> None:
    take_in(ready.house, OFFICER, licence(ready), PLAIN)
    with pytest.raises(Refused) as refused:
        original(ready.house, ready.account("clerk2"), "C1", "M1", "办理变更")
    assert refused.value.facts["reason"] == "case_not_assigned"
    assert ready.events()[-1]["event"] == "look.refused"


def test_it_opens_after_the_master_key_was_replaced(ready: Town) -> None:
    take_in(ready.house, OFFICER, licence(ready), PLAIN)
    correct.report(ready.house, ready.account(), "C1", "M1", "状态", "状态登记错了")
    ready.change("UPDATE certs.correction SET answer = 'refused'")
    assert rotate_storage(ready.house, "ops").kept == 1
    later = replace(ready.house, clock=stopped_clock(NOW + GRACE))
    assert rotate_storage(later, "ops").kept == 0
    assert original(ready.house, ready.account(), "C1", "M1", "办理变更")[0] == PLAIN
    with ready.house.engine.connect() as conn:
        (one,) = listed.of_posts(ready.house, conn, ["sc-02"])
    assert one.why == "状态登记错了"
