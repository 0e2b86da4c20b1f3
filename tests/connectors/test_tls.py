"""Sources over https: a certificate that is not accepted is no fault that passes."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kernel.errors import PersonMustAct
from tests.connectors.gateway import Reply, gateway
from tests.connectors.test_paging import opened, read

GOOD = Reply({"code": 200, "data": {"total": 1, "rows": [{"id": "a", "updated": None}]}})
DAY = timedelta(days=1)


def certified(
    folder: Path, address: str, until: datetime, before: timedelta = 2 * DAY
) -> ssl.SSLContext:
    """A server's side under a certificate of its own for that address, begun so long before its
    end."""
    key, name = ec.generate_private_key(ec.SECP256R1()), "xx-test"
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(until - before)
        .not_valid_after(until)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "server.pem").write_bytes(made.public_bytes(pem) + key.private_bytes(pem, *plain))
    (folder / "known.pem").write_bytes(made.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


@pytest.mark.parametrize(
    ("address", "days", "known", "said"),
    [
        ("127.0.0.1", -1, True, "it has expired"),
        ("127.0.0.1", 3, True, "it is not valid yet"),
        ("127.0.0.1", 1, False, "nobody known here has signed it"),
        ("192.0.2.1", 1, True, "it is another server's"),
    ],
)
def test_a_certificate_that_is_not_accepted_waits_for_a_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, days: int, known: bool, said: str
) -> None:
    tls = certified(tmp_path, address, datetime.now(UTC) + days * DAY)
    if known:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "known.pem"))
    with gateway(lambda request: GOOD, tls) as server:
        client = opened(tmp_path, server.url, "page")
        with pytest.raises(PersonMustAct, match=f"certificate of xx_test is not accepted: {said}"):
            read(client)
        assert server.asked == []


def test_an_authority_of_the_citys_own_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = certified(tmp_path, "127.0.0.1", datetime.now(UTC) + DAY)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "known.pem"))
    with gateway(lambda request: GOOD, tls) as server:
        assert len(read(opened(tmp_path, server.url, "page"))) == 1
