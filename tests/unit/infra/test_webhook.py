"""The owner's bell: signed, tried again, given up in the end, and never in anybody's way."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from portfolio_app.app.events import Event, HeldChanged, MessageReported, QueueChanged, RoomChanged
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.app.repeat import in_background
from portfolio_app.domain.account.user import Role
from portfolio_app.domain.chat.hosts import Hosts
from portfolio_app.domain.chat.message import Author, MessageStatus
from portfolio_app.domain.chat.pieces import ReadPieces
from portfolio_app.domain.chat.room import RoomSlug
from portfolio_app.infra import webhook
from portfolio_app.infra.webhook import Call, Owners, RingingBus, Webhook, ringing, signature
from tests.fakes.bus import FakeBus
from tests.fakes.clock import START, FakeClock
from tests.fakes.samples import message, user
from tests.fakes.store import Store
from tests.fakes.unit_of_work import FakeUnitOfWork
from tests.waiting import PATIENCE_S

SECRET = "s" * 32
SOON = (0.001, 0.001, 0.001)
HELD = replace(message("what nobody else may read"), status=MessageStatus.PENDING, revision=0, position=0)


@dataclass
class Receiver:
    """A server that gives the next of `answers` to each request, the last for ever; 0 hangs up, -1 is silent."""

    answers: list[int]
    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    more: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.got.append((headers, body))
        self.more.set()
        status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if status < 0:
            await reader.read()
        elif status:
            more = f"location: {self.url}\r\n" if status == 302 else ""
            writer.write(
                f"HTTP/1.1 {status} X\r\n{more}content-length: 0\r\nconnection: close\r\n\r\n".encode()
            )
            await writer.drain()
        writer.close()

    async def requests(self, count: int) -> list[tuple[dict[str, str], bytes]]:
        async with asyncio.timeout(PATIENCE_S):
            while len(self.got) < count:
                self.more.clear()
                await self.more.wait()
        return self.got


@asynccontextmanager
async def receiving(*answers: int) -> AsyncIterator[tuple[Receiver, Webhook]]:
    receiver = Receiver(list(answers))
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    async with server, httpx.AsyncClient(timeout=PATIENCE_S, trust_env=False) as client:
        bell = Webhook(receiver.url, SECRET, client, SOON)
        async with in_background(bell.run()):
            yield receiver, bell


async def test_a_call_is_sent_again_until_it_is_taken_signed_each_time_under_one_id() -> None:
    async with receiving(500, 0, 429, 204) as (receiver, bell):
        bell.ring(Call("message.held", {"message": "m1"}))
        bell.ring(Call("message.reported", {"message": "m2"}))
        got = await receiver.requests(5)
    bodies = [json.loads(body) for _, body in got]
    assert [body["message"] for body in bodies] == ["m1"] * 4 + ["m2"]
    assert len({body["id"] for body in bodies}) == 2
    assert bodies[4]["kind"] == "message.reported"
    for headers, body in got:
        assert headers["x-portfolio-delivery"] == json.loads(body)["id"]
        assert headers["x-portfolio-signature"] == signature(SECRET, headers["x-portfolio-timestamp"], body)
        assert headers["x-portfolio-signature"] != signature("t" * 32, headers["x-portfolio-timestamp"], body)
    assert bell.lost == 0


@pytest.mark.parametrize(("answer", "attempts"), [(400, 1), (410, 1), (302, 1), (503, 4), (0, 4)])
async def test_a_refusal_ends_a_call_and_failures_end_it_after_the_last_attempt(
    answer: int, attempts: int
) -> None:
    async with receiving(*[answer] * attempts, 200) as (receiver, bell):
        bell.ring(Call("first", {}))
        bell.ring(Call("second", {}))
        got = await receiver.requests(attempts + 1)
    assert [json.loads(body)["kind"] for _, body in got] == ["first"] * attempts + ["second"]
    assert bell.lost == 1


async def test_a_receiver_that_says_nothing_is_left_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT_S", 0.05)
    async with receiving(-1, 200) as (receiver, bell):
        bell.ring(Call("message.held", {}))
        await receiver.requests(2)
    assert bell.lost == 0


READ = ReadPieces(Hosts())


async def ringing_bus(bus: FakeBus, bell: Webhook) -> RingingBus:
    """A bus with a bell, on a site that `ann-1` owns and `mod-1` moderates."""
    users = FakeUnitOfWork(Store(), FakeClock())

    def add(repositories: Repositories) -> None:
        for name, role in (("ann-1", Role.OWNER), ("mod-1", Role.MODERATOR)):
            repositories.users.add(user(FakeClock(), name, role))

    await users.run(add)
    owners = Owners(users)
    await owners.read()
    return RingingBus(bus, bell, owners, READ)


async def rung(*events: Event) -> list[dict[str, str]]:
    """What the owner gets for events that one worker publishes."""
    async with receiving(204) as (receiver, bell):
        await (await ringing_bus(FakeBus(), bell)).publish(*events)
        bell.ring(Call("last", {}))
        async with asyncio.timeout(PATIENCE_S):
            while not receiver.got or json.loads(receiver.got[-1][1])["kind"] != "last":
                receiver.more.clear()
                await receiver.more.wait()
    return [json.loads(body) for _, body in receiver.got[:-1]]


async def test_ringing_never_waits_and_one_too_many_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "MOST_WAITING", 3)
    bus = FakeBus()
    async with httpx.AsyncClient() as client:
        bell = Webhook("http://127.0.0.1:9/", SECRET, client)  # nobody sends what is queued
        ringing_one = await ringing_bus(bus, bell)
        for event in (HeldChanged("ann", HELD, "r"), MessageReported(message(), "r"), shown("hi @ann-1")) * 2:
            await ringing_one.publish(event, QueueChanged())
    assert bell.lost == 2, "the same message mentions the owner once"
    assert len(bus.events) == 12, "whatever becomes of the calls, all is published"


def shown(text: str, number: int = 1, **changed: Any) -> RoomChanged:
    return RoomChanged("lobby", (replace(message(text, message_id=f"m{number}"), **changed),), ("request",))


async def test_what_is_held_back_or_reported_rings_and_its_text_stays_here() -> None:
    held, reported = await rung(
        HeldChanged("ann", HELD, "request"),
        HeldChanged("ann", HELD.remove(0), "request"),
        HeldChanged("ann", replace(HELD, room=RoomSlug("sandbox-1")), "request"),
        MessageReported(message("buy followers"), "request"),
        MessageReported(replace(message(), room=RoomSlug("sandbox-1")), "request"),
        shown("nobody is meant"),
    )
    said = {"message": "m1", "room": "lobby", "author": "guest ann", "request_id": "request"}
    assert held == {"id": held["id"], "kind": "message.held", "at": held["at"], **said}
    assert reported == {"id": reported["id"], "kind": "message.reported", "at": reported["at"], **said}


async def test_a_mention_of_the_owner_rings_once_wherever_it_comes_from() -> None:
    owner = Author("ann-1", "", "s" * 32, 7)
    edited = {"revision": 5, "edited_at": START}
    calls = await rung(
        shown("thanks @Ann-1!", 1),
        shown("thanks @Ann-1! and again", 1, **edited),
        shown("now for @ann-1", 2, **edited),
        shown("@ann-1 in a message that was approved", 3, revision=4, position=4, approved_at=START),
        shown("@mod-1, @ann-1x, ann@ann-1.example, `@ann-1`", 4),
        shown("@ann-1 is me", 5, author=owner),
        shown("@ann-1 put back", 6, revision=8),
        shown("@ann-1 gone", 7, status=MessageStatus.DELETED),
        RoomChanged("sandbox-1", (replace(message("@ann-1"), room=RoomSlug("sandbox-1")),), ("request",)),
    )
    assert [(call["kind"], call["message"]) for call in calls] == [
        ("owner.mentioned", f"m{number}") for number in (1, 2, 3)
    ]
    [again] = await rung(shown("thanks @ann-1!", 1, **edited))
    assert again["id"] == calls[0]["id"], "another worker's call for the same mention has the same id"


async def test_without_an_address_there_is_no_bell() -> None:
    bus, users = FakeBus(), FakeUnitOfWork(Store(), FakeClock())
    async with ringing(bus, None, None, users, READ) as same:
        assert same is bus
    async with ringing(bus, "http://127.0.0.1:9/", SECRET, users, READ) as other:
        assert isinstance(other, RingingBus)
