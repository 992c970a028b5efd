"""Signing in and registering."""

import reflex as rx

from portfolio_app.http.components.account_form import register_form, sign_in_form
from portfolio_app.http.pages.frame import framed
from portfolio_app.http.pages.page import Page
from portfolio_app.http.states.account import RegisterState, SignInState


def _sign_in() -> rx.Component:
    return framed(sign_in_form(on_submit=SignInState.submit, error=SignInState.error, busy=SignInState.busy))


def _register() -> rx.Component:
    # A type checker sees the state's plain dict, the page gets a Var of it.
    errors = rx.Var.create(RegisterState.field_errors).to(dict[str, str])
    return framed(
        register_form(
            on_submit=RegisterState.submit,
            error=RegisterState.error,
            email_error=errors["email"],
            username_error=errors["username"],
            password_error=errors["password"],
            busy=RegisterState.busy,
        )
    )


PAGES = (
    Page("/sign-in", "Sign in", "Sign in to post as yourself.", _sign_in, (SignInState.clear,)),
    Page("/register", "Register", "Make an account to post as yourself.", _register, (RegisterState.clear,)),
)
