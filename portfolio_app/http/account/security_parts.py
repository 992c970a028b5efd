"""Panels of the account page in which a member changes what opens the account."""

from collections.abc import Mapping
from typing import Any, Final

import reflex as rx

from portfolio_app.http.account.parts import NOT_JUDGED, PASSWORD_HINT, account_form
from portfolio_app.http.account.security import ask_for_link
from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.form import Field, error_text, field, form
from portfolio_app.http.kit.kinds import Child, Flag, Handler, Text
from portfolio_app.http.kit.layout import panel
from portfolio_app.http.kit.page import Unsent
from portfolio_app.words import t

CHANGE_PASSWORD: Final = Unsent(
    "change-password",
    t("Not changed yet"),
    t("Nothing was changed."),
    "/password",
    t("Back to the form"),
)
PROVE: Final = Unsent(
    "prove",
    t("Not confirmed yet"),
    t("Nothing was done."),
    "/account",
    t("Back to your account"),
)
RECOVER: Final = Unsent(
    "recover",
    t("Not changed yet"),
    t("Nothing was done."),
    "/recover",
    t("Back to the form"),
)


RESET: Final = Unsent(
    "reset", t("No link was sent"), t("Nothing was done."), "/recover", t("Back to the form"), do=ask_for_link
)


def choice(name: str, label: str, kind: str = "checkbox", **attributes: Any) -> rx.Component:  # noqa: ANN401 (of an input)
    """A box or a dot with its words."""
    box = rx.el.input(name=name, type=kind, **attributes)
    return rx.el.label(box, label, class_name="field-choice")


def note(words: Child, **attributes: Any) -> rx.Component:  # noqa: ANN401 (of a paragraph)
    return rx.el.p(words, class_name="account-note", **attributes)


def form_panel(
    title: str,
    *children: Child,
    unsent: Unsent,
    name: str,
    on_submit: Handler = None,
    aside: Child = "",
    result: Child = "",
    stays: bool = False,
) -> rx.Component:
    """A form with a heading, `aside` at its right and `result` below; without `on_submit` the browser sends it.

    `stays` as in `form`.
    """
    checks = {} if on_submit is None else {"no_validate": True}
    filled = form(
        *children, unsent=unsent, class_name="panel-form", on_submit=on_submit, stays=stays, **checks
    )
    return panel(title, filled, result, aside=aside, data_panel=name)


def password_form(
    *,
    on_submit: Handler,
    error: Text,
    old_error: Text = "",
    new_error: Text = "",
    judged: Mapping[str, Any] = NOT_JUDGED,
    busy: Flag = False,
) -> rx.Component:
    """Submits `old`, `new` and `end_others`; `judged` as in `register_form`."""
    return form_panel(
        t("Change your password"),
        field(Field("old", t("The password you have"), "password", "current-password", "", old_error)),
        field(Field("new", t("Another one"), "password", "new-password", PASSWORD_HINT, new_error, **judged)),
        choice(
            "end_others",
            t("Sign out every other browser"),
            id="end_others",
            default_checked=True,
            data_testid="field-end_others",
        ),
        error_text(error, role="alert"),
        button(
            rx.cond(busy, t("Changing the password…"), t("Change the password")),
            submits=True,
            disabled=busy,
            test_id="change-password",
        ),
        unsent=CHANGE_PASSWORD,
        on_submit=on_submit,
        name="password",
    )


def proof_form(*, on_submit: Handler, error: Text) -> rx.Component:
    """Submits `password`: what a change of the account's safety asks for first."""
    return form_panel(
        t("Confirm that it is you"),
        note(
            t(
                "Seeing and ending sessions, recovery codes and passkeys ask for your password or a passkey again. It "
                "counts for ten minutes, in this browser."
            )
        ),
        field(Field("password", t("Your password"), "password", "current-password", "", error)),
        button(t("Confirm"), kind="primary", submits=True, test_id="prove"),
        unsent=PROVE,
        on_submit=on_submit,
        name="proof",
    )


class RecoverLink(rx.Component):
    """Fills the form from a reset link; see `account/recover_link.jsx`."""

    library = "$/public/js/recover_link.jsx"
    tag = "RecoverLink"


def recover_form(
    *,
    on_submit: Handler,
    error: Text,
    password_error: Text = "",
    judged: Mapping[str, Any] = NOT_JUDGED,
    busy: Flag = False,
    id_prefix: str = "",
) -> rx.Component:
    """Submits `login`, `code` and `password`. One error for name and code: it must not say which was wrong."""
    return account_form(
        t("Set another password"),
        (
            Field("login", t("Email or username"), "text", "username"),
            Field(
                "code",
                t("Recovery code"),
                "text",
                "one-time-code",
                t("Letters and digits; hyphens don't count."),
            ),
            Field(
                "password",
                t("Another password"),
                "password",
                "new-password",
                PASSWORD_HINT,
                password_error,
                **judged,
            ),
        ),
        unsent=RECOVER,
        action=t("Set the password"),
        busy_action=t("Setting the password…"),
        on_submit=on_submit,
        error=error,
        busy=busy,
        otherwise=rx.fragment(
            f"{t('No code? Ask whoever runs this site for a link.')} ",
            rx.el.a(t("Back to signing in"), href="/sign-in"),
            ".",
        ),
        id_prefix=id_prefix,
    )


def reset_form(*, on_submit: Handler, said: Text, error: Text, id_prefix: str = "") -> rx.Component:
    """Submits `account`; `said` is the same whether there is one. `id_prefix` as in `field`."""
    return form_panel(
        t("Or have a link sent"),
        note(
            t(
                "Where this site sends mail, a link goes to the address of the account. It opens the account once, "
                "within an hour."
            )
        ),
        field(Field("account", t("Email or username"), "text", "username", "", error), id_prefix=id_prefix),
        button(t("Send a link"), submits=True, test_id="send-link"),
        note(said, role="status", data_testid="link-asked"),
        unsent=RESET,
        on_submit=on_submit,
        name="reset",
    )
