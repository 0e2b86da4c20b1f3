"""Sign-ins over a real database: hashes, lock-out, sessions, second factors, 三员."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from kernel import totp
from kernel.clock import stopped_clock
from kernel.errors import BadInput, Refused
from kernel.house import House
from ledger.verify import verify
from pipeline.platform import Platform
from pipeline.rotating import rotate_storage
from pipeline.staff import Staff
from registry import accounts, factors
from registry.accounts import Account
from registry.tables import account
from tests.certs.town import NOW, Town

THREE = {
    "sysadmin": ("wang", "GZ-1"), "secadmin": ("li", "GZ-2"), "auditor": ("zhao", "GZ-3"),
}  # fmt: skip


class Office:
    """An installation with its three administrators, whose clock a test moves."""

    def __init__(self, house: House) -> None:
        self.house = replace(house, clock=stopped_clock(NOW))
        with house.engine.begin() as conn:
            accounts.make_posts(conn)
        self.first = Staff(self.house).first(THREE)  # type: ignore[arg-type]  # a plain dict

    @property
    def staff(self) -> Staff:
        return Staff(self.house)

    @property
    def platform(self) -> Platform:
        return Platform(self.house)

    def at(self, now: datetime) -> None:
        self.house = replace(self.house, clock=stopped_clock(now))

    def who(self, name: str) -> Account:
        with self.house.engine.connect() as conn:
            found = accounts.account(conn, name)
        assert found is not None
        return found

    def clerk(self, name: str, person: str) -> str:
        """A clerk of a post; the first password."""
        password = self.staff.create(self.who("wang"), name, name, person)
        self.staff.grant(self.who("li"), name, "clerk", None, ["sc-02"])
        return password


@pytest.fixture
def office(house: House) -> Office:
    return Office(house)


def test_a_password_is_kept_as_argon2id_and_an_older_one_is_made_anew(office: Office) -> None:
    salt = os.urandom(16)
    old = hashlib.scrypt(b"a long sentence", salt=salt, n=2**14, r=8, p=1, dklen=32)
    kept = f"scrypt$16384$8$1${salt.hex()}${old.hex()}"
    with office.house.engine.begin() as conn:
        conn.execute(update(account).where(account.c.name == "li").values(password=kept))
    assert office.platform.sign_in("li", "another sentence") is None
    assert office.platform.sign_in("li", "a long sentence") is not None
    with office.house.engine.connect() as conn:
        now = conn.execute(select(account.c.password).where(account.c.name == "li")).scalar_one()
    assert now.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert office.platform.sign_in("li", "a long sentence") is not None


def test_failures_lock_out_in_every_process_and_after_a_restart(office: Office) -> None:
    signing = office.platform.signing
    for _ in range(5):
        assert signing.wait("li", "10.0.0.1") is None
        signing.failed("li", "10.0.0.1")
    assert office.platform.signing.wait("LI", "10.0.0.1") == timedelta(minutes=15)
    assert signing.wait("li", "10.0.0.2") is None
    events = [one for one in Town(office.house).events() if one["event"] == "account.locked"]
    assert [(one["actor"], one["reason"]) for one in events] == [("li", "too_many_failures")]
    for n in range(15):
        signing.failed("li", f"10.0.1.{n}")
    assert signing.wait("li", "10.0.0.9") is not None  # the name, from anywhere
    office.at(NOW + timedelta(minutes=16))
    assert office.platform.signing.wait("li", "10.0.0.1") is None
    kept = Town(office.house).query("SELECT key FROM registry.signin_try")
    assert not any(row[0] == "li" or "10.0" in row[0] for row in kept)


def test_a_session_ends_everywhere_when_it_or_the_account_does(office: Office) -> None:
    office.clerk("chen", "GZ-9")
    signing, begun = office.platform.signing, NOW
    assert signing.visitor("chen", "s1", begun) is not None
    signing.end_session("s1", NOW + timedelta(hours=9))
    assert office.platform.signing.visitor("chen", "s1", begun) is None
    assert signing.visitor("chen", "s2", begun) is not None
    office.at(NOW + timedelta(minutes=1))
    office.staff.grant(office.who("li"), "chen", "ops", None, [])
    assert signing.visitor("chen", "s2", begun) is None
    assert signing.visitor("chen", "s3", NOW + timedelta(minutes=1)) is not None
    office.staff.disable(office.who("wang"), "chen")
    assert signing.visitor("chen", "s3", NOW + timedelta(minutes=2)) is None
    assert office.platform.sign_in("chen", office.first["wang"]) is None


def test_a_first_password_is_to_be_changed_and_a_bad_one_is_refused(office: Office) -> None:
    first = office.clerk("chen", "GZ-9")
    found = office.platform.sign_in("chen", first)
    assert found is not None
    assert found.must_change
    staff = office.staff
    for old, new, said in (
        ("wrong", "a sentence of mine", "原密码不对"),
        (first, first, "不能与原密码相同"),
        (first, "short", "10 to 256"),
        (first, "my name is chen", "the account's name"),
        (first, "aaaaaaaaaaaa", "first that are tried"),
        (first, "Ganzhou@2026", "first that are tried"),
    ):
        with pytest.raises(BadInput, match=said):
            staff.change_password(found, old, new)
    staff.change_password(found, first, "an own sentence")
    again = office.platform.sign_in("chen", "an own sentence")
    assert again is not None
    assert not again.must_change
    assert office.platform.sign_in("chen", first) is None


def test_the_three_are_three_people_and_hold_nothing_else(office: Office) -> None:
    staff, system, security = office.staff, office.who("wang"), office.who("li")
    with pytest.raises(BadInput, match="administrators already"):
        staff.first(THREE)  # type: ignore[arg-type]  # a plain dict
    staff.create(system, "wang2", "王", "GZ-1")
    with pytest.raises(Refused, match="holds no second one"):
        staff.grant(security, "wang2", "clerk", None, ["sc-02"])
    office.clerk("chen", "GZ-9")
    staff.create(system, "chen2", "陈", "GZ-9")
    with pytest.raises(Refused, match="holds no second one"):
        staff.grant(security, "chen2", "auditor", None, [])
    staff.grant(security, "chen2", "ops", None, [])  # two accounts of an ordinary person may be
    for work in (
        lambda: staff.create(security, "x1", "x", "GZ-8"),
        lambda: staff.grant(system, "chen", "ops", None, []),
        lambda: staff.new_password(security, "chen"),
        lambda: staff.drop_factor(system, "chen"),
        lambda: staff.disable(office.who("zhao"), "chen"),
        lambda: staff.create(office.who("chen"), "x1", "x", "GZ-8"),
    ):
        with pytest.raises(Refused, match="not for"):
            work()
    with pytest.raises(Refused, match="nobody changes an own account"):
        staff.grant(security, "li", "ops", None, [])
    with pytest.raises(Refused, match="nobody changes an own account"):
        staff.disable(system, "wang")
    told = [one["event"] for one in Town(office.house).events()]
    assert told.count("account.change_refused") == 10
    assert verify(office.house).verified


@pytest.mark.parametrize(
    ("role", "department", "posts", "said"),
    [
        ("none", None, [], "a role is one of"),
        ("officer", None, [], "an officer has a department"),
        ("ops", "市市场监督管理局", [], "an officer has a department"),
        ("officer", "没有的局", [], "no such department"),
        ("clerk", None, [], "at least one post"),
        ("ops", None, ["sc-02"], "at least one post"),
        ("clerk", None, ["xx-99"], "no such post: xx-99"),
    ],
)
def test_a_wrong_grant_is_told_in_one_sentence(
    office: Office, role: str, department: str | None, posts: list[str], said: str
) -> None:
    office.staff.create(office.who("wang"), "chen", "陈", "GZ-9")
    with pytest.raises(BadInput, match=said):
        office.staff.grant(office.who("li"), "chen", role, department, posts)  # type: ignore[arg-type]  # as typed in


@pytest.mark.parametrize(
    ("name", "person", "said"),
    [("Chen", "GZ-9", "an account's name"), ("chen", "9 9", "a staff number"),
     ("chen", "110101199003078515", "maybe a person's"),
     ("li", "GZ-9", "there is an account named li")],
)  # fmt: skip
def test_a_wrong_account_is_told_in_one_sentence(
    office: Office, name: str, person: str, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        office.staff.create(office.who("wang"), name, "陈", person)


def test_a_second_factor_is_bound_asked_once_a_code_and_survives_a_new_key(office: Office) -> None:
    settings = replace(office.house.settings, second_factor="staff")
    office.house = replace(office.house, settings=settings)
    office.clerk("chen", "GZ-9")
    signing, chen = office.platform.signing, office.who("chen")
    assert signing.factor(chen) == "to_set"
    secret = signing.offered("chen", "half")
    assert not signing.set_factor("chen", "half", "000000")
    assert signing.set_factor("chen", "half", totp.code(secret, int(NOW.timestamp()) // 30))
    assert not signing.set_factor("chen", "half", totp.code(secret, int(NOW.timestamp()) // 30))
    assert signing.factor(chen) == "asked"
    assert not signing.check_factor("chen", totp.code(secret, int(NOW.timestamp()) // 30))
    rotate_storage(office.house, "wang")
    office.at(NOW + timedelta(minutes=1))
    code = totp.code(secret, int((NOW + timedelta(minutes=1)).timestamp()) // 30)
    assert office.platform.signing.check_factor("chen", code)
    assert not office.platform.signing.check_factor("chen", code)
    office.staff.drop_factor(office.who("li"), "chen")
    with office.house.engine.connect() as conn:
        assert not factors.has(conn, "chen")
    told = [one["event"] for one in Town(office.house).events()]
    assert told.count("account.factor_set") == 1
    assert told.count("account.factor_refused") == 4


def test_the_audit_shows_sign_ins_and_changes_by_account(office: Office) -> None:
    first = office.clerk("chen", "GZ-9")
    office.platform.sign_in("chen", first)
    office.platform.sign_in("chen", "wrong")
    office.platform.sign_in("someone@example", "wrong")
    deeds = office.staff.deeds(None, None)
    assert [one.event.removeprefix("account.") for one in deeds[:5]] == [
        "refused", "refused", "signed_in", "granted", "created",
    ]  # fmt: skip
    assert [one.actor for one in deeds[:2]] == ["unknown", "chen"]
    mine = office.staff.deeds("chen", None)
    assert [one.event.removeprefix("account.") for one in mine] == [
        "refused", "signed_in", "granted", "created",
    ]  # fmt: skip
    assert [one.seq for one in office.staff.deeds(None, mine[1].seq, 1)] == [mine[2].seq]
    assert "someone" not in str(Town(office.house).events())


def test_the_demos_accounts_stay_as_they_are(office: Office) -> None:
    with office.house.engine.begin() as conn:
        accounts.make_demo(conn)
    with pytest.raises(BadInput, match="the demo's accounts"):
        office.staff.disable(office.who("wang"), "clerk")
    with pytest.raises(Refused, match="演示账号"):
        office.staff.change_password(office.who("clerk"), accounts.DEMO_PASSWORD, "another one")
