"""A ticket and its way: an event gives it to a hidden form, which swaps it for the cookie of a new session."""

import re
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import parse_qs

import reflex as rx
from reflex.event import EventSpec
from reflex_components_core.el.elements.forms import Input
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portfolio_app.app.caller import Caller
from portfolio_app.http.account.views import device_of
from portfolio_app.http.kit.form import form_of_script
from portfolio_app.http.kit.kinds import Text
from portfolio_app.http.transport import runtime
from portfolio_app.http.transport.caller import USER_AGENT, caller_from_scope
from portfolio_app.http.transport.errors import explain
from portfolio_app.http.transport.headers import set_cookie
from portfolio_app.http.transport.tracing import request_span

_FORMS: Final = ("/sign-in", "/register", "/recover")
_REASONS: Final = {429: "limited"}
_LOCAL_PATH: Final = re.compile(r"/(?![/\\])[!-\[\]-~]{0,500}")
_REF: Final = "ticket_form"


class TicketField(Input):  # type: ignore[misc] # the framework does not type it
    """The field of a ticket: submits its form once it is given one; see `account/ticket.js`."""

    def add_imports(self) -> dict[str, list[str]]:
        return {"": ["$/public/js/ticket.js"]}


def ticket_form(next_path: Text = "/") -> rx.Component:
    """One per page, hidden; `next_path` is the page of this site to go on to."""
    return form_of_script(
        TicketField.create(type="hidden", name="ticket"),
        rx.el.input(type="hidden", name="next", value=next_path, read_only=True),
        action="/session/exchange",
    )


def exchange(ticket: str) -> EventSpec:
    """Give the ticket to the page's form: the browser leaves with a full navigation and a new session.

    The ticket travels as an event, so it is never part of a state, which may be stored. The event sets the
    value of a ref and evaluates no script.
    """
    return rx.set_value(_REF, ticket)


async def redeem(request: Request) -> Response:
    """Redeem the ticket that the form brings."""
    fields = await form_of(request)

    async def ticket(_caller: Caller) -> str:
        return fields.get("ticket", "")

    return await enter(request, ticket, fields.get("next", "/"), expired="expired")


async def enter(
    request: Request, ticket: Callable[[Caller], Awaitable[str]], wanted: str, *, expired: str
) -> Response:
    """Redeem a ticket, set the new cookie, and go on to `wanted`; back to the sign-in form on failure."""
    caller = caller_from_scope(request.scope)
    with request_span("account.exchange", caller.session_id, live=False):
        try:
            device = device_of(request.headers.get("user-agent", ""))
            return await entered(caller, await ticket(caller), wanted, device)
        except Exception as error:  # the boundary: nothing may reach the framework
            status = explain(error, caller.request_id).status
            return _go(f"/sign-in?error={_REASONS.get(status, expired if status < 500 else 'unavailable')}")


async def entered(caller: Caller, ticket: str, wanted: str, device: str = "") -> Response:
    """Redeem a ticket, set the new cookie, and go on to `wanted`; raises what the exchange does."""
    redeemed = await runtime.services().redeem_ticket(caller, ticket, device or device_of(USER_AGENT.get()))
    # The owner of an account that was guessed at hears of it first, and so does one whose account was to be gone.
    hears_first = redeemed.was_guessed_at or redeemed.came_back
    answer = _go("/account" if hears_first else local_path(wanted))
    answer.headers.append("set-cookie", set_cookie(redeemed.secret))
    if redeemed.signed_out:
        # Not "storage": in it stands the theme. What was typed is forgotten by each tab of the member's.
        answer.headers["clear-site-data"] = '"cache"'
    return answer


def local_path(wanted: str) -> str:
    """`wanted` if it leads to a page of this site that is of use to a member, else the front page."""
    return wanted if _LOCAL_PATH.fullmatch(wanted) and not wanted.startswith(_FORMS) else "/"


def _go(target: str) -> Response:
    return RedirectResponse(target, 303, {"cache-control": "no-store"})


async def form_of(request: Request) -> dict[str, str]:
    """The first value of each field; empty for what is no form."""
    body = await request.body()
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=4)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}
