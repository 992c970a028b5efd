"""What authors asked for, message by message, and what may have come of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.chaos.history import Entry, Fail, Invoke, Ok


@dataclass
class Request:
    """A post, an edit or a deletion, with all attempts at it. Times are places in the history."""

    do: str
    body: str
    invoked: int
    attempts: int = 0
    refused: int = 0
    acknowledged_at: int | None = None
    named: list[int] = field(default_factory=list)
    """The revisions that answers named."""

    @property
    def acknowledged(self) -> bool:
        """Whether an attempt was."""
        return self.acknowledged_at is not None

    @property
    def possible(self) -> bool:
        """Whether it may have happened: not if every attempt was refused."""
        return self.acknowledged or self.refused < self.attempts

    @property
    def open(self) -> bool:
        """Whether nobody knows."""
        return self.possible and not self.acknowledged

    @property
    def text(self) -> str | None:
        """What the message says after it; None if it is gone then."""
        return None if self.do == "delete" else self.body


@dataclass
class Message:
    """One message of an author, known by the id that its author gave it."""

    cid: str
    author: str
    room: str
    requests: list[Request] = field(default_factory=list)

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.post.body!r} of {self.author} in {self.room}"

    @property
    def post(self) -> Request:
        """What it began with."""
        return self.requests[0]

    @property
    def changes(self) -> list[Request]:
        """Edits and deletions."""
        return self.requests[1:]

    @property
    def acknowledged(self) -> bool:
        """Whether it was promised to be there."""
        return self.post.acknowledged

    @property
    def named(self) -> list[int]:
        """The places that answers to its post named."""
        return self.post.named

    @property
    def texts(self) -> set[str | None]:
        """What it may ever have said."""
        return {request.text for request in self.requests if request.possible}

    @property
    def may_be_gone(self) -> bool:
        """Whether its deletion was asked for, and not refused."""
        return None in self.texts

    @property
    def outcomes(self) -> set[str | None]:
        """What it may say in the end. What has no answer may happen late; a deletion is never undone."""
        [*_, last] = [each for each in self.requests if each.acknowledged] or [self.post]
        if any(each.do == "delete" and each.acknowledged for each in self.requests):
            return {None}
        return {last.text} | {each.text for each in self.requests if each.open}

    @property
    def changed_after_deletion(self) -> str:
        """The change that was acknowledged although it was asked for after a deletion had been; empty if none was."""
        deleted = [
            each.acknowledged_at for each in self.requests if each.do == "delete" and each.acknowledged_at
        ]
        late = (
            each.do for each in self.changes if each.acknowledged and deleted and each.invoked > min(deleted)
        )
        return next(late, "")


def messages_of(history: Sequence[Entry]) -> dict[str, Message]:
    """Every message of a history by its author's id. Raises ValueError for an answer to nothing."""
    found: dict[str, Message] = {}
    asked: dict[int, Request] = {}
    for place, entry in enumerate(history):
        if isinstance(entry, Invoke):
            message = found.setdefault(entry.cid, Message(entry.cid, entry.author, entry.room))
            asked[entry.op] = _request(message, entry, place)
        elif isinstance(entry, Ok):
            request = _asked(asked, entry.op)
            request.acknowledged_at = place if request.acknowledged_at is None else request.acknowledged_at
            request.named += [entry.rev] if entry.rev else []
        elif isinstance(entry, Fail):
            _asked(asked, entry.op).refused += 1
    return found


def _request(message: Message, entry: Invoke, place: int) -> Request:
    """The request that an attempt belongs to: the same in the same words is a retry."""
    for request in message.requests:
        if (request.do, request.body) == (entry.do, entry.body):
            break
    else:
        if (entry.do == "post") != (not message.requests):
            raise ValueError(f"{entry.cid} is not posted once, and first")
        request = Request(entry.do, entry.body, place)
        message.requests.append(request)
    request.attempts += 1
    return request


def _asked(asked: dict[int, Request], op: int) -> Request:
    if op not in asked:
        raise ValueError(f"an answer to {op}, which nobody asked")
    return asked[op]
