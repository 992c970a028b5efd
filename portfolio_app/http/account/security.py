"""What a member changes about the safety of the account."""

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Final

import reflex as rx
from pydantic import Field
from reflex.event import EventSpec
from starlette.responses import Response

from portfolio_app.app.account.change_password import ChangePasswordCommand
from portfolio_app.app.account.recover import RecoverCommand
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import ProofNeeded
from portfolio_app.http.account.parts import exchange
from portfolio_app.http.kit.head import plain_page
from portfolio_app.http.transport.action import Payload, action, ignore
from portfolio_app.http.transport.caller import caller_of
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.parsing import Form, parse
from portfolio_app.http.transport.runtime import services
from portfolio_app.words import t

LINK_ASKED: Final = t(
    "If an account is called that, a link is on its way to its address. "
    "It opens the account once, within an hour."
)
ShortText = Annotated[str, Field(max_length=512)]
Secret = Annotated[str, Field(max_length=512, repr=False)]
"""Lengths here only bound the work, the domain holds the rules."""


class ChangePasswordDTO(Form):
    """The form of another password."""

    old: Secret
    new: Secret
    end_others: bool


class ProofDTO(Form):
    """The password, typed again."""

    password: Secret


class RecoverDTO(Form):
    """The form of somebody who has lost the password."""

    login: ShortText
    code: Secret
    password: Secret


class ResetDTO(Form):
    """Whose link is asked for: a username or an email."""

    account: ShortText


async def ask_for_link(caller: Caller, fields: Mapping[str, str]) -> Response:
    """Send a reset link asked for by a plain form; the answer is the same whether or not the account exists."""
    await services().send_reset_link(caller, parse(ResetDTO, {"account": fields.get("account", "")}).account)
    return plain_page(200, t("A link was asked for"), f"<p>{LINK_ASKED}</p>")


class ResetState(rx.State):
    """Whether the site sends links by mail, and what is said once one was asked for."""

    offered: rx.Field[bool] = rx.field(True)
    """Until the page knows better: without scripts its form answers in words."""
    said: rx.Field[str] = rx.field("")
    problem: rx.Field[str] = rx.field("")

    @action("account.ask_for_link")
    async def submit(self, form: ResetDTO) -> None:
        """Have a link sent, if there is an account; nobody waits for it."""
        self.said = ""
        await services().send_reset_link(caller_of(self), form.account)
        self.said = LINK_ASKED

    @rx.event
    def load(self) -> None:
        """Start with an empty form."""
        self.offered, self.said, self.problem = services().send_reset_link.is_offered, "", ""


class ConfirmState(rx.State):
    """Whether the page asks for the password again, and what became of it."""

    needed: rx.Field[bool] = rx.field(False)
    error: rx.Field[str] = rx.field("")

    def _refuse(self, error: ErrorView, _payload: Payload) -> None:
        self.error = error.text

    @action("account.prove", refused=_refuse, paced=True)
    async def submit(self, form: ProofDTO) -> None:
        """Take the password for this session, for ten minutes."""
        self.error = ""
        await services().prove(caller_of(self), form.password)
        self.needed = False


CODES_FIELD: Final = "recovery_codes"
"""The id of the field on the page that new codes are put into: no state keeps them."""


class CodesState(rx.State):
    """How many recovery codes are left; the codes themselves go to the page once, and into no state."""

    left: rx.Field[int] = rx.field(0)
    made: rx.Field[bool] = rx.field(False)
    problem: rx.Field[str] = rx.field("")

    @action("account.count_codes", live=False, refused=ignore)
    async def load(self) -> None:
        """Read how many are left."""
        self.left, self.made, self.problem = await services().count_codes(caller_of(self)), False, ""

    @action("account.make_codes")
    async def make(self) -> list[EventSpec]:
        """Make ten new ones and show them, once."""
        try:
            codes = await services().make_codes(caller_of(self))
        except ProofNeeded:
            (await self.get_state(ConfirmState)).needed = True
            raise
        self.left, self.made = len(codes), True
        return [rx.set_value(CODES_FIELD, "\n".join(code.shown for code in codes))]


class RecoverState(rx.State):
    """Errors of the form: one for name and code, which must not say which was wrong, and the password's."""

    busy: rx.Field[bool] = rx.field(False)
    error: rx.Field[str] = rx.field("")
    password_error: rx.Field[str] = rx.field("")

    def _refuse(self, error: ErrorView, _payload: Payload) -> None:
        is_password = error.field == "password"
        self._say("" if is_password else error.text, error.text if is_password else "")

    @action("account.recover", refused=_refuse, paced=True)
    async def submit(self, form: RecoverDTO) -> AsyncIterator[EventSpec | None]:
        """Set another password with a code and sign the visitor in."""
        self._say(busy=True)
        yield None
        command = RecoverCommand(form.login, form.code, form.password)
        ticket = await services().recover_account(caller_of(self), command)
        self._say()
        yield exchange(ticket)

    @rx.event
    def clear(self) -> None:
        """Start with an empty form when the page is opened."""
        self._say()

    def _say(self, error: str = "", password_error: str = "", *, busy: bool = False) -> None:
        self.error, self.password_error, self.busy = error, password_error, busy


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

    @action("account.change_password", refused=_refuse, paced=True)
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
