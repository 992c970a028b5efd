"""Two requests of one visitor, laid beside each other by an address."""

from types import SimpleNamespace
from typing import Any

import pytest
from reflex.istate.data import RouterData

from portfolio_app.app.critical_path import differences
from portfolio_app.app.errors import NotFound, Unavailable
from portfolio_app.app.ports.live_feed import FeedBatch, NetworkRow, SpanView, Trace
from portfolio_app.http.log.compare import PAGE, PairState
from portfolio_app.http.log.views import summary_of
from portfolio_app.http.transport.caller import SESSION_HEADER
from tests.unit.http.site import FakeSite

FIRST, SECOND, FOREIGN = "1" * 32, "2" * 32, "3" * 32
OWNER, STRANGER = "a" * 32, "b" * 32


def span(name: str, start_us: int, duration_us: int, parent: str = "") -> SpanView:
    return SpanView(name, parent, name, "http", "", start_us, duration_us, ())


def trace(request_id: str, commit_us: int) -> Trace:
    spans = span("chat.send", 0, 3_000 + commit_us), span("COMMIT", 1_000, commit_us, "chat.send")
    return Trace(request_id, "chat.send", 0.0, 3_000 + commit_us, spans)


class Feed:
    """Knows two traces of one session and one of another."""

    kept: dict[tuple[str, str], Trace]
    is_up = True

    def __init__(self) -> None:
        own = trace(FIRST, 2_000), trace(SECOND, 7_000)
        self.kept = {(OWNER, each.request_id): each for each in own}
        self.kept[STRANGER, FOREIGN] = trace(FOREIGN, 1)

    def trace(self, session_id: str, request_id: str) -> Trace | None:
        if not self.is_up:
            raise Unavailable
        return self.kept.get((session_id, request_id))

    def recent(self, _session_id: str) -> FeedBatch:
        found = (FIRST, 5.0), (SECOND, 10.0)
        rows = [
            NetworkRow(n, 0.0, "event", "WS", "chat.send", 200, ms, 1, name)
            for n, (name, ms) in enumerate(found, 1)
        ]
        return FeedBatch(network=tuple(rows))


class Opened:
    """The owner's tab at an address."""

    def __init__(self, site: FakeSite) -> None:
        self.feed, self.state = Feed(), PairState(_reflex_internal_init=True)  # type: ignore[call-arg]
        site.install().services = SimpleNamespace(live_feed=self.feed, metrics=site.metrics)  # type: ignore[assignment]

    async def at(self, address: str) -> Any:
        url = f"http://site.test{address}"
        headers = {SESSION_HEADER: OWNER}
        self.state.router = RouterData.from_router_data({"headers": headers, "asPath": address, "url": url})
        for handler in (PairState.open, PairState.open_other):
            opening: Any = handler
            await opening.fn(self.state)
        return self.state

    async def choose(self, request_id: object) -> Any:
        choosing: Any = PairState.choose
        self.goes_to = await choosing.fn(self.state, request_id=request_id)
        return self.state


@pytest.fixture
def opened(site: FakeSite) -> Opened:
    return Opened(site)


async def test_one_request_stands_alone_with_others_to_choose_from(opened: Opened) -> None:
    state = await opened.at(f"/traces/{FIRST}")
    assert (state.status, state.other, state.other_problem, state.second) == ("shown", "", "", None)
    assert [(choice.request_id, choice.at, choice.label) for choice in state.choices] == [
        (SECOND, 0.0, "WS chat.send, 10.0 ms")
    ]


async def test_an_address_names_both_which_share_a_scale_and_differ_by_their_paths(opened: Opened) -> None:
    state = await opened.at(f"/traces/{FIRST}?with={SECOND}")
    assert (state.first.took, state.second.took) == ("5.00 ms", "10.0 ms")
    assert [view.spans[0].width for view in (state.first, state.second)] == [50, 100]
    assert [(row.name, row.first, row.second, row.more) for row in state.rows] == [
        ("COMMIT", "2.00 ms", "7.00 ms", "+5.00 ms"),
        ("chat.send", "3.00 ms", "3.00 ms", "+0 µs"),
    ]
    assert state.summary == (
        "5.0 ms and 10.0 ms: the second is 5.0 ms longer. Most of that: COMMIT, +5.00 ms."
    )
    await opened.choose(SECOND)
    # Without a place on the page it would be scrolled to its top, out of sight of the choice.
    assert f"/traces/{FIRST}?with={SECOND}#pair" in str(opened.goes_to)
    state = await opened.choose("")
    assert (state.other, state.second, state.first.spans[0].width) == ("", None, 100)


@pytest.mark.parametrize("name", [FOREIGN, "0" * 32, "x", "", "..%2f..%2fetc"])
async def test_a_request_of_somebody_else_reads_like_one_that_is_not_kept(opened: Opened, name: str) -> None:
    state = await opened.at(f"/traces/{name}?with={SECOND}")
    assert (state.status, state.first, state.second) == ("missing", None, None)


@pytest.mark.parametrize("other", [FOREIGN, "0" * 32, "x" * 5_000, 7, None, {"request_id": SECOND}])
async def test_another_that_is_not_kept_is_said_to_be_gone(opened: Opened, other: object) -> None:
    await opened.at(f"/traces/{FIRST}?with={SECOND}")
    state = await opened.choose(other)
    assert (state.status, state.other, state.second, state.rows) == ("shown", "", None, [])
    assert "is not kept" in state.other_problem


async def test_a_request_is_not_laid_beside_itself(opened: Opened) -> None:
    state = await opened.at(f"/traces/{FIRST}?with={FIRST}")
    assert (state.other, state.second) == ("", None)
    assert "the same request" in state.other_problem


async def test_what_can_not_be_read_says_so_and_can_be_tried_again(opened: Opened) -> None:
    opened.feed.is_up = False
    state = await opened.at(f"/traces/{FIRST}")
    assert (state.status, state.problem != "") == ("failed", True)
    opened.feed.is_up = True
    assert (await opened.at(f"/traces/{FIRST}")).status == "shown"


def test_a_shorter_second_says_shorter_and_no_difference_says_nothing_of_steps() -> None:
    long, short = [span("a", 0, 12_345)], [span("a", 0, 12_045)]
    assert summary_of(differences(long, short)) == (
        "12.3 ms and 12.0 ms: the second is 0.3 ms shorter. Most of that: a, −300 µs."
    )
    assert summary_of(differences(long, long)) == "12.3 ms and 12.3 ms: the second is 0.0 ms longer."
    assert summary_of(()) == "0 µs and 0 µs: the second is 0 µs longer."


async def test_the_page_of_a_request_is_found_by_its_own_session_only(opened: Opened) -> None:
    await PAGE.find(FIRST, OWNER)
    for session_id in (STRANGER, ""):
        with pytest.raises(NotFound):
            await PAGE.find(FIRST, session_id)
