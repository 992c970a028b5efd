"""Looking for what stands in a run without spaces, for emoji, and for letters that either case leaves apart."""

import unicodedata
from collections.abc import Mapping, Sequence

from sqlalchemy import text

from portfolio_app.app.chat.search import SearchRoom
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.domain.chat.message import MessageBody
from portfolio_app.domain.spelling import indexed, is_of_words
from portfolio_app.infra.db.database import Database
from portfolio_app.infra.db.engine import open_engine
from portfolio_app.infra.db.migrate import downgrade, upgrade
from tests.contract.conftest import Storage
from tests.contract.schemas import SCRIPT
from tests.contract.test_messages import post
from tests.contract.test_search import INSERT, found
from tests.fakes.clock import FakeClock
from tests.fakes.samples import LOBBY

migration = SCRIPT.get_revision("0021").module
UNSPACED: Mapping[str, Sequence[str]] = {
    "你好世界这是测试": ("世界", "界", "你好世界这是测试", "试", "测试 你好", "世 界"),
    "日本語をiPhoneで書く": ("日本", "IPHONE", "書く", "本語を"),
    "ประเทศไทยที่นี่": ("ไทย", "ประเทศ", "ที่นี่", "ท"),
    "학교에서 만나요": ("학교", "만나"),
    "ភាសាខ្មែរ": ("ខ្មែរ",),
    "𠮷野家 party🎉time ❤\ufe0f👍🏽": ("🎉", "𠮷野", "party", "time🎉", "❤", "❤\ufe0f", "👍", "👍🏽"),
    "👩‍👩‍👧 in 🇩🇪": ("👩‍👩‍👧", "👧", "🇩🇪"),
    "ＡＢＣ１２３": ("abc123", "ａｂｃ", "ABC"),
    "हिन्दी में": ("हिन्दी", "में"),
}


async def test_words_within_a_run_without_spaces_and_emoji_are_found(storage: Storage) -> None:
    await post(storage, *UNSPACED, "世 is not 界", "日を本に", "ทา", "हन्द", "🎊")
    for body, queries in UNSPACED.items():
        for query in queries:
            assert body in await found(storage, query), query
    for apart in ("界世", "日語", "🎉🎊", "ไทยประเทศ", "野𠮷", "हन्दी", "ณ", "猫", "🐈"):
        assert await found(storage, apart) == [], apart


async def test_letters_that_either_case_leaves_apart_are_found_by_each_other(storage: Storage) -> None:
    said = [
        "İstanbul Isparta",
        "ısparta",
        "straße",
        "STRASSE",
        "ΟΔΟΣ",
        "οδός",
        "ﬁn Eﬃzienz",
        "GROẞ",
        "mi\u0307ni",
    ]
    await post(storage, *said)
    for query, bodies in {
        "istanbul": [said[0]], "İSTANBUL": [said[0]], "i\u0307stanbul": [said[0]], "isparta": [said[1], said[0]],
        "ISPARTA": [said[1], said[0]], "strasse": [said[3], said[2]], "STRAẞE": [said[3], said[2]],
        "straß": [said[3], said[2]], "οδος": [said[4]], "ΟΔΌΣ": [said[5]], "fin": [said[6]], "effi": [said[6]],
        "gross": [said[7]], "groß": [said[7]], "mini": [said[8]],
    }.items():  # fmt: skip
        assert await found(storage, query) == bodies, query


async def test_a_run_without_spaces_is_found_as_long_as_it_is_shown(storage: Storage) -> None:
    (message,) = await post(storage, "你好世界straße🎉")

    def edit(repositories: Repositories) -> None:
        revision = repositories.rooms.next_revision(LOBBY)
        repositories.messages.save(message.edit(MessageBody("再见世间İ👋"), revision, message.posted_at))

    await storage.unit_of_work.run(edit)
    for query in ("世界", "strasse", "🎉"):
        assert await found(storage, query) == [], query
    for query in ("世间", "i", "👋"):
        assert await found(storage, query) == ["再见世间İ👋"], query


def spelled_in_sql(url: str, texts: Sequence[str]) -> list[str]:
    """What the triggers give the index of each text."""
    engine = open_engine(url, connections=1)
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            wide, narrow = (migration._WIDE, migration._NARROW)
            expression = f"search_apart(translate({migration._folded('body')}, '{wide}', '{narrow}'))"
        else:
            expression = migration._apart(migration._folded("body"))
        # A table, as an expression names its text many times.
        connection.execute(text("CREATE TEMPORARY TABLE spelled (n integer, body text)"))
        rows = [{"n": n, "body": body} for n, body in enumerate(texts)]
        connection.execute(text("INSERT INTO spelled VALUES (:n, :body)"), rows)
        found = connection.exec_driver_sql(f"SELECT {expression} FROM spelled ORDER BY n").scalars().all()
    engine.dispose()
    return [str(each) for each in found]


def terms(spelled: str) -> list[str]:
    """What the databases keep of a text that was taken apart: signs are no words."""
    return "".join(ch if is_of_words(ch) else " " for ch in spelled).split()


def test_sql_takes_every_character_apart_as_the_search_does(empty: str) -> None:
    characters = [chr(each) for each in range(0x20, 0x32000) if unicodedata.category(chr(each))[0] in "LMNS"]
    texts = ["a".join(characters[at : at + 500]) for at in range(0, len(characters), 500)]
    texts += ["".join(characters[at : at + 500]) for at in range(0, len(characters), 500)]
    upgrade(empty)
    for body, spelled in zip(texts, spelled_in_sql(empty, texts), strict=True):
        assert terms(spelled) == terms(indexed(body))


async def test_a_migration_indexes_runs_that_are_there_and_takes_that_back(
    empty: str, clock: FakeClock
) -> None:
    said = {1: "你好世界", 4_999: "straße", 5_000: "an ordinary word", 11_999: "world你好世界🎉"}
    values = (
        "('m-{0}', 'lobby', 'c-{0}', 's', 'demo', 'ab12', '{1}', 'visible', '2026-01-01 00:00:00', {0}, {0})"
    )
    upgrade(empty, "0020")
    database = Database(empty, clock)
    with database.engine.begin() as connection:
        for position, body in said.items():
            connection.execute(text(INSERT + values.format(position, body)))
        connection.execute(text("UPDATE rooms SET revision = 12000"))
    read = SearchRoom(database.unit_of_work)

    async def places(words: str) -> list[int]:
        return [message.position for message in (await read("lobby", words)).messages]

    before = [await places(each) for each in ("ordinary", "world", "straße", "世界")]
    assert before == [[5_000], [11_999], [], []]
    upgrade(empty)
    for words, where in {
        "世界": [11_999, 1], "strasse": [4_999], "ordinary": [5_000], "🎉": [11_999], "好": [11_999, 1]
    }.items():  # fmt: skip
        assert await places(words) == where, words
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE messages SET body = 'gone' WHERE position = 1"))
    assert await places("世界") == [11_999]
    downgrade(empty, "0020")
    assert [await places(each) for each in ("ordinary", "world", "straße", "世界")] == before
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM messages WHERE position = 11999"))
    assert await places("world") == []
    upgrade(empty)
    assert await places("strasse") == [4_999]
    database.close()
