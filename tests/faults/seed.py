"""Rooms with a past, written straight into the database."""

import sqlalchemy

POSTED_AT = "2026-01-01 00:00:00"


def fill_room(database_url: str, room: str, messages: int, body: str = "old") -> None:
    """Put as many messages into an empty room as if they had been posted; each is `body` and its number."""
    same = {"room": room, "session_id": "5" * 32, "author_name": "demo", "author_tag": "past"}
    same |= {"status": "visible", "posted_at": POSTED_AT}
    rows = [
        same
        | {"id": f"{room}{n:015}", "client_id": f"{room}{n:015}", "body": f"{body} {n}"}
        | {"revision": n, "position": n}
        for n in range(1, messages + 1)
    ]
    table = sqlalchemy.table("messages", *map(sqlalchemy.column, rows[0]))
    with _engine(database_url).begin() as connection:
        connection.execute(sqlalchemy.insert(table), rows)  # many a statement, unlike text
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
