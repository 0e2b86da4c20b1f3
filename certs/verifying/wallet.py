"""The verdict on a licence as a wallet shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from certs.seals.trust import Trust
from certs.verifying.verdict import Verdict
from certs.wallet import opening

KIND: Final = "licence"


def is_credential(data: bytes) -> bool:
    """Whether the bytes begin as an SD-JWT does: base64url of `{"`, and a part's end."""
    return data.lstrip()[:3] == b"eyJ" and b"~" in data


def verify_credential(data: bytes, trust: Trust, now: datetime) -> Verdict:
    """The verdict on an SD-JWT VC. A revocation after it was issued is not in it: `about` has its
    place in a status list (status_list, status_index), for whoever can look there."""
    try:
        opened = opening.verify(data.decode("ascii"), trust.seal_keys, now)
    except opening.Stranger:
        return Verdict(None, "unknown_issuer", False, KIND, "凭证的签名不是已知机构的。")
    except opening.Changed:
        return Verdict(False, "changed", True, KIND, "凭证内容与签发时不一致，已被改动。")
    except ValueError:
        return Verdict(None, "unreadable", None, "unknown", "不是本平台的证照凭证，或内容不完整。")
    about = {"standing": opened.standing}
    if isinstance(opened.fields.get("ZZMC"), str):
        about["licence_type"] = opened.fields["ZZMC"]
    if opened.place is not None:
        about |= {"status_list": opened.place[0], "status_index": str(opened.place[1])}
    if now >= opened.ends:
        reason = "内容未被改动，但凭证已过有效期，请持证人重新领取。"
        return Verdict(True, "expired", True, KIND, reason, about)
    return Verdict(True, "valid", True, KIND, None, about)
