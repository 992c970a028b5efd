"""History: how long reading takes in a room of a million messages, on both databases."""

import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeAlias

from sqlalchemy import Engine, text

from benchmarks.rows import Row, Sheet, percentile, worded
from portfolio_app.app.caller import Caller
from portfolio_app.app.chat.history import Part, ReadHistory, Toward
from portfolio_app.app.chat.read_room import CatchUp, FindRoom, OpenRoom, ReadQuotes
from portfolio_app.app.chat.rooms import ListRooms
from portfolio_app.app.chat.search import SearchRoom
from portfolio_app.app.ports.messages import Owner
from portfolio_app.app.ports.unit_of_work import UnitOfWork
from portfolio_app.infra.clock import system_clock
from portfolio_app.infra.db.database import Database
from portfolio_app.infra.db.engine import MIGRATION, set_timeouts
from portfolio_app.infra.db.migrate import upgrade
from portfolio_app.settings import Settings
from tests.servers import postgres_server

MESSAGES: Final = 1_000_000
QUICK: Final = 20_000
TIMES: Final = 200
PROMISED_MS: Final = 50
ROOM: Final = "lobby"
OTHERS: Final = 20
"""Rooms beside it that its reader has seen a part of."""
SESSIONS: Final = 1_000
"""Guests who wrote it; one of them is its reader."""
READER: Final = "session-7"
FIRST_S: Final = 1_700_000_000
APART_S: Final = 60

_NUMBERS: Final[Mapping[str, str]] = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)",
    "postgresql": "WITH n(i) AS (SELECT generate_series(1, :rows))",
}
_POSTED: Final[Mapping[str, str]] = {
    "sqlite": f"strftime('%Y-%m-%d %H:%M:%f000', {FIRST_S} + i * {APART_S}, 'unixepoch')",
    "postgresql": f"to_timestamp({FIRST_S} + i * {APART_S})",
}
# One word is in all messages, one in those of the first hundredth, the others in a tenth and in a hundredth of all.
_BODY: Final = (
    "'every message has words, number ' || i || ' tens' || (i % 10) || ' hundreds' || (i % 100)"
    " || CASE WHEN i * 100 < :rows THEN ' ancient' ELSE '' END"
)
Act: TypeAlias = Callable[[int], Awaitable[object]]
"""The measured reads, with a place in the room that differs each time."""


def fill(engine: Engine, rows: int) -> None:
    """A room of so many messages, one in twenty an answer and one in fifty with a reaction; and further rooms."""
    dialect = engine.dialect.name
    columns = (
        "id, room, client_id, session_id, author_name, author_tag, body, status, posted_at, revision, position,"
        " reply_to, reactions"
    )
    values = (
        f"'message-' || i, '{ROOM}', 'client-' || i, 'session-' || (i % {SESSIONS}), 'demo', 'ab12', {_BODY},"
        f" CASE WHEN i % 40 = 0 THEN 'removed' ELSE 'visible' END, {_POSTED[dialect]}, i, i,"
        " CASE WHEN i % 20 = 19 THEN 'message-' || (i - 7) END, CASE WHEN i % 50 = 1 THEN 'like:1' ELSE '' END"
    )
    with engine.begin() as connection:
        set_timeouts(connection, MIGRATION)
        connection.execute(
            text(f"INSERT INTO messages ({columns}) {_NUMBERS[dialect]} SELECT {values} FROM n"),
            {"rows": rows},
        )
        connection.execute(
            text("UPDATE rooms SET revision = :rows WHERE slug = :room"), {"rows": rows, "room": ROOM}
        )
        connection.execute(
            text(
                "INSERT INTO sessions (id, created_at, expires_at) VALUES"
                f" ('{READER}', '2026-01-01 00:00:00', '2036-01-01 00:00:00')"
            )
        )
        for number in range(OTHERS):
            slug, part = f"other-{number}", rows // 1_000
            connection.execute(
                text(
                    f"INSERT INTO rooms (slug, title, position, revision) VALUES ('{slug}', 'Other', 9, {part})"
                )
            )
            others = values.replace("message-", f"{slug}-").replace(f"'{ROOM}'", f"'{slug}'")
            others = others.replace("client-", f"{slug}-client-")
            connection.execute(
                text(f"INSERT INTO messages ({columns}) {_NUMBERS[dialect]} SELECT {others} FROM n"),
                {"rows": part},
            )
            connection.execute(
                text(f"INSERT INTO seen (reader, room, revision) VALUES ('{READER}', '{slug}', {number})")
            )
    with engine.begin() as connection:
        set_timeouts(connection, MIGRATION)
        connection.execute(text("ANALYZE"))


def acts(work: UnitOfWork, rows: int) -> Mapping[str, Act]:
    """The measured reads, by name."""
    reader = Caller(READER, "127.0.0.1", "")
    read, search = ReadHistory(work), SearchRoom(work)
    open_room, quotes = OpenRoom(work), ReadQuotes(work)

    def page(toward: Toward) -> Act:
        return lambda at: read(ROOM, toward, Part(at, at + 60), _posted_ms(at), caller=reader)

    def words(of: Callable[[int], str]) -> Act:
        return lambda at: search(ROOM, of(at))

    return {
        "open": lambda _at: open_room(reader, ROOM),
        "older": page(Toward.OLDER),
        "newer": page(Toward.NEWER),
        "newest": page(Toward.NEWEST),
        "date": page(Toward.TIME),
        "permalink": lambda at: open_room(reader, ROOM, f"message-{_shown(at)}"),
        "address": lambda at: FindRoom(work)(ROOM, f"message-{_shown(at)}"),
        "repair": lambda at: CatchUp(work)(ROOM, rows - at % 500),
        "quotes": lambda at: quotes(ROOM, [f"message-{max(1, at - 97 * n)}" for n in range(60)]),
        "unread": lambda _at: ListRooms(work)(reader, ROOM),
        "export": lambda at: work.run(lambda r: r.messages.own_of(Owner(READER), f"client-{at}", 200)),
        "search_every": words(lambda _at: "every"),
        "search_beginning": words(lambda _at: "eve"),
        "search_one_of_10": words(lambda at: f"tens{at % 10}"),
        "search_one_of_100": words(lambda at: f"words hundreds{at % 100}"),
        "search_old": words(lambda _at: "ancient message"),
        "search_apart": words(lambda at: f"tens{at % 10} hundreds{(at + 1) % 100:02}"),
        "search_rare": words(lambda at: f"number {at}"),
        "search_nothing": words(lambda at: f"nothing{at}"),
        "search_older": lambda at: search(ROOM, f"every tens{at % 10}", at),
    }


def _shown(at: int) -> int:
    return at + 1 if at % 40 == 0 else at


def _posted_ms(at: int) -> int:
    return (FIRST_S + at * APART_S) * 1_000


@contextmanager
def databases() -> Iterator[Mapping[str, str]]:
    """Addresses of a new database of each kind, with the newest schema."""
    with tempfile.TemporaryDirectory(prefix="history-") as folder, postgres_server() as postgres:
        urls = {"sqlite": f"sqlite:///{Path(folder) / 'portfolio.db'}", "postgresql": postgres.url}
        yield {name: Settings.from_env({"DATABASE_URL": url}).database_url for name, url in urls.items()}


async def run(*, quick: bool) -> list[Row]:
    """Fill both, then measure in turns; takes some four minutes, or ten seconds when quick."""
    size, times = (QUICK, TIMES // 20) if quick else (MESSAGES, TIMES)
    rows: list[Row] = []
    with databases() as urls:
        for system, url in urls.items():
            print(f"history: {size} messages on {system}", flush=True)
            upgrade(url)
            database = Database(url, system_clock)
            fill(database.engine, size)
            rows += await _measure(database, system, size, times)
            database.close()
    return rows


async def _measure(database: Database, system: str, size: int, times: int) -> list[Row]:
    chance = random.Random(7)
    rows: list[Row] = []
    for name, act in acts(database.unit_of_work, size).items():
        took: list[float] = []
        await act(size // 2)  # what is read for the first time is read from a disk
        for _ in range(times):
            at, started = chance.randrange(1, size), time.perf_counter()
            await act(at)
            took.append((time.perf_counter() - started) * 1_000)
        units = {f"{name}_p50_ms": "ms", f"{name}_p95_ms": "ms"}
        sheet = Sheet("history", system, size, 1, units)
        rows += sheet.rows({f"{name}_p50_ms": percentile(took, 50), f"{name}_p95_ms": percentile(took, 95)})
    return rows


def report(rows: list[Row]) -> Iterable[str]:
    """Both databases; what takes longer than it may is named."""
    measured = [row for row in rows if row.measure == "history"]
    for n in dict.fromkeys(row.n for row in measured):
        yield f"\nHistory: a room of {n:,} messages; p95 may be {PROMISED_MS} ms"
        for system in dict.fromkeys(row.system for row in measured):
            for row in (row for row in measured if (row.system, row.n) == (system, n)):
                over = row.metric.endswith("p95_ms") and (row.value is None or row.value >= PROMISED_MS)
                kept = "  NOT kept" if over else ""
                yield f"  {system:11} {row.metric:24} {worded(measured, system, n, row.metric, row.unit)}{kept}"
