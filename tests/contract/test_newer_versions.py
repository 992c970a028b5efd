"""What a newer version, which runs beside this one or did before it was rolled back, has left in the database.

Each kind, status, role and sign that only it knows is shown as a word, or passed over; nothing else stops being read.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from portfolio_app.app.ports.audit import Action, AuditEntry
from portfolio_app.app.ports.security import SecurityEvent, SecurityLine
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.domain.account.user import Email, Role, User, Username
from portfolio_app.domain.chat.message import MessageStatus
from portfolio_app.domain.chat.moderation import Reason
from portfolio_app.domain.chat.reactions import Sign
from portfolio_app.domain.chat.room import Room, RoomSlug
from tests.contract.conftest import Storage
from tests.fakes.samples import LOBBY, draft, session_id

LONG_NAME = "a-name-longer-than-any-that-this-version-would-take"


async def write(storage: Storage, statement: str, **values: object) -> None:
    """As the newer version would have."""

    def execute(repositories: Repositories) -> None:
        session: Session = repositories.messages._session  # type: ignore[attr-defined]
        session.connection().execute(text(statement), values)

    await storage.unit_of_work.run(execute)


async def test_lines_of_the_audit_trail_are_shown_with_the_newer_version_s_word(sql_storage: Storage) -> None:
    entry = AuditEntry(sql_storage.clock(), "ann", Action.RENAMED, "anna", "r")
    await sql_storage.unit_of_work.run(lambda r: r.audit.add(entry))
    await write(sql_storage, "UPDATE audit SET action = 'account.merged'")
    await sql_storage.unit_of_work.run(lambda r: r.audit.add(entry))
    found = await sql_storage.unit_of_work.run(lambda r: r.audit.recent(9))
    assert [str(line.action) for line in found] == ["account.renamed", "account.merged"]
    assert found[0].action is Action.RENAMED


async def test_lines_of_the_security_log_are_shown_with_the_newer_version_s_word(
    sql_storage: Storage,
) -> None:
    line = SecurityLine(sql_storage.clock(), 7, SecurityEvent.SIGNED_IN, "203.0.113.0", "r")
    await sql_storage.unit_of_work.run(lambda r: r.security.add(line))
    await write(sql_storage, "UPDATE security_log SET event = 'confirmed with a face'")
    await sql_storage.unit_of_work.run(lambda r: r.security.add(line))
    found = await sql_storage.unit_of_work.run(lambda r: r.security.of_user(7, 9))
    assert [str(each.event) for each in found] == ["signed in", "confirmed with a face"]


async def test_a_message_in_an_unknown_status_is_nobody_s_to_see_and_nobody_s_to_change(
    sql_storage: Storage,
) -> None:
    first, second = [(await sql_storage.journal.append(draft(sql_storage.clock))).message for _ in range(2)]
    await write(sql_storage, "UPDATE messages SET status = 'hidden for now' WHERE id = :id", id=first.id)

    def read(repositories: Repositories) -> Mapping[str, Any]:
        return {
            "window": repositories.messages.window(LOBBY, 9),
            "changes": [(each.id, each.status) for each in repositories.messages.changes_after(LOBBY, 0, 9)],
            "lock": repositories.messages.lock(first.id),
        }

    assert await sql_storage.unit_of_work.run(read) == {
        "window": [second],
        # As a change it is there, or a tab would ask for its revision again and again.
        "changes": [(first.id, MessageStatus.REMOVED), (second.id, MessageStatus.VISIBLE)],
        "lock": None,
    }


async def test_counts_of_unknown_reactions_are_kept_when_a_known_one_is_given(sql_storage: Storage) -> None:
    message = (await sql_storage.journal.append(draft(sql_storage.clock))).message
    stored = "like:2 rocket:3 wave:many"
    await write(sql_storage, "UPDATE messages SET reactions = :stored", stored=stored)
    insert = "INSERT INTO reactions (message_id, reader, sign) VALUES (:id, 'ann', :sign)"
    for sign in ("rocket", "like"):
        await write(sql_storage, insert, id=message.id, sign=sign)

    def react(repositories: Repositories) -> tuple[Any, ...]:
        found = repositories.messages.lock(message.id)
        assert found is not None
        repositories.messages.save(found.react(Sign.HEART, 1, 2))
        again = repositories.messages.lock(message.id)
        assert again is not None
        own = repositories.messages.reactions_of("ann", [message.id])
        return (
            found.reactions.counts,
            str(again.reactions),
            own,
            repositories.messages.given("ann", None, 9),
        )

    counts, kept, own, given = await sql_storage.unit_of_work.run(react)
    assert counts == ((Sign.LIKE, 2),)
    assert kept == "like:2 heart:1 rocket:3 wave:many"
    assert own == {message.id: (Sign.LIKE,)}
    assert given == [(message.id, Sign.LIKE)]


async def test_an_unknown_reason_to_hold_a_message_is_a_word(sql_storage: Storage) -> None:
    await sql_storage.journal.append(draft(sql_storage.clock, held=True))
    await write(sql_storage, "UPDATE moderation_queue SET reasons = 'link picture'")
    (entry,) = await sql_storage.unit_of_work.run(lambda r: r.queue.waiting(9))
    assert entry.reasons == (Reason.LINK, "picture")


async def test_an_account_with_an_unknown_role_or_a_longer_name_is_a_member(sql_storage: Storage) -> None:
    now = sql_storage.clock()
    user = User(0, Username("ann"), Email("ann@example.org"), Role.OWNER, now)
    stored = await sql_storage.unit_of_work.run(lambda r: r.users.add(user))
    await write(
        sql_storage, "UPDATE users SET role = 'editor', username = :name, email = 'ann'", name=LONG_NAME
    )
    found = await sql_storage.unit_of_work.run(lambda r: r.users.get(stored.id))
    assert found is not None
    assert (str(found.username), str(found.email), found.role) == (LONG_NAME, "ann", Role.MEMBER)
    assert not found.is_moderator
    assert await sql_storage.unit_of_work.run(lambda r: r.users.staff(9)) == [found]


async def test_a_room_with_an_unknown_kind_of_name_is_listed_with_the_others(sql_storage: Storage) -> None:
    await sql_storage.unit_of_work.run(lambda r: r.rooms.add(Room(RoomSlug("hall"), "Hall", place=9)))
    await write(sql_storage, "UPDATE rooms SET slug = 'Größe' WHERE slug = 'hall'")
    found = await sql_storage.unit_of_work.run(lambda r: r.rooms.all())
    assert [str(room.slug) for room in found][-1] == "Größe"


@pytest.mark.parametrize("column", ["client_id", "author_tag"])
async def test_what_its_authors_send_otherwise_is_read_as_it_is(sql_storage: Storage, column: str) -> None:
    message = (await sql_storage.journal.append(draft(sql_storage.clock))).message
    await write(sql_storage, f"UPDATE messages SET {column} = 'v2:1'")
    (found,) = await sql_storage.unit_of_work.run(lambda r: r.messages.window(LOBBY, 9))
    assert found.id == message.id
    assert "v2:1" in (str(found.client_id), found.author.tag)


async def test_a_muted_author_and_a_session_are_read_whatever_is_beside_their_columns(
    sql_storage: Storage,
) -> None:
    """A newer schema has more columns, which statements of this version neither name nor need."""
    await write(sql_storage, "ALTER TABLE sessions ADD COLUMN colour VARCHAR DEFAULT 'red'")
    await write(sql_storage, "ALTER TABLE messages ADD COLUMN colour VARCHAR")
    message = (await sql_storage.journal.append(draft(sql_storage.clock, guest=True))).message
    now = sql_storage.clock() - timedelta(days=1)
    assert await sql_storage.unit_of_work.run(lambda r: r.messages.window(LOBBY, 9)) == [message]
    assert session_id("ann") in await sql_storage.unit_of_work.run(
        lambda r: r.sessions.live_of([session_id("ann")])
    )
    assert await sql_storage.unit_of_work.run(lambda r: r.mutes.all(now, 9)) == []
