"""The pushing system: it sends to the portal; we only ask it to send now."""

from __future__ import annotations

from collections.abc import Callable

from connectors.auth import make_auth
from connectors.envelopes import parse_json
from connectors.http import Http
from connectors.pace import pace_of
from connectors.protocol import Client
from connectors.retry import Patience
from kernel.clock import Clock
from kernel.secrets import Secrets
from registry.contract import PushTransport, System

#: The source sends while we wait.
SECONDS = 300.0
PATH = "/push-now"


class PushClient(Client):
    """One pushing system. `ingest`: the portal's address for pushed batches."""

    def __init__(
        self,
        system: System,
        transport: PushTransport,
        secrets: Secrets,
        clock: Clock,
        ingest: str,
    ) -> None:
        super().__init__(system)
        self.to = f"{ingest.rstrip('/')}/{system.code}"
        self.http = Http(system.code, secrets.get(transport.address), clock, Patience(), SECONDS)
        self.http.pace = pace_of(transport.rate)
        self.http.auth = make_auth(transport.auth, secrets, clock, self.http.ask_token)

    def metered(self, spend: Callable[[], None]) -> bool:
        """Every request to the system is counted; what it pushes is its own affair."""
        self.http.spend = spend
        return True

    def check(self) -> None:
        """Ask how much is pending; nothing is sent."""
        self.http.call("GET", PATH, _count("pending"))

    def push_now(self, full: bool = False) -> int:
        """Ask it to send what is pending, or everything; rows sent, once the platform has them."""
        body = {"full": full, "to": self.to}
        return self.http.call("POST", PATH, _count("pushed"), None, body)

    def close(self) -> None:
        """End connections."""
        self.http.close()


def _count(name: str) -> Callable[[bytes], int]:
    def parse(content: bytes) -> int:
        answer = parse_json(content)
        if not isinstance(answer, dict) or name not in answer:
            raise ValueError(f"no {name}")
        return int(answer[name])

    return parse
