"""What a member changes about the safety of the account."""

from collections.abc import AsyncIterator
from typing import Annotated

import reflex as rx
from pydantic import Field
from reflex.event import EventSpec

from portfolio_app.app.account.change_password import ChangePasswordCommand
from portfolio_app.http.account.parts import exchange
from portfolio_app.http.transport.action import Payload, action
from portfolio_app.http.transport.caller import caller_of
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.parsing import Form
from portfolio_app.http.transport.runtime import services

Secret = Annotated[str, Field(max_length=512, repr=False)]
"""Lengths here only bound the work, the domain holds the rules."""


class ChangePasswordDTO(Form):
    """The form of another password."""

    old: Secret
    new: Secret
    end_others: bool


class PasswordState(rx.State):
    """Errors of the form, each beside its field."""

    busy: rx.Field[bool] = rx.field(False)
    error: rx.Field[str] = rx.field("")
    old_error: rx.Field[str] = rx.field("")
    new_error: rx.Field[str] = rx.field("")

    def _refuse(self, error: ErrorView, _payload: Payload) -> None:
        old, new = error.field == "old", error.field == "new"
        said = error.text
        self._say(
            error="" if old or new else said, old_error=said if old else "", new_error=said if new else ""
        )

    @action("account.change_password", refused=_refuse)
    async def submit(self, form: ChangePasswordDTO) -> AsyncIterator[EventSpec | None]:
        """Replace the password; the browser leaves with a new session."""
        self._say(busy=True)
        yield None
        command = ChangePasswordCommand(form.old, form.new, form.end_others)
        ticket = await services().change_password(caller_of(self), command)
        self._say()
        yield exchange(ticket)

    @rx.event
    def clear(self) -> None:
        """Start with an empty form when the page is opened."""
        self._say()

    def _say(self, *, busy: bool = False, error: str = "", old_error: str = "", new_error: str = "") -> None:
        self.busy, self.error, self.old_error, self.new_error = busy, error, old_error, new_error
