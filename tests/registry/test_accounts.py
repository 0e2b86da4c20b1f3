"""Accounts: demo accounts only where they were made, passwords by Argon2id, posts with rights."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import select, update

from kernel.errors import BadInput
from kernel.house import House
from registry import accounts, departments
from registry.accounts import DEMO_PASSWORD, Account, account, drop_demo, make_demo, sign_in
from registry.tables import account as account_table


def test_every_department_has_a_receiving_and_a_deciding_post() -> None:
    posts = accounts.posts()
    assert len(posts) == 2 * len(departments.load()) == 50
    assert posts["sc-01"].rights == ("receive",)
    assert posts["sc-02"].rights == ("receive", "decide")
    assert posts["swj-02"].department == "市商务局"
    assert posts["sw-02"].department == "国家税务总局赣州市税务局"


def test_without_the_demo_nobody_signs_in(house: House) -> None:
    with house.engine.connect() as conn:
        assert sign_in(conn, "clerk", DEMO_PASSWORD) is None


def test_the_demo_accounts_have_their_roles_and_posts(house: House) -> None:
    with house.engine.begin() as conn:
        make_demo(conn)
        make_demo(conn)
        found = {
            name: sign_in(conn, name, DEMO_PASSWORD)
            for name in ("clerk", "clerk2", "window", "officer", "ops", "bureau")
        }
    said = {
        name: (one.role, [post.code for post in one.posts], one.department)
        for name, one in found.items()
        if one
    }
    assert said == {
        "clerk": ("clerk", ["mz-02", "sc-02"], None),
        "clerk2": ("clerk", ["ga-02", "yb-02"], None),
        "window": ("clerk", ["sc-01"], None),
        "officer": ("officer", [], "市市场监督管理局"),
        "ops": ("ops", [], None),
        "bureau": ("bureau", [], None),
    }


def test_a_wrong_password_an_unknown_name_and_a_disabled_account_are_refused(
    house: House,
) -> None:
    with house.engine.begin() as conn:
        make_demo(conn)
        assert sign_in(conn, "clerk", "wrong") is None
        assert sign_in(conn, "clerk", "") is None
        assert sign_in(conn, "nobody", DEMO_PASSWORD) is None
        conn.execute(
            update(account_table)
            .where(account_table.c.name == "clerk")
            .values(disabled_at=house.clock())
        )
        assert sign_in(conn, "clerk", DEMO_PASSWORD) is None
        assert account(conn, "clerk") is None


def test_demo_accounts_are_refused_where_there_is_no_sandbox(house: House) -> None:
    with house.engine.begin() as conn:
        make_demo(conn)
        assert sign_in(conn, "clerk", DEMO_PASSWORD, demo=False) is None
        drop_demo(conn)
        assert account(conn, "clerk") is None


def test_a_demo_account_never_takes_the_name_of_a_real_one(house: House) -> None:
    with house.engine.begin() as conn:
        accounts.save_account(conn, Account("ops", "运维", "ops", None, ()), "long enough")
    with pytest.raises(BadInput, match="ops is a real account"), house.engine.begin() as conn:
        make_demo(conn)
    with house.engine.begin() as conn:
        assert sign_in(conn, "ops", DEMO_PASSWORD) is None
        assert sign_in(conn, "ops", "long enough", demo=False) is not None
        assert account(conn, "clerk") is None


def test_a_password_is_kept_as_a_salted_argon2id_hash(house: House) -> None:
    with house.engine.begin() as conn:
        make_demo(conn)
        kept = list(conn.execute(select(account_table.c.password)).scalars())
    assert len(set(kept)) == len(kept) == 9
    for one in kept:
        assert one.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
        assert DEMO_PASSWORD not in one


def test_an_unknown_name_takes_as_long_as_a_wrong_password(house: House) -> None:
    def seconds(name: str) -> float:
        spent = []
        for _ in range(5):
            began = time.process_time()
            sign_in(conn, name, "wrong")
            spent.append(time.process_time() - began)
        return min(spent)

    with house.engine.begin() as conn:
        make_demo(conn)
        sign_in(conn, "nobody", "wrong")
        known, unknown = seconds("clerk"), seconds("nobody")
    assert 0.6 < known / unknown < 1.6
