"""Looking for words in a room: what is found, on fakes and both databases, and how the databases find it."""

from collections.abc import Sequence

import pytest
from sqlalchemy import text
from sqlmodel import Session

from portfolio_app.app.chat import search
from portfolio_app.app.chat.search import SearchRoom
from portfolio_app.app.errors import NotFound
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.domain.chat.message import Message, MessageBody
from portfolio_app.domain.errors import InvalidValue
from portfolio_app.infra.db.database import Database
from portfolio_app.infra.db.engine import open_engine
from portfolio_app.infra.db.messages import SqlMessages
from portfolio_app.infra.db.migrate import upgrade
from tests.contract.conftest import Storage
from tests.contract.test_history import fill, plans
from tests.contract.test_messages import post
from tests.fakes.samples import LOBBY


async def found(storage: Storage, words: str) -> list[str]:
    return [
        str(message.body) for message in (await SearchRoom(storage.unit_of_work)("lobby", words)).messages
    ]


async def test_messages_that_hold_every_word_are_found_newest_first(storage: Storage) -> None:
    await post(
        storage, "The deploy went well", "deployments are slow", "a well is deep", "DEPLOY: it went well!"
    )
    assert await found(storage, "well deploy") == ["DEPLOY: it went well!", "The deploy went well"]
    assert await found(storage, "deploy slow") == ["deployments are slow"]
    assert await found(storage, "it") == ["DEPLOY: it went well!"], "a short word is found whole"
    assert await found(storage, "eploy") == []


async def test_a_page_of_results_says_where_the_next_one_goes_on(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "HITS", 2)
    messages = await post(storage, *(f"number {n} of many" for n in range(5)))
    read = SearchRoom(storage.unit_of_work)
    first = await read("lobby", "many")
    second = await read("lobby", "many", first.before)
    third = await read("lobby", "many", second.before)
    assert [*first.messages, *second.messages, *third.messages] == messages[::-1]
    assert (first.before, second.before, third.before) == (4, 2, 0)


async def test_only_what_is_shown_is_found_through_every_change(storage: Storage) -> None:
    (message,) = await post(storage, "first words")
    (held,) = await post(storage, "held words", held=True)
    assert await found(storage, "words") == ["first words"]

    async def change(message: Message, how: str) -> Message:
        def work(repositories: Repositories) -> Message:
            revision = repositories.rooms.next_revision(LOBBY)
            made = {
                "edit": lambda: message.edit(MessageBody("second thoughts"), revision, message.posted_at),
                "remove": lambda: message.remove(revision),
                "restore": lambda: message.restore(revision),
                "approve": lambda: message.approve(revision, message.posted_at),
                "delete": lambda: message.delete(revision, message.posted_at),
            }[how]()
            repositories.messages.save(made)
            return made

        return await storage.unit_of_work.run(work)

    edited = await change(message, "edit")
    assert await found(storage, "words") == []
    assert await found(storage, "thoughts") == ["second thoughts"]
    removed = await change(edited, "remove")
    assert await found(storage, "thoughts") == []
    restored = await change(removed, "restore")
    assert await found(storage, "thoughts") == ["second thoughts"]
    await change(restored, "delete")
    assert await found(storage, "thoughts") == []
    await change(held, "approve")
    assert await found(storage, "words") == ["held words"]


async def test_words_of_every_script_and_beside_every_sign_are_found(storage: Storage) -> None:
    said = [
        "Ärger über Öl",
        "see socket.io/docs, (really)",
        "“quoted” snake_case",
        "مرحبا بالعالم",
        "v2 costs 3.14€",
        "party🎉time",
    ]
    await post(storage, *said)
    for words, body in {
        "ärger": said[0], "ÜBER öl": said[0], "docs socket": said[1], "really": said[1], "quoted": said[2],
        "case snake": said[2], "بالعالم": said[3], "v2": said[4], "3.14": said[4], "time": said[5],
    }.items():  # fmt: skip
        assert await found(storage, words) == [body], words


INSERT = (
    "INSERT INTO messages (id, room, client_id, session_id, author_name, author_tag, body, status, posted_at,"
    " revision, position) VALUES "
)
HOSTILE: Sequence[str] = (
    '"z', 'z"b*', "zz OR", "AND NOT", "NEAR(z b)", "body:x", "{z b}:c", "^z", "z*", "-z", "z\\", "z':*",
    "z & b | !c", "z:*ABCD", "_x", "x; DROP TABLE messages", "\u202ez", "\ufdfa", "z\tb\nc", "\ud800x", "x" * 100,
)  # fmt: skip
WORDLESS: Sequence[str] = (
    "", "  ", "\u0307", "\ufe0f\u200d", "\0", "!?", '"', "':*", "(((", "%", "<->", "a" * 101,
    "a" * 10_000, " ".join("abcdefghi"),
)  # fmt: skip


async def test_a_hostile_query_finds_nothing_or_is_refused_in_words(storage: Storage) -> None:
    await post(storage, "an ordinary message")
    for query in HOSTILE:
        assert await found(storage, query) == [], query
    for query in WORDLESS:
        with pytest.raises(InvalidValue, match=r"[Ll]ook for"):
            await found(storage, query)
    assert await found(storage, "ordinary\0") == ["an ordinary message"]
    with pytest.raises(NotFound):
        await SearchRoom(storage.unit_of_work)("nowhere", "word")


async def test_one_room_finds_nothing_of_another_one_and_nothing_of_a_room_that_is_gone(
    database: Database,
) -> None:
    values = "('{0}', '{1}', 'client-{0}', 's', 'demo', 'ab12', 'common word', 'visible', '2026-01-01 00:00:00', 1, 1)"
    with database.engine.begin() as connection:
        for slug in ("one", "two"):
            connection.execute(
                text(f"INSERT INTO rooms (slug, title, position, revision) VALUES ('{slug}', '', 1, 1)")
            )
            connection.execute(text(INSERT + values.format(f"of-{slug}", slug)))
    read = SearchRoom(database.unit_of_work)
    assert [m.id for m in (await read("one", "common")).messages] == ["of-one"]
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM messages WHERE room = 'one'"))
        connection.execute(text("DELETE FROM rooms WHERE slug = 'one'"))
        connection.execute(
            text("INSERT INTO rooms (slug, title, position, revision) VALUES ('one', '', 1, 1)")
        )
    assert (await read("one", "common")).messages == ()
    assert [m.id for m in (await read("two", "common")).messages] == ["of-two"]


def test_messages_of_an_earlier_schema_are_indexed(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade(empty, "0008")
    engine = open_engine(empty, connections=1)
    fill(engine, 12_000)
    upgrade(empty)
    with engine.connect() as connection:
        repository = SqlMessages(Session(connection))
        query = search.SearchQuery.parse("11999")
        assert [m.position for m in repository.search(LOBBY, query, 9)] == [11_999]
        assert repository.search(LOBBY, search.SearchQuery.parse("12000"), 9) == [], "every tenth was removed"
        everything = search.SearchQuery.parse("text")
        assert [m.position for m in repository.search(LOBBY, everything, 3)] == [11_999, 11_998, 11_997]
    engine.dispose()


async def test_a_search_in_a_long_room_scans_and_sorts_nothing(database: Database) -> None:
    fill(database.engine)
    read = SearchRoom(database.unit_of_work)
    with plans(database.engine) as made:
        for words in ("text", "text 15001", "19999", "nothing"):
            page = await read("lobby", words)
            assert (page.before > 0) == (words == "text")
    assert page.messages == ()
    about_messages = [plan for plan in made if "messages" in plan or "search_words" in plan]
    assert len(about_messages) >= 6
    for plan in about_messages:
        assert "Seq Scan" not in plan, plan
        assert "TEMP B-TREE" not in plan, plan
        # FTS5 names its index so.
        assert "SCAN" not in plan.replace("SCAN search_words VIRTUAL TABLE INDEX", ""), plan
