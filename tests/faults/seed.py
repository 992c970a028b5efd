"""Rooms with a past, written straight into the database."""

import sqlalchemy

INSERT = """
    INSERT INTO messages
        (id, room, client_id, session_id, author_name, author_tag, body, status, posted_at, revision,
         position)
    VALUES (:id, :room, :id, :session, 'demo', 'past', :body, 'visible', '2026-01-01 00:00:00', :revision,
        :revision)
"""


def fill_room(database_url: str, room: str, messages: int, body: str = "old") -> None:
    """Put as many messages into an empty room as if they had been posted; each is `body` and its number."""
    rows = [
        {"id": f"{room}{n:015}", "room": room, "session": "5" * 32, "body": f"{body} {n}", "revision": n}
        for n in range(1, messages + 1)
    ]
    with _engine(database_url).begin() as connection:
        connection.execute(sqlalchemy.text(INSERT), rows)
        statement = "UPDATE rooms SET revision = :revision WHERE slug = :room"
        connection.execute(sqlalchemy.text(statement), {"revision": messages, "room": room})


def add_room(database_url: str, room: str) -> None:
    """Another room."""
    statement = "INSERT INTO rooms (slug, title, position, revision) VALUES (:room, :room, 9, 0)"
    with _engine(database_url).begin() as connection:
        connection.execute(sqlalchemy.text(statement), {"room": room})


def run(database_url: str, statement: str) -> None:
    """Change something behind the site's back."""
    with _engine(database_url).begin() as connection:
        connection.execute(sqlalchemy.text(statement))


def _engine(database_url: str) -> sqlalchemy.Engine:
    url = sqlalchemy.make_url(database_url)
    driver = "postgresql+psycopg2" if url.get_backend_name() == "postgresql" else "sqlite"
    return sqlalchemy.create_engine(url.set(drivername=driver), poolclass=sqlalchemy.NullPool)
