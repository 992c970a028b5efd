"""The site in this process on a database of its own, and visitors of every kind with a tab each."""

import asyncio
import inspect
import itertools
import json
import logging
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest
import reflex as rx
from reflex.istate.data import RouterData
from reflex_base.registry import RegistrationContext
from socketio import AsyncServer

import portfolio_app.portfolio_app  # noqa: F401 (makes the states that handlers belong to)
from portfolio_app import bootstrap, maintenance
from portfolio_app.app.account.register import RegisterCommand
from portfolio_app.app.caller import Caller
from portfolio_app.app.chat.post_message import PostCommand
from portfolio_app.app.services import Services
from portfolio_app.domain.account.session import SessionSecret, session_handle
from portfolio_app.domain.account.user import Role
from portfolio_app.http import asgi
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.caller import NETWORK_HEADER, SESSION_HEADER, TRUSTED_HEADER
from portfolio_app.http.transport.frames.events import EventRule, allowed_events
from portfolio_app.http.transport.frames.filter import FrameFilter, Refused
from portfolio_app.http.transport.frames.send_queue import PushFrame
from portfolio_app.http.transport.push import Push, Sent
from portfolio_app.infra.metrics.metrics import PrometheusMetrics
from portfolio_app.settings import Settings
from tests.attacked.handlers import MESSAGE, OTHERS_SESSION, PASSWORD
from tests.fakes.hasher import FakeHasher

SID: Final = "sid-of-the-attacker"
UNRECORDED: Final = 0
"""The handler is no action: it has no request that could fail."""
VOLATILE: Final = {"alembic_version", "sqlite_sequence"}


class Hasher(FakeHasher):
    """Compares passwords without the work."""

    waiting = 0

    def close(self) -> None: ...


class TabPush(Push):
    """Remembers what the tab listens to; nothing is sent anywhere."""

    def __init__(self) -> None:
        super().__init__(AsyncServer(async_mode="asgi"))
        self.topics_of_tab: set[str] = set()

    async def join(self, sid: str, topic: str) -> None:
        self.topics_of_tab.add(topic)

    async def leave(self, sid: str, topic: str) -> None:
        self.topics_of_tab.discard(topic)

    async def send(self, topic: str, state: type[rx.State], **channels: object) -> Sent:
        frame = PushFrame(self.packet(state, **channels))  # raises for what no frame can hold
        return Sent(1, frame.size)

    async def room(self, sid: str) -> None: ...


@dataclass
class Person:
    """A visitor and the state of one tab, which outlives the role it was read under."""

    name: str
    caller: Caller
    secret: SessionSecret
    tree: Any = field(default_factory=lambda: rx.State(_reflex_internal_init=True))  # type: ignore[call-arg]


@dataclass
class Attacked:
    """The running site, what its handlers were answered with, and everybody who is there."""

    services: Services
    database: Path
    push: TabPush
    answers: list[tuple[str, int]]
    log: pytest.LogCaptureFixture
    message: str = ""
    people: dict[str, Person] = field(default_factory=dict)
    rules: Mapping[str, EventRule] = field(default_factory=allowed_events)
    _places: Any = field(
        default_factory=lambda: itertools.cycle(["/chat", "/", "/moderation", "/chat/lobby"])
    )

    def handlers(self) -> dict[str, str]:
        """The full names of all handlers of the site that a browser may call, by state and method."""
        ours = [name for name in self.rules if ".tests___" not in name and "___demos___" not in name]
        return {_short(name): name for name in ours if ".reflex___" not in name and ".hydrate" not in name}

    async def call(self, person: Person, name: str, payload: Mapping[str, Any]) -> int | None:
        """Send the event as a frame; what it was answered with, None where the filter dropped it."""
        text = json.dumps(payload).replace(MESSAGE, self.message)
        given = json.loads(
            text.replace(OTHERS_SESSION, session_handle(self.people["victim"].caller.session_id))
        )
        frame = json.dumps(["event", {"name": name, "payload": given, "router_data": {}}])
        frames = FrameFilter(self.rules, Counter())
        frames.admit("40/_event,")
        try:
            admitted = frames.admit(f"42/_event,{frame}")
        except Refused:
            return None
        if admitted is None:
            return None
        [_, event] = json.loads(admitted.removeprefix("42/_event,"))
        return await self._run(person, name, event["payload"])

    async def _run(self, person: Person, name: str, payload: dict[str, Any]) -> int:
        self._route(person)
        state = person.tree.get_substate(name.rpartition(".")[0].split("."))
        before = len(self.answers)
        fn = RegistrationContext.get().event_handlers[name].handler.fn
        answer = fn(state, **payload)
        if inspect.isasyncgen(answer):
            async for _ in answer:
                pass
        elif inspect.isawaitable(answer):
            await answer
        state.get_delta()  # what would be sent can be encoded
        named = [status for _, status in self.answers[before:]]
        return max(named, default=UNRECORDED)

    def _route(self, person: Person) -> None:
        headers = {
            SESSION_HEADER: person.caller.session_id,
            NETWORK_HEADER: person.caller.network,
            TRUSTED_HEADER: "1" if person.caller.trusted else "0",
            "origin": "http://localhost:3000",
        }
        path = next(self._places)
        route = {"pathname": path, "asPath": path, "query": {}, "token": "token-of-a-tab", "sid": SID}
        person.tree.router = RouterData.from_router_data({"headers": headers, **route})

    def rows(self) -> dict[str, tuple[int, str]]:
        """How many rows each table has, and a digest of them."""
        with closing(sqlite3.connect(self.database)) as database:
            tables = [
                row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            kept = [name for name in tables if name not in VOLATILE and "search" not in name]
            return {name: _digest(database.execute(f"SELECT * FROM {name}").fetchall()) for name in kept}

    def standing(self) -> list[tuple[object, ...]]:
        """What no guest and no member can change: accounts of the victim, the judge and the demoted, rooms, mutes."""
        asked = (
            "SELECT username, email, role FROM users WHERE id IN (1, 3, 4)",
            "SELECT slug, title, position, archived, slow_s FROM rooms",
            "SELECT author, moderator, until FROM mutes",
            "SELECT id, body, status, edited_at FROM messages WHERE client_id LIKE 'client-of-%'",
            "SELECT actor, action FROM audit WHERE action NOT LIKE 'message.%' AND action NOT LIKE 'account.%'",
            "SELECT id FROM sessions WHERE revoked_at IS NULL AND user_id IN (1, 3, 4)",
        )
        with closing(sqlite3.connect(self.database)) as database:
            return [row for ask in asked for row in sorted(database.execute(ask), key=repr)]

    async def settle(self) -> None:
        """Wait for what was begun aside of the answers."""
        for task in [each for each in asyncio.all_tasks() if "Aside." in repr(each.get_coro())]:
            await task

    def unforeseen(self) -> list[str]:
        """The lines that no event and no request may leave."""
        return [record.getMessage() for record in self.log.records if record.levelno >= logging.ERROR]


def _short(name: str) -> str:
    state, _, handler = name.rpartition(".")
    return f"{state.rpartition('____')[2]}.{handler}"


def _digest(rows: list[Any]) -> tuple[int, str]:
    return len(rows), sha256(repr(sorted(map(repr, rows))).encode()).hexdigest()


@asynccontextmanager
async def attacked(
    data_dir: Path, log: pytest.LogCaptureFixture, patch: pytest.MonkeyPatch
) -> AsyncIterator[Attacked]:
    """The site with its people, until the block ends. There are no limits: what they would refuse comes through."""
    answers: list[tuple[str, int]] = []
    patch.setattr(bootstrap, "Argon2Hasher", Hasher)
    patch.setattr(PrometheusMetrics, "handled", lambda _, name, status, __: answers.append((name, status)))
    settings = Settings.from_env({"DATA_DIR": str(data_dir), "RATE_LIMITS": "off", "PAGE_VIEWS": "on"})
    maintenance.migrate(settings)
    async with bootstrap.build(settings) as services:
        running, push = runtime.install(services, bootstrap.http_options(settings)), TabPush()
        running.parts[Push] = push
        async with asgi.running(running):
            site = Attacked(services, data_dir / "portfolio.db", push, answers, log)
            await _arrive(site)
            yield site
    runtime.uninstall()


async def _arrive(site: Attacked) -> None:
    guest, victim = _somebody("guest"), _somebody("victim-as-a-guest")
    site.people["guest"] = guest
    site.people["without an origin"] = _somebody("without an origin", trusted=False)
    post = PostCommand("lobby", "client-of-the-victim", "hello from somebody else")
    site.message = (await site.services.post_message(victim.caller, post)).message.id
    for name in ("victim", "member", "judge", "demoted", "expired", "banned"):
        site.people[name] = await _member(site, name)
    await site.services.set_role("the-judge", Role.MODERATOR)
    await _ban(site)
    await _demote(site)
    expired = site.people["expired"].caller
    await site.services.redeem_ticket(expired, await site.services.sign_out(expired))


async def _ban(site: Attacked) -> None:
    post = PostCommand("lobby", "client-of-the-banned", "something rude")
    rude = (await site.services.post_message(site.people["banned"].caller, post)).message.id
    await site.services.mute_authors.ban(site.people["judge"].caller, rude)


async def _demote(site: Attacked) -> None:
    """Somebody with an open tab that was read as a moderator's."""
    await site.services.set_role("the-demoted", Role.MODERATOR)
    handlers = site.handlers()
    for name in (
        "moderation_state.refresh",
        "rooms_state.load",
        "page_views_state.load",
        "identity_state.load",
    ):
        assert await site.call(site.people["demoted"], handlers[name], {}) == 200
    await site.services.set_role("the-demoted", Role.MEMBER)
    site.push.topics_of_tab.clear()


def _somebody(name: str, *, trusted: bool = True) -> Person:
    secret = SessionSecret.generate()
    return Person(name, Caller(secret.session_id, "203.0.113.7", "request", trusted), secret)


async def _member(site: Attacked, name: str) -> Person:
    before = _somebody(name)
    command = RegisterCommand(f"{name}@example.org", f"the-{name}", PASSWORD)
    ticket = await site.services.register(before.caller, command)
    redeemed = await site.services.redeem_ticket(before.caller, ticket)
    caller = Caller(redeemed.secret.session_id, "203.0.113.7", "request", trusted=True)
    return Person(name, caller, redeemed.secret)
