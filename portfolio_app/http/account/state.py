"""The forms that lead to an account. Passwords pass through a handler and are kept nowhere."""

from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Any, Final

import reflex as rx
from reflex.event import EventSpec

from portfolio_app.app.account.register import RegisterCommand
from portfolio_app.app.account.sign_in import SignInCommand
from portfolio_app.app.caller import Caller
from portfolio_app.http.account.dto import RegisterDTO, SignInDTO
from portfolio_app.http.account.ticket_form import exchange
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.handling import attempt
from portfolio_app.http.transport.parsing import parse
from portfolio_app.http.transport.runtime import services

_ARRIVAL_NOTES: Final[Mapping[str, str]] = {
    "expired": "That took too long, or it was opened in another browser. Sign in again.",
    "unavailable": "The service can't be reached right now. Try again in a moment.",
}


class RegisterState(rx.State):
    """Errors of the form, each beside its field, and whether an answer is due."""

    busy: rx.Field[bool] = rx.field(False)
    error: rx.Field[str] = rx.field("")
    field_errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    @rx.event
    async def submit(self, form: Any = None) -> AsyncIterator[EventSpec | None]:  # noqa: ANN401 (unparsed)
        """Create the account and sign the visitor in."""
        self.busy, self.error, self.field_errors = True, "", {}
        yield None
        result = await attempt(self, "account.register", partial(_register, form))
        self.busy = False
        if isinstance(result, ErrorView):
            self.error, self.field_errors = _shown(result, RegisterDTO.model_fields)
        else:
            yield exchange(result)

    @rx.event
    def clear(self) -> None:
        """Start with an empty form when the page is opened."""
        self.busy, self.error, self.field_errors = False, "", {}


class SignInState(rx.State):
    """One error for the whole form: it must not say which field was wrong."""

    busy: rx.Field[bool] = rx.field(False)
    error: rx.Field[str] = rx.field("")

    @rx.event
    async def submit(self, form: Any = None) -> AsyncIterator[EventSpec | None]:  # noqa: ANN401 (unparsed)
        """Check the password and sign the visitor in."""
        self.busy, self.error = True, ""
        yield None
        result = await attempt(self, "account.sign_in", partial(_sign_in, form))
        self.busy = False
        if isinstance(result, ErrorView):
            self.error = result.text
        else:
            yield exchange(result)

    @rx.event
    def clear(self) -> None:
        """Start with an empty form, or with the reason why the visitor was sent back to it."""
        reason = self.router.url.query_parameters.get("error", "")
        self.busy, self.error = False, _ARRIVAL_NOTES.get(reason, "")


def _shown(view: ErrorView, fields: Mapping[str, object]) -> tuple[str, dict[str, str]]:
    """The error of the form, and the errors of its fields: one of the two."""
    if view.field is not None and view.field in fields:
        return "", {view.field: view.text}
    return view.text, {}


async def _register(form: object, caller: Caller) -> str:
    dto = parse(RegisterDTO, form)
    return await services().register(caller, RegisterCommand(dto.email, dto.username, dto.password))


async def _sign_in(form: object, caller: Caller) -> str:
    dto = parse(SignInDTO, form)
    return await services().sign_in(caller, SignInCommand(dto.email, dto.password))
