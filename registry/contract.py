"""The contract of a system: what its YAML may say (docs/contract.md explains every key).

Frozen pydantic models; an unknown key or a value of another type is refused. Rules that look at
more than one key are in `registry.rules`, so that each can name the key it is about.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Key

from registry.fields import Kind

SECRET_NAME = r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$"
DAY = r"^\d{4}-\d{2}-\d{2}$"
AGE = r"^\d{1,4}[hd]$"
HOURS = r"^\d{2}:\d{2}-\d{2}:\d{2}$"
CODE = r"^[a-z][a-z0-9]*(_[a-z0-9]+)+$"
NAME = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"

#: What each pattern asks for, in words, for the loader's sentences.
PATTERNS = {
    SECRET_NAME: "the name of a secret in capitals, like GA_SEAL_URL",
    DAY: 'a day, like "2028-12-31"',
    AGE: "hours or days, like 26h, 8d or 0h",
    HOURS: 'hours of the day, like "09:00-17:00"',
    CODE: "small letters and digits joined by _, like ga_vehicle",
    NAME: "small letters and digits joined by _, like licence",
}

Text = Annotated[str, Key(min_length=1, max_length=200)]
Column = Annotated[str, Key(min_length=1, max_length=128)]
SecretName = Annotated[str, Key(pattern=SECRET_NAME)]
Day = Annotated[str, Key(pattern=DAY)]
Age = Annotated[str, Key(pattern=AGE)]
Hours = Annotated[str, Key(pattern=HOURS)]
Code = Annotated[str, Key(pattern=CODE)]
Name = Annotated[str, Key(pattern=NAME)]
PageSize = Annotated[int, Key(ge=1, le=10_000)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class IdSecretAuth(_Part):
    """Signed requests and OAuth2: an id and a secret, both named."""

    kind: Literal["hmac_sha256", "sm3", "sm2", "national", "oauth2"]
    id: SecretName
    secret: SecretName


class TokenAuth(_Part):
    """A fixed token: in a header (bearer, api_key) or as an argument (token, for SOAP)."""

    kind: Literal["bearer", "api_key", "token"]
    token: SecretName


class BasicAuth(_Part):
    """A user and a password."""

    kind: Literal["basic"]
    user: SecretName
    password: SecretName


class SshKeyAuth(_Part):
    """SFTP: a user and a private key (PEM text)."""

    kind: Literal["ssh_key"]
    user: SecretName
    key: SecretName


class S3Auth(_Part):
    """An object store: an access id and its secret."""

    kind: Literal["s3"]
    id: SecretName
    secret: SecretName


Auth = Annotated[
    IdSecretAuth | TokenAuth | BasicAuth | SshKeyAuth | S3Auth, Key(discriminator="kind")
]


class Paging(_Part):
    """How a list is read in parts. `size`: rows a part, 1 to 10,000."""

    kind: Literal["page", "offset", "cursor", "next_link"]
    size: PageSize


class RestTransport(_Part):
    """An HTTP gateway."""

    kind: Literal["rest"]
    address: SecretName
    body: Literal["json", "xml"]
    auth: Auth
    paging: Paging | None = None


class SoapTransport(_Part):
    """A SOAP service with a WSDL."""

    kind: Literal["soap"]
    address: SecretName
    auth: Auth
    paging: Paging | None = None


class SqlTransport(_Part):
    """Views read with a read account; the address holds the account."""

    kind: Literal["sql"]
    address: SecretName
    dialect: Literal["postgresql", "mysql"]


class ExchangeTransport(_Part):
    """Change tables of a front-end exchange database; the address holds the account."""

    kind: Literal["exchange"]
    address: SecretName
    dialect: Literal["postgresql", "mysql"]


class FilesTransport(_Part):
    """Files dropped somewhere. `complete`: the sign that a file is whole."""

    kind: Literal["files"]
    store: Literal["sftp", "folder", "s3"]
    address: SecretName
    format: Literal["csv", "excel", "xml", "jsonl"]
    encoding: Literal["utf-8", "utf-8-sig", "gbk", "gb18030"] | None = None
    complete: Literal["checksum", "done"]
    auth: Auth | None = None


class PushTransport(_Part):
    """The system sends batches to the portal; `address` is where it is asked to send again."""

    kind: Literal["push"]
    address: SecretName
    auth: Auth


Transport = Annotated[
    RestTransport
    | SoapTransport
    | SqlTransport
    | ExchangeTransport
    | FilesTransport
    | PushTransport,
    Key(discriminator="kind"),
]


class Deletes(_Part):
    """How a delete is known. flag: `column` says `value`; reconcile: keys are compared;

    absence: a row not in a full read is gone. `others`: what `column` says of live rows, where
    that is a closed list (an operation I or U); anything else is a finding.
    """

    sign: Literal["flag", "reconcile", "absence"]
    column: Column | None = None
    value: Text | None = None
    others: list[Text] | None = None


class Acknowledge(_Part):
    """Exchange tables: after the landing `column` of the rows read is set to `value`."""

    column: Column
    value: Text


class Authorisation(_Part):
    """The document that lets the platform read, and its last day (YYYY-MM-DD)."""

    document: Text
    until: Day

    @property
    def until_date(self) -> date:
        """The last day as a date."""
        return date.fromisoformat(self.until)


class Field(_Part):
    """A source column; for categories the source's values and what each means."""

    column: Column
    values: dict[str, str] | None = None


class Quota(_Part):
    """Calls allowed a day or an hour."""

    calls: Annotated[int, Key(ge=1)]
    per: Literal["hour", "day"]


class Stream(_Part):
    """One kind of record that a system gives. `name` is its key in the YAML."""

    name: Name
    kind: Kind
    path: Text
    mode: Literal["incremental", "full", "change", "lookup", "push"]
    key: list[Column] = []
    cursor: Column | None = None
    deletes: Deletes | None = None
    acknowledge: Acknowledge | None = None
    catalogue: Text
    share: Literal["unconditional", "conditional", "none"]
    basis: Text
    authorisation: Authorisation
    complete_since: Day
    longest_age: Age
    drift: Literal["evolve", "freeze"]
    dates: Literal["iso", "compact", "slash", "chinese"]
    times: Literal["text", "iso", "epoch_ms"]
    fields: dict[str, Field]
    details: dict[Text, Column] = {}
    ignore: list[Column]

    @property
    def longest_age_hours(self) -> int:
        """`longest_age` in hours; 0 means asked live, never kept."""
        return int(self.longest_age[:-1]) * (24 if self.longest_age[-1] == "d" else 1)

    @property
    def complete_since_date(self) -> date:
        """`complete_since` as a date."""
        return date.fromisoformat(self.complete_since)

    def column(self, field: str) -> str | None:
        """The source column of a standard field, None when the source has none."""
        found = self.fields.get(field)
        return found.column if found else None

    def known_columns(self) -> frozenset[str]:
        """Every source column that the contract names; any other is drift."""
        control = [self.cursor]
        control += [part.column for part in (self.deletes, self.acknowledge) if part]
        return frozenset(
            [*self.key, *(c for c in control if c), *self.details.values(), *self.ignore]
            + [one.column for one in self.fields.values()]
        )


class System(_Part):
    """One business system of a department."""

    code: Code
    name: Text
    department: Text
    level: Literal["municipal", "provincial", "national"]
    contact: Text
    schedule: str | None
    quota: Quota | None = None
    hours: Hours | None = None
    transport: Transport
    streams: Annotated[dict[str, Stream], Key(min_length=1)]

    @property
    def is_lookup(self) -> bool:
        """Whether the system gives no copies and is asked live."""
        return any(one.mode == "lookup" for one in self.streams.values())

    @property
    def kinds(self) -> list[Kind]:
        """The kinds of record it gives, in the order of its streams."""
        return list(dict.fromkeys(one.kind for one in self.streams.values()))
