"""Exchange mode: receivers of other departments are told through the provincial exchange only.

A receiver's address is then the exchange's (`exchange_gateway`), and its last part the service id
under which the department registered its receiver there; each call carries the four headers of the
exchange, signed as those of a source that is asked.
"""

from __future__ import annotations

import re
from typing import Final

from connectors.auth import National
from kernel.errors import BadInput
from kernel.house import House

#: Names of the secrets: our id at the exchange, and what we sign with.
SECRETS: Final = ("EXCHANGE_ID", "EXCHANGE_SECRET")
SERVICE: Final = re.compile(r"s_[0-9A-Z]{18}_[0-9]{1,6}")
REASON: Final = "not_through_exchange"


def asked(house: House, department: str) -> bool:
    """Whether a receiver of this department may be told by the exchange only."""
    on = house.settings.exchange == "gateway"
    return on and department != house.settings.exchange_own


def service_of(house: House, url: str) -> str | None:
    """The receiver's service id; None: the address is not the exchange's."""
    base = house.settings.exchange_gateway.rstrip("/")
    service = url.rsplit("/", 1)[-1]
    mine = bool(base) and url.startswith(base + "/")
    return service if mine and SERVICE.fullmatch(service) else None


def check(house: House, department: str, url: str) -> None:
    """Raise BadInput where a receiver would be told past the exchange."""
    if asked(house, department) and service_of(house, url) is None:
        base = house.settings.exchange_gateway or "its exchange_gateway, which is not set"
        raise BadInput(
            "with exchange = gateway a receiver's address is the provincial exchange's "
            f"({base}) and ends with the service id that is registered there"
        )


def headers(house: House, url: str) -> dict[str, str]:
    """The four headers of the exchange for one call."""
    service = service_of(house, url)
    if service is None:
        raise ValueError("the address was not checked")
    requester, secret = (house.secrets.get(name) for name in SECRETS)
    return National(requester, secret, service, house.clock).headers()
