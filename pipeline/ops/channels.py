"""Where alarms are told: `alerts.yml` in the state folder, read strictly.

A channel's address and secret are names of secrets: a robot's address holds its token. Nobody is
named by a personal number; a mail goes to a box of a duty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kernel.errors import BadContract, BadInput
from kernel.house import House
from pipeline.ops.troubles import KINDS
from registry.reading import Document, Problem

FILE: Final = "alerts.yml"
Secret = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{2,59}$")]
#: A box, without a long number: those of mobile numbers are a person's.
BOX: Final = re.compile(r"(?!.*\d{7})[A-Za-z0-9._+-]{1,60}@[A-Za-z0-9.-]{1,100}")


class Part(BaseModel):
    """A channel. `alarms`: the kinds that it is told; none: all."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    alarms: list[str] = []


class Webhook(Part):
    """A receiver of our own signed form (Standard Webhooks)."""

    kind: Literal["webhook"]
    address: Secret
    secret: Secret


class Robot(Part):
    """A robot of a work chat. `secret`: signs, where the robot asks for it; WeCom's never does."""

    kind: Literal["dingtalk", "feishu"]
    address: Secret
    secret: Secret | None = None


class WeCom(Part):
    """A robot of WeCom: its address is its only secret."""

    kind: Literal["wecom"]
    address: Secret


class Mail(Part):
    """A mail server `smtp://user:password@host:port`; smtps is TLS from the start.

    `starttls`: over smtp, TLS must begin before anything is said.
    """

    model_config = ConfigDict(populate_by_name=True)

    kind: Literal["mail"]
    address: Secret
    sender: str = Field(alias="from")
    to: Annotated[list[str], Field(min_length=1, max_length=20)]
    starttls: bool = False


Channel = Webhook | Robot | WeCom | Mail
TYPES: Final[Mapping[str, type[Channel]]] = {
    "webhook": Webhook,
    "dingtalk": Robot,
    "feishu": Robot,
    "wecom": WeCom,
    "mail": Mail,
}


def load(house: House) -> dict[str, Channel]:
    """Every channel by its name; none without the file. Raises BadContract: a line a problem."""
    file = house.settings.home / FILE
    if not file.is_file():
        return {}
    document = Document(file, frozenset({"int", "bool"})).read()
    document.refuse(document.problems)
    data = document.data
    document.refuse(
        [Problem((key,), "the only key here is channels") for key in set(data) - {"channels"}]
    )
    named = data.get("channels")
    if not isinstance(named, dict):
        document.refuse([Problem(("channels",), "name the channels under this key")])
        return {}
    found, wrong = {}, []
    for name, values in named.items():
        made = _channel(name, values)
        if isinstance(made, list):
            wrong += made
        else:
            found[name] = made
    document.refuse(wrong)
    return found


def known(house: House) -> tuple[dict[str, Channel], str]:
    """The channels, and what is wrong with the file; for a page that must stand all the same."""
    try:
        return load(house), ""
    except BadContract as error:
        return {}, str(error)


def one(house: House, name: str) -> Channel:
    """The channel of that name. Raises BadInput."""
    found = load(house)
    if name not in found:
        raise BadInput(f"no channel {name} in {FILE}; there are {', '.join(found) or 'none'}")
    return found[name]


def _channel(name: str, values: object) -> Channel | list[Problem]:
    here = ("channels", name)
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,30}", name):
        return [Problem(here, "a channel's name is like duty_group: small letters, digits, _")]
    kind = values.get("kind") if isinstance(values, dict) else None
    if not isinstance(kind, str) or kind not in TYPES:
        return [Problem((*here, "kind"), f"allowed are {', '.join(TYPES)}")]
    try:
        made = TYPES[kind].model_validate(values)
    except ValidationError as error:
        return [Problem((*here, *one["loc"]), _said(one["type"])) for one in error.errors()]
    return [Problem((*here, *path), text) for path, text in _rules(made)] or made


def _said(kind: str) -> str:
    said = {
        "missing": "this key must be there",
        "extra_forbidden": "this key is not known",
        "string_pattern_mismatch": "write the name of a secret, like ALERTS_GROUP_URL",
    }
    return said.get(kind, "this value is not allowed here")


def _rules(made: Channel) -> list[tuple[tuple[str, ...], str]]:
    wrong: list[tuple[tuple[str, ...], str]] = [
        (("alarms",), f"no alarm {kind}; allowed are {', '.join(KINDS)}")
        for kind in made.alarms
        if kind not in KINDS
    ]
    if isinstance(made, Mail):
        text = "write a box of a duty like ops@example.gov.cn, without a person's number"
        wrong += [(("to",), text) for box in made.to if not BOX.fullmatch(box)]
        wrong += [] if BOX.fullmatch(made.sender) else [(("from",), text)]
    return wrong
