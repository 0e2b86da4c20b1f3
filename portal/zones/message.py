"""What crosses between the zones: an ask and its answer, sealed, each bound to its id and way.

A message is a line of JSON and the body's bytes, encrypted and authenticated (AES-256-GCM, or
SM4-GCM) under a key of its direction, derived from the one key that both zones hold.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from kernel.crypto import decrypt, derive, encrypt
from kernel.errors import BadInput, Stop

Way = Literal["ask", "answer"]
NAME: Final = re.compile(r"([0-9a-f]{32})\.(ask|answer)")
KEY: Final = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")
#: What may be asked from outside; all else does not cross.
OPEN: Final = (
    ("GET", re.compile(r"/verify(/[A-Za-z0-9-]{1,64})?")),
    ("POST", re.compile(r"/verify")),
    ("GET", re.compile(r"/my(/[A-Za-z0-9/_-]{1,120})?")),
    ("POST", re.compile(r"/my/[A-Za-z0-9/_-]{1,120}")),
    ("GET", re.compile(r"/language/(zh|en)")),
)
#: What a browser says that the pages need.
ASKED: Final = frozenset({"accept", "content-type", "cookie", "x-form-token"})
#: Cookies of the public pages. A session of staff is not among them.
COOKIES: Final = frozenset({"zhongtai_visit", "zhongtai_form", "zhongtai_language"})


@dataclass(frozen=True)
class Ask:
    """One request. `made`: seconds since 1970, when it was made outside."""

    id: str
    made: float
    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def once(self) -> bool:
        """Whether to do it twice would be wrong."""
        return self.method != "GET"


@dataclass(frozen=True)
class Answer:
    """The answer to the ask of that id."""

    id: str
    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""


def new_id() -> str:
    """An id that nobody guesses; it names the files."""
    return secrets.token_hex(16)


def is_open(method: str, path: str) -> bool:
    """Whether that may be asked from outside."""
    return any(method == one and form.fullmatch(path) for one, form in OPEN)


def key_of(text: str) -> bytes:
    """The zones' key out of its secret. Raises BadInput."""
    if not KEY.fullmatch(text.strip()):
        raise BadInput(
            "the secret ZONE_KEY is 64 hex digits (32 in the gm profile): "
            "`openssl rand -hex 32` makes one"
        )
    return bytes.fromhex(text.strip())


def seal_ask(key: bytes, ask: Ask) -> bytes:
    """As it crosses."""
    head = {
        "made": ask.made, "method": ask.method, "path": ask.path, "query": ask.query,
        "headers": ask.headers,
    }  # fmt: skip
    return _seal(key, "ask", ask.id, head, ask.body)


def open_ask(key: bytes, mark: str, sealed: bytes) -> Ask:
    """Raises Stop where it was not made under this key for this id, or was changed."""
    head, body = _open(key, "ask", mark, sealed)
    return Ask(
        mark, head["made"], head["method"], head["path"], head["query"], head["headers"], body
    )


def seal_answer(key: bytes, answer: Answer) -> bytes:
    """As it crosses."""
    head = {"status": answer.status, "headers": answer.headers}
    return _seal(key, "answer", answer.id, head, answer.body)


def open_answer(key: bytes, mark: str, sealed: bytes) -> Answer:
    """Raises Stop where it was not made under this key for this id, or was changed."""
    head, body = _open(key, "answer", mark, sealed)
    return Answer(mark, head["status"], [(name, value) for name, value in head["headers"]], body)


def _seal(key: bytes, way: Way, mark: str, head: dict[str, Any], body: bytes) -> bytes:
    line = json.dumps(head, ensure_ascii=True).encode()
    return encrypt(derive(key, "zones", way), line + b"\n" + body, f"zones/{way}/{mark}")


def _open(key: bytes, way: Way, mark: str, sealed: bytes) -> tuple[dict[str, Any], bytes]:
    plain = decrypt(derive(key, "zones", way), sealed, f"zones/{way}/{mark}")
    line, _, body = plain.partition(b"\n")
    try:
        return dict(json.loads(line)), body
    except ValueError as error:
        raise Stop("a message that opens is none of ours") from error
