"""File systems: what the files together say, how they appear, and who may fetch them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import openpyxl
import paramiko
import pytest
from lxml import etree
from minio import Minio
from paramiko.sftp_client import SFTPClient

from tests.city.clients import WIRE, Rows, systems
from tests.running import RunningCity

STREAMS = [(code, name) for code in systems(transport="files") for name in WIRE[code]["streams"]]
NAME = re.compile(r"(\w+)_(full|inc)_(\d{14})\.(csv|xlsx|xml|jsonl)")
Files = dict[str, bytes]


@contextmanager
def sftp(city: RunningCity, code: str, key_of: str | None = None) -> Iterator[SFTPClient]:
    """Signed in with the system's key, or with another system's."""
    name, url = code.upper(), urlsplit(city.secret(f"{code.upper()}_URL"))
    text = city.secret(f"{(key_of or code).upper()}_SSH_KEY")
    key = paramiko.Ed25519Key.from_private_key(io.StringIO(text))
    with closing(paramiko.Transport((str(url.hostname), int(url.port or 0)))) as transport:
        transport.connect(username=city.secret(f"{name}_USER"), pkey=key)
        host = transport.get_remote_server_key()
        assert f"{host.get_name()} {host.get_base64()}" == city.secret(f"{name}_HOST_KEY")
        client = SFTPClient.from_transport(transport)
        assert client is not None
        yield client


def fetch(city: RunningCity, code: str) -> Files:
    """Every file of a system."""
    name, store = code.upper(), WIRE[code]["store"]
    url = city.secret(f"{name}_URL")
    if store == "folder":
        return {one.name: one.read_bytes() for one in Path(url).iterdir()}
    if store == "sftp":
        with sftp(city, code) as client:
            assert client.listdir("/") == [code]
            return {n: client.open(f"/{code}/{n}").read() for n in client.listdir(f"/{code}")}
    parts = urlsplit(url)
    bucket, prefix = parts.path.strip("/").split("/")
    who, secret = city.secret(f"{name}_ID"), city.secret(f"{name}_SECRET")
    store_of = Minio(parts.netloc, access_key=who, secret_key=secret, secure=False)
    names = [one.object_name or "" for one in store_of.list_objects(bucket, prefix=f"{prefix}/")]
    found = {}
    for one in names:
        with closing(store_of.get_object(bucket, one)) as answer:
            found[one.removeprefix(f"{prefix}/")] = answer.read()
            answer.release_conn()
    store_of._http.clear()
    return found


def parse(code: str, data: bytes) -> Rows:
    """The rows of one file."""
    encoding, form = WIRE[code]["encoding"], WIRE[code]["format"]
    if form == "csv":
        return list(csv.DictReader(io.StringIO(data.decode(encoding), newline="")))
    if form == "jsonl":
        return [json.loads(line) for line in data.decode(encoding).splitlines()]
    if form == "xml":
        root = etree.fromstring(data)
        return [{etree.QName(cell).localname: cell.text for cell in row} for row in root]
    with closing(openpyxl.load_workbook(io.BytesIO(data), read_only=True)) as book:
        head, *rows = book.worksheets[0].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]  # type: ignore[arg-type]


def replay(code: str, stream: str, files: Files) -> set[str | None]:
    """The live keys after every complete file, in the order of names."""
    shape: dict[str, Any] = WIRE[code]["streams"][stream]
    key, op = shape["columns"]["id"], shape.get("deleted_column")
    live: set[str | None] = set()
    for name in sorted(files, key=lambda one: one.split(".")[0].split("_")[-1]):
        match = NAME.fullmatch(name)
        if match is None or match[1] != shape["path"]:
            continue
        complete(code, name, files)
        if match[2] == "full":
            live = set()
        for row in parse(code, files[name]):
            (live.discard if op and row[op] == "D" else live.add)(row[key])
    return live


def complete(code: str, name: str, files: Files) -> None:
    """Its done or checksum file lies beside it and fits."""
    if WIRE[code]["complete"] == "checksum":
        wanted = f"{hashlib.sha256(files[name]).hexdigest()}  {name}"
        assert files[f"{name}.sha256"].decode().strip() == wanted
    else:
        assert files[f"{name}.done"] == b""


@pytest.mark.parametrize("code", systems(transport="files"))
def test_files_replay_to_the_truth_before_and_after_changes(city: RunningCity, code: str) -> None:
    streams = WIRE[code]["streams"]
    before = fetch(city, code)
    for stream in streams:
        assert replay(code, stream, before) == city.keys(code, stream)
    for key in sorted(city.keys(code, "licence"))[:2]:
        city.truth(f"/licences/{code}/{key}/delete", {})
    after = fetch(city, code)
    for stream in streams:
        assert replay(code, stream, after) == city.keys(code, stream)
    new = [name for name in after if name not in before and NAME.fullmatch(name)]
    old = [name for name in before if NAME.fullmatch(name)]
    assert len(new) == 2, "one file a commit"
    stamp = {name: name.split(".")[0].split("_")[-1] for name in new + old}
    mine = [name for name in old if name.startswith("licence")]
    assert max(stamp[name] for name in mine) < min(stamp[name] for name in new)


def test_one_commit_makes_one_file_a_stream(city: RunningCity) -> None:
    before = fetch(city, "ga_vehicle")
    city.truth("/changes", {"count": 200, "seed": 5})
    after = fetch(city, "ga_vehicle")
    assert len([name for name in after if name not in before and name.endswith(".csv")]) == 1


def test_another_systems_key_does_not_open(city: RunningCity) -> None:
    with pytest.raises(paramiko.AuthenticationException), sftp(city, "ga_vehicle", "ly_forest"):
        pass


def test_a_client_sees_its_own_folder_and_writes_nothing(city: RunningCity) -> None:
    with sftp(city, "ga_vehicle") as client:
        for path in ("/ly_forest", "/../secrets.json", "/ga_vehicle/../ly_forest"):
            with pytest.raises(OSError, match="No such file"):
                client.listdir(path)
        with pytest.raises(OSError, match="No such file"):
            client.open("/../secrets.json").read()
        with pytest.raises(PermissionError):
            client.open("/ga_vehicle/x.csv", "w")
        with pytest.raises(OSError, match="unsupported"):
            client.remove(f"/ga_vehicle/{client.listdir('/ga_vehicle')[0]}")


def test_xml_names_its_encoding(city: RunningCity) -> None:
    files = fetch(city, "ny_agri")
    text = next(data for name, data in files.items() if name.endswith(".xml"))
    assert text.startswith(b'<?xml version="1.0" encoding="GB18030"?>')
