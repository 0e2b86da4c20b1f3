"""English of wallets."""

from __future__ import annotations

WALLET: dict[str, str] = {
    "wallet.title": "Take a licence into a wallet",
    "wallet.about": "{name}: in the wallet you show only the fields that are needed.",
    "wallet.scan": "Scan the code with a wallet that knows OpenID4VCI.",
    "wallet.pin": "Enter the six digits that the city's app shows. Tell them to nobody.",
    "wallet.code": "QR code of the offer",
    "wallet.open": "The wallet is on this phone: open it",
    "wallet.ends": "Good until",
    "wallet.over": "There is no such offer, or it was used or is over. Take it anew in the "
    "city's app.",
}
