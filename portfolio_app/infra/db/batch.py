"""The transaction that many drafts share."""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count
from typing import Final

from portfolio_app.app.errors import (
    AppError,
    Conflict,
    Muted,
    NotFound,
    RoomArchived,
    SessionEnded,
    SlowMode,
    WrittenAsAnother,
)
from portfolio_app.app.events import Event, HeldChanged, QueueChanged, RoomChanged
from portfolio_app.app.ports.journal import Draft, Stored
from portfolio_app.domain.account.session import visitor_tag
from portfolio_app.domain.account.user import Role
from portfolio_app.domain.chat.message import Author, Message, MessageStatus, message_id
from portfolio_app.infra.db.batch_sql import Account, BatchSql, Place

_CLOCKS_APART: Final = timedelta(seconds=30)
"""A post further ahead was stored by a host whose clock was wrong: its author would wait until that time has come."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, eq=False)
class Entry:
    """A draft in a batch."""

    draft: Draft

    @cached_property
    def message_id(self) -> str:
        """The primary key, the same for every attempt."""
        return message_id(self.draft.session_id, self.draft.client_id)


@dataclass(slots=True)
class Batch:
    """Decides on every entry, writes the good ones, and knows what to announce after the commit.

    `tried` are the ids that an earlier attempt with the same entries meant to write: when one of them
    is stored now, its commit did happen, although the database could not say so.
    """

    entries: Sequence[Entry]
    now: datetime
    tried: Collection[str] = ()
    accounts: dict[str, Account] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    fresh: dict[str, Entry] = field(default_factory=dict)
    refused: dict[Entry, AppError] = field(default_factory=dict)
    new: set[str] = field(default_factory=set)
    answerable: Mapping[str, str] = field(default_factory=dict)
    """The rooms of the messages that drafts answer."""
    last_posts: dict[tuple[str, str], datetime] = field(default_factory=dict)
    """Times of the last posts in rooms with slow mode, by room and author."""
    committing: bool = False
    """Whether its commit was asked for."""

    def write(self, sql: BatchSql) -> None:
        """Run every statement of the transaction."""
        drafts = [entry.draft for entry in self.entries]
        self.accounts = sql.accounts({draft.session_id for draft in drafts})
        rooms = sql.existing_rooms({str(draft.room) for draft in drafts})
        self.answerable = sql.rooms_of({draft.reply_to for draft in drafts if draft.reply_to})
        self.last_posts = self._last_posts(sql, rooms)
        stored = sql.stored({entry.message_id for entry in self.entries})
        self.messages.update((message.id, message) for message in stored)
        for entry in self.entries:
            try:
                self._admit(entry, rooms)
            except AppError as error:
                self.refused[entry] = error
            else:
                self.fresh.setdefault(entry.message_id, entry)
        self._store(sql, [entry for key, entry in self.fresh.items() if key not in self.messages])

    def outcomes(self) -> list[Stored | AppError]:
        """The answer to each entry, in their order."""
        written = set(self._written())
        return [
            self.refused.get(entry) or Stored(self.messages[entry.message_id], repeated=entry not in written)
            for entry in self.entries
        ]

    def events(self) -> list[Event]:
        """The events to announce: each room once, each held message to its author, the queue once."""
        rooms: dict[str, list[tuple[Message, str]]] = {}
        held: list[Event] = []
        for entry in self._written():
            message, request_id = self.messages[entry.message_id], entry.draft.request_id
            if message.status is MessageStatus.VISIBLE:
                rooms.setdefault(str(message.room), []).append((message, request_id))
            else:
                held.append(HeldChanged(message.author.session_id, message, request_id))
        changed: list[Event] = [_room_changed(room, written) for room, written in rooms.items()]
        return [*changed, *held, QueueChanged()] if changed or held else []

    def _written(self) -> list[Entry]:
        return [entry for key, entry in self.fresh.items() if key in self.new or key in self.tried]

    def _admit(self, entry: Entry, rooms: Mapping[str, Place]) -> None:
        account = self.accounts.get(entry.draft.session_id)
        if account is not None and account.has_ended(self.now):
            raise SessionEnded
        if str(entry.draft.room) not in rooms:
            raise NotFound("There is no room with that name.")
        room = rooms[str(entry.draft.room)]
        if room.archived and entry.message_id not in self.messages:
            raise RoomArchived
        answered = entry.draft.reply_to
        if answered and self.answerable.get(answered) != str(entry.draft.room):
            raise NotFound("The message you answer is not in this room.")
        muted = account and account.muted(self.now)
        if muted and entry.message_id not in self.messages and not entry.draft.verdict.withdrawn:
            raise Muted(muted.sentence())
        stored, first = self.messages.get(entry.message_id), self.fresh.get(entry.message_id)
        known = stored or (first and first.draft)
        if known and (known.body, known.room) != (entry.draft.body, entry.draft.room):
            raise Conflict
        if known is None and not entry.draft.verdict.withdrawn:
            self._check_author(entry.draft)
            self._slow_down(entry.draft, room)

    def _check_author(self, draft: Draft) -> None:
        if draft.written_as not in ("", self._author(draft).label):
            raise WrittenAsAnother(draft.written_as)

    def _slow_down(self, draft: Draft, room: Place) -> None:
        author, account = self._author(draft), self.accounts.get(draft.session_id)
        if room.slow_s == 0 or (author.user_id and account and account.role != Role.MEMBER):
            return
        key = str(draft.room), author.key
        left = room.slow_s - (draft.posted_at - self.last_posts.get(key, _LONG_AGO)).total_seconds()
        if left > 0:
            raise SlowMode(room.slow_s, math.ceil(left))
        self.last_posts[key] = draft.posted_at

    def _last_posts(self, sql: BatchSql, rooms: Mapping[str, Place]) -> dict[tuple[str, str], datetime]:
        slow = {slug: room.slow_s for slug, room in rooms.items() if room.slow_s}
        if not slow:
            return {}
        # Another worker may be storing a post of the same author. The others too: their revisions are taken in order.
        sql.lock_rooms(rooms)
        within = self.now - timedelta(seconds=max(slow.values())), self.now + _CLOCKS_APART
        members = {account.user_id for account in self.accounts.values() if account.user_id}
        return sql.last_posts(slow, {entry.draft.session_id for entry in self.entries}, members, within)

    def _store(self, sql: BatchSql, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        self.new = {entry.message_id for entry in entries}
        sql.add_sessions({entry.draft.session_id for entry in entries} - self.accounts.keys(), self.now)
        visible = Counter(str(entry.draft.room) for entry in entries if _is_visible(entry.draft))
        last = sql.take_revisions(visible)
        following = {room: count(last[room] - visible[room] + 1) for room in visible}
        for entry in entries:
            revision = next(following[str(entry.draft.room)]) if _is_visible(entry.draft) else 0
            self.messages[entry.message_id] = self._message(entry, revision)
        sql.add_messages([(self.messages[entry.message_id], entry.draft) for entry in entries])

    def _message(self, entry: Entry, revision: int) -> Message:
        draft = entry.draft
        return Message(
            id=entry.message_id,
            room=draft.room,
            client_id=draft.client_id,
            author=self._author(draft),
            body=draft.body,
            status=draft.verdict.status,
            posted_at=draft.posted_at,
            revision=revision,
            position=revision,
            reply_to=draft.reply_to,
        )

    def _author(self, draft: Draft) -> Author:
        account = self.accounts.get(draft.session_id)
        if account is None or account.username is None or draft.guest:
            return Author("demo", visitor_tag(draft.session_id), draft.session_id, None)
        return Author(account.username, "", draft.session_id, account.user_id)


def _is_visible(draft: Draft) -> bool:
    return draft.verdict.status is MessageStatus.VISIBLE


def _room_changed(room: str, written: list[tuple[Message, str]]) -> RoomChanged:
    in_order = sorted(written, key=lambda pair: pair[0].revision)
    return RoomChanged(room, tuple(m for m, _ in in_order), tuple(request for _, request in in_order))
