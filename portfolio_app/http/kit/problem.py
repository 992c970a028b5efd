"""Pages for when a page can't be had, and what stands in place of a part that can't."""

import reflex as rx
from reflex_components_core.base.error_boundary import ErrorBoundary
from reflex_components_core.el.elements.inline import A

from portfolio_app.http.kit.button import link_button
from portfolio_app.http.kit.kinds import Child, Text
from portfolio_app.http.kit.layout import page_notice
from portfolio_app.words import t


def problem(code: Text, title: str, explanation: Child, *actions: Child) -> rx.Component:
    """What went wrong, in the words of a visitor, and where to go from here."""
    return rx.el.section(
        rx.el.p(code, class_name="problem-code"),
        rx.el.h1(title, class_name="problem-title"),
        rx.el.p(explanation),
        rx.el.div(*actions, class_name="problem-actions"),
        class_name="problem",
    )


def not_found() -> rx.Component:
    """For an address nothing is at."""
    return problem(
        "404",
        t("Nothing at this address."),
        t("The page may have moved, or the address was mistyped."),
        link_button(t("Go to the start page"), "/", kind="primary"),
        link_button(t("Open the chat"), "/chat"),
    )


def not_allowed(*, signed_in: rx.Var[bool] | bool) -> rx.Component:
    """For a page of moderators only, read by somebody else."""
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
    """For a page about an account, opened by a guest."""
    return problem(
        "403",
        t("Your account, once you have one."),
        reason,
        link_button(t("Sign in"), "/sign-in", kind="primary"),
        link_button(t("Register"), "/register"),
    )


def broken(*, retry_href: Text = "/") -> rx.Component:
    """For an error nobody foresaw: says so, loses nothing, and loads the way back anew."""
    return problem(
        "500",
        t("Something broke here."),
        t("It has been reported. What you had sent and seen confirmed is safe."),
        link_button(t("Try again"), retry_href, kind="primary", native=True),
        link_button(t("Go to the start page"), "/", native=True),
    )


@rx.memo
def broken_part() -> rx.Component:
    """What stands in place of a part of a page that can't be drawn."""
    again = A.create(t("Load the page again"), href="")
    said = rx.fragment(t("This part of the page broke; the rest works."), " ", again, ".")
    return page_notice(said, role="alert", data_testid="broke")


def apart(*children: Child) -> rx.Component:
    """A part that can break by itself: the error is reported, and the rest of the page goes on."""
    boundary: rx.Component = ErrorBoundary.create(*children, fallback_render=broken_part())
    return boundary
