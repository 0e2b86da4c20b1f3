"""Signed calls of the city's one-window and its app: a case was accepted; a holder wants a code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar

from pydantic import Field

from certs.rights import consents, presences
from certs.rights.consents import Code
from certs.rights.presences import Presence
from kernel.errors import BadInput, Refused
from kernel.house import House
from landing.cases import NewCase, provisional
from ledger import log
from ledger.events import event
from pipeline import gateway, holder_view, signed, window
from pipeline.bodies import Kind, Sent, SentHolder, Short, read
from pipeline.holder_view import HolderEntry
from registry import accounts

NAMES = ("WINDOW_ID", "WINDOW_SECRET")
MOST = 64 * 1024  # bytes of a body


class SentCase(Sent):
    """A case that the one-window has just accepted. `row_id`: the key of its row in its data."""

    row_id: Short
    case_number: Short
    item_code: Short
    post: Short
    applicant_kind: Kind
    applicant_number: Short
    applicant_name: Short


class SentWish(SentHolder):
    """A signed-in holder wants a code to show at the window of a case."""

    case_number: Short
    types: Annotated[list[Short], Field(min_length=1, max_length=20)]
    purpose: Literal["give", "withdraw"]


T = TypeVar("T", bound=Sent)


def case_opened(house: House, headers: Mapping[str, str], body: bytes) -> str:
    """A case opened by the one-window counts at once, and until midnight; its number.

    Raises NotAuthorised, BadInput, SkipRow (the number is malformed), Refused (no such post).
    """
    return opened(house, proved(house, headers, body, SentCase))


def opened(house: House, sent: SentCase) -> str:
    """Store a case that the one-window sent, unless it is here; its number. Raises as above."""
    post = accounts.posts().get(sent.post)
    handled = window.item(house, sent.item_code)
    if post is None or handled is None:
        reason = "item_not_in_catalogue" if post is not None else "post_unknown"
        with house.engine.begin() as conn:
            log.append(conn, event(house.clock(), "case.refused", window.SYSTEM, reason=reason))
        raise Refused("没有这个岗位，或该事项不在已发布的事项目录中。", reason=reason)
    holder = house.holder_hash(sent.applicant_kind, sent.applicant_number)
    new = NewCase(
        key=sent.row_id,
        case_number=sent.case_number,
        item_code=sent.item_code,
        department=post.department,
        post=post.code,
        applicant_kind=sent.applicant_kind,
        applicant_name=sent.applicant_name,
        applicant_number=sent.applicant_number,
        opened=house.clock(),
    )
    if provisional(house, window.SYSTEM, window.STREAM, new):
        about = {"case": sent.case_number, "item": handled.item.item_id, "post": post.code}
        with house.engine.begin() as conn:
            log.append(
                conn,
                event(
                    house.clock(), "case.opened", window.SYSTEM, **about, holder=holder,
                    provisional=True,
                ),
            )  # fmt: skip
    return sent.case_number


def code(house: House, headers: Mapping[str, str], body: bytes) -> Code:
    """A code for a holder who has signed in at the app. Raises NotAuthorised, BadInput, SkipRow."""
    sent = proved(house, headers, body, SentWish)
    holder = house.holder_hash(sent.holder_kind, sent.holder_number)
    with house.engine.begin() as conn:
        return consents.make_code(house, conn, sent.case_number, holder, sent.types, sent.purpose)


def presence(house: House, headers: Mapping[str, str], body: bytes) -> Presence:
    """A signed result of the identity service, for a holder who has signed in at the app.

    Raises NotAuthorised, BadInput, SkipRow, Refused (on record).
    """
    _of_window(house, headers, body)
    with house.engine.begin() as conn:
        made = presences.prove(house, conn, window.SYSTEM, None, body)
    if isinstance(made, Refused):  # its entry was committed
        raise made
    return made


def looks(house: House, headers: Mapping[str, str], body: bytes) -> list[HolderEntry]:
    """Who looked at a holder who has proved with a signed result, made for that, to be there.

    Raises as `presence` does.
    """
    _of_window(house, headers, body)
    with house.engine.begin() as conn:
        holder = presences.prove_holder(house, conn, window.SYSTEM, body)
    if isinstance(holder, Refused):
        raise holder
    return holder_view.of_holder(house, holder)


def _of_window(house: House, headers: Mapping[str, str], body: bytes) -> None:
    """Raise unless the one-window itself sent this just now, and not too much of it."""
    if len(body) > MOST:
        raise BadInput(f"the body is too large: {MOST:,} bytes at most")
    signed.prove(house, window.SYSTEM, NAMES, signed.named(headers), body)
    gateway.check_incoming(house, window.SYSTEM, "window", headers)


def proved(house: House, headers: Mapping[str, str], body: bytes, model: type[T]) -> T:
    """What the one-window sent. The body is read only once its signature is known."""
    _of_window(house, headers, body)
    return read(body, model)
