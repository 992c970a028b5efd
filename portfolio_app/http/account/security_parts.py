"""Panels of the account page in which a member changes what opens the account."""

from typing import Final

import reflex as rx

from portfolio_app.http.account.parts import PASSWORD_HINT
from portfolio_app.http.kit.button import button
from portfolio_app.http.kit.form import Field, error_text, field, form
from portfolio_app.http.kit.kinds import Child, Flag, Handler, Text
from portfolio_app.http.kit.layout import panel
from portfolio_app.http.kit.page import Unsent

CHANGE_PASSWORD: Final = Unsent(
    "change-password",
    "Not changed yet",
    "The scripts of the page had not loaded yet, so nothing you typed was checked or stored.",
    "/account",
    "Back to your account",
)


def _choice(name: str, label: str) -> rx.Component:
    """A box that is ticked at first; the form has it as true or false."""
    box = rx.el.input(id=name, name=name, type="checkbox", default_checked=True, data_testid=f"field-{name}")
    return rx.el.label(box, label, class_name="field-choice")


def _form_panel(title: str, *children: Child, unsent: Unsent, on_submit: Handler, name: str) -> rx.Component:
    filled = form(*children, unsent=unsent, class_name="panel-form", no_validate=True, on_submit=on_submit)
    return panel(title, filled, data_panel=name)


def password_form(
    *, on_submit: Handler, error: Text, old_error: Text = "", new_error: Text = "", busy: Flag = False
) -> rx.Component:
    """Submits `old`, `new` and `end_others`."""
    return _form_panel(
        "Change your password",
        field(Field("old", "The password you have", "password", "current-password", "", old_error)),
        field(Field("new", "Another one", "password", "new-password", PASSWORD_HINT, new_error)),
        _choice("end_others", "Sign out every other browser"),
        error_text(error, role="alert"),
        button(
            rx.cond(busy, "Changing the password…", "Change the password"),
            submits=True,
            disabled=busy,
            test_id="change-password",
        ),
        unsent=CHANGE_PASSWORD,
        on_submit=on_submit,
        name="password",
    )
