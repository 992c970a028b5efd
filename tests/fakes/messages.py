"""Messages in memory."""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain

from portfolio_app.app.ports.messages import END, Given, Held, Named, Owner, StoredMessage
from portfolio_app.domain.account.user import User, Username
from portfolio_app.domain.chat.message import GONE, Author, Message, MessageStatus
from portfolio_app.domain.chat.reactions import Sign
from portfolio_app.domain.chat.room import RoomSlug
from portfolio_app.domain.chat.search import SearchQuery, is_beginning
from portfolio_app.domain.spelling import fold, indexed, terms_of
from tests.fakes.store import Store


class FakeMessages:
    """Implements `MessageRepository`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def lock(self, message_id: str) -> Message | None:
        return self._store.messages.get(message_id)

    def named(self, message_ids: Sequence[str]) -> list[Message]:
        return [self._store.messages[each] for each in set(message_ids) & self._store.messages.keys()]

    def save(self, message: Message) -> None:
        self._store.messages[message.id] = message

    def is_answered(self, message_id: str) -> bool:
        return any(
            (m.reply_to, m.status) == (message_id, MessageStatus.VISIBLE)
            for m in self._store.messages.values()
        )

    def react(self, message_id: str, reader: str, sign: Sign, *, given: bool) -> None:
        key = message_id, reader, sign
        assert (key in self._store.reactions) != given
        if given:
            self._store.reactions[key] = None
        else:
            del self._store.reactions[key]

    def reactions_of(self, reader: str, message_ids: Sequence[str]) -> dict[str, tuple[Sign, ...]]:
        own = {
            each: tuple(s for s in Sign if (each, reader, s) in self._store.reactions) for each in message_ids
        }
        return {each: signs for each, signs in own.items() if signs}

    def given(self, reader: str, after: Given | None, limit: int) -> list[Given]:
        own = sorted((m, sign) for m, by, sign in self._store.reactions if by == reader)
        return [each for each in own if after is None or each > after][:limit]

    def of_member(self, user_id: int, limit: int) -> list[Message]:
        own = [m for m in self._store.messages.values() if m.author.user_id == user_id]
        return sorted(own, key=lambda m: m.posted_at)[:limit]

    def save_authors(self, messages: Sequence[Message]) -> None:
        self.save_all(messages)

    def naming(self, user: User, former: Username, after: str, looked_through: int, limit: int) -> Named:
        page = sorted(each for each in self._store.messages if each > after)[:looked_through]
        found = [self._store.messages[each] for each in page]
        ids = [
            m.id
            for m in found
            if f"@{former}" in str(m.body).lower()
            or (m.author.user_id == user.id and m.author.name != str(user.username))
        ][:limit]
        last = page[-1] if len(page) == looked_through else None
        return Named(ids, ids[-1] if len(ids) == limit else last)

    def save_all(self, messages: Sequence[Message]) -> None:
        for message in messages:
            self.save(message)

    def shown_of(self, author: Author, limit: int) -> list[Message]:
        own = [
            m
            for m in self._store.messages.values()
            if m.status is MessageStatus.VISIBLE and m.author.key == author.key
        ]
        return sorted(own, key=lambda m: m.posted_at, reverse=True)[:limit]

    def removed_among(self, message_ids: Sequence[str]) -> list[Message]:
        found = (self._store.messages[each] for each in message_ids if each in self._store.messages)
        return [m for m in found if m.status is MessageStatus.REMOVED]

    def window(self, room: RoomSlug, limit: int, before: int = END) -> list[Message]:
        return [m for m in self._shown(room) if m.position < before][-limit:]

    def shown_from(self, room: RoomSlug, position: int, limit: int) -> list[Message]:
        return [m for m in self._shown(room) if m.position >= position][:limit]

    def place_from(self, room: RoomSlug, position: int) -> tuple[int, datetime] | None:
        return next(((m.position, m.posted_at) for m in self._shown(room) if m.position >= position), None)

    def place_after(self, room: RoomSlug, position: int, count: int) -> int:
        places = [m.position for m in self._shown(room) if m.position >= position]
        return places[count] if len(places) > count else END

    def place_before(self, room: RoomSlug, position: int, count: int) -> int:
        places = [m.position for m in self._shown(room) if m.position < position]
        return places[-count] if len(places) >= count else 0

    def search(self, room: RoomSlug, query: SearchQuery, limit: int, before: int = END) -> list[Message]:
        found = [m for m in self._shown(room) if m.position < before and _holds(m, query)]
        return found[::-1][:limit]

    def changes_after(self, room: RoomSlug, revision: int, limit: int) -> list[Message]:
        return [m for m in self._by_revision(room) if m.revision > max(0, revision)][:limit]

    def pending_of(self, owner: Owner, room: RoomSlug, limit: int) -> Held:
        sessions = [each.id for each in self._store.sessions.values() if each.user_id == owner.user_id]
        own = [owner.session_id] if owner.user_id is None else sessions
        held = [
            m
            for m in self._store.messages.values()
            if m.author.session_id in own and (m.room, m.status) == (room, MessageStatus.PENDING)
        ]
        return Held(len(held), sorted(held, key=lambda m: m.posted_at)[-limit:])

    def unpublished_of(self, authors: Sequence[str], limit: int) -> list[Message]:
        hidden = sorted(
            (m for m in self._store.messages.values() if m.revision == 0), key=lambda m: (m.posted_at, m.id)
        )
        own = [[m for m in hidden if m.author.key == each][-limit:] for each in authors]
        return sorted(chain.from_iterable(own), key=lambda m: (m.posted_at, m.id))

    def own_of(self, owner: Owner, after: str, limit: int) -> list[Message]:
        def is_own(message: Message) -> bool:
            author = message.author
            if owner.user_id is not None:
                return author.user_id == owner.user_id
            return author.user_id is None and author.session_id == owner.session_id

        own = [
            m for m in self._store.messages.values() if m.body.value and is_own(m) and owner.key(m) > after
        ]
        return sorted(own, key=owner.key)[:limit]

    def hidden_before(self, at: datetime, limit: int) -> list[Message]:
        hidden = [
            m
            for m in self._store.messages.values()
            if m.status is not MessageStatus.VISIBLE and m.body.value and m.posted_at < at
        ]
        return sorted(hidden, key=lambda m: m.posted_at)[:limit]

    def latest_of(self, session_id: str) -> StoredMessage | None:
        own = [
            m
            for m in self._store.messages.values()
            if m.author.session_id == session_id and m.status not in GONE
        ]
        newest = max(own, key=lambda m: (m.posted_at, m.revision), default=None)
        return StoredMessage(newest, _row(newest)) if newest else None

    def _shown(self, room: RoomSlug) -> list[Message]:
        shown = (m for m in self._by_revision(room) if m.is_shown)
        return sorted(shown, key=lambda m: m.position)

    def _by_revision(self, room: RoomSlug) -> list[Message]:
        return sorted((m for m in self._store.messages.values() if m.room == room), key=lambda m: m.revision)


def _holds(message: Message, query: SearchQuery) -> bool:
    said = f" {fold(indexed(str(message.body)))} "
    return all(f" {fold(terms_of(each))}" + " " * (not is_beginning(each)) in said for each in query.words)


def _row(message: Message) -> dict[str, object]:
    return {
        "id": message.id,
        "room": str(message.room),
        "client_id": str(message.client_id),
        "session_id": message.author.session_id,
        "user_id": message.author.user_id,
        "author_name": message.author.name,
        "author_tag": message.author.tag,
        "body": str(message.body),
        "status": str(message.status),
        "posted_at": message.posted_at,
        "revision": message.revision,
        "position": message.position,
        "approved_at": message.approved_at,
        "edited_at": message.edited_at,
        "reply_to": message.reply_to,
        "stub": message.stub,
        "reactions": str(message.reactions),
    }
