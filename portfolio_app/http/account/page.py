"""Signing in, registering, and where one is signed in."""

import reflex as rx

from portfolio_app.http.account.confirming import ConfirmEmailState, confirm_email_form
from portfolio_app.http.account.details import (
    CodesState,
    DetailsState,
    codes_form,
    email_form,
    username_form,
)
from portfolio_app.http.account.identity import IdentityState, place_to_go_on, register_from, sign_in_from
from portfolio_app.http.account.leaving import export_form, leave_form
from portfolio_app.http.account.parts import (
    account_links,
    card,
    register_form,
    security_list,
    session_list,
    sign_in_form,
    signed_in_already,
)
from portfolio_app.http.account.passkeys import (
    PasskeysState,
    passkey_proof,
    passkey_sign_in,
    passkeys_panel,
)
from portfolio_app.http.account.security import (
    ConfirmState,
    PasswordState,
    RecoverState,
    ResetState,
    judged,
)
from portfolio_app.http.account.security_parts import (
    RecoverLink,
    password_form,
    proof_form,
    recover_form,
    reset_form,
)
from portfolio_app.http.account.state import RegisterState, SessionsState, SignInState
from portfolio_app.http.kit.form import error_text
from portfolio_app.http.kit.kinds import Text
from portfolio_app.http.kit.layout import page_heading
from portfolio_app.http.kit.page import Page
from portfolio_app.http.kit.problem import sign_in_first
from portfolio_app.words import t


def _unless_signed_in(form: rx.Component) -> rx.Component:
    return rx.cond(IdentityState.signed_in, signed_in_already(IdentityState.username), form)


def _sign_in() -> rx.Component:
    return _unless_signed_in(
        rx.fragment(
            sign_in_form(
                on_submit=SignInState.submit,
                error=SignInState.error,
                busy=SignInState.busy,
                register=register_from(place_to_go_on()),
            ),
            passkey_sign_in(next_path=place_to_go_on()),
        )
    )


def _register() -> rx.Component:
    # A type checker sees the state's plain dict, the page gets a Var of it.
    errors = rx.Var.create(RegisterState.field_errors).to(dict[str, str])
    return _unless_signed_in(
        register_form(
            on_submit=RegisterState.submit,
            error=RegisterState.error,
            email_error=errors["email"],
            username_error=errors["username"],
            password_error=errors["password"],
            judged=judged(RegisterState.judge, RegisterState.verdict, name="username", email="email"),
            busy=RegisterState.busy,
            sign_in=sign_in_from(place_to_go_on()),
        )
    )


def _recover() -> rx.Component:
    return rx.fragment(
        RecoverLink.create(),
        _unless_signed_in(
            recover_form(
                on_submit=RecoverState.submit,
                error=RecoverState.error,
                password_error=RecoverState.password_error,
                judged=judged(RecoverState.judge, RecoverState.verdict, name="login"),
                busy=RecoverState.busy,
            )
        ),
        # Hidden in its place: what is below it stays where it is.
        rx.el.div(
            card(reset_form(on_submit=ResetState.submit, said=ResetState.said, error=ResetState.problem)),
            class_name="offer",
            data_offered=rx.cond(ResetState.offered & ~IdentityState.signed_in, "true", "false"),
        ),
    )


def _account() -> rx.Component:
    refused = SessionsState.loaded & ~SessionsState.allowed
    return rx.cond(
        refused,
        sign_in_first(SessionsState.problem),
        _panels(
            page_heading(
                t("Your account"),
                t(
                    "Where you are signed in, and what opens your account. Revoking a browser signs out its tabs."
                ),
            ),
            account_links(),
            error_text(SessionsState.warning, role="status", data_testid="wrong-passwords"),
            rx.cond(
                ConfirmState.needed,
                rx.fragment(
                    proof_form(
                        on_submit=[ConfirmState.submit, SessionsState.refresh], error=ConfirmState.error
                    ),
                    rx.cond(PasskeysState.rows, passkey_proof()),
                ),
                session_list(
                    rows=SessionsState.sessions,
                    ready=SessionsState.loaded,
                    on_revoke=SessionsState.revoke,
                    on_revoke_others=SessionsState.revoke_others,
                    on_sign_out=IdentityState.sign_out,
                    error=SessionsState.problem,
                ),
            ),
            # Last, and once it is known whose they are: what comes later moves nothing that is there.
            rx.cond(
                SessionsState.allowed,
                rx.fragment(
                    passkeys_panel(
                        rows=PasskeysState.rows,
                        on_remove=PasskeysState.remove,
                        error=PasskeysState.problem,
                    ),
                    security_list(rows=SessionsState.lines),
                ),
            ),
        ),
    )


def _password() -> rx.Component:
    return _panels(
        page_heading(
            t("Your password and recovery codes"), t("For members; both forms ask for the password.")
        ),
        password_form(
            on_submit=PasswordState.submit,
            error=PasswordState.error,
            old_error=PasswordState.old_error,
            new_error=PasswordState.new_error,
            judged=judged(PasswordState.judge, PasswordState.verdict),
            busy=PasswordState.busy,
        ),
        codes_form(
            left=rx.cond(CodesState.left < 0, "", CodesState.left.to(str)),
            made=rx.Var.create(CodesState.made).to(bool),
            on_submit=CodesState.make,
            error=CodesState.problem,
        ),
    )


def _leave() -> rx.Component:
    return _panels(
        page_heading(t("Take your data along, or leave"), t("For members; both ask for the password.")),
        export_form(),
        leave_form(),
    )


def _of_details(form: str) -> dict[str, Text]:
    """The errors and words of one of the two forms."""
    # A type checker sees the state's plain dicts, the page gets Vars of them.
    errors = rx.Var.create(DetailsState.errors).to(dict[str, str])
    said = rx.Var.create(DetailsState.said).to(dict[str, str])
    return {
        "said": said[form],
        "error": errors[f"{form}.form"],
        "field_error": errors[f"{form}.{form}"],
        "password_error": errors[f"{form}.password"],
    }


def _details() -> rx.Component:
    return _panels(
        page_heading(
            t("Your username and email address"),
            t("For members; a change of either asks for the password."),
        ),
        username_form(on_submit=DetailsState.rename, **_of_details("username")),
        email_form(on_submit=DetailsState.move, **_of_details("email")),
        confirm_email_form(
            on_submit=ConfirmEmailState.submit, said=ConfirmEmailState.said, error=ConfirmEmailState.error
        ),
    )


def _panels(*panels: rx.Component) -> rx.Component:
    return rx.el.div(*panels, class_name="account-panels")


PAGES = (
    Page("/sign-in", t("Sign in"), t("Sign in to post as yourself."), _sign_in, (SignInState.clear,)),
    Page(
        "/register",
        t("Register"),
        t("Make an account to post as yourself."),
        _register,
        (RegisterState.clear,),
    ),
    Page(
        "/account",
        t("Account"),
        t("Where you are signed in."),
        _account,
        (SessionsState.refresh, PasskeysState.load),
    ),
    Page(
        "/password",
        t("Password"),
        t("Change the password of your account, or make recovery codes."),
        _password,
        (CodesState.load, PasswordState.clear),
    ),
    Page(
        "/details",
        t("Name and address"),
        t("Change the username or the email address of your account."),
        _details,
        (DetailsState.clear, ConfirmEmailState.clear),
    ),
    Page(
        "/leave",
        t("Leave"),
        t("Take everything of your account along as one file, or delete the account."),
        _leave,
    ),
    Page(
        "/recover",
        t("Recover"),
        t("Set another password with a recovery code."),
        _recover,
        (RecoverState.clear, ResetState.load),
    ),
)
