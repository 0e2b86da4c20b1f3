"""Open pages, the API's description, headers, bounds, and what the assets may hold."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from prometheus_client import generate_latest

from certs.verifying.verdict import Status
from portal import words
from portal.metrics import Metrics
from portal.port import LedgerStatus
from portal.render import HERE, STATIC, write_day, write_seconds, write_span, write_time
from portal.shield import CSP
from tests.portal.fake import NOW, FakePlatform
from tests.portal.fake_wallets import CODE
from tests.portal.visits import Visitor, signed_in

TEMPLATES = sorted((HERE / "templates").glob("*.html"))
ASSETS = sorted(STATIC.iterdir())
PDF = b"%PDF-1.7\n%%EOF"
NEWER = (":has(", "@container", "@layer", "dvh", "color-mix", "text-wrap", "toSorted", "findLast(")


def upload(visitor: Visitor, data: bytes) -> str:
    """The page after an upload."""
    token = visitor.token("/verify")
    files = {"file": ("a.pdf", data, "application/pdf")}
    return str(visitor.client.post("/verify", data={"form_token": token}, files=files).text)


def test_anyone_can_check_a_file() -> None:
    visitor = Visitor()
    assert "真实有效" in upload(visitor, PDF)
    bad = upload(visitor, b"not a pdf")
    assert "没有通过核验" in bad
    assert "文件不是 PDF" in bad
    assert "请先选择一个文件" in upload(visitor, b"")


def test_the_page_says_the_verdict_of_a_file_in_three_parts() -> None:
    said = upload(Visitor(), b"PK")
    for part in ("不认识签章机构", "签章之后未被改动", "不在信任列表中"):
        assert part in said
    assert "没有通过核验" not in said


def test_the_page_says_which_issuers_are_known_and_for_which_days() -> None:
    said = Visitor().get("/verify").text
    known = Visitor().platform.issuers()[0]
    for part in (known.name, write_day(known.since), write_day(known.until)):
        assert part in said


def test_a_revoked_licence_is_real_and_not_to_be_used() -> None:
    said = upload(Visitor(), b"eyJ~")
    assert "真实，但证照已不能使用" in said
    assert "已吊销" in said
    assert "真实有效" not in said


def test_an_offer_for_a_wallet_is_shown_while_it_waits() -> None:
    said = Visitor().get(f"/wallet/{CODE}").text
    assert "食品经营许可证" in said
    assert "openid-credential-offer://?credential_offer=" in said
    assert said.count('height="1"/>') > 100
    for gone in ("other", "é", "x" * 65):
        over = Visitor().get(f"/wallet/{gone}")
        assert (over.status_code, "已过期" in over.text) == (404, True)


@pytest.mark.parametrize("status", get_args(Status))
def test_each_status_of_a_file_has_its_words(status: str) -> None:
    assert words.say_of("verdict", status) != status


@pytest.mark.parametrize(
    ("hours", "said"), [(26.5, "26.5小时"), (2.0, "2小时"), (0.7, "42分钟"), (0.001, "1分钟")]
)
def test_a_span_is_told_as_people_say_it(hours: float, said: str) -> None:
    assert write_span(hours) == said


def test_a_copys_code_says_whether_it_still_counts() -> None:
    visitor = Visitor()
    assert "真实有效" in visitor.get("/verify/c-01").text
    assert "已过有效期" in visitor.get("/verify/old").text
    assert visitor.get("/verify/unknown").status_code == 400
    for odd in ("a b", "é", "x" * 65, "a.b"):
        assert visitor.get(f"/verify/{odd}").status_code == 404


def test_the_api_checks_a_file_too() -> None:
    visitor = Visitor()
    good = visitor.client.post("/api/v1/verify", files={"file": ("a.pdf", PDF)})
    assert good.json()["genuine"] is True
    assert visitor.client.post("/api/v1/verify", files={"file": ("a", b"")}).status_code == 400
    assert visitor.client.post("/api/v1/verify").status_code == 400


def test_pushed_batches_reach_the_platform_as_signed() -> None:
    visitor = Visitor()
    path, body = "/api/v1/ingest/cg_city/case", b'{"batch":"1","rows":[]}'
    head = {"X-Signature": "s", "Idempotency-Key": "1"}
    assert visitor.client.post(path, content=body, headers=head).json()["accepted"] == 1
    call = visitor.platform.calls[-1]
    assert call[1:3] == ("cg_city", "case")
    assert call[3]["idempotency-key"] == "1"
    assert call[4] == body
    assert visitor.client.post(path, content=body).status_code == 401
    again = visitor.client.post(path, content=body, headers=head | {"Idempotency-Key": "used"})
    assert (again.status_code, again.json()["error"]) == (409, "bad_input")
    assert "another body" in again.json()["detail"]


def test_the_api_page_names_every_call_of_the_document() -> None:
    visitor = Visitor()
    document = visitor.get("/openapi.json").json()
    text = visitor.get("/api").text
    assert len(document["paths"]) == 126
    for path, calls in document["paths"].items():
        for call in calls.values():
            assert path in text
            assert call["summary"] in text


def test_health_follows_the_platform() -> None:
    visitor = Visitor()
    assert visitor.get("/health").json() == {"ready": True}
    visitor.platform.away = True
    assert visitor.get("/health").status_code == 503


def test_metrics_count_by_route_template_only() -> None:
    visitor = signed_in("clerk")
    visitor.get("/clerk/cases/360700SECRET")
    visitor.get("/nowhere/360700SECRET")
    text = visitor.get("/metrics").text
    assert "360700SECRET" not in text
    assert 'route="/clerk/cases/{number}",status="200"' in text
    assert 'route="unmatched",status="404"' in text
    assert "clerk" not in re.sub(r'route="[^"]*"', "", text)


def test_a_refusal_is_counted_by_its_reason() -> None:
    visitor = signed_in("clerk")
    visitor.get("/ops")
    before = visitor.get("/metrics").text
    assert re.search(r'zhongtai_refusals_total\{reason="[a-z_]+"\} 1.0', before), before


def test_a_reason_that_is_no_word_of_ours_is_no_label() -> None:
    metrics = Metrics()
    for reason in ("no_case", "360700SECRET", "", *("a" * n for n in range(1, 30))):
        metrics.refused(reason)
    text = generate_latest(metrics.registry).decode()
    assert 'reason="no_case"} 1.0' in text
    assert 'reason="other"} 2.0' in text
    assert "SECRET" not in text


@pytest.mark.parametrize(
    ("token", "host", "said", "status"),
    [
        ("", "127.0.0.1", "", 200),
        ("", "::1", "", 200),
        ("", "10.2.0.7", "", 403),
        ("", "10.2.0.7", "Bearer ", 403),
        ("word", "127.0.0.1", "", 401),
        ("word", "10.2.0.7", "Bearer other", 401),
        ("word", "10.2.0.7", "Basic word", 401),
        ("word", "10.2.0.7", "Bearer word", 200),
    ],
)
def test_figures_are_for_this_machine_or_by_the_token(
    token: str, host: str, said: str, status: int
) -> None:
    visitor = Visitor(host=host, metrics_token=token)
    answer = visitor.get("/metrics", **({"Authorization": said} if said else {}))
    assert answer.status_code == status
    assert ("zhongtai_" in answer.text) == (status == 200)
    assert ("METRICS_TOKEN" in answer.text) == (status != 200)


def test_metrics_say_when_the_platform_cannot_be_read() -> None:
    visitor = signed_in("clerk")
    visitor.platform.away = True
    text = visitor.get("/metrics").text
    assert "zhongtai_platform_readable 0.0" in text
    assert "zhongtai_ledger_entries" not in text
    there = signed_in("clerk").get("/metrics").text
    assert "zhongtai_platform_readable 1.0" in there
    assert "zhongtai_ledger_entries 41.0" in there


class Broken(FakePlatform):
    """A platform with a bug."""

    def ledger_status(self) -> LedgerStatus:
        raise ValueError("a bug with 11010119900307109X in it")


def test_every_answer_carries_the_security_headers() -> None:
    visitor = Visitor(Broken())
    for path in ("/login", "/nowhere", "/static/portal.css", "/openapi.json", "/health", "/clerk"):
        head = visitor.get(path).headers
        assert head["content-security-policy"] == CSP, path
        assert head["x-content-type-options"] == "nosniff"
        assert head["x-frame-options"] == "DENY"
        assert head["cache-control"] == "no-store"
    assert "unsafe" not in CSP


def test_browsers_come_by_https_only_where_the_portal_is_reached_so() -> None:
    told = Visitor(secure=True).get("/login").headers["strict-transport-security"]
    assert told == "max-age=31536000; includeSubDomains"
    assert "strict-transport-security" not in Visitor().get("/login").headers


def test_a_bug_answers_calmly_and_tells_nothing() -> None:
    answer = Visitor(Broken()).get("/health")
    assert answer.status_code == 500
    assert "没有料到的情况" in answer.text
    assert "11010119900307109X" not in answer.text


def test_static_files_asked_for_by_digest_are_kept_for_long() -> None:
    visitor = Visitor()
    address = re.search(r"/static/portal\.css\?v=\w{12}", visitor.get("/login").text)
    assert address
    assert "immutable" in visitor.get(address[0]).headers["cache-control"]


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [("/login", 70_000, 413), ("/verify", 70_000, 403), ("/verify", 11 << 20, 413)],
)
def test_a_body_is_bounded_by_its_path(path: str, size: int, status: int) -> None:
    assert Visitor().client.post(path, content=b"x" * size).status_code == status


def test_a_body_without_a_length_is_bounded_too() -> None:
    parts = (b"x" * 10_000 for _ in range(8))
    assert Visitor().client.post("/login", content=parts).status_code == 413
    lying = Visitor().client.post("/login", content=b"x", headers={"content-length": "-1"})
    assert lying.status_code == 413


def test_when_the_platform_is_away_pages_say_to_come_back() -> None:
    visitor = signed_in("clerk")
    visitor.platform.away = True
    answer = visitor.get("/clerk")
    assert answer.status_code == 503
    assert "过一会儿再试" in answer.text


@pytest.mark.parametrize("file", [*TEMPLATES, *ASSETS], ids=lambda f: f.name)
def test_no_file_names_an_outside_address_or_anything_newer_than_chromium_100(file: Path) -> None:
    text = file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://|//cdn|@import", text)
    assert not [name for name in NEWER if name in text]


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda f: f.name)
def test_templates_hold_no_text_no_style_and_no_script_of_their_own(file: Path) -> None:
    text = file.read_text("utf-8")
    assert not re.findall(r"[\u4e00-\u9fff]+", text)
    assert " style=" not in text
    assert "<style" not in text
    assert not re.search(r"\son\w+=", text)
    assert not re.search(r"<script(?![^>]*src=)", text)


def test_every_word_that_is_used_is_there() -> None:
    sources = [*TEMPLATES, *HERE.glob("*.py")]
    used = set()
    for file in sources:
        used |= set(
            re.findall(r"""(?:\bt|\bsay)\(f?["']([\w.]+)["'][,)]""", file.read_text("utf-8"))
        )
    assert len(used) > 150
    assert sorted(used - set(words.CHINESE)) == []


def test_times_are_written_as_people_say_them() -> None:
    assert "刚刚" in write_time(NOW, NOW)
    assert 'datetime="2026-11-20T11:30:00+08:00"' in write_time(NOW, NOW)
    assert "昨天 11:30" in write_time("2026-11-19T03:30:00+00:00", NOW)
    assert "2025年11月20日 11:30" in write_time(NOW.replace(year=2025), NOW)
    assert write_time(None, NOW) == "—"
    assert write_seconds(80) == "1 分 20 秒"
    assert write_seconds(None) == "—"
    assert write_day(NOW.date()) == "2026年11月20日"


def test_the_description_names_each_problem_and_no_other_form() -> None:
    visitor = Visitor()
    document = visitor.get("/openapi.json").json()
    problem = document["components"]["schemas"]["Problem"]
    assert "HTTPValidationError" not in str(document)
    for path, calls in document["paths"].items():
        for call in calls.values():
            if path.startswith("/api/v1/"):
                assert "422" not in call["responses"], path
                assert {"400", "401", "403", "404", "409", "413", "503"} <= set(call["responses"])
    for answer in (
        visitor.client.post("/api/v1/session", json={}),
        visitor.client.post("/api/v1/session", json={"name": "nobody", "password": "x"}),
        visitor.client.get("/api/v1/systems"),
        visitor.client.get("/api/v1/nowhere"),
        visitor.client.delete("/api/v1/systems"),
        visitor.client.post("/api/v1/verify", content=b"x" * (64 * 1024 * 1024)),
    ):
        assert answer.status_code >= 400
        assert set(problem["required"]) <= set(answer.json()) <= set(problem["properties"])
