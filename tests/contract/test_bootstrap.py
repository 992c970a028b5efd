"""The composition root, on the databases and buses it can be given."""

import asyncio
import itertools
import json
import logging
from pathlib import Path

import pytest
from sqlalchemy import text

from portfolio_app import bootstrap, maintenance
from portfolio_app.app.account.register import RegisterCommand
from portfolio_app.app.caller import Caller
from portfolio_app.app.chat.post_message import PostCommand
from portfolio_app.app.errors import RateLimited, Unavailable
from portfolio_app.app.events import Event, NotesWanted, QueueChanged, RoomChanged
from portfolio_app.app.services import Services
from portfolio_app.domain.account.session import SESSION_LIFETIME, SessionSecret
from portfolio_app.domain.account.user import Role
from portfolio_app.domain.chat.message import MessageStatus
from portfolio_app.http import asgi
from portfolio_app.http.showcase.proof import blobs
from portfolio_app.http.transport import runtime
from portfolio_app.infra.checkout import commit
from portfolio_app.infra.db.engine import open_engine
from portfolio_app.settings import Settings
from tests.contract.conftest import laptop_settings
from tests.unit.http.asgi import Inner, request
from tests.unit.infra.test_webhook import receiving
from tests.waiting import PATIENCE_S

VISITOR, ANOTHER = (Caller(SessionSecret.generate().session_id, "203.0.113.7", "request") for _ in range(2))
PASSWORD = "correct horse battery"


@pytest.fixture(params=["alone", pytest.param("shared", marks=[pytest.mark.postgres, pytest.mark.redis])])
def migrated(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """The defaults of a laptop, and PostgreSQL with Redis."""
    more = {}
    if request.param == "shared":
        more = {
            "DATABASE_URL": request.getfixturevalue("postgres_url"),
            "REDIS_URL": request.getfixturevalue("redis_url"),
        }
    made = laptop_settings(tmp_path, **more)
    maintenance.migrate(made)
    return made


async def post(services: Services, number: int, body: str = "hello") -> MessageStatus:
    command = PostCommand("lobby", f"client-{number:04d}", body)
    return (await services.post_message(VISITOR, command)).message.status


async def test_a_site_serves_its_services_and_says_that_it_is_ready(migrated: Settings) -> None:
    heard: list[Event] = []

    async def listen(event: Event) -> None:
        heard.append(event)

    async with bootstrap.build(migrated) as services:
        services.bus.subscribe(listen)
        assert await post(services, 1) is MessageStatus.VISIBLE
        for check in services.checks.values():
            await check()

    # The others, where there are any, are asked once for notes of runs, at some time after the start.
    assert [type(event) for event in heard if not isinstance(event, NotesWanted)] == [
        RoomChanged,
        QueueChanged,
    ]
    assert set(services.checks) >= {"database", "journal", "bus"} | (
        {"redis"} if migrated.redis_url else set()
    )


async def test_what_needs_the_owner_rings_and_old_messages_lose_their_text(tmp_path: Path) -> None:
    async with receiving(204) as (receiver, _):
        hook = {"WEBHOOK_URL": receiver.url, "WEBHOOK_SECRET": "s" * 32, "MESSAGE_RETENTION_DAYS": "1"}
        hook["RATE_LIMITS"] = "off"
        made = laptop_settings(tmp_path, **hook)
        maintenance.migrate(made)
        async with bootstrap.build(made) as services:
            await post(services, 1)
            await services.register(ANOTHER, RegisterCommand("ann@example.org", "ann-1", PASSWORD))
            await services.set_role("ann-1", Role.OWNER)
            assert await post(services, 2, "see https://example.org") is MessageStatus.PENDING
            [message, *_] = (await services.open_room(VISITOR, "lobby")).messages
            await services.report_message(ANOTHER, message.id)
            await receiver.requests(2)
        # A worker that has just started reads beside its other work whose site it is.
        async with bootstrap.build(made) as services, asyncio.timeout(PATIENCE_S):
            for number in itertools.count(3):
                await post(services, number, "hello @Ann-1")
                if len(receiver.got) > 2:
                    break
    kinds = [json.loads(body)["kind"] for _, body in receiver.got[:3]]
    assert kinds == ["message.held", "message.reported", "owner.mentioned"]
    engine = open_engine(made.database_url, connections=1)
    with engine.begin() as connection:
        connection.execute(text("UPDATE messages SET posted_at = '2026-01-01 00:00:00.000000'"))
    engine.dispose()
    async with bootstrap.build(made) as services, asyncio.timeout(PATIENCE_S):
        while (await services.open_room(VISITOR, "lobby")).messages:
            await asyncio.sleep(0.01)


async def test_what_was_posted_is_there_when_the_site_starts_again(migrated: Settings) -> None:
    async with bootstrap.build(migrated) as services:
        await post(services, 1)

    async with bootstrap.build(migrated) as services:
        window = await services.open_room(VISITOR, "lobby")

    assert [str(message.body) for message in window.messages] == ["hello"]


async def test_a_member_is_the_same_in_each_request_and_after_the_site_has_started_again(
    migrated: Settings,
) -> None:
    async with bootstrap.build(migrated) as services:
        command = RegisterCommand("ann@example.org", "ann-1", PASSWORD)
        secret = (await services.redeem_ticket(VISITOR, await services.register(VISITOR, command))).secret
        cookie = services.sealer.seal(secret.value)
        before = [await _who_has(cookie, services) for _ in range(2)]

    # Settings of its own, as another process has: the key of the cookies is read from the disk again.
    async with bootstrap.build(Settings(**migrated.model_dump())) as services:
        after = [await _who_has(cookie, services) for _ in range(2)]

    assert before + after == ["ann-1"] * 4


async def _who_has(cookie: str, services: Services) -> str:
    secret = services.sealer.open(cookie, SESSION_LIFETIME)
    assert secret is not None
    caller = Caller(SessionSecret(secret).session_id, VISITOR.network, "request")
    user = (await services.identify(caller)).user
    return str(user.username) if user else "nobody"


async def test_the_sites_word_list_holds_messages_back(migrated: Settings) -> None:
    async with bootstrap.build(migrated) as services:
        assert await post(services, 1, "what bullshit") is MessageStatus.PENDING


async def test_limits_hold_unless_they_are_switched_off(migrated: Settings) -> None:
    async with bootstrap.build(migrated) as services:
        for number in range(5):
            await post(services, number)
        with pytest.raises(RateLimited):
            await post(services, 6)

    unlimited = migrated.model_copy(update={"rate_limits": False})
    async with bootstrap.build(unlimited) as services:
        for number in range(10, 30):
            await post(services, number)


async def test_an_operator_makes_and_unmakes_a_moderator(migrated: Settings) -> None:
    async with bootstrap.build(migrated) as services:
        command = RegisterCommand("ann@example.org", "ann-1", PASSWORD)
        secret = (await services.redeem_ticket(VISITOR, await services.register(VISITOR, command))).secret
        member = Caller(secret.session_id, VISITOR.network, "request")
        seen = []
        for change in (maintenance.promote, maintenance.demote):
            await asyncio.to_thread(change, migrated, "Ann-1")
            user = (await services.identify(member)).user
            seen.append(user is not None and user.is_moderator)

    assert seen == [True, False]


async def test_views_are_rows_of_known_pages_alone_when_the_site_stops_and_only_if_they_are_wanted(
    migrated: Settings,
) -> None:
    browser = {"user-agent": "Mozilla/5.0 Firefox/140.0"}
    app = asgi.wrap(asgi.mount(Inner()))
    for wanted in (False, True):
        own = migrated.model_copy(update={"page_views": wanted})
        async with bootstrap.build(own) as services:
            runtime.install(services, bootstrap.http_options(own))
            for path in (
                "/",
                "/writing",
                "/wp-login.php",
                "/" + "a" * 5_000,
                *(f"/chat/r{n}" for n in range(50)),
            ):
                await request(app, path, browser)
            await request(app, "/writing", browser, method="HEAD")
            await request(app, "/writing", {"user-agent": "Mozilla/5.0 (compatible; bingbot/2.0)"})
        runtime.uninstall()
        report = await asyncio.to_thread(maintenance.page_views, own)
        found = {(each.page, each.today) for each in report.pages}
        assert found == ({("/chat/{slug}", 50), ("/", 1), ("/writing", 1)} if wanted else set())


@pytest.mark.parametrize("name", ["nobody", "not a name!"])
def test_an_unknown_name_can_not_be_promoted(tmp_path: Path, name: str) -> None:
    migrated = laptop_settings(tmp_path)
    maintenance.migrate(migrated)

    with pytest.raises(LookupError):
        maintenance.promote(migrated, name)


async def test_a_site_starts_without_its_database_and_its_redis_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nothing_there = laptop_settings(
        tmp_path, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", REDIS_URL="redis://127.0.0.1:1/0"
    )

    with caplog.at_level(logging.WARNING):
        async with bootstrap.build(nothing_there) as services, asyncio.timeout(20):
            asked = services.checks
            answers = await asyncio.gather(*(check() for check in asked.values()), return_exceptions=True)
            with pytest.raises(Unavailable):
                await post(services, 1)
            while caplog.text.count("does not answer yet") < 2:  # sessions and bursts
                await asyncio.sleep(0.01)

    assert {name for name, answer in zip(asked, answers, strict=True) if answer} == {"database", "redis"}


def test_pages_are_told_where_the_source_is_published_and_which_commit_runs(tmp_path: Path) -> None:
    options = bootstrap.http_options(laptop_settings(tmp_path, REPOSITORY_URL="https://example.org/me/"))
    assert blobs(options) == f"https://example.org/me/blob/{commit() or 'HEAD'}"
