"""A member confirms the address of the account with the code of a letter, or has the letter sent again."""

from collections.abc import Mapping
from typing import Final

import reflex as rx
from starlette.responses import Response

from portfolio_app.app.caller import Caller
from portfolio_app.http.account.security import Secret
from portfolio_app.http.account.security_parts import RecoverLink, form_panel, note
from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.form import Field, field
from portfolio_app.http.kit.head import done_page
from portfolio_app.http.kit.kinds import Handler, Text
from portfolio_app.http.kit.page import Unsent
from portfolio_app.http.transport.action import Payload, action
from portfolio_app.http.transport.caller import caller_of
from portfolio_app.http.transport.errors import ErrorView
from portfolio_app.http.transport.parsing import Form, parse
from portfolio_app.http.transport.runtime import services
from portfolio_app.words import t

_ASKED: Final = t("A letter is on its way to the address of your account, unless that is confirmed already.")
_CONFIRMED: Final = t("The address of your account is confirmed.")


class ConfirmEmailDTO(Form):
    """The form of a code; an empty one asks for another letter."""

    code: Secret


async def _confirm(caller: Caller, form: ConfirmEmailDTO) -> str:
    """Take the code, or have a letter sent; returns what is said then, the same for every address."""
    if not form.code.strip():
        await services().confirm_email.ask(caller)
        return _ASKED
    await services().confirm_email(caller, form.code)
    return _CONFIRMED


async def confirm_plainly(caller: Caller, fields: Mapping[str, str]) -> Response:
    """Answer a plain form of a code."""
    words = await _confirm(caller, parse(ConfirmEmailDTO, {"code": fields.get("code", "")}))
    return done_page(t("Your email address"), words, "/account", t("Back to your account"))


CONFIRM_EMAIL: Final = Unsent(
    "confirm-email",
    t("Not confirmed"),
    t("Nothing was changed."),
    "/details",
    t("Back to the form"),
    do=confirm_plainly,
)


class ConfirmEmailState(rx.State):
    """The state of the form that confirms an address: the error of the code, or the words once it was accepted."""

    error: rx.Field[str] = rx.field("")
    said: rx.Field[str] = rx.field("")

    def _refuse(self, error: ErrorView, _payload: Payload) -> None:
        self.error, self.said = error.text, ""

    @action("account.confirm_email", refused=_refuse)
    async def submit(self, form: ConfirmEmailDTO) -> None:
        """Confirm the address, or have the letter sent again."""
        self.error, self.said = "", ""
        self.said = await _confirm(caller_of(self), form)

    @rx.event
    def clear(self) -> None:
        """Start with an empty form when the page is opened."""
        self.error, self.said = "", ""


def confirm_email_form(*, on_submit: Handler, said: Text, error: Text = "") -> rx.Component:
    """Submits `code`, which may be empty; a link of a letter fills it in."""
    return form_panel(
        t("Confirm your email address"),
        note(
            t(
                "Where this site sends mail, a letter with a code goes to a new address. Once it is confirmed, reset "
                "links go there whoever else gave the address, and failed sign-ins with it are told to you."
            )
        ),
        RecoverLink.create(),
        field(
            Field(
                "code",
                t("Code from the letter"),
                "text",
                "one-time-code",
                t("Leave it empty to have another letter sent."),
                error,
            )
        ),
        button(t("Confirm the address"), submits=True, test_id="confirm-email"),
        note(said, role="status", data_testid="email-confirmed"),
        unsent=CONFIRM_EMAIL,
        on_submit=on_submit,
        name="confirm-email",
    )
