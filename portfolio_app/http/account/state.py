"""The states behind the forms of accounts and the list of sessions."""

from collections.abc import AsyncIterator, Mapping
from typing import Final

import reflex as rx
from pydantic import Field
from reflex.event import EventSpec
from starlette.responses import Response

from portfolio_app.app.account.change_password import ChangePasswordCommand
from portfolio_app.app.account.recover import RecoverCommand
from portfolio_app.app.account.register import RegisterCommand
from portfolio_app.app.account.sign_in import SignInCommand
from portfolio_app.app.caller import Caller
from portfolio_app.http.account.security import (
    ChangePasswordDTO,
    ConfirmState,
    JudgedForm,
    ProofDTO,
    RecoverDTO,
    ShortText,
)
from portfolio_app.http.account.ticket import entered, exchange
from portfolio_app.http.account.views import LineView, SessionView, line_view, session_view, warning_of
from portfolio_app.http.transport.action import Payload, action
from portfolio_app.http.transport.caller import caller_of
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.parsing import Form, Request, parse
from portfolio_app.http.transport.runtime import services
from portfolio_app.words import t

_ARRIVAL_NOTES: Final[Mapping[str, str]] = {
    "expired": t("That took too long, or it was opened in another browser. Sign in again."),
    "passkey": t(
        "That passkey was not accepted here, or it took too long. Try again, or sign in with the password."
    ),
    "limited": t(
        "Too many people of your network have signed in or out just now. Try again in a few minutes."
    ),
    "unavailable": t("The service can't be reached right now. Try again in a moment."),
}


class RegisterDTO(Form):
    """The registration form."""

    email: ShortText
    username: ShortText
    password: ShortText = Field(repr=False)


class SignInDTO(Form):
    """The sign-in form; `email` may hold a username as well."""

    email: ShortText
    password: ShortText = Field(repr=False)


async def plain_register(caller: Caller, fields: Mapping[str, str]) -> Response:
    """Make an account by a form without scripts, and let the browser in: the same use cases under the same limits."""
    form = parse(RegisterDTO, _typed(fields, RegisterDTO))
    ticket = await services().register(caller, RegisterCommand(form.email, form.username, form.password))
    return await entered(caller, ticket, "/")


async def plain_sign_in(caller: Caller, fields: Mapping[str, str]) -> Response:
    """The same of signing in."""
    form = parse(SignInDTO, _typed(fields, SignInDTO))
    return await entered(
        caller, await services().sign_in(caller, SignInCommand(form.email, form.password)), "/"
    )


async def plain_recover(caller: Caller, fields: Mapping[str, str]) -> Response:
    """The same of a recovery code or link."""
    form = parse(RecoverDTO, _typed(fields, RecoverDTO))
    command = RecoverCommand(form.login, form.code, form.password)
    return await entered(caller, await services().recover_account(caller, command), "/")


async def plain_change_password(caller: Caller, fields: Mapping[str, str]) -> Response:
    """The same of another password: the browser goes on with the session that replaces its own."""
    typed = _typed(fields, ChangePasswordDTO) | {"end_others": fields.get("end_others") == "on"}
    form = parse(ChangePasswordDTO, typed)
    command = ChangePasswordCommand(form.old, form.new, form.end_others)
    return await entered(caller, await services().change_password(caller, command), "/account")


async def plain_prove(caller: Caller, fields: Mapping[str, str]) -> str:
    """The same of the password typed again."""
    await services().prove(caller, parse(ProofDTO, _typed(fields, ProofDTO)).password)
    return "/account"


def _typed(fields: Mapping[str, str], form: type[Form]) -> dict[str, object]:
    """The fields that belong to the form: what is missing or empty is refused before it counts as a try."""
    return {name: fields[name] for name in form.model_fields if name in fields}


class RegisterState(JudgedForm, rx.State):
    """Errors of the form, each beside its field, and whether an answer is due."""

    field_errors: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    def _refuse(self, error: ErrorView, _payload: Payload) -> None:
        self.busy, self.verdict = False, ""
        self.error, self.field_errors = _shown(error, RegisterDTO.model_fields)

    @action("account.register", refused=_refuse, paced=True)
    async def submit(self, form: RegisterDTO) -> AsyncIterator[EventSpec | None]:
        """Create the account and sign the visitor in."""
        self.busy, self.error, self.field_errors = True, "", {}
        yield None
        command = RegisterCommand(form.email, form.username, form.password)
        ticket = await services().register(caller_of(self), command)
        self.busy = False
        yield exchange(ticket)

    def _say(self) -> None:
        self.busy, self.error, self.field_errors, self.verdict = False, "", {}, ""

    def _forget(self) -> None:
        self.field_errors = {name: text for name, text in self.field_errors.items() if name != "password"}
        self.verdict = ""


class SignInState(rx.State):
    """One error for the whole form: it must not say which field was wrong."""

    busy: rx.Field[bool] = rx.field(False)
    error: rx.Field[str] = rx.field("")

    def _refuse(self, error: ErrorView, _payload: Payload) -> None:
        self.busy, self.error = False, error.text

    @action("account.sign_in", refused=_refuse, paced=True)
    async def submit(self, form: SignInDTO) -> AsyncIterator[EventSpec | None]:
        """Check the password and sign the visitor in."""
        self.busy, self.error = True, ""
        yield None
        ticket = await services().sign_in(caller_of(self), SignInCommand(form.email, form.password))
        self.busy = False
        yield exchange(ticket)

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


class RevokeDTO(Request):
    """The session that a member wants to end."""

    handle: str = Field(pattern="^[0-9a-f]{16}$")


class SessionsState(rx.State):
    """The member's sessions as read last; `allowed` is false for a guest, who has no account to ask about."""

    sessions: rx.Field[list[SessionView]] = rx.field(default_factory=list)
    lines: rx.Field[list[LineView]] = rx.field(default_factory=list)
    allowed: rx.Field[bool] = rx.field(False)
    loaded: rx.Field[bool] = rx.field(False)
    warning: rx.Field[str] = rx.field("")
    problem: rx.Field[str] = rx.field("")

    def _closed(self, error: ErrorView, _payload: Payload) -> None:
        self.loaded, self.allowed, self.sessions, self.problem = True, False, [], error.text
        self.warning, self.lines = "", []

    @action("account.sessions", live=False, refused=_closed)
    async def refresh(self) -> None:
        """Read the list anew; whether the password is due is asked along with it."""
        caller = caller_of(self)
        found = await services().list_sessions(caller)
        self.loaded, self.allowed, self.problem = True, True, ""
        self.sessions = [session_view(session, caller.session_id) for session in found.sessions]
        self.lines = [line_view(position, line) for position, line in enumerate(found.lines)]
        self.warning = warning_of(found.wrong_passwords)
        (await self.get_state(ConfirmState)).needed = not found.proved

    @action("account.revoke")
    async def revoke(self, wanted: RevokeDTO) -> None:
        """End one of them; its tabs are closed."""
        try:
            await services().revoke_session(caller_of(self), wanted.handle)
        finally:
            await self.refresh()

    @action("account.revoke_others")
    async def revoke_others(self) -> None:
        """End all but this one."""
        try:
            await services().revoke_others(caller_of(self))
        finally:
            await self.refresh()
