"""Messages in SQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, TextClause, bindparam, delete, func, insert, update
from sqlalchemy import select as select_rows
from sqlalchemy.orm import Mapped
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from portfolio_app.app.ports.messages import (
    END,
    Held,
    MessageRepository,
    Owner,
    StoredMessage,
)
from portfolio_app.domain.chat.message import (
    GONE,
    Message,
    MessageStatus,
    member_key,
)
from portfolio_app.domain.chat.reactions import Sign
from portfolio_app.domain.chat.room import RoomSlug
from portfolio_app.domain.chat.search import SearchQuery
from portfolio_app.infra.db.authored import SqlAuthored, message_of
from portfolio_app.infra.db.search import places_of
from portfolio_app.infra.db.tables import (
    ANSWERS,
    HELD,
    OF_MEMBERS,
    PLACED,
    MessageRow,
    ReactionRow,
    SessionRow,
    table_of,
)

_messages = table_of(MessageRow)
_COLUMNS: Final = tuple(_messages.columns.keys())
_MEMBER: Final = member_key("")
_STATUSES: Final = [status.value for status in MessageStatus]
_CHANGING: Final = (
    "status", "revision", "position", "approved_at", "body", "edited_at", "stub", "reactions",
)  # fmt: skip
_SAVE: Final = (
    update(_messages)
    .where(_messages.c.id == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)
_IN_ROOM: Final = _messages.c.room == bindparam("of_room")
_WINDOW: Final = (
    select_rows(_messages)
    .where(_IN_ROOM, PLACED, _messages.c.position < bindparam("before"))
    .order_by(_messages.c.position.desc())
    .limit(bindparam("most"))
)
_FROM: Final = (
    select_rows(_messages)
    .where(_IN_ROOM, PLACED, _messages.c.position >= bindparam("at_least"))
    .order_by(_messages.c.position)
    .limit(bindparam("most"))
)
_PLACE: Final = (
    select_rows(_messages.c.position, _messages.c.posted_at)
    .where(_IN_ROOM, PLACED, _messages.c.position >= bindparam("at_least"))
    .order_by(_messages.c.position)
    .limit(1)
)
_sessions = table_of(SessionRow)
_OF_SESSION: Final = _messages.c.session_id == bindparam("of_owner")
_OF_MEMBER: Final = _messages.c.session_id.in_(
    select_rows(_sessions.c.id).where(_sessions.c.user_id == bindparam("of_owner"))
)
"""The messages of a member's sessions, by the small index of held ones: a member's messages in all may be very many."""


def _held(own: ColumnElement[bool]) -> tuple[Select[Any], Select[Any]]:
    found = own, _IN_ROOM, HELD
    newest = _messages.c.posted_at.desc(), _messages.c.id.desc()
    return (
        select_rows(_messages).where(*found).order_by(*newest).limit(bindparam("most")),
        select_rows(func.count()).select_from(_messages).where(*found),
    )


_HELD_OF_SESSION: Final = _held(_OF_SESSION)
_HELD_OF_MEMBER: Final = _held(_OF_MEMBER)


class SqlMessages(SqlAuthored, MessageRepository):
    """Implements `MessageRepository`."""

    def lock(self, message_id: str) -> Message | None:
        """The message, its row locked; SQLite locks as a whole with the first write instead.

        None also for one in a status that a newer version gave it: that is not this one's to change.
        """
        known = col(MessageRow.status).in_(_STATUSES)
        statement = select(MessageRow).where(MessageRow.id == message_id, known).with_for_update()
        row = self._session.exec(statement).first()
        return message_of(row) if row else None

    def named(self, message_ids: Sequence[str]) -> list[Message]:
        """By primary key."""
        statement = select(MessageRow).where(col(MessageRow.id).in_(message_ids))
        return [message_of(row) for row in self._session.exec(statement)]

    def save(self, message: Message) -> None:
        """Write what can change."""
        self.save_all([message])

    def save_all(self, messages: Sequence[Message]) -> None:
        """One statement, however many."""
        if messages:
            self._session.connection().execute(_SAVE, [_changing(message) for message in messages])

    def removed_among(self, message_ids: Sequence[str]) -> list[Message]:
        """By id."""
        removed = select(MessageRow).where(
            col(MessageRow.id).in_(message_ids), MessageRow.status == MessageStatus.REMOVED.value
        )
        return [message_of(row) for row in self._session.exec(removed.with_for_update())]

    def is_answered(self, message_id: str) -> bool:
        """Looked up in the index of answers."""
        answers = select(MessageRow.id).where(
            ANSWERS, MessageRow.reply_to == message_id, MessageRow.status == MessageStatus.VISIBLE.value
        )
        return self._session.exec(answers.limit(1)).first() is not None

    def react(self, message_id: str, reader: str, sign: Sign, *, given: bool) -> None:
        """One row more or less."""
        values = {"message_id": message_id, "reader": reader, "sign": sign.value}
        if given:
            self._session.execute(insert(ReactionRow).values(values))
        else:
            self._session.execute(delete(ReactionRow).filter_by(**values))

    def reactions_of(self, reader: str, message_ids: Sequence[str]) -> Mapping[str, tuple[Sign, ...]]:
        """By the first columns of the key."""
        wanted = col(ReactionRow.message_id).in_(message_ids), ReactionRow.reader == reader
        found: dict[str, set[str]] = {}
        for row in self._session.exec(select(ReactionRow).where(*wanted)):
            found.setdefault(row.message_id, set()).add(row.sign)
        return {each: tuple(sign for sign in Sign if sign.value in signs) for each, signs in found.items()}

    def window(self, room: RoomSlug, limit: int, before: int = END) -> list[Message]:
        """The newest shown messages, oldest first; a page by keyset."""
        page = {"of_room": str(room), "before": before, "most": limit}
        return [message_of(row) for row in self._session.execute(_WINDOW, page)][::-1]

    def shown_from(self, room: RoomSlug, position: int, limit: int) -> list[Message]:
        """The first shown messages from a position on; a page by keyset."""
        page = {"of_room": str(room), "at_least": position, "most": limit}
        return [message_of(row) for row in self._session.execute(_FROM, page)]

    def place_from(self, room: RoomSlug, position: int) -> tuple[int, datetime] | None:
        """Two columns of a row."""
        place = {"of_room": str(room), "at_least": position}
        found = self._session.execute(_PLACE, place).first()
        return (found.position, found.posted_at) if found else None

    def place_after(self, room: RoomSlug, position: int, count: int) -> int:
        """Counted along the index of what is shown."""
        place = col(MessageRow.position)
        later = select(place).where(MessageRow.room == str(room), PLACED, place >= position)
        found = self._session.exec(later.order_by(place).offset(count).limit(1)).first()
        return END if found is None else found

    def place_before(self, room: RoomSlug, position: int, count: int) -> int:
        """Counted along the same index, backwards."""
        place = col(MessageRow.position)
        earlier = select(place).where(MessageRow.room == str(room), PLACED, place < position)
        found = self._session.exec(earlier.order_by(place.desc()).offset(count - 1).limit(1)).first()
        return found or 0

    def search(self, room: RoomSlug, query: SearchQuery, limit: int, before: int = END) -> list[Message]:
        """Places by the index of words, then their messages."""
        places = places_of(self._session, room, query, limit, before)
        if not places:
            return []
        found = _shown(room).where(col(MessageRow.position).in_(places))
        return sorted(map(message_of, self._session.exec(found)), key=lambda each: -each.position)

    def changes_after(self, room: RoomSlug, revision: int, limit: int) -> list[Message]:
        """Changes by revision."""
        statement = (
            select(MessageRow)
            .where(MessageRow.room == str(room), col(MessageRow.revision) > max(0, revision))
            .order_by(col(MessageRow.revision))
            .limit(limit)
        )
        return [message_of(row) for row in self._session.exec(statement)]

    def pending_of(self, owner: Owner, room: RoomSlug, limit: int) -> Held:
        """The owner's held messages; counted only when there are more than fit."""
        is_guest = owner.user_id is None
        held, counted = _HELD_OF_SESSION if is_guest else _HELD_OF_MEMBER
        own = {"of_owner": owner.session_id if is_guest else owner.user_id, "of_room": str(room)}
        rows = self._session.execute(held, {**own, "most": limit}).all()
        count = len(rows)
        if count == limit:
            count = self._session.execute(counted, own).scalar_one()
        return Held(count, [message_of(row) for row in reversed(rows)])

    def unpublished_of(self, authors: Sequence[str], limit: int) -> list[Message]:
        """Messages without a revision, oldest first."""
        members = [int(each.removeprefix(_MEMBER)) for each in authors if each.startswith(_MEMBER)]
        session_id, user_id = col(MessageRow.session_id), col(MessageRow.user_id)
        of_guests = session_id.in_(authors), user_id.is_(None)
        found = self._unpublished(session_id, limit, *of_guests)
        if members:
            found += self._unpublished(user_id, limit, user_id.in_(members), OF_MEMBERS)
        return found

    def _unpublished(
        self, author: Mapped[Any], limit: int, *own: ColumnElement[bool] | TextClause
    ) -> list[Message]:
        newest_first = col(MessageRow.posted_at).desc(), col(MessageRow.id).desc()
        number = func.row_number().over(partition_by=author, order_by=newest_first)
        numbered = (
            select(MessageRow.id, number.label("number")).where(*own, MessageRow.revision == 0).subquery()
        )
        statement = (
            select(MessageRow)
            .join(numbered, numbered.c.id == col(MessageRow.id))
            .where(numbered.c.number <= limit)
            .order_by(col(MessageRow.posted_at), col(MessageRow.id))
        )
        return [message_of(row) for row in self._session.exec(statement)]

    def latest_of(self, session_id: str) -> StoredMessage | None:
        """The session's newest message."""
        statement = (
            select(MessageRow)
            .where(MessageRow.session_id == session_id, col(MessageRow.status).not_in(GONE))
            .order_by(col(MessageRow.posted_at).desc(), col(MessageRow.revision).desc())
            .limit(1)
        )
        row = self._session.exec(statement).first()
        return (
            StoredMessage(message_of(row), {name: getattr(row, name) for name in _COLUMNS}) if row else None
        )


def _changing(message: Message) -> dict[str, object]:
    values = {
        "status": message.status.value,
        "revision": message.revision,
        "position": message.position,
        "approved_at": message.approved_at,
        "body": message.body.value,
        "edited_at": message.edited_at,
        "stub": message.stub,
        "reactions": str(message.reactions),
    }
    return {"of": message.id} | {f"new_{name}": value for name, value in values.items()}


def _shown(room: RoomSlug) -> SelectOfScalar[MessageRow]:
    return select(MessageRow).where(MessageRow.room == str(room), PLACED)
