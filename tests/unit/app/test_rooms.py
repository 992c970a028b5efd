"""The list of rooms, and who may change it."""

import pytest

from portfolio_app.app.chat.rooms import RoomChange
from portfolio_app.app.errors import NotAllowed, NotFound, RoomArchived, RoomExists, RoomTitleTaken, SlowMode
from portfolio_app.app.events import RoomsChanged
from portfolio_app.app.ports.audit import Action
from portfolio_app.domain.chat.room import Room, RoomSlug, article_room
from portfolio_app.domain.errors import InvalidValue
from tests.fakes.samples import caller
from tests.unit.app.conftest import Site


async def titles(site: Site) -> list[str]:
    return [listed.room.title for listed in await site.list_rooms(caller())]


async def test_a_moderator_makes_renames_moves_and_archives_rooms_on_record(site: Site) -> None:
    moderator = await site.moderator()
    for change, slug, title in [
        (RoomChange.MAKE, "deploys", "  Deploys\n"),
        (RoomChange.MAKE, "talk", "Talk"),
        (RoomChange.RENAME, "deploys", "Releases"),
        (RoomChange.RAISE, "talk", ""),
        (RoomChange.RAISE, "talk", ""),
        (RoomChange.RAISE, "talk", ""),
    ]:
        await site.manage_rooms(moderator, change, slug, title)
    assert await titles(site) == ["Talk", "Lobby", "Releases"]
    await site.manage_rooms(moderator, RoomChange.ARCHIVE, "lobby")
    assert await titles(site) == ["Talk", "Releases"]
    assert [str(room.slug) for room in await site.manage_rooms.all(moderator)] == ["talk", "lobby", "deploys"]
    await site.manage_rooms(None, RoomChange.REOPEN, "lobby")
    assert await titles(site) == ["Talk", "Lobby", "Releases"]
    last = site.store.audit[len(site.store.audit)]
    assert (last.actor, last.action, last.subject) == ("operator", Action.ROOM_REOPENED, "lobby")
    assert site.bus.events[-1] == RoomsChanged()


@pytest.mark.parametrize(
    ("change", "slug", "title", "error"),
    [
        (RoomChange.MAKE, "lobby", "Lobby", RoomExists),
        (RoomChange.MAKE, "No name", "Title", InvalidValue),
        (RoomChange.MAKE, "sandbox-1", "Title", InvalidValue),
        (RoomChange.MAKE, "writing--a", "Title", InvalidValue),
        (RoomChange.MAKE, "talk", " \u200b ", InvalidValue),
        (RoomChange.MAKE, "talk", "x" * 61, InvalidValue),
        (RoomChange.RENAME, "nowhere", "Title", NotFound),
        *((RoomChange.SLOW, "lobby", wrong, InvalidValue) for wrong in ("", "-1", "1.5", "3601", "\u0661")),
    ],
)
async def test_what_is_no_room_is_refused_in_words(
    site: Site, change: RoomChange, slug: str, title: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await site.manage_rooms(None, change, slug, title)
    assert await titles(site) == ["Lobby"]


async def test_no_two_open_rooms_have_one_title_whatever_its_capitals_and_spaces(site: Site) -> None:
    for slug, title in (("deploys", "Große Deploys"), ("talk", "Talk")):
        await site.manage_rooms(None, RoomChange.MAKE, slug, title)
    taken = "  GROSSE   deploys"
    for change, slug in ((RoomChange.MAKE, "more"), (RoomChange.RENAME, "talk")):
        with pytest.raises(RoomTitleTaken, match="open room has that title already"):
            await site.manage_rooms(None, change, slug, taken)
    await site.manage_rooms(None, RoomChange.RENAME, "deploys", taken)
    assert await titles(site) == ["Lobby", "GROSSE deploys", "Talk"]


async def test_a_room_is_opened_again_with_a_title_that_no_open_one_has_by_now(site: Site) -> None:
    for change, slug, title in (
        (RoomChange.MAKE, "old", "Deploys"),
        (RoomChange.ARCHIVE, "old", ""),
        (RoomChange.MAKE, "new", "Deploys"),
    ):
        await site.manage_rooms(None, change, slug, title)
    with pytest.raises(RoomTitleTaken):
        await site.manage_rooms(None, RoomChange.REOPEN, "old")
    assert await titles(site) == ["Lobby", "Deploys"]
    await site.manage_rooms(None, RoomChange.RENAME, "old", "Deploys of 2025")
    await site.manage_rooms(None, RoomChange.REOPEN, "old")
    assert await titles(site) == ["Lobby", "Deploys of 2025", "Deploys"]
    await site.keep_article_rooms({"writing--deploys": "Deploys"})
    for change in (RoomChange.ARCHIVE, RoomChange.REOPEN):
        await site.manage_rooms(None, change, "writing--deploys")


async def test_in_slow_mode_an_author_waits_between_two_posts_and_reads_how_long(site: Site) -> None:
    moderator = await site.moderator()
    await site.manage_rooms(moderator, RoomChange.SLOW, "lobby", " 30 ")
    last = site.store.audit[len(site.store.audit)]
    assert (last.action, last.detail) == (Action.ROOM_SLOWED, "30")
    await site.post()
    with pytest.raises(SlowMode, match=r"one message every 30 seconds\. Too fast\.") as slow:
        await site.post("at once")
    assert slow.value.retry_after == 30
    await site.post("another author", by=caller("bob"))
    for _ in range(2):
        await site.post("a moderator", by=moderator)
    site.clock.advance(seconds=30)
    await site.post("in its turn")
    await site.manage_rooms(None, RoomChange.SLOW, "lobby", "0")
    await site.post("at once")


async def test_nobody_else_changes_rooms_or_reads_the_archived_ones(site: Site) -> None:
    for somebody in (caller(), await site.member()):
        with pytest.raises(NotAllowed):
            await site.manage_rooms(somebody, RoomChange.MAKE, "talk", "Talk")
        with pytest.raises(NotAllowed):
            await site.manage_rooms.all(somebody)


async def test_messages_in_other_rooms_count_as_unread_until_their_room_is_opened(site: Site) -> None:
    await site.manage_rooms(None, RoomChange.MAKE, "talk", "Talk")
    await site.post()

    async def unread(inside: str) -> list[int]:
        return [listed.unseen for listed in await site.list_rooms(caller(), inside)]

    assert await unread("talk") == [0, 0]
    await site.post(by=caller("bob"), room="talk")
    assert await unread("lobby") == [0, 1]
    assert await unread("talk") == [0, 0]
    await site.list_rooms(caller("a passer-by"), "talk")
    assert {who for who, _ in site.store.seen} == {caller().session_id}, "who never posted leaves nothing"


TITLES = {"writing--queries": "What I learned", "work--engine": "t" * 80}


async def test_articles_get_rooms_outside_of_the_list_which_are_archived_with_their_flag(site: Site) -> None:
    moderator = await site.moderator()
    await site.keep_article_rooms(TITLES)
    assert site.bus.events[-1] == RoomsChanged()
    assert await titles(site) == ["Lobby"]
    assert {str(room.slug): room.title for room in await site.manage_rooms.all(moderator)} == {
        "lobby": "Lobby",
        "writing--queries": "What I learned",
        "work--engine": "t" * 59 + "…",
    }
    await site.post("of queries", room="writing--queries")
    told = len(site.bus.events)
    await site.keep_article_rooms(TITLES)
    assert len(site.bus.events) == told, "nothing has changed"

    await site.keep_article_rooms({"work--engine": "The engine"})
    rooms = {str(room.slug): room for room in await site.manage_rooms.all(moderator)}
    assert rooms["work--engine"].title == "The engine"
    assert rooms["writing--queries"].archived
    with pytest.raises(RoomArchived):
        await site.post("too late", room="writing--queries")
    assert [str(m.body) for m in (await site.open_room(caller(), "writing--queries")).messages] == [
        "of queries"
    ]
    lines = [(entry.actor, entry.action, entry.subject) for entry in site.store.audit.values()]
    assert ("system", Action.ROOM_ARCHIVED, "writing--queries") in lines


async def test_a_room_of_an_article_that_a_moderator_archived_stays_so_and_keeps_its_name_and_place(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    moderator = await site.moderator()
    await site.keep_article_rooms(TITLES)
    await site.manage_rooms(moderator, RoomChange.ARCHIVE, "writing--queries")
    await site.keep_article_rooms(TITLES)
    with pytest.raises(RoomArchived):
        await site.post("still?", room="writing--queries")
    assert "room reopen writing--queries" in caplog.text
    await site.manage_rooms(None, RoomChange.REOPEN, "writing--queries")
    await site.post("again", room="writing--queries")
    for change in (RoomChange.RENAME, RoomChange.RAISE):
        with pytest.raises(NotAllowed, match="called as its article"):
            await site.manage_rooms(moderator, change, "writing--queries", "Mine")


def test_the_room_of_an_article_has_a_name_that_no_other_article_has() -> None:
    long = "a-very-long-name-of-an-article-that-goes-on"
    names = {
        str(article_room(kind, name)) for kind in ("work", "writing") for name in (long, long + "-on", "a")
    }
    assert len(names) == 6
    assert "writing--a" in names
    assert all(Room(RoomSlug(name), "").is_of_article for name in names)
