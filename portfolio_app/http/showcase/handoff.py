"""One message at each typed hand-off on its way through the layers, as its author's browser gets it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from portfolio_app.app.chat.post_message import PostCommand
from portfolio_app.app.ports.messages import StoredMessage
from portfolio_app.domain.chat.message import Message
from portfolio_app.http.chat import SESSIONS_KEPT, Posted
from portfolio_app.http.content.source import Symbol, find
from portfolio_app.words import moment, t

_LONGEST: Final = 160
_SHOWN_OF_ID: Final = 4
_HIDDEN: Final = frozenset({"session_id"})
_TYPED: Final = frozenset({"body"})

KEPT: Final = t(
    "Your session's last post, in request {id}: the objects as they were, and the row as it is now."
)
NOT_KEPT: Final = t(
    "Read back from the database. This process holds no copy of what your browser sent: it has restarted since, "
    "another worker got it, or {n} later visitors took its place.",
    n=SESSIONS_KEPT,
)


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field and its value as text."""

    k: str
    v: str


@dataclass(frozen=True, slots=True)
class HandoffView:
    """One type on the way: what it is called, whose layer it is, where it is defined, what it holds."""

    kind: str
    name: str
    layer: str
    where: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class HandoffsView:
    """The types in the order of the way, and where their values come from."""

    source: str
    types: tuple[HandoffView, ...]


NONE: Final = HandoffsView("", ())


def handoffs(latest: StoredMessage, posted: Posted | None) -> HandoffsView:
    """DTO -> command -> domain -> SQL row; without `posted`, what the database knows: the last two."""
    row = _handoff(t("SQL row"), "infra/db/tables/chat.py", "MessageRow", latest.row)
    if posted is None:
        return HandoffsView(NOT_KEPT, (_domain(latest.message), row))
    dto, command = posted.dto.model_dump(), _slots(posted.command)
    types = (
        _handoff("DTO", "http/chat/state.py", "PostDTO", dto),
        _handoff(t("Command"), "app/chat/post_message.py", "PostCommand", command),
        _domain(posted.message),
        row,
    )
    return HandoffsView(KEPT.format(id=posted.request_id), types)


def _handoff(kind: str, file: str, name: str, values: Mapping[str, object]) -> HandoffView:
    place = find(Symbol(f"portfolio_app/{file}", name))
    fields = tuple(FieldView(key, _shown(key, value)) for key, value in values.items())
    return HandoffView(kind, name, place.layer, str(place), fields)


def _slots(value: PostCommand) -> dict[str, object]:
    return {"room": value.room, "client_id": value.client_id, "body": value.body}


def _domain(message: Message) -> HandoffView:
    values = {
        "room": message.room,
        "client_id": message.client_id,
        "author": message.author.name,
        "body": message.body,
        "status": message.status,
        "posted_at": message.posted_at,
        "revision": message.revision,
    }
    return _handoff(t("Domain"), "domain/chat/message.py", Message.__name__, values)


def _shown(key: str, value: object) -> str:
    if value is None:
        return "NULL"
    text = moment(value) if isinstance(value, datetime) else str(value)
    if key in _HIDDEN:
        return f"{text[:_SHOWN_OF_ID]}\u2026"
    if key in _TYPED:
        # As a literal: spaces at its ends, line breaks and invisible characters are what the layers differ in.
        text = repr(text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\u2026"
