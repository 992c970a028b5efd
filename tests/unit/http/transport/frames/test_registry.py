import asyncio

import pytest

from portfolio_app.app.events import SessionRevoked
from portfolio_app.http.transport.frames import registry as subject
from portfolio_app.http.transport.frames.registry import SocketRegistry


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class FakeSocket:
    def __init__(self) -> None:
        self.codes: list[int] = []

    async def close(self, code: int) -> None:
        self.codes.append(code)

    def check(self, now: float) -> None:
        """Nothing is wrong with it."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry(clock: Clock) -> SocketRegistry:
    return SocketRegistry(clock)


async def test_only_the_sockets_of_the_session_are_closed(registry: SocketRegistry) -> None:
    mine, mine_too, other = FakeSocket(), FakeSocket(), FakeSocket()
    registry.add("a", "1.1.1.1", mine)
    registry.add("a", "1.1.1.1", mine_too)
    registry.add("b", "1.1.1.1", other)
    await registry.close_session("a")
    assert (mine.codes, mine_too.codes, other.codes) == ([1012], [1012], [])


async def test_a_revoked_session_loses_its_sockets_at_once_and_a_replaced_one_after_a_moment(
    registry: SocketRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "CLOSE_DELAY_S", 0.02)
    revoked, replaced = FakeSocket(), FakeSocket()
    registry.add("a", "1.1.1.1", revoked)
    registry.add("b", "1.1.1.1", replaced)
    await registry.on_event(SessionRevoked("b", replaced=True))
    await registry.on_event(SessionRevoked("a"))
    closing = set(registry._closing)
    await asyncio.wait(closing, return_when=asyncio.FIRST_COMPLETED)
    assert (revoked.codes, replaced.codes) == ([1012], [])
    await asyncio.wait(closing)
    assert replaced.codes == [1012]


async def test_a_replacement_is_recent_for_a_few_seconds(registry: SocketRegistry, clock: Clock) -> None:
    await registry.on_event(SessionRevoked("a", replaced=True))
    assert registry.was_replaced_just_now("a")
    clock.now += subject.REPLACED_JUST_NOW_S
    assert not registry.was_replaced_just_now("a")
    await registry.on_event(SessionRevoked("b", replaced=True))
    assert set(registry._replaced) == {"b"}


async def test_a_session_that_was_ended_for_good_waits_for_no_other(registry: SocketRegistry) -> None:
    await registry.on_event(SessionRevoked("a"))
    assert not registry.was_replaced_just_now("a")


async def test_a_session_counts_as_open_until_its_end_was_heard_of_and_again_with_a_later_socket(
    registry: SocketRegistry, clock: Clock
) -> None:
    early, late = FakeSocket(), FakeSocket()
    registry.add("a", "1.1.1.1", early)
    await registry.on_event(SessionRevoked("a", replaced=True))  # as the database has it: that may be so
    assert registry.was_replaced_just_now("a")
    await registry.on_event(SessionRevoked("a"))  # as the one says who has revoked it
    assert registry.sessions() == set()
    assert not registry.was_replaced_just_now("a")
    registry.add("a", "1.1.1.1", late)  # its handshake was let in before the revocation
    assert registry.sessions() == {"a"}
    await registry.on_event(SessionRevoked("a"))
    for socket in (early, late):
        registry.remove("a", "1.1.1.1", socket)
    assert not registry._ending
    await asyncio.gather(*registry._closing)


def test_one_session_can_not_open_sockets_without_end(registry: SocketRegistry) -> None:
    for number in range(subject.PER_SESSION):
        assert registry.has_room("a", f"1.1.1.{number}")
        registry.add("a", f"1.1.1.{number}", FakeSocket())
    assert not registry.has_room("a", "2.2.2.2")
    assert registry.has_room("b", "2.2.2.2")
    assert registry.refused == {"sockets_of_session": 1}


def test_one_address_can_not_open_sockets_without_end(registry: SocketRegistry) -> None:
    for number in range(subject.PER_NETWORK):
        assert registry.has_room(f"s{number}", "1.1.1.1")
        registry.add(f"s{number}", "1.1.1.1", FakeSocket())
    assert not registry.has_room("new", "1.1.1.1")
    assert registry.has_room("new", "1.1.1.2")
    assert registry.refused == {"sockets_of_network": 1}


def test_one_address_can_not_connect_too_often(registry: SocketRegistry, clock: Clock) -> None:
    answers = [registry.may_try("1.1.1.1") for _ in range(subject.CONNECT_BURST + 1)]
    assert answers == [True] * subject.CONNECT_BURST + [False]
    assert registry.refused["connect_rate"] == 1
    clock.now += 1 / subject.CONNECTS_PER_S
    assert registry.may_try("1.1.1.1")


def test_nothing_is_kept_of_sockets_that_are_gone(registry: SocketRegistry) -> None:
    socket = FakeSocket()
    registry.add("a", "1.1.1.1", socket)
    assert len(registry) == 1
    registry.remove("a", "1.1.1.1", socket)
    assert len(registry) == 0
    assert not registry._open._by_session
    assert not registry._open._by_network
    assert not registry._frames


def test_sockets_of_one_session_share_one_allowance(registry: SocketRegistry) -> None:
    shared = registry.add("a", "1.1.1.1", FakeSocket())
    assert registry.add("a", "1.1.1.1", FakeSocket()) is shared
    assert registry.add("b", "1.1.1.1", FakeSocket()) is not shared


def test_the_memory_for_addresses_is_bounded(
    registry: SocketRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "NETWORKS_KEPT", 50)
    for number in range(1000):
        registry.may_try(f"10.0.{number // 256}.{number % 256}")
    assert len(registry._connects) <= 50
