"""A source's certificate: whom we believe, and why one was not accepted."""

from __future__ import annotations

import os
import ssl
from typing import Final

#: OpenSSL's codes (X509_V_ERR_…) that a person can do something about.
REASONS: Final = {
    9: "it is not valid yet",
    10: "it has expired",
    18: "nobody known here has signed it",
    19: "nobody known here has signed it",
    20: "nobody known here has signed it",
    62: "it is another server's",
    64: "it is another server's",
}
#: How deep requests and urllib3 wrap what OpenSSL said.
DEEP: Final = 6


def believed() -> str | bool:
    """The file of authorities in SSL_CERT_FILE (the object store's client reads it too), where a
    city has its own; True: those that come with requests."""
    return os.environ.get("SSL_CERT_FILE") or True


def not_accepted(error: BaseException) -> str | None:
    """Why the server's certificate was not accepted; None where the error is another one."""
    one: object = error
    for _ in range(DEEP):
        if isinstance(one, ssl.SSLCertVerificationError):
            return REASONS.get(one.verify_code, "it cannot be verified")
        inner = getattr(one, "reason", None) or next(iter(getattr(one, "args", ())), None)
        one = inner if isinstance(inner, BaseException) else None
    return None
