"""How a system is reached: transports, ways of signing in, ways of reading in parts.

Addresses and secrets are named here, never written (`kernel.secrets` looks the names up).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field as Key

from registry.parts import PageSize, Part, SecretName, Service, Tap, Text
from registry.shapes import Kind, Shape


class IdSecretAuth(Part):
    """Signed requests and OAuth2: an id and a secret, both named."""

    kind: Literal["hmac_sha256", "sm3", "sm2", "oauth2"]
    id: SecretName
    secret: SecretName


class NationalAuth(Part):
    """The national exchange gateway. `id`: the requester; `service`: the id of what it asks."""

    kind: Literal["national"]
    id: SecretName
    secret: SecretName
    service: Service


class TokenAuth(Part):
    """A fixed token: in a header (bearer, api_key) or as an argument (token, for SOAP)."""

    kind: Literal["bearer", "api_key", "token"]
    token: SecretName


class BasicAuth(Part):
    """A user and a password."""

    kind: Literal["basic"]
    user: SecretName
    password: SecretName


class SshKeyAuth(Part):
    """SFTP: a user, a private key (PEM text), and the server's own public key to hold it to."""

    kind: Literal["ssh_key"]
    user: SecretName
    key: SecretName
    host_key: SecretName


class S3Auth(Part):
    """An object store: an access id and its secret."""

    kind: Literal["s3"]
    id: SecretName
    secret: SecretName


Auth = Annotated[
    IdSecretAuth | NationalAuth | TokenAuth | BasicAuth | SshKeyAuth | S3Auth,
    Key(discriminator="kind"),
]


class Paging(Part):
    """How a list is read in parts. `size`: rows a part, 1 to 10,000."""

    kind: Kind
    size: PageSize


class Rate(Part):
    """Calls that the source takes in any second or minute."""

    calls: Annotated[int, Key(ge=1, le=10_000)]
    per: Literal["second", "minute"]


class RestTransport(Part):
    """An HTTP gateway."""

    kind: Literal["rest"]
    address: SecretName
    body: Literal["json", "xml"]
    auth: Auth
    paging: Paging | None = None
    shape: Shape | None = None
    rate: Rate | None = None


class SoapTransport(Part):
    """A SOAP service with a WSDL."""

    kind: Literal["soap"]
    address: SecretName
    auth: Auth
    paging: Paging | None = None
    rate: Rate | None = None


#: The databases that are read; connectors/dialects.py knows how each says it.
Dialect = Literal["postgresql", "mysql", "sqlite", "oracle", "mssql", "dameng", "kingbase"]


class SqlTransport(Part):
    """Views read with a read account; the address holds the account."""

    kind: Literal["sql"]
    address: SecretName
    dialect: Dialect


class ExchangeTransport(Part):
    """Change tables of a front-end exchange database; the address holds the account."""

    kind: Literal["exchange"]
    address: SecretName
    dialect: Dialect


class FilesTransport(Part):
    """Files dropped somewhere. `complete`: the sign that a file is whole."""

    kind: Literal["files"]
    store: Literal["sftp", "folder", "s3"]
    address: SecretName
    format: Literal["csv", "excel", "xml", "jsonl", "parquet"]
    encoding: Literal["utf-8", "utf-8-sig", "gbk", "gb18030"] | None = None
    complete: Literal["checksum", "done"]
    auth: Auth | None = None


class SingerTransport(Part):
    """A Singer tap, run as a program of its own. `command`: its name, never a path.

    `config`: its settings that are no secrets (text, whole numbers, true or false, lists and maps
    of these); `secrets`: setting: the name of the secret that holds it; `minutes`: how long one
    read may take (60).
    """

    kind: Literal["singer"]
    command: Tap
    config: dict[Text, object] = Key(default_factory=dict)
    secrets: dict[Text, SecretName] = Key(default_factory=dict)
    minutes: Annotated[int, Key(ge=1, le=1440)] | None = None


class PushTransport(Part):
    """The system sends batches to the portal; `address` is where it is asked to send again."""

    kind: Literal["push"]
    address: SecretName
    auth: Auth
    rate: Rate | None = None


Transport = Annotated[
    RestTransport
    | SoapTransport
    | SqlTransport
    | ExchangeTransport
    | FilesTransport
    | SingerTransport
    | PushTransport,
    Key(discriminator="kind"),
]
