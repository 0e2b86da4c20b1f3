"""A plain client a protocol, written from the wire's description and not from the city's code."""

from __future__ import annotations

import base64
import hmac
import time
import uuid
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import gmalg
import requests
import yaml
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from tests.running import RunningCity

FILE = Path(__file__).parents[2] / "city" / "data" / "wire.yml"
WIRE: dict[str, Any] = yaml.load(FILE.read_text("utf-8"), Loader=yaml.CSafeLoader)["systems"]

Rows = list[dict[str, str | None]]


def systems(**wanted: str) -> list[str]:
    """Codes of systems with these values in wire.yml."""
    return [code for code, one in WIRE.items() if all(one.get(k) == v for k, v in wanted.items())]


LISTS = [code for code in systems(transport="rest") if "paging" in WIRE[code]]


def sign(
    kind: str, app: str, secret: str, stamp: str | None = None, sid: str = ""
) -> dict[str, str]:
    """Headers of a signed request. `sid`: the service id, for the national gateway."""
    stamp = stamp or str(int(time.time() * 1000))
    if kind == "national":
        raw = hmac.digest(secret.encode(), f"{sid}{app}{stamp}".encode(), "sha256")
        names = ("gjgxjhpt_rid", "gjgxjhpt_sid", "gjgxjhpt_rtime", "gjgxjhpt_sign")
        return dict(zip(names, (app, sid, stamp, base64.b64encode(raw).decode()), strict=True))
    nonce = uuid.uuid4().hex
    text = f"{app}{stamp}{nonce}".encode()
    if kind == "hmac_sha256":
        signature = hmac.digest(secret.encode(), text, "sha256").hex()
    elif kind == "sm3":
        mac = HMAC(secret.encode(), hashes.SM3())
        mac.update(text)
        signature = mac.finalize().hex()
    else:
        private = bytes.fromhex(secret)
        signer = gmalg.SM2(private, b"1234567812345678", gmalg.SM2().generate_pk(private))
        signature = "".join(part.hex().zfill(64) for part in signer.sign(text))
    names = ("X-App-Id", "X-Timestamp", "X-Nonce", "X-Signature")
    return dict(zip(names, (app, stamp, nonce, signature), strict=True))


def headers(city: RunningCity, code: str, secret: str | None = None) -> dict[str, str]:
    """What an HTTP system wants to see; with another secret, what it must refuse."""
    kind, name = WIRE[code]["auth"], code.upper()
    if kind in ("hmac_sha256", "sm3", "sm2", "national"):
        app, sid = city.secret(f"{name}_ID"), WIRE[code].get("service", "")
        return sign(kind, app, secret or city.secret(f"{name}_SECRET"), sid=sid)
    if kind == "api_key":
        return {"X-API-Key": secret or city.secret(f"{name}_TOKEN")}
    if kind == "basic":
        pair = f"{city.secret(f'{name}_USER')}:{secret or city.secret(f'{name}_PASSWORD')}"
        return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
    if kind == "oauth2":
        token = secret or oauth_token(city, code).json()["access_token"]
    else:
        token = secret or city.secret(f"{name}_TOKEN")
    return {"Authorization": f"Bearer {token}"}


def oauth_token(city: RunningCity, code: str, secret: str | None = None) -> requests.Response:
    """Ask for a token."""
    name = code.upper()
    form = {
        "grant_type": "client_credentials",
        "client_id": city.secret(f"{name}_ID"),
        "client_secret": secret or city.secret(f"{name}_SECRET"),
    }
    return requests.post(f"{city.secret(f'{name}_URL')}/oauth/token", data=form, timeout=10)


def get(city: RunningCity, code: str, path: str, **query: Any) -> requests.Response:
    """One authorised GET."""
    url = path if path.startswith("http") else city.secret(f"{code.upper()}_URL") + path
    return requests.get(url, query, headers=headers(city, code), timeout=10)


def read_list(city: RunningCity, code: str, stream: str, size: int, **query: Any) -> Rows:
    """Every row of a list, in pages of `size`."""
    readers = {"page": _pages, "offset": _offsets, "cursor": _cursors, "next_link": _links}
    path = WIRE[code]["streams"][stream]["path"]
    return readers[WIRE[code]["paging"]](city, code, path, size, query)


def _pages(city: RunningCity, code: str, path: str, size: int, query: dict[str, Any]) -> Rows:
    rows: Rows = []
    for number in range(1, 10**6):
        answer = get(city, code, path, pageNo=number, pageSize=size, **query)
        if WIRE[code]["body"] == "xml":
            root = ElementTree.fromstring(answer.content)  # noqa: S314
            assert root.findtext("code") == "200"
            found = [{cell.tag: cell.text for cell in row} for row in root.findall("rows/row")]
            total = int(root.findtext("total") or -1)
        else:
            assert answer.json()["code"] == 200, answer.text
            found, total = answer.json()["data"]["rows"], answer.json()["data"]["total"]
        rows += found
        if number * size >= total:
            return rows
    raise AssertionError


def _offsets(city: RunningCity, code: str, path: str, size: int, query: dict[str, Any]) -> Rows:
    rows: Rows = []
    while True:
        answer = get(city, code, path, offset=len(rows), limit=size, **query).json()
        rows += answer["items"]
        if len(rows) >= answer["total"]:
            return rows


def _cursors(city: RunningCity, code: str, path: str, size: int, query: dict[str, Any]) -> Rows:
    rows: Rows = []
    cursor: dict[str, str] = {}
    while True:
        answer = get(city, code, path, limit=size, **cursor, **query).json()
        assert answer["code"] == 0, answer
        rows += answer["data"]["list"]
        if answer["data"]["nextCursor"] is None:
            return rows
        cursor = {"cursor": answer["data"]["nextCursor"]}


def _links(city: RunningCity, code: str, path: str, size: int, query: dict[str, Any]) -> Rows:
    answer = get(city, code, path, limit=size, **query).json()
    rows: Rows = answer["results"]
    while answer["next"]:
        answer = get(city, code, answer["next"]).json()
        rows += answer["results"]
    return rows


def live_keys(code: str, stream: str, rows: Rows) -> set[str | None]:
    """Raw keys of rows that are not marked deleted; each key once."""
    shape = WIRE[code]["streams"][stream]
    key, flag = shape["columns"]["id"], shape.get("deleted_column")
    assert len({row[key] for row in rows}) == len(rows), "a key came twice"
    return {row[key] for row in rows if flag is None or row[flag] != shape["deleted_value"]}
