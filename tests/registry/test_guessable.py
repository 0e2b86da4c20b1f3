"""What is tried first is refused as a new password; a sentence of one's own is not."""

from __future__ import annotations

import secrets

import pytest

from kernel.errors import BadInput
from portal.sentences import told
from registry import guessable
from registry.accounts import DEMO_PASSWORD
from registry.passwords import SHORTEST, check_new

REFUSED = (
    "password123", "P@ssw0rd2026", "Basketball#1", "woaini5201314", "1qaz2wsx3edc", "qwertyuiop",
    "zxcvbnm,./zx", "abcdefghij", "0987654321", "Ganzhou@2026", "zhongtai-666", "ZHONGTAI2026!",
    "xingguo19900101", "ruijinshi888", "赣州市政务服务大厅审批局", "章贡区章贡区章贡区",
    "kfjxkfjxkfjx", "13812345678", "ｐａｓｓｗｏｒｄ１２３", "sysadmin!!!!", "admin-admin-1",
    "chenwei.2026", DEMO_PASSWORD,
)  # fmt: skip
TAKEN = (
    "an own sentence", "correct horse battery", "我家门前有两棵枣树呀", "zhongtai opens at dawn",
    "password of my bike", "9 Ganzhou oranges, please",
)  # fmt: skip


@pytest.mark.parametrize("password", REFUSED)
def test_what_is_tried_first_is_refused(password: str) -> None:
    assert guessable.guessable(password, "chenwei")


@pytest.mark.parametrize("password", TAKEN)
def test_a_sentence_of_ones_own_is_taken(password: str) -> None:
    check_new(password, "chenwei")


def test_every_listed_password_is_refused_and_could_have_been_chosen() -> None:
    lines = guessable.COMMON.read_text("utf-8").splitlines()
    listed = [one for one in lines if not one.startswith("# ")]
    assert len(listed) == len(set(listed)) > 1500
    for one in listed:
        assert len(one) >= SHORTEST, one
        assert guessable.guessable(one.upper()), one


def test_what_is_drawn_at_random_is_taken() -> None:
    for _ in range(200):
        check_new(secrets.token_urlsafe(12), "chenwei")


def test_the_sentence_says_why_in_chinese_and_never_the_password() -> None:
    with pytest.raises(BadInput) as caught:
        check_new("Ganzhou@2026", "chenwei")
    assert "2026" not in caught.value.message
    assert told(caught.value.message).text.startswith("这个密码太容易被猜到")
