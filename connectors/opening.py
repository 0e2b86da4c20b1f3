"""Choosing the client of a transport. A client's libraries are imported when it is opened."""

from __future__ import annotations

from connectors.protocol import Connector
from kernel.clock import Clock
from kernel.secrets import Secrets
from registry.contract import (
    ExchangeTransport,
    FilesTransport,
    PushTransport,
    RestTransport,
    SingerTransport,
    SoapTransport,
    SqlTransport,
    System,
)

INGEST = "http://127.0.0.1:8600/api/v1/ingest"


def open_connector(
    system: System, secrets: Secrets, clock: Clock, ingest: str = INGEST
) -> Connector:
    """The client of one system. Reads its address and secrets; connects at first use.

    `ingest`: the portal's address for pushed batches, without the system's code. Raises
    PersonMustAct naming a secret that is not set.
    """
    transport = system.transport
    match transport:
        case RestTransport():
            from connectors.rest import RestClient

            return RestClient(system, transport, secrets, clock)
        case SoapTransport():
            from connectors.soap import SoapClient

            return SoapClient(system, transport, secrets, clock)
        case SqlTransport():
            from connectors.sql import SqlClient

            return SqlClient(system, transport, secrets)
        case ExchangeTransport():
            from connectors.exchange import ExchangeClient

            return ExchangeClient(system, transport, secrets)
        case FilesTransport() | SingerTransport():
            return _here(system, transport, secrets)
        case PushTransport():
            from connectors.push import PushClient

            return PushClient(system, transport, secrets, clock, ingest)


def _here(
    system: System, transport: FilesTransport | SingerTransport, secrets: Secrets
) -> Connector:
    """What reads on this machine: files that are copied here, a tap that runs here."""
    if isinstance(transport, SingerTransport):
        from connectors.singer import SingerClient

        return SingerClient(system, transport, secrets)
    from connectors.files import FilesClient

    return FilesClient(system, transport, secrets)
