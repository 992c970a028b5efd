"""Forms to sign in and register, and the lists of an account's sessions and of what happened with it."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import reflex as rx

from portfolio_app.domain.account.user import PASSWORD_MAX, PASSWORD_MIN
from portfolio_app.http.kit.button import button, link_button
from portfolio_app.http.kit.form import Field, error_text, field, form
from portfolio_app.http.kit.kinds import Child, Flag, Handler, Row, RowHandler, Rows, Text
from portfolio_app.http.kit.layout import loading_state, panel
from portfolio_app.http.kit.marks import icon, moment, tag
from portfolio_app.http.kit.page import Unsent
from portfolio_app.http.kit.problem import problem
from portfolio_app.http.kit.scripts import kept
from portfolio_app.words import parts, t

SIGN_IN: Final = Unsent(
    "sign-in",
    t("Not signed in yet"),
    t("Nothing was done."),
    "/sign-in",
    t("Back to signing in"),
)
REGISTER: Final = Unsent(
    "register",
    t("No account made yet"),
    t("Nothing was done."),
    "/register",
    t("Back to registering"),
)

_USERNAME_HINT: Final = t("3 to 24 letters, digits, hyphens or underscores. Shown beside your messages.")
PASSWORD_HINT: Final = t(
    "{min} to {max} characters. A few unrelated words work well; common passwords are refused, and "
    "those made of your name or address.",
    min=PASSWORD_MIN,
    max=PASSWORD_MAX,
)


NOT_JUDGED: Final[Mapping[str, Any]] = MappingProxyType({})


def card(*children: Child) -> rx.Component:
    """A form, and what belongs to it, in the middle of a page."""
    return rx.el.section(*children, class_name="form-card")


def account_form(
    title: str,
    fields: Sequence[Field],
    *,
    unsent: Unsent,
    action: str,
    busy_action: str,
    on_submit: Handler,
    error: Text,
    busy: Flag,
    otherwise: Child,
    id_prefix: str,
) -> rx.Component:
    """A form that is a page of its own; `otherwise` is what to do instead."""
    return card(
        rx.el.h1(title, class_name="form-title"),
        form(
            *(field(spec, id_prefix=id_prefix) for spec in fields),
            error_text(error, role="alert", data_testid="form-error"),
            button(
                rx.cond(busy, busy_action, action),
                kind="primary",
                submits=True,
                disabled=busy,
                test_id="submit",
            ),
            unsent=unsent,
            data_plainly="",
            class_name="form",
            no_validate=True,
            on_submit=on_submit,
        ),
        rx.el.p(otherwise, class_name="form-otherwise"),
    )


def sign_in_form(
    *, on_submit: Handler, error: Text, busy: Flag = False, register: Text = "/register", id_prefix: str = ""
) -> rx.Component:
    """Submits `email` and `password`. One error for the whole form: it must not say which was wrong.

    `register` is the other page's address; `id_prefix` as in `field`.
    """
    return account_form(
        t("Sign in"),
        (
            Field("email", t("Email or username"), "text", "username", also_known_as="username"),
            Field("password", t("Password"), "password", "current-password"),
        ),
        unsent=SIGN_IN,
        action=t("Sign in"),
        busy_action=t("Signing in…"),
        on_submit=on_submit,
        error=error,
        busy=busy,
        otherwise=rx.fragment(
            *parts(
                "No account yet? {register}. Lost the password? {recover}.",
                register=rx.el.a(t("Register"), href=register),
                recover=rx.el.a(t("Use a recovery code"), href="/recover"),
            )
        ),
        id_prefix=id_prefix,
    )


def register_form(
    *,
    on_submit: Handler,
    error: Text,
    email_error: Text = "",
    username_error: Text = "",
    password_error: Text = "",
    judged: Mapping[str, Any] = NOT_JUDGED,
    busy: Flag = False,
    sign_in: Text = "/sign-in",
    id_prefix: str = "",
) -> rx.Component:
    """Submits `email`, `username` and `password`; `sign_in` is the other page's address, `id_prefix` as in `field`.

    `judged` is what has the password judged while it is typed, if it is.
    """
    return account_form(
        t("Register"),
        (
            Field(
                "email",
                t("Email"),
                "email",
                "email",
                t("Opens your account, as the username does. Never shown."),
                email_error,
            ),
            Field("username", t("Username"), "text", "nickname", _USERNAME_HINT, username_error),
            Field(
                "password", t("Password"), "password", "new-password", PASSWORD_HINT, password_error, **judged
            ),
        ),
        unsent=REGISTER,
        action=t("Create account"),
        busy_action=t("Creating the account…"),
        on_submit=on_submit,
        error=error,
        busy=busy,
        otherwise=rx.fragment(
            *parts("Have an account? {sign_in}.", sign_in=rx.el.a(t("Sign in"), href=sign_in))
        ),
        id_prefix=id_prefix,
    )


def signed_in_already(username: Text) -> rx.Component:
    """The words in place of a form to sign in, for a member who has."""
    return problem(
        username,
        t("You are signed in."),
        t("Sign out first to use another account."),
        link_button(t("Open the chat"), "/chat", kind="primary"),
        link_button(t("Your account"), "/account"),
    )


def account_row(first: Child, second: Child, *controls: Child, **attributes: Any) -> rx.Component:  # noqa: ANN401 (of an article)
    """Two lines about one thing of an account, and what can be done with it."""
    words = rx.el.div(rx.el.p(first), rx.el.p(second, class_name="session-ends"), class_name="session-words")
    return rx.el.article(words, *controls, class_name="session-row", **attributes)


def _session_row(row: Row, on_revoke: RowHandler, on_sign_out: Handler) -> rx.Component:
    return account_row(
        rx.fragment(*parts("{device}, signed in {time}", device=row["device"], time=moment(row["began"]))),
        rx.fragment(
            *parts("Last seen {seen}, ends {ends}", seen=moment(row["seen"]), ends=moment(row["expires"]))
        ),
        rx.cond(row["current"], tag(t("this browser"))),
        rx.cond(
            row["current"],
            button(t("Sign out here"), on_click=on_sign_out, test_id="session-revoke"),
            button(
                t("Revoke"),
                kind="danger",
                on_click=on_revoke(row["handle"]),
                of=row["device"],
                test_id="session-revoke",
            ),
        ),
        key=row["handle"],
        data_testid="session-row",
        data_current=row["current"],
    )


def session_list(
    *,
    rows: Rows,
    ready: Flag,
    on_revoke: RowHandler,
    on_revoke_others: Handler,
    on_sign_out: Handler,
    error: Text,
) -> rx.Component:
    """A row has handle, device, began, seen, expires and current; `on_revoke` is called with its handle."""
    return panel(
        t("Where you are signed in"),
        error_text(error, role="alert"),
        kept(
            rx.cond(
                ready,
                rx.foreach(rows, lambda row: _session_row(row, on_revoke, on_sign_out)),
                loading_state(t("Reading your sessions…")),
            ),
            rx.cond(
                rows.length() > 1,
                rx.el.div(
                    button(
                        t("End all others"), kind="danger", on_click=on_revoke_others, test_id="revoke-others"
                    ),
                    class_name="session-others",
                ),
            ),
            label=t("Sessions"),
        ),
        aside=rx.cond(ready, rx.el.output(rows.length()), ""),
        data_panel="sessions",
    )


def _line_row(row: Row) -> rx.Component:
    return account_row(
        rx.fragment(rx.cond(row["failed"], icon("alert")), row["event"]),
        rx.fragment(
            moment(row["at"]),
            rx.cond(row["about"], rx.fragment(", ", row["about"])),
            rx.cond(row["request_id"], rx.fragment(f", {t('request')} ", rx.el.code(row["request_id"]))),
        ),
        key=row["key"],
        data_testid="security-row",
    )


def security_list(*, rows: Rows) -> rx.Component:
    """A row has key, at, event, about, request_id and failed."""
    return panel(
        t("What happened with your account"),
        kept(rx.foreach(rows, _line_row), label=t("What happened with your account")),
        aside=rx.el.output(rows.length()),
        data_panel="security",
    )


def account_links() -> rx.Component:
    """Lead to the pages of forms that work before their scripts are there: in their place from the first paint on."""
    links = (
        rx.el.a(t("Password and recovery codes"), href="/password", data_testid="password-link"),
        rx.el.a(t("Username and email address"), href="/details", data_testid="details-link"),
        rx.el.a(t("Take everything along, or delete the account"), href="/leave", data_testid="leave-link"),
    )
    return rx.el.nav(*links, class_name="account-links", aria_label=t("Your account"))
