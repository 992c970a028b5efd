"""The security settings of a member's account."""

from abc import abstractmethod
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, Final

import reflex as rx
from pydantic import Field
from reflex.event import EventSpec
from starlette.responses import Response

from portfolio_app.app.account.change_password import ChangePasswordCommand
from portfolio_app.app.account.recover import RecoverCommand
from portfolio_app.app.caller import Caller
from portfolio_app.app.ports.limiter import Rates
from portfolio_app.http.account.ticket import exchange
from portfolio_app.http.kit.head import plain_page
from portfolio_app.http.kit.kinds import Text
from portfolio_app.http.transport.action import Payload, action
from portfolio_app.http.transport.caller import caller_of
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.parsing import Form, Request, parse
from portfolio_app.http.transport.runtime import services
from portfolio_app.words import t

LINK_ASKED: Final = t(
    "If an account is called that, a link is on its way to its address. "
    "It opens the account once, within an hour."
)
_WILL_DO: Final = t("This one will do.")
JUDGED_AFTER_MS: Final = 500
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
    """A request for a reset link: a username or an email."""

    account: ShortText


async def ask_for_link(caller: Caller, fields: Mapping[str, str]) -> Response:
    """Send a reset link asked for by a plain form; the answer is the same whether or not the account exists."""
    await services().send_reset_link(caller, parse(ResetDTO, {"account": fields.get("account", "")}).account)
    return plain_page(200, t("A link was asked for"), f"<p>{LINK_ASKED}</p>")


class ResetState(rx.State):
    """Whether the site sends links by mail, and what is said once one was asked for."""

    offered: rx.Field[bool] = rx.field(True)
    """Whether passkeys are offered, true until the page knows better: without scripts its form answers in words."""
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


class JudgeDTO(Request):
    """A password that is being typed, and the name and address that are."""

    password: Secret
    name: ShortText = ""
    email: ShortText = ""


def judged(handler: Any, verdict: Text, *, name: str = "", email: str = "") -> dict[str, Any]:  # noqa: ANN401 (of an action)
    """Props of a field for a new password: `handler` judges it a moment after the last key, and `verdict` is shown.

    `name` and `email` are the ids of the fields in which a guest types them.
    """
    read: list[Any] = [
        rx.Var(f"document.getElementById('{each}').value") if each else "" for each in (name, email)
    ]
    later = handler.debounce(JUDGED_AFTER_MS)
    return {"on_change": lambda value: later(value, *read), "verdict": verdict}


def _show_verdict(form: "JudgedForm", error: ErrorView, _payload: Payload) -> None:
    """Why it may not; nothing where it was not judged."""
    form.verdict = error.text if error.field == "password" else ""


class JudgedForm(rx.State, mixin=True):
    """The state of a form that sets a password: empty when its page is opened, it judges the password that is typed.

    The password itself is in no state, and in no line of a log or trace.
    """

    busy: rx.Field[bool] = rx.field(False)
    error: rx.Field[str] = rx.field("")
    verdict: rx.Field[str] = rx.field("")

    @rx.event
    def clear(self) -> None:
        """Start with an empty form when the page is opened."""
        self._say()

    @action("account.judge_password", live=False, refused=_show_verdict, rate=Rates.JUDGE_SESSION)
    async def judge(self, typed: JudgeDTO) -> None:
        """Say whether the password may be chosen, as the answer to the form would; what that said is about another."""
        self._forget()
        if typed.password:
            await services().judge_password(caller_of(self), typed.password, typed.name, typed.email)
            self.verdict = _WILL_DO

    @abstractmethod
    def _say(self) -> None:
        """Show no error and no verdict, and wait for no answer."""

    @abstractmethod
    def _forget(self) -> None:
        """Show no verdict, and no error of the password."""


class RecoverState(JudgedForm, rx.State):
    """Errors of the form: one for name and code, which must not say which was wrong, and the password's."""

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

    def _say(self, error: str = "", password_error: str = "", *, busy: bool = False) -> None:
        self.error, self.password_error, self.busy, self.verdict = error, password_error, busy, ""

    def _forget(self) -> None:
        self.password_error = self.verdict = ""


class PasswordState(JudgedForm, rx.State):
    """Errors of the form, each beside its field."""

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

    def _say(self, *, busy: bool = False, error: str = "", old_error: str = "", new_error: str = "") -> None:
        self.busy, self.error, self.old_error, self.new_error = busy, error, old_error, new_error
        self.verdict = ""

    def _forget(self) -> None:
        self.new_error = self.verdict = ""
