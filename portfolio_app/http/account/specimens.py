"""Specimens of the forms and sessions of members."""

from typing import Final

from portfolio_app.http.account.confirming import confirm_email_form
from portfolio_app.http.account.details import codes_form, email_form, username_form
from portfolio_app.http.account.leaving import export_form, leave_form, password_field
from portfolio_app.http.account.parts import (
    account_form,
    account_links,
    account_row,
    card,
    register_form,
    security_list,
    session_list,
    sign_in_form,
    signed_in_already,
)
from portfolio_app.http.account.passkeys import PasskeyView, passkey_proof, passkey_sign_in, passkeys_panel
from portfolio_app.http.account.security import LINK_ASKED
from portfolio_app.http.account.security_parts import (
    choice,
    form_panel,
    note,
    password_form,
    proof_form,
    recover_form,
    reset_form,
)
from portfolio_app.http.account.ticket import ticket_form
from portfolio_app.http.account.views import LineView, SessionView
from portfolio_app.http.kit.specimen import Component, Group, Specimen, listed, nothing, specimen, var

_NOON = 1_767_268_804_000
_EVE = 1_766_568_600_000
_LATER = 1_769_860_804_000
_BUSY = "The service is busy. Try again in a moment."
_SESSIONS = (
    SessionView("here", "Firefox on Linux", _NOON, _NOON, _LATER, current=True),
    SessionView("there", "Safari on iPhone", _EVE, _EVE, _LATER, current=False),
)

_PASSKEYS = (
    PasskeyView("phone", "My phone", _NOON, _NOON),
    PasskeyView("key", "The key on my ring", _EVE, 0),
)
_LINES = (
    LineView("0", _NOON, "Signed in", "Firefox on Linux, 203.0.113.0/24", "4bf92f3577b34da6", failed=False),
    LineView("1", _EVE, "Sign-in failed", "198.51.100.0/24", "a3ce929d0e0e4736", failed=True),
)

EXEMPT: Final[dict[Component, str]] = {
    ticket_form: "it is a hidden form that a handler fills and sends",
    account_row: "the panels of the account page are made of it",
    form_panel: "the forms in the panels of the account page are made of it",
    choice: "the forms in the panels of the account page are made of it",
    note: "the panels of the account page are made of it",
    card: "the forms that are pages of their own stand in it",
    account_form: "the forms that are pages of their own are made of it",
}


def _group() -> Group:
    """Forms and sessions."""
    return Group(
        "Account",
        "Errors come back in words, beside the field they are about or above the button.",
        (*_forms(), *_sessions(), *_security()),
    )


def _forms() -> tuple[Specimen, ...]:
    return (
        specimen("idle", sign_in_form, on_submit=nothing, error="", id_prefix="sign-in-idle-"),
        specimen("busy", sign_in_form, on_submit=nothing, error="", busy=True, id_prefix="sign-in-busy-"),
        specimen(
            "refused",
            sign_in_form,
            on_submit=nothing,
            error="This combination is not known.",
            id_prefix="sign-in-refused-",
        ),
        specimen("a member", signed_in_already, "ada"),
        specimen("idle", register_form, on_submit=nothing, error="", id_prefix="register-idle-"),
        specimen("busy", register_form, on_submit=nothing, error="", busy=True, id_prefix="register-busy-"),
        specimen(
            "refused",
            register_form,
            on_submit=nothing,
            error="",
            email_error="This is not an email address.",
            username_error="This name is taken.",
            password_error="This password is too short.",  # noqa: S106 (what is said of one)
            id_prefix="register-refused-",
        ),
    )


def _sessions() -> tuple[Specimen, ...]:
    def sessions(state: str, *, ready: bool = True, error: str = "") -> Specimen:
        return specimen(
            state,
            session_list,
            rows=listed(_SESSIONS),
            ready=ready,
            on_revoke=nothing,
            on_revoke_others=nothing,
            on_sign_out=nothing,
            error=error,
        )

    return (sessions("busy", ready=False), sessions("full"), sessions("failed", error=_BUSY))


def _security() -> tuple[Specimen, ...]:
    return (
        specimen("idle", password_form, on_submit=nothing, error=""),
        specimen("idle", proof_form, on_submit=nothing, error=""),
        specimen(
            "none made",
            codes_form,
            left="3",
            made=var(False),
            on_submit=nothing,
            error="",
        ),
        specimen("full", passkeys_panel, rows=listed(_PASSKEYS), on_remove=nothing, error=""),
        specimen("idle", passkey_sign_in),
        specimen("idle", passkey_proof),
        specimen("full", security_list, rows=listed(_LINES)),
        specimen("links", account_links),
        specimen("done", username_form, on_submit=nothing, said="You are called ada now."),
        specimen(
            "refused", email_form, on_submit=nothing, said="", field_error="This is not an email address."
        ),
        specimen("asked", confirm_email_form, on_submit=nothing, said="A letter is on its way."),
        specimen("idle", export_form),
        specimen("idle", leave_form),
        specimen("idle", password_field, "specimen-"),
        specimen("idle", recover_form, on_submit=nothing, error="", id_prefix="recover-idle-"),
        specimen("asked", reset_form, on_submit=nothing, said=LINK_ASKED, error="", id_prefix="reset-"),
    )


def groups() -> tuple[Group, ...]:
    """The specimens that the style guide shows of this feature."""
    return (_group(),)
