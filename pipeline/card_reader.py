"""Where the page finds the card reader of the machine that it is shown on."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.house import House


@dataclass(frozen=True)
class CardReader:
    """`address`: its origin on loopback, the same on every clerk's machine; `token`: what the page
    shows it."""

    address: str
    token: str


def card_reader(house: House) -> CardReader | None:
    """The reader's bridge; None where `reader_url` is not set. Raises PersonMustAct when its token
    is nowhere."""
    address = house.settings.reader_url
    return CardReader(address, house.secrets.get("READER_TOKEN")) if address else None
