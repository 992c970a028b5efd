"""A tab listens to a room once that is known to exist; a visit of its page begins without what was told before."""

from types import SimpleNamespace
from typing import Any

import pytest
from reflex.istate.data import RouterData

from portfolio_app.app.chat.read_room import FindRoom
from portfolio_app.http.chat.changes import ChangesState
from portfolio_app.http.chat.state import ChatState
from portfolio_app.http.site import all_pages
from portfolio_app.http.transport.caller import SESSION_HEADER
from portfolio_app.http.transport.push import Push
from tests.fakes.clock import FakeClock
from tests.fakes.store import Store
from tests.fakes.unit_of_work import FakeUnitOfWork
from tests.unit.http.site import FakeSite

OTHERS = "b" * 32


class FakePush(Push):
    """Remembers what a tab was let listen to."""

    def __init__(self) -> None:
        self.entered: list[str] = []

    async def enter_room(self, sid: str, *topics: str) -> None:
        self.entered += topics


@pytest.mark.parametrize("path", [f"/chat/lobby:{OTHERS}", "/chat/nowhere", "/chat/..", "/chat/%00"])
async def test_an_address_that_names_no_room_lets_a_tab_listen_to_nothing(site: FakeSite, path: str) -> None:
    running, push = site.install(), FakePush()
    running.parts[Push] = push
    find = FindRoom(FakeUnitOfWork(Store(), FakeClock()))
    running.services = SimpleNamespace(find_room=find, metrics=site.metrics)  # type: ignore[assignment]
    state: Any = ChatState(_reflex_internal_init=True)  # type: ignore[call-arg]
    state.router = RouterData.from_router_data(
        {"headers": {SESSION_HEADER: "a" * 32, "origin": "https://site.example"}, "asPath": path}
    )
    enter: Any = ChatState.enter

    await enter.fn(state)

    assert push.entered == []
    assert (state.missing, state.window) == (True, None)
    assert state.problem


async def test_what_was_said_of_a_message_is_gone_when_its_page_is_opened_again(site: FakeSite) -> None:
    site.install().services = SimpleNamespace(metrics=site.metrics)  # type: ignore[assignment]
    state: Any = ChangesState(_reflex_internal_init=True)  # type: ignore[call-arg]
    state.router = RouterData.from_router_data({"headers": {SESSION_HEADER: "a" * 32}})
    state.reported, state.problem, state.kept = "Thank you", "Too late.", "typed"
    arrive: Any = ChangesState.arrive
    await arrive.fn(state)
    assert (state.reported, state.problem, state.kept) == ("", "", "typed")


def test_every_page_with_a_room_opens_without_what_an_earlier_visit_was_told() -> None:
    with_room = [page for page in all_pages() if "report-received" in str(page.build().render())]
    assert {page.route for page in with_room} >= {"/", "/chat", "/chat/[slug]", "/second-tab"}
    assert [page.route for page in with_room if ChangesState.arrive not in page.on_load] == []
