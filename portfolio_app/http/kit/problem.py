"""Messages about missing things: pages in place of a page, words in place of a part, notices above a page."""

from typing import Final

import reflex as rx
from reflex_components_core.base.error_boundary import ErrorBoundary
from reflex_components_core.el.elements.inline import A

from portfolio_app.http.kit.button import link_button
from portfolio_app.http.kit.kinds import Child, Text
from portfolio_app.http.kit.layout import page_notice
from portfolio_app.http.kit.marks import in_zone
from portfolio_app.words import parts, t


def problem(code: Text, title: str, explanation: Child, *actions: Child) -> rx.Component:
    """A page about a problem: what went wrong, in the words of a visitor, and where to go from here."""
    return rx.el.section(
        rx.el.p(code, class_name="problem-code"),
        rx.el.h1(title, class_name="problem-title"),
        rx.el.p(explanation),
        rx.el.div(*actions, class_name="problem-actions"),
        class_name="problem",
    )


def not_found() -> rx.Component:
    """The page at an address where nothing is."""
    return problem(
        "404",
        t("Nothing at this address."),
        t("The page may have moved, or the address was mistyped."),
        link_button(t("Go to the start page"), "/", kind="primary"),
        link_button(t("Open the chat"), "/chat"),
    )


def not_allowed(*, signed_in: rx.Var[bool] | bool) -> rx.Component:
    """The page in place of one for moderators, for everybody else."""
    return problem(
        "403",
        t("For moderators only."),
        rx.cond(
            signed_in,
            t("Your account is not a moderator's. Whoever runs this site can grant the role."),
            t("Sign in with a moderator's account to see this page."),
        ),
        rx.cond(
            signed_in,
            link_button(t("Open the chat"), "/chat"),
            link_button(t("Sign in"), "/sign-in", kind="primary"),
        ),
    )


def sign_in_first(reason: Text) -> rx.Component:
    """The page in place of one about an account, for a guest."""
    return problem(
        "403",
        t("Your account, once you have one."),
        reason,
        link_button(t("Sign in"), "/sign-in", kind="primary"),
        link_button(t("Register"), "/register"),
    )


def broken(*, retry_href: Text = "/") -> rx.Component:
    """The page for an unexpected error: it says so, loses nothing, and loads the way back anew."""
    return problem(
        "500",
        t("Something broke here."),
        t("It has been reported. What you had sent and seen confirmed is safe."),
        link_button(t("Try again"), retry_href, kind="primary", native=True),
        link_button(t("Go to the start page"), "/", native=True),
    )


@rx.memo
def broken_part() -> rx.Component:
    """The words in place of a part of a page that can't be drawn."""
    again = A.create(t("Load the page again"), href="")
    said = rx.fragment(t("This part of the page broke; the rest works."), " ", again, ".")
    return page_notice(said, role="alert", data_testid="broke")


def apart(*children: Child) -> rx.Component:
    """A part that can break by itself: the error is reported, and the rest of the page goes on."""
    boundary: rx.Component = ErrorBoundary.create(*children, fallback_render=broken_part())
    return boundary


def _notice(shown: Text, said: Child, test_id: str, reason: Text | None = None) -> rx.Component:
    words = page_notice(said, data_testid=test_id, data_reason=reason)
    return rx.el.div(rx.cond(shown, words), role="status")


def session_notice(text: Text) -> rx.Component:
    """The notice about the visitor's session, where every page begins; nothing while `text` is empty."""
    link = rx.el.a(t("Sign in again"), href="/sign-in")
    return _notice(text, rx.fragment(text, " ", link, "."), "session-notice")


def account_notice(text: Text) -> rx.Component:
    """The notice about the member's account, of what happened elsewhere; nothing while `text` is empty."""
    return _notice(
        text,
        rx.fragment(in_zone(text), " ", rx.el.a(t("See your account"), href="/account"), "."),
        "account-news",
    )


def refusal_notice(text: Text) -> rx.Component:
    """Why this page is not connected; nothing while `text` is empty."""
    said = rx.fragment(text, " ", A.create(t("Reload"), href=""), ".")
    return _notice(text, said, "blocked", "full")


_UNLIVE: Final = t("The demos below stand still until it is there: it is tried again and again.")
_OTHERS_UNLIVE: Final = t("The other demos stand still until it is there: it is tried again and again.")


def connection_notice(reason: Text, words: Text) -> rx.Component:
    """Why there is no live connection and what works all the same; nothing while `reason` is empty."""
    said = rx.match(
        reason,
        (
            "websocket",
            rx.fragment(
                words,
                " ",
                *parts(
                    "Reading works, a message can be posted by a {page}, and the live log gets its rows by a plain "
                    "stream, as do room and network table.",
                    page=A.create(t("page without live updates"), href="/plain/lobby"),
                ),
                f" {_OTHERS_UNLIVE}",
            ),
        ),
        (
            "origin",
            rx.fragment(
                words,
                " ",
                *parts(
                    "Here you can read, also {page}, but post nothing.",
                    page=A.create(t("the chat without live updates"), href="/plain/lobby"),
                ),
            ),
        ),
        (
            "unreachable",
            rx.fragment(
                t(
                    "The server can't be reached. What is on this page can be read, and what you send stays here to be "
                    "sent again."
                )
                + f" {_UNLIVE}"
            ),
        ),
        rx.fragment(),
    )
    return _notice(reason, rx.fragment(rx.el.b(f"{t('No live connection.')} "), said), "blocked", reason)


_NO_COOKIES: Final = t(
    "This browser blocks cookies for this site. Reading, the chat and its log work, but every page takes you for a new "
    "visitor; the load burst and signing in need a cookie."
)
_FORGETS: Final = t("everything works, but your choice of theme ends with the tab")


def storage_notice(storage: Text) -> rx.Component:
    """The notice about the browser's storage: what won't work without it; nothing while it works."""
    said = rx.match(
        storage,
        ("full", t("This browser's storage for this site is full: {forgets}.", forgets=_FORGETS)),
        ("blocked", t("This browser blocks storage for this site: {forgets}.", forgets=_FORGETS)),
        ("cookies", _NO_COOKIES),
        "",
    )
    return _notice(storage, said, "blocked", storage)
