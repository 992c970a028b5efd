from types import SimpleNamespace
from typing import Any

import pytest
from reflex.istate.data import RouterData

from portfolio_app.app.burst.record import summary_of
from portfolio_app.app.errors import NotFound, Unavailable
from portfolio_app.app.ports.runs import Record
from portfolio_app.http.burst.specimens import RECORDS
from portfolio_app.http.burst.state import RunsState, RunState
from portfolio_app.http.transport.caller import SESSION_HEADER
from tests.unit.http.site import FakeSite


class FakeBurst:
    """Answers as long as it is up."""

    is_up = False

    async def recent_runs(self) -> list[Record]:
        if not self.is_up:
            raise Unavailable
        return [summary_of({**RECORDS["balanced"], "run": "a" * 16})]


async def test_a_list_that_can_not_be_read_says_so_until_it_can_and_stays_when_it_was_read(
    site: FakeSite,
) -> None:
    burst = FakeBurst()
    site.install().services = SimpleNamespace(burst=burst, metrics=site.metrics)  # type: ignore[assignment]
    state: Any = RunsState(_reflex_internal_init=True)  # type: ignore[call-arg]
    state.router = RouterData.from_router_data({"headers": {SESSION_HEADER: "a" * 32}})
    load: Any = RunsState.load
    await load.fn(state)
    assert (state.loaded, state.runs) == (False, [])
    assert state.problem != ""
    burst.is_up = True
    await load.fn(state)
    assert (state.loaded, state.problem) == (True, "")
    burst.is_up = False
    await load.fn(state)
    assert state.problem != ""
    assert [run["run"] for run in state.runs] == ["a" * 16]


class FakePush:
    """Remembers what was sent to a tab."""

    def __init__(self) -> None:
        self.channels: dict[str, Any] = {}

    async def send(self, _sid: str, _state: type, **channels: Any) -> None:
        self.channels |= channels


RUNS = {record["run"]: record for record in list(RECORDS.values())[:2]}
FIRST, SECOND = RUNS


class Recorded(FakeBurst):
    """Knows two runs."""

    async def read_run(self, run: str) -> Record:
        if not self.is_up:
            raise Unavailable
        if run not in RUNS:
            raise NotFound("There is no recorded run with that name.")
        return RUNS[run]


class Opened:
    """A tab at the address of a run."""

    def __init__(self, site: FakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
        self.burst, self.push = Recorded(), FakePush()
        self.burst.is_up = True
        site.install().services = SimpleNamespace(burst=self.burst, metrics=site.metrics)  # type: ignore[assignment]
        monkeypatch.setattr("portfolio_app.http.burst.state.part", lambda _: self.push)
        self.state: Any = RunState(_reflex_internal_init=True)  # type: ignore[call-arg]

    async def at(self, address: str) -> Any:
        headers, url = {SESSION_HEADER: "a" * 32}, f"http://site.test{address}"
        self.state.router = RouterData.from_router_data({"headers": headers, "asPath": address, "url": url})
        for handler in (RunState.open, RunState.open_other):
            opening: Any = handler
            await opening.fn(self.state)
        return self.state

    async def compare_with(self, run: object) -> Any:
        choosing: Any = RunState.compare_with
        await choosing.fn(self.state, run=run)
        return self.state


@pytest.fixture
def opened(site: FakeSite, monkeypatch: pytest.MonkeyPatch) -> Opened:
    return Opened(site, monkeypatch)


async def test_a_run_is_sent_to_its_tab_in_words_and_kept_nowhere(opened: Opened) -> None:
    state = await opened.at(f"/runs/{FIRST}")
    assert (state.status, state.record, state.problem) == ("shown", {}, "")
    assert opened.push.channels["record"]["shown"]["run"] == FIRST
    assert (state.other, list(opened.push.channels)) == ("", ["record"])


async def test_an_address_names_the_run_to_compare_with(opened: Opened) -> None:
    state = await opened.at(f"/runs/{FIRST}?with={SECOND}")
    assert (state.other, state.other_problem) == (SECOND, "")
    assert opened.push.channels["comparison"]["other"]["run"] == SECOND
    await opened.compare_with("")
    assert state.other == ""


@pytest.mark.parametrize("name", ["0" * 16, "x", "..%2f..%2fetc", "A" * 16, ""])
async def test_a_run_that_is_not_recorded_is_missing(opened: Opened, name: str) -> None:
    assert (await opened.at(f"/runs/{name}")).status == "missing"


@pytest.mark.parametrize("run", ["0" * 16, "x" * 5_000, 7, None, {"run": FIRST}])
async def test_another_run_that_there_is_not_is_said_to_be_gone(opened: Opened, run: object) -> None:
    await opened.at(f"/runs/{FIRST}")
    state = await opened.compare_with(run)
    assert (state.status, state.other) == ("shown", "")
    assert "is not recorded here" in state.other_problem


async def test_what_can_not_be_read_says_so_and_can_be_tried_again(opened: Opened) -> None:
    opened.burst.is_up = False
    state = await opened.at(f"/runs/{FIRST}")
    assert (state.status, state.problem != "") == ("failed", True)
    opened.burst.is_up = True
    await opened.at(f"/runs/{FIRST}")
    assert (state.status, state.problem) == ("shown", "")
    opened.burst.is_up = False
    await opened.compare_with(SECOND)
    assert state.other_problem.startswith("The other run could not be read.")
