"""XML of gateways: bombs are refused within bounds; what is well formed is read right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from connectors import open_connector, xml
from connectors.chunks import BAD
from kernel.clock import system_clock
from kernel.errors import RetryLater
from tests.connectors.gateway import Reply, gateway
from tests.connectors.made import ids, made_secrets, made_stream, made_system
from tests.connectors.test_paging import read

NAMES = "abcdefgh"
LAUGHS = '<!DOCTYPE r [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {after} "{f"&{name};" * 10}">'
    for name, after in zip(NAMES, NAMES[1:] + "i", strict=True)
)
QUADRATIC = f'<!DOCTYPE r [<!ENTITY a "{"x" * 50_000}">]>'
BOMBS = {
    "entities in text": f"{LAUGHS}]><r>&i;</r>",
    "entities in an attribute": f'{LAUGHS}]><r a="&i;"/>',
    "entities in a default attribute": f'{LAUGHS}<!ATTLIST r a CDATA "&i;">]><r/>',
    "a long entity many times": f"{QUADRATIC}<r>{'&a;' * 50_000}</r>",
    "a parameter entity": '<!DOCTYPE r [<!ENTITY % p "x"> %p;]><r/>',
    "a file": '<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]><r>&f;</r>',
    "an outside document type": '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/r.dtd"><r/>',
    "a plain document type": "<!DOCTYPE r><r/>",
    "an entity that nobody declared": "<r>&nobody;</r>",
    "nesting": "<r>" * 500_000 + "</r>" * 500_000,
    "an attribute without an end": f'<r a="{"x" * 20_000_000}"/>',
    "a text without an end": f"<r>{'x' * 20_000_000}</r>",
    "a name without an end": f"<{'x' * 20_000_000}/>",
}
BOUND = 100  # MB; the largest bomb itself has 20


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_bomb_is_refused_and_memory_stays_bounded(
    bomb: str, encoding: str, memory: Callable[[], int]
) -> None:
    content = bomb.encode(encoding)
    with pytest.raises(ValueError, match=r"the XML (is broken|has a document type)"):
        xml.parse(content)
    assert memory() < BOUND


def opened_and_read(home: Path, body: str) -> list[str]:
    transport = {
        "kind": "rest",
        "address": "XX_URL",
        "body": "xml",
        "auth": {"kind": "api_key", "token": "XX_TOKEN"},
        "paging": {"kind": "page", "size": 10},
    }
    with gateway(lambda request: Reply(body.encode())) as server:
        secrets = made_secrets(home, URL=server.url, TOKEN="t0ken-secret")
        client = open_connector(made_system(transport, made_stream()), secrets, system_clock)
        return ids(read(client))


@pytest.mark.usefixtures("hasty")
def test_a_bomb_over_http_is_one_sentence_without_its_text(tmp_path: Path) -> None:
    with pytest.raises(RetryLater, match="xx_test gave an answer that cannot be read") as raised:
        opened_and_read(tmp_path, BOMBS["entities in text"])
    assert "ha" not in str(raised.value).split()
    assert raised.value.__cause__ is None


def test_cdata_namespaces_prefixes_and_letter_case_are_read_right() -> None:
    text = """<?xml version="1.0" encoding="UTF-8"?>
    <n:Response xmlns:n="urn:one" xmlns="urn:two"><!-- said --><n:Code>200</n:Code>
      <Row><n:id><![CDATA[a<b>&amp;]]></n:id><name>王 &amp; 李&#x3000;</name><empty/></Row>
      <n:ROW xmlns:n="urn:three"><n:id>b</n:id><?pi x?><name>x<![CDATA[y]]>z</name></n:ROW>
    </n:Response>"""
    root = xml.parse(text.encode())
    assert xml.child(root, "code") == "200"
    assert xml.rows_of(root, "row") == [
        {"id": "a<b>&amp;", "name": "王 & 李\u3000", "empty": ""},
        {"id": "b", "name": "xyz"},
    ]


def test_a_declared_gb18030_answer_is_read_as_it_says() -> None:
    text = '<?xml version="1.0" encoding="GB18030"?><r><row><姓名>㐀某</姓名></row></r>'
    assert xml.rows_of(xml.parse(text.encode("gb18030")), "row") == [{"姓名": "㐀某"}]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("<id>a</id><id>b</id>", "row 1 has the column id twice"),
        ("<id>a<b>c</b></id>", "row 1 has elements inside the column id"),
    ],
)
def test_a_row_that_says_two_things_says_so_itself(row: str, says: str) -> None:
    (found,) = xml.rows_of(xml.parse(f"<r><row>{row}</row></r>".encode()), "row")
    assert found[BAD] == says
