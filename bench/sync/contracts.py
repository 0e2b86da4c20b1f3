"""The bench's systems: one YAML each, written into a folder and applied like any other."""

from __future__ import annotations

from pathlib import Path

STREAM = """\
    kind: {kind}
    path: {path}
    mode: incremental
    key: [row_guid]
    cursor: update_time
    deletes: {deletes}
    catalogue: "bench"
    share: conditional
    basis: bench
    authorisation: {{document: bench, until: "2099-12-31"}}
    complete_since: "2010-01-01"
    longest_age: 26h
    drift: evolve
    dates: iso
    times: text
    fields:
{fields}
    ignore: [row_guid]
"""
SYSTEM = """\
code: {code}
name: bench
department: 市水利局
level: municipal
contact: bench
schedule: none
transport: {transport}
streams:
  {kind}:
{stream}"""
ITEM = """\
      code: parent_code
      base_code: base_code
      name: item_name
      level: {column: item_level, values: {"1": canonical}}
      task_type: task_type
      department: dept_name
      division: division
      handling_department: handling
      limit_days: limit_days
      promise_days: promise_days
      updated: update_time"""
LICENCE = """\
      number: cert_no
      type: {column: cert_type, values: {"取水许可证": 取水许可证}}
      holder_name: holder_name
      holder_number: holder_no
      holder_kind: {column: holder_type, values: {"1": person}}
      issuer: issue_org
      issued: issue_date
      valid_from: valid_begin
      valid_to: valid_end
      status: {column: cert_status, values: {"01": valid, "02": suspended}}
      updated: update_time"""
FIELDS = {"item": ITEM, "licence": LICENCE}
#: No row of the bench is deleted by its flag: the column is looked at all the same.
FLAGS = {
    "item": '{sign: flag, column: task_type, value: "99", others: ["01"]}',
    "licence": '{sign: flag, column: cert_status, value: "99", others: ["01", "02"]}',
}


def write(folder: Path, code: str, kind: str, path: str, transport: str, keys: bool) -> None:
    """`<code>.yml`; `keys`: deletes are known by comparing keys, else by a flag."""
    deletes = "{sign: reconcile}" if keys else FLAGS[kind]
    stream = STREAM.format(kind=kind, path=path, deletes=deletes, fields=FIELDS[kind])
    text = SYSTEM.format(code=code, transport=transport, kind=kind, stream=stream)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{code}.yml").write_text(text, "utf-8")


def sql(code: str, dialect: str) -> str:
    """A transport that reads views of a database."""
    return f"{{kind: sql, address: {code.upper()}_URL, dialect: {dialect}}}"


def http(code: str) -> str:
    """A transport that reads pages of 1,000 rows."""
    token = f"auth: {{kind: bearer, token: {code.upper()}_TOKEN}}"
    paging = "paging: {kind: page, size: 1000}"
    return f"{{kind: rest, address: {code.upper()}_URL, body: json, {token}, {paging}}}"
