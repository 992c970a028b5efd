"""One message at each typed hand-off on its way through the layers, as its author's browser gets it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from portfolio_app.app.chat.post_message import PostCommand
from portfolio_app.app.ports.messages import StoredMessage
from portfolio_app.domain.chat.message import Message
from portfolio_app.http.dto.chat import PostDTO
from portfolio_app.http.dto.parsing import parse
from portfolio_app.http.places import line_with
from portfolio_app.http.views.times import moment

_LONGEST: Final = 160
_SHOWN_OF_ID: Final = 4
_HIDDEN: Final = frozenset({"session_id"})


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


def handoffs(latest: StoredMessage) -> tuple[HandoffView, ...]:
    """DTO -> command -> domain -> SQL row: the first two are made anew from what was stored."""
    message = latest.message
    dto = parse(PostDTO, {"client_id": str(message.client_id), "body": str(message.body)})
    command = PostCommand(str(message.room), dto.client_id, dto.body)
    return (
        _handoff("DTO", "http/dto/chat.py", "PostDTO", dto.model_dump()),
        _handoff("Command", "app/chat/post_message.py", "PostCommand", _slots(command)),
        _handoff("Domain", "domain/chat/message.py", "Message", _domain(message)),
        _handoff("SQL row", "infra/db/tables.py", "MessageRow", latest.row),
    )


def _handoff(kind: str, file: str, name: str, values: Mapping[str, object]) -> HandoffView:
    # Dataclasses and tables alike: the line that begins with the name.
    place = line_with(file, f"class {name}(" if _has_base(name) else f"class {name}:")
    fields = tuple(FieldView(key, _shown(key, value)) for key, value in values.items())
    return HandoffView(kind, name, place.layer, str(place), fields)


def _has_base(name: str) -> bool:
    return name.endswith(("DTO", "Row"))


def _slots(value: PostCommand) -> dict[str, object]:
    return {"room": value.room, "client_id": value.client_id, "body": value.body}


def _domain(message: Message) -> dict[str, object]:
    return {
        "room": message.room,
        "client_id": message.client_id,
        "author": message.author.name,
        "body": message.body,
        "status": message.status,
        "posted_at": message.posted_at,
        "revision": message.revision,
    }


def _shown(key: str, value: object) -> str:
    if value is None:
        return "NULL"
    text = moment(value) if isinstance(value, datetime) else str(value)
    if key in _HIDDEN:
        return f"{text[:_SHOWN_OF_ID]}\u2026"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\u2026"
