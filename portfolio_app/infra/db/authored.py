"""Rows of messages as the domain has them, and the messages of one author."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, and_, bindparam, func, or_, tuple_, update
from sqlmodel import Session, col, select

from portfolio_app.app.ports.messages import Given, Named, Owner
from portfolio_app.domain.account.user import User, Username
from portfolio_app.domain.chat.message import Author, ClientMessageId, Message, MessageBody, MessageStatus
from portfolio_app.domain.chat.reactions import Reactions, Sign
from portfolio_app.domain.chat.room import RoomSlug
from portfolio_app.infra.db.tables import HIDDEN, OWNED, SHOWN, MessageRow, ReactionRow, table_of

_messages = table_of(MessageRow)
_SIGNS: Final = [sign.value for sign in Sign]
_SAVE_AUTHOR: Final = (
    update(_messages)
    .where(_messages.c.id == bindparam("of"))
    .values(
        author_name=bindparam("name"),
        author_tag=bindparam("tag"),
        user_id=bindparam("owner"),
        revision=bindparam("rev"),
    )
)


class SqlAuthored:
    """The part of `MessageRepository` that asks who wrote or reacted: exports, erasing, mutes, other names."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def shown_of(self, author: Author, limit: int) -> list[Message]:
        """By an index of either kind of author."""
        own = (
            (col(MessageRow.session_id) == author.session_id) & col(MessageRow.user_id).is_(None)
            if author.user_id is None
            else col(MessageRow.user_id) == author.user_id
        )
        newest = select(MessageRow).where(own, SHOWN).order_by(col(MessageRow.posted_at).desc())
        return [message_of(row) for row in self._session.exec(newest.limit(limit).with_for_update())]

    def given(self, reader: str, after: Given | None, limit: int) -> list[Given]:
        """By the index of readers, then keyset."""
        key = tuple_(col(ReactionRow.message_id), col(ReactionRow.sign))
        own = select(ReactionRow).where(ReactionRow.reader == reader, col(ReactionRow.sign).in_(_SIGNS))
        if after is not None:
            own = own.where(key > (after[0], after[1].value))
        rows = self._session.exec(
            own.order_by(col(ReactionRow.message_id), col(ReactionRow.sign)).limit(limit)
        )
        return [(row.message_id, Sign(row.sign)) for row in rows]

    def of_member(self, user_id: int, limit: int) -> list[Message]:
        """By the index of members' messages."""
        own = select(MessageRow).where(col(MessageRow.user_id) == user_id).order_by(col(MessageRow.posted_at))
        return [message_of(row) for row in self._session.exec(own.limit(limit).with_for_update())]

    def save_authors(self, messages: Sequence[Message]) -> None:
        """One statement, however many."""
        if messages:
            self._session.connection().execute(_SAVE_AUTHOR, [_signed(message) for message in messages])

    def naming(self, user: User, former: Username, after: str, looked_through: int, limit: int) -> Named:
        """By the primary key: an index of mentions would cost every post, and a change of name is rare."""
        key = col(MessageRow.id)
        page = select(MessageRow.id).where(key > after).order_by(key)
        last = self._session.exec(page.offset(looked_through - 1).limit(1)).first()
        named = or_(
            and_(col(MessageRow.user_id) == user.id, col(MessageRow.author_name) != str(user.username)),
            func.lower(MessageRow.body).contains(f"@{former}", autoescape=True),
        )
        within = key > after if last is None else and_(key > after, key <= last)
        ids = list(self._session.exec(select(MessageRow.id).where(within, named).order_by(key).limit(limit)))
        return Named(ids, ids[-1] if len(ids) == limit else last)

    def own_of(self, owner: Owner, after: str, limit: int) -> list[Message]:
        """By keyset, from an index of the member's texts, or of the session's client ids."""
        if owner.user_id is not None:
            key = col(MessageRow.id)
            own = select(MessageRow).where(MessageRow.user_id == owner.user_id, OWNED)
        else:
            key = col(MessageRow.client_id)
            guest = col(MessageRow.user_id).is_(None), col(MessageRow.body) != ""
            own = select(MessageRow).where(MessageRow.session_id == owner.session_id, *guest)
        rows = self._session.exec(own.where(key > after).order_by(key).limit(limit))
        return [message_of(row) for row in rows]

    def hidden_before(self, at: datetime, limit: int) -> list[Message]:
        """Read from the partial index of messages that are neither visible nor held but still have a text."""
        posted = col(MessageRow.posted_at)
        rows = self._session.exec(select(MessageRow).where(HIDDEN, posted < at).order_by(posted).limit(limit))
        return [message_of(row) for row in rows]


def message_of(row: MessageRow | Row[Any]) -> Message:
    """The domain's message, from a mapped row or one with all columns of `messages`."""
    return Message(
        id=row.id,
        room=RoomSlug.stored(row.room),
        client_id=ClientMessageId.stored(row.client_id),
        author=Author(row.author_name, row.author_tag, row.session_id, row.user_id),
        body=MessageBody.stored(row.body),
        status=MessageStatus.stored(row.status),
        posted_at=row.posted_at,
        revision=row.revision,
        position=row.position,
        approved_at=row.approved_at,
        edited_at=row.edited_at,
        reply_to=row.reply_to,
        stub=row.stub,
        reactions=Reactions.parse(row.reactions),
    )


def _signed(message: Message) -> dict[str, object]:
    author = message.author
    return {
        "of": message.id,
        "name": author.name,
        "tag": author.tag,
        "owner": author.user_id,
        "rev": message.revision,
    }
