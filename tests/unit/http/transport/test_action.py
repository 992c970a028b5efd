"""The decorator of every handler: what a browser may send, what is made of it, and what an error becomes."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
import reflex as rx
from pydantic import Field
from reflex.istate.data import RouterData

from portfolio_app.app.errors import NotFound
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.action import Payload, action, ignore
from portfolio_app.http.transport.caller import caller_of
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.frames.events import allowed_events
from portfolio_app.http.transport.parsing import Form, Request
from tests.unit.http.site import FakeSite

SESSION = "a" * 32


class Draw(Request):
    cards: int = Field(ge=1, le=5)
    deck: str = Field(default="blue", max_length=20)


class Name(Form):
    first: str
    last: str


class CardState(rx.State):
    problem: rx.Field[str] = rx.field("")
    drawn: rx.Field[list[str]] = rx.field(default_factory=list)
    note: rx.Field[str] = rx.field("")

    def _note(self, error: ErrorView, payload: Payload) -> None:
        self.note = f"{error.status} {error.field} {payload}"

    @action("cards.draw")
    async def draw(self, wanted: Draw) -> None:
        self.drawn = [wanted.deck] * wanted.cards

    @action("cards.deal")
    async def deal(self, cards: int = Field(ge=1, le=5), deck: str = "red") -> None:
        self.drawn = [deck] * cards

    @action("cards.name", refused=_note)
    async def name(self, name: Name) -> None:
        self.drawn = [name.first, name.last]

    @action("cards.lose", live=False)
    async def lose(self) -> None:
        raise NotFound("There are no cards.")

    @action("cards.hide", live=lambda state: state.note == "seen", kept=True)
    async def hide(self) -> None:
        self.drawn = []

    @action("cards.burn")
    async def burn(self) -> None:
        raise ZeroDivisionError("secret")

    @action("cards.leave")
    async def leave(self) -> None:
        raise SystemExit("secret")

    @action("cards.shuffle", refused=ignore)
    async def shuffle(self) -> AsyncIterator[str | None]:
        self.note = "shuffling"
        yield None
        self.note = caller_of(self).session_id
        yield "shuffled"
        raise NotFound("They fell down.")


@pytest.fixture
def site() -> FakeSite:
    site = FakeSite()
    site.install()
    return site


def _state(session_id: str = SESSION) -> Any:
    state = CardState(_reflex_internal_init=True)  # type: ignore[call-arg] # how Reflex makes them
    headers = {"headers": {"x-portfolio-session": session_id}}
    state.router = RouterData.from_router_data(headers)
    return state


async def test_a_request_is_parsed_and_its_defaults_hold(site: FakeSite) -> None:
    state = _state()
    await state.draw(2)
    assert (state.drawn, state.problem) == (["blue", "blue"], "")
    await state.draw(cards=1, deck="red")
    assert state.drawn == ["red"]


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        ({"cards": 6}, "The cards is not valid."),
        ({"cards": "2"}, "The cards is not valid."),
        ({"cards": None}, "The cards is not valid."),
        ({"cards": 2, "deck": ["red"]}, "The deck is not valid."),
        ({"cards": 2, "deck": "red" * 9}, "The deck is too long."),
        ({}, "The cards is not valid."),
    ],
    ids=["out of range", "text", "nothing", "list", "too long", "missing"],
)
async def test_what_is_not_the_request_reaches_no_handler(
    site: FakeSite, payload: dict[str, object], problem: str
) -> None:
    state = _state()
    await state.draw(**payload)
    assert (state.drawn, state.problem) == ([], problem)
    await state.draw(1)
    assert state.problem == ""


async def test_the_fields_of_a_form_arrive_together(site: FakeSite) -> None:
    state = _state()
    await state.name({"first": "Ada", "last": "Lovelace"})
    assert state.drawn == ["Ada", "Lovelace"]
    await state.name({"first": "Ada", "last": "Lovelace", "admin": True})
    assert state.note.startswith("422 admin {'form': ")
    await state.name("Ada")
    assert state.note == "422 payload {'form': 'Ada'}"
    assert state.problem == ""


async def test_an_error_becomes_words_and_an_unforeseen_one_says_nothing_of_itself(
    site: FakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    state = _state()
    await state.lose()
    assert state.problem == "There are no cards."
    with caplog.at_level(logging.INFO):
        await state.burn()
        assert state.problem.startswith("Something went wrong on our side.")
        state.problem = ""
        await state.leave()  # as argparse does for one
    assert state.problem.startswith("Something went wrong on our side.")
    assert "cards.burn 500 in" in caplog.text
    assert "unforeseen HandlerExited at test_action.py:" in caplog.text
    assert "secret" not in caplog.text


async def test_a_state_may_be_asked_whether_its_request_is_live(
    site: FakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    state = _state()
    with caplog.at_level(logging.INFO):
        await state.hide()
        assert "cards.hide" not in caplog.text
        state.note = "seen"
        await state.hide()
    assert "cards.hide 200 in" in caplog.text


async def test_an_event_without_a_session_runs_nothing(site: FakeSite) -> None:
    state = _state("")
    await state.draw(1)
    assert state.drawn == []
    assert "session has ended" in state.problem


async def test_a_handler_that_yields_shows_its_steps_and_its_error_ends_it(site: FakeSite) -> None:
    state = _state()
    seen = [(events, state.note) async for events in state.shuffle()]
    assert seen == [(None, "shuffling"), ("shuffled", SESSION)]
    assert state.problem == ""


async def test_every_run_is_counted_by_its_name_and_status(site: FakeSite) -> None:
    state = _state()
    await state.draw(1)
    await state.draw(9)
    assert site.metrics.events == [("cards.draw", 200), ("cards.draw", 422)]


async def test_an_event_that_ends_after_its_site_has_stopped_is_counted_there(site: FakeSite) -> None:
    steps = _state().shuffle()
    await anext(steps)
    runtime.uninstall()
    async for _ in steps:
        pass
    assert [name for name, _ in site.metrics.events] == ["cards.shuffle"]


def test_the_frame_filter_allows_the_fields_of_the_request_and_nothing_else() -> None:
    rules = {name.rpartition(".")[2]: rule for name, rule in allowed_events().items() if "card_state" in name}
    assert rules["draw"].fit({"cards": 1, "deck": "red"})
    assert rules["draw"].fit({"cards": 1, "wanted": 1}) is None
    assert rules["name"].arguments == {"form"}
    assert rules["lose"].arguments == frozenset()
    assert "_note" not in rules


async def test_parameters_with_types_are_the_fields_of_a_request(site: FakeSite) -> None:
    state = _state()
    await state.deal(2)
    assert state.drawn == ["red", "red"]
    for wrong, said in (
        ({"cards": 6}, "The cards is not valid."),
        ({"cards": "2"}, "The cards is not valid."),
        ({"deck": "blue"}, "The cards is not valid."),
        ({"cards": 2, "deck": 7}, "The deck is not valid."),
    ):
        await state.deal(**wrong)
        assert (state.drawn, state.problem) == (["red", "red"], said)
    (rule,) = (rule for name, rule in allowed_events().items() if name.endswith("card_state.deal"))
    assert rule.fit({"cards": 1, "deck": "red"})
    assert rule.fit({"cards": 1, "draw": 1}) is None


def test_an_action_takes_one_request_typed_fields_or_nothing() -> None:
    async def roll(self: object, dice) -> None: ...

    async def move(self: object, wanted: Draw, name: Name) -> None: ...

    async def turn(self: object, *cards: int) -> None: ...

    for method in (roll, move, turn):
        with pytest.raises(TypeError, match="one Request, typed fields of one, or nothing"):
            action("game")(method)
