"""A password that was typed for a change is gone from the page with it, and stays where the change was refused."""

from types import SimpleNamespace
from typing import Any

import pytest
from reflex.istate.data import RouterData

from portfolio_app.app.errors import AlreadyTaken
from portfolio_app.http.account.details import CodesState, DetailsState
from portfolio_app.http.moderation.members import MembersState
from portfolio_app.http.transport.caller import SESSION_HEADER
from tests.unit.http.site import FakeSite

FORMS: list[tuple[Any, str, dict[str, str], str]] = [
    (DetailsState, "rename", {"username": "ada"}, "ref_username_password"),
    (DetailsState, "move", {"email": "ada@example.org"}, "ref_email_password"),
    (CodesState, "make", {}, "ref_codes_password"),
    (MembersState, "end_sessions", {"username": "eve"}, "ref_member_password"),
]


class Service:
    """Does what a form asks, or refuses it."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    async def __call__(self, *_: object) -> list[object]:
        if self.error:
            raise self.error
        return []

    async def check(self, *_: object) -> None: ...


async def sent(site: FakeSite, kind: Any, handler: str, fields: dict[str, str], change: Service) -> list[Any]:
    """The events that the answer to a form with a password sends to its page."""
    names = ("change_username", "change_email", "make_codes", "end_sessions")
    services = {"prove": Service(), "metrics": site.metrics, **dict.fromkeys(names, change)}
    site.install().services = SimpleNamespace(**services)  # type: ignore[assignment]
    state: Any = kind(_reflex_internal_init=True)
    headers = {SESSION_HEADER: "a" * 32, "origin": "https://site.example"}
    state.router = RouterData.from_router_data({"headers": headers})
    answer = await getattr(kind, handler).fn(state, fields | {"password": "correct horse battery"})
    return answer if isinstance(answer, list) else [answer] if answer else []


@pytest.mark.parametrize(("kind", "handler", "fields", "ref"), FORMS)
async def test_a_change_empties_the_password_it_was_made_with_and_a_refusal_leaves_it(
    site: FakeSite, kind: Any, handler: str, fields: dict[str, str], ref: str
) -> None:
    done = await sent(site, kind, handler, fields, Service())
    assert [str(value) for _, value in done[-1].args] == [f'"{ref}"', '""']
    assert await sent(site, kind, handler, fields, Service(AlreadyTaken())) == []
