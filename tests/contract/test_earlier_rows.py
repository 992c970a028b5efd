"""What rows of an earlier version become when its database is migrated."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from portfolio_app.app.ports.audit import Action
from portfolio_app.domain.account.user import Email, Role, User, Username
from portfolio_app.infra.clock import system_clock
from portfolio_app.infra.db.audit import SqlAuditTrail
from portfolio_app.infra.db.authored import message_of
from portfolio_app.infra.db.engine import open_engine
from portfolio_app.infra.db.migrate import downgrade, upgrade
from portfolio_app.infra.db.security import SqlSecurityLog
from portfolio_app.infra.db.tables import MessageRow
from portfolio_app.infra.db.users import SqlUsers

ADD_MEMBER = text(
    "INSERT INTO users (username, email, role, created_at)"
    " VALUES (:name, :email, 'member', '2026-01-01 00:00:00')"
)
"""As versions before addresses were held wrote it."""


def test_messages_of_an_earlier_schema_keep_their_place(empty: str) -> None:
    upgrade(empty, "0003")
    engine = open_engine(empty, connections=1)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO messages (id, room, client_id, session_id, author_name, author_tag, body, status,"
                " posted_at, revision) VALUES"
                " ('a', 'lobby', 'client-a', 's', 'demo', 'ab12', 'first', 'visible', '2026-01-01 00:00:00', 1),"
                " ('b', 'lobby', 'client-b', 's', 'demo', 'ab12', 'held', 'pending', '2026-01-01 00:00:00', 0)"
            )
        )

    upgrade(empty)

    with engine.connect() as connection:
        stored = connection.execute(text("SELECT id, position FROM messages ORDER BY id")).all()
        found = Session(connection).exec(select(MessageRow).where(MessageRow.room == "lobby")).all()
    engine.dispose()
    assert [tuple(row) for row in stored] == [("a", 1), ("b", 0)]
    assert {message_of(row).position for row in found} == {0, 1}


def test_what_members_did_with_their_accounts_moves_out_of_the_moderators_trail(empty: str) -> None:
    upgrade(empty, "0012")
    engine = open_engine(empty, connections=1)
    with engine.begin() as connection:
        connection.execute(ADD_MEMBER, {"name": "ann-1", "email": "ann@example.org"})
        for action, actor in (
            ("account.registered", "ann-1"),
            ("account.signed_in", "ann-1"),
            ("session.revoked", "ann-1"),
            ("account.signed_out", "demo#ab12"),
            ("account.promoted", "operator"),
        ):
            line = {"action": action, "actor": actor}
            connection.execute(
                text(
                    "INSERT INTO audit (at, actor, action, subject, request_id)"
                    " VALUES ('2026-01-01 00:00:00', :actor, :action, 'ann-1', 'r')"
                ),
                line,
            )

    upgrade(empty)

    with Session(engine) as session:
        trail = SqlAuditTrail(session).recent(9)
        lines = SqlSecurityLog(session).of_user(1, 9)
    engine.dispose()
    assert [entry.action for entry in trail] == [Action.PROMOTED, Action.REGISTERED]
    assert sorted(line.event for line in lines) == ["registered", "session ended", "signed in"]


def test_every_account_of_an_earlier_version_holds_its_address_and_the_others_stay_out_of_its_way(
    empty: str,
) -> None:
    """The statements are those of the version before: it reads and writes `email` alone."""
    by_email = text("SELECT username FROM users WHERE email = :email")
    upgrade(empty, "0019")
    engine = open_engine(empty, connections=1)
    with engine.begin() as connection:
        connection.execute(ADD_MEMBER, {"name": "ann-1", "email": "ann@example.org"})

    upgrade(empty)
    with Session(engine) as session, session.begin():
        users = SqlUsers(session, system_clock)
        for name, address in (
            ("eve-1", "ann@example.org"),
            ("bob-1", "bob@example.org"),
            ("bob-2", "bob@example.org"),
        ):
            users.add(User(0, Username(name), Email(address), Role.MEMBER, system_clock(), holds_email=False))
    with engine.begin() as connection:
        connection.execute(ADD_MEMBER, {"name": "zoe-1", "email": "zoe@example.org"})
        assert connection.execute(by_email, {"email": "ann@example.org"}).scalars().all() == ["ann-1"]
        assert connection.execute(by_email, {"email": "bob@example.org"}).scalars().all() == []
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(ADD_MEMBER, {"name": "zoe-2", "email": "ann@example.org"})
    with Session(engine) as session:
        users = SqlUsers(session, system_clock)
        for name in ("ann", "zoe"):
            holder = users.by_email(Email(f"{name}@example.org"))
            assert holder is not None
            assert (str(holder.username), holder.holds_email) == (f"{name}-1", True)

    downgrade(empty, "0019")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT username, email FROM users"))
        found = {row.username: row.email for row in rows}
    engine.dispose()
    assert [found[name] for name in ("ann-1", "bob-1")] == ["ann@example.org", "bob@example.org"]
    assert all(found[name].endswith("@unconfirmed.invalid") for name in ("eve-1", "bob-2"))
