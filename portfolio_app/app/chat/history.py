"""A visitor reads what a room's window no longer holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import accumulate
from typing import Final

from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import NotFound
from portfolio_app.app.identity import reader_of
from portfolio_app.app.ports.messages import END
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.domain.chat.message import Message, is_message_id
from portfolio_app.domain.chat.pieces import may_have_pieces
from portfolio_app.domain.chat.reactions import Sign
from portfolio_app.domain.chat.room import Room, RoomSlug

PAGE: Final = 60
"""Messages of one page."""
PAGE_BYTES: Final = 16_000
"""Bytes of the messages in one answer: they are kept for each client that asks and doesn't read."""
MOST: Final = 500
"""Messages of the part of a room that a tab shows; as in http/chat/room.js."""
_BYTES_BESIDE_BODY: Final = 200
"""Bytes of a message in an answer besides its body: ids, author, time."""
_BYTES_OF_LOOKS: Final = 1_400
"""Bytes that the colours of fenced code take: as much as MOST_RUNS of http/content/code_blocks.py add to it."""
_EPOCH: Final = datetime.fromtimestamp(0, UTC)
_LAST_MS: Final = 253_402_300_799_000
"""The end of what a datetime can hold."""


class Toward(StrEnum):
    """The page that is asked for: in a direction, or by time."""

    OLDER = "older"
    """The page before the part that the tab has."""
    NEWER = "newer"
    """The page after that part."""
    TIME = "time"
    """Around the first message since then, in milliseconds since the epoch."""
    MESSAGE = "message"
    """Around one that is named."""
    PLACE = "place"
    """Around the message at a position, or the next one after it."""
    NEWEST = "newest"
    """The end of the room."""


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a room that a tab shows: whatever has a position of at least `low` and less than `high`.

    `low` is 0 where there is nothing older, `high` is `END` where there is nothing newer.
    """

    low: int = 0
    high: int = END


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Shown messages of `room` as of its revision, with which a tab has the `part`.

    They continue the part that the tab had before, or take its place: then `joins` is None, and `at` the message that
    was looked for.
    """

    room: Room
    messages: tuple[Message, ...]
    part: Part
    joins: Part | None = None
    at: Message | None = None
    own: Mapping[str, tuple[Sign, ...]] = field(default_factory=dict)
    """The reactions of the caller to these messages."""


@dataclass(frozen=True, slots=True)
class ReadHistory:
    """Read one page by keyset: its cost depends neither on how far back it is nor on how long the room is."""

    unit_of_work: UnitOfWork

    async def __call__(
        self,
        slug: str,
        toward: Toward,
        part: Part,
        at: int = 0,
        *,
        message: str = "",
        caller: Caller | None = None,
    ) -> HistoryPage:
        """The page; `InvalidValue` and `NotFound` as for the room itself.

        A part that grows beyond `MOST` messages loses those at its other end.
        """
        room_slug = RoomSlug(slug)

        def read(repositories: Repositories) -> HistoryPage:
            page = find(repositories)
            return replace(page, own=own_reactions(repositories, caller, page.messages)) if caller else page

        def find(repositories: Repositories) -> HistoryPage:
            # The revision is read first: a change committed in between may come twice, but it comes.
            room = existing(repositories, room_slug)
            match toward:
                case Toward.OLDER:
                    page = older_than(repositories, room, part.low, PAGE, PAGE_BYTES)
                    low = page.part.low
                    end = repositories.messages.place_after(room_slug, low, MOST)
                    return replace(page, part=Part(low, min(part.high, end)), joins=part)
                case Toward.NEWER:
                    page = _newer_from(repositories, room, part.high, PAGE, PAGE_BYTES)
                    high = page.part.high
                    start = repositories.messages.place_before(room_slug, high, MOST)
                    return replace(page, part=Part(max(part.low, start), high), joins=part)
                case Toward.NEWEST:
                    page = older_than(repositories, room, END, PAGE, PAGE_BYTES)
                    return replace(page, at=page.messages[-1] if page.messages else None)
                case Toward.PLACE | Toward.TIME | Toward.MESSAGE:
                    return around(repositories, room, _place(repositories, room, toward, at, message))

        return await self.unit_of_work.run(read)


def _place(repositories: Repositories, room: Room, toward: Toward, at: int, message_id: str) -> int:
    """The position that is asked for."""
    if toward is Toward.MESSAGE:
        return shown(repositories, room, message_id).position
    return at if toward is Toward.PLACE else _position_at(repositories, room, at)


def older_than(repositories: Repositories, room: Room, high: int, limit: int, most_bytes: int) -> HistoryPage:
    """The newest messages before position `high`."""
    found = repositories.messages.window(room.slug, limit + 1, high)
    messages = fitting(found[-limit:][::-1], most_bytes)[::-1]
    low = messages[0].position if len(messages) < len(found) else 0
    return HistoryPage(room, messages, Part(low, high))


def around(repositories: Repositories, room: Room, position: int) -> HistoryPage:
    """Half a page before a position and half a page from it on."""
    before = older_than(repositories, room, position, PAGE // 2, PAGE_BYTES // 2)
    after = _newer_from(repositories, room, position, PAGE // 2, PAGE_BYTES // 2)
    part = Part(before.part.low, after.part.high)
    found = (*after.messages[:1], *before.messages[-1:])
    return HistoryPage(room, before.messages + after.messages, part, at=found[0] if found else None)


def _newer_from(repositories: Repositories, room: Room, low: int, limit: int, most_bytes: int) -> HistoryPage:
    found = repositories.messages.shown_from(room.slug, low, limit + 1)
    messages = fitting(found[:limit], most_bytes)
    high = messages[-1].position + 1 if len(messages) < len(found) else END
    return HistoryPage(room, messages, Part(low, high))


def _position_at(repositories: Repositories, room: Room, milliseconds: int) -> int:
    """The position at which the messages since a time begin: places follow times but for messages approved later.

    Found by halving, some twenty look-ups in a room of a million: an index by time would cost every post.
    """
    since = _EPOCH + timedelta(milliseconds=max(0, min(milliseconds, _LAST_MS)))
    low, high = 0, room.revision + 1
    while low < high:
        middle = (low + high) // 2
        found = repositories.messages.place_from(room.slug, middle)
        if found is None or found[1] >= since:
            high = middle
        else:
            low = found[0] + 1
    return low


def shown(repositories: Repositories, room: Room, message_id: str) -> Message:
    """The message, or `NotFound` where the room has none of that id to show."""
    for message in repositories.messages.named([message_id] if is_message_id(message_id) else []):
        if message.room == room.slug and message.is_shown:
            return message
    raise NotFound("There is no such message in this room, or no longer.")


def own_reactions(
    repositories: Repositories, caller: Caller, messages: Sequence[Message]
) -> Mapping[str, tuple[Sign, ...]]:
    """The caller's own reactions to each of the messages; read only for messages that have reactions."""
    reacted = [message.id for message in messages if message.reactions.counts]
    return repositories.messages.reactions_of(reader_of(repositories, caller), reacted) if reacted else {}


def fitting(messages: Sequence[Message], most: int) -> tuple[Message, ...]:
    """The first messages, as many as fit into `most` bytes; one, however long."""
    count = sum(1 for size in accumulate(map(_bytes, messages)) if size <= most)
    return tuple(messages[: max(1, count)])


def _bytes(message: Message) -> int:
    body = str(message.body)
    # With its pieces a text travels twice.
    whole = len(body.encode()) * (1 + may_have_pieces(body)) + _BYTES_BESIDE_BODY
    return whole + _BYTES_OF_LOOKS * ("```" in body)


def existing(repositories: Repositories, slug: RoomSlug) -> Room:
    """The room, or `NotFound`."""
    room = repositories.rooms.get(slug)
    if room is None:
        raise NotFound("There is no room with that name.")
    return room
