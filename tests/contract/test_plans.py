"""How both databases find the rows of every statement of the chat: none walks a table from end to end."""

import re
from datetime import timedelta

from sqlalchemy import Connection, Engine, event, text

from portfolio_app.app.caller import Caller
from portfolio_app.app.chat.read_room import FindRoom, OpenRoom, ReadQuotes
from portfolio_app.app.ports.messages import Owner
from portfolio_app.app.ports.reports import Report
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.domain.account.user import Username
from portfolio_app.domain.chat.message import Author, Message, MessageBody
from portfolio_app.domain.chat.mute import Mute
from portfolio_app.domain.chat.reactions import Sign
from portfolio_app.domain.chat.room import Room, RoomSlug
from portfolio_app.infra.db.database import Database
from portfolio_app.infra.db.tables import metadata
from tests.contract.test_history import _ONE_A_MINUTE, _TIME, fill, plans
from tests.fakes.clock import FakeClock
from tests.fakes.samples import LOBBY, user

FEW = 4_000
"""Of everything beside messages: enough for PostgreSQL to rather use an index."""
NOW = FakeClock()()
AT = "'2026-01-01 00:00:00'"
WALKED = rf"SCAN ({'|'.join(metadata.tables)})\b|Seq Scan"
WHOLE = ("ix_reports_open", "moderation_queue", "rooms", "ix_users_staff")
"""What is read from end to end on purpose: open reports and the queue are counted, rooms and moderators are few."""


def crowd(engine: Engine) -> None:
    """Members, sessions, reactions, mutes, reports and audit lines, as a busy site has them."""
    numbers = _ONE_A_MINUTE[engine.dialect.name]

    def insert(into: str, values: str) -> None:
        connection.execute(text(f"INSERT INTO {into} {numbers} SELECT {values} FROM n"), {"rows": FEW})

    with engine.begin() as connection:
        insert(
            "users (username, email, role, created_at)", f"'user-' || i, i || '@example.org', 'member', {AT}"
        )
        insert("sessions (id, user_id, created_at, expires_at)", f"'s-' || i, i, {AT}, '2036-01-01 00:00:00'")
        insert("reactions (message_id, reader, sign)", "'row-' || i, 's-' || (i % 50), 'like'")
        insert("seen (reader, room, revision)", "'s-' || i, 'lobby', i")
        insert(
            "mutes (author, handle, label, moderator, since, until)",
            f"'s-' || i, 'h-' || i, 'demo', 'mod-' || (i % 9), {AT}, {_TIME[engine.dialect.name]}",
        )
        insert("hidden_messages (message_id, author)", "'row-' || i, 's-' || (i % 50)")
        insert(
            "reports (message_id, reporter, reason, at, settled_at)",
            f"'row-' || i, 's-' || (i % 50), 'why', {AT}, CASE WHEN i > 9 THEN {settled(connection)} END",
        )
        insert(
            "audit (at, actor, action, subject, request_id, detail)",
            f"{AT}, 'mod', CASE WHEN i % 9 = 0 THEN 'message.removed' ELSE 'message.posted' END, 'row-' || i, '', ''",
        )
        connection.execute(
            text("UPDATE messages SET session_id = 's-' || (position % 500), user_id = 1 + position % 300")
        )
        connection.execute(text("UPDATE messages SET reply_to = 'row-3' WHERE position % 100 = 7"))
        connection.execute(text("ANALYZE"))


def settled(connection: Connection) -> str:
    return AT if connection.dialect.name == "sqlite" else f"{AT}::timestamptz"


def read(repositories: Repositories, message: Message) -> None:
    """Every reading of one message, of its author, and of what moderators see."""
    messages, author = repositories.messages, message.author
    messages.lock(message.id)
    messages.is_answered(message.id)
    messages.named([message.id, "row-5"])
    messages.removed_among(["row-10", "row-20"])
    messages.reactions_of("s-7", [message.id, "row-7"])
    messages.given("s-7", ("row-1", Sign.LIKE), 20)
    messages.pending_of(Owner("s-7"), LOBBY, 20)
    messages.pending_of(Owner("s-7", 7), LOBBY, 20)
    messages.unpublished_of(["s-7", "s-8", "member 7"], 20)
    messages.latest_of("s-7")
    messages.own_of(Owner("s-7"), "client-5", 50)
    messages.own_of(Owner("s-7", 7), "", 50)
    messages.hidden_before(NOW, 50)
    messages.shown_of(Author("demo", "ab12", "s-7", None), 50)
    messages.shown_of(Author("user-7", "", "s-7", 7), 50)
    messages.of_member(7, 50)
    repositories.rooms.get(LOBBY)
    repositories.rooms.revisions([LOBBY])
    repositories.rooms.unseen("s-7", [LOBBY])
    repositories.mutes.holding([author.session_id, "member 7"], NOW)
    repositories.mutes.by_handle("h-7")
    repositories.mutes.all(NOW, 20)
    repositories.mutes.hidden("s-7", 50)
    repositories.reports.open(20)
    repositories.audit.last_decision("row-9")
    repositories.audit.last_decision("row-8")
    repositories.queue.waiting(20)
    repositories.users.by_username(Username("user-7"))
    repositories.users.staff(20)
    repositories.sessions.get("s-7")


def write(repositories: Repositories, message: Message) -> None:
    """Every change of one message, and what a moderator writes with it."""
    repositories.messages.react(message.id, "s-7", Sign.EYES, given=True)
    repositories.messages.react(message.id, "s-7", Sign.EYES, given=False)
    revision = repositories.rooms.next_revision(LOBBY)
    repositories.messages.save(message.edit(MessageBody("new"), revision, message.posted_at))
    repositories.messages.save_authors([message])
    repositories.rooms.see("s-7", LOBBY, revision)
    repositories.rooms.unsee("s-8")
    repositories.mutes.put(Mute("s-9", "demo", "mod", NOW, NOW + timedelta(minutes=10)))
    repositories.mutes.hide("s-9", ["row-11"])
    repositories.mutes.unhide(["row-11"])
    repositories.mutes.lift("s-9")
    repositories.mutes.rename_moderator("mod-1", "gone")
    repositories.reports.add(Report("row-12", "bob", "why", NOW))
    repositories.reports.settle("row-12", NOW)
    repositories.reports.forget(["row-12"], NOW)
    repositories.reports.rename("s-7", "gone")
    repositories.audit.forget(["row-12"])
    repositories.queue.close("row-12")


async def test_no_statement_of_the_chat_walks_a_table_from_end_to_end(database: Database) -> None:
    fill(database.engine)
    crowd(database.engine)
    work = database.unit_of_work
    (message,) = await work.run(lambda r: r.messages.shown_from(LOBBY, 15_003, 1))
    await work.run(lambda r: r.users.add(user(FakeClock(), "mod-1")))
    reader = Caller("s-7", "127.0.0.1", "")
    with plans(database.engine) as found:
        await OpenRoom(work)(reader, "lobby", message.id)
        await FindRoom(work)("lobby", message.id)
        assert len(await ReadQuotes(work)("lobby", [f"row-{n}" for n in range(1, 60)])) == 59
        await work.run(lambda r: read(r, message))
        await work.run(lambda r: write(r, message))
    assert len(found) > 55
    for plan in found:
        walked = [step for step in plan.split(" / ") if re.search(WALKED, step)]
        assert all(any(name in step for name in WHOLE) for step in walked), plan


async def test_what_is_unread_in_many_rooms_is_counted_by_one_statement(database: Database) -> None:
    slugs = [RoomSlug(f"room-{number}") for number in range(5)]
    run, statements = database.unit_of_work.run, list[str]()

    def make(repositories: Repositories) -> None:
        for number, slug in enumerate(slugs):
            repositories.rooms.add(Room(slug, "Room", number))
            repositories.rooms.see("ann", slug, 0)

    def note(*values: object) -> None:
        statements.append(str(values[2]))

    await run(make)
    event.listen(database.engine, "before_cursor_execute", note)
    unseen = await run(lambda r: r.rooms.unseen("ann", slugs))
    event.remove(database.engine, "before_cursor_execute", note)

    assert unseen == {str(slug): 0 for slug in slugs}
    assert len([each for each in statements if each.startswith("SELECT")]) == 1
