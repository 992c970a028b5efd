import pytest
import reflex as rx
from reflex.state import FrontendEventExceptionState

from portfolio_app.http.account.security import ConfirmState, PasswordState, RecoverState
from portfolio_app.http.account.state import RegisterState, SignInState
from portfolio_app.http.transport.frames.events import REPORT_LENGTH, allowed_events

HYDRATE = "reflex___state____state.hydrate_and_load"


class DoorState(rx.State):
    """What a browser may knock on, and what not."""

    theme: str = rx.LocalStorage("dark")
    kept: str = ""

    @rx.event
    def knock(self, who: str, how: str = "softly") -> None:
        """Open to browsers."""

    @rx.event
    def set_kept(self, value: str) -> None:
        """Shaped like a setter."""

    def _open(self) -> None:
        """Not an event at all."""


def name(handler: str) -> str:
    return f"{DoorState.get_full_name()}.{handler}"


def test_a_handler_of_the_site_may_be_called_with_its_own_arguments_only() -> None:
    rule = allowed_events()[name("knock")]
    assert rule.fit({"who": "x"}) == {"who": "x"}
    assert rule.fit({"who": "x", "how": "y"}) == {"who": "x", "how": "y"}
    assert rule.fit({"how": "y"}) is None
    assert rule.fit({"who": "x", "self": "y"}) is None


@pytest.mark.parametrize("handler", ["setvar", "set_kept", "_open"])
def test_setters_and_helpers_are_not_for_browsers(handler: str) -> None:
    assert name(handler) not in allowed_events()


def test_what_compares_or_makes_a_password_takes_turns() -> None:
    states = (RegisterState, SignInState, ConfirmState, RecoverState, PasswordState)
    paced = {name for name, rule in allowed_events().items() if rule.paced}
    assert paced == {f"{state.get_full_name()}.submit" for state in states}


def test_of_reflex_itself_only_what_its_client_sends_is_allowed() -> None:
    of_reflex = {
        event for event in allowed_events() if ".tests___" not in event and "portfolio_app" not in event
    }
    assert {event.rpartition(".")[2] for event in of_reflex} == {
        "hydrate_and_load",
        "on_load_internal",
        "update_vars_internal",
        "handle_frontend_exception",
    }
    assert len(of_reflex) == 4


def test_hydration_takes_browser_storage_for_vars_that_live_there_and_no_others() -> None:
    rule, stored = allowed_events()[HYDRATE], f"{DoorState.get_full_name()}.theme_rx_state_"
    given = {stored: "light", f"{DoorState.get_full_name()}.kept": "forged", "no.such_state.x": 1, "": 2}
    assert rule.fit({"vars": given, "hashes": ["a"]}) == {"vars": {stored: "light"}, "hashes": ["a"]}


@pytest.mark.parametrize(
    "payload",
    [{"vars": []}, {"vars": "x"}, {"hashes": {}}, {"hashes": [1]}, {"hashes": ["x"] * 2000}, {"x": 1}],
)
def test_hydration_with_other_types_is_refused(payload: dict[str, object]) -> None:
    assert allowed_events()[HYDRATE].fit(payload) is None


def test_a_browsers_error_report_is_shortened_to_printable_text() -> None:
    rule = allowed_events()[f"{FrontendEventExceptionState.get_full_name()}.handle_frontend_exception"]
    passed = rule.fit({"info": "a\nb\x00" + "x" * 9999, "component_stack": {"not": "text"}})
    assert passed is not None
    assert passed["info"].startswith("a b x")
    assert len(passed["info"]) == REPORT_LENGTH
    assert passed["component_stack"] == ""
