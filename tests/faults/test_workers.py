"""Two processes, one site: it makes no difference which of them a tab is connected to."""

import asyncio
import secrets
from contextlib import suppress

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from tests.faults.workers import browser_on, tab_on, worker_pids
from tests.site import Site
from tests.socket.client import State
from tests.socket.room import post
from tests.socket.visitor import Visitor
from tests.waiting import until

pytestmark = pytest.mark.server


def bodies_in(delta: State) -> list[str]:
    """Of the messages that a state update carries."""
    return [row["body"] for row in _arrivals(delta, "room_feed")]


def log_rows_in(delta: State) -> list[dict[str, str]]:
    """The rows of the live log that a state update carries."""
    return _arrivals(delta, "log_feed")


def _arrivals(delta: State, feed: str) -> list[dict[str, str]]:
    return [
        row
        for name, values in delta.items()
        if name.endswith(feed)
        for row in values.get("arrivals_rx_state_", [])
    ]


def requests(rows: list[dict[str, str]]) -> int:
    """How many requests have ended."""
    return sum(row["message"] == "chat.send" for row in rows)


def steps(rows: list[dict[str, str]]) -> set[tuple[str, ...]]:
    """What the rows say, whatever numbers they have."""
    return {(row["request_id"], row["at"], row["ms"], row["message"]) for row in rows}


async def test_a_post_on_one_worker_reaches_the_tabs_of_the_other(two_workers: Site) -> None:
    near, far = worker_pids(two_workers)
    async with (
        Visitor(two_workers) as author,
        Visitor(two_workers) as reader,
        tab_on(two_workers, near, author) as writing,
        tab_on(two_workers, far, reader) as reading,
    ):
        seen: list[str] = []
        reading.watch = lambda delta: seen.extend(bodies_in(delta))
        await writing.boot("/chat")
        await reading.boot("/chat")
        await post(writing, "hello over there")
        await reading.until(lambda: "hello over there" in seen)


async def test_log_rows_of_a_session_reach_its_tabs_on_both_workers(two_workers: Site) -> None:
    near, far = worker_pids(two_workers)
    async with (
        Visitor(two_workers) as visitor,
        Visitor(two_workers) as stranger,
        tab_on(two_workers, near, visitor) as one,
        tab_on(two_workers, far, visitor) as two,
        tab_on(two_workers, far, stranger) as foreign,
    ):
        rows: dict[str, list[dict[str, str]]] = {"one": [], "two": [], "foreign": []}
        for name, tab in (("one", one), ("two", two), ("foreign", foreign)):
            tab.watch = lambda delta, name=name: rows[name].extend(log_rows_in(delta))
            # On the front page the arrival has rows of its own.
            await tab.boot("/chat")
        await post(one, "watch me work")
        await post(two, "and me")
        for name, tab in (("one", one), ("two", two)):
            await tab.until(lambda name=name: requests(rows[name]) >= 2)
        await until(lambda: steps(rows["one"]) == steps(rows["two"]))
        await foreign.settle()
        assert rows["foreign"] == []
        async with tab_on(two_workers, near, visitor) as late:
            await late.boot("/chat")
            assert steps(rows["one"]) <= steps(late.value("log_state", "window"))


async def test_a_ticket_made_by_one_worker_is_redeemed_by_the_other_and_ends_the_old_session_on_both(
    two_workers: Site,
) -> None:
    near, far = worker_pids(two_workers)
    async with Visitor(two_workers) as visitor:
        name = await visitor.register()
        async with tab_on(two_workers, near, visitor) as one, tab_on(two_workers, far, visitor) as two:
            await one.boot("/")
            await two.boot("/")
            ticket = await visitor.ticket(one, name)
            async with browser_on(two_workers, far, visitor):
                assert (await visitor.exchange(ticket)).headers["location"] == "/"
            assert await asyncio.gather(one.closed(), two.closed()) == [1012, 1012]
        for pid in (near, far):
            async with tab_on(two_workers, pid, visitor) as tab:
                await tab.boot("/")
                assert tab.value("identity_state", "username") == name


async def test_a_session_has_one_allowance_for_both_workers(two_workers: Site) -> None:
    near, far = worker_pids(two_workers)
    async with (
        Visitor(two_workers) as visitor,
        tab_on(two_workers, near, visitor) as one,
        tab_on(two_workers, far, visitor) as two,
    ):
        await one.boot("/chat")
        await two.boot("/chat")
        errors = []
        for number in range(4):
            for tab in (one, two):
                await post(tab, f"allowance {number} {secrets.token_hex(3)}")
                errors.append(tab.value("chat_state", "outcome")["error"])
        assert errors[:5] == [""] * 5
        assert all("Try again in" in error for error in errors[5:])


async def test_a_tab_that_moves_to_the_other_worker_keeps_its_state(two_workers: Site) -> None:
    near, far = worker_pids(two_workers)
    token = secrets.token_hex(16)
    async with Visitor(two_workers) as visitor:
        await visitor.register()
        for pid in (near, far, near):
            async with tab_on(two_workers, pid, visitor, token=token) as tab:
                await tab.boot("/chat")
                await post(tab, f"from {pid} {secrets.token_hex(3)}")
                assert tab.value("chat_state", "outcome")["error"] == ""
    assert "Traceback" not in two_workers.output()


def counted(site: Site, route: str) -> dict[str, float]:
    """Requests of a route by the worker that had them, as the workers' own ports say."""
    first = int(site.environment["METRICS_PORT"])
    return {
        sample.labels["worker"]: sum(
            each.value
            for each in samples
            if each.name == "portfolio_http_requests_total" and each.labels["route"] == route
        )
        for samples in (scraped(first), scraped(first + 1))
        for sample in samples[:1]
    }


def own_ports(site: Site) -> set[str]:
    """The workers that have a port of their own: each opens it by itself, once one of them is free."""
    with suppress(httpx.ConnectError):
        return set(counted(site, "/robots.txt"))
    return set()


def scraped(port: int) -> list[Sample]:
    """Every sample on a port of the loopback interface."""
    text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    return [sample for family in text_string_to_metric_families(text) for sample in family.samples]


async def test_the_workers_own_ports_add_up_to_every_request(two_workers: Site) -> None:
    await until(lambda: own_ports(two_workers) == {str(pid) for pid in worker_pids(two_workers)})
    before = counted(two_workers, "/robots.txt")
    for _ in range(40):
        async with httpx.AsyncClient(base_url=two_workers.url) as client:
            for _ in range(3):
                await client.get("/robots.txt")
    wanted = sum(before.values()) + 120
    await until(lambda: sum(counted(two_workers, "/robots.txt").values()) >= wanted)
    assert sum(counted(two_workers, "/robots.txt").values()) == wanted


@pytest.mark.demos("kudos")
async def test_a_shared_value_changed_on_one_worker_is_pushed_by_the_other(two_workers: Site) -> None:
    near, far = worker_pids(two_workers)
    give = "reflex___state____state.portfolio_app___demos___kudos____kudos.give"
    async with (
        Visitor(two_workers) as giver,
        Visitor(two_workers) as reader,
        tab_on(two_workers, near, giver) as giving,
        tab_on(two_workers, far, reader) as reading,
    ):
        for tab in (giving, reading):
            await tab.boot("/kudos")
            await tab.until(lambda tab=tab: tab.value("shared_kudos", "value") is not None)
        before = giving.value("shared_kudos", "value")
        for given in (1, 2):
            await giving.call(give, path="/kudos")
            for tab in (giving, reading):
                await tab.until(
                    lambda tab=tab, given=given: tab.value("shared_kudos", "value") == before + given
                )


async def test_who_is_here_is_the_same_on_both_workers(two_workers: Site) -> None:
    near, far = worker_pids(two_workers)
    async with (
        Visitor(two_workers) as member,
        Visitor(two_workers) as guest,
        tab_on(two_workers, far, guest) as reading,
    ):
        username = await member.register()
        await reading.boot("/chat")
        async with tab_on(two_workers, near, member) as writing, tab_on(two_workers, far, member) as again:
            for tab in (writing, again):
                await tab.boot("/chat")
                await tab.until(
                    lambda tab=tab: tab.value("presence_state", "here") == f"{username} and 1 guest"
                )
            await writing.call(f"{writing.find('presence_state')}.write", path="/chat")
            await reading.until(lambda: reading.value("presence_state", "typing") == [username])
        await reading.until(lambda: reading.value("presence_state", "here") == "1 guest")
