"""Exchange mode: every cross-department call rides the provincial exchange (`exchange` = gateway).

Incoming, whether a calling system's, the one-window's or a push: the exchange's four headers must
stand on the call, signed with the secret that the exchange shares with us, for the service id under
which the operation is registered there, fresh, and not seen before but by calls of the same
millisecond.
Outgoing: a source that is called, and not by the exchange, is not.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from connectors.signatures import national_signature
from kernel.errors import PersonMustAct, Refused
from kernel.house import House
from landing import pushed
from ledger import log
from ledger.events import event
from pipeline.signed import LONGEST, SKEW
from registry import exchange_services
from registry.applied import read
from registry.contract import NationalAuth, RestTransport, SoapTransport, System

REQUESTER, SERVICE = "gjgxjhpt_rid", "gjgxjhpt_sid"
AT, SIGN = "gjgxjhpt_rtime", "gjgxjhpt_sign"
#: Names of the secrets: our id at the exchange, and what it signs with.
SECRETS = ("EXCHANGE_ID", "EXCHANGE_SECRET")
REASON = "not_through_exchange"
#: The exchange signs id, service and millisecond, no nonce: so many calls of one caller and service
#: may fall into one. The caller's own nonce is taken once all the same.
SAME_MOMENT = 8
SENTENCE = "本市跨部门调用须经省数据共享交换平台，不接受直接调用。"


def on(house: House) -> bool:
    """Whether this installation takes and makes cross-department calls by the exchange only."""
    return house.settings.exchange == "gateway"


def wrong(house: House, caller: str, operation: str, headers: Mapping[str, str]) -> str | None:
    """Why a call that came in may not go on: the reason code, or None. `caller`: whose nonces."""
    if not on(house):
        return None
    given = {name.lower(): value for name, value in headers.items()}
    if any(not 0 < len(given.get(one, "")) <= LONGEST for one in (REQUESTER, SERVICE, AT, SIGN)):
        return REASON
    if not _signed(house, operation, given):
        return REASON
    return None if _fresh(house, caller, given[SIGN]) else REASON


def _fresh(house: House, caller: str, sign: str) -> bool:
    """Whether the exchange's signature may stand on one more call of this caller; now it does."""
    return any(
        pushed.take_nonce(house, f"exchange/{caller}", f"{sign}/{number}", 2 * SKEW)
        for number in range(SAME_MOMENT)
    )


def _signed(house: House, operation: str, given: Mapping[str, str]) -> bool:
    service = exchange_services.load().get(operation)
    at = given[AT]
    if service != given[SERVICE] or not (at.isascii() and at.isdigit()):
        return False
    if abs(house.clock().timestamp() - int(at) / 1000) > SKEW.total_seconds():
        return False
    known = hmac.compare_digest(given[REQUESTER].encode(), house.secrets.get(SECRETS[0]).encode())
    wanted = national_signature(house.secrets.get(SECRETS[1]), service, given[REQUESTER], at)
    return known and hmac.compare_digest(wanted.encode(), given[SIGN].encode())


def check_incoming(house: House, code: str, operation: str, headers: Mapping[str, str]) -> None:
    """Raise Refused, on record, where a system of another department called past the exchange.

    For calls whose own signature is known to be good: nobody else fills the ledger.
    """
    system = read(house.settings.home).get(code) if on(house) else None
    if system is not None and system.department == house.settings.exchange_own:
        return
    reason = wrong(house, code, operation, headers)
    if reason is not None:
        with house.engine.begin() as conn:
            log.append(conn, event(house.clock(), "right.refused", code, reason=reason))
        raise Refused(SENTENCE, reason=reason)


def past_it(house: House, system: System) -> bool:
    """Whether a source would be called past the exchange.

    Files, drops and tables that a department puts at the border are handed over, not called; the
    systems of the department that runs the platform are no other department's.
    """
    way = system.transport
    if not on(house) or not isinstance(way, RestTransport | SoapTransport):
        return False
    own = system.department == house.settings.exchange_own
    return not own and not isinstance(way.auth, NationalAuth)


def check_outgoing(house: House, system: System) -> None:
    """Raise PersonMustAct where a source would be called past the exchange."""
    if past_it(house, system):
        raise PersonMustAct(
            f"{system.code}: with exchange = gateway other departments are called through the "
            "provincial exchange only: register the service there and set its auth to national",
            system=system.code,
            reason=REASON,
        )
