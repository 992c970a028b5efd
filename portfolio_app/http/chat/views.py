"""A message as the browser gets it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

from portfolio_app.app.chat.history import HistoryPage
from portfolio_app.app.chat.read_room import RoomWindow
from portfolio_app.app.chat.rooms import ListedRoom
from portfolio_app.app.ports.journal import Stored
from portfolio_app.app.ports.messages import END
from portfolio_app.app.ports.rooms import MOST_UNSEEN
from portfolio_app.domain.chat.message import GONE, Message, MessageStatus
from portfolio_app.domain.chat.reactions import Sign
from portfolio_app.http.content.code_blocks import MOST_RUNS, looks_of
from portfolio_app.http.kit.marks import epoch_ms
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.runtime import services


@dataclass(frozen=True, slots=True)
class MessageView:
    """One row of a room. `at` and `late` are milliseconds since the epoch; `cid` the id its author's browser gave it.

    `pos` is its place in the room, 0 for one that never was shown; `late` is when a moderator let it in, 0 for one
    that never waited; `edited` whether its author wrote it anew. `pieces` are those of the body, each with
    its kind `k`, text `t` and, of a link, address `h`, of a mention the username `h`; none where the body is text
    alone. A piece of code in a known language has runs `c` in place of its text: of a class, or none, and a text.
    `reply` is the message it answers, if any; a `stub` stands where one is gone that was answered; `reactions` are
    signs with their counts.
    """

    id: str
    rev: int
    cid: str
    author: str
    tag: str
    body: str
    at: int
    status: str
    pos: int
    late: int = 0
    edited: bool = False
    pieces: tuple[dict[str, Any], ...] = ()
    reply: str = ""
    stub: bool = False
    reactions: tuple[tuple[str, int], ...] = ()


def unfolded(view: "MessageView | PageView") -> dict[str, Any]:
    """The fields of a view for a frame that is encoded at once. `asdict` copies every text of every row first, which
    took as long as all the rest of a page, while everybody else waited."""
    return {each.name: getattr(view, each.name) for each in fields(view)}


def message_view(message: Message) -> MessageView:
    """The row; a removed message keeps its id and loses its text."""
    gone = message.status in GONE
    return MessageView(
        id=message.id,
        rev=message.revision,
        cid=str(message.client_id),
        author=message.author.name,
        tag=message.author.tag,
        body="" if gone else str(message.body),
        at=epoch_ms(message.posted_at),
        status=str(message.status),
        pos=message.position,
        late=epoch_ms(message.approved_at) if message.approved_at else 0,
        edited=message.edited_at is not None,
        pieces=() if gone else _pieces(str(message.body)),
        reply=message.reply_to or "",
        stub=message.stub,
        reactions=() if gone else tuple((sign.value, count) for sign, count in message.reactions.counts),
    )


def _pieces(body: str) -> tuple[dict[str, Any], ...]:
    found: list[dict[str, Any]] = []
    left = MOST_RUNS
    for piece in services().read_pieces(body):
        looks = looks_of(piece.text, piece.language, left) if piece.language else []
        left -= len(looks)
        text, more = ("", {"c": looks}) if looks else (piece.text, {})
        found.append({"k": piece.kind.value, "t": text, "h": piece.href or piece.member, **more})
    return tuple(found)


def frame_row(message: Message) -> dict[str, object]:
    """The row as a frame carries it: what is usual goes unsaid to save its bytes, a `visible` status, a place that is
    the revision, that it never waited, and what there is none of."""
    row = unfolded(message_view(message))
    if message.status is MessageStatus.VISIBLE:
        del row["status"]
    if message.position == message.revision:
        del row["pos"]
    if message.approved_at is None:
        del row["late"]
    if message.edited_at is None:
        del row["edited"]
    for name in ("pieces", "reply", "stub", "reactions"):
        if not row[name]:
            del row[name]
    return row


QUOTED: Final = 200
"""Characters of a message that an answer to it quotes, at most."""


@dataclass(frozen=True, slots=True)
class QuoteView:
    """The quote of a message above an answer to it; nothing of one that is gone."""

    id: str
    rev: int
    author: str
    tag: str
    body: str
    status: str


def quote_view(message: Message) -> QuoteView:
    """The beginning of a message."""
    gone = message.status in GONE
    author, body = message.author, "" if gone else str(message.body)[:QUOTED]
    name, tag = ("", "") if gone else (author.name, author.tag)
    return QuoteView(message.id, message.revision, name, tag, body, str(message.status))


def no_quote(message_id: str) -> QuoteView:
    """The quote of a message that is not stored any more."""
    return QuoteView(message_id, 0, "", "", "", str(MessageStatus.DELETED))


def own_views(own: Mapping[str, Iterable[Sign]]) -> list[dict[str, str]]:
    """The signs that a reader gave, by message, separated by spaces."""
    return [{"id": message_id, "signs": " ".join(signs)} for message_id, signs in own.items()]


@dataclass(frozen=True, slots=True)
class WindowView:
    """A room as of revision `rev`: every shown message from position `low` on, and less than `high`.

    It is opened at the message `at`, if there is one; `own` are its reader's signs.
    """

    room: str
    rev: int
    rows: tuple[MessageView, ...]
    low: int
    high: int = END
    at: str = ""
    own: list[dict[str, str]] = field(default_factory=list)


def window_view(window: RoomWindow) -> WindowView:
    """Visible rows by revision, then the visitor's own held ones."""
    rows = tuple(message_view(message) for message in (*window.messages, *window.held))
    return WindowView(
        str(window.room.slug),
        window.room.revision,
        rows,
        window.low,
        window.high,
        window.at,
        own_views(window.own),
    )


@dataclass(frozen=True, slots=True)
class PageView:
    """Messages with which a tab has the part of the room from `low` on and before `high`.

    `joins` is the part that they belong to: it may be another by then, and then they would leave a hole. Without one
    they take the place of what is there, and the message `at` comes into view.
    """

    room: str
    rev: int
    rows: list[dict[str, object]]
    low: int
    high: int
    joins: tuple[int, int] | None
    at: str
    own: list[dict[str, str]]


def page_view(page: HistoryPage) -> PageView:
    """The page, its rows as frames carry them."""
    rows = [frame_row(message) for message in page.messages]
    joins = None if page.joins is None else (page.joins.low, page.joins.high)
    return PageView(
        room=str(page.room.slug),
        rev=page.room.revision,
        rows=rows,
        low=page.part.low,
        high=page.part.high,
        joins=joins,
        at=page.at.id if page.at else "",
        own=own_views(page.own),
    )


@dataclass(frozen=True, slots=True)
class RoomView:
    """A line of the list of rooms; `unread` is empty where nothing is."""

    slug: str
    title: str
    unread: str


def room_view(listed: ListedRoom) -> RoomView:
    """The line; counting stops at `MOST_UNSEEN`."""
    unread = f"{listed.unseen}+" if listed.unseen == MOST_UNSEEN else str(listed.unseen or "")
    return RoomView(str(listed.room.slug), listed.room.title, unread)


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The answer to one post, matched by `cid`; `error` is empty when it was stored.

    `row` is the message where no frame for the room brings it: held, or stored by an earlier attempt. `request_id`
    is that of the post: its row shows it, and two refusals in the same words are still two answers.
    """

    cid: str = ""
    status: str = ""
    rev: int = 0
    error: str = ""
    retry_after: int = 0
    request_id: str = ""
    row: MessageView | None = None


def outcome_of(client_id: str, answer: Stored | ErrorView, request_id: str = "") -> Acknowledgement:
    """The acknowledgement that the author of a post gets; an error names its request itself."""
    if isinstance(answer, ErrorView):
        return Acknowledgement(
            cid=client_id,
            error=answer.text,
            retry_after=answer.retry_after or 0,
            request_id=answer.request_id,
        )
    message = answer.message
    comes_by_itself = message.status is MessageStatus.VISIBLE and not answer.repeated
    row = None if comes_by_itself else message_view(message)
    return Acknowledgement(
        cid=client_id, status=str(message.status), rev=message.revision, request_id=request_id, row=row
    )
