"""Events that workers tell each other: of use cases after their transaction is committed, of tracing as it happens."""

from dataclasses import dataclass

from portfolio_app.app.ports.runs import Run
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.app.ports.step import Step
from portfolio_app.domain.burst.ledger import Answer
from portfolio_app.domain.chat.message import Message


@dataclass(frozen=True, slots=True)
class RoomChanged:
    """Visible changes of one room, in the order of their revisions, each with the request that made it."""

    room: str
    messages: tuple[Message, ...]
    request_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldChanged:
    """A message that only its author sees: held back, or removed before anyone saw it.

    `session_id` is that of the tab it came from.
    """

    session_id: str
    message: Message
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class QueueChanged:
    """The moderation queue or the audit trail has changed."""


@dataclass(frozen=True, slots=True)
class MessageReported:
    """A visitor has reported a message that others see."""

    message: Message
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class RoomsChanged:
    """The list of rooms has changed: one was made, renamed, moved, archived or opened again."""


@dataclass(frozen=True, slots=True)
class AuthorMuted:
    """A moderator has muted, banned or unmuted the author with this key."""

    author: str


@dataclass(frozen=True, slots=True)
class RoomPresence:
    """The readers of a room on one worker: members by name, guests by the beginning of their session's id.

    `more` counts those that are neither among `members` nor `guests`. `typing` are labels of some who write just now.
    """

    room: str
    members: tuple[str, ...] = ()
    guests: tuple[str, ...] = ()
    more: int = 0
    typing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PresenceChanged:
    """The presence on a worker, room by room; it replaces what that one published before, and expires by itself."""

    worker: str
    rooms: tuple[RoomPresence, ...]


@dataclass(frozen=True, slots=True)
class SessionRevoked:
    """A session was ended; its sockets must go.

    `replaced` says that its browser is just being given the cookie of another one, by signing in or out.
    """

    session_id: str
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class AccountNews:
    """News of an account, for its other sessions to show; `about` names browser and network.

    `username` is the account's name, if that is what has changed: then for the session as well in which it did.
    """

    session_ids: tuple[str, ...]
    event: SecurityEvent | str
    about: str
    username: str = ""


@dataclass(frozen=True, slots=True)
class SessionTraced:
    """Steps that a worker took for a session, whose tabs may be on any worker."""

    session_id: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run is under way; its requests may come to any worker."""

    run: Run


@dataclass(frozen=True, slots=True)
class RunNoted:
    """The notes of worker `origin` on a run since it last published: request ids with numbers, and answers.

    `span` is when it received the first and the last request of the run, if any, in microseconds.
    """

    run: str
    origin: str
    received: tuple[tuple[str, int], ...]
    answers: tuple[Answer, ...] = ()
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class NotesWanted:
    """Worker `origin` may lack notes of the runs under way: the others publish all that they have, once more."""

    origin: str


@dataclass(frozen=True, slots=True)
class RunStalled:
    """The requests of a run wait for a moment, from now on."""

    run: str


@dataclass(frozen=True, slots=True)
class RunEnded:
    """A run is finished or given up; nobody needs what they noted of it."""

    run: str


@dataclass(frozen=True, slots=True)
class EventsMissed:
    """Events of other workers, or of a commit without an answer, may be lost, for `reason`.

    What they said has to be read from the database.
    """

    reason: str = ""


@dataclass(frozen=True, slots=True)
class TracesMissed:
    """Steps that other workers took are lost: they are stored nowhere."""


@dataclass(frozen=True, slots=True)
class SharedChanged:
    """A value that all visitors see has changed; `value` is JSON, a higher `revision` is newer."""

    topic: str
    revision: int
    value: str
    request_id: str = ""


Event = (
    RoomChanged
    | HeldChanged
    | QueueChanged
    | MessageReported
    | RoomsChanged
    | AuthorMuted
    | PresenceChanged
    | SessionRevoked
    | AccountNews
    | SessionTraced
    | RunStarted
    | RunNoted
    | NotesWanted
    | RunStalled
    | RunEnded
    | EventsMissed
    | TracesMissed
    | SharedChanged
)
