from types import SimpleNamespace
from typing import Any

from reflex.istate.data import RouterData

from portfolio_app.app.burst.record import summary_of
from portfolio_app.app.errors import Unavailable
from portfolio_app.app.ports.runs import Record
from portfolio_app.http.burst.state import RunsState
from portfolio_app.http.styleguide.records import RECORDS
from portfolio_app.http.transport.visitor import SESSION_HEADER
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
