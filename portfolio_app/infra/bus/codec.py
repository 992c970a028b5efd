"""Events as JSON, between workers, of which some may be of a newer or an older release.

A release may add kinds of events, and fields at the end of one; it takes none away while others run that use them.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import fields as fields_of
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from portfolio_app.app.events import (
    AccountNews,
    AuthorMuted,
    Event,
    EventsMissed,
    HeldChanged,
    MessageReported,
    NotesWanted,
    PresenceChanged,
    QueueChanged,
    RoomChanged,
    RoomPresence,
    RoomsChanged,
    RunEnded,
    RunNoted,
    RunStalled,
    RunStarted,
    SessionRevoked,
    SessionTraced,
    SharedChanged,
    TracesMissed,
)
from portfolio_app.app.ports.runs import Run
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.app.ports.step import Request, Step
from portfolio_app.domain.burst.ledger import Answer
from portfolio_app.domain.burst.plan import Plan
from portfolio_app.domain.chat.message import Author, ClientMessageId, Message, MessageBody, MessageStatus
from portfolio_app.domain.chat.reactions import Reactions
from portfolio_app.domain.chat.room import RoomSlug
from portfolio_app.domain.errors import InvalidValue

_LONGEST_KIND: Final = 40
UNREADABLE: Final = "unreadable"
_EVENTS: Final = frozenset({
    "room", "held", "revoked", "account", "shared", "queue", "reported", "rooms", "muted", "missed",
})  # fmt: skip
_TRACES: Final = frozenset({
    "traced", "started", "noted", "wanted", "stalled", "ended", "present", "traces missed",
})  # fmt: skip
# `asdict` and `astuple` copy deeply, which costs more than the encoding: steps are many.
_STEP_NAMES: Final = [field.name for field in fields_of(Step) if field.name not in ("request", "pills")]
_STEP: Final = attrgetter(*_STEP_NAMES)
_ANSWER: Final = attrgetter(*(field.name for field in fields_of(Answer)))
_PRESENCE: Final = attrgetter(*(field.name for field in fields_of(RoomPresence)))
_REQUEST: Final = attrgetter(*(field.name for field in fields_of(Request)))
_ANSWER_FIELDS: Final = len(fields_of(Answer))
_REQUEST_FIELDS: Final = len(fields_of(Request))
_PLAN_FIELDS: Final = len(fields_of(Plan))
_AUTHOR_FIELDS: Final = len(fields_of(Author))


def encode(events: Iterable[Event]) -> str:
    """One JSON text for all `events`."""
    return json.dumps([_fields(event) for event in events], ensure_ascii=False, separators=(",", ":"))


def decode(text: str | bytes, unread: Callable[[str], None]) -> list[Event]:
    """The events of a text that `encode` made, in any release. Raises `ValueError` for any other text.

    An event of an unknown kind is left out: this release shows nothing of it. An event of a known kind that can't be
    decoded becomes one that says something was missed, so that the worker reads again. `unread` gets the kind of each.
    """
    found = json.loads(text)
    if not isinstance(found, list) or not all(isinstance(fields, list) for fields in found):
        raise ValueError("not a list of events")
    return [event for fields in found if (event := _read(fields, unread)) is not None]


def _read(fields: list[Any], unread: Callable[[str], None]) -> Event | None:
    kind = fields[0] if fields and isinstance(fields[0], str) else ""
    try:
        return _event(fields)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, InvalidValue):
        unread(kind[:_LONGEST_KIND])
        if kind in _EVENTS:
            return EventsMissed(UNREADABLE)
        return TracesMissed() if kind in _TRACES else None


def _fields(event: Event) -> list[object]:  # noqa: C901, PLR0911, PLR0912 - one for each event
    match event:
        case RoomChanged(room, messages, request_ids):
            return ["room", room, [_message_fields(message) for message in messages], request_ids]
        case HeldChanged(session_id, message, request_id):
            return ["held", session_id, _message_fields(message), request_id]
        case SessionRevoked(session_id, replaced):
            return ["revoked", session_id, replaced]
        case AccountNews(session_ids, what, about, username):
            return ["account", session_ids, str(what), about, username]
        case SessionTraced(session_id, steps):
            return ["traced", session_id, list(map(_step_fields, steps))]
        case RunStarted(run):
            return ["started", *_run_fields(run)]
        case RunNoted(run, origin, received, answers, span):
            return ["noted", run, origin, received, list(map(_ANSWER, answers)), span]
        case NotesWanted(origin):
            return ["wanted", origin]
        case RunStalled(run):
            return ["stalled", run]
        case RunEnded(run):
            return ["ended", run]
        case SharedChanged(topic, revision, value, request_id):
            return ["shared", topic, revision, value, request_id]
        case QueueChanged():
            return ["queue"]
        case MessageReported(message, request_id):
            return ["reported", _message_fields(message), request_id]
        case RoomsChanged():
            return ["rooms"]
        case AuthorMuted(author):
            return ["muted", author]
        case PresenceChanged(worker, rooms):
            return ["present", worker, [list(_PRESENCE(room)) for room in rooms]]
        case EventsMissed(reason):
            return ["missed", reason]
        case TracesMissed():
            return ["traces missed"]


def _event(fields: list[Any]) -> Event:  # noqa: C901, PLR0911, PLR0912 - one for each event
    match fields:
        case ["room", str(room), messages, request_ids, *_]:
            return RoomChanged(room, tuple(map(_message, messages)), tuple(request_ids))
        case ["held", session_id, message, request_id, *_]:
            return HeldChanged(session_id, _message(message), request_id)
        case ["revoked", session_id, replaced, *_]:
            return SessionRevoked(session_id, replaced)
        case ["account", session_ids, str(what), str(about), str(username), *_]:
            known = SecurityEvent(what) if what in set(SecurityEvent) else what
            return AccountNews(tuple(session_ids), known, about, username)
        case ["traced", session_id, steps, *_]:
            return SessionTraced(session_id, tuple(map(_step, steps)))
        case ["started", *run]:
            return RunStarted(_run(run))
        case ["noted", run, origin, received, answers, span, *_]:
            noted = tuple((request_id, n) for request_id, n, *_ in received)
            seen = tuple(Answer(*fields[:_ANSWER_FIELDS]) for fields in answers)
            return RunNoted(run, origin, noted, seen, None if span is None else (span[0], span[1]))
        case ["wanted", str(origin), *_]:
            return NotesWanted(origin)
        case ["stalled", run, *_]:
            return RunStalled(run)
        case ["ended", run, *_]:
            return RunEnded(run)
        case ["shared", topic, revision, value, request_id, *_]:
            return SharedChanged(topic, revision, value, request_id)
        case ["queue", *_]:
            return QueueChanged()
        case ["reported", message, request_id, *_]:
            return MessageReported(_message(message), request_id)
        case ["rooms", *_]:
            return RoomsChanged()
        case ["muted", str(author), *_]:
            return AuthorMuted(author)
        case ["present", str(worker), rooms, *_]:
            return PresenceChanged(worker, tuple(map(_presence, rooms)))
        case ["missed", str(reason), *_]:
            return EventsMissed(reason)
        case ["traces missed", *_]:
            return TracesMissed()
        case _:
            raise ValueError


def _presence(fields: list[Any]) -> RoomPresence:
    room, members, guests, more, typing, *_ = fields
    return RoomPresence(room, tuple(members), tuple(guests), more, tuple(typing))


def _step_fields(step: Step) -> list[object]:
    request = None if step.request is None else _REQUEST(step.request)
    return [request, step.pills, *_STEP(step)]


def _step(fields: list[Any]) -> Step:
    request, pills, *rest = fields
    step = dict(zip(_STEP_NAMES, rest, strict=False))
    named = tuple((name, value) for name, value, *_ in pills)
    asked = None if request is None else Request(*request[:_REQUEST_FIELDS])
    return Step(**step, pills=named, request=asked)


def _run_fields(run: Run) -> list[object]:
    plan = [run.plan.size.value, run.plan.workers.value, run.plan.mode.value]
    times = [run.started_at.isoformat(), run.expires_at.isoformat()]
    return [run.id, run.session_id, run.ticket_hash, plan, *times]


def _run(fields: list[Any]) -> Run:
    run_id, session_id, ticket_hash, plan, started_at, expires_at, *_ = fields
    times = map(datetime.fromisoformat, (started_at, expires_at))
    return Run(run_id, session_id, ticket_hash, Plan.parse(*plan[:_PLAN_FIELDS]), *times)


def _message_fields(message: Message) -> dict[str, object]:
    author = message.author
    return {
        "id": message.id,
        "room": message.room.value,
        "client_id": message.client_id.value,
        "author": [author.name, author.tag, author.session_id, author.user_id],
        "body": message.body.value,
        "status": message.status.value,
        "posted_at": message.posted_at.isoformat(),
        "revision": message.revision,
        "position": message.position,
        "approved_at": message.approved_at and message.approved_at.isoformat(),
        "edited_at": message.edited_at and message.edited_at.isoformat(),
        "reply_to": message.reply_to,
        "stub": message.stub,
        "reactions": str(message.reactions),
    }


def _message(fields: dict[str, Any]) -> Message:
    return Message(
        id=fields["id"],
        room=RoomSlug(fields["room"]),
        client_id=ClientMessageId.stored(fields["client_id"]),
        author=Author(*fields["author"][:_AUTHOR_FIELDS]),
        body=MessageBody.stored(fields["body"]),
        status=MessageStatus.stored(fields["status"]),
        posted_at=datetime.fromisoformat(fields["posted_at"]),
        revision=fields["revision"],
        position=fields["position"],
        approved_at=fields["approved_at"] and datetime.fromisoformat(fields["approved_at"]),
        edited_at=fields["edited_at"] and datetime.fromisoformat(fields["edited_at"]),
        reply_to=fields["reply_to"],
        stub=fields["stub"],
        reactions=Reactions.parse(fields["reactions"]),
    )
