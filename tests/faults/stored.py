"""What the database holds in the end, and what must agree with it."""

import sqlite3
from pathlib import Path

import psycopg2

from tests.faults.crowd import Author, settled

_MESSAGES = "SELECT body, revision FROM messages ORDER BY revision"


def in_postgres(url: str) -> list[str]:
    """Bodies in order; fails if the revisions have a gap."""
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(_MESSAGES)
            return _without_gaps(cursor.fetchall())
    finally:
        connection.close()


def in_sqlite(data_dir: Path) -> list[str]:
    """Bodies in order; fails if the revisions have a gap."""
    connection = sqlite3.connect(data_dir / "portfolio.db")
    try:
        return _without_gaps(connection.execute(_MESSAGES).fetchall())
    finally:
        connection.close()


async def everyone_agrees(authors: list[Author], stored: list[str], since: int = 0) -> None:
    """Each acknowledged message is stored once; each tab shows what was stored after `since`, in order."""
    assert len(set(stored)) == len(stored)
    for author in authors:
        assert set(author.acknowledged) <= set(stored)
    await settled(authors, len(stored))
    for author in authors:
        assert author.view.bodies(since) == stored[since:]


def _without_gaps(rows: list[tuple[str, int]]) -> list[str]:
    assert [revision for _, revision in rows] == list(range(1, len(rows) + 1))
    return [body for body, _ in rows]
